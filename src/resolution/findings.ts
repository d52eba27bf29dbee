import { MAX_RECORDS } from "../azure/limits";
import { groupBy, unique } from "../collections";
import type { Endpoint, NetworkModel, RecordSet, Registry, Zone } from "./network-model";
import type { Lookup, Resolver } from "./resolver";

/** What can be wrong with a network, or is worth knowing of it. */
export type FindingCode =
  | "answer-not-known"
  | "answers-by-other-endpoint"
  | "dangling-record"
  | "dns-server-not-known"
  | "dns-server-unreachable"
  | "endpoint-in-no-zone"
  | "endpoints-overwrite"
  | "manual-approval"
  | "mixed-record"
  | "module-not-read"
  | "no-record"
  | "no-registry"
  | "no-zone"
  | "one-sided-peering"
  | "peering-not-known"
  | "record-by-position"
  | "registers-elsewhere"
  | "registry-name-not-known"
  | "self-registering-endpoint"
  | "too-many-records"
  | "two-zones"
  | "unknown-address"
  | "unreachable-answer"
  | "wrong-address"
  | "zone-bypassed";

/** One thing wrong, or worth knowing, with what to do about it. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: "error" | "warning";
  readonly message: string;
  /** Terraform addresses of what is involved. */
  readonly resources: readonly string[];
}

/** All findings, causes before effects. */
export function findingsOf(model: NetworkModel, resolver: Resolver, lookups: readonly Lookup[]): Finding[] {
  return [
    ...notRead(model),
    ...unplaced(model),
    ...peerings(model, resolver),
    ...dnsServers(model, resolver, lookups),
    ...zoneLinks(model, resolver, lookups),
    ...records(model, resolver),
    ...endpoints(model, resolver),
    ...answers(model, resolver, lookups),
  ];
}

function notRead({ unreadModules, unnamedRegistries, registries, endpoints }: NetworkModel): Finding[] {
  return [
    ...unreadModules.map((module) =>
      warning(
        "module-not-read",
        `What ${module} makes is not in this file. Preview the plan instead: terraform show -json PLAN.`,
        [module],
      ),
    ),
    ...unnamedRegistries.map((registry) =>
      warning(
        "registry-name-not-known",
        `The name of ${registry} is not known yet, so its host names are not either. Give it a plain text.`,
        [registry],
      ),
    ),
    ...(registries.length + endpoints.length + unnamedRegistries.length === 0
      ? [
          error(
            "no-registry",
            "There is no container registry here, so there is nothing to resolve. Is this the right file, and is it deployed?",
            [],
          ),
        ]
      : []),
  ];
}

function unplaced({ unplaced }: NetworkModel): Finding[] {
  if (unplaced.length === 0) return [];
  return [
    warning(
      "answer-not-known",
      `What ${list(unplaced)} ${unplaced.length === 1 ? "joins" : "join"} is not known yet, so some answers are not either. Once it is applied, preview the state.`,
      unplaced,
    ),
  ];
}

function peerings({ peerings, unplaced, unreadModules }: NetworkModel, resolver: Resolver): Finding[] {
  return peerings
    .filter(({ from, to, allowed }) => allowed && !resolver.hasPeering(to, from))
    .map(({ address, from, to }) => {
      const seen = from.managed && to.managed && unplaced.length + unreadModules.length === 0;
      const advice = seen
        ? `Add the peering from ${to.name} to ${from.name}, with access allowed.`
        : `See that ${to.name} has one back, which this file does not show.`;
      return (seen ? error : warning)(
        "one-sided-peering",
        `${from.name} is peered with ${to.name}, but ${to.name} not with ${from.name}: no traffic flows. ${advice}`,
        [address, to.address],
      );
    });
}

