import { type Json, at, isJson } from "../../../common/util/json";

/** How a resource of the azapi provider is read: as the resource of azurerm that makes the same. */
export interface Translation {
  /** Type of that resource. */
  readonly type: string;
  /** Where azapi has its attributes: paths in the resource, by the attribute's path in azurerm's resource. */
  readonly attributes: Readonly<Record<string, readonly Source[]>>;
}

/** A path in a resource of azapi, and what azurerm makes of the value there. */
export interface Source {
  readonly path: readonly string[];
  readonly convert?: (value: unknown) => unknown;
}

/** Values below the body of a resource, which is what was asked for, or in what Azure said of it. */
function body(path: string, convert?: Source["convert"]): Source[] {
  return ["body", "output"].map((part) => ({ path: [part, ...path.split(".")], ...(convert && { convert }) }));
}

const PARENT: readonly Source[] = [{ path: ["parent_id"] }];

const isEnabled = (value: unknown) => value === "Enabled";

const dnsConfig = (value: unknown) => (isJson(value) ? { fqdn: value.fqdn, ip_addresses: value.ipAddresses } : value);

const subnet = (value: unknown): unknown =>
  isJson(value) ? { name: value.name, address_prefixes: at(value, ["properties", "addressPrefix"]) } : value;

const PEERED = "properties.remoteVirtualNetwork.id";
const CONNECTIONS = ["privateLinkServiceConnections", "manualPrivateLinkServiceConnections"];

/** What connects a private endpoint, of a connection that is approved at once or one that its owner approves. */
function connection(path: string): Source[] {
  return CONNECTIONS.flatMap((kind) => body(`properties.${kind}.properties.${path}`));
}

function translation(type: string, attributes: Translation["attributes"]): Translation {
  return { type, attributes };
}

