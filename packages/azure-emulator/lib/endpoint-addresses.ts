import { randomUUID } from "node:crypto";
import { type IpConfiguration, type WithIpConfigurations, freeAddresses } from "./addresses";
import { groupOf, equalIgnoringCase } from "./arm-id";
import { A_RECORD, type ARecordProperties, PRIVATE_DNS_ZONE } from "./resource-types/private-dns-zone";
import { privateLinkMembers } from "./resource-types/private-link-members";
import type { Resource, Store } from "./store";

export const PRIVATE_ENDPOINT = "Microsoft.Network/privateEndpoints";
export const ZONE_GROUP = `${PRIVATE_ENDPOINT}/privateDnsZoneGroups`;

interface Connection {
  id?: string;
  name: string;
  properties: {
    privateLinkServiceId: string;
    groupIds?: string[];
    provisioningState?: string;
    privateLinkServiceConnectionState?: ConnectionState;
  };
}

/** State of the connection between an endpoint and its registry. */
export interface ConnectionState {
  status: "Pending" | "Approved" | "Rejected" | "Disconnected";
  description: string;
  actionsRequired: string;
}

/** The state of a connection that waits for the owner of the registry. */
export const PENDING: ConnectionState = {
  status: "Pending",
  description: "Awaiting approval",
  actionsRequired: "None",
};

/** Properties of a private endpoint. */
export interface PrivateEndpointProperties {
  subnet: { id: string };
  customNetworkInterfaceName?: string;
  privateLinkServiceConnections?: Connection[];
  manualPrivateLinkServiceConnections?: Connection[];
  networkInterfaces?: { id: string }[];
  ipConfigurations?: unknown[];
  customDnsConfigs?: { fqdn: string; ipAddresses: string[] }[];
}

/** Properties of a DNS zone group: the zones in which an endpoint registers itself. */
export interface ZoneGroupProperties {
  privateDnsZoneConfigs?: {
    id?: string;
    name: string;
    properties: { privateDnsZoneId: string; recordSets?: object[] };
  }[];
}

/** The private endpoints of a registry. */
export function endpointsOf(registryId: string, store: Store): Resource<PrivateEndpointProperties>[] {
  return store
    .ofType<PrivateEndpointProperties>(PRIVATE_ENDPOINT)
    .filter((endpoint) =>
      connectionsOf(endpoint).some(({ properties }) => equalIgnoringCase(properties.privateLinkServiceId, registryId)),
    );
}

/** Sets the state of an endpoint's connection. An approved one has the host names of its registry. */
export function setConnectionState(
  endpoint: Resource<PrivateEndpointProperties>,
  status: ConnectionState["status"],
  store: Store,
  description = "",
): void {
  for (const { properties } of connectionsOf(endpoint))
    properties.privateLinkServiceConnectionState = { status, description, actionsRequired: "None" };
  assignAddresses(endpoint, store);
}

/**
 * Gives an endpoint the addresses of its registry's host names: adds those that are missing, removes those of names that
 * no longer exist, and keeps all others. They are on the endpoint's network interface, in an order without meaning. An
 * address that is added while the connection waits for approval gets its host name with the approval.
 *
 * @throws ArmError if its subnet has too few
 */
export function assignAddresses(endpoint: Resource<PrivateEndpointProperties>, store: Store): void {
  const { properties, location } = endpoint;
  const id = interfaceIdOf(endpoint);
  const wanted = connectionsOf(endpoint).flatMap(
    ({ properties: { privateLinkServiceId, privateLinkServiceConnectionState } }) => {
      const isNamed = privateLinkServiceConnectionState?.status === "Approved" || store.namesWhilePending;
      return privateLinkMembers(privateLinkServiceId, store).map((member) => ({ ...member, isNamed }));
    },
  );
  const had = store.get<WithIpConfigurations>(id)?.properties.ipConfigurations ?? [];
  const kept = had.filter((ip) => wanted.some(({ member }) => member === memberOf(ip)));
  const lacking = wanted.filter(({ member }) => !kept.some((ip) => memberOf(ip) === member));
  for (const { member, fqdn, isNamed } of wanted) {
    const link = kept.find((ip) => memberOf(ip) === member)?.properties.privateLinkConnectionProperties;
    if (link && isNamed) link.fqdns = [fqdn];
  }
  const subnetId = properties.subnet.id;
  const free = freeAddresses(subnetId, lacking.length, store);
  const added = lacking.map(({ fqdn, member, isNamed }, i): IpConfiguration => {
    const name = `privateEndpointIpConfig.${randomUUID()}`;
    return {
      id: `${id}/ipConfigurations/${name}`,
      name,
      properties: {
        privateIPAddress: free[i]!,
        privateIPAllocationMethod: "Dynamic",
        privateIPAddressVersion: "IPv4",
        subnet: { id: subnetId },
        privateLinkConnectionProperties: {
          groupId: "registry",
          requiredMemberName: member,
          fqdns: isNamed ? [fqdn] : [],
        },
      },
    };
  });
  const ipConfigurations = reordered([...kept, ...added]);
  for (const [i, ip] of ipConfigurations.entries()) ip.properties.primary = i === 0;
  store.set({
    id,
    name: id.split("/").at(-1)!,
    type: "Microsoft.Network/networkInterfaces",
    ...(location !== undefined && { location }),
    properties: { provisioningState: "Succeeded", ipConfigurations, privateEndpoint: { id: endpoint.id } },
  });
  publishAddresses(endpoint, ipConfigurations, store);
}

