import { once } from "node:events";
import { request as plainRequest } from "node:http";
import { GROUP, GROUP_ID, id, startAzure } from "./clients";

type Azure = Awaited<ReturnType<typeof startAzure>>;
type Json = Record<string, unknown>;

let open: Azure;

beforeEach(async () => {
  open = await startAzure({ anyType: true });
});
afterEach(async () => {
  await open.azure.close();
});

const LOCATION = "westeurope";
const VAULT = "Microsoft.KeyVault/vaults/kv-test";
const ACCOUNT = "Microsoft.Storage/storageAccounts/sttest";

/** Writes a resource with a request, and returns what a read shows afterwards. */
async function put(path: string, properties: Json = {}, more: Json = {}): Promise<Json> {
  const url = `${path.startsWith("/") ? path : id(path)}?api-version=2025-01-01`;
  const { status, text } = await open.http("PUT", url, { location: LOCATION, properties, ...more });
  if (status >= 300) throw new Error(text);
  return (await open.http("GET", url)).body;
}

async function get(path: string): Promise<{ status: number; body: Json }> {
  return open.http("GET", path.startsWith("/") ? path : id(path));
}

async function post(path: string, body?: Json): Promise<{ status: number; body: Json }> {
  return open.http("POST", id(path), body);
}

function properties(resource: Json): Json {
  return resource.properties as Json;
}

/** A network with one subnet, and the id of that. */
async function network(name = "vnet", range = "10.0.0.0/24"): Promise<string> {
  await put(`Microsoft.Network/virtualNetworks/${name}`, {
    addressSpace: { addressPrefixes: [range] },
    subnets: [{ name: "a", properties: { addressPrefix: range } }],
  });
  return id(`Microsoft.Network/virtualNetworks/${name}/subnets/a`);
}

describe("a type without rules", () => {
  test("is refused unless any type is allowed, so that a mistaken one is noticed", async () => {
    const strict = await startAzure();
    try {
      const answer = await strict.http("PUT", id(VAULT), { location: LOCATION });
      expect([answer.status, (answer.body.error as Json).code]).toEqual([400, "InvalidResourceType"]);
      expect((await strict.http("POST", `${id(VAULT)}/listKeys`)).status).toBe(405);
      expect(strict.azure.environment("x.pem", "s")).not.toHaveProperty("HTTPS_PROXY");
    } finally {
      await strict.azure.close();
    }
  });

  test("is kept as it is written, listed, changed and deleted", async () => {
    const THING = "Contoso.Things/things/one";
    expect(await put(THING, { colour: "red", size: { width: 1 } }, { sku: { name: "S" } })).toMatchObject({
      id: id(THING),
      name: "one",
      type: "Contoso.Things/things",
      location: LOCATION,
      sku: { name: "S" },
      properties: { colour: "red", size: { width: 1 }, provisioningState: "Succeeded" },
    });
    await put(`${THING}/parts/a`, { n: 1 });
    expect((await get(`${THING}/parts`)).body.value).toMatchObject([{ name: "a", properties: { n: 1 } }]);
    await open.http("PATCH", id(THING), { properties: { size: { height: 2 } } });
    expect(properties((await get(THING)).body)).toMatchObject({ colour: "red", size: { width: 1, height: 2 } });
    expect(open.azure.keptTypes).toEqual(["Contoso.Things/things", "Contoso.Things/things/parts"]);

    expect((await open.http("DELETE", id(THING))).status).toBe(204);
    expect((await get(THING)).status).toBe(404);
    expect((await get(`${THING}/parts/a`)).status).toBe(404);
  });

  test("needs its group and the resource that it is part of", async () => {
    await expect(put("Contoso.Things/things/none/parts/a")).rejects.toThrow("ParentResourceNotFound");
    const elsewhere = id("Contoso.Things/things/a").replace(GROUP, "rg-none");
    await expect(put(elsewhere)).rejects.toThrow("ResourceGroupNotFound");
  });

  test("is not among the kept ones if there are rules for it", async () => {
    await network();
    expect(open.azure.keptTypes).toEqual([]);
  });
});

