import { groupBy } from "../util/collections";
import type { NetworkModel } from "../model/network-model";
import type { Lookup, Resolver } from "../resolver";
import { type Finding, error, warning, isGood } from "./finding";

export function dnsServers({ networks }: NetworkModel, resolver: Resolver, lookups: readonly Lookup[]): Finding[] {
  const byNetwork = groupBy(lookups, ({ network }) => network);
  return networks.flatMap((network) => {
    const asked = byNetwork.get(network) ?? [];
    if (!network.dnsServers || asked.length === 0) return [];
    const { network: home, addresses } = network.dnsServers;
    const servers = addresses.length > 0 ? addresses.join(", ") : "which are not known yet";
    const bypassed = home === network ? [] : asked.flatMap(({ registry }) => resolver.linksFor(network, registry));
    const good = asked.every(isGood);
    return [
      ...(home
        ? []
        : [
            warning(
              "dns-server-not-known",
              `${network.name} asks its own DNS servers (${servers}); what they answer is not known here. They should lie in a network of this file, and see a zone whose endpoint ${network.name} reaches.`,
              [network.address],
            ),
          ]),
      ...(home && !resolver.connected(network, home)
        ? [
            error(
              "dns-server-unreachable",
              `${network.name} asks DNS servers in ${home.name}, with which it is not peered both ways. Peer them.`,
              [network.address, home.address],
            ),
          ]
        : []),
      ...(bypassed.length > 0
        ? [
            (good || !home ? warning : error)(
              "zone-bypassed",
              `${network.name} asks its own DNS servers (${servers}), so its zone link has no effect: it gets what ${home?.name ?? "their network"} sees. ` +
                (!home
                  ? "See that they forward to a zone whose endpoint it reaches."
                  : good
                    ? "Remove the link, or the DNS servers."
                    : "Give that network an endpoint of its own which answers there, or remove the DNS servers."),
              [network.address, ...new Set(bypassed.flatMap(({ address, zone }) => [address, zone.address]))],
            ),
          ]
        : []),
    ];
  });
}
