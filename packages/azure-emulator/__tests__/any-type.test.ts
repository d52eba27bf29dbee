import type { Json } from "../../common/util/json";
import { Azure, GROUP, GROUP_ID, id } from "./azure";

const LOCATION = "westeurope";
const VAULT = "Microsoft.KeyVault/vaults/kv-test";
const ACCOUNT = "Microsoft.Storage/storageAccounts/sttest";
const THING = "Contoso.Things/things/one";
const NETWORK_MANAGER = "Microsoft.Network/networkManagers/nm";
const RECORDS = "Microsoft.Network/privateDnsZones/privatelink";
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let azure: Azure;

beforeEach(() => {
  azure = new Azure({ anyType: true });
});

/** Writes a resource, and returns what a read shows afterwards. */
function put(path: string, properties: Json = {}, more: Json = {}): Json {
  const { status, text } = azure.put(`${path}?api-version=2025-01-01`, properties, { location: LOCATION, ...more });
  if (status >= 300) throw new Error(text);
  return azure.get(path).body;
}

function putProperties(path: string, properties: Json = {}, more: Json = {}): Json {
  return put(path, properties, more).properties as Json;
}

/** A network with one subnet, and the id of that. */
function givenSubnet(name = "vnet", range = "10.0.0.0/24"): { id: string } {
  put(`Microsoft.Network/virtualNetworks/${name}`, {
    addressSpace: { addressPrefixes: [range] },
    subnets: [{ name: "a", properties: { addressPrefix: range } }],
  });
  return { id: id(`Microsoft.Network/virtualNetworks/${name}/subnets/a`) };
}

describe("a type without rules", () => {
  test("is refused unless any type is allowed, so that a mistaken one is noticed", () => {
    azure = new Azure();
    expect(azure.put(VAULT)).toMatchObject({ status: 501, code: "NotEmulated" });
    expect(azure.send("POST", `${VAULT}/listKeys`).status).toBe(501);
  });

  test.each([false, true])("is no deployment of a template, with any type: %s", (anyType) => {
    azure = new Azure({ anyType });
    for (const group of [GROUP_ID, GROUP_ID.replace(/\/resourceGroups.*/, "")]) {
      const deployment = `${group}/providers/Microsoft.Resources/deployments/main`;
      expect(azure.put(deployment, { template: {} })).toMatchObject({ status: 501, code: "NotEmulated" });
      expect(azure.send("POST", `${deployment}/whatIf`, {})).toMatchObject({ status: 501, code: "NotEmulated" });
    }
  });

  test("is kept as it is written, listed, changed and deleted", () => {
    expect(put(THING, { colour: "red", size: { width: 1 } }, { sku: { name: "S" } })).toMatchObject({
      id: id(THING),
      name: "one",
      type: "Contoso.Things/things",
      location: LOCATION,
      sku: { name: "S" },
      properties: { colour: "red", size: { width: 1 }, provisioningState: "Succeeded" },
    });
    put(`${THING}/parts/a`, { n: 1 });
    expect(azure.get(`${THING}/parts`).body.value).toMatchObject([{ name: "a", properties: { n: 1 } }]);
    azure.send("PATCH", THING, { properties: { size: { height: 2 } } });
    expect(azure.properties(THING)).toMatchObject({ colour: "red", size: { width: 1, height: 2 } });
    // A type with rules is not among those that are kept.
    givenSubnet();
    expect(azure.manager.resources.keptTypes).toEqual(["Contoso.Things/things", "Contoso.Things/things/parts"]);

    expect(azure.send("DELETE", THING).status).toBe(204);
    expect([azure.get(THING).status, azure.get(`${THING}/parts/a`).status]).toEqual([404, 404]);
  });

  test("is written by a client that sends null for what it does not set", () => {
    const unset = { tags: null, sku: null, identity: null };
    expect(putProperties(THING, { colour: null, size: 1 }, unset)).toMatchObject({ size: 1 });
    expect(azure.send("PUT", THING, { location: LOCATION, tags: [] }).code).toBe("InvalidRequestFormat");
  });

  test("needs its group and the resource that it is part of", () => {
    expect(azure.put("Contoso.Things/things/none/parts/a").code).toBe("ParentResourceNotFound");
    expect(azure.put(id(THING).replace(GROUP, "rg-none")).code).toBe("ResourceGroupNotFound");
  });
});

