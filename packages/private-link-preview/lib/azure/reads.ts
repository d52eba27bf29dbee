/** What is read of each resource of a type besides the resource: the path of a list below it. */
export interface PartRead {
  readonly path: string;
  /** What its items are called, several of them. */
  readonly called: string;
  readonly parts?: readonly PartRead[];
}

/** A type of which all resources of a subscription are read. */
export interface TypeRead {
  readonly type: string;
  readonly called: string;
  readonly parts?: readonly PartRead[];
  /** Whether what is looked for is in a preview of the API alone, where there is a newer one. */
  readonly preview?: true;
}

export const ENDPOINTS = "Microsoft.Network/privateEndpoints";
export const ZONES = "Microsoft.Network/privateDnsZones";

/** What is read of a subscription. What the parts of a resource are, its own answer already has, unless it is named here. */
export const READS: readonly TypeRead[] = [
  { type: "Microsoft.Network/virtualNetworks", called: "virtual networks" },
  {
    type: ENDPOINTS,
    called: "private endpoints",
    parts: [{ path: "privateDnsZoneGroups", called: "DNS zone groups" }],
  },
  { type: "Microsoft.Network/networkInterfaces", called: "network interfaces" },
  { type: "Microsoft.Network/networkSecurityGroups", called: "network security groups" },
  { type: "Microsoft.Network/routeTables", called: "route tables" },
  { type: "Microsoft.Network/natGateways", called: "NAT gateways" },
  { type: "Microsoft.Network/publicIPAddresses", called: "public IP addresses" },
  { type: "Microsoft.Network/publicIPPrefixes", called: "public IP prefixes" },
  {
    type: ZONES,
    called: "private DNS zones",
    parts: [
      { path: "virtualNetworkLinks", called: "links" },
      { path: "ALL", called: "record sets" },
    ],
  },
  {
    type: "Microsoft.Network/dnsResolvers",
    called: "DNS resolvers",
    parts: [
      { path: "inboundEndpoints", called: "inbound endpoints" },
      { path: "outboundEndpoints", called: "outbound endpoints" },
    ],
  },
  {
    type: "Microsoft.Network/dnsForwardingRulesets",
    called: "DNS forwarding rulesets",
    parts: [
      { path: "forwardingRules", called: "forwarding rules" },
      { path: "virtualNetworkLinks", called: "links" },
    ],
  },
  { type: "Microsoft.Network/azureFirewalls", called: "firewalls" },
  {
    type: "Microsoft.Network/firewallPolicies",
    called: "firewall policies",
    parts: [{ path: "ruleCollectionGroups", called: "rule collection groups" }],
  },
  { type: "Microsoft.Network/virtualWans", called: "virtual WANs" },
  {
    type: "Microsoft.Network/virtualHubs",
    called: "virtual hubs",
    parts: [
      { path: "hubVirtualNetworkConnections", called: "connections" },
      { path: "hubRouteTables", called: "route tables" },
      { path: "routingIntent", called: "routing intent" },
    ],
  },
  {
    type: "Microsoft.Network/networkManagers",
    called: "network managers",
    parts: [
      {
        path: "networkGroups",
        called: "network groups",
        parts: [{ path: "staticMembers", called: "static members" }],
      },
      { path: "connectivityConfigurations", called: "connectivity configurations" },
    ],
  },
  { type: "Microsoft.Network/privateLinkServices", called: "private link services" },
  { type: "Microsoft.Network/bastionHosts", called: "bastion hosts" },
  {
    type: "Microsoft.ContainerRegistry/registries",
    called: "container registries",
    parts: [{ path: "replications", called: "replications" }],
    // Only previews say whether a registry has regional endpoints.
    preview: true,
  },
  { type: "Microsoft.Compute/virtualMachines", called: "virtual machines" },
  { type: "Microsoft.Compute/virtualMachineScaleSets", called: "virtual machine scale sets" },
  { type: "Microsoft.ContainerService/managedClusters", called: "Kubernetes clusters" },
  { type: "Microsoft.App/managedEnvironments", called: "container app environments" },
  { type: "Microsoft.ContainerInstance/containerGroups", called: "container groups" },
];
