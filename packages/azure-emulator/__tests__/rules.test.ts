import type { WithIpConfigurations } from "../lib/addresses";
import { type PrivateEndpointProperties, setConnectionState } from "../lib/endpoint-addresses";
import type { Faults } from "../lib/faults";
import type { Json } from "../lib/json";
import { attachZoneGroups } from "../lib/policies";
import { ResourceManager } from "../lib/resource-manager";
import type { Store } from "../lib/store";
import { GROUP, GROUP_ID, REGION, id, startAzure } from "./clients";

type Azure = Awaited<ReturnType<typeof startAzure>>;
let a: Azure;

const WAIT = { updateIntervalInMs: 1 };
const VNET = "Microsoft.Network/virtualNetworks";
const ZONE = "privatelink.azurecr.io";

beforeAll(async () => {
  a = await startAzure();
});
afterAll(async () => {
  await a.azure.close();
});
afterEach(async () => {
  // Locks first, and then all that a test has left.
  for (const { id, type } of a.azure.resources)
    if (type === "Microsoft.Authorization/locks") await a.http("DELETE", id);
  await a.http("DELETE", GROUP_ID);
  a.azure.put(GROUP_ID, { location: REGION });
});

/** Puts a virtual network with a subnet there, and gives the subnet's id. */
function givenNetwork(name: string, range: string, subnetRange = range): string {
  a.azure.put(id(`${VNET}/${name}`), {
    location: REGION,
    properties: { addressSpace: { addressPrefixes: [range] } },
  });
  const subnet = id(`${VNET}/${name}/subnets/endpoints`);
  a.azure.put(subnet, { properties: { addressPrefix: subnetRange } });
  return subnet;
}

function givenRegistry(name = "hello", sku = "Premium"): string {
  const registry = id(`Microsoft.ContainerRegistry/registries/${name}`);
  a.azure.put(registry, { location: REGION, sku: { name: sku }, properties: {} });
  return registry;
}

function givenReplica(registry: string, region: string): void {
  a.azure.put(`${registry}/replications/${region}`, { location: region });
}

function givenEndpoint(name: string, subnet: string, registry: string): string {
  const endpoint = id(`Microsoft.Network/privateEndpoints/${name}`);
  const connection = { name, properties: { privateLinkServiceId: registry, groupIds: ["registry"] } };
  a.azure.put(endpoint, {
    location: REGION,
    properties: {
      subnet: { id: subnet },
      customNetworkInterfaceName: `nic-${name}`,
      privateLinkServiceConnections: [connection],
    },
  });
  return endpoint;
}

/** Address by host name, as the endpoint's network interface has them. */
async function addressesOf(endpoint: string): Promise<Record<string, string>> {
  const { ipConfigurations = [] } = await a.network.networkInterfaces.get(GROUP, `nic-${endpoint}`);
  return Object.fromEntries(
    ipConfigurations.map(({ privateLinkConnectionProperties, privateIPAddress }) => [
      privateLinkConnectionProperties!.fqdns![0]!,
      privateIPAddress!,
    ]),
  );
}

describe("the addresses of an endpoint", () => {
  test("are one for each host name of the registry, the lowest free ones after the four that Azure reserves", async () => {
    const registry = givenRegistry();
    givenReplica(registry, "francecentral");
    givenEndpoint("one", givenNetwork("one", "10.1.0.0/24"), registry);
    expect(await addressesOf("one")).toEqual({
      "hello.azurecr.io": "10.1.0.4",
      "hello.swedencentral.data.azurecr.io": "10.1.0.5",
      "hello.francecentral.data.azurecr.io": "10.1.0.6",
    });
  });

  test("are listed in an order without meaning", async () => {
    const registry = givenRegistry();
    givenReplica(registry, "francecentral");
    givenEndpoint("one", givenNetwork("one", "10.1.0.0/24"), registry);
    const { customDnsConfigs } = await a.network.privateEndpoints.get(GROUP, "one");
    expect(customDnsConfigs!.map(({ fqdn }) => fqdn)).not.toEqual(Object.keys(await addressesOf("one")).sort());
    expect(customDnsConfigs![0]!.fqdn).not.toBe("hello.azurecr.io");
  });

  test("do not fit into a subnet that is full, and the refusal does not name it", async () => {
    const registry = givenRegistry();
    // Eight addresses, of which Azure reserves five: two endpoints with two names each need one too many.
    const subnet = givenNetwork("tiny", "10.1.0.0/29");
    givenEndpoint("one", subnet, registry);
    const connection = { name: "two", privateLinkServiceId: registry, groupIds: ["registry"] };
    const two = a.network.privateEndpoints.beginCreateOrUpdateAndWait(
      GROUP,
      "two",
      { location: REGION, subnet: { id: subnet }, privateLinkServiceConnections: [connection] },
      WAIT,
    );
    // An operation's error, as the client reports it.
    await expect(two).rejects.toThrow(/^(?!.*tiny).*SubnetIsFull/);
    expect((await a.http("GET", id("Microsoft.Network/privateEndpoints/two"))).status).toBe(404);
  });

  test("are free again after its deletion", async () => {
    const registry = givenRegistry();
    const subnet = givenNetwork("one", "10.1.0.0/24");
    givenEndpoint("one", subnet, registry);
    await a.network.privateEndpoints.beginDeleteAndWait(GROUP, "one", WAIT);
    givenEndpoint("two", subnet, registry);
    expect((await addressesOf("two"))["hello.azurecr.io"]).toBe("10.1.0.4");
    expect((await a.http("GET", id("Microsoft.Network/networkInterfaces/nic-one"))).status).toBe(404);
  });
});

describe("a replica", () => {
  test("takes one more address in each endpoint's subnet, and changes no other", async () => {
    const registry = givenRegistry();
    givenEndpoint("one", givenNetwork("one", "10.1.0.0/24"), registry);
    givenEndpoint("two", givenNetwork("two", "10.2.0.0/24"), registry);
    const before = await addressesOf("one");
    await a.registries.replications.create(GROUP, "hello", "francecentral", { location: "France Central" }, WAIT);
    expect(await addressesOf("one")).toEqual({ ...before, "hello.francecentral.data.azurecr.io": "10.1.0.6" });
    expect((await addressesOf("two"))["hello.francecentral.data.azurecr.io"]).toBe("10.2.0.6");
  });

  test("is rolled back where one subnet has no address left, in all subnets", async () => {
    const registry = givenRegistry();
    givenEndpoint("one", givenNetwork("one", "10.1.0.0/24"), registry);
    const full = givenNetwork("tiny", "10.2.0.0/29");
    givenEndpoint("two", full, registry);
    a.azure.put(id("Microsoft.Network/networkInterfaces/nic-other"), {
      location: REGION,
      properties: { ipConfigurations: [{ name: "a", properties: { subnet: { id: full } } }] },
    });
    const replica = a.registries.replications.create(
      GROUP,
      "hello",
      "francecentral",
      { location: "francecentral" },
      WAIT,
    );
    await expect(replica).rejects.toThrow(/SubnetIsFull/);
    expect((await a.http("GET", `${registry}/replications/francecentral`)).status).toBe(404);
    expect(Object.keys(await addressesOf("one"))).toHaveLength(2);
    expect(Object.keys(await addressesOf("two"))).toHaveLength(2);
  });

  test("releases its addresses when it is deleted", async () => {
    const registry = givenRegistry();
    givenReplica(registry, "francecentral");
    givenEndpoint("one", givenNetwork("one", "10.1.0.0/24"), registry);
    await a.registries.replications.delete(GROUP, "hello", "francecentral", WAIT);
    expect(Object.values(await addressesOf("one")).sort()).toEqual(["10.1.0.4", "10.1.0.5"]);
  });

  test("needs the Premium SKU; that of the home region is created and deleted with the registry", async () => {
    const basic = givenRegistry("basic", "Basic");
    const refused = await a.http("PUT", `${basic}/replications/francecentral`, { location: "francecentral" });
    expect(refused.body).toMatchObject({ error: { code: "GeoReplicationNotSupported" } });
    givenRegistry();
    const home = () => a.registries.replications.delete(GROUP, "hello", REGION, WAIT);
    givenReplica(id("Microsoft.ContainerRegistry/registries/hello"), "francecentral");
    await expect(home()).rejects.toMatchObject({ code: "CannotDeleteHomeReplication" });
  });
});