describe("what Azure computes", () => {
  test("is added, and does not replace what a client wrote", async () => {
    expect(properties(await put(VAULT, { enableSoftDelete: false }))).toMatchObject({
      vaultUri: "https://kv-test.vault.azure.net/",
      enableSoftDelete: false,
      softDeleteRetentionInDays: 90,
    });
    expect(properties(await put(ACCOUNT))).toMatchObject({
      primaryLocation: LOCATION,
      primaryEndpoints: { blob: "https://sttest.blob.core.windows.net/" },
    });
  });

  test("stays the same when a resource is written again", async () => {
    const first = await put("Microsoft.ManagedIdentity/userAssignedIdentities/id");
    const second = await put("Microsoft.ManagedIdentity/userAssignedIdentities/id", {}, { tags: { a: "b" } });
    expect(properties(first).principalId).toMatch(/^[0-9a-f-]{36}$/);
    expect(properties(second)).toEqual(properties(first));
    expect(properties(first).clientId).not.toBe(properties(first).principalId);
  });

  test("are the identities of a resource", async () => {
    const assigned = id("Microsoft.ManagedIdentity/userAssignedIdentities/id");
    const identity = { type: "SystemAssigned, UserAssigned", userAssignedIdentities: { [assigned]: {} } };
    const shown = (await put(VAULT, {}, { identity })).identity as Json;
    expect(shown).toMatchObject({
      principalId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      userAssignedIdentities: { [assigned]: { clientId: expect.any(String) as string } },
    });
    expect(await put("Contoso.Things/things/one", {}, { identity: { type: "None" } })).not.toHaveProperty("identity");
  });

  test("are addresses in subnets, the first free ones, whatever the member is called", async () => {
    const subnet = { id: await network() };
    const firewall = await put("Microsoft.Network/azureFirewalls/fw", {
      ipConfigurations: [{ name: "c", properties: { subnet } }],
    });
    const inbound = await put("Microsoft.Network/dnsResolvers/r").then(() =>
      put("Microsoft.Network/dnsResolvers/r/inboundEndpoints/in", { ipConfigurations: [{ subnet }] }),
    );
    const balancer = await put("Microsoft.Network/loadBalancers/lb", {
      frontendIPConfigurations: [{ name: "f", properties: { subnet } }],
    });
    expect(properties(firewall).ipConfigurations).toMatchObject([{ properties: { privateIPAddress: "10.0.0.4" } }]);
    expect(properties(inbound).ipConfigurations).toMatchObject([{ privateIpAddress: "10.0.0.5" }]);
    expect(properties(balancer).frontendIPConfigurations).toMatchObject([
      {
        id: id("Microsoft.Network/loadBalancers/lb/frontendIPConfigurations/f"),
        properties: { privateIPAddress: "10.0.0.6" },
      },
    ]);
    const again = await put("Microsoft.Network/azureFirewalls/fw", {
      ipConfigurations: [{ name: "c", properties: { subnet } }],
    });
    expect(properties(again).ipConfigurations).toEqual(properties(firewall).ipConfigurations);
    const used = await open.http("DELETE", subnet.id);
    expect((used.body.error as Json).code).toBe("InUseSubnetCannotBeDeleted");
  });

  test("are addresses of a virtual hub's range", async () => {
    const hub = await put("Microsoft.Network/virtualHubs/hub", { addressPrefix: "192.168.11.0/24" });
    expect(properties(hub).virtualRouterIps).toEqual(["192.168.11.69", "192.168.11.68"]);
    const virtualHub = { id: hub.id };
    const firewall = await put("Microsoft.Network/azureFirewalls/fw", { virtualHub });
    expect(properties(firewall).hubIPAddresses).toMatchObject({ privateIPAddress: "192.168.11.132" });
    const gateway = await put("Microsoft.Network/vpnGateways/vpng", { virtualHub });
    expect(properties(gateway).bgpSettings).toMatchObject({
      bgpPeeringAddresses: [{ defaultBgpIpAddresses: ["192.168.11.12"] }, { defaultBgpIpAddresses: ["192.168.11.13"] }],
    });
    expect(properties(await put("Microsoft.Network/azureFirewalls/other"))).not.toHaveProperty("hubIPAddresses");
  });

  test("are the regions of a Cosmos DB account", async () => {
    const locations = [{ locationName: "westeurope" }, { locationName: "northeurope" }];
    expect(properties(await put("Microsoft.DocumentDB/databaseAccounts/cosmos", { locations }))).toMatchObject({
      readLocations: [{ locationName: "westeurope", provisioningState: "Succeeded" }, { locationName: "northeurope" }],
      writeLocations: [{ locationName: "westeurope" }],
    });
  });
});

