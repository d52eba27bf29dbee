import { type ITerraformDependable, VirtualNetworkPeering } from "../terraform";
import { peeringId } from "../terraform/logical-ids";
import type { Naming } from "../naming";
import type { Network } from "./network";

/** What spokes are connected to: a virtual network that they are peered with, or a Virtual WAN hub. */
export interface SpokeHub {
  /** The virtual network; absent for a Virtual WAN hub. */
  readonly network?: Network;
  connect(spoke: Network): void;
}

/** A virtual network as a hub. */
export function peeredHub(network: Network, naming: Naming): SpokeHub {
  return {
    network,
    connect: (spoke) => {
      peer(network, spoke, naming, spoke.usesFirewall);
    },
  };
}

/**
 * Peers two networks, which takes a peering on each side, if both are open to it.
 *
 * Each side's peering is a child of its own network, so adding or removing a network changes no peering of the others.
 *
 * @param forwarded - whether the second network accepts what the first one only forwards, such as the answers to what
 * it has sent through a firewall there. Without it, Azure takes only traffic that comes from the first network itself
 */
function peer(a: Network, b: Network, naming: Naming, forwarded = false): void {
  if (!a.openToPeering || !b.openToPeering) return;
  const transit = b.hub === a && a.gatewayTransit;
  const there = peerOneWay(a, b, naming, { ...NOTHING, allowGatewayTransit: transit });
  // Azure lets a network use a gateway only once that is passed on to it.
  peerOneWay(b, a, naming, { ...NOTHING, allowForwardedTraffic: forwarded, useRemoteGateways: transit }, [
    ...(transit ? [there] : []),
  ]);
}

/** Peers each of some networks with each other one. */
export function peerAll(networks: readonly Network[], naming: Naming): void {
  for (const [i, a] of networks.entries()) for (const b of networks.slice(i + 1)) peer(a, b, naming);
}

/** What a side of a peering lets through beyond traffic between the two networks: peering is not transitive. */
interface Passing {
  /** Whether it accepts traffic of other networks that comes by way of the remote one. */
  readonly allowForwardedTraffic: boolean;
  readonly allowGatewayTransit: boolean;
  readonly useRemoteGateways: boolean;
}

const NOTHING: Passing = { allowForwardedTraffic: false, allowGatewayTransit: false, useRemoteGateways: false };

function peerOneWay(
  from: Network,
  to: Network,
  naming: Naming,
  passing: Passing,
  after: readonly ITerraformDependable[] = [],
): ITerraformDependable {
  const { name, resourceGroupName } = from.virtualNetwork;
  const { provider } = from.place;
  return new VirtualNetworkPeering(from, peeringId(to.name), {
    name: naming.of("peer", `${from.name}-to-${to.name}`),
    resourceGroupName,
    virtualNetworkName: name,
    remoteVirtualNetworkId: to.virtualNetwork.id,
    allowVirtualNetworkAccess: true,
    ...passing,
    // Azure does not route to a range that the other network has since got, until the peering is written again.
    triggers: { remote_address_space: to.virtualNetwork.addressSpace },
    dependsOn: [...from.subnetWrites, ...to.subnetWrites, ...after],
    ...(provider && { provider }),
  });
}
