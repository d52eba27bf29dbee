import { dnsZone, recordAddress, ref, vnet, zoneLink } from "./addresses";
import { type Json, type Part, part } from "./forms";
import { idOf, zoneId } from "./ids";
import { type Host, EVERY_HOST, NAMES, ZONE, addressAt, fqdn } from "./names";

/** A zone group by which an endpoint registers itself. */
export function zoneGroup(...zoneIds: string[]): Json {
  return { private_dns_zone_group: { name: "default", private_dns_zone_ids: zoneIds } };
}

export function zone(key: string, name: string = ZONE): Part {
  return part(dnsZone(key), { name, resource_group_name: `rg-${key}` }, { id: zoneId(key, name) });
}

/** What a link has unless it says otherwise: names that the zone lacks are looked up in public DNS. */
export const REDIRECT = { resolution_policy: "NxDomainRedirect" };

/** In place of it. */
export const NO_FALLBACK = { resolution_policy: undefined };

export function link(from: string, to: string, extra: Json = {}): Part {
  return part(zoneLink(from, to), {
    name: from,
    resource_group_name: `rg-${to}`,
    private_dns_zone_name: ref(dnsZone(to), "name"),
    virtual_network_id: ref(vnet(from)),
    ...REDIRECT,
    ...extra,
  });
}

/** The address of a host name at an endpoint, looked up by name in what its network interface says. */
export function lookUp(endpointKey: string, host: Host): string {
  const configurations = `data.azapi_resource.${endpointKey}.output.properties.ipConfigurations`;
  const names = "c.properties.privateLinkConnectionProperties.fqdns";
  return `\${one([for c in ${configurations} : c.properties.privateIPAddress if contains(${names}, "${fqdn(host)}")])}`;
}

export function record(zoneKey: string, host: Host, endpoints: string[], extra: Json = {}): Part {
  const body = {
    name: NAMES[host],
    resource_group_name: `rg-${zoneKey}`,
    zone_name: ref(dnsZone(zoneKey), "name"),
    records: endpoints.map((key) => lookUp(key, host)),
    ...extra,
  };
  return part(recordAddress(zoneKey, host), body, { records: endpoints.map((key) => addressAt(key, host)) });
}

/** A record for each host name. */
export function records(zoneKey: string, endpoints: string[], extra: Json = {}): Part[] {
  return EVERY_HOST.map((host) => record(zoneKey, host, endpoints, extra));
}

/** A zone, the networks linked to it, and a record set for each host name, which answers with the endpoints. */
export function view(home: string, networks: string[], endpoints: string[]): Part[] {
  return [zone(home), ...records(home, endpoints), ...networks.map((key) => link(key, home))];
}

/** The record of the login server in a zone, with the address that an endpoint has for another host name. */
export function leadTo(home: string, endpointKey: string, host: Host): Part {
  const { address, body } = record(home, "login", []);
  return part(address, { ...body, records: [lookUp(endpointKey, host)] }, { records: [addressAt(endpointKey, host)] });
}

/** A DNS forwarding ruleset that is linked to a network, with a rule for a domain that leads to a server. */
export function ruleset(key: string, networkId: string, domain: string, server: string, extra: Json = {}): Part[] {
  const address = `azurerm_private_dns_resolver_dns_forwarding_ruleset.${key}`;
  const id = idOf("rg-hub", "Microsoft.Network/dnsForwardingRulesets", key);
  const of = { dns_forwarding_ruleset_id: ref(address) };
  const target_dns_servers = [{ ip_address: server, port: 53 }];
  return [
    part(address, { name: key }, { id }),
    part(`azurerm_private_dns_resolver_forwarding_rule.${key}`, {
      ...of,
      domain_name: domain,
      target_dns_servers,
      ...extra,
    }),
    part(`azurerm_private_dns_resolver_virtual_network_link.${key}`, { ...of, virtual_network_id: networkId }),
  ];
}