/** An endpoint without a zone group lists its addresses. One with zone groups writes them to the zones instead. */
export function publishAddresses(
  endpoint: Resource<PrivateEndpointProperties>,
  ipConfigurations: readonly IpConfiguration[],
  store: Store,
): void {
  const groups = store.ofType<ZoneGroupProperties>(ZONE_GROUP, endpoint.id);
  const isPending = connectionsOf(endpoint).some(
    ({ properties }) => properties.privateLinkServiceConnectionState?.status === "Pending",
  );
  const addresses = ipConfigurations.flatMap((ip) => {
    const [fqdn] = ip.properties.privateLinkConnectionProperties?.fqdns ?? [];
    return fqdn === undefined || isPending ? [] : [{ fqdn, ipAddresses: [ip.properties.privateIPAddress!] }];
  });
  endpoint.properties.customDnsConfigs = groups.length > 0 ? [] : addresses;
  for (const group of groups) writeRecords(endpoint, group, addresses, store);
}

/** Id of the network interface of an endpoint. */
export function interfaceIdOf({ properties }: Resource<PrivateEndpointProperties>): string {
  return properties.networkInterfaces![0]!.id;
}

/** Id of the network interface of a new endpoint: of the name that it asks for, or of one that Azure makes up. */
export function newInterfaceId({ id, name, properties }: Resource<PrivateEndpointProperties>): string {
  const asked = properties.customNetworkInterfaceName ?? "";
  return `${groupOf(id)}/providers/Microsoft.Network/networkInterfaces/${asked === "" ? `${name}.nic.${randomUUID()}` : asked}`;
}

/** The connections of an endpoint, automatic and manual ones. */
export function connectionsOf({ properties }: Resource<PrivateEndpointProperties>): Connection[] {
  const { privateLinkServiceConnections = [], manualPrivateLinkServiceConnections = [] } = properties;
  return [...privateLinkServiceConnections, ...manualPrivateLinkServiceConnections];
}

function memberOf(ip: IpConfiguration): string | undefined {
  return ip.properties.privateLinkConnectionProperties?.requiredMemberName;
}

/** Changes the order, in the same way each time, so that taking addresses by position always fails. */
function reordered<T>(list: readonly T[]): T[] {
  const odd = list.filter((_, i) => i % 2 === 1);
  const even = list.filter((_, i) => i % 2 === 0);
  return [...odd, ...even.reverse()];
}

/** Writes an endpoint's addresses to the zones of a group. A record of the same name, of another endpoint, is overwritten. */
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
    config.recordSets = [];
    for (const { fqdn, ipAddresses } of addresses) {
      const name = fqdn.slice(0, -suffix.length);
      config.recordSets.push({
        recordType: "A",
        recordSetName: name,
        fqdn: `${name}.${zone.name}`,
        ttl: 10,
        ipAddresses,
      });
      store.set({
        id: `${zone.id}/A/${name}`,
        name,
        type: A_RECORD,
        properties: {
          ttl: 10,
          fqdn: `${name}.${zone.name}.`,
          isAutoRegistered: false,
          // Azure records who wrote it, and deletes it together with that.
          metadata: { creator: `created by private endpoint ${endpointId}` },
          aRecords: ipAddresses.map((ipv4Address) => ({ ipv4Address })),
        },
      });
    }
  }
}

/** Deletes the records that an endpoint wrote through its zone groups. */
export function removeRecords(endpointId: string, store: Store): void {
  for (const { id, properties } of store.ofType<ARecordProperties>(A_RECORD))
    if (properties.metadata?.creator?.endsWith(` ${endpointId}`)) store.delete(id);
}
