import { ComputeManagementClient } from "@azure/arm-compute";
import { ClientSecretCredential } from "@azure/identity";
import { once } from "node:events";
import { request as plainRequest } from "node:http";
import { request } from "node:https";
import * as timers from "node:timers/promises";
import { AzureEmulator, type EmulatorOptions } from "../lib/emulator";
import type { Json } from "../../common/util/json";
import { GROUP, GROUP_ID, REGION, id } from "./azure";

// What takes time takes none, and how long it would is recorded.
jest.mock("node:timers/promises", () => ({ setTimeout: jest.fn(() => Promise.resolve()) }));

const VM = id("Microsoft.Compute/virtualMachines/vm");
const REGISTRY = id("Microsoft.ContainerRegistry/registries/hello");

let azure: AzureEmulator;

async function start(options: EmulatorOptions = {}): Promise<void> {
  azure = await AzureEmulator.start(options);
  azure.put(GROUP_ID, { location: REGION });
  azure.put(VM, { location: REGION });
  azure.put(REGISTRY, { location: REGION, sku: { name: "Premium" } });
}
afterEach(() => azure.close());

/** What a request is answered with by HTTP. */
async function http(method: string, path: string, body?: Json | string, headers: Record<string, string> = {}) {
  const outgoing = request(`${azure.endpoint}${path}`, { method, headers, ca: azure.certificate });
  outgoing.end(typeof body === "object" ? JSON.stringify(body) : body);
  const [response] = (await once(outgoing, "response")) as [import("node:http").IncomingMessage];
  const text = Buffer.concat((await response.toArray()) as Buffer[]).toString();
  const isJson = response.headers["content-type"]?.startsWith("application/json");
  return {
    status: response.statusCode,
    headers: response.headers,
    text,
    body: (isJson ? JSON.parse(text) : {}) as Json,
  };
}

test("requests are served and recorded, by their decoded paths", async () => {
  await start();
  const network = id("Microsoft.Network/virtualNetworks/one");
  const properties = { addressSpace: { addressPrefixes: ["10.0.0.0/16"] } };
  expect((await http("GET", network)).body).toMatchObject({ error: { code: "ResourceNotFound" } });
  const made = await http("PUT", `${network.replace("one", "%6Fne")}/`, { location: REGION, properties });
  expect(made).toMatchObject({ status: 201, body: { id: network }, headers: { "content-type": "application/json" } });
  expect(await http("HEAD", network)).toMatchObject({ status: 204, text: "" });
  expect(azure.requests.map(({ method, path, status }) => [method, path, status])).toEqual([
    ["GET", network, 404],
    ["PUT", network, 201],
    ["HEAD", network, 204],
  ]);
  expect((await http("GET", "/_requests")).body).toMatchObject([{}, {}, {}, { path: "/_requests" }]);
  expect((await http("GET", "/_resources")).body).toContainEqual(expect.objectContaining({ id: network }));
  expect((await http("GET", "/%zz")).status).toBe(501);
  expect((await http("PUT", network, "{no JSON")).body).toMatchObject({ error: { code: "InvalidRequestContent" } });
});

test("Azure's own clients sign in with a secret, and wait for operations", async () => {
  const instanceView = { executionState: "Running" };
  const run = { instanceView, ended: new Promise(() => undefined), cancel: () => undefined };
  await start({ requireToken: true, runScript: () => Promise.resolve(run) });
  const refused = { status: 401, body: { error: { code: "InvalidAuthenticationToken" } } };
  expect(await http("GET", VM)).toMatchObject(refused);
  expect(await http("GET", VM, undefined, { authorization: "Bearer other" })).toMatchObject(refused);

  const client = { tlsOptions: { ca: azure.certificate }, retryOptions: { maxRetries: 0 } };
  const signIn = { ...client, authorityHost: azure.endpoint, disableInstanceDiscovery: true };
  const credential = new ClientSecretCredential("tenant", "client", "any", signIn);
  const compute = new ComputeManagementClient(credential, GROUP_ID.split("/")[2]!, {
    ...client,
    endpoint: azure.endpoint,
    credentials: { scopes: [`${azure.endpoint}/.default`] },
  });
  const commands = compute.virtualMachineRunCommands;
  const command = { location: REGION, source: { script: "echo hello" }, asyncExecution: true };
  await commands.createOrUpdate(GROUP, "vm", "hello", command, { updateIntervalInMs: 1 });
  const view = await commands.getByVirtualMachine(GROUP, "vm", "hello", { expand: "instanceView" });
  expect(view.instanceView).toMatchObject(instanceView);
  await compute.virtualMachines.deallocate(GROUP, "vm", { updateIntervalInMs: 1 });
  const { statuses } = await compute.virtualMachines.instanceView(GROUP, "vm");
  expect(statuses).toContainEqual(expect.objectContaining({ code: "PowerState/deallocated" }));
});

