import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type Server, createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Service } from "../../../packages/private-link-preview";
import { type FromHere, askFromHere, checkFromHere } from "../outside";
import { describeUnless } from "../../../__tests__/support/skips";
import { makeCertificate } from "./registry-fake";
import { missingTools } from "./vm-fake";

const { signal } = new AbortController();
const at = (address: string) => () => Promise.resolve([{ address }]);

describeUnless(missingTools(), "a registry on loopback", () => {
  const folder = mkdtempSync(join(tmpdir(), "outside-"));
  let server: Server;
  let status: number;
  let body: string;
  let options: { host: string; port: number; ca: Buffer; servername: string };

  beforeAll(async () => {
    const { cert, key } = makeCertificate(folder, "registry", ["registry.test"]);
    server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, ({ url }, response) => {
      response.writeHead(url === "/v2/" ? status : 404).end(body);
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

  beforeEach(() => {
    body = "";
  });

  test.each(["client with IP '203.0.113.7' is not allowed access.", "client with IP \\u0027203.0.113.7\\u0027 is not"])(
    "that refuses with the address of the client (%s): the address is returned",
    async (message) => {
      [status, body] = [403, `{"errors":[{"code":"DENIED","message":"${message}"}]}`];
      expect(await askFromHere("registry.test", signal, options, at("20.1.2.3"))).toEqual({ refused: "203.0.113.7" });
    },
  );

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

const HERE = { refused: "203.0.113.7" };
const loginServer = "hello.azurecr.io";

describe.each<[name: string, publicAccess: Service["publicAccess"] | undefined]>([
  ["nothing says that public access is on", undefined],
  ["public access is off", "disabled"],
  ["it is not known whether public access is on", "not known"],
])("where %s", (_, publicAccess) => {
  test.each<[FromHere, string]>([
    [403, "passed"],
    [HERE, "passed"],
    ["ECONNREFUSED", "skipped"],
    [401, "failed"],
    [200, "failed"],
    [429, "skipped"],
    [503, "skipped"],
    ["inside", "skipped"],
    ["no-name", "skipped"],
  ])("%j from outside: %s", (answer, status) => {
    const check = checkFromHere(answer, { loginServer, ...(publicAccess && { publicAccess }) });
    expect(check.status).toBe(status);
    if (status === "failed")
      expect(check.advice).toContain("az acr update --name hello --public-network-enabled false");
  });
});

const RANGES = { ranges: ["198.51.100.4/32", "203.0.113.0/24"] };
const OTHERS = { ranges: ["198.51.100.4/32"] };

test.each<[publicAccess: Service["publicAccess"], FromHere, string, RegExp]>([
  ["enabled", 401, "passed", /^answered with HTTP status 401: public access is on$/],
  ["enabled", 403, "failed", /^refused with HTTP status 403: public access is on in the state, but/],
  ["enabled", HERE, "failed", /^refused with HTTP status 403, as 203\.0\.113\.7: /],
  ["enabled", 503, "skipped", /503/],
  ["enabled", "inside", "skipped", /private address here/],
  [
    RANGES,
    401,
    "skipped",
    /^answered with HTTP status 401\. Public access is on for some addresses, and it is not known/,
  ],
  [
    RANGES,
    403,
    "skipped",
    /^refused with HTTP status 403\. Public access is on for some addresses, and it is not known/,
  ],
  [RANGES, HERE, "failed", /: the registry refuses this address, although registry\.publicAccess has it$/],
  [OTHERS, HERE, "passed", /, as 203\.0\.113\.7, which is in none of the ranges$/],
  ["limited", HERE, "skipped", /it is not known whether this machine has one$/],
])("with public access %j, %j is judged as %s", (publicAccess, answer, status, found) => {
  expect(checkFromHere(answer, { loginServer, publicAccess })).toMatchObject({
    status,
    found: expect.stringMatching(found) as string,
  });
});
