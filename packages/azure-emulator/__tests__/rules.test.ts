import type { WithIpConfigurations } from "../lib/addresses";
import { type PrivateEndpointProperties, setConnectionState } from "../lib/endpoint-addresses";
import type { Json } from "../../common/util/json";
import { attachZoneGroups } from "../lib/policies";
import { repositoryOperations } from "../lib/registry-permissions";
import { resolve } from "../lib/resolve";
import type { VirtualNetworkProperties } from "../lib/resource-types/virtual-network";
import { Azure, GROUP_ID, REGION, id } from "./azure";

const VNET = "Microsoft.Network/virtualNetworks";
const NSG = "Microsoft.Network/networkSecurityGroups/nsg";
const NIC = "Microsoft.Network/networkInterfaces/nic";
const ENDPOINTS = "Microsoft.Network/privateEndpoints";
const REGISTRY = id("Microsoft.ContainerRegistry/registries/hello");
const REPLICA = `${REGISTRY}/replications/francecentral`;
const ZONE_NAME = "privatelink.azurecr.io";
const ZONES = "Microsoft.Network/privateDnsZones";
const ZONE = id(`${ZONES}/${ZONE_NAME}`);
const LOCK = "providers/Microsoft.Authorization/locks/keep";
const PREMIUM = { sku: { name: "Premium" } };
const PRINCIPAL = "99999999-8888-7777-6666-555555555555";
const LOGIN = "hello.azurecr.io";
const data = (region: string) => `hello.${region}.data.azurecr.io`;

let azure: Azure;
let now: number;

beforeEach(() => {
  azure = new Azure();
});

/**
 * An emulated Azure with a clock that stands: operations on what matches take a minute of it (`slow`), or what matches has its
 * effect for a minute after its deletion (`releaseLate`).
 */
function givenFault(fault: "slow" | "releaseLate", pattern: RegExp): void {
  now = 0;
  azure = new Azure({ faults: { [fault]: [{ pattern, seconds: 60 }] }, clock: () => now });
}

function range(...addressPrefixes: string[]): Json {
  return { addressSpace: { addressPrefixes } };
}

/** Puts a virtual network with a subnet there, and gives the subnet's id. */
function givenNetwork(name: string, space: string, addressPrefix = space): string {
  azure.given(`${VNET}/${name}`, range(space));
  return azure.given(`${VNET}/${name}/subnets/endpoints`, { addressPrefix });
}

function givenRegistry(): void {
  azure.given(REGISTRY, {}, PREMIUM);
}

function givenReplica(region = "francecentral"): void {
  azure.given(`${REGISTRY}/replications/${region}`, {}, { location: region });
}

/** The properties of an endpoint of the registry. */
function endpointIn(subnet: string, name: string, more: Json = {}, list = "privateLinkServiceConnections"): Json {
  const connection = { name, properties: { privateLinkServiceId: REGISTRY, groupIds: ["registry"] } };
  return { subnet: { id: subnet }, customNetworkInterfaceName: `nic-${name}`, [list]: [connection], ...more };
}

const MANUAL = "manualPrivateLinkServiceConnections";

function givenEndpoint(name: string, subnet: string, list?: string): void {
  azure.given(`${ENDPOINTS}/${name}`, endpointIn(subnet, name, {}, list));
}

/** Address by host name, as the endpoint's network interface has them. */
function addressesOf(endpoint: string): Record<string, string> {
  const nic: WithIpConfigurations = azure.properties(`Microsoft.Network/networkInterfaces/nic-${endpoint}`);
  return Object.fromEntries(
    nic.ipConfigurations!.map(({ properties: { privateLinkConnectionProperties: connection, privateIPAddress } }) => [
      String(connection?.fqdns[0]),
      privateIPAddress!,
    ]),
  );
}

/** The state of an endpoint's connection. */
function connectionOf(endpoint: string, list = MANUAL): Json {
  const connections = azure.properties(`${ENDPOINTS}/${endpoint}`)[list] as [{ properties: Json }];
  return connections[0].properties.privateLinkServiceConnectionState as Json;
}

describe("the addresses of an endpoint", () => {
  beforeEach(givenRegistry);

  test("are one for each host name of the registry, the lowest free ones after the four that Azure reserves", () => {
    givenReplica();
    givenEndpoint("one", givenNetwork("one", "10.1.0.0/24"));
    expect(addressesOf("one")).toEqual({
      [LOGIN]: "10.1.0.4",
      [data(REGION)]: "10.1.0.5",
      [data("francecentral")]: "10.1.0.6",
    });
    // The endpoint lists them in an order without meaning.
    const listed = azure.properties(`${ENDPOINTS}/one`).customDnsConfigs as { fqdn: string }[];
    expect(listed.map(({ fqdn }) => fqdn)).not.toEqual(Object.keys(addressesOf("one")).sort());
    expect(listed[0]!.fqdn).not.toBe(LOGIN);
  });

  test("do not fit into a subnet that is full, and the refusal does not name it", () => {
    // Eight addresses, of which Azure reserves five: two endpoints with two names each need one too many.
    const subnet = givenNetwork("tiny", "10.1.0.0/29");
    givenEndpoint("one", subnet);
    const { code, text } = azure.put(`${ENDPOINTS}/two`, endpointIn(subnet, "two"));
    expect(code).toBe("SubnetIsFull");
    expect(text).not.toContain("tiny");
    expect(azure.get(`${ENDPOINTS}/two`).status).toBe(404);
  });

  test("are free again after its deletion, with which its connection ends", () => {
    const subnet = givenNetwork("one", "10.1.0.0/24");
    givenEndpoint("one", subnet);
    azure.delete(`${ENDPOINTS}/one`);
    expect(azure.get(`${REGISTRY}/privateEndpointConnections`).body.value).toEqual([]);
    givenEndpoint("two", subnet);
    expect(addressesOf("two")[LOGIN]).toBe("10.1.0.4");
    expect(azure.get("Microsoft.Network/networkInterfaces/nic-one").status).toBe(404);
  });
});

