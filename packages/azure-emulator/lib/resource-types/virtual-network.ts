import type { Netmask } from "netmask";
import {
  NETWORK_INTERFACE,
  SUBNET,
  type Subnet,
  type SubnetProperties,
  addressesOf,
  netmasks,
  rangesOf,
  retryableError,
  usersOf,
} from "../addresses";
import { badRequest, notProvisioned } from "../arm-error";
import { parentOf, parseArmId, equalIgnoringCase } from "../arm-id";
import { PRIVATE_ENDPOINT } from "../endpoint-addresses";
import type { Json } from "../../../common/util/json";
import { networkName, networkType } from "../resource-type";
import { REFERENCE } from "../shape";
import { type Resource, type Store, isProvisioned } from "../store";
import { refuseLackingRules } from "./bastion-host";
import { AGENT_POOL } from "./registry-parts";

export const VIRTUAL_NETWORK = "Microsoft.Network/virtualNetworks";
const PEERING = `${VIRTUAL_NETWORK}/virtualNetworkPeerings`;

const SUBNET_DEFAULTS = {
  privateEndpointNetworkPolicies: "Disabled",
  privateLinkServiceNetworkPolicies: "Enabled",
  delegations: [],
};

interface AddressSpace {
  addressPrefixes: string[];
}

/** Properties of a virtual network. */
export interface VirtualNetworkProperties {
  addressSpace: AddressSpace;
  dhcpOptions?: { dnsServers?: string[] };
  subnets?: { name: string; properties?: SubnetProperties }[];
  virtualNetworkPeerings?: unknown;
}

export interface PeeringProperties {
  remoteVirtualNetwork: { id: string };
  allowVirtualNetworkAccess?: boolean;
  useRemoteGateways?: boolean;
  /** The remote network's ranges that the peering leads to: those that it had when the peering was last synchronized. */
  remoteAddressSpace?: AddressSpace;
  peeringState?: "Initiated" | "Connected" | "Disconnected";
}

/** Whether a virtual network reaches another one: it is the same, or both sides of their peering are connected and allow it. */
export function reaches(from: string, to: string, store: Store): boolean {
  const leads = (one: string, other: string) =>
    store
      .ofType<PeeringProperties>(PEERING, one)
      .some(
        ({ properties }) =>
          equalIgnoringCase(properties.remoteVirtualNetwork.id, other) &&
          properties.peeringState === "Connected" &&
          properties.allowVirtualNetworkAccess !== false,
      );
  return equalIgnoringCase(from, to) || (leads(from, to) && leads(to, from));
}

/** What a subnet looks like. */
const SUBNET_SHAPE = {
  addressPrefix: "string",
  addressPrefixes: ["string"],
  networkSecurityGroup: REFERENCE,
  routeTable: REFERENCE,
  delegations: [{ "name!": "string", properties: { serviceName: "string" } }],
} as const;

export const virtualNetwork = networkType<VirtualNetworkProperties>({
  type: VIRTUAL_NETWORK,
  names: networkName(64),
  uuids: ["resourceGuid"],
  shape: {
    "addressSpace!": { "addressPrefixes!": ["string"] },
    dhcpOptions: { dnsServers: ["string"] },
    subnets: [{ "name!": "string", properties: SUBNET_SHAPE }],
  },
  defaults: { enableDdosProtection: false, privateEndpointVNetPolicies: "Disabled" },
  beforeWrite({ id, properties }, store) {
    // Subnets and peerings are stored as resources. A write that has subnets is about all of them; one without leaves them.
    const { subnets } = properties;
    delete properties.subnets;
    delete properties.virtualNetworkPeerings;
    if (properties.dhcpOptions) properties.dhcpOptions.dnsServers ??= [];
    if (subnets) writeSubnets(id, subnets, properties.addressSpace, store);
    for (const subnet of store.ofType<SubnetProperties>(SUBNET, id)) refuseOutside(subnet, properties.addressSpace);
    for (const { properties: peering } of store.ofType<PeeringProperties>(PEERING, id))
      refuseOverlap(id, properties.addressSpace, peering.remoteVirtualNetwork.id, store);
  },
  beforeDelete({ id }, store) {
    for (const { id: subnetId } of store.ofType(SUBNET, id)) refuseInUse(subnetId, store);
  },
  afterDelete({ id }, store) {
    for (const { properties } of store.referring(PEERING, "remoteVirtualNetwork.id", id))
      properties.peeringState = "Disconnected";
  },
  actions: {
    "GET usages": ({ id }, store) => ({
      value: store.ofType<SubnetProperties>(SUBNET, id).map((subnet) => ({
        id: subnet.id,
        currentValue: addressesOf(subnet.id, store).length,
        limit: rangesOf(subnet).reduce((sum, range) => sum + range.size - RESERVED, 0),
        name: { value: "SubnetSpace", localizedValue: "Subnet size and usage" },
        unit: "Count",
      })),
    }),
  },
  onRead({ id }, store) {
    return {
      subnets: store
        .ofType<SubnetProperties>(SUBNET, id)
        .map((subnet) => ({ ...subnet, properties: { ...subnet.properties, ...usesOf(subnet.id, store) } })),
      virtualNetworkPeerings: store
        .ofType<PeeringProperties>(PEERING, id)
        .map((one) => ({ ...one, properties: { ...one.properties, ...syncOf(one, store) } })),
    };
  },
});