describe("what Azure computes", () => {
  test("is added, and does not replace what a client wrote", () => {
    expect(putProperties(VAULT, { enableSoftDelete: false })).toMatchObject({
      vaultUri: "https://kv-test.vault.azure.net/",
      enableSoftDelete: false,
      softDeleteRetentionInDays: 90,
    });
    expect(putProperties(ACCOUNT)).toMatchObject({
      primaryLocation: LOCATION,
      primaryEndpoints: { blob: "https://sttest.blob.core.windows.net/" },
    });
  });

  test("stays the same when a resource is written again", () => {
    const IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities/id";
    const first = putProperties(IDENTITY);
    expect(first.principalId).toMatch(UUID);
    expect(first.clientId).not.toBe(first.principalId);
    expect(putProperties(IDENTITY, {}, { tags: { a: "b" } })).toEqual(first);
  });

  test("are the identities of a resource", () => {
    const assigned = id("Microsoft.ManagedIdentity/userAssignedIdentities/id");
    const identity = { type: "SystemAssigned, UserAssigned", userAssignedIdentities: { [assigned]: {} } };
    expect(put(VAULT, {}, { identity }).identity).toMatchObject({
      principalId: expect.stringMatching(UUID) as string,
      userAssignedIdentities: { [assigned]: { clientId: expect.any(String) as string } },
    });
    expect(put(THING, {}, { identity: { type: "None" } })).not.toHaveProperty("identity");
  });

  test("are addresses in subnets, the first free ones, whatever the member is called", () => {
    const subnet = givenSubnet();
    const ipConfigurations = [{ name: "c", properties: { subnet } }];
    const putFirewall = () => putProperties("Microsoft.Network/azureFirewalls/fw", { ipConfigurations });
    const firewall = putFirewall();
    expect(firewall).toMatchObject({ ipConfigurations: [{ properties: { privateIPAddress: "10.0.0.4" } }] });
    const inbound = { ipConfigurations: [{ subnet }] };
    expect(putProperties("Microsoft.Network/newServices/s", inbound)).toMatchObject({
      ipConfigurations: [{ privateIpAddress: "10.0.0.5" }],
    });
    const frontend = { frontendIPConfigurations: [{ name: "f", properties: { subnet } }] };
    const [own] = putProperties("Microsoft.Network/loadBalancers/lb", frontend).frontendIPConfigurations as [Json];
    expect(own).toMatchObject({ properties: { privateIPAddress: "10.0.0.6" } });
    expect(own.id).toBe(id("Microsoft.Network/loadBalancers/lb/frontendIPConfigurations/f"));
    expect(putFirewall().ipConfigurations).toEqual(firewall.ipConfigurations);
    expect(azure.delete(subnet.id).code).toBe("InUseSubnetCannotBeDeleted");
  });

  test("are addresses of a virtual hub's range", () => {
    const hub = put("Microsoft.Network/virtualHubs/hub", { addressPrefix: "192.168.11.0/24" });
    expect(hub.properties).toMatchObject({ virtualRouterIps: ["192.168.11.69", "192.168.11.68"] });
    const virtualHub = { id: hub.id };
    expect(putProperties("Microsoft.Network/azureFirewalls/fw", { virtualHub })).toMatchObject({
      hubIPAddresses: { privateIPAddress: "192.168.11.132" },
    });
    expect(putProperties("Microsoft.Network/vpnGateways/vpng", { virtualHub }).bgpSettings).toMatchObject({
      bgpPeeringAddresses: [{ defaultBgpIpAddresses: ["192.168.11.12"] }, { defaultBgpIpAddresses: ["192.168.11.13"] }],
    });
    expect(putProperties("Microsoft.Network/azureFirewalls/other")).not.toHaveProperty("hubIPAddresses");
  });

  test("are the regions of a Cosmos DB account", () => {
    const locations = [{ locationName: "westeurope" }, { locationName: "northeurope" }];
    expect(putProperties("Microsoft.DocumentDB/databaseAccounts/cosmos", { locations })).toMatchObject({
      readLocations: [{ locationName: "westeurope", provisioningState: "Succeeded" }, { locationName: "northeurope" }],
      writeLocations: [{ locationName: "westeurope" }],
    });
  });
});