describe("a replica", () => {
  const create = () => azure.put(REPLICA, {}, { location: "France Central" });
  beforeEach(givenRegistry);

  test("takes one more address in each endpoint's subnet, changes no other, and releases it when it is deleted", () => {
    for (const [i, name] of ["one", "two"].entries()) givenEndpoint(name, givenNetwork(name, `10.${i + 1}.0.0/24`));
    const before = addressesOf("one");
    expect(create().status).toBe(201);
    expect(addressesOf("one")).toEqual({ ...before, [data("francecentral")]: "10.1.0.6" });
    expect(addressesOf("two")[data("francecentral")]).toBe("10.2.0.6");
    azure.delete(REPLICA);
    expect(addressesOf("one")).toEqual(before);
  });

  test("is rolled back where one subnet has no address left, in all subnets", () => {
    givenEndpoint("one", givenNetwork("one", "10.1.0.0/24"));
    const full = givenNetwork("tiny", "10.2.0.0/29");
    givenEndpoint("two", full);
    azure.given(NIC, { ipConfigurations: [{ name: "a", properties: { subnet: { id: full } } }] });
    expect(create().code).toBe("SubnetIsFull");
    expect(azure.get(REPLICA).status).toBe(404);
    for (const name of ["one", "two"]) expect(Object.keys(addressesOf(name))).toHaveLength(2);
  });

  test("needs the Premium SKU; that of the home region is created and deleted with the registry", () => {
    const basic = azure.given("Microsoft.ContainerRegistry/registries/basic", {}, { sku: { name: "Basic" } });
    const refused = azure.put(`${basic}/replications/francecentral`, {}, { location: "francecentral" });
    expect(refused.code).toBe("GeoReplicationNotSupported");
    givenReplica();
    expect(azure.delete(`${REGISTRY}/replications/${REGION}`).code).toBe("CannotDeleteHomeReplication");
  });
});

describe("an endpoint", () => {
  test("is refused while its registry is being written", () => {
    givenFault("slow", /replications/);
    givenRegistry();
    const subnet = givenNetwork("one", "10.1.0.0/24");
    azure.send("PUT", REPLICA, { location: "francecentral" });
    expect(azure.put(`${ENDPOINTS}/one`, endpointIn(subnet, "one")).code).toBe("ReferencedResourceNotProvisioned");
  });

  test("and its network interface have names that are taken until its deletion has finished", () => {
    givenFault("slow", /privateEndpoints\/one$/);
    givenRegistry();
    const subnet = givenNetwork("one", "10.1.0.0/24");
    givenEndpoint("one", subnet);
    const put = (name: string, customNetworkInterfaceName?: string) =>
      azure.put(`${ENDPOINTS}/${name}`, endpointIn(subnet, name, { customNetworkInterfaceName }));
    expect(put("two", "nic-one").text).toContain("already exists");
    expect(put("one", "nic-other").code).toBe("NameOfExistingPrivateEndpointNicCannotBeChanged");
    expect(azure.send("DELETE", `${ENDPOINTS}/one`).status).toBe(202);
    now = 59_000;
    expect([put("one", "nic-one").status, put("two", "nic-one").status]).toEqual([409, 400]);
    now = 60_000;
    expect(put("two", "nic-one").status).toBe(201);
    // Without a name of its own it keeps the one that Azure makes up.
    const { networkInterfaces } = put("three").body.properties as Json;
    expect(put("three").body.properties).toMatchObject({ networkInterfaces, customDnsConfigs: [{}, {}] });
  });
});

describe("a registry's connections", () => {
  const CONNECTIONS = `${REGISTRY}/privateEndpointConnections`;
  const connections = () => azure.get(CONNECTIONS).body.value as { id: string; name: string; properties: Json }[];
  const decide = (connection: string, status: string) => {
    const privateLinkServiceConnectionState = { status, description: "by hand" };
    return azure.send("PUT", connection, { properties: { privateLinkServiceConnectionState } });
  };
  let subnet: string;
  beforeEach(() => {
    givenRegistry();
    subnet = givenNetwork("one", "10.1.0.0/24");
    givenEndpoint("one", subnet, MANUAL);
  });

  test("are approved by its owner: only then the endpoint has its host names, and a new replica needs approval again", () => {
    // It has its addresses, and no names for them.
    expect(Object.keys(addressesOf("one"))).toEqual(["undefined"]);
    expect(azure.properties(`${ENDPOINTS}/one`).customDnsConfigs).toEqual([]);
    const [connection] = connections();
    expect(connection).toMatchObject({
      name: expect.stringMatching(/^hello\.[0-9a-f]{32}$/) as string,
      properties: { privateLinkServiceConnectionState: { status: "Pending" } },
    });
    expect(decide(connection!.id, "Approved").status).toBe(201);
    expect(connectionOf("one")).toMatchObject({ status: "Approved", description: "by hand" });
    const approved = addressesOf("one");
    expect(Object.keys(approved).sort()).toEqual([LOGIN, data(REGION)]);

    azure.put(REPLICA, {}, { location: "francecentral" });
    expect(connectionOf("one").status).toBe("Pending");
    expect(Object.keys(addressesOf("one"))).not.toContain(data("francecentral"));
    decide(connection!.id, "Approved");
    expect(addressesOf("one")).toEqual({ ...approved, [data("francecentral")]: expect.any(String) as string });
  });

  test("stay approved when the endpoint is updated, or where nobody had to approve them", () => {
    decide(connections()[0]!.id, "Approved");
    givenEndpoint("one", subnet, MANUAL);
    expect(connectionOf("one").status).toBe("Approved");
    expect(azure.properties(`${ENDPOINTS}/one`).customDnsConfigs).toHaveLength(2);
    givenEndpoint("two", subnet);
    givenReplica();
    expect(connectionOf("two", "privateLinkServiceConnections").status).toBe("Approved");
    expect(Object.keys(addressesOf("two"))).toHaveLength(3);
  });

  test("are rejected or deleted by its owner", () => {
    const [connection] = connections();
    decide(connection!.id, "Rejected");
    givenReplica();
    expect(connectionOf("one").status).toBe("Rejected");
    azure.delete(connection!.id);
    expect(connections()).toEqual([]);
    expect(connectionOf("one").status).toBe("Disconnected");
    expect(decide(`${CONNECTIONS}/none`, "Approved").status).toBe(404);
  });

  test("may have names on the endpoint's network interface before they are approved, as a fault", () => {
    azure = new Azure({ faults: { namesWhilePending: true } });
    givenRegistry();
    givenEndpoint("one", givenNetwork("one", "10.1.0.0/24"), MANUAL);
    expect(Object.keys(addressesOf("one")).sort()).toEqual([LOGIN, data(REGION)]);
    expect(azure.properties(`${ENDPOINTS}/one`).customDnsConfigs).toEqual([]);
  });

  test("keep the names that they had when they have to be approved again", () => {
    const { store } = azure.manager;
    const endpoint = store.get<PrivateEndpointProperties>(id(`${ENDPOINTS}/one`))!;
    setConnectionState(endpoint, "Approved", store);
    setConnectionState(endpoint, "Pending", store);
    givenReplica();
    expect(Object.keys(addressesOf("one")).sort()).toEqual([LOGIN, data(REGION), "undefined"].sort());
  });
});

