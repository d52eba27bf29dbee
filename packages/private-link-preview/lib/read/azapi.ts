import { type Json, at, isJson } from "../../../common/util";

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

/** Translations by the type of Azure, in lower case. Sources: the schemas of Azure Resource Manager, and azurerm's documentation. */
const TRANSLATIONS: Readonly<Record<string, Translation>> = {
  "microsoft.resources/resourcegroups": { type: "azurerm_resource_group", attributes: {} },
  "microsoft.network/virtualnetworks": {
    type: "azurerm_virtual_network",
    attributes: {
      address_space: body("properties.addressSpace.addressPrefixes"),
      dns_servers: body("properties.dhcpOptions.dnsServers"),
      subnet: body("properties.subnets", subnet),
    },
  },
  "microsoft.network/virtualnetworks/subnets": {
    type: "azurerm_subnet",
    attributes: {
      virtual_network_name: PARENT,
      address_prefixes: [...body("properties.addressPrefix"), ...body("properties.addressPrefixes")],
      private_endpoint_network_policies: body("properties.privateEndpointNetworkPolicies"),
      network_security_group_id: body("properties.networkSecurityGroup.id"),
      route_table_id: body("properties.routeTable.id"),
    },
  },
  "microsoft.network/virtualnetworks/virtualnetworkpeerings": {
    type: "azurerm_virtual_network_peering",
    attributes: {
      virtual_network_name: PARENT,
      remote_virtual_network_id: body(PEERED),
      allow_virtual_network_access: body("properties.allowVirtualNetworkAccess"),
      allow_forwarded_traffic: body("properties.allowForwardedTraffic"),
      allow_gateway_transit: body("properties.allowGatewayTransit"),
      use_remote_gateways: body("properties.useRemoteGateways"),
    },
  },
  "microsoft.network/privateendpoints": {
    type: "azurerm_private_endpoint",
    attributes: {
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
    },
  },
  "microsoft.network/privateendpoints/privatednszonegroups": {
    type: "private_dns_zone_group",
    attributes: {
      private_endpoint_id: PARENT,
      private_dns_zone_ids: body("properties.privateDnsZoneConfigs.properties.privateDnsZoneId"),
    },
  },
  "microsoft.network/privatednszones": { type: "azurerm_private_dns_zone", attributes: {} },
  "microsoft.network/privatednszones/virtualnetworklinks": {
    type: "azurerm_private_dns_zone_virtual_network_link",
    attributes: {
      private_dns_zone_id: PARENT,
      virtual_network_id: body("properties.virtualNetwork.id"),
      resolution_policy: body("properties.resolutionPolicy"),
    },
  },
  "microsoft.network/privatednszones/a": {
    type: "azurerm_private_dns_a_record",
    attributes: { private_dns_zone_id: PARENT, records: body("properties.aRecords.ipv4Address") },
  },
  "microsoft.network/privatednszones/cname": {
    type: "azurerm_private_dns_cname_record",
    attributes: { private_dns_zone_id: PARENT, record: body("properties.cnameRecord.cname") },
  },
  "microsoft.network/networksecuritygroups": {
    type: "azurerm_network_security_group",
    attributes: { security_rule: body("properties.securityRules", securityRule) },
  },
  "microsoft.network/routetables": {
    type: "azurerm_route_table",
    attributes: { route: body("properties.routes", route) },
  },
  "microsoft.network/dnsresolvers": {
    type: "azurerm_private_dns_resolver",
    attributes: { virtual_network_id: body("properties.virtualNetwork.id") },
  },
  "microsoft.network/dnsresolvers/inboundendpoints": {
    type: "azurerm_private_dns_resolver_inbound_endpoint",
    attributes: {
      private_dns_resolver_id: PARENT,
      "ip_configurations.subnet_id": body("properties.ipConfigurations.subnet.id"),
      "ip_configurations.private_ip_address": body("properties.ipConfigurations.privateIpAddress"),
    },
  },
  "microsoft.network/dnsresolvers/outboundendpoints": {
    type: "azurerm_private_dns_resolver_outbound_endpoint",
    attributes: { private_dns_resolver_id: PARENT, subnet_id: body("properties.subnet.id") },
  },
  "microsoft.network/dnsforwardingrulesets": {
    type: "azurerm_private_dns_resolver_dns_forwarding_ruleset",
    attributes: { private_dns_resolver_outbound_endpoint_ids: body("properties.dnsResolverOutboundEndpoints.id") },
  },
  "microsoft.network/dnsforwardingrulesets/forwardingrules": {
    type: "azurerm_private_dns_resolver_forwarding_rule",
    attributes: {
      dns_forwarding_ruleset_id: PARENT,
      domain_name: body("properties.domainName"),
      enabled: body("properties.forwardingRuleState", isEnabled),
      "target_dns_servers.ip_address": body("properties.targetDnsServers.ipAddress"),
    },
  },
  "microsoft.network/dnsforwardingrulesets/virtualnetworklinks": {
    type: "azurerm_private_dns_resolver_virtual_network_link",
    attributes: { dns_forwarding_ruleset_id: PARENT, virtual_network_id: body("properties.virtualNetwork.id") },
  },
  "microsoft.network/virtualwans": { type: "azurerm_virtual_wan", attributes: { type: body("properties.type") } },
  "microsoft.network/virtualhubs": {
    type: "azurerm_virtual_hub",
    attributes: { virtual_wan_id: body("properties.virtualWan.id") },
  },
  "microsoft.network/virtualhubs/hubvirtualnetworkconnections": {
    type: "azurerm_virtual_hub_connection",
    attributes: {
      virtual_hub_id: PARENT,
      remote_virtual_network_id: body(PEERED),
      "routing.associated_route_table_id": body("properties.routingConfiguration.associatedRouteTable.id"),
      "routing.propagated_route_table.route_table_ids": body(
        "properties.routingConfiguration.propagatedRouteTables.ids.id",
      ),
      "routing.propagated_route_table.labels": body("properties.routingConfiguration.propagatedRouteTables.labels"),
    },
  },
  "microsoft.network/virtualhubs/hubroutetables": {
    type: "azurerm_virtual_hub_route_table",
    attributes: { virtual_hub_id: PARENT, labels: body("properties.labels"), route: body("properties.routes") },
  },
  "microsoft.network/virtualhubs/routingintent": {
    type: "azurerm_virtual_hub_routing_intent",
    attributes: {
      virtual_hub_id: PARENT,
      "routing_policy.destinations": body("properties.routingPolicies.destinations"),
    },
  },
  "microsoft.network/azurefirewalls": {
    type: "azurerm_firewall",
    attributes: {
      "ip_configuration.subnet_id": body("properties.ipConfigurations.properties.subnet.id"),
      "ip_configuration.private_ip_address": body("properties.ipConfigurations.properties.privateIPAddress"),
      firewall_policy_id: body("properties.firewallPolicy.id"),
      "virtual_hub.virtual_hub_id": body("properties.virtualHub.id"),
    },
  },
  "microsoft.network/firewallpolicies": {
    type: "azurerm_firewall_policy",
    attributes: {
      "dns.proxy_enabled": body("properties.dnsSettings.enableProxy"),
      "dns.servers": body("properties.dnsSettings.servers"),
    },
  },
  "microsoft.network/networkmanagers/networkgroups": { type: "azurerm_network_manager_network_group", attributes: {} },
  "microsoft.network/networkmanagers/networkgroups/staticmembers": {
    type: "azurerm_network_manager_static_member",
    attributes: { network_group_id: PARENT, target_virtual_network_id: body("properties.resourceId") },
  },
  "microsoft.network/networkmanagers/connectivityconfigurations": {
    type: "azurerm_network_manager_connectivity_configuration",
    attributes: {
      connectivity_topology: body("properties.connectivityTopology"),
      "hub.resource_id": body("properties.hubs.resourceId"),
      "applies_to_group.network_group_id": body("properties.appliesToGroups.networkGroupId"),
      "applies_to_group.group_connectivity": body("properties.appliesToGroups.groupConnectivity"),
      "applies_to_group.global_mesh_enabled": body("properties.appliesToGroups.isGlobal", (value) => value === "True"),
    },
  },
  "microsoft.containerregistry/registries": {
    type: "azurerm_container_registry",
    attributes: {
      public_network_access_enabled: body("properties.publicNetworkAccess", isEnabled),
      regional_endpoints_enabled: body("properties.regionalEndpoints", isEnabled),
    },
  },
  "microsoft.containerregistry/registries/replications": {
    type: "registry_replication",
    attributes: { container_registry_id: PARENT },
  },
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
const UPDATE: Translation = {
  type: "azurerm_virtual_network_dns_servers",
  attributes: {
    virtual_network_id: [{ path: ["resource_id"] }],
    dns_servers: body("properties.dhcpOptions.dnsServers"),
  },
};

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