describe("parts and actions", () => {
  const post = (path: string, body?: Json) => azure.send("POST", path, body).body;

  test("parts that Azure creates with a resource exist; a route that is called default does not", () => {
    put(ACCOUNT);
    expect(azure.get(`${ACCOUNT}/blobServices/default`).status).toBe(200);
    put(`${ACCOUNT}/blobServices/default/containers/c`);
    put("Microsoft.Network/routeTables/rt");
    expect(azure.get("Microsoft.Network/routeTables/rt/routes/default").status).toBe(404);
    expect(azure.get(`${ACCOUNT}2/blobServices/default`).status).toBe(404);
  });

  test("the settings of a web app are those that were written, and nothing is added to them", () => {
    const CONFIG = "Microsoft.Web/sites/web/config";
    put("Microsoft.Web/sites/web", { siteConfig: { alwaysOn: true } });
    expect(azure.properties("Microsoft.Web/sites/web/sourcecontrols/web")).toMatchObject({ isMercurial: false });
    expect(azure.properties(`${CONFIG}/web`)).toEqual({ alwaysOn: true });
    put(`${CONFIG}/appsettings`, { A: "B" });
    expect(post(`${CONFIG}/appsettings/list`).properties).toEqual({ A: "B" });
    expect(post(`${CONFIG}/connectionstrings/list`).properties).toEqual({});
  });

  test("keys are returned, in the form of each service, and open nothing", () => {
    put(ACCOUNT);
    const { keys } = post(`${ACCOUNT}/listKeys`) as { keys: { keyName: string; value: string }[] };
    expect(keys.map(({ keyName }) => keyName)).toEqual(["key1", "key2"]);
    expect(Buffer.from(keys[0]!.value, "base64").toString()).toContain("opens nothing");
    put("Microsoft.Compute/things/one");
    expect(post("Microsoft.Compute/things/one/start")).toEqual({});
  });

  test("a vault that is deleted can be purged, which clients wait for", () => {
    put(VAULT);
    azure.delete(VAULT);
    const [, subscription] = /^(.*)\/resourceGroups\//.exec(GROUP_ID)!;
    const deleted = `${subscription}/providers/Microsoft.KeyVault/locations/${LOCATION}/deletedVaults/kv-test`;
    expect(azure.properties(deleted)).toMatchObject({ vaultId: id(VAULT) });
    expect(azure.run("POST", `${deleted}/purge`)).toMatchObject({ status: 202, body: { status: "Succeeded" } });
    expect(azure.get(deleted).status).toBe(404);
  });

  test("a resource has categories of logs and metrics to choose from", () => {
    put(VAULT);
    const { value } = azure.get(`${VAULT}/providers/Microsoft.Insights/diagnosticSettingsCategories`).body;
    expect(value).toMatchObject([
      { properties: { categoryType: "Logs" } },
      { properties: { categoryType: "Metrics" } },
    ]);
  });

  test("a cluster lists the node pools that are written one by one", () => {
    const CLUSTER = "Microsoft.ContainerService/managedClusters/aks";
    const pools = () => azure.properties(CLUSTER).agentPoolProfiles;
    put(CLUSTER, { agentPoolProfiles: [{ name: "default" }] });
    put(`${CLUSTER}/agentPools/more`, { count: 1 });
    put(`${CLUSTER}/agentPools/more`, { count: 2 });
    expect(pools()).toEqual([{ name: "default" }, { name: "more", count: 2, provisioningState: "Succeeded" }]);
    azure.send("DELETE", `${CLUSTER}/agentPools/more`);
    expect(pools()).toEqual([{ name: "default" }]);
  });

  test("a network manager knows what it has deployed", () => {
    put(NETWORK_MANAGER);
    const asked = { regions: [LOCATION], deploymentTypes: ["Connectivity"] };
    const status = () => post(`${NETWORK_MANAGER}/listDeploymentStatus`, asked);
    expect(status()).toEqual({ value: [] });
    const commit = { commitType: "Connectivity", targetLocations: [LOCATION], configurationIds: ["/c"] };
    post(`${NETWORK_MANAGER}/commit`, commit);
    expect(status()).toMatchObject({ value: [{ region: LOCATION, configurationIds: ["/c"] }] });
  });

  test("what was asked for and is not there is told, unless it was written or tried", () => {
    azure.get(VAULT);
    azure.get("Microsoft.Network/virtualNetworks/vnet-hub");
    azure.get("Contoso.Things/things/none/parts/a");
    put(VAULT);
    azure.put("Contoso.Things/things/none/parts/a");
    expect(azure.manager.resources.missing).toEqual([id("Microsoft.Network/virtualNetworks/vnet-hub")]);
  });
});