describe("an endpoint", () => {
  test("is refused while its registry is being written", async () => {
    const slow = await startAzure({ faults: { slow: [{ pattern: /replications/, seconds: 60 }] }, clock: () => 0 });
    try {
      const registry = id("Microsoft.ContainerRegistry/registries/hello");
      const subnet = id(`${VNET}/one/subnets/a`);
      slow.azure.put(registry, { location: REGION, sku: { name: "Premium" } });
      slow.azure.put(id(`${VNET}/one`), {
        location: REGION,
        properties: { addressSpace: { addressPrefixes: ["10.1.0.0/16"] } },
      });
      slow.azure.put(subnet, { properties: { addressPrefix: "10.1.0.0/24" } });
      await slow.http("PUT", `${registry}/replications/francecentral`, { location: "francecentral" });
      const early = await slow.http("PUT", id("Microsoft.Network/privateEndpoints/one"), {
        location: REGION,
        properties: {
          subnet: { id: subnet },
          privateLinkServiceConnections: [
            { name: "one", properties: { privateLinkServiceId: registry, groupIds: ["registry"] } },
          ],
        },
      });
      expect(early.body).toMatchObject({ error: { code: "ReferencedResourceNotProvisioned" } });
    } finally {
      await slow.azure.close();
    }
  });

  test.each([
    ["another group than the registry's", { groupIds: ["blob"] }, "InvalidGroupId"],
    [
      "a registry that is not there",
      { privateLinkServiceId: id("Microsoft.ContainerRegistry/registries/none") },
      "InvalidResourceReference",
    ],
  ])("is refused for %s", async (_, other, code) => {
    const registry = givenRegistry();
    const subnet = givenNetwork("one", "10.1.0.0/24");
    const connection = {
      name: "one",
      properties: { privateLinkServiceId: registry, groupIds: ["registry"], ...other },
    };
    const answer = await a.http("PUT", id("Microsoft.Network/privateEndpoints/one"), {
      location: REGION,
      properties: { subnet: { id: subnet }, privateLinkServiceConnections: [connection] },
    });
    expect(answer).toMatchObject({ status: 400, body: { error: { code } } });
  });

  test("has a network interface whose name is taken until the endpoint is gone", async () => {
    const registry = givenRegistry();
    const subnet = givenNetwork("one", "10.1.0.0/24");
    givenEndpoint("one", subnet, registry);
    const connection = { name: "c", properties: { privateLinkServiceId: registry, groupIds: ["registry"] } };
    const put = (name: string, customNetworkInterfaceName?: string) =>
      a.http("PUT", id(`Microsoft.Network/privateEndpoints/${name}`), {
        location: REGION,
        properties: {
          subnet: { id: subnet },
          privateLinkServiceConnections: [connection],
          ...(customNetworkInterfaceName !== undefined && { customNetworkInterfaceName }),
        },
      });
    const taken = await put("two", "nic-one");
    expect(taken).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining("already exists") as string } },
    });
    expect((await put("one", "nic-other")).body).toMatchObject({
      error: { code: "NameOfExistingPrivateEndpointNicCannotBeChanged" },
    });
    await a.network.privateEndpoints.beginDeleteAndWait(GROUP, "one", WAIT);
    expect((await put("two", "nic-one")).status).toBe(201);
    // Without a name of its own it keeps the one that Azure makes up.
    const { body: made } = await put("three");
    const { body: updated } = await put("three");
    expect(updated.properties).toMatchObject({
      networkInterfaces: (made.properties as Json).networkInterfaces,
      customDnsConfigs: [{}, {}],
    });
  });

  test("is approved at once, or waits for approval if its connection is manual", async () => {
    const registry = givenRegistry();
    const subnet = givenNetwork("one", "10.1.0.0/24");
    givenEndpoint("auto", subnet, registry);
    await a.network.privateEndpoints.beginCreateOrUpdateAndWait(
      GROUP,
      "manual",
      {
        location: REGION,
        subnet: { id: subnet },
        manualPrivateLinkServiceConnections: [{ name: "m", privateLinkServiceId: registry, groupIds: ["registry"] }],
      },
      WAIT,
    );
    const [auto, manual] = [
      await a.network.privateEndpoints.get(GROUP, "auto"),
      await a.network.privateEndpoints.get(GROUP, "manual"),
    ];
    expect(auto.privateLinkServiceConnections![0]!.privateLinkServiceConnectionState!.status).toBe("Approved");
    expect(manual.manualPrivateLinkServiceConnections![0]!.privateLinkServiceConnectionState!.status).toBe("Pending");
  });
});

describe("a registry's connections", () => {
  const CONNECTIONS = "privateEndpointConnections";
  const connectionsOf = async (registry: string) =>
    (await a.http("GET", `${registry}/${CONNECTIONS}`)).body.value as { id: string; name: string; properties: Json }[];
  const decide = (connection: string, status: string) =>
    a.http("PUT", connection, {
      properties: { privateLinkServiceConnectionState: { status, description: "by hand" } },
    });
  const statusOf = async (endpoint: string) =>
    (await a.network.privateEndpoints.get(GROUP, endpoint)).manualPrivateLinkServiceConnections![0]!
      .privateLinkServiceConnectionState;

  async function givenManualEndpoint(name: string, subnet: string, registry: string): Promise<void> {
    await a.http("PUT", id(`Microsoft.Network/privateEndpoints/${name}`), {
      location: REGION,
      properties: {
        subnet: { id: subnet },
        customNetworkInterfaceName: `nic-${name}`,
        manualPrivateLinkServiceConnections: [
          { name, properties: { privateLinkServiceId: registry, groupIds: ["registry"] } },
        ],
      },
    });
  }

  test("are approved by its owner: only then the endpoint has its host names, and a new replica needs approval again", async () => {
    const registry = givenRegistry();
    await givenManualEndpoint("one", givenNetwork("one", "10.1.0.0/24"), registry);
    // It has its addresses, and no names for them.
    expect(Object.keys(await addressesOf("one"))).toEqual(["undefined"]);
    const [connection] = await connectionsOf(registry);
    expect(connection).toMatchObject({
      name: expect.stringMatching(/^hello\.[0-9a-f]{32}$/) as string,
      properties: { privateLinkServiceConnectionState: { status: "Pending" } },
    });
    // The answer has the state as it was.
    const answer = await decide(connection!.id, "Approved");
    expect(answer.status).toBe(201);
    expect(await statusOf("one")).toMatchObject({ status: "Approved", description: "by hand" });
    const approved = await addressesOf("one");
    expect(Object.keys(approved).sort()).toEqual(["hello.azurecr.io", "hello.swedencentral.data.azurecr.io"]);

    await a.http("PUT", `${registry}/replications/francecentral`, { location: "francecentral" });
    expect(await statusOf("one")).toMatchObject({ status: "Pending" });
    expect(Object.keys(await addressesOf("one"))).not.toContain("hello.francecentral.data.azurecr.io");
    await decide(connection!.id, "Approved");
    expect(await addressesOf("one")).toEqual({
      ...approved,
      "hello.francecentral.data.azurecr.io": expect.any(String) as string,
    });
  });

  test("stay approved when the endpoint is updated, or where nobody had to approve them", async () => {
    const registry = givenRegistry();
    const subnet = givenNetwork("one", "10.1.0.0/24");
    await givenManualEndpoint("one", subnet, registry);
    await decide((await connectionsOf(registry))[0]!.id, "Approved");
    await givenManualEndpoint("one", subnet, registry);
    expect(await statusOf("one")).toMatchObject({ status: "Approved" });
    givenEndpoint("two", subnet, registry);
    givenReplica(registry, "francecentral");
    const two = await a.network.privateEndpoints.get(GROUP, "two");
    expect(two.privateLinkServiceConnections![0]!.privateLinkServiceConnectionState!.status).toBe("Approved");
    expect(Object.keys(await addressesOf("two"))).toHaveLength(3);
  });

  test("are rejected or deleted by its owner, and deleted with the endpoint", async () => {
    const registry = givenRegistry();
    await givenManualEndpoint("one", givenNetwork("one", "10.1.0.0/24"), registry);
    const [connection] = await connectionsOf(registry);
    await decide(connection!.id, "Rejected");
    givenReplica(registry, "francecentral");
    expect(await statusOf("one")).toMatchObject({ status: "Rejected" });
    await a.http("DELETE", connection!.id);
    expect(await connectionsOf(registry)).toEqual([]);
    expect(await statusOf("one")).toMatchObject({ status: "Disconnected" });
    givenEndpoint("two", id(`${VNET}/one/subnets/endpoints`), registry);
    expect(await connectionsOf(registry)).toHaveLength(1);
    await a.network.privateEndpoints.beginDeleteAndWait(GROUP, "two", WAIT);
    expect(await connectionsOf(registry)).toEqual([]);
    expect(await decide(`${registry}/${CONNECTIONS}/none`, "Approved")).toMatchObject({ status: 404 });
  });
});