describe("parts and actions", () => {
  test("parts that Azure creates with a resource exist; a route that is called default does not", async () => {
    await put(ACCOUNT);
    expect((await get(`${ACCOUNT}/blobServices/default`)).status).toBe(200);
    await put(`${ACCOUNT}/blobServices/default/containers/c`);
    await put("Microsoft.Network/routeTables/rt");
    expect((await get("Microsoft.Network/routeTables/rt/routes/default")).status).toBe(404);
    expect((await get("Microsoft.Storage/storageAccounts/none/blobServices/default")).status).toBe(404);
  });

  test("the settings of a web app are those that were written, and nothing is added to them", async () => {
    await put("Microsoft.Web/sites/web", { siteConfig: { alwaysOn: true } });
    expect(properties((await get("Microsoft.Web/sites/web/config/web")).body)).toEqual({ alwaysOn: true });
    await put("Microsoft.Web/sites/web/config/appsettings", { A: "B" });
    expect(properties((await post("Microsoft.Web/sites/web/config/appsettings/list")).body)).toEqual({ A: "B" });
    expect(properties((await post("Microsoft.Web/sites/web/config/connectionstrings/list")).body)).toEqual({});
  });

  test("keys are returned, in the form of each service, and open nothing", async () => {
    await put(ACCOUNT);
    const { keys } = (await post(`${ACCOUNT}/listKeys`)).body as { keys: { keyName: string; value: string }[] };
    expect(keys.map(({ keyName }) => keyName)).toEqual(["key1", "key2"]);
    expect(Buffer.from(keys[0]!.value, "base64").toString()).toContain("opens nothing");
    await put("Microsoft.Compute/things/one");
    expect((await post("Microsoft.Compute/things/one/start")).body).toEqual({});
  });

  test("a resource has categories of logs and metrics to choose from", async () => {
    await put(VAULT);
    const { value } = (await get(`${VAULT}/providers/Microsoft.Insights/diagnosticSettingsCategories`)).body;
    expect((value as Json[]).map((category) => properties(category).categoryType)).toEqual(["Logs", "Metrics"]);
  });

  test("a network manager knows what it has deployed", async () => {
    await put("Microsoft.Network/networkManagers/nm");
    const asked = { regions: [LOCATION], deploymentTypes: ["Connectivity"] };
    const status = async () => (await post("Microsoft.Network/networkManagers/nm/listDeploymentStatus", asked)).body;
    expect(await status()).toEqual({ value: [] });
    const commit = { commitType: "Connectivity", targetLocations: [LOCATION], configurationIds: ["/c"] };
    await post("Microsoft.Network/networkManagers/nm/commit", commit);
    expect(await status()).toMatchObject({ value: [{ region: LOCATION, configurationIds: ["/c"] }] });
  });

  test("what was asked for and is not there is told, unless it was written or tried", async () => {
    await get(VAULT);
    await get("Microsoft.Network/virtualNetworks/vnet-hub");
    await get("Contoso.Things/things/none/parts/a");
    await put(VAULT);
    await expect(put("Contoso.Things/things/none/parts/a")).rejects.toThrow();
    expect(open.azure.missing).toEqual([id("Microsoft.Network/virtualNetworks/vnet-hub")]);
  });
});