describe("beyond groups", () => {
  test("built-in policies exist, and policies of one's own only once they are written", () => {
    const policies = "/providers/Microsoft.Authorization/policyDefinitions";
    const builtIn = azure.properties(`${policies}/06a78e20-9358-41c9-923c-fb736d382a4d`);
    expect(builtIn).toMatchObject({ policyType: "BuiltIn" });
    expect(azure.get(`${policies}/mine`).status).toBe(404);
  });

  test("management groups are expected to exist", () => {
    const group = "/providers/Microsoft.Management/managementGroups/mg";
    const assignment = `${group}/providers/Microsoft.Authorization/policyAssignments/a`;
    expect(put(assignment, { enforcementMode: "Default" })).toMatchObject({ id: assignment, name: "a" });
  });

  test("a subscription lists its regions, groups and resources, by type and name", () => {
    put(VAULT);
    put(ACCOUNT);
    const [subscription = ""] = /^\/subscriptions\/[^/]+/.exec(GROUP_ID) ?? [];
    const names = (path: string) => (azure.get(subscription + path).body.value as Json[]).map(({ name }) => name);
    expect(names("/locations")).toContain("swedencentral");
    expect(names("/resourceGroups")).toEqual([GROUP]);
    expect(names("/providers/Microsoft.Storage/storageAccounts")).toEqual(["sttest"]);
    const filter = encodeURIComponent("resourceType eq 'Microsoft.KeyVault/vaults' and name eq 'KV-TEST'");
    expect(names(`/resources?$filter=${filter}`)).toEqual(["kv-test"]);
  });

  test("a role that is not in the list exists by its name, and then by its id; one of one's own is kept", () => {
    const roles = `${GROUP_ID}/providers/Microsoft.Authorization/roleDefinitions`;
    const filter = encodeURIComponent("roleName eq 'Some Built-in Role'");
    const [found] = azure.get(`${roles}?$filter=${filter}`).body.value as [{ name: string }];
    expect(azure.properties(`${roles}/${found.name}`).roleName).toBe("Some Built-in Role");
    const own = `${roles}/11111111-2222-3333-4444-555555555555`;
    expect(azure.get(own).status).toBe(404);
    expect(putProperties(own, { roleName: "mine" })).toMatchObject({ roleName: "mine", type: "CustomRole" });
  });
});