describe("an outage of a region's control plane", () => {
  afterEach(() => {
    a.azure.endOutage("francecentral");
    a.azure.endOutage(REGION);
  });

  test("refuses what is in the region, and what is part of it", async () => {
    const registry = givenRegistry();
    givenReplica(registry, "francecentral");
    const subnet = givenNetwork("spoke", "10.0.0.0/24");
    a.azure.beginOutage(REGION);
    for (const path of [registry, `${registry}/replications/francecentral`, subnet, id(`${VNET}/new`)]) {
      const answer = await a.http("PUT", path, { location: REGION, properties: {} });
      expect([path, answer.status, answer.body]).toEqual([
        path,
        503,
        { error: { code: "ServiceUnavailable", message: expect.stringContaining(REGION) as string } },
      ]);
    }
    expect((await a.http("GET", registry)).status).toBe(503);
  });

  test("leaves other regions, private DNS, resource groups and extensions as they are", async () => {
    const registry = givenRegistry();
    givenReplica(registry, "francecentral");
    const zone = id(`Microsoft.Network/privateDnsZones/${ZONE}`);
    a.azure.put(zone, {});
    a.azure.beginOutage("francecentral");
    // The control plane of a replica is where the registry's is.
    expect((await a.http("GET", `${registry}/replications/francecentral`)).status).toBe(200);
    a.azure.beginOutage(REGION);
    const record = { properties: { ttl: 10, aRecords: [{ ipv4Address: "10.0.0.4" }] } };
    expect((await a.http("PUT", `${zone}/A/hello`, record)).status).toBe(201);
    expect((await a.http("GET", GROUP_ID)).status).toBe(200);
    const lock = `${registry}/providers/Microsoft.Authorization/locks/keep`;
    expect((await a.http("PUT", lock, { properties: { level: "CanNotDelete" } })).status).toBe(201);
  });

  test("begins and ends by a request", async () => {
    const registry = givenRegistry();
    await a.http("PUT", `/_outages/${REGION}`);
    expect((await a.http("GET", registry)).status).toBe(503);
    await a.http("DELETE", `/_outages/${REGION}`);
    expect((await a.http("GET", registry)).status).toBe(200);
  });
});

describe("regional endpoints", () => {
  const turn = (registry: string, regionalEndpoints: string) =>
    a.http("PATCH", `${registry}?api-version=2026-03-01-preview`, { properties: { regionalEndpoints } });

  test("give every private endpoint one address more for each region, and take it back", async () => {
    const registry = givenRegistry();
    givenReplica(registry, "francecentral");
    givenEndpoint("one", givenNetwork("one", "10.1.0.0/24"), registry);
    const before = await addressesOf("one");
    const on = await turn(registry, "Enabled");
    expect(on.body.properties).toMatchObject({
      regionalEndpointHostNames: ["hello.swedencentral.geo.azurecr.io", "hello.francecentral.geo.azurecr.io"],
    });
    expect(await addressesOf("one")).toEqual({
      ...before,
      "hello.swedencentral.geo.azurecr.io": "10.1.0.7",
      "hello.francecentral.geo.azurecr.io": "10.1.0.8",
    });
    await turn(registry, "Disabled");
    expect(await addressesOf("one")).toEqual(before);
  });

  test("are refused, and change nothing, where a subnet has no address left", async () => {
    const registry = givenRegistry();
    // A /29 has three addresses for use.
    givenEndpoint("one", givenNetwork("one", "10.1.0.0/24"), registry);
    givenEndpoint("two", givenNetwork("two", "10.2.0.0/29"), registry);
    givenReplica(registry, "francecentral");
    const before = [await addressesOf("one"), await addressesOf("two")];
    expect((await turn(registry, "Enabled")).body).toMatchObject({ error: { code: "SubnetIsFull" } });
    expect([await addressesOf("one"), await addressesOf("two")]).toEqual(before);
    expect((await a.http("GET", registry)).body.properties).toMatchObject({ regionalEndpoints: "Disabled" });
  });
});

test("a registry is distributed across zones wherever its regions have them, whatever is asked", async () => {
  const registry = givenRegistry();
  a.azure.put(`${registry}/replications/francecentral`, {
    location: "francecentral",
    properties: { zoneRedundancy: "Disabled" },
  });
  a.azure.put(`${registry}/replications/westus`, { location: "westus", properties: { zoneRedundancy: "Enabled" } });
  const zoneRedundancyOf = async (path: string) => ((await a.http("GET", path)).body.properties as Json).zoneRedundancy;
  expect([
    await zoneRedundancyOf(registry),
    await zoneRedundancyOf(`${registry}/replications/francecentral`),
    await zoneRedundancyOf(`${registry}/replications/westus`),
  ]).toEqual(["Enabled", "Enabled", "Disabled"]);
});

describe("a zone group", () => {
  const zone = id(`Microsoft.Network/privateDnsZones/${ZONE}`);

  test("attached by policy empties the endpoint's own list, and the second endpoint overwrites the first", async () => {
    const azure = await startAzure({ policies: [attachZoneGroups(zone)] });
    const before = a;
    a = azure;
    try {
      azure.azure.put(zone, {});
      const registry = givenRegistry();
      givenEndpoint("one", givenNetwork("one", "10.1.0.0/24"), registry);
      expect((await a.dns.recordSets.get(GROUP, ZONE, "A", "hello")).aRecords).toEqual([{ ipv4Address: "10.1.0.4" }]);
      givenEndpoint("two", givenNetwork("two", "10.2.0.0/24"), registry);
      expect((await a.dns.recordSets.get(GROUP, ZONE, "A", "hello")).aRecords).toEqual([{ ipv4Address: "10.2.0.4" }]);
      expect((await a.network.privateEndpoints.get(GROUP, "one")).customDnsConfigs).toEqual([]);
      const groups = await a.http("GET", id("Microsoft.Network/privateEndpoints/one/privateDnsZoneGroups"));
      expect(groups.body).toMatchObject({ value: [{ name: "deployedByPolicy" }] });
      // The interface still tells the truth.
      expect((await addressesOf("one"))["hello.azurecr.io"]).toBe("10.1.0.4");
      // The records go with the endpoint that wrote them last.
      await a.network.privateEndpoints.beginDeleteAndWait(GROUP, "two", WAIT);
      await expect(a.dns.recordSets.get(GROUP, ZONE, "A", "hello")).rejects.toMatchObject({ statusCode: 404 });
    } finally {
      a = before;
      await azure.azure.close();
    }
  });
});

