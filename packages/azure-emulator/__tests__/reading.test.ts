import { SERVICES } from "../../common/azure/services";
import type { Json } from "../../common/util/json";
import { Azure, GROUP_ID, REGION, id } from "./azure";

const SUBSCRIPTION = GROUP_ID.split("/").slice(0, 3).join("/");
const NETWORK = "Microsoft.Network/virtualNetworks/vnet";
const SUBNET = `${NETWORK}/subnets/a`;
const ENDPOINT = "Microsoft.Network/privateEndpoints/pep";
const ZONE = "Microsoft.Network/privateDnsZones/privatelink.azurecr.io";
const REGISTRY = "Microsoft.ContainerRegistry/registries/hello";
const RESOLVER = "Microsoft.Network/dnsResolvers/resolver";
const RULESET = "Microsoft.Network/dnsForwardingRulesets/rules";
const HUB = "Microsoft.Network/virtualHubs/hub";
const MANAGER = "Microsoft.Network/networkManagers/nm";
const POLICY = "Microsoft.Network/firewallPolicies/policy";

const ref = (path: string) => ({ id: id(path) });
const ipConfigurations = (path: string) => [{ name: "ip", properties: { subnet: ref(path) } }];
const subnet = (name: string, n: number, more: Json = {}) => ({
  name,
  properties: { addressPrefix: `10.0.${n}.0/24`, ...more },
});
const FOR_RESOLVERS = { delegations: [{ name: "d", properties: { serviceName: "Microsoft.Network/dnsResolvers" } }] };

/** What a configuration writes, in this order: each resource of a network, with its properties. */
const WRITTEN: readonly (readonly [path: string, properties?: Json, more?: Json])[] = [
  ["Microsoft.Network/networkSecurityGroups/nsg"],
  [
    "Microsoft.Network/networkSecurityGroups/nsg/securityRules/ssh",
    {
      access: "Deny",
      direction: "Inbound",
      priority: 100,
      protocol: "Tcp",
      sourceAddressPrefix: "*",
      sourcePortRange: "*",
      destinationAddressPrefix: "*",
      destinationPortRange: "22",
    },
  ],
  ["Microsoft.Network/routeTables/rt"],
  ["Microsoft.Network/routeTables/rt/routes/all", { addressPrefix: "0.0.0.0/0", nextHopType: "None" }],
  [
    NETWORK,
    {
      addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
      subnets: [subnet("AzureFirewallSubnet", 1), subnet("in", 2, FOR_RESOLVERS), subnet("out", 3, FOR_RESOLVERS)],
    },
  ],
  [
    SUBNET,
    {
      addressPrefix: "10.0.0.0/24",
      networkSecurityGroup: ref("Microsoft.Network/networkSecurityGroups/nsg"),
      routeTable: ref("Microsoft.Network/routeTables/rt"),
    },
  ],
  ["Microsoft.Network/virtualNetworks/other", { addressSpace: { addressPrefixes: ["10.9.0.0/16"] } }],
  [`${NETWORK}/virtualNetworkPeerings/other`, { remoteVirtualNetwork: ref("Microsoft.Network/virtualNetworks/other") }],
  [REGISTRY, {}, { sku: { name: "Premium" } }],
  [`${REGISTRY}/replications/francecentral`, {}, { location: "francecentral" }],
  [ZONE, {}, { location: "global" }],
  [`${ZONE}/virtualNetworkLinks/link`, { virtualNetwork: ref(NETWORK) }, { location: "global" }],
  [
    ENDPOINT,
    {
      subnet: ref(SUBNET),
      privateLinkServiceConnections: [
        { name: "c", properties: { privateLinkServiceId: id(REGISTRY), groupIds: ["registry"] } },
      ],
    },
  ],
  [
    `${ENDPOINT}/privateDnsZoneGroups/default`,
    { privateDnsZoneConfigs: [{ name: "acr", properties: { privateDnsZoneId: id(ZONE) } }] },
  ],
  [`${ZONE}/CNAME/alias`, { ttl: 60, cnameRecord: { cname: "hello.azurecr.io" } }],
  ["Microsoft.Network/networkInterfaces/nic", { ipConfigurations: ipConfigurations(SUBNET) }],
  [RESOLVER, { virtualNetwork: ref(NETWORK) }],
  [
    `${RESOLVER}/inboundEndpoints/in`,
    { ipConfigurations: [{ subnet: ref(`${NETWORK}/subnets/in`), privateIpAllocationMethod: "Dynamic" }] },
    { location: REGION },
  ],
  [`${RESOLVER}/outboundEndpoints/out`, { subnet: ref(`${NETWORK}/subnets/out`) }],
  [RULESET, { dnsResolverOutboundEndpoints: [ref(`${RESOLVER}/outboundEndpoints/out`)] }],
  [
    `${RULESET}/forwardingRules/corp`,
    { domainName: "corp.example.", targetDnsServers: [{ ipAddress: "10.1.0.4", port: 53 }] },
  ],
  [`${RULESET}/virtualNetworkLinks/link`, { virtualNetwork: ref(NETWORK) }],
  [POLICY, { sku: { tier: "Standard" } }],
  [`${POLICY}/ruleCollectionGroups/group`, { priority: 100, ruleCollections: [] }],
  [
    "Microsoft.Network/azureFirewalls/fw",
    { firewallPolicy: ref(POLICY), ipConfigurations: ipConfigurations(`${NETWORK}/subnets/AzureFirewallSubnet`) },
  ],
  ["Microsoft.Network/virtualWans/wan", { type: "Standard" }],
  [HUB, { virtualWan: ref("Microsoft.Network/virtualWans/wan"), addressPrefix: "10.8.0.0/24" }],
  [`${HUB}/hubVirtualNetworkConnections/vnet`, { remoteVirtualNetwork: ref(NETWORK) }],
  [`${HUB}/hubRouteTables/own`, { routes: [] }],
  [`${HUB}/routingIntent/intent`, { routingPolicies: [] }],
  [MANAGER, { networkManagerScopes: { subscriptions: [SUBSCRIPTION] } }],
  [`${MANAGER}/networkGroups/group`],
  [`${MANAGER}/networkGroups/group/staticMembers/vnet`, { resourceId: id(NETWORK) }],
  [`${MANAGER}/connectivityConfigurations/mesh`, { connectivityTopology: "Mesh" }],
  ["Microsoft.Network/privateLinkServices/pls", { ipConfigurations: ipConfigurations(SUBNET) }],
  ["Microsoft.Compute/virtualMachineScaleSets/vmss", { virtualMachineProfile: {} }],
  ["Microsoft.ContainerService/managedClusters/aks", { agentPoolProfiles: [{ name: "default" }] }],
  ["Microsoft.App/managedEnvironments/env"],
  ["Microsoft.ContainerInstance/containerGroups/aci"],
];

