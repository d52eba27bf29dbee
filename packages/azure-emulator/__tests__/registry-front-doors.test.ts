import { once } from "node:events";
import { type IncomingMessage, get as plainGet, request as plainRequest } from "node:http";
import { type RequestOptions, request } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { type TLSSocket, connect } from "node:tls";
import { AzureEmulator, type EmulatorOptions } from "../lib/emulator";
import type { Json } from "../../common/util/json";
import { GROUP_ID, REGION, id } from "./azure";

const HOST = "hello.azurecr.io";
const DATA = `hello.${REGION}.data.azurecr.io`;
const REGISTRY = id("Microsoft.ContainerRegistry/registries/hello");
const VNET = id("Microsoft.Network/virtualNetworks/spoke");
const ENDPOINT = id("Microsoft.Network/privateEndpoints/pep");
const ZONE = id("Microsoft.Network/privateDnsZones/privatelink.azurecr.io");
const VM = id("Microsoft.Compute/virtualMachines/vm");
const LOOPBACK = { host: "127.0.0.1", port: 0 };

let azure: AzureEmulator;
afterEach(() => azure.close());

async function start(options: EmulatorOptions = {}): Promise<void> {
  azure = await AzureEmulator.start(options);
  azure.put(GROUP_ID, { location: REGION });
  const properties = { publicNetworkAccess: "Disabled", adminUserEnabled: true };
  azure.put(REGISTRY, { location: REGION, sku: { name: "Premium" }, properties });
  azure.put(VNET, { location: REGION, properties: { addressSpace: { addressPrefixes: ["10.0.0.0/24"] } } });
  azure.put(`${VNET}/subnets/a`, { properties: { addressPrefix: "10.0.0.0/24" } });
  const service = { privateLinkServiceId: REGISTRY, groupIds: ["registry"] };
  azure.put(ENDPOINT, {
    location: REGION,
    properties: {
      subnet: { id: `${VNET}/subnets/a` },
      privateLinkServiceConnections: [{ name: "c", properties: service }],
    },
  });
}