function dnsServers({ networks }: NetworkModel, resolver: Resolver, lookups: readonly Lookup[]): Finding[] {
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

function zoneLinks({ registries }: NetworkModel, resolver: Resolver, lookups: readonly Lookup[]): Finding[] {
  const views = new Set(lookups.flatMap(({ view }) => (view ? [view] : [])));
  const ambiguous = [...views].flatMap((network) => {
    const links = new Set(registries.flatMap((registry) => resolver.linksFor(network, registry)));
    return [...groupBy(links, ({ zone }) => zone.name)].flatMap(([name, linked]) =>
      linked.length < 2
        ? []
        : [
            error(
              "two-zones",
              `${network.name} is linked to ${linked.length} zones named ${name}; Azure lets a network have one of a name. Keep the link to the zone with its own endpoint.`,
              [network.address, ...linked.flatMap(({ address, zone }) => [address, zone.address])],
            ),
          ],
    );
  });
  const missing = groupBy(
    lookups.filter(({ network, view, link, known }) => view && !link && known && resolver.connected(network, view)),
    ({ network, registry }) => pair(network, registry),
  );
  return [
    ...ambiguous,
    ...[...missing.values()].map(([lookup]) => {
      const { network, registry, view } = lookup!;
      const whose = view === network ? network.name : `${view?.name ?? ""}, which answers for ${network.name},`;
      const then = `its names lead to the public address${registry.publicAccess === false ? ", which lets nobody in" : ""}`;
      return (registry.publicAccess ? warning : error)(
        "no-zone",
        `${whose} is linked to no zone that has the names of ${registry.name}: ${then}. Link it to the zone ${registry.cloud.privateLinkZone} with its own endpoint.`,
        [network.address, registry.address],
      );
    }),
  ];
}

function records({ zones, registries, endpoints, form, unreadModules }: NetworkModel, resolver: Resolver): Finding[] {
  const complete = form === "configuration" && unreadModules.length === 0;
  return zones.flatMap((zone) => {
    const ours = zone.records.flatMap((record) => {
      const found = hostOf(zone, record, registries);
      return found ? [{ record, ...found }] : [];
    });
    const unread = ours.filter(
      ({ record, registry }) =>
        !resolver.isFollowed(record, registry) || (record.addresses.length === 0 && record.lost.length > 0),
    );
    const unsure = unread.filter(
      ({ record }) => !complete || record.addresses.length + record.readFromOneOf.length > 0,
    );
    const dangling = unread.filter((found) => !unsure.includes(found));
    return [
      ...ours.flatMap(({ record, fqdn, registry }) => [
        ...(record.byPosition.length > 0
          ? [
              error(
                "record-by-position",
                `The record of ${fqdn} takes its address by position (${record.byPosition.join(", ")}); an endpoint's addresses come in any order. Look it up by the name instead.`,
                [record.address],
              ),
            ]
          : []),
        ...(record.size > MAX_RECORDS
          ? [
              error(
                "too-many-records",
                `The record set of ${fqdn} holds ${record.size} addresses; Azure allows ${MAX_RECORDS}. Split the networks into more zones.`,
                [record.address],
              ),
            ]
          : []),
        ...wrongAddresses(record, fqdn, registry, endpoints),
      ]),
      ...(dangling.length === 0
        ? []
        : [
            error(
              "dangling-record",
              `What ${list(dangling.map(({ fqdn }) => fqdn))} will answer in ${zone.address} can't be followed to an endpoint. Read the addresses from an endpoint that is there.`,
              dangling.flatMap(({ record }) => [record.address, ...record.lost]),
            ),
          ]),
      ...(unsure.length === 0
        ? []
        : [
            warning(
              "answer-not-known",
              `What ${list(unsure.map(({ fqdn }) => fqdn))} will answer in ${zone.address} can't be followed to an endpoint. Once it is applied, preview the state.`,
              unsure.flatMap(({ record }) => [record.address, ...record.lost]),
            ),
          ]),
    ];
  });
}

function wrongAddresses(
  record: RecordSet,
  fqdn: string,
  registry: Registry,
  endpoints: readonly Endpoint[],
): Finding[] {
  const others = unique(record.picksBy).filter(
    (name) => name !== fqdn && registry.hosts.some((host) => host.fqdn === name),
  );
  const candidates = endpoints.filter((endpoint) => endpoint.registry === registry && endpoint.addresses.size > 0);
  const found = record.addresses.flatMap((address) => {
    const names = candidates
      .filter((endpoint) => record.readFrom.length === 0 || record.readFrom.includes(endpoint))
      .flatMap((endpoint) =>
        [...endpoint.addresses].flatMap(([host, addresses]) => (addresses.includes(address) ? [host] : [])),
      );
    return names.length > 0 && !names.includes(fqdn) ? [`${address} (of ${list([...new Set(names)])})`] : [];
  });
  const wrong = [...others.map((name) => `the address of ${name}`), ...found];
  if (wrong.length === 0) return [];
  return [
    error(
      "wrong-address",
      `The record of ${fqdn} holds ${list(wrong)}: another name's. Look its address up by ${fqdn}.`,
      [record.address],
    ),
  ];
}

function endpoints({ endpoints, zones, registries, form, unreadModules }: NetworkModel, resolver: Resolver): Finding[] {
  const written = zones.flatMap((zone) =>
    zone.records.flatMap((record) => {
      const found = hostOf(zone, record, registries);
      if (!found) return [];
      const { registry } = found;
      return [{ zone, record, registry, endpoints: resolver.endpointsIn(record, registry) }];
    }),
  );
  const answering = new Set(written.flatMap(({ record, endpoints }) => [...endpoints, ...record.readFromOneOf]));
  // A record that can't be followed may answer with any endpoint.
  const mayAnswer = new Set(
    written
      .filter(({ record, registry }) => !resolver.isFollowed(record, registry))
      .filter(({ record }) => form !== "configuration" || record.addresses.length > 0)
      .map(({ registry }) => registry),
  );
  const zonesWithRecords = new Set(written.map(({ zone, registry }) => pair(zone, registry)));
  const byZone = groupBy(
    endpoints.flatMap((endpoint) => endpoint.registersIn.map((zone) => ({ zone, endpoint }))),
    ({ zone, endpoint }) => pair(zone, endpoint.registry),
  );
  return [
    ...endpoints
      .filter((endpoint) => !answering.has(endpoint) && endpoint.registersIn.length === 0)
      .filter(({ registry }) => unreadModules.length === 0 && !mayAnswer.has(registry))
      .map(({ address, name, network }) =>
        error(
          "endpoint-in-no-zone",
          `No record answers with ${name}${network ? ` in ${network.name}` : ""}, so nobody uses it. Write its addresses into the zone of its network.`,
          [address],
        ),
      ),
    ...[...byZone.values()].flatMap((registrations) => {
      const { zone, endpoint } = registrations[0]!;
      const registered = registrations.map(({ endpoint }) => endpoint);
      const addresses = [...registered.map(({ address }) => address), zone.address];
      if (zonesWithRecords.has(pair(zone, endpoint.registry))) {
        return [
          error(
            "self-registering-endpoint",
            `${list(registered.map(({ name }) => name))} ${registered.length === 1 ? "registers itself" : "register themselves"} in ${zone.address} beside the records that are written there, and ${registered.length === 1 ? "overwrites" : "overwrite"} them. Remove the private_dns_zone_group.`,
            addresses,
          ),
        ];
      }
      if (registered.length > 1) {
        return [
          error(
            "endpoints-overwrite",
            `${list(registered.map(({ name }) => name))} register themselves in one zone, ${zone.address}: each overwrites the others' records, and one is left. Remove their private_dns_zone_group and write the records.`,
            addresses,
          ),
        ];
      }
      if (!zone.managed && answering.has(registered[0]!)) {
        return [
          warning(
            "registers-elsewhere",
            `${registered[0]!.name} also registers itself in ${zone.address}, which is not in this file: a policy's doing, most likely. It does no harm as long as no network here is linked to that zone.`,
            addresses,
          ),
        ];
      }
      return [];
    }),
    ...endpoints
      .filter(({ manual }) => manual)
      .map(({ address, name, registry }) =>
        warning(
          "manual-approval",
          `${name} works only once the owner of ${registry.name} has approved its connection.`,
          [address],
        ),
      ),
  ];
}

function answers(
  { zones, endpoints, registries }: NetworkModel,
  resolver: Resolver,
  lookups: readonly Lookup[],
): Finding[] {
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
        `${zone.address} answers ${namesIn(affected)} with ${list(unique(affected.flatMap(({ strays }) => strays)))}, which no endpoint here has. Apply again, or look the address up by name.`,
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
    ...peeringsOnTrust(resolver, lookups),
    ...notInFile(
      zones,
      lookups.filter((lookup) => !isMissing(lookup, registries)),
    ),
  ];
}