describe("private DNS", () => {
  const link = (network: string) => ({ location: "global", virtualNetwork: { id: id(`${VNET}/${network}`) } });

  test("links a virtual network to only one zone of a name", async () => {
    givenNetwork("one", "10.1.0.0/24");
    const other = `${GROUP_ID}2`;
    a.azure.put(other, { location: REGION });
    await a.dns.privateZones.beginCreateOrUpdateAndWait(GROUP, ZONE, { location: "global" }, WAIT);
    await a.dns.privateZones.beginCreateOrUpdateAndWait(`${GROUP}2`, ZONE, { location: "global" }, WAIT);
    await a.dns.virtualNetworkLinks.beginCreateOrUpdateAndWait(GROUP, ZONE, "a", link("one"), WAIT);
    const second = () =>
      a.dns.virtualNetworkLinks.beginCreateOrUpdateAndWait(`${GROUP}2`, ZONE, "b", link("one"), WAIT);
    await expect(second()).rejects.toMatchObject({
      statusCode: 400,
      code: "BadRequest",
      message: expect.stringContaining("overlapping namespaces") as string,
    });
    await a.dns.virtualNetworkLinks.beginDeleteAndWait(GROUP, ZONE, "a", WAIT);
    await expect(second()).resolves.toMatchObject({ virtualNetworkLinkState: "Completed" });
    await a.http("DELETE", other);
  });

  test("refuses another link of a network until the deletion of the old one has finished", async () => {
    let now = 0;
    const slow = await startAzure({
      faults: { slow: [{ pattern: /virtualNetworkLinks\/a$/, seconds: 40 }] },
      clock: () => now,
    });
    try {
      const put = (path: string, body: Json) => slow.http("PUT", id(path), body);
      await put(`${VNET}/one`, {
        location: REGION,
        properties: { addressSpace: { addressPrefixes: ["10.1.0.0/24"] } },
      });
      for (const zone of [ZONE, "other.example"]) await put(`Microsoft.Network/privateDnsZones/${zone}`, {});
      const zones = `Microsoft.Network/privateDnsZones/${ZONE}/virtualNetworkLinks`;
      const body = { properties: { virtualNetwork: { id: id(`${VNET}/one`) } } };
      await put(`${zones}/a`, body);
      now += 40_000;
      const removal = await slow.http("DELETE", id(`${zones}/a`));
      expect(removal).toMatchObject({ status: 202, headers: { "retry-after": "40" } });
      now += 39_000;
      expect(await put(`${zones}/b`, body)).toMatchObject({ status: 400, body: { error: { code: "BadRequest" } } });
      now += 1000;
      expect((await put(`${zones}/b`, body)).status).toBe(202);
    } finally {
      await slow.azure.close();
    }
  });

  test("takes 0 to 20 addresses in a record set, and 15 tags", async () => {
    await a.dns.privateZones.beginCreateOrUpdateAndWait(GROUP, ZONE, { location: "global" }, WAIT);
    const records = (n: number) => ({
      ttl: 10,
      aRecords: Array.from({ length: n }, (_, i) => ({ ipv4Address: `10.0.0.${i}` })),
    });
    const set = (n: number) => a.dns.recordSets.createOrUpdate(GROUP, ZONE, "A", "hello", records(n));
    await expect(set(20)).resolves.toMatchObject({ fqdn: `hello.${ZONE}.` });
    await expect(set(21)).rejects.toMatchObject({ code: "TooManyRecords" });
    await expect(set(0)).resolves.toMatchObject({ aRecords: [] });
    const tagged = (n: number) =>
      a.dns.privateZones.beginCreateOrUpdateAndWait(
        GROUP,
        ZONE,
        { location: "global", tags: Object.fromEntries(Array.from({ length: n }, (_, i) => [`t${i}`, "x"])) },
        WAIT,
      );
    await expect(tagged(15)).resolves.toMatchObject({ name: ZONE });
    await expect(tagged(16)).rejects.toMatchObject({ code: "InvalidTags" });
  });

  test("refuses to delete a zone that networks are linked to", async () => {
    givenNetwork("one", "10.1.0.0/24");
    await a.dns.privateZones.beginCreateOrUpdateAndWait(GROUP, ZONE, { location: "global" }, WAIT);
    await a.dns.virtualNetworkLinks.beginCreateOrUpdateAndWait(GROUP, ZONE, "a", link("one"), WAIT);
    const removal = () => a.dns.privateZones.beginDeleteAndWait(GROUP, ZONE, WAIT);
    await expect(removal()).rejects.toMatchObject({ code: "CannotDeleteResource" });
    await a.dns.virtualNetworkLinks.beginDeleteAndWait(GROUP, ZONE, "a", WAIT);
    await removal();
  });

  test("answers from the zone that is linked to the network of the DNS servers", async () => {
    givenNetwork("hub", "10.0.0.0/24");
    a.azure.put(id(`${VNET}/asking`), {
      location: REGION,
      properties: { addressSpace: { addressPrefixes: ["10.9.0.0/24"] }, dhcpOptions: { dnsServers: ["10.0.0.4"] } },
    });
    await a.dns.privateZones.beginCreateOrUpdateAndWait(GROUP, ZONE, { location: "global" }, WAIT);
    await a.dns.virtualNetworkLinks.beginCreateOrUpdateAndWait(GROUP, ZONE, "a", link("hub"), WAIT);
    await a.dns.recordSets.createOrUpdate(GROUP, ZONE, "A", "hello", {
      ttl: 10,
      aRecords: [{ ipv4Address: "10.0.0.7" }],
    });
    expect(a.azure.resolve("hub", "hello.azurecr.io")).toEqual(["10.0.0.7"]);
    expect(a.azure.resolve("asking", "hello.azurecr.io")).toEqual(["10.0.0.7"]);
    expect(a.azure.resolve("hub", "other.azurecr.io")).toEqual([]);
    expect(a.azure.resolve("nobody", "hello.azurecr.io")).toBeUndefined();
  });
});

describe("a peering", () => {
  const peer = (from: string, to: string) =>
    a.network.virtualNetworkPeerings.beginCreateOrUpdateAndWait(
      GROUP,
      from,
      to,
      { remoteVirtualNetwork: { id: id(`${VNET}/${to}`) } },
      WAIT,
    );
  const stateOf = async (from: string, to: string) =>
    (await a.network.virtualNetworkPeerings.get(GROUP, from, to)).peeringState;

  test("is connected once both sides exist, and disconnected when one is deleted", async () => {
    givenNetwork("one", "10.1.0.0/24");
    givenNetwork("two", "10.2.0.0/24");
    await peer("one", "two");
    expect(await stateOf("one", "two")).toBe("Initiated");
    await peer("two", "one");
    expect([await stateOf("one", "two"), await stateOf("two", "one")]).toEqual(["Connected", "Connected"]);
    await a.network.virtualNetworkPeerings.beginDeleteAndWait(GROUP, "two", "one", WAIT);
    expect(await stateOf("one", "two")).toBe("Disconnected");
  });

  test("is refused while its other side is disconnected, until that is written again", async () => {
    givenNetwork("one", "10.1.0.0/24");
    givenNetwork("two", "10.2.0.0/24");
    await peer("one", "two");
    await peer("two", "one");
    await a.network.virtualNetworkPeerings.beginDeleteAndWait(GROUP, "two", "one", WAIT);
    await expect(peer("two", "one")).rejects.toMatchObject({ statusCode: 400, code: "RemotePeeringIsDisconnected" });
    await peer("one", "two");
    expect(await stateOf("one", "two")).toBe("Initiated");
    await peer("two", "one");
    expect(await stateOf("one", "two")).toBe("Connected");
  });

  test("is refused where address spaces overlap, or the other network does not exist", async () => {
    givenNetwork("one", "10.1.0.0/16");
    givenNetwork("two", "10.1.1.0/24");
    await expect(peer("one", "two")).rejects.toMatchObject({ code: "VnetAddressSpacesOverlap" });
    await expect(peer("one", "three")).rejects.toMatchObject({ code: "InvalidResourceReference" });
    // Nor with two networks that overlap with each other, before the first peering is deleted.
    givenNetwork("hub", "10.9.0.0/24");
    await peer("hub", "two");
    await expect(peer("hub", "one")).rejects.toMatchObject({ code: "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet" });
    await a.network.virtualNetworkPeerings.beginDeleteAndWait(GROUP, "hub", "two", WAIT);
    await peer("hub", "one");
  });
});

