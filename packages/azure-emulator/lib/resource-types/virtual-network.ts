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
import { parentOf, equalIgnoringCase } from "../arm-id";
import { PRIVATE_ENDPOINT } from "../endpoint-addresses";
import { networkName, networkType } from "../resource-type";
import { type Resource, type Store, isProvisioned } from "../store";
import { refuseLackingRules } from "./bastion-host";
import { AGENT_POOL } from "./registry-parts";
import { refuseRouteTableElsewhere } from "./route-table";

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

interface PeeringProperties {
  remoteVirtualNetwork: { id: string };
  remoteAddressSpace?: AddressSpace;
  remoteVirtualNetworkAddressSpace?: AddressSpace;
  peeringState?: "Initiated" | "Connected" | "Disconnected";
  peeringSyncLevel?: "FullyInSync" | "RemoteNotInSync";
}

export const virtualNetwork = networkType<VirtualNetworkProperties>({
  type: VIRTUAL_NETWORK,
  names: networkName(64),
  uuids: ["resourceGuid"],
  defaults: { enableDdosProtection: false },
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
      virtualNetworkPeerings: store.ofType(PEERING, id),
    };
  },
});

/** Addresses of each subnet that Azure reserves. Source: virtual network FAQ. */
const RESERVED = 5;

/** What Azure says of the users of a subnet. It writes the ids of addresses in upper case. */
function usesOf(id: string, store: Store) {
  const ipConfigurations = addressesOf(id, store).map((address) => ({ id: address.toUpperCase() }));
  return ipConfigurations.length > 0 ? { ipConfigurations } : {};
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
  linkedActions: {
    "Microsoft.Network/networkSecurityGroups/join/action": "properties.networkSecurityGroup.id",
    "Microsoft.Network/routeTables/join/action": "properties.routeTable.id",
  },
  references: { "route table": "properties.routeTable.id" },
  defaults: SUBNET_DEFAULTS,
  beforeWrite(resource, store, old) {
    const { id } = resource;
    const place = store.get<VirtualNetworkProperties>(parentOf(id))!;
    refuseSubnet(resource, place.properties.addressSpace, store.siblings(resource), old, store);
    refuseRouteTableElsewhere(resource, place, store);
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
  linkedActions: {
    "Microsoft.Network/virtualNetworks/peer/action": "properties.remoteVirtualNetwork.id",
  },
  references: { "virtual network": "properties.remoteVirtualNetwork.id" },
  defaults: {
    allowVirtualNetworkAccess: true,
    allowForwardedTraffic: false,
    allowGatewayTransit: false,
    useRemoteGateways: false,
    peerCompleteVnets: true,
    doNotVerifyRemoteGateways: false,
  },
  beforeWrite(peering, store) {
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
    properties.remoteAddressSpace = addressSpace;
    properties.remoteVirtualNetworkAddressSpace = addressSpace;
    const back = otherSide(peering, store);
    if (back?.properties.peeringState === "Disconnected")
      throw badRequest(
        "RemotePeeringIsDisconnected",
        `Cannot create or update peering ${id} because remote peering ${back.id} referencing parent virtual network ${mine} is in Disconnected state. Update or re-create the remote peering to get it back to Initiated state. Peering gets Disconnected when remote vnet or remote peering is deleted and re-created.`,
      );
    // A peering is connected once both sides exist, and says so in the answer to its own PUT.
    setState(peering, back !== undefined);
  },
  afterWrite(peering, store) {
    const back = otherSide(peering, store);
    for (const side of back ? [peering, back] : []) setState(side, true);
  },
  afterDelete(peering, store) {
    const back = otherSide(peering, store);
    if (back) back.properties.peeringState = "Disconnected";
  },
});

function setState({ properties }: Resource<PeeringProperties>, isConnected: boolean): void {
  properties.peeringState = isConnected ? "Connected" : "Initiated";
  properties.peeringSyncLevel = isConnected ? "FullyInSync" : "RemoteNotInSync";
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
  for (const other of others)
    if (overlap(ranges, rangesOf(other)))
      throw badRequest("NetcfgSubnetRangesOverlap", `Subnet '${subnet.name}' overlaps with '${other.name}'.`);
  if (old && ranges.join() !== rangesOf(old).join()) refuseInUse(subnet.id, store);
  if (subnet.name === "AzureBastionSubnet") refuseLackingRules(subnet, store);
}

function otherSide({ id, properties }: Resource<PeeringProperties>, store: Store) {
  return store
    .referring<PeeringProperties>(PEERING, "remoteVirtualNetwork.id", parentOf(id))
    .find((peering) => equalIgnoringCase(parentOf(peering.id), properties.remoteVirtualNetwork.id));
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

function refuseInUse(subnetId: string, store: Store): void {
  const [user] = [
    ...usersOf(subnetId, store),
    ...store.referring(AGENT_POOL, "virtualNetworkSubnetResourceId", subnetId),
  ];
  if (user)
    throw badRequest("InUseSubnetCannotBeDeleted", `Subnet ${subnetId} is in use by ${user.id} and cannot be deleted.`);
}
