import { FINDING_CODES } from "../findings/codes";
import { type Finding, networksOf } from "../findings/finding";
import { isBlocking } from "../findings/ignore";
import { type VirtualNetwork, isRegistry } from "../model/network-model";
import type { Preview } from "../preview";
import { AZURE, type Lookup, firstNotReachable, isReachable } from "../trace";
import { answerText, reachableText } from "../text/answers";
import { groupBy } from "../../../common/util/collections";
import { count, joinWords } from "../../../common/util/words";
import { type ToldStep, toldSteps } from "../text/steps";
import { type Connection, connectionsOf, groupsOf } from "./groups";
import type { PageData, PageFinding, PageState, PageStep, PageWay } from "./page-data";

/** What of a preview a report shows. */
export type Reported = Pick<Preview, "model" | "lookups" | "findings" | "findingAt">;

/** What the page says of where it comes from. */
export interface About {
  readonly title: string;
  readonly source: string;
  readonly version: string;
}

/** Most ways in a page: those that are right are left out first. */
const MOST_WAYS = 40_000;

const REACHABLE = ["yes", "no", "in part", "not known"] as const;

/** Whether the addresses are reached, by its index; 4 where they are, and what is reported of a step breaks the way. */
function reachableIn(lookup: Lookup): PageWay[2] {
  return REACHABLE.indexOf(reachableText(lookup)) as PageWay[2];
}