describe("an outage of a region's control plane", () => {
  const PART = `${VNET}/spoke/subnets/endpoints`;
  beforeEach(() => {
    givenRegistry();
    givenReplica();
    givenNetwork("spoke", "10.0.0.0/24");
  });

  test.each([REGISTRY, REPLICA, PART, `${VNET}/new`])("refuses what is in the region, or part of it: %s", (path) => {
    azure.manager.outages.add(REGION);
    const answer = azure.send("PUT", path, { location: REGION, properties: {} });
    expect(answer).toMatchObject({ status: 503, code: "ServiceUnavailable" });
    expect(answer.text).toContain(REGION);
    expect(azure.get(REGISTRY).status).toBe(503);
  });

  test("leaves other regions, private DNS, resource groups and extensions as they are", () => {
    azure.given(ZONE);
    azure.manager.outages.add("francecentral");
    // The control plane of a replica is where the registry's is.
    expect(azure.get(REPLICA).status).toBe(200);
    azure.manager.outages.add(REGION);
    expect(azure.put(`${ZONE}/A/hello`, { ttl: 10, aRecords: [{ ipv4Address: "10.0.0.4" }] }).status).toBe(201);
    expect(azure.get(GROUP_ID).status).toBe(200);
    expect(azure.put(`${REGISTRY}/${LOCK}`, { level: "CanNotDelete" }).status).toBe(201);
  });
});

describe("regional endpoints", () => {
  const turn = (regionalEndpoints: string) =>
    azure.run("PATCH", `${REGISTRY}?api-version=2026-03-01-preview`, { properties: { regionalEndpoints } });
  const regional = (region: string) => `hello.${region}.geo.azurecr.io`;
  beforeEach(() => {
    givenRegistry();
    givenReplica();
    givenEndpoint("one", givenNetwork("one", "10.1.0.0/24"));
  });

  test("give every private endpoint one address more for each region, and take it back", () => {
    const before = addressesOf("one");
    expect(turn("Enabled").body.properties).toMatchObject({
      regionalEndpointHostNames: [regional(REGION), regional("francecentral")],
    });
    expect(addressesOf("one")).toEqual({
      ...before,
      [regional(REGION)]: "10.1.0.7",
      [regional("francecentral")]: "10.1.0.8",
    });
    turn("Disabled");
    expect(addressesOf("one")).toEqual(before);
  });

  test("are refused, and change nothing, where a subnet has no address left", () => {
    // A /29 has three addresses for use.
    givenEndpoint("two", givenNetwork("two", "10.2.0.0/29"));
    const before = [addressesOf("one"), addressesOf("two")];
    expect(turn("Enabled").code).toBe("SubnetIsFull");
    expect([addressesOf("one"), addressesOf("two")]).toEqual(before);
    expect(azure.properties(REGISTRY).regionalEndpoints).toBe("Disabled");
  });
});

test.each([
  [REGION, "Disabled", "Enabled"],
  ["francecentral", "Disabled", "Enabled"],
  ["westus", "Enabled", "Disabled"],
])("a registry in %s whose zone redundancy is asked to be %s has it %s", (region, zoneRedundancy, shown) => {
  givenRegistry();
  const path = region === REGION ? REGISTRY : `${REGISTRY}/replications/${region}`;
  azure.given(path, { zoneRedundancy }, { location: region, ...PREMIUM });
  expect(azure.properties(path).zoneRedundancy).toBe(shown);
});

test("a zone group attached by policy empties the endpoint's own list, and the second endpoint overwrites the first", () => {
  azure = new Azure({ policies: [attachZoneGroups(ZONE)] });
  azure.given(ZONE);
  givenRegistry();
  const record = () => azure.properties(`${ZONE}/A/hello`).aRecords;
  givenEndpoint("one", givenNetwork("one", "10.1.0.0/24"));
  expect(record()).toEqual([{ ipv4Address: "10.1.0.4" }]);
  givenEndpoint("two", givenNetwork("two", "10.2.0.0/24"));
  expect(record()).toEqual([{ ipv4Address: "10.2.0.4" }]);
  expect(azure.properties(`${ENDPOINTS}/one`).customDnsConfigs).toEqual([]);
  const groups = azure.get(`${ENDPOINTS}/one/privateDnsZoneGroups`).body;
  expect(groups).toMatchObject({ value: [{ name: "deployedByPolicy" }] });
  // The interface still tells the truth.
  expect(addressesOf("one")[LOGIN]).toBe("10.1.0.4");
  // The records go with the endpoint that wrote them last.
  azure.delete(`${ENDPOINTS}/two`);
  expect(azure.get(`${ZONE}/A/hello`).status).toBe(404);
});

