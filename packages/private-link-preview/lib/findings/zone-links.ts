import type { Lookup, Resolver } from "../resolver";
import { groupBy } from "../../../common/util/collections";
import { publicAddress } from "../text/public-address";
import { type Finding, error, networkAddresses, networksIn, pair, warning, zonesIn } from "./finding";

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
  const publicly = lookups.filter(
    ({ dnsNetwork, link, unanswered, known }) => dnsNetwork && !link && known && !unanswered,
  );
  const missing = groupBy(
    publicly.filter(({ expected }) => expected),
    ({ network, service }) => pair(network, service),
  );
  const perhaps = groupBy(
    publicly.filter(({ expected }) => !expected),
    ({ service }) => service,
  );
  return [
    ...ambiguous,
    ...[...missing.values()].map((affected) => {
      const { network, service, dnsNetwork } = affected[0]!;
      const whose =
        dnsNetwork === network
          ? network.name
          : `${dnsNetwork?.name ?? ""}, in which the DNS servers of ${network.name} are,`;
      return (service.publicAccess === "enabled" ? warning : error)(
        "no-zone",
        `${whose} is linked to no private DNS zone with the names of ${service.name}, so the names resolve to ${publicAddress(service)}. Link it to a zone ${zonesIn(affected)} whose endpoint it reaches.`,
        [network.address, service.address],
      );
    }),
    ...[...perhaps].map(([service, affected]) =>
      warning(
        "no-zone",
        `The networks ${networksIn(affected)} reach a private endpoint of ${service.name}, but their DNS has no zone with its names, so the names resolve to ${publicAddress(service)}. If workloads in them use it, link them to a zone ${zonesIn(affected)}.`,
        [...networkAddresses(affected), service.address],
      ),
    ),
  ];
}