/** What the page of a preview shows. */
export function pageData({ model, lookups, findings, findingAt }: Reported, about: About): PageData {
  const { networks, zones, endpoints, services, links } = model;
  const networkAt = indexOf(networks);
  const zoneAt = indexOf(zones);
  const endpointAt = indexOf(endpoints);
  const serviceAt = indexOf(services);
  const names = new Numbered<{ fqdn: string; service: number }>(({ fqdn, service }) => `${service} ${fqdn}`);
  const answers = new Numbered<string>();
  const resources = new Numbered<string>();
  const steps = new Numbered<PageStep>((step) => step.join("|"));

  const shown = firstNotReachable(lookups, MOST_WAYS);
  const ways = networks.map((): PageWay[] => []);
  const placeOf = new Map<Finding, { place: readonly [number, number]; broken: boolean }>();
  for (const lookup of shown) {
    const network = networkAt(lookup.network);
    const name = names.of({ fqdn: lookup.host.fqdn, service: serviceAt(lookup.service) });
    const taken = toldSteps(lookup);
    for (const step of taken) {
      const broken = step.state !== "right";
      for (const finding of step.causes.flatMap((cause) => findings[findingAt.get(cause) ?? -1] ?? []))
        if (!placeOf.has(finding) || (broken && !placeOf.get(finding)!.broken))
          placeOf.set(finding, { place: [network, name], broken });
    }
    const homes = lookup.endpoints.flatMap((endpoint) => (endpoint.network ? [networkAt(endpoint.network)] : []));
    ways[network]!.push([
      name,
      answers.of(answerText(lookup)),
      reachableIn(lookup),
      lookup.servedBy.filter((region) => region !== AZURE).join(" or "),
      // The page writes the first step by itself: its text is another one in each way.
      taken.slice(1).map((step) => steps.of(pageStep(step, resources, findingAt))),
      lookup.dnsNetwork ? networkAt(lookup.dnsNetwork) : -1,
      [...new Set(homes)],
    ]);
  }

  const sums = sumsOf(lookups);
  const representative = new Map(
    [...alikeOf(lookups)].flatMap(([network, alike]) => alike.map((other) => [other, network] as const)),
  );
  const connections = connectionsOf(model);
  const groups = groupsOf(model, connections);
  const inGroups = new Set(
    groups.flatMap(({ hub, members }) => (hub ? members.map(({ network }) => pairOf(hub, network)) : [])),
  );
  const meshOf = new Map(
    groups.flatMap((group) => (group.mesh ? group.members.map(({ network }) => [network, group] as const) : [])),
  );
  const ofGroup = groups.flatMap(({ hub, title, members }) =>
    hub ? [] : members.flatMap(({ network, by }) => (by === "" ? [] : [{ network, text: `${title}: ${by}` }])),
  );
  const hubTexts = groupBy(ofGroup, ({ network }) => network);
  const connectionTexts = textsOf(connections);
  const zonesOf = groupBy(links, ({ network }) => network);
  const linkedTo = groupBy(links, ({ zone }) => zone);
  const endpointsOf = groupBy(endpoints, ({ network }) => network);
  const networkNamed = indexOf(networks.map(({ address }) => address));
  const firstName = (network: number) => ways[network]?.[0]?.[0];

  return {
    ...about,
    ...summary(networks, lookups, findings),
    leftOut:
      shown.length < lookups.length
        ? `This page holds ${shown.length} of ${lookups.length} answers: first those that are not reachable or not known. Print all with --format json.`
        : "",
    networks: networks.map((network) => {
      const sameAs = representative.get(network);
      return {
        address: network.address,
        name: network.name,
        region: network.location ?? "",
        ranges: network.addressSpace,
        managed: network.managed,
        dns: dnsText(network),
        connected: [...(hubTexts.get(network) ?? []).map(({ text }) => text), ...(connectionTexts.get(network) ?? [])],
        zones: [...new Set((zonesOf.get(network) ?? []).map(({ zone }) => zoneAt(zone)))],
        endpoints: (endpointsOf.get(network) ?? []).map(endpointAt),
        ...(sameAs && { sameAs: networkAt(sameAs) }),
        sums: sums.get(network) ?? [0, 0, 0],
      };
    }),
    groups: groups.map(({ hub, title, members, mesh }) => ({
      ...(hub && { hub: networkAt(hub) }),
      title,
      members: members.map(({ network, by, broken }) => ({ network: networkAt(network), by, broken })),
      mesh,
    })),
    lines: connections
      .filter(({ from, to }) => !inGroups.has(pairOf(from, to)) && !inGroups.has(pairOf(to, from)))
      // A mesh is drawn as such: the lines between all of its networks would be half a million of a thousand networks.
      .filter(({ from, to }) => meshOf.get(from) === undefined || meshOf.get(from) !== meshOf.get(to))
      .map(({ from, to, broken }) => [networkAt(from), networkAt(to), broken] as const),
    zones: zones.map((zone) => ({
      address: zone.address,
      name: zone.name,
      managed: zone.managed,
      records: zone.records.length,
      networks: [...new Set((linkedTo.get(zone) ?? []).map(({ network }) => networkAt(network)))],
    })),
    services: services.map((service) => ({
      address: service.address,
      name: service.name,
      label: service.label,
      regions: isRegistry(service) ? service.regions : [],
    })),
    endpoints: endpoints.map((endpoint) => ({
      address: endpoint.address,
      name: endpoint.name,
      network: endpoint.network ? networkAt(endpoint.network) : -1,
      service: serviceAt(endpoint.service),
      addresses: [...endpoint.addresses].map(([host, its]) => [host, its.join(", ")] as const),
    })),
    names: names.values,
    answers: answers.values,
    resources: resources.values,
    steps: steps.values,
    ways,
    findings: findings.map((finding): PageFinding => {
      const { code, severity, message, ignored = false, reason = "" } = finding;
      const network = finding.resources.map(networkNamed).find((found) => found >= 0) ?? -1;
      const name = firstName(network);
      const way = placeOf.get(finding)?.place ?? (name === undefined ? undefined : ([network, name] as const));
      return { code, severity, message, resources: finding.resources, ignored, reason, ...(way && { way }) };
    }),
    help: Object.fromEntries(
      [...new Set(findings.map(({ code }) => code))].map((code) => {
        const { means, fix, ignore } = FINDING_CODES[code];
        return [code, { means, fix, ignore }];
      }),
    ),
  };
}

/** Values without repetition, by their numbers. */
class Numbered<T> {
  public readonly values: T[] = [];
  private readonly numbers = new Map<string, number>();

  constructor(private readonly keyOf: (value: T) => string = String) {}

  public of(value: T): number {
    const key = this.keyOf(value);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.values.length);
    return this.values.push(value) - 1;
  }
}

function indexOf<T>(values: readonly T[]): (value: T) => number {
  const numbers = new Map(values.map((value, index) => [value, index]));
  return (value) => numbers.get(value) ?? -1;
}

function pageStep(step: ToldStep, resources: Numbered<string>, findingAt: Reported["findingAt"]): PageStep {
  const { kind, state, text, causes } = step;
  return [
    kind,
    STATES[state],
    text,
    step.resources.map((resource) => resources.of(resource)),
    causes.flatMap((cause) => findingAt.get(cause) ?? []),
  ];
}