describe("private DNS", () => {
  const link = (network: string, name: string, zone = ZONE) => {
    const virtualNetwork = { id: id(`${VNET}/${network}`) };
    return azure.put(`${zone}/virtualNetworkLinks/${name}`, { virtualNetwork }, { location: "global" });
  };

  test("links a virtual network to only one zone of a name, until the deletion of that link has finished", () => {
    givenFault("slow", /virtualNetworkLinks\/a$/);
    givenNetwork("one", "10.1.0.0/24");
    azure.given(`${GROUP_ID}2`);
    const other = azure.given(ZONE.replace(GROUP_ID, `${GROUP_ID}2`));
    azure.given(ZONE);
    azure.given(`${ZONE}/virtualNetworkLinks/a`, { virtualNetwork: { id: id(`${VNET}/one`) } });
    const deleted = azure.send("DELETE", `${ZONE}/virtualNetworkLinks/a`);
    expect(deleted).toMatchObject({ status: 202, headers: { "retry-after": "60" } });
    now = 59_000;
    for (const zone of [ZONE, other]) expect(link("one", "b", zone)).toMatchObject({ status: 400, code: "BadRequest" });
    expect(link("one", "b", other).text).toContain("overlapping namespaces");
    now = 60_000;
    const linked = link("one", "b", other);
    expect([linked.status, linked.body.properties]).toMatchObject([202, { virtualNetworkLinkState: "Completed" }]);
    expect(azure.delete(ZONE).code).toBeUndefined();
  });

  test("takes 0 to 20 addresses in a record set, and 15 tags", () => {
    azure.given(ZONE);
    const all = (count: number) => Array.from({ length: count }, (_, i) => ({ ipv4Address: `10.0.0.${i}` }));
    const set = (count: number) => azure.put(`${ZONE}/A/hello`, { ttl: 10, aRecords: all(count) });
    expect(set(20).body.properties).toMatchObject({ fqdn: `hello.${ZONE_NAME}.` });
    expect(set(21).code).toBe("TooManyRecords");
    expect(set(0).body.properties).toMatchObject({ aRecords: [] });
    const tagged = (count: number) =>
      azure.put(ZONE, {}, { tags: Object.fromEntries(all(count).map((_, i) => [`t${i}`, "x"])) }).code;
    expect([tagged(15), tagged(16)]).toEqual([undefined, "InvalidTags"]);
  });

  test("refuses to delete a zone that networks are linked to, until shortly after their deletion where that is late", () => {
    givenFault("releaseLate", /virtualNetworkLinks/);
    givenNetwork("one", "10.1.0.0/24");
    azure.given(ZONE);
    link("one", "a");
    expect(azure.delete(ZONE).code).toBe("CannotDeleteResource");
    expect(azure.delete(`${ZONE}/virtualNetworkLinks/a`).status).toBe(202);
    expect(azure.get(`${ZONE}/virtualNetworkLinks/a`).status).toBe(404);
    now = 59_000;
    expect(azure.delete(ZONE).code).toBe("CannotDeleteResource");
    now = 60_000;
    expect(azure.delete(ZONE)).toMatchObject({ status: 202, code: undefined });
  });

  test("answers from the zone that is linked to the network of the DNS servers", () => {
    const { store } = azure.manager;
    const resolved = (network: string, host: string) =>
      resolve(store.get<VirtualNetworkProperties>(id(`${VNET}/${network}`))!, host, store);
    givenNetwork("hub", "10.0.0.0/24");
    azure.given(`${VNET}/asking`, { ...range("10.9.0.0/24"), dhcpOptions: { dnsServers: ["10.0.0.4"] } });
    azure.given(ZONE);
    link("hub", "a");
    azure.put(`${ZONE}/A/hello`, { ttl: 10, aRecords: [{ ipv4Address: "10.0.0.7" }] });
    expect(resolved("hub", LOGIN)).toEqual(["10.0.0.7"]);
    expect(resolved("asking", LOGIN)).toEqual(["10.0.0.7"]);
    expect(resolved("hub", "other.azurecr.io")).toEqual([]);
  });
});

describe("a peering", () => {
  const path = (from: string, to: string) => `${VNET}/${from}/virtualNetworkPeerings/${to}`;
  const peer = (from: string, to: string) =>
    azure.put(path(from, to), { remoteVirtualNetwork: { id: id(`${VNET}/${to}`) } });
  const stateOf = (from: string, to: string) => azure.properties(path(from, to)).peeringState;

  test("is connected once both sides exist, and disconnected when one is deleted, until that is written again", () => {
    givenNetwork("one", "10.1.0.0/24");
    givenNetwork("two", "10.2.0.0/24");
    peer("one", "two");
    expect(stateOf("one", "two")).toBe("Initiated");
    peer("two", "one");
    expect([stateOf("one", "two"), stateOf("two", "one")]).toEqual(["Connected", "Connected"]);
    azure.delete(path("two", "one"));
    expect(stateOf("one", "two")).toBe("Disconnected");
    // Its other side is refused meanwhile.
    expect(peer("two", "one")).toMatchObject({ status: 400, code: "RemotePeeringIsDisconnected" });
    peer("one", "two");
    expect(stateOf("one", "two")).toBe("Initiated");
    peer("two", "one");
    expect(stateOf("one", "two")).toBe("Connected");
  });

  test("keeps the ranges of a network that grows until it is synchronized", () => {
    for (const [i, name] of ["one", "two"].entries()) givenNetwork(name, `10.${i + 1}.0.0/24`);
    peer("one", "two");
    peer("two", "one");
    azure.put(`${VNET}/two`, range("10.2.0.0/24", "10.9.0.0/24"));
    const shown = () =>
      ["one", "two"].map((from) => azure.properties(path(from, from === "one" ? "two" : "one")).peeringSyncLevel);
    peer("one", "two");
    expect(shown()).toEqual(["LocalNotInSync", "RemoteNotInSync"]);
    azure.put(`${path("one", "two")}?syncRemoteAddressSpace=true`, { remoteVirtualNetwork: { id: id(`${VNET}/two`) } });
    expect(shown()).toEqual(["FullyInSync", "FullyInSync"]);
    expect(azure.properties(`${VNET}/one`)).toMatchObject({
      virtualNetworkPeerings: [{ properties: { peeringSyncLevel: "FullyInSync" } }],
    });
  });

  test("is refused where address spaces overlap, or the other network does not exist", () => {
    givenNetwork("one", "10.1.0.0/16");
    givenNetwork("two", "10.1.1.0/24");
    expect(peer("one", "two").code).toBe("VnetAddressSpacesOverlap");
    expect(peer("one", "three").code).toBe("InvalidResourceReference");
    // Nor with two networks that overlap with each other, before the first peering is deleted.
    givenNetwork("hub", "10.9.0.0/24");
    peer("hub", "two");
    expect(peer("hub", "one").code).toBe("VnetAddressSpaceOverlapsWithAlreadyPeeredVnet");
    azure.delete(path("hub", "two"));
    expect(peer("hub", "one").code).toBeUndefined();
  });
});

