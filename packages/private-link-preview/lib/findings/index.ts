import type { Cause } from "../cause";
import { type NetworkModel, isRegistry } from "../model/network-model";
import type { Resolver } from "../resolver";
import type { Lookup } from "../trace";
import { FINDING_CODES, type FindingCode, type FindingHelp } from "./codes";
import type { Finding } from "./finding";
import { REASONS, codeOf } from "./reasons";
import type { Context, Words } from "./said";
import { linksWithoutFallback } from "./zones";
import { groupBy, unique } from "../../../common/util";

/** What to do about findings, in place of what the codes say: of those who know how the networks came to be. */
export type Remedies = Partial<Readonly<Record<FindingCode, string>>>;

/** What is said of a code, with what those advise who know how the networks came to be. */
export function helpOf(code: FindingCode, { [code]: fix = FINDING_CODES[code].fix }: Remedies): FindingHelp {
  return { ...FINDING_CODES[code], fix };
}

/** All findings, causes before effects, and each by its cause. */
export function findingsOf(
  model: NetworkModel,
  resolver: Resolver,
  lookups: readonly Lookup[],
  remedies: Remedies = {},
): ReadonlyMap<Cause, Finding> {
  const affected = groupBy(
    lookups.flatMap((lookup) =>
      unique(lookup.trace.flatMap(({ causes }) => causes)).map((cause) => ({ cause, lookup })),
    ),
    ({ cause }) => cause,
    ({ lookup }) => lookup,
  );
  const order = new Map(Object.keys(REASONS).map((name, index) => [name, index]));
  const context = { model, resolver, lookups };
  const causes = [...resolver.zones.faults.all, ...affected.keys(), ...causesOfFile(model, resolver, lookups)];
  const found = unique(causes)
    .sort((a, b) => order.get(a.name)! - order.get(b.name)!)
    .flatMap((cause) => {
      const finding = findingOf(cause, affected.get(cause) ?? [], context, remedies);
      return finding ? [[cause, finding] as const] : [];
    });
  return new Map(found);
}

function findingOf(
  cause: Cause,
  affected: readonly Lookup[],
  context: Context,
  remedies: Remedies,
): Finding | undefined {
  const words = REASONS[cause.name] as Words<typeof cause.name>;
  const said = words(cause.subjects, affected, context);
  if (!said) return undefined;
  const code = codeOf(cause.name);
  const { severity, fix } = FINDING_CODES[code];
  return {
    code,
    severity: said.severity ?? severity,
    message: `${said.problem} ${remedies[code] ?? said.remedy ?? fix}`,
    resources: unique(said.resources),
    page: `private-link-preview/findings.md#${code}`,
  };
}

/** What is wrong with a file, its endpoints and its peerings, whoever asks. */
function* causesOfFile(
  model: NetworkModel,
  { causes, zones, connections }: Resolver,
  lookups: readonly Lookup[],
): Iterable<Cause> {
  const { reachability } = connections;
  const { faults, records } = zones;
  const { networks, endpoints, peerings, registries, unread, notRead, gap, conflicts, unplaced, form } = model;
  for (const one of notRead) yield causes.ofNotRead(one);
  for (const conflict of conflicts) yield causes.of("files-differ", ...conflict);
  for (const { of } of unread) yield causes.of("service-not-known", of);
  if (endpoints.length === 0 && registries.every(({ publicAccess }) => publicAccess === "not known"))
    yield causes.of("no-endpoint");
  if (lookups.length === 0 && (networks.length === 0 || endpoints.length > 0)) yield causes.of("no-network");
  if (unplaced.length > 0 && lookups.length > 0) yield causes.of("ends-not-known");
  for (const peering of peerings) {
    const { from, to, allowed } = peering;
    // Another finding tells of peerings of which an end is not known.
    if (allowed && !reachability.mayLetIn(to, from) && !reachability.mayBePeered(from, to))
      yield causes.of("one-sided-peering", peering);
    if (peering.outOfSync) yield causes.of("peering-out-of-sync", peering);
  }
  if (linksWithoutFallback(model).length > 0) yield causes.of("link-without-fallback");
  // A record whose expression can't be followed may hold any endpoint's address.
  const mayHold = new Set(
    faults.records
      .filter(({ record, service }) => !records.isFollowed(record, service))
      .filter(({ record }) => form !== "configuration" || record.addresses.length > 0)
      .map(({ service }) => service),
  );
  for (const zone of model.zones) if (faults.staleIn(zone).length > 0) yield causes.of("stale-record", zone);
  for (const endpoint of endpoints) {
    const { hosts, registersIn, mayRegisterIn, zonesHidden, otherZones, policy, service, approval, staticMembers } =
      endpoint;
    for (const zone of otherZones) yield causes.of("zone-of-other-names", zone, service);
    for (const [name, { length }] of groupBy(registersIn, (zone) => zone.name))
      if (length > 1) yield causes.of("zones-of-one-name", endpoint, name);
    if (hosts.length === 0) yield causes.of("names-of-owner", endpoint);
    const isRecorded =
      faults.recorded.has(endpoint) ||
      registersIn.length + mayRegisterIn.length + zonesHidden.length > 0 ||
      otherZones.length > 0 ||
      policy !== undefined;
    if (hosts.length > 0 && !isRecorded && !gap && !mayHold.has(service))
      yield causes.of("endpoint-in-no-zone", endpoint);
    if (approval !== "approved") yield causes.of("manual-approval", endpoint);
    if (staticMembers.length > 0 && isRegistry(service) && service.regions.length > 1)
      yield causes.of("static-addresses", endpoint);
  }
  for (const registry of registries)
    if (registry.regional && !registry.regionalForSure) yield causes.of("regional-name-without-record", registry);
}