test("any credentials get a token, and all addresses are the emulator's", async () => {
  await start();
  const token = await http("POST", "/any-tenant/oauth2/v2.0/token");
  const claims = (token.body.access_token as string).split(".")[1]!;
  expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({ aud: azure.endpoint });
  const cloud = await http("GET", "/metadata/endpoints?api-version=2022-09-01");
  expect(cloud.body).toMatchObject({ resourceManager: azure.endpoint, name: "AzureCloud" });
  const environment = azure.environment("/somewhere.pem", "s");
  expect(environment.ARM_METADATA_HOSTNAME).toBe(new URL(azure.endpoint).host);
  expect(environment.ARM_RESOURCE_MANAGER_ENDPOINT).toBe(`${azure.endpoint}/`);
  expect(environment).not.toHaveProperty("HTTPS_PROXY");
});

test("an outage of a region begins and ends by a request", async () => {
  await start();
  await http("PUT", `/_outages/${REGION}`);
  expect((await http("GET", REGISTRY)).status).toBe(503);
  await http("DELETE", `/_outages/${REGION}`);
  expect((await http("GET", REGISTRY)).status).toBe(200);
});

const NETWORK = id("Microsoft.Network/virtualNetworks/hub");
const network = { location: REGION, properties: { addressSpace: { addressPrefixes: ["10.0.0.0/24"] } } };

test("what it lacks is refused with a status that clients do not repeat, told once and counted", async () => {
  const told: string[] = [];
  await start({ onLacking: (what) => told.push(what) });
  for (const path of ["Microsoft.Storage/storageAccounts/one", "Microsoft.Storage/storageAccounts/one"])
    expect(await http("PUT", id(path), { location: REGION })).toMatchObject({ status: 501 });
  expect((await http("POST", `${REGISTRY}/dance`)).status).toBe(501);
  expect(told).toEqual([
    `NotEmulated: Microsoft.Storage/storageAccounts, of ${id("Microsoft.Storage/storageAccounts/one")}, is not emulated.`,
    `NotEmulated: POST ${REGISTRY}/dance is not emulated.`,
  ]);
  expect([...azure.lacking]).toEqual(told.map((what, index) => [what, 2 - index]));
});

test("what it holds can be saved, given to another one, and reset", async () => {
  await start({ anyType: true, faults: { slow: [{ pattern: /virtualNetworks/, seconds: 60 }] } });
  const vault = { host: "one.vault.azure.net" };
  await http("PUT", id("Microsoft.Storage/storageAccounts/one"), { location: REGION });
  await http("PUT", "/secrets/key", { value: "hidden" }, vault);
  await http("PUT", NETWORK, network);
  const { text, body } = await http("GET", "/_state");
  expect(body.resources).toContainEqual(expect.objectContaining({ id: NETWORK }));
  expect(text).not.toContain("Updating");

  expect((await http("DELETE", "/_state")).status).toBe(204);
  expect(azure.resources).toEqual([]);
  expect((await http("GET", "/secrets/key", undefined, vault)).status).toBe(404);
  await azure.close();

  await start({ anyType: true });
  expect((await http("PUT", "/_state", text)).status).toBe(204);
  expect((await http("GET", "/_state")).body).toEqual(body);
  expect((await http("GET", NETWORK)).body).toMatchObject({ properties: { provisioningState: "Succeeded" } });
  expect((await http("GET", "/secrets/key", undefined, vault)).text).toContain("hidden");
  expect(azure.keptTypes).toEqual(["Microsoft.Storage/storageAccounts"]);
  for (const wrong of ["", "[]", '{"version":2,"resources":[]}', '{"version":1,"resources":[{"id":7}]}'])
    expect((await http("PUT", "/_state", wrong)).body).toMatchObject({ error: { code: "InvalidState" } });
  expect((await http("GET", "/_state")).body).toEqual(body);
});