describe("beyond groups", () => {
  test("built-in policies exist, and policies of one's own only once they are written", async () => {
    const policies = "/providers/Microsoft.Authorization/policyDefinitions";
    const builtIn = await get(`${policies}/06a78e20-9358-41c9-923c-fb736d382a4d`);
    expect(properties(builtIn.body)).toMatchObject({ policyType: "BuiltIn" });
    expect((await get(`${policies}/mine`)).status).toBe(404);
  });

  test("management groups are expected to exist", async () => {
    const assignment =
      "/providers/Microsoft.Management/managementGroups/mg/providers/Microsoft.Authorization/policyAssignments/a";
    expect(await put(assignment, { enforcementMode: "Default" })).toMatchObject({ id: assignment, name: "a" });
  });

  test("a subscription lists its regions, groups and resources, by type and name", async () => {
    await put(VAULT);
    await put(ACCOUNT);
    const [subscription = ""] = /^\/subscriptions\/[^/]+/.exec(GROUP_ID) ?? [];
    const names = async (path: string) =>
      ((await get(subscription + path)).body.value as Json[]).map(({ name }) => name);
    expect(await names("/locations")).toContain("swedencentral");
    expect(await names("/resourceGroups")).toEqual([GROUP]);
    expect(await names("/providers/Microsoft.Storage/storageAccounts")).toEqual(["sttest"]);
    const filter = encodeURIComponent("resourceType eq 'Microsoft.KeyVault/vaults' and name eq 'KV-TEST'");
    expect(await names(`/resources?$filter=${filter}`)).toEqual(["kv-test"]);
  });

  test("a role that is not in the list exists by its name, and then by its id; one of one's own is kept", async () => {
    const roles = `${GROUP_ID}/providers/Microsoft.Authorization/roleDefinitions`;
    const filter = encodeURIComponent("roleName eq 'Some Built-in Role'");
    const [found] = (await get(`${roles}?$filter=${filter}`)).body.value as { name: string }[];
    expect(properties((await get(`${roles}/${found!.name}`)).body).roleName).toBe("Some Built-in Role");
    const own = "11111111-2222-3333-4444-555555555555";
    expect((await get(`${roles}/${own}`)).status).toBe(404);
    await put(`${roles}/${own}`, { roleName: "mine" });
    expect(properties((await get(`${roles}/${own}`)).body)).toMatchObject({ roleName: "mine", type: "CustomRole" });
  });
});

describe("a private endpoint of any service", () => {
  const ZONES = "Microsoft.Network/privateDnsZones";

  async function endpoint(name: string, serviceId: string, group: string, more: Json = {}): Promise<Json> {
    const connection = { name: "c", properties: { privateLinkServiceId: serviceId, groupIds: [group] } };
    return properties(
      await put(`Microsoft.Network/privateEndpoints/${name}`, {
        subnet: { id: await network() },
        privateLinkServiceConnections: [connection],
        ...more,
      }),
    );
  }

  test("has the names of the service, and writes the records whose names fit its zones", async () => {
    await put(VAULT);
    const zones = ["privatelink.vaultcore.azure.net", "privatelink.blob.core.windows.net"];
    for (const zone of zones) await put(`${ZONES}/${zone}`);
    const { customDnsConfigs } = await endpoint("pep", id(VAULT), "vault");
    expect(customDnsConfigs).toEqual([{ fqdn: "kv-test.vault.azure.net", ipAddresses: ["10.0.0.4"] }]);
    await put("Microsoft.Network/privateEndpoints/pep/privateDnsZoneGroups/default", {
      privateDnsZoneConfigs: zones.map((zone) => ({
        name: zone,
        properties: { privateDnsZoneId: id(`${ZONES}/${zone}`) },
      })),
    });
    const record = await get(`${ZONES}/privatelink.vaultcore.azure.net/A/kv-test`);
    expect(properties(record.body).aRecords).toEqual([{ ipv4Address: "10.0.0.4" }]);
    expect((await get(`${ZONES}/privatelink.blob.core.windows.net/A`)).body.value).toEqual([]);
  });

  test("has one address for an app and its source control site", async () => {
    await put("Microsoft.Web/sites/web");
    const { customDnsConfigs } = await endpoint("pep", id("Microsoft.Web/sites/web"), "sites");
    expect(customDnsConfigs).toEqual([
      { fqdn: "web.azurewebsites.net", ipAddresses: ["10.0.0.4"] },
      { fqdn: "web.scm.azurewebsites.net", ipAddresses: ["10.0.0.4"] },
    ]);
  });

  test("has the address that it asks for", async () => {
    await put(ACCOUNT);
    const chosen = { groupId: "blob", memberName: "blob", privateIPAddress: "10.0.0.77" };
    const { customDnsConfigs } = await endpoint("pep", id(ACCOUNT), "blob", {
      ipConfigurations: [{ name: "x", properties: chosen }],
    });
    expect(customDnsConfigs).toMatchObject([{ ipAddresses: ["10.0.0.77"] }]);
  });

  test("is refused for a group that the service does not have, and for a service that is not there", async () => {
    await put(ACCOUNT);
    await expect(endpoint("pep", id(ACCOUNT), "vault")).rejects.toThrow("InvalidGroupId");
    await expect(endpoint("pep", id(VAULT), "vault")).rejects.toThrow("InvalidResourceReference");
  });

  test("of a private link service of one's own has an address without a name", async () => {
    const ipConfigurations = [
      { name: "nat", properties: { subnet: { id: await network("vnet-pls", "10.9.0.0/24") } } },
    ];
    const service = await put("Microsoft.Network/privateLinkServices/pls", { ipConfigurations });
    expect(JSON.stringify(properties(service).ipConfigurations)).not.toContain("privateIPAddress");
    const connection = {
      name: "c",
      properties: { privateLinkServiceId: id("Microsoft.Network/privateLinkServices/pls") },
    };
    const found = await put("Microsoft.Network/privateEndpoints/pep", {
      subnet: { id: await network() },
      privateLinkServiceConnections: [connection],
    });
    expect(properties(found).customDnsConfigs).toEqual([]);
    const [nic] = properties(found).networkInterfaces as { id: string }[];
    expect(properties((await get(nic!.id)).body).ipConfigurations).toMatchObject([
      { properties: { privateIPAddress: "10.0.0.4" } },
    ]);
  });
});