describe("what is in use can't be deleted:", () => {
  test.each([
    [NSG, "networkSecurityGroup", "InUseNetworkSecurityGroupCannotBeDeleted"],
    ["Microsoft.Network/routeTables/rt", "routeTable", "InUseRouteTableCannotBeDeleted"],
  ])("%s on a subnet", (path, property, code) => {
    const used = azure.given(path);
    const subnet = givenNetwork("one", "10.1.0.0/24");
    azure.given(subnet, { addressPrefix: "10.1.0.0/24", [property]: { id: used } });
    expect(azure.delete(path).code).toBe(code);
    azure.given(subnet, { addressPrefix: "10.1.0.0/24" });
    expect(azure.delete(path).code).toBeUndefined();
  });

  test("a machine's network interface; its disk stays when the machine is deleted", () => {
    const VM = "Microsoft.Compute/virtualMachines/vm";
    const subnet = givenNetwork("one", "10.1.0.0/24");
    azure.given(NIC, { ipConfigurations: [{ name: "a", properties: { subnet: { id: subnet } } }] });
    const properties = {
      osProfile: { computerName: "vm", adminUsername: "a", customData: "eA==" },
      storageProfile: { osDisk: { createOption: "FromImage" } },
      networkProfile: { networkInterfaces: [{ id: id(NIC) }] },
    };
    const { body } = azure.put(VM, properties, { identity: { type: "SystemAssigned" } });
    expect(body).toMatchObject({ identity: { principalId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string } });
    expect(body).not.toHaveProperty("properties.osProfile.customData");
    azure.run("POST", `${VM}/deallocate`);
    expect(azure.delete(NIC).code).toBe("NicInUse");
    azure.delete(VM);
    expect(azure.delete(NIC).code).toBeUndefined();
    expect(azure.properties("Microsoft.Compute/disks/vm_OsDisk").diskState).toBe("Attached");
  });
});

test("a public address with a label has a name in public DNS", () => {
  const dnsSettings = { domainNameLabel: "contoso-gateway" };
  const address = azure.given("Microsoft.Network/publicIPAddresses/ip", { dnsSettings }, { location: "westeurope" });
  expect(azure.properties(address).dnsSettings).toEqual({
    ...dnsSettings,
    fqdn: "contoso-gateway.westeurope.cloudapp.azure.com",
  });
});

describe("a subnet", () => {
  test("is in its network's address space, and overlaps with no other", () => {
    givenNetwork("one", "10.1.0.0/16", "10.1.0.0/24");
    const put = (addressPrefix: string) => azure.put(`${VNET}/one/subnets/other`, { addressPrefix });
    expect(put("10.2.0.0/24").code).toBe("NetcfgInvalidSubnet");
    expect(put("10.1.0.128/25").code).toBe("NetcfgSubnetRangesOverlap");
    expect(put("10.1.1.0/24").body.properties).toMatchObject({ privateEndpointNetworkPolicies: "Disabled" });
  });

  test("for a bastion is large enough, and its security group allows what the bastion needs", () => {
    givenNetwork("hub", "10.0.0.0/16", "10.0.0.0/24");
    const SUBNET = id(`${VNET}/hub/subnets/AzureBastionSubnet`);
    const NOT_COMPLIANT = "NetworkSecurityGroupNotCompliantForAzureBastionSubnet";
    const put = (addressPrefix: string, more: Json = {}) => azure.put(SUBNET, { addressPrefix, ...more });
    const address = azure.given("Microsoft.Network/publicIPAddresses/ip", {}, { sku: { name: "Standard" } });
    const ipConfigurations = [{ name: "ip", properties: { subnet: { id: SUBNET }, publicIPAddress: { id: address } } }];
    const putBastion = () =>
      azure.put("Microsoft.Network/bastionHosts/one", { ipConfigurations }, { sku: { name: "Basic" } });
    // The size of the subnet is the bastion's affair, its security group the subnet's.
    put("10.0.1.0/27");
    expect(putBastion().code).toBe("InvalidBastionSubnet");
    azure.delete(SUBNET);
    const group = { networkSecurityGroup: { id: id(NSG) } };
    const common = { access: "Allow", protocol: "*", sourcePortRange: "*" };
    const rule = (direction: string, priority: number, from: string, to: string, ...ports: string[]) => {
      const where = { sourceAddressPrefix: from, destinationAddressPrefix: to, destinationPortRanges: ports };
      return { name: `${direction}-${priority}`, properties: { ...common, direction, priority, ...where } };
    };
    const rules = [
      rule("Inbound", 100, "Internet", "*", "443"),
      rule("Inbound", 110, "GatewayManager", "*", "443"),
      rule("Inbound", 120, "AzureLoadBalancer", "*", "443"),
      rule("Inbound", 130, "VirtualNetwork", "VirtualNetwork", "8080", "5701"),
      rule("Outbound", 100, "*", "VirtualNetwork", "22", "3389"),
      rule("Outbound", 110, "*", "AzureCloud", "443"),
      rule("Outbound", 120, "VirtualNetwork", "VirtualNetwork", "8080", "5701"),
      rule("Outbound", 130, "*", "Internet", "80"),
    ];
    for (const lacking of rules) {
      azure.given(NSG, { securityRules: rules.filter((one) => one !== lacking) });
      expect([lacking.name, put("10.0.1.0/26", group).code]).toEqual([lacking.name, NOT_COMPLIANT]);
    }
    azure.given(NSG, { securityRules: rules });
    expect(put("10.0.1.0/26", group)).toMatchObject({ status: 201, body: { name: "AzureBastionSubnet" } });
    // Without a bastion, a rule can be removed; with one it can't.
    const putRules = (securityRules: object[]) => azure.put(NSG, { securityRules });
    expect(putRules(rules.slice(1)).status).toBe(200);
    expect(putBastion().code).toBe(NOT_COMPLIANT);
    putRules(rules);
    expect(putBastion().status).toBe(201);
    expect(putRules(rules.slice(1)).code).toBe(NOT_COMPLIANT);
    expect(putRules([...rules].reverse()).status).toBe(200);
  });
});