const STATES: Readonly<Record<ToldStep["state"], PageState>> = { right: 0, broken: 1, "not known": 2 };

type Sums = readonly [right: number, broken: number, unknown: number];

function sumsOf(lookups: readonly Lookup[]): ReadonlyMap<VirtualNetwork, Sums> {
  const alike = alikeOf(lookups);
  return new Map(
    [...groupBy(lookups, ({ network }) => network)].flatMap(([network, its]) => {
      const sums: [number, number, number] = [0, 0, 0];
      for (const lookup of its) sums[stateOf(lookup)]++;
      return [network, ...(alike.get(network) ?? [])].map((one) => [one, sums] as const);
    }),
  );
}

/** By network of which there are answers, those that get the same. */
function alikeOf(lookups: readonly Lookup[]): ReadonlyMap<VirtualNetwork, readonly VirtualNetwork[]> {
  return new Map(lookups.map(({ network, alike = [] }) => [network, alike]));
}

function stateOf(lookup: Lookup): PageState {
  const reachable = isReachable(lookup);
  return reachable === undefined ? 2 : reachable ? 0 : 1;
}

function summary(
  networks: readonly VirtualNetwork[],
  lookups: readonly Lookup[],
  findings: Reported["findings"],
): Pick<PageData, "headline" | "state" | "counts"> {
  const [right, broken, unknown] = [...sumsOf(lookups).values()].reduce<Sums>(
    ([a, b, c], [d, e, f]) => [a + d, b + e, c + f],
    [0, 0, 0],
  );
  const all = right + broken + unknown;
  const asking = networksOf(lookups).length;
  const judged = findings.filter(({ ignored }) => ignored !== true);
  const errors = judged.filter(isBlocking).length;
  const ignored = findings.length - judged.length;
  const headline =
    all === 0
      ? "No network asks for the name of a private endpoint"
      : broken > 0
        ? `${broken} of ${count(all, "answer")} ${broken === 1 ? "is" : "are"} not reachable`
        : unknown > 0
          ? `${unknown} of ${count(all, "answer")} ${unknown === 1 ? "is" : "are"} not known from this file`
          : errors > 0
            ? `${count(errors, "error")}, although each network reaches its answers`
            : "Each network reaches all of its answers";
  return {
    headline,
    state: broken > 0 || errors > 0 ? 1 : unknown > 0 || all === 0 ? 2 : 0,
    counts: [
      asking === networks.length
        ? count(asking, "network")
        : `${asking} of ${count(networks.length, "network")} ${asking === 1 ? "asks" : "ask"} for names`,
      count(new Set(lookups.map(({ host }) => host.fqdn)).size, "name"),
      count(all, "answer"),
      count(errors, "error"),
      count(judged.length - errors, "warning"),
      ...(ignored > 0 ? [`${ignored} ignored`] : []),
    ],
  };
}

function dnsText({ dnsServers, managed, name }: VirtualNetwork): string {
  if (!dnsServers) return managed ? "Azure's DNS" : "Azure's DNS, as far as this file shows";
  const { firewall, network, addresses } = dnsServers;
  const what = firewall ? `the firewall ${firewall.address}` : joinWords(addresses) || "servers (known after apply)";
  return network && network.name !== name ? `${what}, in ${network.name}` : what;
}

/** What each network is connected with, a text for each kind of connection. */
function textsOf(connections: readonly Connection[]): ReadonlyMap<VirtualNetwork, string[]> {
  const both = connections.flatMap(({ from, to, by }) => [
    { network: from, other: to, by },
    { network: to, other: from, by },
  ]);
  return new Map(
    [...groupBy(both, ({ network }) => network)].map(([network, its]) => [
      network,
      [...groupBy(its, ({ by }) => by)].map(([by, same]) =>
        by.startsWith("peered")
          ? `${by.replace("peered", "Peered")} with ${joinWords(same.map(({ other }) => other.name))}`
          : `Connected with ${joinWords(same.map(({ other }) => other.name))} by ${by}`,
      ),
    ]),
  );
}

function pairOf(a: VirtualNetwork, b: VirtualNetwork): string {
  return `${a.address} ${b.address}`;
}
