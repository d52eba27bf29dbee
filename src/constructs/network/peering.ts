import { VirtualNetworkPeering } from "../../terraform";
import { peeringId } from "../../terraform/logical-ids";
import type { Naming } from "../naming";
import type { Network } from "./network";

/**
 * Peers two networks, which takes a peering on each side, if both are open to it.
 *
 * Each side's peering is a child of its own network, so adding or removing a network changes no peering of others.
 */
export function peer(a: Network, b: Network, naming: Naming): void {
  if (!a.openToPeering || !b.openToPeering) return;
  peerOneWay(a, b, naming);
  peerOneWay(b, a, naming);
}

function peerOneWay(from: Network, to: Network, naming: Naming): void {
  const { provider } = from.place;
  new VirtualNetworkPeering(from, peeringId(to.name), {
    name: naming.of("peer", `${from.name}-to-${to.name}`),
    resourceGroupName: from.virtualNetwork.resourceGroupName,
    virtualNetworkName: from.virtualNetwork.name,
    remoteVirtualNetworkId: to.virtualNetwork.id,
    allowVirtualNetworkAccess: true,
    // Traffic between two networks only: peering is not transitive.
    allowForwardedTraffic: false,
    allowGatewayTransit: false,
    useRemoteGateways: false,
    dependsOn: [...from.subnetWrites, ...to.subnetWrites],
    ...(provider && { provider }),
  });
}
