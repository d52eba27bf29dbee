import { groupBy } from "../util/collections";
import type { NetworkModel } from "../model/network-model";
import type { Lookup, Resolver } from "../resolver";
import { type Finding, error, pair, warning } from "./finding";

export function peerings({ peerings, unplaced, unreadModules }: NetworkModel, resolver: Resolver): Finding[] {
  return peerings
    .filter(({ from, to, allowed }) => allowed && !resolver.hasPeering(to, from))
    .map(({ address, from, to }) => {
      const seen = from.managed && to.managed && unplaced.length + unreadModules.length === 0;
      const advice = seen
        ? `Add the peering from ${to.name} to ${from.name}, with access allowed.`
        : `See that ${to.name} has one back, which this file does not show.`;
      return (seen ? error : warning)(
        "one-sided-peering",
        `${from.name} is peered with ${to.name}, but ${to.name} not with ${from.name}: no traffic flows. ${advice}`,
        [address, to.address],
      );
    });
}

export function peeringsOnTrust(resolver: Resolver, lookups: readonly Lookup[]): Finding[] {
  const relied = lookups.flatMap(({ network, endpoints }) =>
    endpoints.flatMap(({ network: other }) => (other && resolver.onTrust(network, other) ? [{ network, other }] : [])),
  );
  return [...groupBy(relied, ({ network, other }) => pair(network, other)).values()].map((pairs) => {
    const { network, other } = pairs[0]!;
    return warning(
      "peering-not-known",
      `${network.name} is answered with an endpoint in ${other.name}. Neither network is managed by this file: see that they are peered both ways.`,
      [network.address, other.address],
    );
  });
}
