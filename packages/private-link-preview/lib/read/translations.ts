import { type Json, at, isJson } from "../../../common/util";

/** How a resource in the form of Azure's API, as azapi has it too, is read: as the resource of azurerm that makes the same. */
export interface Translation {
  /** Type of that resource. */
  readonly type: string;
  /** Where Azure has its attributes: paths in the resource, by the attribute's path in azurerm's resource. */
  readonly attributes: Readonly<Record<string, readonly Source[]>>;
}

/** A path in a resource of Azure, and what azurerm makes of the value there. */
export interface Source {
  readonly path: readonly string[];
  readonly convert?: (value: unknown) => unknown;
  /** Of a value that is converted: the paths in it that are read. */
  readonly members?: readonly (readonly string[])[];
}

/** @param attributes - the sources of each attribute; a text is a path among the properties in the body */
export function like(
  type: string,
  attributes: Readonly<Record<string, string | readonly (string | Source)[]>> = {},
): Translation {
  const sources = Object.entries(attributes).map(([attribute, of]) => [
    attribute,
    [of].flat().flatMap((one) => (typeof one === "string" ? body(one) : one)),
  ]);
  return { type, attributes: Object.fromEntries(sources) as Translation["attributes"] };
}

/** Values among the properties in the body of a resource, which is what was asked for, or in what Azure said of it. */
function body(path: string, convert?: Source["convert"], members?: Source["members"]): Source[] {
  return ["body", "output"].map((part) => ({
    path: [part, "properties", ...path.split(".")],
    ...(convert && { convert }),
    ...(members && { members }),
  }));
}

/** Objects in a list of properties, each made into a block of azurerm: what its members are called there, by their paths. */
function blocks(path: string, names: Readonly<Record<string, string>>): Source[] {
  const convert = (value: unknown): unknown =>
    isJson(value)
      ? Object.fromEntries(Object.entries(names).map(([name, inside]) => [name, within(value, inside.split("."))]))
      : value;
  return body(
    path,
    convert,
    Object.values(names).map((name) => name.split(".")),
  );
}

const PARENT: readonly Source[] = [{ path: ["parent_id"] }];

const isEnabled = (value: unknown) => value === "Enabled";

const CONFIGURATION = {
  member_name: "properties.memberName",
  subresource_name: "properties.groupId",
  private_ip_address: "properties.privateIPAddress",
};

const SUBNET = {
  name: "name",
  address_prefix: "properties.addressPrefix",
  address_prefixes: "properties.addressPrefixes",
};

const ROUTE = {
  address_prefix: "properties.addressPrefix",
  next_hop_type: "properties.nextHopType",
  next_hop_in_ip_address: "properties.nextHopIpAddress",
};

const RULE = {
  name: "name",
  ...Object.fromEntries(
    [
      "priority",
      "direction",
      "access",
      "protocol",
      ...["source", "destination"].flatMap((side) =>
        ["AddressPrefix", "AddressPrefixes", "PortRange", "PortRanges"].map((what) => side + what),
      ),
    ].map((name) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), `properties.${name}`]),
  ),
};

/** The protocols of a rule of a firewall, and from where to where it is. */
const FIREWALL_RULE = { name: "name", source_addresses: "sourceAddresses" };
const NETWORK_RULE = {
  ...FIREWALL_RULE,
  type: "ruleType",
  protocols: "ipProtocols",
  destination_addresses: "destinationAddresses",
  destination_ports: "destinationPorts",
};
const APPLICATION_RULE = {
  ...FIREWALL_RULE,
  type: "ruleType",
  protocols: "protocols",
  destination_fqdns: "targetFqdns",
};

/** The collections of rules of one type in a group of them. */
function collections(type: string, names: Readonly<Record<string, string>>): Source[] {
  const [rules] = blocks("ruleCollections.rules", names);
  return body(
    "ruleCollections",
    (value) => {
      const rule = at(value, ["rules"])
        .filter((one) => at(one, ["ruleType"]).includes(type))
        .map((one) => rules!.convert!(one));
      return rule.length > 0
        ? { priority: at(value, ["priority"])[0], action: at(value, ["action", "type"])[0], rule }
        : [];
    },
    [["priority"], ["action", "type"], ...Object.values(names).map((name) => ["rules", ...name.split(".")])],
  );
}

/** A setting of a firewall without a policy. */
function option(name: string, convert: Source["convert"]): Source[] {
  return body("additionalProperties", (value) => at(value, [name]).flatMap((one) => convert!(one)), [[name]]);
}

const SET_INTERFACES = "virtualMachineProfile.networkProfile.networkInterfaceConfigurations.properties";
const PEERED = "remoteVirtualNetwork.id";
const CONNECTIONS = ["privateLinkServiceConnections", "manualPrivateLinkServiceConnections"];