describe("a DNS private resolver", () => {
  const RESOLVER = "Microsoft.Network/dnsResolvers/r";
  const DELEGATED = { delegations: [{ name: "d", properties: { serviceName: "Microsoft.Network/dnsResolvers" } }] };
  const virtualNetwork = { id: id(`${VNET}/hub`) };
  const putEndpoint = (subnet: string, more: Json = {}) =>
    azure.put(
      `${RESOLVER}/inboundEndpoints/in`,
      { ipConfigurations: [{ subnet: { id: subnet }, ...more }] },
      { location: REGION },
    );

  test("is the only one of its network, and its endpoint has a subnet that is delegated to it, and an address there", () => {
    const plain = givenNetwork("hub", "10.0.0.0/16", "10.0.0.0/24");
    const subnet = azure.given(`${VNET}/hub/subnets/in`, { addressPrefix: "10.0.1.0/28", ...DELEGATED });
    const elsewhere = givenNetwork("other", "10.9.0.0/16");
    expect(azure.put(RESOLVER, { virtualNetwork })).toMatchObject({ status: 202 });
    expect(azure.properties(RESOLVER)).toMatchObject({ dnsResolverState: "Connected", provisioningState: "Succeeded" });
    expect(azure.put("Microsoft.Network/dnsResolvers/second", { virtualNetwork }).status).toBe(400);
    expect([plain, elsewhere].map((place) => putEndpoint(place).status)).toEqual([400, 400]);
    const at = (privateIpAddress: string) =>
      putEndpoint(subnet, { privateIpAllocationMethod: "Static", privateIpAddress });
    expect(at("10.0.2.4").code).toBe("PrivateIPAddressNotInSubnet");
    expect(at("10.0.1.7").status).toBe(202);
    expect(azure.properties(`${RESOLVER}/inboundEndpoints/in`)).toMatchObject({
      ipConfigurations: [{ privateIpAddress: "10.0.1.7", privateIpAllocationMethod: "Static" }],
    });
    expect(azure.delete(subnet).code).toBe("InUseSubnetCannotBeDeleted");
    expect(azure.delete(RESOLVER).status).toBe(400);
    expect(azure.delete(`${RESOLVER}/inboundEndpoints/in`).status).toBe(202);
    expect(azure.delete(RESOLVER).status).toBe(202);
  });

  test("gives its endpoint the first free address, which it keeps", () => {
    azure.given(`${VNET}/hub`, range("10.0.0.0/16"));
    const subnet = azure.given(`${VNET}/hub/subnets/in`, { addressPrefix: "10.0.1.0/28", ...DELEGATED });
    azure.given(RESOLVER, { virtualNetwork });
    for (const more of [{}, { privateIpAllocationMethod: "Dynamic" }]) {
      putEndpoint(subnet, more);
      expect(azure.properties(`${RESOLVER}/inboundEndpoints/in`)).toMatchObject({
        ipConfigurations: [{ privateIpAddress: "10.0.1.4", privateIpAllocationMethod: "Dynamic" }],
      });
    }
  });
});

describe("what Azure refuses:", () => {
  const one = id(`${VNET}/one/subnets/endpoints`);
  const PEP = `${ENDPOINTS}/two`;
  const twin = ZONE.replace(GROUP_ID, `${GROUP_ID}2`);
  const elsewhere = { location: "francecentral" };
  const standard = { sku: { name: "Standard" } };
  const rule = (more: Json) => ({
    securityRules: [{ name: "r", properties: { access: "Allow", direction: "Inbound", priority: 100, ...more } }],
  });
  const chosen = (...addresses: string[]) => {
    const members = ["registry", `registry_data_${REGION}`];
    const of = (address: string, i: number) => ({ memberName: members[i], privateIPAddress: address });
    return endpointIn(one, "two", {
      ipConfigurations: addresses.map((address, i) => ({ properties: of(address, i) })),
    });
  };
  const zones = [ZONE, twin].map((zone, i) => ({ name: `z${i}`, properties: { privateDnsZoneId: zone } }));
  const toTwo = { remoteVirtualNetwork: { id: id(`${VNET}/two`) }, useRemoteGateways: true };
  const guarded = { addressPrefix: "10.1.0.0/24", networkSecurityGroup: { id: id(NSG) } };
  const exportsOff = { policies: { exportPolicy: { status: "disabled" } } };
  const noMembers = "PrivateEndpointIpConfigurationMissingMemberNamesRequiredByFps";
  beforeEach(() => {
    givenRegistry();
    for (const [i, name] of ["one", "two"].entries()) givenNetwork(name, `10.${i + 1}.0.0/24`);
    givenEndpoint("one", one);
    azure.given(`${GROUP_ID}2`);
    for (const zone of [ZONE, twin]) azure.given(zone);
    azure.given(NSG, {}, elsewhere);
  });

  test.each<[what: string, path: string, properties: Json, code: string, more?: Json]>([
    ["a priority of 99", `${NSG}2`, rule({ priority: 99 }), "SecurityRuleInvalidPriority"],
    ["ports from 9 to 8", `${NSG}2`, rule({ sourcePortRange: "9-8" }), "SecurityRuleInvalidPortRange"],
    ["a subnet of a /30", `${VNET}/two/subnets/endpoints`, { addressPrefix: "10.2.0.0/30" }, "NetcfgInvalidSubnet"],
    ["a TTL of 0", `${ZONE}/A/a`, { ttl: 0 }, "BadRequest"],
    ["an address that is none", `${ZONE}/A/a`, { ttl: 9, aRecords: [{ ipv4Address: "999.1.1.1" }] }, "BadRequest"],
    ["a security group of another region", one, guarded, "InvalidResourceReference"],
    ["an endpoint in another region", PEP, endpointIn(one, "two"), "InvalidResourceReference", elsewhere],
    ["exports that are off with public access", REGISTRY, exportsOff, "BadRequest", PREMIUM],
    ["gateways that there are not", `${VNET}/one/virtualNetworkPeerings/p`, toTwo, "RemoteVnetHasNoGateways"],
    [
      "two zones of a name",
      `${ENDPOINTS}/one/privateDnsZoneGroups/g`,
      { privateDnsZoneConfigs: zones },
      "InvalidRequestFormat",
    ],
    ["a chosen address for some members", PEP, chosen("10.1.0.9"), noMembers],
    ["a chosen address of another subnet", PEP, chosen("10.1.0.9", "10.2.0.9"), "PrivateIPAddressNotInSubnet"],
    ["a chosen address that is reserved", PEP, chosen("10.1.0.9", "10.1.0.3"), "PrivateIPAddressInReservedRange"],
    ["a chosen address that is taken", PEP, chosen("10.1.0.9", "10.1.0.4"), "PrivateIPAddressIsAllocated"],
  ])("%s", (_, path, properties, code, more = {}) => {
    expect(azure.put(path, properties, more)).toMatchObject({ status: 400, code });
  });

  test("an endpoint of a registry that is not Premium, and a registry without public access that is not", () => {
    azure.given(REGISTRY, {}, standard);
    expect(azure.put(PEP, endpointIn(one, "two")).code).toBe("PrivateEndpointNotSupported");
    const closed = azure.put(REGISTRY, { publicNetworkAccess: "Disabled" }, standard);
    expect(closed.code).toBe("DisablingPublicNetworkAccessNotSupported");
  });

  test("a replica of a registry whose endpoint has chosen addresses: it is rolled back", () => {
    expect(azure.put(PEP, chosen("10.1.0.9", "10.1.0.6")).status).toBe(201);
    expect(addressesOf("two")).toEqual({ [LOGIN]: "10.1.0.9", [data(REGION)]: "10.1.0.6" });
    expect(azure.put(REPLICA, {}, { location: "francecentral" }).code).toBe(noMembers);
    expect(azure.get(REPLICA).status).toBe(404);
    // Addresses that Azure chooses are others.
    givenEndpoint("three", one);
    expect(Object.values(addressesOf("three")).sort()).toEqual(["10.1.0.7", "10.1.0.8"]);
  });
});