describe("what is in use can't be deleted:", () => {
  test("a subnet with an endpoint in it, and its network", async () => {
    givenEndpoint("one", givenNetwork("one", "10.1.0.0/24"), givenRegistry());
    const subnet = () => a.network.subnets.beginDeleteAndWait(GROUP, "one", "endpoints", WAIT);
    const network = () => a.network.virtualNetworks.beginDeleteAndWait(GROUP, "one", WAIT);
    await expect(subnet()).rejects.toMatchObject({ code: "InUseSubnetCannotBeDeleted" });
    await expect(network()).rejects.toMatchObject({ code: "InUseSubnetCannotBeDeleted" });
    await a.network.privateEndpoints.beginDeleteAndWait(GROUP, "one", WAIT);
    await network();
  });

  test("a security group on a subnet", async () => {
    const group = id("Microsoft.Network/networkSecurityGroups/nsg");
    a.azure.put(group, { location: REGION });
    const subnet = givenNetwork("one", "10.1.0.0/24");
    a.azure.put(subnet, { properties: { addressPrefix: "10.1.0.0/24", networkSecurityGroup: { id: group } } });
    const removal = () => a.network.networkSecurityGroups.beginDeleteAndWait(GROUP, "nsg", WAIT);
    await expect(removal()).rejects.toMatchObject({ code: "InUseNetworkSecurityGroupCannotBeDeleted" });
    a.azure.put(subnet, { properties: { addressPrefix: "10.1.0.0/24" } });
    await removal();
  });

  test("a route table on a subnet", async () => {
    const table = id("Microsoft.Network/routeTables/rt");
    a.azure.put(table, { location: REGION });
    const subnet = givenNetwork("one", "10.1.0.0/24");
    a.azure.put(subnet, { properties: { addressPrefix: "10.1.0.0/24", routeTable: { id: table } } });
    expect((await a.network.routeTables.get(GROUP, "rt")).subnets).toMatchObject([{ id: subnet }]);
    const removal = () => a.network.routeTables.beginDeleteAndWait(GROUP, "rt", WAIT);
    await expect(removal()).rejects.toMatchObject({ code: "InUseRouteTableCannotBeDeleted" });
    a.azure.put(subnet, { properties: { addressPrefix: "10.1.0.0/24" } });
    expect((await a.network.routeTables.get(GROUP, "rt")).subnets).toBeUndefined();
    await removal();
  });

  test("a machine's network interface; its disk stays when the machine is deleted", async () => {
    const subnet = givenNetwork("one", "10.1.0.0/24");
    a.azure.put(id("Microsoft.Network/networkInterfaces/nic"), {
      location: REGION,
      properties: { ipConfigurations: [{ name: "a", properties: { subnet: { id: subnet } } }] },
    });
    const vm = await a.compute.virtualMachines.createOrUpdate(
      GROUP,
      "vm",
      {
        location: REGION,
        identity: { type: "SystemAssigned" },
        osProfile: { computerName: "vm", adminUsername: "a", customData: "eA==" },
        storageProfile: { osDisk: { createOption: "FromImage" } },
        networkProfile: { networkInterfaces: [{ id: id("Microsoft.Network/networkInterfaces/nic") }] },
      },
      WAIT,
    );
    expect(vm.identity!.principalId).toMatch(/^[0-9a-f-]{36}$/);
    expect(vm.osProfile!.customData).toBeUndefined();
    const powerState = async () => (await a.compute.virtualMachines.instanceView(GROUP, "vm")).statuses![1]!.code;
    expect(await powerState()).toBe("PowerState/running");
    await a.compute.virtualMachines.deallocate(GROUP, "vm", WAIT);
    expect(await powerState()).toBe("PowerState/deallocated");
    const removal = () => a.network.networkInterfaces.beginDeleteAndWait(GROUP, "nic", WAIT);
    await expect(removal()).rejects.toMatchObject({ code: "NicInUse" });
    await a.compute.virtualMachines.delete(GROUP, "vm", WAIT);
    await removal();
    expect((await a.compute.disks.get(GROUP, "vm_OsDisk")).diskState).toBe("Attached");
  });
});

describe("a subnet", () => {
  test("is in its network's address space, and overlaps with no other", async () => {
    givenNetwork("one", "10.1.0.0/16", "10.1.0.0/24");
    const put = (range: string) =>
      a.network.subnets.beginCreateOrUpdateAndWait(GROUP, "one", "other", { addressPrefix: range }, WAIT);
    await expect(put("10.2.0.0/24")).rejects.toMatchObject({ code: "NetcfgInvalidSubnet" });
    await expect(put("10.1.0.128/25")).rejects.toMatchObject({ code: "NetcfgSubnetRangesOverlap" });
    await expect(put("10.1.1.0/24")).resolves.toMatchObject({ privateEndpointNetworkPolicies: "Disabled" });
  });

  test("for a bastion is large enough, and its security group allows what the bastion needs", async () => {
    givenNetwork("hub", "10.0.0.0/16", "10.0.0.0/24");
    const put = (range: string, group?: string) =>
      a.network.subnets.beginCreateOrUpdateAndWait(
        GROUP,
        "hub",
        "AzureBastionSubnet",
        { addressPrefix: range, ...(group && { networkSecurityGroup: { id: group } }) },
        WAIT,
      );
    const bastion = { location: REGION, sku: { name: "Basic" }, properties: { ipConfigurations: [ipConfiguration()] } };
    const putBastion = () => a.http("PUT", id("Microsoft.Network/bastionHosts/one"), bastion);
    // The size of the subnet is the bastion's affair, its security group the subnet's.
    await put("10.0.1.0/27");
    expect((await putBastion()).body).toMatchObject({ error: { code: "InvalidBastionSubnet" } });
    await a.network.subnets.beginDeleteAndWait(GROUP, "hub", "AzureBastionSubnet", WAIT);
    const group = id("Microsoft.Network/networkSecurityGroups/nsg");
    const rule = (name: string, direction: string, priority: number, from: string, to: string, ports: string[]) => ({
      name,
      properties: {
        access: "Allow",
        protocol: "*",
        direction,
        priority,
        sourceAddressPrefix: from,
        destinationAddressPrefix: to,
        sourcePortRange: "*",
        destinationPortRanges: ports,
      },
    });
    const rules = [
      rule("a", "Inbound", 100, "Internet", "*", ["443"]),
      rule("b", "Inbound", 110, "GatewayManager", "*", ["443"]),
      rule("c", "Inbound", 120, "AzureLoadBalancer", "*", ["443"]),
      rule("d", "Inbound", 130, "VirtualNetwork", "VirtualNetwork", ["8080", "5701"]),
      rule("e", "Outbound", 100, "*", "VirtualNetwork", ["22", "3389"]),
      rule("f", "Outbound", 110, "*", "AzureCloud", ["443"]),
      rule("g", "Outbound", 120, "VirtualNetwork", "VirtualNetwork", ["8080", "5701"]),
      rule("h", "Outbound", 130, "*", "Internet", ["80"]),
    ];
    for (const lacking of rules) {
      a.azure.put(group, { location: REGION, properties: { securityRules: rules.filter((rule) => rule !== lacking) } });
      await expect(put("10.0.1.0/26", group)).rejects.toMatchObject({
        code: "NetworkSecurityGroupNotCompliantForAzureBastionSubnet",
      });
    }
    a.azure.put(group, { location: REGION, properties: { securityRules: rules } });
    await expect(put("10.0.1.0/26", group)).resolves.toMatchObject({ name: "AzureBastionSubnet" });
    // Without a bastion, a rule can be removed; with one it can't.
    const putRules = (securityRules: object[]) =>
      a.http("PUT", group, { location: REGION, properties: { securityRules } });
    expect((await putRules(rules.slice(1))).status).toBe(200);
    expect((await putBastion()).body).toMatchObject({
      error: { code: "NetworkSecurityGroupNotCompliantForAzureBastionSubnet" },
    });
    await putRules(rules);
    expect((await putBastion()).status).toBe(201);
    expect((await putRules(rules.slice(1))).body).toMatchObject({
      error: { code: "NetworkSecurityGroupNotCompliantForAzureBastionSubnet" },
    });
    expect((await putRules([...rules].reverse())).status).toBe(200);
  });

  function ipConfiguration() {
    const address = id("Microsoft.Network/publicIPAddresses/bastion");
    a.azure.put(address, { location: REGION, sku: { name: "Standard" } });
    const subnet = { id: id(`${VNET}/hub/subnets/AzureBastionSubnet`) };
    return { name: "ip", properties: { subnet, publicIPAddress: { id: address } } };
  }
});

