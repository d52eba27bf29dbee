import { randomUUID } from "node:crypto";
import { type IpConfiguration, type WithIpConfigurations, freeAddresses } from "./addresses";
import { groupOf, equalIgnoringCase } from "./arm-id";
import { A_RECORD, type ARecordProperties, PRIVATE_DNS_ZONE } from "./resource-types/private-dns-zone";
import { privateLinkMembers } from "./resource-types/private-link-members";
import type { Resource, Store } from "./store";

export const PRIVATE_ENDPOINT = "Microsoft.Network/privateEndpoints";
export const ZONE_GROUP = `${PRIVATE_ENDPOINT}/privateDnsZoneGroups`;

interface Connection {
  name: string;
  properties: {
    privateLinkServiceId: string;
    groupIds?: string[];
    provisioningState?: string;
    privateLinkServiceConnectionState?: { status: string; description: string; actionsRequired: string };
  };
}

/** What a private endpoint is made of. */
export interface PrivateEndpointProperties {
  subnet: { id: string };
  customNetworkInterfaceName?: string;
  privateLinkServiceConnections?: Connection[];
  manualPrivateLinkServiceConnections?: Connection[];
  networkInterfaces?: { id: string }[];
  customDnsConfigs?: { fqdn: string; ipAddresses: string[] }[];
}

/** The zones in which an endpoint registers itself. */
export interface ZoneGroupProperties {
  privateDnsZoneConfigs?: { name: string; properties: { privateDnsZoneId: string } }[];
}

/** The endpoints of a registry. */
export function endpointsOf(registryId: string, store: Store): Resource<PrivateEndpointProperties>[] {
  return store
    .ofType<PrivateEndpointProperties>(PRIVATE_ENDPOINT)
    .filter((endpoint) =>
      connectionsOf(endpoint).some(({ properties }) => equalIgnoringCase(properties.privateLinkServiceId, registryId)),
    );
}

/**
 * Gives an endpoint an address for each host name of its registry that it lacks, and takes those back whose names are
 * gone. All others stay. They lie on the endpoint's network interface, in no order that says anything.
 *
 * @throws ArmError if its subnet has too few
 */
export function settleAddresses(endpoint: Resource<PrivateEndpointProperties>, store: Store): void {
  const { properties, location } = endpoint;
  const id = interfaceIdOf(endpoint);
  const wanted = connectionsOf(endpoint).flatMap(({ properties: { privateLinkServiceId } }) =>
    privateLinkMembers(privateLinkServiceId, store),
  );
  const had = store.get<WithIpConfigurations>(id)?.properties.ipConfigurations ?? [];
  const kept = had.filter((ip) => wanted.some(({ fqdn }) => fqdn === hostOf(ip)));
  const lacking = wanted.filter(({ fqdn }) => !kept.some((ip) => hostOf(ip) === fqdn));
  const subnetId = properties.subnet.id;
  const free = freeAddresses(subnetId, lacking.length, store);
  const added = lacking.map(({ fqdn, member }, i): IpConfiguration => {
    const name = `privateEndpointIpConfig.${randomUUID()}`;
    return {
      id: `${id}/ipConfigurations/${name}`,
      name,
      properties: {
        privateIPAddress: free[i]!,
        privateIPAllocationMethod: "Dynamic",
        privateIPAddressVersion: "IPv4",
        subnet: { id: subnetId },
        privateLinkConnectionProperties: { groupId: "registry", requiredMemberName: member, fqdns: [fqdn] },
      },
    };
  });
  const ipConfigurations = disordered([...kept, ...added]);
  for (const [i, ip] of ipConfigurations.entries()) ip.properties.primary = i === 0;
  store.set({
    id,
    name: id.split("/").at(-1)!,
    type: "Microsoft.Network/networkInterfaces",
    ...(location !== undefined && { location }),
    properties: { provisioningState: "Succeeded", ipConfigurations, privateEndpoint: { id: endpoint.id } },
  });
  showAddresses(endpoint, ipConfigurations, store);
}

/** An endpoint without a zone group lists its addresses; one with some writes them into the groups' zones instead. */
export function showAddresses(
  endpoint: Resource<PrivateEndpointProperties>,
  ipConfigurations: readonly IpConfiguration[],
  store: Store,
): void {
  const groups = store.ofType<ZoneGroupProperties>(ZONE_GROUP, endpoint.id);
  const addresses = ipConfigurations.map((ip) => ({
    fqdn: hostOf(ip)!,
    ipAddresses: [ip.properties.privateIPAddress!],
  }));
  endpoint.properties.customDnsConfigs = groups.length > 0 ? [] : addresses;
  for (const group of groups) writeRecords(endpoint, group, addresses, store);
}

/** Id of the network interface that an endpoint has. */
export function interfaceIdOf({ id, name, properties }: Resource<PrivateEndpointProperties>): string {
  const group = groupOf(id);
  return `${group}/providers/Microsoft.Network/networkInterfaces/${properties.customNetworkInterfaceName ?? `${name}.nic`}`;
}

/** The connections of an endpoint, of either sort. */
export function connectionsOf({ properties }: Resource<PrivateEndpointProperties>): Connection[] {
  const { privateLinkServiceConnections = [], manualPrivateLinkServiceConnections = [] } = properties;
  return [...privateLinkServiceConnections, ...manualPrivateLinkServiceConnections];
}

function hostOf(ip: IpConfiguration): string | undefined {
  return ip.properties.privateLinkConnectionProperties?.fqdns[0];
}

/** Another order, the same each time: whoever takes addresses by position is wrong each time. */
function disordered<T>(list: readonly T[]): T[] {
  const odd = list.filter((_, i) => i % 2 === 1);
  const even = list.filter((_, i) => i % 2 === 0);
  return [...odd, ...even.reverse()];
}

/** Writes an endpoint's addresses over whatever the zone held under the same names: the trap of two such endpoints. */
function writeRecords(
  { id: endpointId }: { id: string },
  { properties }: Resource<ZoneGroupProperties>,
  addresses: readonly { fqdn: string; ipAddresses: string[] }[],
  store: Store,
): void {
  for (const { properties: config } of properties.privateDnsZoneConfigs ?? []) {
    const zone = store.get(config.privateDnsZoneId);
    if (zone?.type !== PRIVATE_DNS_ZONE) continue;
    const suffix = zone.name.replace(/^privatelink/, "");
    for (const { fqdn, ipAddresses } of addresses) {
      const name = fqdn.slice(0, -suffix.length);
      store.set({
        id: `${zone.id}/A/${name}`,
        name,
        type: A_RECORD,
        properties: {
          ttl: 10,
          fqdn: `${name}.${zone.name}.`,
          isAutoRegistered: false,
          // Azure notes who wrote it, and takes it away with that.
          metadata: { creator: `created by private endpoint ${endpointId}` },
          aRecords: ipAddresses.map((ipv4Address) => ({ ipv4Address })),
        },
      });
    }
  }
}

/** Takes away the records that an endpoint wrote by its zone groups. */
export function removeRecords(endpointId: string, store: Store): void {
  for (const { id, properties } of store.ofType<ARecordProperties>(A_RECORD))
    if (properties.metadata?.creator?.endsWith(` ${endpointId}`)) store.delete(id);
}