describe("a route table", () => {
  const TABLE = "Microsoft.Network/routeTables/rt";
  const toFirewall = { addressPrefix: "0.0.0.0/0", nextHopType: "VirtualAppliance", nextHopIpAddress: "10.0.1.4" };
  const toInternet = { addressPrefix: "0.0.0.0/0", nextHopType: "Internet" };
  const put = (...routes: Json[]) =>
    azure.put(TABLE, { routes: routes.map((properties, i) => ({ name: `route${i}`, properties })) });

  test("has its routes in it, and keeps its id when they change", () => {
    const { resourceGuid, ...table } = put(toFirewall).body.properties as Json;
    expect(table).toMatchObject({
      disableBgpRoutePropagation: false,
      routes: [{ id: id(`${TABLE}/routes/route0`), properties: { ...toFirewall, hasBgpOverride: false } }],
    });
    expect(put().body.properties).toMatchObject({ resourceGuid, routes: [] });
  });

  test("is refused with an address for something else, a next hop that is none, or two routes for a prefix", () => {
    expect(put({ ...toFirewall, nextHopType: "Internet" })).toMatchObject({ status: 400, code: "InvalidNextHop" });
    expect(put({ ...toInternet, nextHopType: "Firewall" })).toMatchObject({ status: 400, code: "InvalidNextHop" });
    expect(put(toFirewall, toInternet)).toMatchObject({ status: 400, code: "RouteConflict" });
    expect(put(toFirewall, { ...toInternet, addressPrefix: "203.0.113.0/24" }).status).toBe(201);
  });

  test("is one of the subnet's region and subscription", () => {
    const subnet = givenNetwork("one", "10.1.0.0/24");
    const associate = (path: string) =>
      azure.put(subnet, { addressPrefix: "10.1.0.0/24", routeTable: { id: id(path) } });
    expect(associate(TABLE)).toMatchObject({ status: 400, code: "InvalidResourceReference" });
    azure.given(`${TABLE}2`, {}, { location: "norwayeast" });
    expect(associate(`${TABLE}2`).code).toBe("InvalidResourceReference");
    const other = azure.given(GROUP_ID.replace("1/resourceGroups", "2/resourceGroups"));
    const foreign = azure.given(`${other}/providers/${TABLE}`);
    expect(associate(foreign).code).toBe("InvalidResourceReference");
    azure.given(TABLE);
    expect(azure.properties(TABLE).subnets).toBeUndefined();
    expect(associate(TABLE).body.properties).toMatchObject({ routeTable: { id: id(TABLE) } });
    expect(azure.properties(TABLE).subnets).toMatchObject([{ id: subnet }]);
  });
});

describe("a lock", () => {
  test("protects its scope, the extensions of it and its group, until shortly after it is deleted where that is late", () => {
    givenFault("releaseLate", /locks/);
    givenRegistry();
    const role = `${REGISTRY}/providers/Microsoft.Authorization/roleAssignments/11111111-2222-3333-4444-555555555555`;
    azure.given(role, { roleDefinitionId: "/x/r", principalId: PRINCIPAL });
    azure.put(`${REGISTRY}/${LOCK}`, { level: "CanNotDelete" });
    for (const held of [REGISTRY, role, GROUP_ID])
      expect(azure.delete(held)).toMatchObject({ status: 409, code: "ScopeLocked" });
    // It forbids no change.
    expect(azure.put(REGISTRY, {}, { ...PREMIUM, tags: { a: "b" } }).status).toBe(200);
    expect(azure.delete(`${REGISTRY}/${LOCK}`).status).toBe(200);
    now = 59_000;
    expect(azure.delete(REGISTRY).code).toBe("ScopeLocked");
    now = 60_000;
    expect(azure.delete(role).status).toBe(200);
    expect(azure.delete(REGISTRY).status).toBe(200);
  });

  test("of the read-only level forbids changes as well", () => {
    givenRegistry();
    azure.put(`${REGISTRY}/${LOCK}`, { level: "ReadOnly" });
    expect(azure.put(REGISTRY, {}, PREMIUM).code).toBe("ScopeLocked");
    azure.delete(`${REGISTRY}/${LOCK}`);
    expect(azure.put(REGISTRY, {}, PREMIUM).status).toBe(200);
  });
});

describe("names", () => {
  test.each([
    ["Microsoft.ContainerRegistry/registries", 50],
    ["Microsoft.Network/virtualNetworks", 64],
    ["Microsoft.Network/networkSecurityGroups", 80],
    ["Microsoft.Network/publicIPAddresses", 80],
    ["Microsoft.Network/networkInterfaces", 80],
    ["Microsoft.OperationalInsights/workspaces", 63],
    ["Microsoft.Compute/virtualMachines", 64],
  ])("of %s take at most %i characters", (type, most) => {
    const sku = { name: type.endsWith("registries") ? "Premium" : "Standard" };
    const put = (length: number) => azure.put(`${type}/${"a".repeat(length)}`, range("10.0.0.0/24"), { sku });
    expect(put(most).code).toBeUndefined();
    expect(put(most + 1).code).toBe("InvalidResourceName");
  });

  test("of registries are unique across Azure", () => {
    givenRegistry();
    const [subscription] = GROUP_ID.split("/resourceGroups");
    const path = `${subscription}/providers/Microsoft.ContainerRegistry/checkNameAvailability`;
    const type = "Microsoft.ContainerRegistry/registries";
    const isFree = (name: string) => azure.send("POST", path, { name, type }).body.nameAvailable;
    expect([isFree("hello"), isFree("other")]).toEqual([false, true]);
    azure.given(`${GROUP_ID}2`);
    const second = azure.put(REGISTRY.replace(GROUP_ID, `${GROUP_ID}2`).replace("hello", "HELLO"), {}, PREMIUM);
    expect(second.code).toBe("AlreadyInUse");
  });
});