/** What connects a private endpoint, of a connection that is approved at once or one that its owner approves. */
function connection(path: string): Source[] {
  return CONNECTIONS.flatMap((kind) => body(`${kind}.properties.${path}`));
}

/** Translations by the type of Azure, in lower case. Sources: the schemas of Azure Resource Manager, and azurerm's documentation. */
export const TRANSLATIONS: Readonly<Record<string, Translation>> = {
  "microsoft.resources/resourcegroups": like("azurerm_resource_group"),
  "microsoft.network/virtualnetworks": like("azurerm_virtual_network", {
    address_space: "addressSpace.addressPrefixes",
    dns_servers: "dhcpOptions.dnsServers",
    subnet: blocks("subnets", SUBNET),
  }),
  "microsoft.network/virtualnetworks/subnets": like("azurerm_subnet", {
    virtual_network_name: PARENT,
    address_prefixes: ["addressPrefix", "addressPrefixes"],
    private_endpoint_network_policies: "privateEndpointNetworkPolicies",
    network_security_group_id: "networkSecurityGroup.id",
    route_table_id: "routeTable.id",
    nat_gateway_id: "natGateway.id",
    service_endpoints: "serviceEndpoints.service",
    "delegation.service_delegation.name": "delegations.properties.serviceName",
  }),
  "microsoft.network/natgateways": like("azurerm_nat_gateway", {
    public_ip_address_ids: "publicIpAddresses.id",
    public_ip_prefix_ids: "publicIpPrefixes.id",
  }),
  "microsoft.network/publicipaddresses": like("azurerm_public_ip", { ip_address: "ipAddress" }),
  "microsoft.network/publicipprefixes": like("azurerm_public_ip_prefix", { ip_prefix: "ipPrefix" }),
  "microsoft.network/networkinterfaces": like("azurerm_network_interface", {
    "ip_configuration.subnet_id": "ipConfigurations.properties.subnet.id",
    "ip_configuration.private_ip_address": "ipConfigurations.properties.privateIPAddress",
    ip_forwarding_enabled: "enableIPForwarding",
    private_endpoint_id: "privateEndpoint.id",
    private_link: blocks("ipConfigurations", {
      fqdns: "properties.privateLinkConnectionProperties.fqdns",
      private_ip_address: "properties.privateIPAddress",
    }),
  }),
  "microsoft.network/virtualnetworks/virtualnetworkpeerings": like("azurerm_virtual_network_peering", {
    virtual_network_name: PARENT,
    remote_virtual_network_id: PEERED,
    allow_virtual_network_access: "allowVirtualNetworkAccess",
    allow_forwarded_traffic: "allowForwardedTraffic",
    allow_gateway_transit: "allowGatewayTransit",
    use_remote_gateways: "useRemoteGateways",
    // Of these, azurerm has neither: it writes the peering again when its triggers change.
    peering_sync_level: "peeringSyncLevel",
    remote_address_space: "remoteAddressSpace.addressPrefixes",
  }),
  "microsoft.network/privateendpoints": like("azurerm_private_endpoint", {
    subnet_id: "subnet.id",
    "private_service_connection.private_connection_resource_id": connection("privateLinkServiceId"),
    "private_service_connection.subresource_names": connection("groupIds"),
    "private_service_connection.is_manual_connection": body(
      `${CONNECTIONS[1]!}.properties.privateLinkServiceId`,
      () => true,
    ),
    "private_service_connection.status": connection("privateLinkServiceConnectionState.status"),
    "network_interface.id": "networkInterfaces.id",
    custom_dns_configs: blocks("customDnsConfigs", { fqdn: "fqdn", ip_addresses: "ipAddresses" }),
    ip_configuration: blocks("ipConfigurations", CONFIGURATION),
  }),
  "microsoft.network/privateendpoints/privatednszonegroups": like("private_dns_zone_group", {
    private_endpoint_id: PARENT,
    private_dns_zone_ids: "privateDnsZoneConfigs.properties.privateDnsZoneId",
    private_dns_zone_configs: blocks("privateDnsZoneConfigs", {
      private_dns_zone_id: "properties.privateDnsZoneId",
      record_sets: "properties.recordSets",
    }),
  }),
  "microsoft.network/privatednszones": like("azurerm_private_dns_zone"),
  "microsoft.network/privatednszones/virtualnetworklinks": like("azurerm_private_dns_zone_virtual_network_link", {
    private_dns_zone_id: PARENT,
    virtual_network_id: "virtualNetwork.id",
    resolution_policy: "resolutionPolicy",
  }),
  "microsoft.network/privatednszones/a": like("azurerm_private_dns_a_record", {
    private_dns_zone_id: PARENT,
    // Azure Resource Graph calls them otherwise.
    records: ["aRecords.ipv4Address", "records.ipv4Address"],
  }),
  "microsoft.network/privatednszones/cname": like("azurerm_private_dns_cname_record", {
    private_dns_zone_id: PARENT,
    record: ["cnameRecord.cname", "record.cname"],
  }),
  "microsoft.network/networksecuritygroups": like("azurerm_network_security_group", {
    security_rule: blocks("securityRules", RULE),
  }),
  "microsoft.network/routetables": like("azurerm_route_table", { route: blocks("routes", ROUTE) }),
  "microsoft.network/dnsresolvers": like("azurerm_private_dns_resolver", {
    virtual_network_id: "virtualNetwork.id",
  }),
  "microsoft.network/dnsresolvers/inboundendpoints": like("azurerm_private_dns_resolver_inbound_endpoint", {
    private_dns_resolver_id: PARENT,
    "ip_configurations.subnet_id": "ipConfigurations.subnet.id",
    "ip_configurations.private_ip_address": "ipConfigurations.privateIpAddress",
  }),
  "microsoft.network/dnsresolvers/outboundendpoints": like("azurerm_private_dns_resolver_outbound_endpoint", {
    private_dns_resolver_id: PARENT,
    subnet_id: "subnet.id",
  }),
  "microsoft.network/dnsforwardingrulesets": like("azurerm_private_dns_resolver_dns_forwarding_ruleset", {
    private_dns_resolver_outbound_endpoint_ids: "dnsResolverOutboundEndpoints.id",
  }),
  "microsoft.network/dnsforwardingrulesets/forwardingrules": like("azurerm_private_dns_resolver_forwarding_rule", {
    dns_forwarding_ruleset_id: PARENT,
    domain_name: "domainName",
    enabled: body("forwardingRuleState", isEnabled),
    "target_dns_servers.ip_address": "targetDnsServers.ipAddress",
  }),
  "microsoft.network/dnsforwardingrulesets/virtualnetworklinks": like(
    "azurerm_private_dns_resolver_virtual_network_link",
    { dns_forwarding_ruleset_id: PARENT, virtual_network_id: "virtualNetwork.id" },
  ),
  "microsoft.network/virtualnetworkgateways": like("azurerm_virtual_network_gateway", {
    "ip_configuration.subnet_id": "ipConfigurations.properties.subnet.id",
  }),
  "microsoft.network/localnetworkgateways": like("azurerm_local_network_gateway", {
    address_space: "localNetworkAddressSpace.addressPrefixes",
  }),
  "microsoft.network/connections": like("azurerm_virtual_network_gateway_connection", {
    type: "connectionType",
    virtual_network_gateway_id: "virtualNetworkGateway1.id",
    local_network_gateway_id: "localNetworkGateway2.id",
  }),
  "microsoft.network/vpngateways": like("azurerm_vpn_gateway", { virtual_hub_id: "virtualHub.id" }),
  "microsoft.network/vpngateways/vpnconnections": like("azurerm_vpn_gateway_connection", {
    vpn_gateway_id: PARENT,
    remote_vpn_site_id: "remoteVpnSite.id",
  }),
  "microsoft.network/vpnsites": like("azurerm_vpn_site", { address_cidrs: "addressSpace.addressPrefixes" }),
  "microsoft.network/expressroutegateways": like("azurerm_express_route_gateway", {
    virtual_hub_id: "virtualHub.id",
  }),
  "microsoft.network/expressroutegateways/expressrouteconnections": like("azurerm_express_route_connection", {
    express_route_gateway_id: PARENT,
  }),
  "microsoft.network/virtualwans": like("azurerm_virtual_wan", { type: "type" }),
  "microsoft.network/virtualhubs": like("azurerm_virtual_hub", { virtual_wan_id: "virtualWan.id" }),
  "microsoft.network/virtualhubs/hubvirtualnetworkconnections": like("azurerm_virtual_hub_connection", {
    virtual_hub_id: PARENT,
    remote_virtual_network_id: PEERED,
    "routing.associated_route_table_id": "routingConfiguration.associatedRouteTable.id",
    "routing.propagated_route_table.route_table_ids": "routingConfiguration.propagatedRouteTables.ids.id",
    "routing.propagated_route_table.labels": "routingConfiguration.propagatedRouteTables.labels",
  }),
  "microsoft.network/virtualhubs/hubroutetables": like("azurerm_virtual_hub_route_table", {
    virtual_hub_id: PARENT,
    labels: "labels",
    route: "routes",
  }),
  "microsoft.network/virtualhubs/routingintent": like("azurerm_virtual_hub_routing_intent", {
    virtual_hub_id: PARENT,
    "routing_policy.destinations": "routingPolicies.destinations",
  }),
  "microsoft.network/azurefirewalls": like("azurerm_firewall", {
    "ip_configuration.subnet_id": "ipConfigurations.properties.subnet.id",
    "ip_configuration.private_ip_address": "ipConfigurations.properties.privateIPAddress",
    "ip_configuration.public_ip_address_id": "ipConfigurations.properties.publicIPAddress.id",
    firewall_policy_id: "firewallPolicy.id",
    "virtual_hub.virtual_hub_id": "virtualHub.id",
    "virtual_hub.private_ip_address": "hubIPAddresses.privateIPAddress",
    dns_proxy_enabled: option("Network.DNS.EnableProxy", (value) => value === "true"),
    dns_servers: option("Network.DNS.Servers", (value) => String(value).split(",")),
  }),
  "microsoft.network/azurefirewalls/networkrulecollections": like("azurerm_firewall_network_rule_collection", {
    azure_firewall_name: PARENT,
    priority: "priority",
    action: "action.type",
    rule: blocks("rules", NETWORK_RULE),
  }),
  "microsoft.network/firewallpolicies": like("azurerm_firewall_policy", {
    "dns.proxy_enabled": "dnsSettings.enableProxy",
    "dns.servers": "dnsSettings.servers",
  }),
  "microsoft.network/firewallpolicies/rulecollectiongroups": like("azurerm_firewall_policy_rule_collection_group", {
    firewall_policy_id: PARENT,
    priority: "priority",
    network_rule_collection: collections("NetworkRule", NETWORK_RULE),
    application_rule_collection: collections("ApplicationRule", APPLICATION_RULE),
  }),
  "microsoft.network/networkmanagers/networkgroups": like("azurerm_network_manager_network_group"),
  "microsoft.network/networkmanagers/networkgroups/staticmembers": like("azurerm_network_manager_static_member", {
    network_group_id: PARENT,
    target_virtual_network_id: "resourceId",
  }),
  "microsoft.network/networkmanagers/connectivityconfigurations": like(
    "azurerm_network_manager_connectivity_configuration",
    {
      connectivity_topology: "connectivityTopology",
      "hub.resource_id": "hubs.resourceId",
      "applies_to_group.network_group_id": "appliesToGroups.networkGroupId",
      "applies_to_group.group_connectivity": "appliesToGroups.groupConnectivity",
      "applies_to_group.global_mesh_enabled": body("appliesToGroups.isGlobal", (value) => value === "True"),
    },
  ),
  "microsoft.network/bastionhosts": like("azurerm_bastion_host", {
    "ip_configuration.subnet_id": "ipConfigurations.properties.subnet.id",
    virtual_network_id: "virtualNetwork.id",
  }),
  "microsoft.compute/virtualmachines": like("azurerm_virtual_machine", {
    network_interface_ids: "networkProfile.networkInterfaces.id",
  }),
  "microsoft.compute/virtualmachinescalesets": like("azurerm_orchestrated_virtual_machine_scale_set", {
    "network_interface.ip_configuration.subnet_id": `${SET_INTERFACES}.ipConfigurations.properties.subnet.id`,
    "network_interface.ip_forwarding_enabled": `${SET_INTERFACES}.enableIPForwarding`,
  }),
  "microsoft.containerservice/managedclusters": like("azurerm_kubernetes_cluster", {
    "default_node_pool.vnet_subnet_id": "agentPoolProfiles.vnetSubnetID",
  }),
  "microsoft.app/managedenvironments": like("azurerm_container_app_environment", {
    infrastructure_subnet_id: "vnetConfiguration.infrastructureSubnetId",
  }),
  "microsoft.containerinstance/containergroups": like("azurerm_container_group", {
    subnet_ids: "subnetIds.id",
  }),
  "microsoft.containerregistry/registries": like("azurerm_container_registry", {
    public_network_access_enabled: body("publicNetworkAccess", isEnabled),
    regional_endpoints_enabled: body("regionalEndpoints", isEnabled),
    private_endpoint_connections: "privateEndpointConnections.id",
  }),
  "microsoft.containerregistry/registries/replications": like("registry_replication", {
    container_registry_id: PARENT,
    region_endpoint_enabled: "regionEndpointEnabled",
  }),
};

/** An update of a network may set its DNS servers. */
export const UPDATE = like("azurerm_virtual_network_dns_servers", {
  virtual_network_id: [{ path: ["resource_id"] }],
  dns_servers: "dhcpOptions.dnsServers",
});

/** What is at a path inside an object, as it is. */
function within(value: Json, path: readonly string[]): unknown {
  return path.reduce<unknown>((of, name) => {
    if (!isJson(of)) return undefined;
    if (name === "properties" && !isJson(of.properties)) return of;
    return Object.hasOwn(of, name) ? of[name] : undefined;
  }, value);
}