/** Translations by the type of Azure, in lower case. Sources: the schemas of Azure Resource Manager, and azurerm's documentation. */
const TRANSLATIONS: Readonly<Record<string, Translation>> = {
  "microsoft.resources/resourcegroups": translation("azurerm_resource_group", {}),
  "microsoft.network/virtualnetworks": translation("azurerm_virtual_network", {
    address_space: body("properties.addressSpace.addressPrefixes"),
    dns_servers: body("properties.dhcpOptions.dnsServers"),
    subnet: body("properties.subnets", subnet),
  }),
  "microsoft.network/virtualnetworks/subnets": translation("azurerm_subnet", {
    virtual_network_name: PARENT,
    address_prefixes: [...body("properties.addressPrefix"), ...body("properties.addressPrefixes")],
    private_endpoint_network_policies: body("properties.privateEndpointNetworkPolicies"),
    network_security_group_id: body("properties.networkSecurityGroup.id"),
    route_table_id: body("properties.routeTable.id"),
  }),
  "microsoft.network/virtualnetworks/virtualnetworkpeerings": translation("azurerm_virtual_network_peering", {
    virtual_network_name: PARENT,
    remote_virtual_network_id: body(PEERED),
    allow_virtual_network_access: body("properties.allowVirtualNetworkAccess"),
    allow_forwarded_traffic: body("properties.allowForwardedTraffic"),
    allow_gateway_transit: body("properties.allowGatewayTransit"),
    use_remote_gateways: body("properties.useRemoteGateways"),
  }),
  "microsoft.network/privateendpoints": translation("azurerm_private_endpoint", {
    subnet_id: body("properties.subnet.id"),
    "private_service_connection.private_connection_resource_id": connection("privateLinkServiceId"),
    "private_service_connection.subresource_names": connection("groupIds"),
    "private_service_connection.is_manual_connection": body(
      `properties.${CONNECTIONS[1]!}.properties.privateLinkServiceId`,
      () => true,
    ),
    "private_service_connection.status": connection("privateLinkServiceConnectionState.status"),
    "network_interface.id": body("properties.networkInterfaces.id"),
    custom_dns_configs: body("properties.customDnsConfigs", dnsConfig),
  }),
  "microsoft.network/privateendpoints/privatednszonegroups": translation("private_dns_zone_group", {
    private_endpoint_id: PARENT,
    private_dns_zone_ids: body("properties.privateDnsZoneConfigs.properties.privateDnsZoneId"),
  }),
  "microsoft.network/privatednszones": translation("azurerm_private_dns_zone", {}),
  "microsoft.network/privatednszones/virtualnetworklinks": translation(
    "azurerm_private_dns_zone_virtual_network_link",
    {
      private_dns_zone_id: PARENT,
      virtual_network_id: body("properties.virtualNetwork.id"),
      resolution_policy: body("properties.resolutionPolicy"),
    },
  ),
  "microsoft.network/privatednszones/a": translation("azurerm_private_dns_a_record", {
    private_dns_zone_id: PARENT,
    records: body("properties.aRecords.ipv4Address"),
  }),
  "microsoft.network/privatednszones/cname": translation("azurerm_private_dns_cname_record", {
    private_dns_zone_id: PARENT,
    record: body("properties.cnameRecord.cname"),
  }),
  "microsoft.network/networksecuritygroups": translation("azurerm_network_security_group", {
    security_rule: body("properties.securityRules", securityRule),
  }),
  "microsoft.network/routetables": translation("azurerm_route_table", { route: body("properties.routes", route) }),
  "microsoft.network/dnsresolvers": translation("azurerm_private_dns_resolver", {
    virtual_network_id: body("properties.virtualNetwork.id"),
  }),
  "microsoft.network/dnsresolvers/inboundendpoints": translation("azurerm_private_dns_resolver_inbound_endpoint", {
    private_dns_resolver_id: PARENT,
    "ip_configurations.subnet_id": body("properties.ipConfigurations.subnet.id"),
    "ip_configurations.private_ip_address": body("properties.ipConfigurations.privateIpAddress"),
  }),
  "microsoft.network/dnsresolvers/outboundendpoints": translation("azurerm_private_dns_resolver_outbound_endpoint", {
    private_dns_resolver_id: PARENT,
    subnet_id: body("properties.subnet.id"),
  }),
  "microsoft.network/dnsforwardingrulesets": translation("azurerm_private_dns_resolver_dns_forwarding_ruleset", {
    private_dns_resolver_outbound_endpoint_ids: body("properties.dnsResolverOutboundEndpoints.id"),
  }),
  "microsoft.network/dnsforwardingrulesets/forwardingrules": translation(
    "azurerm_private_dns_resolver_forwarding_rule",
    {
      dns_forwarding_ruleset_id: PARENT,
      domain_name: body("properties.domainName"),
      enabled: body("properties.forwardingRuleState", isEnabled),
      "target_dns_servers.ip_address": body("properties.targetDnsServers.ipAddress"),
    },
  ),
  "microsoft.network/dnsforwardingrulesets/virtualnetworklinks": translation(
    "azurerm_private_dns_resolver_virtual_network_link",
    { dns_forwarding_ruleset_id: PARENT, virtual_network_id: body("properties.virtualNetwork.id") },
  ),
  "microsoft.network/virtualwans": translation("azurerm_virtual_wan", { type: body("properties.type") }),
  "microsoft.network/virtualhubs": translation("azurerm_virtual_hub", {
    virtual_wan_id: body("properties.virtualWan.id"),
  }),
  "microsoft.network/virtualhubs/hubvirtualnetworkconnections": translation("azurerm_virtual_hub_connection", {
    virtual_hub_id: PARENT,
    remote_virtual_network_id: body(PEERED),
    "routing.associated_route_table_id": body("properties.routingConfiguration.associatedRouteTable.id"),
    "routing.propagated_route_table.route_table_ids": body(
      "properties.routingConfiguration.propagatedRouteTables.ids.id",
    ),
    "routing.propagated_route_table.labels": body("properties.routingConfiguration.propagatedRouteTables.labels"),
  }),
  "microsoft.network/virtualhubs/hubroutetables": translation("azurerm_virtual_hub_route_table", {
    virtual_hub_id: PARENT,
    labels: body("properties.labels"),
    route: body("properties.routes"),
  }),
  "microsoft.network/virtualhubs/routingintent": translation("azurerm_virtual_hub_routing_intent", {
    virtual_hub_id: PARENT,
    "routing_policy.destinations": body("properties.routingPolicies.destinations"),
  }),
  "microsoft.network/azurefirewalls": translation("azurerm_firewall", {
    "ip_configuration.subnet_id": body("properties.ipConfigurations.properties.subnet.id"),
    "ip_configuration.private_ip_address": body("properties.ipConfigurations.properties.privateIPAddress"),
    firewall_policy_id: body("properties.firewallPolicy.id"),
    "virtual_hub.virtual_hub_id": body("properties.virtualHub.id"),
  }),
  "microsoft.network/firewallpolicies": translation("azurerm_firewall_policy", {
    "dns.proxy_enabled": body("properties.dnsSettings.enableProxy"),
    "dns.servers": body("properties.dnsSettings.servers"),
  }),
  "microsoft.network/networkmanagers/networkgroups": translation("azurerm_network_manager_network_group", {}),
  "microsoft.network/networkmanagers/networkgroups/staticmembers": translation(
    "azurerm_network_manager_static_member",
    { network_group_id: PARENT, target_virtual_network_id: body("properties.resourceId") },
  ),
  "microsoft.network/networkmanagers/connectivityconfigurations": translation(
    "azurerm_network_manager_connectivity_configuration",
    {
      connectivity_topology: body("properties.connectivityTopology"),
      "hub.resource_id": body("properties.hubs.resourceId"),
      "applies_to_group.network_group_id": body("properties.appliesToGroups.networkGroupId"),
      "applies_to_group.group_connectivity": body("properties.appliesToGroups.groupConnectivity"),
      "applies_to_group.global_mesh_enabled": body("properties.appliesToGroups.isGlobal", (value) => value === "True"),
    },
  ),
  "microsoft.containerregistry/registries": translation("azurerm_container_registry", {
    public_network_access_enabled: body("properties.publicNetworkAccess", isEnabled),
    regional_endpoints_enabled: body("properties.regionalEndpoints", isEnabled),
  }),
  "microsoft.containerregistry/registries/replications": translation("registry_replication", {
    container_registry_id: PARENT,
  }),
};

