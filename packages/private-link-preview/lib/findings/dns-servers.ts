import type { NetworkModel } from "../model/network-model";
import type { Lookup, Resolver } from "../resolver";
import { groupBy } from "../../../common/util/collections";
import { type Finding, error, isGood, namesIn, networkAddresses, networksIn, warning } from "./finding";

/** Rules of forwarding rulesets that lead to servers which are not known, or can't be reached. */
export function forwarding(lookups: readonly Lookup[]): Finding[] {
  const stopped = lookups.filter(({ forwardedBy, link }) => forwardedBy.length > 0 && !link);
  return [...groupBy(stopped, ({ forwardedBy }) => forwardedBy.at(-1)!)].flatMap(([rule, asked]) => {
    const { servers, address } = rule;
    const [lookup] = asked as [Lookup];
    const led = `The rule ${address} forwards ${namesIn(asked)} from ${networksIn(asked)} to DNS servers`;
    const resources = [address, ...networkAddresses(asked)];
    if (!servers.network)
      return [
        warning(
          "dns-server-not-known",
          `${led} (${servers.addresses.join(", ") || "known after apply"}) which are in no network of this file, so what they return is not known. Check that they return an endpoint that the networks reach.`,
          resources,
        ),
      ];
    if (lookup.unanswered)
      return [
        error(
          "dns-server-unreachable",
          `${led} in ${servers.network.name}, which the outbound endpoint${rule.from ? ` in ${rule.from.name}` : ""} does not reach, so the names do not resolve. Peer the two networks.`,
          [...resources, servers.network.address],
        ),
      ];
    return [];
  });
}

export function dnsServers({ networks }: NetworkModel, resolver: Resolver, lookups: readonly Lookup[]): Finding[] {
  const byNetwork = groupBy(lookups, ({ network }) => network);
  return networks.flatMap((network) => {
    const asked = byNetwork.get(network) ?? [];
    if (!network.dnsServers || asked.length === 0) return [];
    const { network: home, addresses, firewall } = network.dnsServers;
    const off = firewall?.proxy === false;
    const servers = addresses.length > 0 ? addresses.join(", ") : "(known after apply)";
    const bypassed = home === network ? [] : resolver.linksFor(network);
    const good = asked.every(isGood);
    return [
      ...(off
        ? [
            error(
              "dns-proxy-off",
              `${network.name} uses ${firewall.address} as its DNS server, whose DNS proxy is off, so no name resolves. Turn the DNS proxy on in the firewall's policy.`,
              [network.address, firewall.address],
            ),
          ]
        : []),
      ...(home || off || asked.every(({ known }) => known)
        ? []
        : [
            warning(
              "dns-server-not-known",
              `${network.name} uses custom DNS servers (${servers}), which are in no network of this file, so what they return is not known. Check that they return an endpoint that ${network.name} reaches.`,
              [network.address],
            ),
          ]),
      ...(home && resolver.reachability.between(network, home) === false
        ? [
            error(
              "dns-server-unreachable",
              `${network.name} uses DNS servers in ${home.name}, with which it is not connected, so no name resolves. Peer the two networks in both directions.`,
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
