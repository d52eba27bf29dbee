import type { NetworkModel } from "../model/network-model";
import type { Lookup, Resolver } from "../resolver";
import { groupBy } from "../util/collections";
import { type Finding, error, warning, isGood } from "./finding";

export function dnsServers({ networks }: NetworkModel, resolver: Resolver, lookups: readonly Lookup[]): Finding[] {
  const byNetwork = groupBy(lookups, ({ network }) => network);
  return networks.flatMap((network) => {
    const asked = byNetwork.get(network) ?? [];
    if (!network.dnsServers || asked.length === 0) return [];
    const { network: home, addresses } = network.dnsServers;
    const servers = addresses.length > 0 ? addresses.join(", ") : "(known after apply)";
    const bypassed = home === network ? [] : resolver.linksFor(network);
    const good = asked.every(isGood);
    return [
      ...(home
        ? []
        : [
            warning(
              "dns-server-not-known",
              `${network.name} uses custom DNS servers (${servers}), which are in no network of this file, so what they return is not known. Check that they return an endpoint that ${network.name} reaches.`,
              [network.address],
            ),
          ]),
      ...(home && !resolver.connected(network, home)
        ? [
            error(
              "dns-server-unreachable",
              `${network.name} uses DNS servers in ${home.name}, with which it is not peered in both directions, so no name resolves. Peer the two networks.`,
              [network.address, home.address],
            ),
          ]
        : []),
      ...(bypassed.length > 0
        ? [
            (good || !home ? warning : error)(
              "zone-bypassed",
              `${network.name} uses custom DNS servers (${servers}), so its link to a zone has no effect: it gets what the DNS of ${home?.name ?? "their network"} returns. ` +
                (!home
                  ? "Check that they return an endpoint that the network reaches."
                  : good
                    ? "Remove the link, or the DNS servers."
                    : "Give that network an endpoint of its own, or remove the custom DNS servers."),
              [network.address, ...bypassed.flatMap(({ address, zone }) => [address, zone.address])],
            ),
          ]
        : []),
    ];
  });
}
