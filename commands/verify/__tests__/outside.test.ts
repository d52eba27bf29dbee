import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type Server, createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { askFromHere, checkFromHere } from "../outside";
import { describeUnless } from "../../../__tests__/support/skips";
import { makeCertificate } from "./registry-fake";
import { missingTools } from "./vm-fake";

const { signal } = new AbortController();
const at = (address: string) => () => Promise.resolve([{ address }]);

describeUnless(missingTools(), "a registry on loopback", () => {
  const folder = mkdtempSync(join(tmpdir(), "outside-"));
  let server: Server;
  let status: number;
  let options: { host: string; port: number; ca: Buffer; servername: string };

  beforeAll(async () => {
    const { cert, key } = makeCertificate(folder, "registry", ["registry.test"]);
    server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, ({ url }, response) => {
      response.writeHead(url === "/v2/" ? status : 404).end();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { address: host, port } = server.address() as AddressInfo;
    options = { host, port, ca: readFileSync(cert), servername: "registry.test" };
  });

  afterAll(async () => {
    server.close();
    await once(server, "close");
    rmSync(folder, { recursive: true });
  });

  test.each([403, 401, 200])("that answers %i: its status is returned", async (answer) => {
    status = answer;
    expect(await askFromHere("registry.test", signal, options, at("20.1.2.3"))).toBe(answer);
  });

  test("whose certificate is not trusted counts as no answer", async () => {
    const untrusted = { ...options, ca: Buffer.from("") };
    expect(await askFromHere("registry.test", signal, untrusted, at("20.1.2.3"))).toMatch(/CERT/);
  });
});

test("a port without a listener counts as no connection", async () => {
  const answer = await askFromHere("registry.test", signal, { host: "127.0.0.1", port: 1 }, at("20.1.2.3"));
  expect(answer).toBe("ECONNREFUSED");
});

test("if the name resolves to a private address here, this machine is inside, and no request is sent", async () => {
  expect(await askFromHere("registry.test", signal, { port: 1 }, at("10.10.0.4"))).toBe("inside");
});

test("a name that does not resolve is reported", async () => {
  expect(await askFromHere("registry.test", signal, {}, () => Promise.reject(new Error("ENOTFOUND")))).toBe("no-name");
});

test.each<[number | string, string]>([
  [403, "passed"],
  ["ECONNREFUSED", "skipped"],
  [401, "failed"],
  [200, "failed"],
  [429, "skipped"],
  [503, "skipped"],
  ["inside", "skipped"],
  ["no-name", "skipped"],
])("%p from outside: %s", (answer, status) => {
  const check = checkFromHere(answer, { loginServer: "hello.azurecr.io" });
  expect(check.status).toBe(status);
  if (status === "failed") expect(check.advice).toContain("az acr update --name hello --public-network-enabled false");
});
