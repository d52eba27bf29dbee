import { objects } from "../../common/util";
import { type Json, type Part, stateOf } from "./forms";
import { idOf } from "./ids";

/** A resource of a state, as Terraform shows it. */
export interface Shown extends Json {
  readonly address: string;
  readonly type: string;
  readonly values: Json;
}

/** How resources are called in Azure, and what of their values stands where there. */
const AZURE: Record<string, [kind: string, properties: (values: Json) => Json]> = {
  azurerm_virtual_network: [
    "virtualNetworks",
    ({ address_space, dns_servers }) => ({
      addressSpace: { addressPrefixes: address_space },
      ...(dns_servers !== undefined && { dhcpOptions: { dnsServers: dns_servers } }),
    }),
  ],
  azurerm_subnet: [
    "virtualNetworks/NETWORK/subnets",
    ({ address_prefixes }) => ({ addressPrefix: (address_prefixes as string[])[0] }),
  ],
  azurerm_virtual_network_peering: [
    "virtualNetworks/NETWORK/virtualNetworkPeerings",
    ({ remote_virtual_network_id: id, allow_virtual_network_access: access = true, ...values }) => ({
      remoteVirtualNetwork: { id },
      allowVirtualNetworkAccess: access,
      allowForwardedTraffic: values.allow_forwarded_traffic ?? false,
      allowGatewayTransit: values.allow_gateway_transit ?? false,
      useRemoteGateways: values.use_remote_gateways ?? false,
    }),
  ],
  azurerm_private_dns_zone: ["privateDnsZones", () => ({})],
  azurerm_private_dns_zone_virtual_network_link: [
    "privateDnsZones/ZONE/virtualNetworkLinks",
    ({ virtual_network_id: id, resolution_policy = "Default" }) => ({
      virtualNetwork: { id },
      resolutionPolicy: resolution_policy,
    }),
  ],
  azurerm_private_dns_a_record: [
    "privateDnsZones/ZONE/A",
    ({ records }) => ({ aRecords: (records as string[]).map((ipv4Address) => ({ ipv4Address })) }),
  ],
  azurerm_private_endpoint: [
    "privateEndpoints",
    ({ subnet_id: id, private_service_connection, network_interface, custom_dns_configs }) => ({
      subnet: { id },
      privateLinkServiceConnections: objects(private_service_connection).map((one) => ({
        properties: { privateLinkServiceId: one.private_connection_resource_id, groupIds: one.subresource_names },
      })),
      networkInterfaces: network_interface,
      customDnsConfigs: objects(custom_dns_configs).map((one) => ({ fqdn: one.fqdn, ipAddresses: one.ip_addresses })),
    }),
  ],
  azurerm_container_registry: [
    "registries",
    ({ public_network_access_enabled: isPublic }) => ({ publicNetworkAccess: isPublic ? "Enabled" : "Disabled" }),
  ],
};

/** A state in which every resource that Azure has too has its id. */
export function stateWithIds(parts: Part[]): Shown[] {
  const { root_module } = stateOf(parts).values as { root_module: { resources: Shown[] } };
  return root_module.resources.map((one) => {
    const id = idIn(one);
    return id === undefined ? one : { ...one, values: { ...one.values, id } };
  });
}

/** Whether each part of a network has a form here. */
export function hasAzureForm(parts: readonly Part[]): boolean {
  return parts.every(({ address }) => address.startsWith("data.") || Object.hasOwn(AZURE, address.split(".")[0]!));
}

function idIn({ type, values }: Shown): string | undefined {
  const [kind] = AZURE[type] ?? [];
  if (kind === undefined || typeof values.id === "string") return values.id as string | undefined;
  const { name, resource_group_name, virtual_network_name, zone_name, private_dns_zone_name } = values;
  const zone = String(zone_name ?? private_dns_zone_name);
  const path = kind.replace("NETWORK", String(virtual_network_name)).replace("ZONE", zone);
  return idOf(String(resource_group_name), `Microsoft.Network/${path}`, String(name));
}

/** Resources of a state, in the form of Azure's API. */
export function azureOf(state: readonly Shown[]): Json[] {
  const managed = new Set(state.map(({ values }) => values.id));
  return state.flatMap((one) => resourcesOf(one, managed));
}

/** A resource of a state, with its parts; none for what Azure does not have by itself. */
function resourcesOf({ type, values }: Shown, managed: ReadonlySet<unknown>): Json[] {
  if (type === "azapi_resource")
    return [
      { id: values.resource_id, name: "nic", type: "Microsoft.Network/networkInterfaces", ...(values.output as Json) },
    ];
  const [, properties] = AZURE[type] ?? [];
  const { id, name, location } = values;
  const zone = zoneGroupOf(values, managed);
  return properties ? [{ id, name, location, properties: properties(values) }, ...replicasOf(values), ...zone] : [];
}

function replicasOf({ id, georeplications }: Json): Json[] {
  return objects(georeplications ?? []).map(({ location }) => {
    const name = String(location).replaceAll(" ", "").toLowerCase();
    return { id: `${String(id)}/replications/${name}`, name, location, properties: {} };
  });
}

/** A DNS zone group, and the record sets that it wrote, unless Terraform wrote them last. */
function zoneGroupOf(
  { id, private_dns_zone_group: group, custom_dns_configs: configs }: Json,
  managed: ReadonlySet<unknown>,
): Json[] {
  return objects(group ?? []).flatMap(({ name, private_dns_zone_ids: ids }) => {
    const zones = (ids as string[]).map((privateDnsZoneId) => {
      const suffix = privateDnsZoneId.replace(/^.*\/privatelink(?=\.)/, "");
      const recordSets = objects(configs ?? [])
        .filter(({ fqdn }) => String(fqdn).endsWith(suffix))
        .map(({ fqdn, ip_addresses: ipAddresses }) => ({
          recordSetName: String(fqdn).slice(0, -suffix.length),
          recordType: "A",
          ipAddresses: ipAddresses as string[],
        }))
        .filter(({ recordSetName }) => !managed.has(`${privateDnsZoneId}/A/${recordSetName}`));
      return { privateDnsZoneId, recordSets };
    });
    const records = zones.flatMap(({ privateDnsZoneId, recordSets }) =>
      recordSets.map(({ recordSetName, ipAddresses }) => ({
        id: `${privateDnsZoneId}/A/${recordSetName}`,
        properties: { aRecords: ipAddresses.map((ipv4Address) => ({ ipv4Address })) },
      })),
    );
    const privateDnsZoneConfigs = zones.map((properties) => ({ properties }));
    return [
      { id: `${String(id)}/privateDnsZoneGroups/${String(name)}`, name, properties: { privateDnsZoneConfigs } },
      ...records,
    ];
  });
}