describe("permissions for each repository", () => {
  const ROLE = {
    AcrPush: "8311e382-0749-4cb8-b61a-304f252e45ec",
    Writer: "2a1e307c-b015-4ebd-883e-5b7698a07328",
    CatalogLister: "bfdb9389-c9a5-478a-bb2f-ba9ca092c3c7",
  };
  const REPOSITORIES = "Microsoft.ContainerRegistry/registries/repositories";
  const about = (...actions: string[]) =>
    actions.map((action) => `!(ActionMatches{'${REPOSITORIES}/content/${action}'})`).join(" AND ");
  const named = (how: string, name: string) => `@Request[${REPOSITORIES}:name] String${how}IgnoreCase '${name}'`;
  const CONDITION = `((${about("read", "write")}) OR (${named("StartsWith", "team-a/")} OR ${named("Equals", "base")}))`;

  const assign = (role: string, condition?: string, conditionVersion = "2.0") =>
    azure.put(`${REGISTRY}/providers/Microsoft.Authorization/roleAssignments/11111111-2222-3333-4444-555555555555`, {
      roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${role}`,
      principalId: PRINCIPAL,
      ...(condition !== undefined && { condition, conditionVersion }),
    });
  const inMode = (roleAssignmentMode: string) => azure.given(REGISTRY, { roleAssignmentMode }, PREMIUM);
  const operations = (repository = "any", principal = PRINCIPAL) =>
    repositoryOperations(REGISTRY, principal, repository, azure.manager.store);
  beforeEach(givenRegistry);

  test("are those of the roles of the registry's mode alone", () => {
    assign(ROLE.AcrPush);
    expect(operations()).toEqual(["read", "write"]);
    inMode("AbacRepositoryPermissions");
    expect(operations()).toEqual([]);
    assign(ROLE.Writer);
    expect(operations()).toEqual(["read", "write"]);
    expect(operations("any", "q")).toEqual([]);
    inMode("LegacyRegistryPermissions");
    expect(operations()).toEqual([]);
  });

  test("are limited by a condition, but for the actions that it does not name", () => {
    inMode("AbacRepositoryPermissions");
    expect(assign(ROLE.Writer, CONDITION).status).toBe(201);
    for (const name of ["team-a/app", "TEAM-A/app", "base"]) expect(operations(name)).toEqual(["read", "write"]);
    for (const name of ["team-ab", "base/app"]) expect(operations(name)).toEqual([]);
    assign(ROLE.Writer, `((${about("read")}) OR (${named("Equals", "base")}))`);
    expect(operations("other")).toEqual(["write"]);
  });

  test.each([
    ["an attribute that is none", ROLE.Writer, CONDITION.replaceAll(":name", ":tag")],
    ["a bracket that is missing", ROLE.Writer, CONDITION.slice(1)],
    ["a role that can't be limited", ROLE.CatalogLister, CONDITION],
    ["another version", ROLE.Writer, CONDITION, "1.0", "InvalidConditionVersion"],
  ])("refuse a condition with %s", (_, role, condition, version = "2.0", code = "RoleAssignmentConditionInvalid") => {
    expect(assign(role, condition, version).code).toBe(code);
  });
});

describe("the parts of a registry", () => {
  const POOL = `${REGISTRY}/agentPools/tasks`;
  const putPool = (properties: Json, location = REGION) =>
    azure.put(POOL, properties, { location, tags: { owner: "me" } });
  const rule = (name: string, sourceRepository: string, targetRepository: string, more: Json = {}) =>
    azure.put(`${REGISTRY}/cacheRules/${name}`, { sourceRepository, targetRepository, ...more });
  beforeEach(givenRegistry);

  test("an agent pool keeps its subnet, and Azure does not keep its tags", () => {
    const subnet = givenNetwork("one", "10.1.0.0/24");
    const { status, body } = putPool({ tier: "S2", virtualNetworkSubnetResourceId: subnet });
    expect([status, body.properties]).toMatchObject([201, { tier: "S2", count: 1, os: "Linux" }]);
    expect(body).not.toHaveProperty("tags.owner");
    expect(azure.delete(subnet).code).toBe("InUseSubnetCannotBeDeleted");
    azure.delete(POOL);
    expect(azure.delete(subnet).code).toBeUndefined();
  });

  test.each<[string, Json, string | undefined, string]>([
    ["in a region without them", {}, "norwayeast", "LocationNotAvailableForResourceType"],
    ["beyond 16 virtual CPUs", { tier: "S3", count: 3 }, undefined, "AgentPoolQuotaExceeded"],
    ["with isolated machines without a quota", { tier: "I6" }, undefined, "AgentPoolQuotaExceeded"],
    ["in no subnet", { virtualNetworkSubnetResourceId: id(`${VNET}/x`) }, undefined, "InvalidResourceReference"],
  ])("an agent pool is refused %s", (_, properties, region, code) => {
    expect(putPool(properties, region).code).toBe(code);
  });

  test("a cache rule needs credentials for Docker Hub, which are kept while it uses them, and adds library", () => {
    expect(rule("hub-rule", "docker.io/ubuntu", "ubuntu").code).toBe("EnforceDockerAuthentication");
    const set = `${REGISTRY}/credentialSets/docker-io`;
    const { body } = azure.put(set, { loginServer: "docker.io" }, { identity: { type: "SystemAssigned" } });
    expect(body).toHaveProperty("identity.principalId");
    const written = rule("hub-rule", "docker.io/ubuntu", "ubuntu", { credentialSetResourceId: set });
    expect(written.body.properties).toMatchObject({ sourceRepository: "docker.io/library/ubuntu" });
    expect(azure.delete(set).code).toBe("CredentialSetInUse");
  });

  test("targets of cache rules do not overlap, but a single repository may be within a prefix", () => {
    expect(rule("all-of-it", "mcr.microsoft.com/*", "mcr/*").status).toBe(201);
    expect(rule("single", "quay.io/x/y", "mcr/y").status).toBe(201);
    for (const target of ["mcr/*", "mcr/dotnet/*", "mcr/y"])
      expect(rule("another", "mcr.microsoft.com/dotnet", target).status).toBe(409);
  });
});