describe("a private endpoint of any service", () => {
  const ENDPOINT = "Microsoft.Network/privateEndpoints/pep";
  const propertiesOf = (service: string, groups: string[], more: Json = {}) => {
    const properties = { privateLinkServiceId: id(service), ...(groups.length > 0 && { groupIds: groups }) };
    return { subnet: givenSubnet(), privateLinkServiceConnections: [{ name: "c", properties }], ...more };
  };
  const endpoint = (...args: Parameters<typeof propertiesOf>) => putProperties(ENDPOINT, propertiesOf(...args));

  test("has the names of the service, and writes the records whose names fit its zones", () => {
    put(VAULT);
    const zones = [`${RECORDS}.vaultcore.azure.net`, `${RECORDS}.blob.core.windows.net`];
    for (const zone of zones) put(zone);
    const { customDnsConfigs } = endpoint(VAULT, ["vault"]);
    expect(customDnsConfigs).toEqual([{ fqdn: "kv-test.vault.azure.net", ipAddresses: ["10.0.0.4"] }]);
    put(`${ENDPOINT}/privateDnsZoneGroups/default`, {
      privateDnsZoneConfigs: zones.map((zone, i) => ({ name: `${i}`, properties: { privateDnsZoneId: id(zone) } })),
    });
    expect(azure.properties(`${zones[0]!}/A/kv-test`).aRecords).toEqual([{ ipv4Address: "10.0.0.4" }]);
    expect(azure.get(`${zones[1]!}/A`).body.value).toEqual([]);
  });

  test("has one address for an app and its source control site", () => {
    put("Microsoft.Web/sites/web");
    expect(endpoint("Microsoft.Web/sites/web", ["sites"]).customDnsConfigs).toEqual([
      { fqdn: "web.azurewebsites.net", ipAddresses: ["10.0.0.4"] },
      { fqdn: "web.scm.azurewebsites.net", ipAddresses: ["10.0.0.4"] },
    ]);
  });

  test("has the address that it asks for", () => {
    put(ACCOUNT);
    const chosen = { groupId: "blob", memberName: "blob", privateIPAddress: "10.0.0.77" };
    const ipConfigurations = [{ name: "x", properties: chosen }];
    const { customDnsConfigs } = endpoint(ACCOUNT, ["blob"], { ipConfigurations });
    expect(customDnsConfigs).toMatchObject([{ ipAddresses: ["10.0.0.77"] }]);
  });

  test("has other addresses for the members that it asks nothing for", () => {
    put("Microsoft.DocumentDB/databaseAccounts/cosmos", { locations: [{ locationName: "West Europe" }] });
    const ipConfigurations = [{ name: "x", properties: { groupId: "Sql", privateIPAddress: "10.0.0.4" } }];
    const { customDnsConfigs } = endpoint("Microsoft.DocumentDB/databaseAccounts/cosmos", ["Sql"], {
      ipConfigurations,
    });
    const addresses = (customDnsConfigs as { ipAddresses: string[] }[]).flatMap(({ ipAddresses }) => ipAddresses);
    expect(addresses.sort()).toEqual(["10.0.0.4", "10.0.0.5"]);
  });

  test("is refused for a group that the service does not have, and for a service that is not there", () => {
    put(ACCOUNT);
    const codeOf = (service: string) =>
      azure.put(ENDPOINT, propertiesOf(service, ["vault"]), { location: LOCATION }).code;
    expect([codeOf(ACCOUNT), codeOf(VAULT)]).toEqual(["InvalidGroupId", "InvalidResourceReference"]);
  });

  test("of a private link service of one's own has an address without a name", () => {
    const PLS = "Microsoft.Network/privateLinkServices/pls";
    const subnet = givenSubnet("vnet-pls", "10.9.0.0/24");
    const service = put(PLS, { ipConfigurations: [{ name: "nat", properties: { subnet } }] });
    expect(JSON.stringify(service)).not.toContain("privateIPAddress");
    const { customDnsConfigs, networkInterfaces } = endpoint(PLS, []);
    expect(customDnsConfigs).toEqual([]);
    const [nic] = networkInterfaces as [{ id: string }];
    expect(azure.properties(nic.id).ipConfigurations).toMatchObject([{ properties: { privateIPAddress: "10.0.0.4" } }]);
  });
});