/** The address of the endpoint for a host name. */
function addressOf(host: string): string {
  const { properties } = azure.resources.find((one) => one.id === ENDPOINT)!;
  const configs = properties.customDnsConfigs as { fqdn: string; ipAddresses: string[] }[];
  return configs.find(({ fqdn }) => fqdn === host)!.ipAddresses[0]!;
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;
const inSpoke = async (to: string) =>
  portOf(await azure.listenForRegistries({ from: { network: "spoke" }, to }, LOOPBACK));

async function ask(options: RequestOptions, host = HOST, path = "/v2/"): Promise<{ status?: number; body: Json }> {
  const asked = request({
    ...{ host: "127.0.0.1", path, servername: host, ca: azure.certificate, agent: false, headers: { host } },
    ...options,
  });
  asked.end();
  return answerOf((await once(asked, "response")) as [IncomingMessage]);
}

async function answerOf([response]: [IncomingMessage]) {
  const text = Buffer.concat((await response.toArray()) as Buffer[]).toString();
  return { status: response.statusCode!, body: (text ? JSON.parse(text) : {}) as Json };
}

test("each address that is listened at serves as the one of Azure that it stands for", async () => {
  await start();
  expect((await ask({ port: await inSpoke(addressOf(HOST)) })).status).toBe(401);
  const outside = portOf(await azure.listenForRegistries({ from: { address: "203.0.113.7" } }, LOOPBACK));
  expect((await ask({ port: outside })).body).toMatchObject({
    errors: [{ message: expect.stringContaining("client with IP '203.0.113.7' is not allowed") as string }],
  });
  expect(azure.requests).toMatchObject([{ method: "GET", path: `https://${HOST}/v2/`, status: 401 }, { status: 403 }]);
});

test("a record that leads to a data endpoint shows its certificate, and one that leads nowhere is cut off", async () => {
  await start();
  await expect(ask({ port: await inSpoke(addressOf(DATA)) })).rejects.toThrow(/does not match certificate's altnames/);
  await expect(ask({ port: await inSpoke("10.0.0.99") })).rejects.toThrow("socket hang up");
});

test("the port of Resource Manager is the public address of registries too", async () => {
  await start();
  expect((await ask({ port: Number(new URL(azure.endpoint).port) })).body).toMatchObject({
    errors: [{ code: "DENIED" }],
  });
});

/** Asks a registry through a proxy. */
async function askBy(proxy: string): Promise<number | undefined> {
  const connecting = plainRequest(proxy, { method: "CONNECT", path: `${HOST}:443`, agent: false }).end();
  const [, socket] = (await once(connecting, "connect")) as [unknown, TLSSocket];
  const secured = connect({ socket, servername: HOST, ca: azure.certificate });
  await once(secured, "secureConnect");
  return (await ask({ createConnection: () => secured, agent: undefined })).status;
}

test("a proxy reaches registries as from a network, by what its DNS returns", async () => {
  await start();
  const proxy = await azure.proxyFor({ network: "spoke" });
  expect(await askBy(proxy)).toBe(403);
  azure.put(ZONE, { location: "global" });
  azure.put(`${ZONE}/virtualNetworkLinks/spoke`, { location: "global", properties: { virtualNetwork: { id: VNET } } });
  azure.put(`${ZONE}/A/hello`, { properties: { ttl: 10, aRecords: [{ ipv4Address: addressOf(HOST) }] } });
  expect(await askBy(proxy)).toBe(401);
  const refused = plainRequest(proxy, { method: "CONNECT", path: "elsewhere.test:443", agent: false }).end();
  expect(((await once(refused, "connect")) as [IncomingMessage])[0].statusCode).toBe(403);
});

test("an embedder answers requests to registries, or cuts them off", async () => {
  const seen: string[] = [];
  await start({
    interceptRegistry: ({ url, to = "" }, answer) => {
      seen.push(`${url} at ${to}`);
      if (url === "/cut") return undefined;
      return url === "/v2/" ? { ...answer()!, status: 418 } : answer();
    },
  });
  const address = addressOf(HOST);
  const port = await inSpoke(address);
  expect((await ask({ port })).status).toBe(418);
  expect((await ask({ port }, HOST, "/v2/a/tags/list")).status).toBe(401);
  await expect(ask({ port }, HOST, "/cut")).rejects.toThrow("socket hang up");
  expect(seen).toEqual([`/v2/ at ${address}`, `/v2/a/tags/list at ${address}`, `/cut at ${address}`]);
});

test("a machine's metadata service issues tokens of its identities, which registries exchange", async () => {
  await start();
  const port = portOf(await azure.listenForMetadata(VM, LOOPBACK));
  const metadata = async (query: string, headers = { metadata: "true" }) => {
    const url = `http://127.0.0.1:${port}/metadata/identity/oauth2/token?${query}`;
    return answerOf((await once(plainGet(url, { headers, agent: false }), "response")) as [IncomingMessage]);
  };
  const QUERY = "api-version=2018-02-01&resource=https%3A%2F%2Fcontainerregistry.azure.net";
  const refusal = async (...props: Parameters<typeof metadata>) =>
    (await metadata(...props)).body.error_description as string;
  azure.put(VM, { location: REGION, identity: { type: "SystemAssigned" } });
  const { body } = await metadata(QUERY);
  const { principalId } = azure.resources.find(({ id }) => id === VM)!.identity as { principalId: string };
  const claims = JSON.parse(Buffer.from(String(body.access_token).split(".")[1]!, "base64url").toString()) as Json;
  expect(claims).toMatchObject({ oid: principalId, aud: "https://containerregistry.azure.net" });
  const form = { grant_type: "access_token", service: HOST, access_token: String(body.access_token) };
  const exchange = azure.askRegistry({
    ...{
      from: { network: "spoke" },
      to: addressOf(HOST),
      host: HOST,
      method: "POST",
      url: "/oauth2/exchange",
      headers: {},
    },
    body: Buffer.from(new URLSearchParams(form).toString()),
  });
  expect(exchange?.status).toBe(200);
  expect(await refusal(QUERY, { metadata: "" })).toMatch(/metadata header/);
  expect(await refusal("api-version=2018-02-01")).toMatch(/'resource'/);
  expect(await refusal(QUERY.slice(23))).toMatch(/'api-version'/);
  expect(await refusal(`${QUERY}&client_id=other`)).toBe("Identity not found");
  const assigned = Object.fromEntries(["one", "two"].map((name) => [name, { clientId: name, principalId: name }]));
  azure.put(VM, { location: REGION, identity: { type: "UserAssigned", userAssignedIdentities: assigned } });
  expect(await refusal(QUERY)).toMatch(/^Multiple user assigned identities/);
  expect((await metadata(`${QUERY}&client_id=two`)).status).toBe(200);
});