function securityRule(value: unknown): unknown {
  if (!isJson(value) || !isJson(value.properties)) return value;
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return {
    name: value.name,
    ...Object.fromEntries(Object.entries(value.properties).map(([name, its]) => [snake(name), its])),
  };
}

function route(value: unknown): unknown {
  if (!isJson(value) || !isJson(value.properties)) return value;
  const { addressPrefix, nextHopType, nextHopIpAddress } = value.properties;
  return { address_prefix: addressPrefix, next_hop_type: nextHopType, next_hop_in_ip_address: nextHopIpAddress };
}

/** Attributes that resources of azapi and of azurerm both have. */
const SAME = ["name", "location", "id", "type", "parent_id", "resource_id", "body", "output"];

/** The type in Azure of a resource of azapi, without its version, in lower case. */
export function azureTypeOf(type: unknown): string {
  return typeof type === "string" ? type.split("@")[0]!.toLowerCase() : "";
}

/**
 * How a resource is read: as it is, or as azurerm has it.
 *
 * @param type - its type in Terraform
 * @param azureType - what its attribute `type` says
 */
export function translationOf(type: string, azureType: unknown): Translation | undefined {
  if (type === "azapi_resource") return TRANSLATIONS[azureTypeOf(azureType)];
  if (type === "azapi_update_resource" && azureTypeOf(azureType) === "microsoft.network/virtualnetworks") return UPDATE;
  return undefined;
}

/** An update of a network may set its DNS servers. */
const UPDATE = translation("azurerm_virtual_network_dns_servers", {
  virtual_network_id: [{ path: ["resource_id"] }],
  dns_servers: body("properties.dhcpOptions.dnsServers"),
});

/** Where a resource that is read by a translation has what is at a path of azurerm's resource. */
export function sourcesOf({ attributes }: Translation, path: readonly string[]): readonly Source[] {
  for (let length = path.length; length > 0; length--) {
    const found = attributes[path.slice(0, length).join(".")];
    const rest = path.slice(length);
    if (found && rest.length === 0) return found;
    if (found) {
      return found.map(({ path: start, convert }) =>
        convert
          ? { path: start, convert: (value: unknown) => at(convert(value), rest) }
          : { path: [...start, ...rest] },
      );
    }
  }
  return SAME.includes(path[0] ?? "") ? [{ path }] : [];
}

/** The values at a path of a resource of azapi, whose body and output are objects, or JSON as text up to version 1 of the provider. */
export function valuesAt(values: Json, { path, convert }: Source): unknown[] {
  const [first = "", ...rest] = path;
  const whole = Object.hasOwn(values, first) ? values[first] : undefined;
  const found = at(first === "body" || first === "output" ? parsed(whole) : whole, rest);
  return convert ? found.flatMap((value) => convert(value)) : found;
}

function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}
