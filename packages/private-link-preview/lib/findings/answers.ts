import { groupBy, unique } from "../util/collections";
import type { NetworkModel, Registry, Zone } from "../model/network-model";
import type { Lookup } from "../resolver";
import {
  type Finding,
  error,
  warning,
  namesIn,
  networksIn,
  endpointsIn,
  recordAddresses,
  networkAddresses,
  pair,
  hostOf,
} from "./finding";
import { joinWords } from "../util/words";

export function answers({ zones, endpoints, registries }: NetworkModel, lookups: readonly Lookup[]): Finding[] {
  const missing = groupBy(
    lookups.filter((lookup) => isMissing(lookup, registries)),
    ({ link, registry }) => pair(link!.zone, registry),
  );
  const strays = groupBy(
    lookups.filter(({ strays }) => strays.length > 0),
    ({ link }) => link!.zone,
  );
  const mixed = groupBy(lookups.filter(isMixed), ({ link }) => link!.zone);
  const unreachable = groupBy(
    lookups.filter((lookup) => lookup.unreachable.length > 0),
    ({ network, registry }) => pair(network, registry),
  );
  const ownEndpoints = new Set(
    endpoints.flatMap(({ network, registry }) => (network ? [pair(network, registry)] : [])),
  );
  const foreign = groupBy(
    lookups.filter(
      (lookup) =>
        lookup.unreachable.length === 0 &&
        lookup.endpoints.some(({ network }) => network !== lookup.network) &&
        ownEndpoints.has(pair(lookup.network, lookup.registry)),
    ),
    ({ network, registry }) => pair(network, registry),
  );
  return [
    ...[...missing.values()].map((affected) => {
      const { link, registry } = affected[0]!;
      const then = affected.every((lookup) => lookup.link?.fallsBack)
        ? `the public address answers instead${registry.publicAccess === false ? ", which lets nobody in" : ""}`
        : "the name does not exist there";
      return error(
        "no-record",
        `${link!.zone.address} has no record of ${namesIn(affected)}, which ${networksIn(affected)} would ask it for: ${then}. Write a record set for it.`,
        [link!.zone.address, ...networkAddresses(affected)],
      );
    }),
    ...[...strays].map(([zone, affected]) =>
      error(
        "unknown-address",
        `${zone.address} answers ${namesIn(affected)} with ${joinWords(unique(affected.flatMap(({ strays }) => strays)))}, which no endpoint here has. Apply again, or look the address up by name.`,
        recordAddresses(affected),
      ),
    ),
    ...[...mixed].map(([zone, affected]) =>
      error(
        "mixed-record",
        `${zone.address} answers with ${endpointsIn(affected.flatMap(({ endpoints }) => endpoints))} at once, and ${networksIn(affected)} can't reach all of them: part of its answers go nowhere. Give each network a zone of its own, with its own endpoint.`,
        [
          ...recordAddresses(affected),
          ...unique(affected.flatMap(({ endpoints }) => endpoints.map(({ address }) => address))),
        ],
      ),
    ),
    ...[...unreachable.values()].map((affected) => {
      const { network, registry } = affected[0]!;
      const beyond = unique(affected.flatMap((lookup) => lookup.unreachable));
      return error(
        "unreachable-answer",
        `${network.name} gets addresses of ${registry.name} that it can't reach: ${endpointsIn(beyond)} ${beyond.length === 1 ? "lies in a network" : "lie in networks"} with which it is not peered both ways. ` +
          (network.dnsServers
            ? `Its DNS servers' network, ${network.dnsServers.network?.name ?? ""}, needs an endpoint of its own that answers there (in this project's settings: hub.endpoint).`
            : "Link it to a zone that answers with its own endpoint, or peer the networks."),
        [network.address, ...recordAddresses(affected), ...beyond.map(({ address }) => address)],
      );
    }),
    ...[...foreign.values()].map((affected) => {
      const { network } = affected[0]!;
      const others = unique(affected.flatMap(({ endpoints }) => endpoints)).filter(
        (endpoint) => endpoint.network !== network,
      );
      return warning(
        "answers-by-other-endpoint",
        `${network.name} has an endpoint of its own, but ${endpointsIn(others)} ${affected.some(({ endpoints }) => endpoints.some((endpoint) => endpoint.network === network)) ? "answers as well" : "answers"}: its pulls may take another network's link. A zone of its own would keep them here.`,
        [network.address, ...others.map(({ address }) => address)],
      );
    }),
    ...notInFile(
      zones,
      lookups.filter((lookup) => !isMissing(lookup, registries)),
    ),
  ];
}

/** Answers that hang on what is not in the file. */
function notInFile(zones: readonly Zone[], lookups: readonly Lookup[]): Finding[] {
  const unknown = lookups.filter(({ known }) => !known);
  const dnsNetworks = groupBy(
    unknown.filter(({ dnsNetwork, link }) => dnsNetwork && !dnsNetwork.managed && !link),
    ({ dnsNetwork }) => dnsNetwork!,
  );
  const lost = unique(unknown.flatMap(({ endpoints }) => endpoints)).filter(({ network }) => !network);
  return [
    ...[...dnsNetworks].map(([dnsNetwork, asked]) =>
      warning(
        "answer-not-known",
        `${networksIn(asked)} ${dnsNetwork === asked[0]!.network ? "is" : `gets what ${dnsNetwork.name} sees, which is`} not managed in this file, nor is it linked to a zone here: what it gets is not known.`,
        [dnsNetwork.address, ...networkAddresses(asked)],
      ),
    ),
    ...zones.flatMap((zone) => {
      const asked = unknown.filter(({ link, records }) => link?.zone === zone && records.length === 0);
      return zone.managed || asked.length === 0
        ? []
        : [
            warning(
              "answer-not-known",
              `${networksIn(asked)} asks ${zone.address}, which this file does not manage: what it answers is not known here.`,
              [zone.address, ...networkAddresses(asked)],
            ),
          ];
    }),
    ...lost.map(({ address, name }) =>
      warning(
        "answer-not-known",
        `In which network ${name} lies is not known here, so neither is who reaches it. Once it is applied, preview the state.`,
        [address],
      ),
    ),
  ];
}

/** Of a zone that is not managed here, only one in which other names of the registry are written is known to lack one. */
function isMissing({ link, records, endpoints, registry, known }: Lookup, registries: readonly Registry[]): boolean {
  if (!link || records.length + endpoints.length > 0) return false;
  const { zone } = link;
  return zone.managed ? known : zone.records.some((record) => hostOf(zone, record, registries)?.registry === registry);
}

/** Endpoints that register themselves overwrite each other; only what is written answers with several at once. */
function isMixed({ records, endpoints, unreachable }: Lookup): boolean {
  return records.length > 0 && endpoints.length > 1 && unreachable.length > 0;
}
