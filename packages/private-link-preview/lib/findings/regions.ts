import { normaliseRegion } from "../../../common/azure/regions";
import { type NetworkModel, type Registry, isRegistry } from "../model/network-model";
import { AZURE, type Lookup } from "../resolver";
import { groupBy, unique } from "../../../common/util/collections";
import { joinWords } from "../../../common/util/words";
import { type Finding, networkAddresses, networksIn, pair, recordAddresses, warning } from "./finding";
import { publicAddress } from "../text/public-address";

/** Which region serves each network, where its DNS decides that. */
export function regions({ registries, endpoints }: NetworkModel, lookups: readonly Lookup[]): Finding[] {
  const decided = lookups.flatMap((lookup) => {
    const { host, service: registry } = lookup;
    return isRegistry(registry) && host.kind === "global" && registry.regional ? [{ ...lookup, registry }] : [];
  });
  const single = decided.filter(({ servedBy }) => servedBy.length === 1 && servedBy[0] !== AZURE);
  const byRegion = (of: typeof decided) => [
    ...groupBy(of, ({ registry, servedBy }) => pair(registry, { address: servedBy[0]! })).values(),
  ];
  const byRegistry = groupBy(endpoints, ({ service }) => service);
  return [
    ...registries
      .filter(({ regional, regionalForSure }) => regional && !regionalForSure)
      .map((registry) =>
        warning(
          "regional-name-without-record",
          `Private endpoints of ${registry.name} list addresses for its regional endpoints, whose names no zone of this file holds. If regional endpoints are on, each of these names resolves to ${publicAddress(registry)}. Write a record set for each of them.`,
          [registry.address, ...(byRegistry.get(registry) ?? []).map(({ address }) => address)],
        ),
      ),
    ...decided
      .filter(({ servedBy }) => servedBy.length > 1)
      .map((lookup) =>
        warning(
          "several-regions",
          `The DNS of ${lookup.network.name} returns addresses of ${lookup.host.fqdn} that lead to ${joinWords(lookup.servedBy.map(serving))}, in turn. Which region serves a pull is chance. Write one address into the record set.`,
          [lookup.network.address, ...recordAddresses([lookup])],
        ),
      ),
    ...byRegion(single.filter(({ registry, servedBy }) => registry.unrouted.includes(servedBy[0]!))).map((affected) => {
      const { host, servedBy } = affected[0]!;
      return warning(
        "served-by-drained-region",
        `${host.fqdn} leads ${networksIn(affected)} to ${servedBy[0]!}, a replica that is drained: Azure routes no other clients to it. Lead the name to another region, or let Azure route clients to the replica again.`,
        [...networkAddresses(affected), ...recordAddresses(affected)],
      );
    }),
    ...byRegion(single.filter(isElsewhere)).map((affected) => {
      const { host, servedBy } = affected[0]!;
      const own = unique(affected.map(({ network }) => normaliseRegion(network.location!)));
      return warning(
        "served-by-other-region",
        `${host.fqdn} leads ${networksIn(affected)} to ${servedBy[0]!}, although the registry is in ${joinWords(own)} too: pulls cross regions. If that is not on purpose, write the address that the endpoint has for the regional name of its own region.`,
        [...networkAddresses(affected), ...recordAddresses(affected)],
      );
    }),
  ];
}

/** Whether a network is served by another region although the registry is in its own. */
function isElsewhere({ network, registry, servedBy }: Lookup & { readonly registry: Registry }): boolean {
  const own = normaliseRegion(network.location ?? "");
  return registry.regions.includes(own) && servedBy[0] !== own;
}

function serving(region: string): string {
  return region === AZURE ? "whichever region Azure chooses" : region;
}