/** What Azure adds to what was written. */
const COMPUTED: readonly (readonly [path: string, properties: Json])[] = [
  [
    "Microsoft.Network/azureFirewalls/fw",
    { ipConfigurations: [{ properties: { privateIPAddress: "10.0.1.4", provisioningState: "Succeeded" } }] },
  ],
  [`${RESOLVER}/inboundEndpoints/in`, { ipConfigurations: [{ privateIpAddress: "10.0.2.4" }] }],
  [`${RULESET}/forwardingRules/corp`, { forwardingRuleState: "Enabled" }],
  [
    `${HUB}/hubVirtualNetworkConnections/vnet`,
    {
      routingConfiguration: {
        associatedRouteTable: ref(`${HUB}/hubRouteTables/defaultRouteTable`),
        propagatedRouteTables: { labels: ["default"] },
      },
    },
  ],
  [ZONE, { numberOfRecordSets: 5, numberOfVirtualNetworkLinks: 1, numberOfVirtualNetworkLinksWithRegistration: 0 }],
  // Those of an endpoint with a zone group are in its zones.
  [ENDPOINT, { customDnsConfigs: [] }],
  [
    `${ENDPOINT}/privateDnsZoneGroups/default`,
    {
      privateDnsZoneConfigs: [
        {
          name: "acr",
          properties: {
            privateDnsZoneId: id(ZONE),
            recordSets: expect.arrayContaining([
              {
                recordType: "A",
                recordSetName: "hello",
                fqdn: "hello.privatelink.azurecr.io",
                provisioningState: "Succeeded",
                ttl: 10,
                ipAddresses: [expect.stringMatching(/^10\.0\.0\./)],
              },
            ]) as unknown,
          },
        },
      ],
    },
  ],
  [
    NETWORK,
    {
      subnets: expect.arrayContaining([
        expect.objectContaining({
          name: "a",
          type: "Microsoft.Network/virtualNetworks/subnets",
          properties: expect.objectContaining({
            networkSecurityGroup: ref("Microsoft.Network/networkSecurityGroups/nsg"),
            routeTable: ref("Microsoft.Network/routeTables/rt"),
            privateEndpoints: [expect.anything()],
          }) as unknown,
        }),
      ]) as unknown,
      virtualNetworkPeerings: [
        {
          id: id(`${NETWORK}/virtualNetworkPeerings/other`),
          type: "Microsoft.Network/virtualNetworks/virtualNetworkPeerings",
          properties: { peeringState: "Initiated" },
        },
      ],
    },
  ],
  ["Microsoft.Network/networkSecurityGroups/nsg", { securityRules: [{ name: "ssh", properties: { priority: 100 } }] }],
  ["Microsoft.Network/routeTables/rt", { routes: [{ name: "all", properties: { nextHopType: "None" } }] }],
];

function givenNetwork(): Azure {
  const azure = new Azure({ anyType: true });
  for (const [path, properties, more] of WRITTEN) azure.given(path, properties, more);
  return azure;
}

const listOf = (path: string) =>
  (path.split("/").length === 3 ? `${SUBSCRIPTION}/providers/` : "") + path.slice(0, path.lastIndexOf("/"));