/** Addresses of each subnet that Azure reserves, and the length of its longest prefix. Source: virtual network FAQ. */
const RESERVED = 5;
const SMALLEST = 29;

/**
 * What Azure says of the users of a subnet. It writes the ids of addresses in upper case, and of those of private endpoints the
 * group and the name. Source: public recordings of Azure's answers.
 */
function usesOf(id: string, store: Store) {
  const ipConfigurations = addressesOf(id, store).map((address) => ({ id: address.toUpperCase() }));
  const privateEndpoints = store.referring(PRIVATE_ENDPOINT, "subnet.id", id).map((endpoint) => {
    const { subscriptionId, resourceGroup = "", type, name } = parseArmId(endpoint.id)!;
    const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup.toUpperCase()}`;
    return { id: `${group}/providers/${type}/${name.toUpperCase()}` };
  });
  return {
    ...(ipConfigurations.length > 0 && { ipConfigurations }),
    ...(privateEndpoints.length > 0 && { privateEndpoints, purpose: "PrivateEndpoints" }),
  };
}

/** Removes from properties that a client has read and writes again what is not up to it: who uses the subnet. */
function removeUses(properties: Json): void {
  delete properties.ipConfigurations;
  delete properties.privateEndpoints;
  delete properties.purpose;
}

/**
 * Writes the subnets that a network has in its own body: others are deleted.
 *
 * @throws ArmError if one is outside of the network, overlaps with another one, or is in use and would be moved or deleted
 */
function writeSubnets(
  networkId: string,
  subnets: NonNullable<VirtualNetworkProperties["subnets"]>,
  space: AddressSpace,
  store: Store,
): void {
  const places = subnets.map(({ name, properties = {} }) => ({
    id: `${networkId}/subnets/${name}`,
    name,
    type: SUBNET,
    properties: { ...SUBNET_DEFAULTS, ...properties, provisioningState: "Succeeded" },
  }));
  for (const { properties } of places) removeUses(properties);
  for (const [i, place] of places.entries()) refuseSubnet(place, space, places.slice(0, i), store.get(place.id), store);
  const gone = store
    .ofType(SUBNET, networkId)
    .filter(({ id }) => !places.some((place) => equalIgnoringCase(place.id, id)));
  for (const { id } of gone) refuseInUse(id, store);
  for (const { id } of gone) store.delete(id);
  for (const place of places) store.set(place);
}

/** @see https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-subnet */
export const subnet = networkType<SubnetProperties>({
  type: SUBNET,
  oneAtATime: true,
  linkedActions: {
    "Microsoft.Network/networkSecurityGroups/join/action": "properties.networkSecurityGroup.id",
    "Microsoft.Network/routeTables/join/action": "properties.routeTable.id",
  },
  references: {
    "Microsoft.Network/routeTables": "properties.routeTable.id",
    "Microsoft.Network/networkSecurityGroups": "properties.networkSecurityGroup.id",
  },
  regional: ["Microsoft.Network/routeTables", "Microsoft.Network/networkSecurityGroups"],
  shape: SUBNET_SHAPE,
  defaults: SUBNET_DEFAULTS,
  beforeWrite(resource, store, old) {
    const { id } = resource;
    removeUses(resource.properties as Json);
    const place = store.get<VirtualNetworkProperties>(parentOf(id))!;
    refuseSubnet(resource, place.properties.addressSpace, store.siblings(resource), old, store);
    const unfinished = [
      ...store.referring(PRIVATE_ENDPOINT, "subnet.id", id),
      ...usersOf(id, store).filter(({ type }) => equalIgnoringCase(type, NETWORK_INTERFACE)),
    ].find((user) => !isProvisioned(user));
    if (unfinished) throw retryableError(unfinished, id);
  },
  beforeDelete({ id }, store) {
    refuseInUse(id, store);
  },
  onRead({ id }, store) {
    return usesOf(id, store);
  },
});

/** @see https://learn.microsoft.com/azure/virtual-network/virtual-network-peering-overview */
export const peering = networkType<PeeringProperties>({
  type: PEERING,
  uuids: ["resourceGuid"],
  fixed: { routeServiceVips: {} },
  linkedActions: {
    "Microsoft.Network/virtualNetworks/peer/action": "properties.remoteVirtualNetwork.id",
  },
  references: { "Microsoft.Network/virtualNetworks": "properties.remoteVirtualNetwork.id" },
  shape: { "remoteVirtualNetwork!": REFERENCE, useRemoteGateways: "boolean" },
  defaults: {
    allowVirtualNetworkAccess: true,
    allowForwardedTraffic: false,
    allowGatewayTransit: false,
    useRemoteGateways: false,
    peerCompleteVnets: true,
    doNotVerifyRemoteGateways: false,
  },
  beforeWrite(peering, store, old, query) {
    const { id, properties } = peering;
    const mine = parentOf(id);
    const remote = properties.remoteVirtualNetwork.id;
    for (const network of [mine, remote]) refuseWhileWritten(network, id, store);
    refuseOverlap(mine, store.get<VirtualNetworkProperties>(mine)!.properties.addressSpace, remote, store);
    const { addressSpace } = store.get<VirtualNetworkProperties>(remote)!.properties;
    for (const { properties: peered } of store.siblings(peering))
      if (overlap(spaces(addressSpace), spaces(peered.remoteAddressSpace ?? { addressPrefixes: [] })))
        throw badRequest(
          "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet",
          `Cannot peer ${mine} with ${remote}: its address space overlaps with that of ${peered.remoteVirtualNetwork.id}, which is peered already.`,
        );
    if (properties.useRemoteGateways && !hasGateway(remote, store))
      throw badRequest(
        "RemoteVnetHasNoGateways",
        `Peering ${id} cannot have UseRemoteGateway flag set to true because remote virtual network ${remote} referenced by the peering does not have any gateways.`,
      );
    const isSynchronized = /^true$/i.test(query.get("syncRemoteAddressSpace") ?? "");
    properties.remoteAddressSpace = (isSynchronized ? undefined : old?.properties.remoteAddressSpace) ?? addressSpace;
    const back = otherSide(peering, store);
    if (back?.properties.peeringState === "Disconnected")
      throw badRequest(
        "RemotePeeringIsDisconnected",
        `Cannot create or update peering ${id} because remote peering ${back.id} referencing parent virtual network ${mine} is in Disconnected state. Update or re-create the remote peering to get it back to Initiated state. Peering gets Disconnected when remote vnet or remote peering is deleted and re-created.`,
      );
    // A peering is connected once both sides exist, and says so in the answer to its own PUT.
    properties.peeringState = back ? "Connected" : "Initiated";
  },
  afterWrite(peering, store) {
    const back = otherSide(peering, store);
    for (const side of back ? [peering, back] : []) side.properties.peeringState = "Connected";
  },
  afterDelete(peering, store) {
    const back = otherSide(peering, store);
    if (back) back.properties.peeringState = "Disconnected";
  },
  onRead: syncOf,
});

/**
 * A side of a peering keeps the ranges that the other network had when the side was last synchronized, until it is
 * synchronized again: after a change, the network that has changed has `RemoteNotInSync`, and the other `LocalNotInSync`.
 *
 * Source: a recording of Azure PowerShell's tests.
 */
function syncOf(peering: Resource<PeeringProperties>, store: Store) {
  const rangesOf = (networkId: string) =>
    store.get<VirtualNetworkProperties>(networkId)?.properties.addressSpace.addressPrefixes;
  const { remoteVirtualNetwork, remoteAddressSpace } = peering.properties;
  const remote = rangesOf(remoteVirtualNetwork.id) ?? remoteAddressSpace?.addressPrefixes ?? [];
  const known = otherSide(peering, store)?.properties.remoteAddressSpace?.addressPrefixes;
  const levels = [
    ...(isSame(remoteAddressSpace?.addressPrefixes, remote) ? [] : ["Local"]),
    ...(isSame(known, rangesOf(parentOf(peering.id))) ? [] : ["Remote"]),
  ];
  return {
    peeringSyncLevel: levels.length === 0 ? "FullyInSync" : `${levels.join("And")}NotInSync`,
    remoteVirtualNetworkAddressSpace: { addressPrefixes: remote },
  };
}

function isSame(some: readonly string[] = [], others: readonly string[] = []): boolean {
  return [...some].sort().join() === [...others].sort().join();
}

/** Whether a network has a gateway: something in the subnet of that name. */
function hasGateway(networkId: string, store: Store): boolean {
  return usersOf(`${networkId}/subnets/GatewaySubnet`, store).length > 0;
}

/** A network is being written while one of its subnets is. */
function refuseWhileWritten(networkId: string, user: string, store: Store): void {
  const network = store.get(networkId)!;
  const unfinished = [network, ...store.ofType(SUBNET, networkId)].find((part) => !isProvisioned(part));
  if (!unfinished) return;
  const { code, message } = notProvisioned({ id: network.id, properties: unfinished.properties }, user);
  throw badRequest(code, message);
}

/** @throws ArmError if a subnet is outside of its network, overlaps with another one, or would be moved while it is in use */
function refuseSubnet(
  subnet: Subnet,
  space: AddressSpace,
  others: readonly Subnet[],
  old: Subnet | undefined,
  store: Store,
): void {
  refuseOutside(subnet, space);
  const ranges = rangesOf(subnet);
  // That it is refused is documented, its code is not.
  if (ranges.some(({ bitmask }) => bitmask > SMALLEST))
    throw badRequest("NetcfgInvalidSubnet", `Subnet '${subnet.name}' is smaller than a /${SMALLEST}.`);
  for (const other of others)
    if (overlap(ranges, rangesOf(other)))
      throw badRequest("NetcfgSubnetRangesOverlap", `Subnet '${subnet.name}' overlaps with '${other.name}'.`);
  if (old && ranges.join() !== rangesOf(old).join()) refuseInUse(subnet.id, store);
  if (old && servicesOf(subnet).join() !== servicesOf(old).join()) refuseDelegation(subnet.id, store);
  if (subnet.name === "AzureBastionSubnet") refuseLackingRules(subnet, store);
}

/** The peering of the remote network that leads back. */
function otherSide({ id, properties }: Resource<PeeringProperties>, store: Store) {
  const mine = parentOf(id);
  return store
    .ofType<PeeringProperties>(PEERING, properties.remoteVirtualNetwork.id)
    .find((peering) => equalIgnoringCase(peering.properties.remoteVirtualNetwork.id, mine));
}

function overlap(some: readonly Netmask[], others: readonly Netmask[]): boolean {
  return some.some((a) => others.some((b) => a.contains(b) || b.contains(a)));
}

function spaces({ addressPrefixes }: AddressSpace): Netmask[] {
  return netmasks(addressPrefixes);
}

function refuseOutside(subnet: Subnet, space: AddressSpace): void {
  const ranges = rangesOf(subnet);
  if (!ranges.every((range) => spaces(space).some((whole) => whole.contains(range))))
    throw badRequest(
      "NetcfgInvalidSubnet",
      `Subnet '${subnet.name}' (${ranges.join(", ")}) is not in the address space ${space.addressPrefixes.join(", ")}.`,
    );
}

function refuseOverlap(id: string, space: AddressSpace, remote: string, store: Store): void {
  const other = store.get<VirtualNetworkProperties>(remote);
  if (other && overlap(spaces(space), spaces(other.properties.addressSpace)))
    throw badRequest("VnetAddressSpacesOverlap", `Cannot peer ${id} with ${remote}: their address spaces overlap.`);
}

/** The services that a subnet is delegated to. */
function servicesOf({ properties }: Subnet): string[] {
  return (properties.delegations ?? []).map(({ properties: of }) => String(of?.serviceName).toLowerCase()).sort();
}

/** Source: MicrosoftDocs/azure-docs#39112. */
function refuseDelegation(subnetId: string, store: Store): void {
  const user = userOf(subnetId, store);
  if (user)
    throw badRequest(
      "SubnetDelegationsCannotChangeWhenSubnetUsedByResource",
      `Delegations of subnet ${subnetId} cannot be changed because it is being used by the resource ${user.id}.`,
    );
}

function userOf(subnetId: string, store: Store): Resource | undefined {
  return [...usersOf(subnetId, store), ...store.referring(AGENT_POOL, "virtualNetworkSubnetResourceId", subnetId)][0];
}

function refuseInUse(subnetId: string, store: Store): void {
  const user = userOf(subnetId, store);
  if (user)
    throw badRequest("InUseSubnetCannotBeDeleted", `Subnet ${subnetId} is in use by ${user.id} and cannot be deleted.`);
}
