import { REGISTRY, peer, pep, ref, vnet } from "./addresses";
import { type Json, type Part, part } from "./forms";
import { idOf, networkId, registryId } from "./ids";
import { type Host, EVERY_HOST, HOSTS, addressAt, fqdn, prefixOf } from "./names";

/** The parts of networks. `extra` are attributes besides the usual ones, or in their place. */
export function network(key: string, extra: Json = {}): Part {
  const body = { name: `vnet-${key}`, resource_group_name: `rg-${key}`, location: "swedencentral" };
  return part(vnet(key), { ...body, address_space: [`${prefixOf(key)}.0.0/16`], ...extra }, { id: networkId(key) });
}

/** The subnet for endpoints in a network. */
export function subnet(key: string): Part {
  return subnetIn(key, key, "endpoints", `${prefixOf(key)}.0.0/24`);
}

/** A subnet for a firewall in the hub. */
export const firewallSubnet = subnetIn("hub", "firewall", "AzureFirewallSubnet", "10.12.1.0/24");

function subnetIn(networkKey: string, key: string, name: string, range: string): Part {
  const body = { name, resource_group_name: `rg-${networkKey}`, virtual_network_name: ref(vnet(networkKey), "name") };
  const id = `${networkId(networkKey)}/subnets/${name}`;
  return part(`azurerm_subnet.${key}`, { ...body, address_prefixes: [range] }, { id });
}

export function peering(from: string, to: string, extra: Json = {}): Part {
  return part(peer(from, to), {
    name: `to-${to}`,
    resource_group_name: `rg-${from}`,
    virtual_network_name: ref(vnet(from), "name"),
    remote_virtual_network_id: ref(vnet(to)),
    ...extra,
  });
}

/** Both sides of a peering. */
export const peered = (a: string, b: string) => [peering(a, b), peering(b, a)];

export function registry(extra: Json = {}): Part {
  const body = {
    name: HOSTS.login,
    resource_group_name: "rg-registry",
    location: "swedencentral",
    georeplications: [{ location: "Switzerland North" }],
    public_network_access_enabled: false,
  };
  return part(REGISTRY, { ...body, ...extra }, { id: registryId() });
}

/** What turns the regional endpoints of the registry on. */
export const REGIONAL_ENDPOINTS = part("azapi_update_resource.regional", {
  type: "Microsoft.ContainerRegistry/registries@2026-03-01-preview",
  resource_id: ref(REGISTRY),
  body: { properties: { regionalEndpoints: "Enabled" } },
});

/** What an endpoint connects to: a resource by its id. */
export function connection(id: unknown = ref(REGISTRY), subresource = "registry", extra: Json = {}): Json {
  const to = { private_connection_resource_id: id, subresource_names: [subresource], is_manual_connection: false };
  return { private_service_connection: { ...to, ...extra } };
}

/** An endpoint in the network of the same name, and the data source that reads its network interface. */
export function endpoint(key: string, extra: Json = {}, hosts: readonly Host[] = EVERY_HOST): Part[] {
  const nicId = idOf(`rg-${key}`, "Microsoft.Network/networkInterfaces", `nic-${key}`);
  const place = { resource_group_name: `rg-${key}`, subnet_id: `\${azurerm_subnet.${key}.id}` };
  const ipConfigurations = hosts.map((host) => ({
    properties: { privateIPAddress: addressAt(key, host), privateLinkConnectionProperties: { fqdns: [fqdn(host)] } },
  }));
  return [
    part(
      pep(key),
      { name: `pep-${key}`, ...place, ...connection(), ...extra },
      {
        id: idOf(`rg-${key}`, "Microsoft.Network/privateEndpoints", `pep-${key}`),
        network_interface: [{ id: nicId }],
        custom_dns_configs: hosts.map((host) => ({ fqdn: fqdn(host), ip_addresses: [addressAt(key, host)] })),
      },
    ),
    part(
      `data.azapi_resource.${key}`,
      { type: "Microsoft.Network/networkInterfaces@2024-05-01", resource_id: ref(pep(key), "network_interface[0].id") },
      { resource_id: nicId, output: { properties: { ipConfigurations } } },
    ),
  ];
}

/** A network with an endpoint. */
export const withEndpoint = (key: string, extra: Json = {}) => [network(key), subnet(key), ...endpoint(key, extra)];

/** A security rule; without more, it denies everything in. */
export function securityRule(extra: Json = {}): Json {
  return {
    name: "rule",
    priority: 4096,
    direction: "Inbound",
    access: "Deny",
    protocol: "*",
    source_address_prefix: "*",
    source_port_range: "*",
    destination_address_prefix: "*",
    destination_port_range: "*",
    ...extra,
  };
}

/** A firewall in the hub, whose address is known once it exists. */
export function firewallInHub(private_ip_address: string, extra: Json = {}): Part {
  const at = (subnet_id: string) => ({ name: "main", subnet_id });
  return part(
    "azurerm_firewall.dns",
    { ...extra, ip_configuration: [at("${azurerm_subnet.hub.id}")] },
    { ip_configuration: [{ ...at(`${networkId("hub")}/subnets/endpoints`), private_ip_address }] },
  );
}
