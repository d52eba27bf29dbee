import { randomUUID } from "node:crypto";
import { type IpConfiguration, NETWORK_INTERFACE, type WithIpConfigurations, freeAddresses } from "./addresses";
import { badRequest } from "./arm-error";
import { groupOf, equalIgnoringCase } from "./arm-id";
import { A_RECORD, type ARecordProperties, PRIVATE_DNS_ZONE } from "./resource-types/private-dns-zone";
import { type PrivateLinkName, REGISTRY, privateLinkMembers } from "./resource-types/private-link-members";
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
  description: "Awaiting Approval",
  actionsRequired: "None",
};

/** Properties of a private endpoint. */
export interface PrivateEndpointProperties {
  subnet: { id: string };
  resourceGuid: string;
  customNetworkInterfaceName?: string;
  privateLinkServiceConnections?: Connection[];
  manualPrivateLinkServiceConnections?: Connection[];
  networkInterfaces?: { id: string }[];
  /** The addresses that the client chooses. */
  ipConfigurations?: { properties?: { groupId?: string; memberName?: string; privateIPAddress?: string } }[];
  customDnsConfigs?: { fqdn: string; ipAddresses: string[] }[];
}

export type PrivateEndpoint = Resource<PrivateEndpointProperties>;

/** Properties of a DNS zone group: the zones in which an endpoint registers itself. */
export interface ZoneGroupProperties {
  privateDnsZoneConfigs?: {
    id?: string;
    name: string;
    properties: { privateDnsZoneId: string; recordSets?: object[]; provisioningState?: string };
  }[];
}

/** The private endpoints of a service. */
export function endpointsOf(serviceId: string, store: Store): PrivateEndpoint[] {
  return store
    .ofType<PrivateEndpointProperties>(PRIVATE_ENDPOINT)
    .filter((endpoint) =>
      connectionsOf(endpoint).some(({ properties }) => equalIgnoringCase(properties.privateLinkServiceId, serviceId)),
    );
}

/** Sets the state of an endpoint's connection. An approved one has the host names of its registry. */
export function setConnectionState(
  endpoint: PrivateEndpoint,
  status: ConnectionState["status"],
  store: Store,
  description = "",
): void {
  for (const { properties } of connectionsOf(endpoint))
    properties.privateLinkServiceConnectionState = { status, description, actionsRequired: "None" };
  assignAddresses(endpoint, store);
}

/** The members that an endpoint has addresses for, and whether their host names are on its network interface. */
function membersOf(endpoint: PrivateEndpoint, store: Store) {
  return connectionsOf(endpoint).flatMap(
    ({ properties: { privateLinkServiceId, groupIds = [], privateLinkServiceConnectionState: state } }) => {
      const isNamed = state?.status === "Approved" || store.namesWhilePending;
      return privateLinkMembers(privateLinkServiceId, groupIds, store).map((member) => ({ ...member, isNamed }));
    },
  );
}

/**
 * Gives an endpoint the addresses of its service's members: adds those that are missing, removes those of members that
 * no longer exist, and keeps all others. They are on the endpoint's network interface, in an order without meaning. An
 * address that is added while the connection waits for approval gets its host names with the approval.
 *
 * @throws ArmError if its subnet has too few
 */