function peeringsOnTrust(resolver: Resolver, lookups: readonly Lookup[]): Finding[] {
  const relied = lookups.flatMap(({ network, endpoints }) =>
    endpoints.flatMap(({ network: other }) => (other && resolver.onTrust(network, other) ? [{ network, other }] : [])),
  );
  return [...groupBy(relied, ({ network, other }) => pair(network, other)).values()].map((pairs) => {
    const { network, other } = pairs[0]!;
    return warning(
      "peering-not-known",
      `${network.name} is answered with an endpoint in ${other.name}. Neither network is managed by this file: see that they are peered both ways.`,
      [network.address, other.address],
    );
  });
}

/** Answers that hang on what is not in the file. */
function notInFile(zones: readonly Zone[], lookups: readonly Lookup[]): Finding[] {
  const unknown = lookups.filter(({ known }) => !known);
  const views = groupBy(
    unknown.filter(({ view, link }) => view && !view.managed && !link),
    ({ view }) => view!,
  );
  const lost = unique(unknown.flatMap(({ endpoints }) => endpoints)).filter(({ network }) => !network);
  return [
    ...[...views].map(([view, asked]) =>
      warning(
        "answer-not-known",
        `${networksIn(asked)} ${view === asked[0]!.network ? "is" : `gets what ${view.name} sees, which is`} not managed in this file, nor is it linked to a zone here: what it gets is not known.`,
        [view.address, ...networkAddresses(asked)],
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

/** Whether all that a lookup answers is there, right and reachable. */
export function isGood({ endpoints, unreachable, strays, known }: Lookup): boolean {
  return known && endpoints.length > 0 && unreachable.length === 0 && strays.length === 0;
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

/** Which host name of which registry a record set is for. */
function hostOf(
  zone: Zone,
  record: RecordSet,
  registries: readonly Registry[],
): { fqdn: string; registry: Registry } | undefined {
  const name = `${record.name}.${zone.name}`;
  for (const registry of registries) {
    const host = registry.hosts.find(({ record }) => `${record}.${registry.cloud.privateLinkZone}` === name);
    if (host) return { fqdn: host.fqdn, registry };
  }
  return undefined;
}

// Words.

function error(code: FindingCode, message: string, resources: readonly string[]): Finding {
  return { code, severity: "error", message, resources: unique(resources) };
}

function warning(code: FindingCode, message: string, resources: readonly string[]): Finding {
  return { code, severity: "warning", message, resources: unique(resources) };
}

function namesIn(lookups: readonly Lookup[]): string {
  return list(unique(lookups.map(({ host }) => host.fqdn)));
}

function networksIn(lookups: readonly Lookup[]): string {
  return list(unique(lookups.map(({ network }) => network.name)));
}

function endpointsIn(endpoints: readonly Endpoint[]): string {
  return list(unique(endpoints).map(({ name, network }) => (network ? `${name} (in ${network.name})` : name)));
}

function recordAddresses(lookups: readonly Lookup[]): string[] {
  return unique(lookups.flatMap(({ records }) => records.map(({ address }) => address)));
}

function networkAddresses(lookups: readonly Lookup[]): string[] {
  return unique(lookups.map(({ network }) => network.address));
}

/** "a", "a and b", "a, b and c"; the tail of a long list is counted. */
function list(words: readonly string[]): string {
  const shown = words.length > 6 ? [...words.slice(0, 5), `${words.length - 5} more`] : words;
  return shown.length < 2 ? (shown[0] ?? "") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

function pair(a: { address: string }, b: { address: string }): string {
  return `${a.address} ${b.address}`;
}