test("an embedder answers requests instead of the emulator, and reads and writes without requests", async () => {
  await start({ intercept: ({ method }) => (method === "DELETE" ? { status: 409, headers: { a: "b" } } : undefined) });
  expect(await http("DELETE", VM)).toMatchObject({ status: 409, headers: { a: "b" } });
  expect((await http("GET", VM)).status).toBe(200);
  azure.setVirtualMachine(VM, { power: "deallocated" });
  expect((await http("GET", `${VM}/instanceView`)).text).toContain("PowerState/deallocated");
  azure.delete(VM);
  expect((await http("GET", VM)).status).toBe(404);
  const properties = { addressSpace: { addressPrefixes: ["10.0.0.0/24"] } };
  azure.put(id("Microsoft.Network/virtualNetworks/hub"), { location: REGION, properties });
  expect(azure.resolve("HUB", "hello.azurecr.io")).toEqual([]);
  expect(azure.resolve("nobody", "hello.azurecr.io")).toBeUndefined();
  expect(azure.repositoryOperations(REGISTRY, "p", "any")).toEqual([]);
  expect(azure.usedActions).toEqual([
    "Microsoft.Compute/virtualMachines/instanceView/read",
    "Microsoft.Compute/virtualMachines/read",
  ]);
});

test("requests whose path matches are held for so long, and no others", async () => {
  const sleep = jest.mocked(timers.setTimeout);
  const hold = ["slow$", "slower$"].map((text, i) => ({ pattern: RegExp(text), seconds: 0.25 * (i + 1) }));
  await start({ faults: { hold } });
  for (const name of ["slow", "fast", "slower"]) await http("GET", `/subscriptions/${name}`);
  expect(sleep.mock.calls.map(([milliseconds]) => milliseconds)).toEqual([250, 500]);
  // The end of the emulator ends the waiting, which else would keep its process.
  await azure.close();
  expect(sleep.mock.calls.map(([, , options]) => options?.signal?.aborted)).toEqual([true, true]);
  await start();
});

test("the services themselves are reached through a proxy, which refuses every other host", async () => {
  await start({ anyType: true });
  const vault = { Host: "kv-test.vault.azure.net" };
  const written = await http("PUT", "/secrets/s", { value: "hello" }, vault);
  expect((await http("GET", "/secrets/s", undefined, vault)).body).toEqual(written.body);
  await http("PUT", id("Contoso.Things/things/one"), {});
  expect(azure.keptTypes).toEqual(["Contoso.Things/things"]);
  await http("GET", id("Contoso.Things/things/two"));
  expect(azure.missing).toEqual([id("Contoso.Things/things/two")]);

  const { hostname, port } = new URL(azure.environment("azure.pem", "s").HTTPS_PROXY!);
  const through = async (host: string) => {
    const outgoing = plainRequest({ hostname, port, method: "CONNECT", path: `${host}:443` }).end();
    const [response] = (await once(outgoing, "connect")) as [{ statusCode: number }];
    outgoing.destroy();
    return response.statusCode;
  };
  expect(await through("kv-test.vault.azure.net")).toBe(200);
  for (const host of ["management.azure.com", "vault.azure.net", "a.b.vault.azure.net"])
    expect([host, await through(host)]).toEqual([host, 403]);
});
