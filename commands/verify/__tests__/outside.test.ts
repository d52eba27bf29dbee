import type { AddressInfo } from "node:net";
import { AzureEmulator, type RegistryAnswer, groupOf } from "../../../packages/azure-emulator";
import type { Service } from "../../../packages/private-link-preview";
import { type FromHere, askFromHere, checkFromHere } from "../outside";

const loginServer = "hello.azurecr.io";
const { signal } = new AbortController();
const at = (address: string) => () => Promise.resolve([{ address }]);

describe("a registry on loopback", () => {
  const REGISTRY =
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/hello";
  let azure: AzureEmulator;
  let instead: RegistryAnswer | undefined;
  let options: { host: string; port: number; ca: string; servername: string };
  const give = (publicNetworkAccess: string) => {
    azure.put(REGISTRY, { location: "swedencentral", sku: { name: "Premium" }, properties: { publicNetworkAccess } });
  };

  beforeAll(async () => {
    azure = await AzureEmulator.start({ interceptRegistry: (_, answer) => instead ?? answer() });
    azure.put(groupOf(REGISTRY), { location: "swedencentral" });
    const server = await azure.listenForRegistries(
      { from: { address: "203.0.113.7" } },
      { host: "127.0.0.1", port: 0 },
    );
    const { address: host, port } = server.address() as AddressInfo;
    options = { host, port, ca: azure.certificate, servername: loginServer };
  });

  afterAll(() => azure.close());

  const ask = (more = {}) =>
    askFromHere(loginServer, signal, { ...options, headers: { host: loginServer }, ...more }, at("20.1.2.3"));

  test("that refuses with the address of the client: the address is returned", async () => {
    give("Disabled");
    expect(await ask()).toEqual({ refused: "203.0.113.7" });
    instead = { status: 403, text: "client with IP \\u0027203.0.113.7\\u0027 is not" };
    expect(await ask()).toEqual({ refused: "203.0.113.7" });
  });

  test("that answers: its status is returned", async () => {
    give("Enabled");
    instead = undefined;
    expect(await ask()).toBe(401);
    instead = { status: 403 };
    expect(await ask()).toBe(403);
  });

  test("whose certificate is not trusted counts as no answer", async () => {
    expect(await ask({ ca: Buffer.from("") })).toMatch(/CERT/);
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