describe("a route table", () => {
  interface Route {
    name: string;
    addressPrefix: string;
    nextHopType: string;
    nextHopIpAddress?: string;
  }
  const toFirewall = {
    name: "to-firewall",
    addressPrefix: "0.0.0.0/0",
    nextHopType: "VirtualAppliance",
    nextHopIpAddress: "10.0.1.4",
  };
  const put = (...routes: Route[]) =>
    a.network.routeTables.beginCreateOrUpdateAndWait(GROUP, "rt", { location: REGION, routes }, WAIT);

  test("has its routes in it, and keeps its id when they change", async () => {
    const { resourceGuid, ...table } = await put(toFirewall);
    expect(table).toMatchObject({
      disableBgpRoutePropagation: false,
      routes: [{ ...toFirewall, id: id("Microsoft.Network/routeTables/rt/routes/to-firewall"), hasBgpOverride: false }],
    });
    expect(await put()).toMatchObject({ resourceGuid, routes: [] });
  });

  test("has one route for a prefix, and an address for an appliance and for nothing else", async () => {
    const { nextHopIpAddress, ...withoutAddress } = toFirewall;
    await expect(put(withoutAddress)).rejects.toMatchObject({ statusCode: 400, code: "MissingNextHopIpAddress" });
    const toInternet = { ...withoutAddress, name: "to-internet", nextHopType: "Internet" };
    await expect(put({ ...toInternet, nextHopIpAddress })).rejects.toMatchObject({ code: "InvalidNextHop" });
    await expect(put({ ...toInternet, nextHopType: "Firewall" })).rejects.toMatchObject({ code: "InvalidNextHop" });
    await expect(put(toFirewall, toInternet)).rejects.toMatchObject({ code: "RouteConflict" });
    await put(toFirewall, { ...toInternet, addressPrefix: "203.0.113.0/24" });
  });

  test("is one of the subnet's region and subscription", async () => {
    givenNetwork("one", "10.1.0.0/24");
    const associate = (table: string) =>
      a.network.subnets.beginCreateOrUpdateAndWait(
        GROUP,
        "one",
        "endpoints",
        { addressPrefix: "10.1.0.0/24", routeTable: { id: table } },
        WAIT,
      );
    const here = id("Microsoft.Network/routeTables/here");
    await expect(associate(here)).rejects.toMatchObject({ statusCode: 400, code: "InvalidResourceReference" });
    const elsewhere = id("Microsoft.Network/routeTables/elsewhere");
    a.azure.put(elsewhere, { location: "norwayeast" });
    await expect(associate(elsewhere)).rejects.toMatchObject({ code: "InvalidResourceReference" });
    a.azure.put(here, { location: REGION });
    await expect(associate(here)).resolves.toMatchObject({ routeTable: { id: here } });
  });
});

describe("a lock", () => {
  test("protects its scope, the extensions of it and its group, until it is deleted", async () => {
    const registry = givenRegistry();
    const role = `${registry}/providers/Microsoft.Authorization/roleAssignments/11111111-2222-3333-4444-555555555555`;
    a.azure.put(role, { properties: { roleDefinitionId: "/x/r", principalId: "p" } });
    await a.locks.managementLocks.createOrUpdateByScope(registry, "keep", { level: "CanNotDelete" });
    for (const held of [registry, role, GROUP_ID])
      expect(await a.http("DELETE", held)).toMatchObject({ status: 409, body: { error: { code: "ScopeLocked" } } });
    // It forbids no change.
    a.azure.put(registry, { location: REGION, sku: { name: "Premium" }, tags: { a: "b" } });
    await a.locks.managementLocks.deleteByScope(registry, "keep");
    expect((await a.http("DELETE", role)).status).toBe(200);
    expect((await a.http("DELETE", registry)).status).toBe(202);
  });

  test("can protect its scope for a while after its deletion", async () => {
    let now = 0;
    const late = await startAzure({
      faults: { releaseLate: [{ pattern: /locks/, seconds: 60 }] },
      clock: () => now,
    });
    try {
      const registry = id("Microsoft.ContainerRegistry/registries/hello");
      const lock = `${registry}/providers/Microsoft.Authorization/locks/keep`;
      late.azure.put(registry, { location: REGION, sku: { name: "Premium" } });
      late.azure.put(lock, { properties: { level: "CanNotDelete" } });
      expect((await late.http("DELETE", lock)).status).toBe(200);
      now += 59_000;
      expect((await late.http("DELETE", registry)).body).toMatchObject({ error: { code: "ScopeLocked" } });
      now += 1000;
      expect((await late.http("DELETE", registry)).status).toBe(202);
    } finally {
      await late.azure.close();
    }
  });

  test("of the read-only level forbids changes as well", async () => {
    const registry = givenRegistry();
    await a.locks.managementLocks.createOrUpdateByScope(registry, "keep", { level: "ReadOnly" });
    const change = await a.http("PUT", registry, { location: REGION, sku: { name: "Premium" } });
    expect(change.body).toMatchObject({ error: { code: "ScopeLocked" } });
  });
});