describe("data planes", () => {
  const at = (host: string, method: string, path: string, body?: Json | string) =>
    open.http(method, path, body, { Host: host });
  const BLOBS = "sttest.blob.core.windows.net";
  const KEYS = "kv-test.vault.azure.net";

  /** Status and headers; the bodies of storage are XML. */
  async function statusOf(host: string, method: string, path: string, body?: string): Promise<number> {
    return new Promise((resolve, reject) => {
      at(host, method, path, body).then(({ status }) => {
        resolve(status);
      }, reject);
    });
  }

  test("a secret is kept, read and deleted", async () => {
    expect((await at(KEYS, "GET", "/secrets/s")).body).toMatchObject({ error: { code: "SecretNotFound" } });
    const written = await at(KEYS, "PUT", "/secrets/s", { value: "hello" });
    expect(written.body.id).toMatch(/^https:\/\/kv-test\.vault\.azure\.net\/secrets\/s\/[0-9a-f]{32}$/);
    expect((await at(KEYS, "GET", "/secrets/s")).body).toEqual(written.body);
    await at(KEYS, "DELETE", "/secrets/s");
    expect((await at(KEYS, "GET", "/secrets/s")).status).toBe(404);
    expect((await at("another.vault.azure.net", "GET", "/secrets/s")).status).toBe(404);
  });

  test("a key is a public key of the kind that is asked for", async () => {
    const { key } = (await at(KEYS, "POST", "/keys/k/create", { kty: "RSA", key_size: 2048 })).body as { key: Json };
    expect(key).toMatchObject({ kty: "RSA", e: "AQAB" });
    const ec = (await at(KEYS, "POST", "/keys/e/create", { kty: "EC", crv: "P-384" })).body as { key: Json };
    expect(ec.key).toMatchObject({ kty: "EC", crv: "P-384" });
  });

  test("a container is there once it is created, until it is deleted", async () => {
    const path = "/logs?restype=container";
    expect(await statusOf(BLOBS, "HEAD", path)).toBe(404);
    expect(await statusOf(BLOBS, "PUT", path)).toBe(201);
    expect(await statusOf(BLOBS, "PUT", "/logs/a.txt", "hello")).toBe(201);
    expect(await statusOf(BLOBS, "HEAD", "/logs/a.txt")).toBe(200);
    expect(await statusOf(BLOBS, "DELETE", path)).toBe(202);
    expect(await statusOf(BLOBS, "HEAD", "/logs/a.txt")).toBe(404);
  });

  test("are reached through a proxy, which refuses every other host", async () => {
    const { HTTPS_PROXY } = open.azure.environment("azure.pem", "s");
    const through = async (host: string) => {
      const { hostname, port } = new URL(HTTPS_PROXY!);
      const outgoing = plainRequest({ hostname, port, method: "CONNECT", path: `${host}:443` }).end();
      const [response] = (await once(outgoing, "connect")) as [{ statusCode: number }];
      outgoing.destroy();
      return response.statusCode;
    };
    expect(await through("kv-test.vault.azure.net")).toBe(200);
    expect(await through("management.azure.com")).toBe(403);
    expect(await through("vault.azure.net")).toBe(403);
    expect(await through("a.b.vault.azure.net")).toBe(403);
  });
});
