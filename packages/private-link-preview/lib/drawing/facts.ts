import { type VirtualNetwork, isRegistry } from "../model/network-model";
import type { Preview } from "../preview";
import { type Lookup, isReachable } from "../trace";
import { groupBy, unique } from "../../../common/util/collections";
import { type Roles, rolesOf } from "./roles";

/** What is drawn; the findings say which endpoints are in no zone. */
export type Drawn = Pick<Preview, "model" | "lookups"> & Partial<Pick<Preview, "findings">>;

/** What each network has and gets, to be drawn. */
export type Facts = ReturnType<typeof factsOf>;

/**
 * @param every - whether all things are drawn one by one, and none are counted
 * @param roles - which networks are hubs. @default - as {@link rolesOf} finds them
 */
export function factsOf({ model, lookups, findings = [] }: Drawn, every: boolean, roles: Roles = rolesOf(model)) {
  const linked = uniqueBy(model.links, ({ zone, network }) => [[zone, network]]);
  const byNetwork = groupBy(lookups, ({ network }) => network);
  // In a file with very many answers, those of one network stand for all that get the same.
  for (const its of [...byNetwork.values()]) for (const other of its[0]!.alike ?? []) byNetwork.set(other, its);
  const endpointsAt = groupBy(model.endpoints, ({ network }) => network);
  const { networks, forwardingRules } = model;
  const answersOf = (network: VirtualNetwork): Lookup[] => {
    const own = new Set((endpointsAt.get(network) ?? []).map(({ service }) => service));
    return (byNetwork.get(network) ?? []).filter(
      ({ service, endpoints }) => isRegistry(service) || endpoints.length > 0 || own.has(service),
    );
  };
  const asking = [
    ...networks.flatMap((network) => (network.dnsServers ? [{ network, servers: network.dnsServers }] : [])),
    ...forwardingRules.flatMap((rule) => rule.networks.map((network) => ({ network, servers: rule.servers }))),
  ];
  return {
    ...{ model, lookups, roles, every },
    /** How many of something are drawn, where a picture draws so many. */
    most: (inPicture: number) => (every ? Infinity : inPicture),
    /** Addresses of endpoints that no record set returns. */
    unused: new Set(findings.flatMap(({ code, resources }) => (code === "endpoint-in-no-zone" ? resources : []))),
    /** By zone, the networks that it is linked to. */
    linked,
    /** Zones by the one network that they are linked to. */
    zonesAt: groupBy(linked.keys(), (zone) => (linked.get(zone)!.length === 1 ? linked.get(zone)![0] : undefined)),
    endpointsAt,
    machinesAt: groupBy(model.machines, ({ network }) => network),
    /** The endpoints that a zone returns. */
    returned: uniqueBy(lookups, ({ link, endpoints }) => endpoints.map((endpoint) => [link?.zone, endpoint])),
    /** The networks that ask DNS servers in a network. */
    asked: groupBy(asking, ({ servers }) => servers.network),
    lookupsOf: byNetwork as ReadonlyMap<VirtualNetwork, readonly Lookup[]>,
    /** What a network's DNS returns for names of services that it is expected to use. */
    answersOf,
    /** Those of them with a public address that lets the network in, or may do so. */
    publicAnswersOf: (network: VirtualNetwork): Lookup[] =>
      answersOf(network).filter((lookup) => lookup.isPublic && isReachable(lookup) !== false),
  };
}

/** Pairs as a map, with each second one once. */
function uniqueBy<T, K, V>(things: readonly T[], pairsOf: (thing: T) => readonly (readonly [K, V])[]): Map<K, V[]> {
  const groups = groupBy(
    things.flatMap(pairsOf),
    ([key]) => key,
    ([, value]) => value,
  );
  return new Map([...groups].map(([key, values]) => [key, unique(values)]));
}