describe("names", () => {
  test.each([
    ["Microsoft.ContainerRegistry/registries", 50, "a"],
    ["Microsoft.Network/virtualNetworks", 64, "a"],
    ["Microsoft.Network/networkSecurityGroups", 80, "a"],
    ["Microsoft.Network/publicIPAddresses", 80, "a"],
    ["Microsoft.Network/networkInterfaces", 80, "a"],
    ["Microsoft.OperationalInsights/workspaces", 63, "a"],
    ["Microsoft.Compute/virtualMachines", 64, "a"],
  ])("of %s take at most %i characters", async (type, most, letter) => {
    const put = (length: number) =>
      a.http("PUT", id(`${type}/${letter.repeat(length)}`), {
        location: REGION,
        sku: { name: type.endsWith("registries") ? "Premium" : "Standard" },
        properties: { addressSpace: { addressPrefixes: ["10.0.0.0/24"] } },
      });
    expect((await put(most)).status).toBe(201);
    expect((await put(most + 1)).body).toMatchObject({ error: { code: "InvalidResourceName" } });
  });

  test("of registries are unique across Azure", async () => {
    givenRegistry("taken");
    const taken = await a.registries.registries.checkNameAvailability({
      name: "taken",
      type: "Microsoft.ContainerRegistry/registries",
    });
    expect(taken.nameAvailable).toBe(false);
    const other = `${GROUP_ID}2`;
    a.azure.put(other, { location: REGION });
    const second = await a.http("PUT", `${other}/providers/Microsoft.ContainerRegistry/registries/TAKEN`, {
      location: REGION,
      sku: { name: "Premium" },
    });
    expect(second.body).toMatchObject({ error: { code: "AlreadyInUse" } });
    await a.http("DELETE", other);
  });
});

test("the names of an endpoint and its network interface are taken until its deletion has finished", async () => {
  let now = 0;
  const slow = await startAzure({
    faults: { slow: [{ pattern: /privateEndpoints\/one$/, seconds: 60 }] },
    clock: () => now,
  });
  const before = a;
  a = slow;
  try {
    const registry = givenRegistry();
    const subnet = givenNetwork("one", "10.1.0.0/24");
    givenEndpoint("one", subnet, registry);
    const put = (name: string) =>
      a.http("PUT", id(`Microsoft.Network/privateEndpoints/${name}`), {
        location: REGION,
        properties: {
          subnet: { id: subnet },
          customNetworkInterfaceName: "nic-one",
          privateLinkServiceConnections: [
            { name: "c", properties: { privateLinkServiceId: registry, groupIds: ["registry"] } },
          ],
        },
      });
    expect((await a.http("DELETE", id("Microsoft.Network/privateEndpoints/one"))).status).toBe(202);
    now = 59_000;
    expect([(await put("one")).status, (await put("two")).status]).toEqual([409, 400]);
    now = 60_000;
    expect((await put("two")).status).toBe(201);
  } finally {
    a = before;
    await slow.azure.close();
  }
});

describe("while a subnet is being written,", () => {
  let now = 0;

  /** An emulator with a registry and a network whose subnet is being written for a minute. */
  async function givenSlowSubnet() {
    const slow = await startAzure({ faults: { slow: [{ pattern: /subnets\/a$/, seconds: 60 }] }, clock: () => now });
    const network = { location: REGION, properties: { addressSpace: { addressPrefixes: ["10.1.0.0/16"] } } };
    slow.azure.put(id(`${VNET}/one`), network);
    await slow.http("PUT", id(`${VNET}/one/subnets/a`), { properties: { addressPrefix: "10.1.0.0/24" } });
    return slow;
  }

  test("a network interface in it is refused for now", async () => {
    const slow = await givenSlowSubnet();
    const put = () =>
      slow.http("PUT", id("Microsoft.Network/networkInterfaces/nic"), {
        location: REGION,
        properties: { ipConfigurations: [{ name: "a", properties: { subnet: { id: id(`${VNET}/one/subnets/a`) } } }] },
      });
    try {
      const details = [{ code: "ReferencedResourceNotProvisioned" }];
      expect(await put()).toMatchObject({ status: 429, body: { error: { code: "RetryableError", details } } });
      now += 60_000;
      expect((await put()).status).toBe(201);
    } finally {
      await slow.azure.close();
    }
  });

  test("a peering of its network is refused", async () => {
    const slow = await givenSlowSubnet();
    const other = { location: REGION, properties: { addressSpace: { addressPrefixes: ["10.2.0.0/16"] } } };
    slow.azure.put(id(`${VNET}/two`), other);
    const put = (from: string, to: string) =>
      slow.http("PUT", id(`${VNET}/${from}/virtualNetworkPeerings/p`), {
        properties: { remoteVirtualNetwork: { id: id(`${VNET}/${to}`) } },
      });
    try {
      for (const [from, to] of [
        ["one", "two"],
        ["two", "one"],
      ] as const)
        expect(await put(from, to)).toMatchObject({
          status: 400,
          body: { error: { code: "ReferencedResourceNotProvisioned" } },
        });
      now += 60_000;
      expect((await put("two", "one")).status).toBe(201);
    } finally {
      await slow.azure.close();
    }
  });
});

test("a zone can refuse its deletion for a while after its last link is deleted", async () => {
  let now = 0;
  const late = await startAzure({
    faults: { releaseLate: [{ pattern: /virtualNetworkLinks/, seconds: 30 }] },
    clock: () => now,
  });
  try {
    const zone = id(`Microsoft.Network/privateDnsZones/${ZONE}`);
    late.azure.put(id(`${VNET}/one`), {
      location: REGION,
      properties: { addressSpace: { addressPrefixes: ["10.1.0.0/24"] } },
    });
    late.azure.put(zone, {});
    late.azure.put(`${zone}/virtualNetworkLinks/a`, { properties: { virtualNetwork: { id: id(`${VNET}/one`) } } });
    expect((await late.http("DELETE", `${zone}/virtualNetworkLinks/a`)).status).toBe(202);
    expect((await late.http("GET", `${zone}/virtualNetworkLinks/a`)).status).toBe(404);
    now = 29_000;
    expect((await late.http("DELETE", zone)).body).toMatchObject({ error: { code: "CannotDeleteResource" } });
    now = 30_000;
    expect((await late.http("DELETE", zone)).status).toBe(202);
  } finally {
    await late.azure.close();
  }
});

