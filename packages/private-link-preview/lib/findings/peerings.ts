import type { NetworkModel } from "../model/network-model";
import type { Lookup, Resolver } from "../resolver";
import { groupBy } from "../../../common/util/collections";
import { type Finding, error, pair, warning } from "./finding";

export function peerings({ peerings }: NetworkModel, { reachability }: Resolver): Finding[] {
  return (
    peerings
      .filter(({ from, to, allowed }) => allowed && !reachability.hasPeering(to, from))
      // Another finding tells of peerings of which an end is not known.
      .filter(({ from, to }) => !reachability.mayBePeered(from, to))
      .map(({ address, from, to }) => {
        const seen = from.managed && to.managed && reachability.between(from, to) === false;
        const advice = seen
          ? `Add the peering from ${to.name} to ${from.name}, with access allowed.`
          : `Check that ${to.name} is peered with ${from.name}, which this file does not show.`;
        return (seen ? error : warning)(
          "one-sided-peering",
          `${from.name} is peered with ${to.name}, but ${to.name} is not peered with ${from.name}, so no traffic flows. ${advice}`,
          [address, to.address],
        );
      })
  );
}

export function peeringsOnTrust(resolver: Resolver, lookups: readonly Lookup[]): Finding[] {
  const relied = lookups.flatMap(({ network, endpoints }) =>
    endpoints.flatMap(({ network: other }) =>
      other && resolver.reachability.onTrust(network, other) ? [{ network, other }] : [],
    ),
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

/** Answers of which it is not known whether the network reaches them. */
export function reachNotKnown({ reachability }: Resolver, lookups: readonly Lookup[]): Finding[] {
  const doubtful = lookups.flatMap(({ network, endpoints }) =>
    endpoints.flatMap(({ network: other }) =>
      other && reachability.between(network, other) === undefined ? [{ network, other }] : [],
    ),
  );
  return [...groupBy(doubtful, ({ network, other }) => pair(network, other)).values()].flatMap((pairs) => {
    const { network, other } = pairs[0]!;
    const doubt = reachability.doubt(network, other);
    if (doubt === undefined) return [];
    return [
      warning(
        "reach-not-known",
        `The DNS of ${network.name} returns an endpoint in ${other.name}. Whether it is reached is not known from this file: ${doubt}.`,
        [network.address, other.address],
      ),
    ];
  });
}
