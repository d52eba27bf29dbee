import type { NetworkModel, Zone } from "../model/network-model";
import type { Lookup, Resolver } from "../resolver";
import { publicAddress } from "../text/public-address";
import { groupBy, unique } from "../../../common/util/collections";
import { joinWords } from "../../../common/util/words";
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
} from "./finding";

export function answers({ zones, endpoints }: NetworkModel, resolver: Resolver, lookups: readonly Lookup[]): Finding[] {
  const missing = groupBy(
    lookups.filter((lookup) => isMissing(lookup, resolver)),
    ({ link, service }) => pair(link!.zone, service),
  );
  const strays = groupBy(
    lookups.filter(({ captured, strays }) => !captured && strays.length > 0),
    ({ link }) => link!.zone,
  );
  const mixed = groupBy(lookups.filter(isMixed), ({ link }) => link!.zone);
  const unreachable = groupBy(
    lookups.filter((lookup) => lookup.unreachable.length > 0),
    ({ network, service }) => pair(network, service),
  );
  const ownEndpoints = new Set(endpoints.flatMap(({ network, service }) => (network ? [pair(network, service)] : [])));
  const foreign = groupBy(
    lookups.filter(
      (lookup) =>
        lookup.unreachable.length === 0 &&
        lookup.endpoints.some(({ network }) => network !== lookup.network) &&
        ownEndpoints.has(pair(lookup.network, lookup.service)),
    ),
    ({ network, service }) => pair(network, service),
  );
  return [
    ...[...missing.values()].map((affected) => {
      const { link, service } = affected[0]!;
      const then = affected.every((lookup) => lookup.link?.fallsBack)
        ? `resolves to ${publicAddress(service)}`
        : "does not resolve";
      return (affected.some(({ expected }) => expected) ? error : warning)(
        "no-record",
        `${link!.zone.address} has no record of ${namesIn(affected)}. In ${networksIn(affected)}, the name ${then}. Write a record set for it, or add the zone to the DNS zone group of the endpoint.`,
        [link!.zone.address, ...networkAddresses(affected)],
      );
    }),
    ...[...strays].map(([zone, affected]) =>
      error(
        "unknown-address",
        `${zone.address} returns ${joinWords(unique(affected.flatMap(({ strays }) => strays)))} for ${namesIn(affected)}, which no private endpoint in this file has. Apply again, or look the address up by the host name.`,
        recordAddresses(affected),
      ),
    ),
    ...[...mixed].map(([zone, affected]) =>
      error(
        "mixed-record",
        `${zone.address} returns the addresses of ${endpointsIn(affected.flatMap(({ endpoints }) => endpoints))} together, and ${networksIn(affected)} can't reach all of them, so part of the connections fail. Give each network a zone of its own, with its own endpoint.`,
        [
          ...recordAddresses(affected),
          ...unique(affected.flatMap(({ endpoints }) => endpoints.map(({ address }) => address))),
        ],
      ),
    ),
    ...[...unreachable.values()].map((affected) => {
      const { network, service } = affected[0]!;
      const beyond = unique(affected.flatMap((lookup) => lookup.unreachable));
      return error(
        "unreachable-answer",
        `The DNS of ${network.name} returns addresses of ${service.name} that the network can't reach: ${endpointsIn(beyond)} ${beyond.length === 1 ? "is in a network" : "are in networks"} with which it is not connected: neither peered in both directions, nor by Virtual WAN or Virtual Network Manager. ` +
          (network.dnsServers
            ? `Give the network of its DNS servers, ${network.dnsServers.network?.name ?? ""}, an endpoint of its own.`
            : "Link the network to a zone with its own endpoint, or peer the networks."),
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
        `${network.name} has an endpoint of its own, but its DNS ${affected.some(({ endpoints }) => endpoints.some((endpoint) => endpoint.network === network)) ? "also returns" : "returns"} ${endpointsIn(others)}, so traffic may cross a peering. Give the network a zone of its own with its own endpoint.`,
        [network.address, ...others.map(({ address }) => address)],
      );
    }),
    ...notInFile(
      zones,
      lookups.filter((lookup) => !lookup.captured && !isMissing(lookup, resolver)),
    ),
  ];
}

/** Answers that depend on something that is not in the file. */
function notInFile(zones: readonly Zone[], lookups: readonly Lookup[]): Finding[] {
  const unknown = lookups.filter(({ known }) => !known);
  const dnsNetworks = groupBy(
    unknown.filter(({ dnsNetwork, link }) => dnsNetwork && !dnsNetwork.managed && !link),
    ({ dnsNetwork }) => dnsNetwork!,
  );
  const without = groupBy(
    unknown.filter(({ records }) => records.length === 0),
    ({ link }) => link?.zone,
  );
  const lost = unique(unknown.flatMap(({ endpoints }) => endpoints)).filter(({ network }) => !network);
  return [
    ...[...dnsNetworks].map(([dnsNetwork, asked]) =>
      warning(
        "answer-not-known",
        `What the DNS of ${networksIn(asked)} returns is not known from this file: ${dnsNetwork === asked[0]!.network ? "the network" : `its DNS servers are in ${dnsNetwork.name}, which`} is not managed here, and linked to no zone of this file.`,
        [dnsNetwork.address, ...networkAddresses(asked)],
      ),
    ),
    ...zones.flatMap((zone) => {
      const asked = without.get(zone) ?? [];
      return zone.managed || asked.length === 0
        ? []
        : [
            warning(
              "answer-not-known",
              `What the DNS of ${networksIn(asked)} returns is not known from this file: the zone ${zone.address} is not managed here.`,
              [zone.address, ...networkAddresses(asked)],
            ),
          ];
    }),
    ...lost.map(({ address, name }) =>
      warning(
        "answer-not-known",
        `The network of ${name} is (known after apply), so it is not known which networks reach it. Preview the state after the apply.`,
        [address],
      ),
    ),
  ];
}

/** A zone that is not managed here lacks a record for certain only if this file writes other names of the service there. */
function isMissing({ captured, link, records, endpoints, service, known }: Lookup, resolver: Resolver): boolean {
  if (captured || !link || records.length + endpoints.length > 0) return false;
  return link.zone.managed ? known : resolver.servicesIn(link.zone).has(service);
}

/** Endpoints with zone groups overwrite each other, so only a record set that is written holds several endpoints. */
function isMixed({ records, endpoints, unreachable }: Lookup): boolean {
  return records.length > 0 && endpoints.length > 1 && unreachable.length > 0;
}
