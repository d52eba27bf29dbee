import type { Lookup, Resolver } from "../resolver";
import { groupBy } from "../util/collections";
import { type Finding, error, pair, warning, zonesIn } from "./finding";

export function zoneLinks(resolver: Resolver, lookups: readonly Lookup[]): Finding[] {
  const dnsNetworks = new Set(lookups.flatMap(({ dnsNetwork }) => (dnsNetwork ? [dnsNetwork] : [])));
  const ambiguous = [...dnsNetworks].flatMap((network) => {
    return [...groupBy(resolver.linksFor(network), ({ zone }) => zone.name)].flatMap(([name, linked]) =>
      linked.length < 2
        ? []
        : [
            error(
              "two-zones",
              `${network.name} is linked to ${linked.length} zones named ${name}; Azure allows one zone of a name. Keep the link to the zone with the network's own endpoint.`,
              [network.address, ...linked.flatMap(({ address, zone }) => [address, zone.address])],
            ),
          ],
    );
  });
  const missing = groupBy(
    lookups.filter(({ dnsNetwork, link, unanswered, known }) => dnsNetwork && !link && known && !unanswered),
    ({ network, service }) => pair(network, service),
  );
  return [
    ...ambiguous,
    ...[...missing.values()].map((affected) => {
      const { network, service, dnsNetwork, expected } = affected[0]!;
      const whose =
        dnsNetwork === network
          ? network.name
          : `${dnsNetwork?.name ?? ""}, in which the DNS servers of ${network.name} are,`;
      const then = `the names resolve to the public address${service.publicAccess === false ? ", which refuses clients" : ""}`;
      return (expected && service.publicAccess !== true ? error : warning)(
        "no-zone",
        `${whose} is linked to no private DNS zone with the names of ${service.name}, so ${then}. Link it to a zone ${zonesIn(affected)} whose endpoint it reaches.`,
        [network.address, service.address],
      );
    }),
  ];
}