describe("a connection that waits for approval", () => {
  const registry = id("Microsoft.ContainerRegistry/registries/hello");

  /** A store with an endpoint whose connection waits for approval. */
  function givenPending(faults: Faults = {}) {
    const manager = new ResourceManager({ endpoint: "https://localhost", faults });
    manager.put(GROUP_ID, { location: REGION });
    manager.put(registry, { location: REGION, sku: { name: "Premium" } });
    manager.put(id(`${VNET}/one`), {
      location: REGION,
      properties: { addressSpace: { addressPrefixes: ["10.1.0.0/24"] } },
    });
    manager.put(id(`${VNET}/one/subnets/a`), { properties: { addressPrefix: "10.1.0.0/24" } });
    const connection = { name: "c", properties: { privateLinkServiceId: registry, groupIds: ["registry"] } };
    const endpoint = id("Microsoft.Network/privateEndpoints/one");
    const body = {
      location: REGION,
      properties: {
        subnet: { id: id(`${VNET}/one/subnets/a`) },
        customNetworkInterfaceName: "nic",
        manualPrivateLinkServiceConnections: [connection],
      },
    };
    manager.put(endpoint, body);
    const { store } = manager;
    return { manager, store, endpoint: store.get<PrivateEndpointProperties>(endpoint)!, body };
  }

  /** The host names of the endpoint's network interface. */
  function namesOf(store: Store): string[] {
    const nic = store.get<WithIpConfigurations>(id("Microsoft.Network/networkInterfaces/nic"))!;
    return nic.properties.ipConfigurations!.flatMap(
      ({ properties }) => properties.privateLinkConnectionProperties?.fqdns ?? [],
    );
  }

  const both = ["hello.azurecr.io", `hello.${REGION}.data.azurecr.io`];

  test("gives the endpoint host names once it is approved, and keeps its state when the endpoint is written", () => {
    const { manager, store, endpoint, body } = givenPending();
    expect([namesOf(store), endpoint.properties.customDnsConfigs]).toEqual([[], []]);
    setConnectionState(endpoint, "Approved", store);
    expect(namesOf(store).sort()).toEqual(both);
    expect(endpoint.properties.customDnsConfigs).toHaveLength(2);
    manager.put(endpoint.id, { ...body, tags: { a: "b" } });
    expect(store.get<PrivateEndpointProperties>(endpoint.id)!.properties).toMatchObject({
      manualPrivateLinkServiceConnections: [
        { properties: { privateLinkServiceConnectionState: { status: "Approved" } } },
      ],
      customDnsConfigs: [{}, {}],
    });
  });

  test("keeps the names that it had when it has to be approved again, and gets the new one with the approval", () => {
    const { manager, store, endpoint } = givenPending();
    setConnectionState(endpoint, "Approved", store);
    setConnectionState(endpoint, "Pending", store);
    manager.put(`${registry}/replications/francecentral`, { location: "francecentral" });
    expect(namesOf(store).sort()).toEqual(both);
    setConnectionState(endpoint, "Approved", store);
    expect(namesOf(store).sort()).toEqual([...both, "hello.francecentral.data.azurecr.io"].sort());
  });

  test("may have names on its network interface already, as a fault", () => {
    const { store, endpoint } = givenPending({ namesWhilePending: true });
    expect(namesOf(store).sort()).toEqual(both);
    expect(endpoint.properties.customDnsConfigs).toEqual([]);
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

  const assign = (registry: string, role: string, more: Json = {}) =>
    a.http(
      "PUT",
      `${registry}/providers/Microsoft.Authorization/roleAssignments/11111111-2222-3333-4444-555555555555`,
      {
        properties: {
          roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${role}`,
          principalId: "p",
          ...more,
        },
      },
    );
  const inMode = (registry: string, roleAssignmentMode: string) => {
    a.azure.put(registry, { location: REGION, sku: { name: "Premium" }, properties: { roleAssignmentMode } });
  };

  test("are those of the roles of the registry's mode alone", async () => {
    const registry = givenRegistry();
    await assign(registry, ROLE.AcrPush);
    expect(a.azure.repositoryOperations(registry, "p", "any")).toEqual(["read", "write"]);
    inMode(registry, "AbacRepositoryPermissions");
    expect(a.azure.repositoryOperations(registry, "p", "any")).toEqual([]);
    await assign(registry, ROLE.Writer);
    expect(a.azure.repositoryOperations(registry, "p", "any")).toEqual(["read", "write"]);
    expect(a.azure.repositoryOperations(registry, "q", "any")).toEqual([]);
    inMode(registry, "LegacyRegistryPermissions");
    expect(a.azure.repositoryOperations(registry, "p", "any")).toEqual([]);
  });

  test("are limited by a condition, but for the actions that it does not name", async () => {
    const registry = givenRegistry();
    inMode(registry, "AbacRepositoryPermissions");
    expect((await assign(registry, ROLE.Writer, { condition: CONDITION, conditionVersion: "2.0" })).status).toBe(201);
    for (const name of ["team-a/app", "TEAM-A/app", "base"])
      expect(a.azure.repositoryOperations(registry, "p", name)).toEqual(["read", "write"]);
    for (const name of ["team-ab", "base/app"]) expect(a.azure.repositoryOperations(registry, "p", name)).toEqual([]);
    await assign(registry, ROLE.Writer, {
      condition: `((${about("read")}) OR (${named("Equals", "base")}))`,
      conditionVersion: "2.0",
    });
    expect(a.azure.repositoryOperations(registry, "p", "other")).toEqual(["write"]);
  });

  test.each<[string, string, Json, string]>([
    ["another version", ROLE.Writer, { condition: CONDITION, conditionVersion: "1.0" }, "InvalidConditionVersion"],
    [
      "an attribute that is none",
      ROLE.Writer,
      { condition: CONDITION.replaceAll(":name", ":tag"), conditionVersion: "2.0" },
      "RoleAssignmentConditionInvalid",
    ],
    [
      "a bracket that is missing",
      ROLE.Writer,
      { condition: CONDITION.slice(1), conditionVersion: "2.0" },
      "RoleAssignmentConditionInvalid",
    ],
    [
      "a role that can't be limited",
      ROLE.CatalogLister,
      { condition: CONDITION, conditionVersion: "2.0" },
      "RoleAssignmentConditionInvalid",
    ],
  ])("refuse a condition with %s", async (_, role, more, code) => {
    expect((await assign(givenRegistry(), role, more)).body).toMatchObject({ error: { code } });
  });
});

describe("the parts of a registry", () => {
  const pool = (registry: string, name: string, properties: Json, location = REGION) =>
    a.http("PUT", `${registry}/agentPools/${name}`, { location, properties, tags: { owner: "me" } });
  const rule = (registry: string, name: string, sourceRepository: string, targetRepository: string, more: Json = {}) =>
    a.http("PUT", `${registry}/cacheRules/${name}`, { properties: { sourceRepository, targetRepository, ...more } });

  test("an agent pool keeps its subnet, and Azure does not keep its tags", async () => {
    const registry = givenRegistry();
    const subnet = givenNetwork("one", "10.1.0.0/24");
    const { status } = await pool(registry, "tasks", { tier: "S2", virtualNetworkSubnetResourceId: subnet });
    expect(status).toBe(201);
    const { body } = await a.http("GET", `${registry}/agentPools/tasks`);
    expect(body).toMatchObject({ properties: { tier: "S2", count: 1, os: "Linux" } });
    expect(body).not.toHaveProperty("tags.owner");
    expect((await a.http("DELETE", subnet)).body).toMatchObject({ error: { code: "InUseSubnetCannotBeDeleted" } });
    await a.http("DELETE", `${registry}/agentPools/tasks`);
    expect((await a.http("DELETE", subnet)).status).toBeLessThan(300);
  });

  test.each<[string, Json, string | undefined, string]>([
    ["in a region without them", {}, "norwayeast", "LocationNotAvailableForResourceType"],
    ["beyond 16 virtual CPUs", { tier: "S3", count: 3 }, undefined, "AgentPoolQuotaExceeded"],
    ["with isolated machines without a quota", { tier: "I6" }, undefined, "AgentPoolQuotaExceeded"],
    [
      "in no subnet",
      { virtualNetworkSubnetResourceId: id(`${VNET}/x/subnets/y`) },
      undefined,
      "InvalidResourceReference",
    ],
  ])("an agent pool is refused %s", async (_, properties, region, code) => {
    expect((await pool(givenRegistry(), "tasks", properties, region)).body).toMatchObject({ error: { code } });
  });

  test("a cache rule needs credentials for Docker Hub, which are kept while it uses them, and adds library", async () => {
    const registry = givenRegistry();
    expect((await rule(registry, "hub-rule", "docker.io/ubuntu", "ubuntu")).body).toMatchObject({
      error: { code: "EnforceDockerAuthentication" },
    });
    const set = `${registry}/credentialSets/docker-io`;
    await a.http("PUT", set, { identity: { type: "SystemAssigned" }, properties: { loginServer: "docker.io" } });
    expect((await a.http("GET", set)).body).toHaveProperty("identity.principalId");
    await rule(registry, "hub-rule", "docker.io/ubuntu", "ubuntu", { credentialSetResourceId: set });
    expect((await a.http("GET", `${registry}/cacheRules/hub-rule`)).body).toMatchObject({
      properties: { sourceRepository: "docker.io/library/ubuntu" },
    });
    expect((await a.http("DELETE", set)).body).toMatchObject({ error: { code: "CredentialSetInUse" } });
  });

  test("targets of cache rules do not overlap, but a single repository may be within a prefix", async () => {
    const registry = givenRegistry();
    expect((await rule(registry, "all-of-it", "mcr.microsoft.com/*", "mcr/*")).status).toBe(201);
    expect((await rule(registry, "single", "quay.io/x/y", "mcr/y")).status).toBe(201);
    for (const target of ["mcr/*", "mcr/dotnet/*", "mcr/y"])
      expect((await rule(registry, "another", "mcr.microsoft.com/dotnet", target)).status).toBe(409);
  });
});