export function assignAddresses(endpoint: PrivateEndpoint, store: Store): void {
  const { properties, location } = endpoint;
  const id = interfaceIdOf(endpoint);
  const wanted = membersOf(endpoint, store);
  const had = store.get<WithIpConfigurations>(id)?.properties.ipConfigurations ?? [];
  const kept = had.filter((ip) => wanted.some(({ member }) => member === memberOf(ip)));
  const lacking = wanted.filter(({ member }) => !kept.some((ip) => memberOf(ip) === member));
  for (const { member, names, isNamed } of wanted) {
    const link = kept.find((ip) => memberOf(ip) === member)?.properties.privateLinkConnectionProperties;
    if (link && isNamed) link.fqdns = names.map(({ fqdn }) => fqdn);
  }
  if (lacking.length > 0) refuseMissingMembers(endpoint, store);
  const subnetId = properties.subnet.id;
  const chosen = (properties.ipConfigurations ?? []).map((ip) => ip.properties);
  const takeChosen = (groupId: string, member: string): string | undefined => {
    const byMember = chosen.findIndex((ip) => ip?.memberName === member);
    const at = byMember >= 0 ? byMember : chosen.findIndex((ip) => equalIgnoringCase(ip?.groupId ?? "", groupId));
    return at < 0 ? undefined : chosen.splice(at, 1)[0]?.privateIPAddress;
  };
  const given = lacking.map(({ groupId, member }) => takeChosen(groupId, member));
  const open = given.filter((address) => address === undefined).length;
  const free = freeAddresses(subnetId, open, store, chosenAddresses(endpoint));
  const added = lacking.map(({ groupId, member, names, isNamed }, i): IpConfiguration => {
    const name = `privateEndpointIpConfig.${randomUUID()}`;
    return {
      id: `${id}/ipConfigurations/${name}`,
      name,
      properties: {
        privateIPAddress: given[i] ?? free.shift()!,
        privateIPAllocationMethod: given[i] === undefined ? "Dynamic" : "Static",
        privateIPAddressVersion: "IPv4",
        subnet: { id: subnetId },
        privateLinkConnectionProperties: {
          groupId,
          requiredMemberName: member,
          fqdns: isNamed ? names.map(({ fqdn }) => fqdn) : [],
        },
      },
    };
  });
  const ipConfigurations = reordered([...kept, ...added]);
  for (const [i, ip] of ipConfigurations.entries()) ip.properties.primary = i === 0;
  store.set({
    id,
    name: id.split("/").at(-1)!,
    type: NETWORK_INTERFACE,
    ...(location !== undefined && { location }),
    properties: { provisioningState: "Succeeded", ipConfigurations, privateEndpoint: { id: endpoint.id } },
  });
  publishAddresses(endpoint, ipConfigurations, store);
  turnOnDataEndpoints(endpoint, store);
}

/**
 * A registry gets its dedicated data endpoints with its first private endpoint, and keeps them.
 *
 * @see https://learn.microsoft.com/azure/container-registry/container-registry-dedicated-data-endpoints
 */
function turnOnDataEndpoints(endpoint: PrivateEndpoint, store: Store): void {
  for (const { properties } of connectionsOf(endpoint)) {
    const service = store.get(properties.privateLinkServiceId);
    if (service?.type === REGISTRY && properties.privateLinkServiceConnectionState?.status === "Approved")
      service.properties.dataEndpointEnabled = true;
  }
}

/** The addresses that the client has chosen for an endpoint. */
export function chosenAddresses({ properties }: PrivateEndpoint): string[] {
  return (properties.ipConfigurations ?? []).flatMap((ip) => ip.properties?.privateIPAddress ?? []);
}

/**
 * An endpoint with addresses of the client's choice needs one for each member of its registry. Source: "Geo-replication in
 * Azure Container Registry"; hashicorp/terraform-provider-azurerm#21781. The members of other services are not known as well.
 *
 * @throws ArmError if it lacks one
 */
export function refuseMissingMembers(endpoint: PrivateEndpoint, store: Store): void {
  const chosen = (endpoint.properties.ipConfigurations ?? []).map((ip) => ip.properties?.memberName);
  const services = connectionsOf(endpoint).map(({ properties }) => store.get(properties.privateLinkServiceId));
  if (chosen.length === 0 || !services.every((service) => service && equalIgnoringCase(service.type, REGISTRY))) return;
  const missing = membersOf(endpoint, store).filter(({ member }) => !chosen.includes(member));
  if (missing.length > 0)
    throw badRequest(
      "PrivateEndpointIpConfigurationMissingMemberNamesRequiredByFps",
      `Private Endpoint ${endpoint.id} contains static ipconfigurations: [${chosen.map((member) => `MemberName: ${String(member)}`).join("; ")}] and its missing these membernames/groupids requested by Private Link service [${missing.map(({ groupId, member }) => `GroupId: ${groupId}, MemberName: ${member}`).join("; ")}]. Private Endpoint needs to be reconfigured with missing memberNames.`,
    );
}

