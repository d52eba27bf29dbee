import type { NetworkModel } from "../model/network-model";
import type { Lookup, Resolver } from "../resolver";
import { groupBy } from "../util/collections";
import { type Finding, error, pair, warning } from "./finding";

export function peerings({ peerings, unplaced, unreadModules }: NetworkModel, resolver: Resolver): Finding[] {
  return peerings
    .filter(({ from, to, allowed }) => allowed && !resolver.hasPeering(to, from))
    .map(({ address, from, to }) => {
      const seen = from.managed && to.managed && unplaced.length + unreadModules.length === 0;
      const advice = seen
        ? `Add the peering from ${to.name} to ${from.name}, with access allowed.`
        : `Check that ${to.name} is peered with ${from.name}, which this file does not show.`;
      return (seen ? error : warning)(
        "one-sided-peering",
        `${from.name} is peered with ${to.name}, but ${to.name} is not peered with ${from.name}, so no traffic flows. ${advice}`,
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
      `The DNS of ${network.name} returns an endpoint in ${other.name}. This file manages neither network: check that they are peered in both directions.`,
      [network.address, other.address],
    );
  });
}