describe("what was written", () => {
  const azure = givenNetwork();
  const list = (path: string) => azure.get(path).body.value as Json[];

  test.each(WRITTEN.map(([path, properties = {}]) => [path, properties] as const))(
    "%s is in the list of its type or of its parent, as a GET of it shows it",
    (path, properties) => {
      const found = list(listOf(path)).find((one) => one.id === id(path));
      expect(found).toEqual(azure.get(path).body);
      expect(found).toMatchObject({ name: path.split("/").at(-1), type: typeOf(path) });
      expect(found!.properties).toMatchObject({
        ...properties,
        ...(properties.subnets !== undefined && { subnets: expect.anything() as unknown }),
      });
    },
  );

  test.each(COMPUTED)("%s has what Azure computes", (path, properties) => {
    expect(azure.properties(path)).toMatchObject(properties);
  });

  test("by a private endpoint are its records, which name it, and which the zone counts", () => {
    const { resourceGuid } = azure.properties(ENDPOINT);
    const metadata = { creator: `created by private endpoint pep with resource guid ${String(resourceGuid)}` };
    expect(azure.properties(`${ZONE}/A/hello`)).toEqual({
      fqdn: "hello.privatelink.azurecr.io.",
      ttl: 10,
      isAutoRegistered: false,
      metadata,
      aRecords: [{ ipv4Address: expect.stringMatching(/^10\.0\.0\./) as string }],
    });
    const all = list(`${ZONE}/ALL`);
    expect(all.map(({ type }) => type).sort()).toEqual(
      ["A", "A", "A", "CNAME", "SOA"].map((type) => `Microsoft.Network/privateDnsZones/${type}`),
    );
    expect([...list(`${ZONE}/A`), ...list(`${ZONE}/CNAME`)]).toEqual(all.filter(({ name }) => name !== "@"));
  });

  test("by a private endpoint has its name in upper case in the subnet, and its addresses", () => {
    const { privateEndpoints, ipConfigurations } = azure.properties(SUBNET);
    expect(privateEndpoints).toEqual([
      { id: `${SUBSCRIPTION}/resourceGroups/RG-TEST/providers/Microsoft.Network/privateEndpoints/PEP` },
    ]);
    expect(ipConfigurations).toHaveLength(5);
    // Who uses a subnet is not written, although clients write it back.
    azure.put(SUBNET, azure.properties(SUBNET));
    expect(azure.manager.store.get(id(SUBNET))!.properties).not.toHaveProperty("privateEndpoints");
  });

  test("is not what a virtual hub has from the start, which its list has too", () => {
    const tables = list(`${HUB}/hubRouteTables`);
    expect(tables.map(({ name }) => name)).toEqual(["own", "defaultRouteTable", "noneRouteTable"]);
    for (const table of tables) expect(table).toEqual(azure.get(String(table.id)).body);
  });

  test("in another case in the path is the same", () => {
    const lists = ["microsoft.network/VIRTUALNETWORKS", "Microsoft.Network/virtualNetworks"].map((type) =>
      list(`${SUBSCRIPTION.toUpperCase().replace("/SUBSCRIPTIONS", "/subscriptions")}/providers/${type}`),
    );
    expect(lists[0]).toEqual(lists[1]);
    expect(lists[0]).toHaveLength(2);
  });
});

describe("the providers of a subscription", () => {
  const azure = givenNetwork();
  azure.given("Contoso.Things/things/one");
  const { value } = azure.get(`${SUBSCRIPTION}/providers`).body as { value: Provider[] };

  test.each([
    ...new Set([
      ...WRITTEN.map(([path]) => typeOf(path)),
      ...SERVICES.map(({ azureType }) => azureType),
      "Microsoft.Network/privateDnsZones/ALL",
      "Microsoft.Network/bastionHosts",
      "Contoso.Things/things",
    ]),
  ])("have %s, with its versions", (type) => {
    const [namespace = "", ...resourceType] = type.split("/");
    const provider = value.find((one) => one.namespace === namespace);
    expect(provider).toEqual(azure.get(`${SUBSCRIPTION}/providers/${namespace.toLowerCase()}`).body);
    const found = provider?.resourceTypes.find((one) => one.resourceType === resourceType.join("/"));
    const versions = found?.apiVersions ?? [];
    expect(versions.filter((version) => /^20\d\d-\d\d-\d\d$/.test(version)).length).toBeGreaterThan(0);
    expect(versions).toEqual([...versions].sort().reverse());
    // Only the previews of a registry say whether it has regional endpoints.
    expect(versions.some((version) => version.endsWith("-preview"))).toBe(namespace === "Microsoft.ContainerRegistry");
  });
});

interface Provider {
  readonly namespace: string;
  readonly resourceTypes: readonly { readonly resourceType: string; readonly apiVersions: readonly string[] }[];
}

/** The type in the path of a resource. */
function typeOf(path: string): string {
  return path
    .split("/")
    .filter((_, i) => i === 0 || i % 2 === 1)
    .join("/");
}