/** An endpoint without a zone group lists its addresses. One with zone groups writes them to the zones instead. */
export function publishAddresses(
  endpoint: PrivateEndpoint,
  ipConfigurations: readonly IpConfiguration[],
  store: Store,
): void {
  const groups = store.ofType<ZoneGroupProperties>(ZONE_GROUP, endpoint.id);
  const isPending = connectionsOf(endpoint).some(
    ({ properties }) => properties.privateLinkServiceConnectionState?.status === "Pending",
  );
  const addresses = ipConfigurations.flatMap((ip) => {
    const { fqdns = [] } = ip.properties.privateLinkConnectionProperties ?? {};
    return isPending ? [] : fqdns.map((fqdn) => ({ fqdn, ipAddresses: [ip.properties.privateIPAddress!] }));
  });
  endpoint.properties.customDnsConfigs = groups.length > 0 ? [] : addresses;
  const names = membersOf(endpoint, store).flatMap((member) => member.names);
  const records = addresses.flatMap(({ fqdn, ipAddresses }) =>
    names.filter((name) => name.fqdn === fqdn).map((name) => ({ ...name, ipAddresses })),
  );
  for (const group of groups) writeRecords(endpoint, group, records, store);
}

/** Id of the network interface of an endpoint. */
export function interfaceIdOf({ properties }: PrivateEndpoint): string {
  return properties.networkInterfaces![0]!.id;
}

/** Id of the network interface of a new endpoint: of the name that it asks for, or of one that Azure makes up. */
export function newInterfaceId({ id, name, properties }: PrivateEndpoint): string {
  const asked = properties.customNetworkInterfaceName ?? "";
  return `${groupOf(id)}/providers/${NETWORK_INTERFACE}/${asked === "" ? `${name}.nic.${randomUUID()}` : asked}`;
}

/** The connections of an endpoint, automatic and manual ones. */
export function connectionsOf({ properties }: PrivateEndpoint): Connection[] {
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

/**
 * Writes an endpoint's addresses to the zones of a group, each to the zone that its name belongs to. A record of the same
 * name, of another endpoint, is overwritten.
 */
function writeRecords(
  endpoint: PrivateEndpoint,
  { properties }: Resource<ZoneGroupProperties>,
  records: readonly (PrivateLinkName & { ipAddresses: string[] })[],
  store: Store,
): void {
  for (const { properties: config } of properties.privateDnsZoneConfigs ?? []) {
    const zone = store.get(config.privateDnsZoneId);
    if (zone?.type !== PRIVATE_DNS_ZONE) continue;
    config.recordSets = [];
    for (const { record: name, ipAddresses } of records.filter((one) => equalIgnoringCase(one.zone, zone.name))) {
      config.recordSets.push({
        recordType: "A",
        recordSetName: name,
        fqdn: `${name}.${zone.name}`,
        ttl: 10,
        ipAddresses,
        provisioningState: "Succeeded",
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
          metadata: { creator: creatorOf(endpoint) },
          aRecords: ipAddresses.map((ipv4Address) => ({ ipv4Address })),
        },
      });
    }
  }
}

/** Deletes the records that an endpoint wrote through its zone groups. */
export function removeRecords(endpoint: PrivateEndpoint, store: Store): void {
  for (const { id, properties } of store.ofType<ARecordProperties>(A_RECORD))
    if (properties.metadata?.creator === creatorOf(endpoint)) store.delete(id);
}

/** How a record says which endpoint wrote it. */
function creatorOf({ name, properties }: PrivateEndpoint): string {
  return `created by private endpoint ${name} with resource guid ${properties.resourceGuid}`;
}
