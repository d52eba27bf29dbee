import { Construct } from "constructs";
import { PrivateDnsResolver, PrivateDnsResolverInboundEndpoint } from "../terraform";
import { ID } from "../terraform/logical-ids";
import type { Naming } from "../naming";
import type { Network, ResolverPlace } from "./network";

/** What a subnet for endpoints of resolvers is delegated to. */
export const RESOLVERS = "Microsoft.Network/dnsResolvers";

/**
 * A DNS private resolver with an inbound endpoint, which answers clients outside Azure with what Azure's DNS returns in the
 * network.
 */
export class Resolver extends Construct {
  constructor(network: Network, { subnet, address }: ResolverPlace, naming: Naming) {
    super(network, ID.resolver);
    const resolver = new PrivateDnsResolver(this, ID.main, {
      ...network.place,
      name: naming.of("dnspr", network.name),
      virtualNetworkId: network.virtualNetwork.id,
      dependsOn: [...subnet.writes],
    });
    const { location, tags, provider } = network.place;
    new PrivateDnsResolverInboundEndpoint(this, "inbound", {
      name: naming.of("in", network.name),
      location,
      tags,
      privateDnsResolverId: resolver.id,
      ipConfigurations: {
        subnetId: subnet.id,
        privateIpAllocationMethod: "Static",
        privateIpAddress: address,
      },
      dependsOn: [...subnet.writes],
      ...(provider && { provider }),
    });
  }
}
