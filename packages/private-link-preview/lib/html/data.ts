import { helpOf } from "../findings";
import type { Finding } from "../findings/finding";
import type { NetworkModel, VirtualNetwork } from "../model/network-model";
import { type Preview, findingsFor } from "../preview";
import { AZURE, type Lookup, firstNotReachable } from "../trace";
import { hostText, titleOf } from "../text/answer-tables";
import { answerText, reachableText } from "../text/answers";
import { OUTSIDE } from "../drawing/network-frames";
import { summaryOf } from "../text/summary";
import { groupBy, joinWords, unique } from "../../../common/util";
import { toldSteps } from "../text/steps";

/** 0 where all is right, 1 where something is broken, 2 where something is not known, 3 where something is to be looked at. */
type State = 0 | 1 | 2 | 3;

/** "its own endpoint pep-spoke1", and what is the same for all networks that have an endpoint of their own. */
type Answer = readonly [text: string, kind: string];

type Step = readonly [
  kind: string,
  state: State,
  text: string,
  resources: readonly number[],
  findings: readonly number[],
];

/** What a network gets for a name, and the steps of it. */
export type PageWay = readonly [
  name: number,
  answer: number,
  /** Index in {@link REACHABLE}. */
  reachable: 0 | 1 | 2 | 3,
  servedBy: string,
  /** The steps after the client's. */
  steps: readonly number[],
  /** Networks that the way leads through: that whose DNS answers, and those of the endpoints. */
  dns: number,
  homes: readonly number[],
];

export type PageData = ReturnType<typeof pageData>;

/** Most ways in a page: those that are right are left out first. */
const MOST_WAYS = 40_000;

/** Most endpoints that an answer names; the steps name the others. */
const MOST_ENDPOINTS = 6;

const REACHABLE = ["yes", "no", "in part", "not known"] as const;

const SIGNS = { "✅": 0, "❌": 1, "⚠️": 3 } as const;

const STATES = { right: 0, broken: 1, "not known": 2 } as const;

/**
 * What the page of a preview shows, as its script reads it. The lists refer to each other by index, and what is the same in
 * many ways is there once, so that 200 networks with a dozen names each take less than a megabyte.
 *
 * @param about - what the page says of where it comes from
 */
export function pageData(
  preview: Pick<Preview, "model" | "lookups" | "findings" | "findingAt" | "remedies">,
  about: { readonly title: string; readonly source: string; readonly version: string },
) {
  const { model, lookups, findings } = preview;
  const { networks, zones, endpoints, services, links } = model;
  const [networkAt, serviceAt, findingAt] = [indexOf(networks), indexOf(services), indexOf(findings)];
  const endpointAt = indexOf(endpoints);
  const names = numbered(
    ({ fqdn, service }: { fqdn: string; text: string; label: string; service: number }) => `${service} ${fqdn}`,
  );
  const answers = numbered<Answer>(String);
  const resources = numbered<string>(String);
  const steps = numbered<Step>((step) => step.join("|"));

  const shown = firstNotReachable(lookups, MOST_WAYS);
  const ways = networks.map((): PageWay[] => []);
  const placeOf = new Map<Finding, { place: readonly [number, number]; broken: boolean }>();
  for (const lookup of shown) {
    const { network: asking, host, service, dnsNetwork } = lookup;
    const network = networkAt(asking);
    const { fqdn, label } = host;
    const name = names.of({ fqdn, text: hostText(host, service), label, service: serviceAt(service) });
    const taken = toldSteps(lookup).map((step) => ({ ...step, findings: findingsFor(step.causes, preview) }));
    for (const step of taken) {
      const broken = step.state !== "right";
      for (const finding of step.findings)
        if (!placeOf.has(finding) || (broken && !placeOf.get(finding)!.broken))
          placeOf.set(finding, { place: [network, name], broken });
    }
    ways[network]!.push([
      name,
      answers.of([lookup.endpoints.length > MOST_ENDPOINTS ? kindOf(lookup) : answerText(lookup), kindOf(lookup)]),
      REACHABLE.indexOf(reachableText(lookup)) as PageWay[2],
      lookup.servedBy.filter((region) => region !== AZURE).join(" or "),
      // The page writes the first step by itself: its text is another one in each way.
      taken.slice(1).map(({ kind, state, text, resources: all, findings: found }) => {
        const numbers = all.map((one) => resources.of(one));
        return steps.of([kind, STATES[state], text, numbers, found.map(findingAt)]);
      }),
      dnsNetwork ? networkAt(dnsNetwork) : -1,
      unique(lookup.endpoints.flatMap((endpoint) => (endpoint.network ? [networkAt(endpoint.network)] : []))),
    ]);
  }

  const summary = summaryOf(preview);
  const representative = new Map(
    lookups.flatMap(({ network, alike = [] }) => alike.map((other) => [other, networkAt(network)] as const)),
  );
  const connected = connectionsIn(model);
  const linkedTo = groupBy(links, ({ zone }) => zone);
  const endpointsOf = groupBy(endpoints, ({ network }) => network);
  const networkNamed = indexOf(networks.map(({ address }) => address));

  return {
    ...about,
    headline: summary.headline,
    state: SIGNS[summary.sign] as State,
    /** "3 networks, 9 answers: 9 reachable, 0 not", and "1 error, 0 warnings". */
    counts: [summary.answers, summary.findings],
    /** What is not in the page for its size; empty in most. */
    leftOut:
      shown.length < lookups.length
        ? `This page holds ${shown.length} of ${lookups.length} answers: first those that are not reachable or not known. Print all with --format json.`
        : "",
    networks: networks.map((network) => {
      const sameAs = representative.get(network);
      return {
        address: network.address,
        name: network.name,
        region: network.location ?? (network.outside ? OUTSIDE : ""),
        ranges: network.addressSpace,
        dns: dnsText(network),
        connected: connected.get(network) ?? [],
        endpoints: (endpointsOf.get(network) ?? []).map(endpointAt),
        /** The network of which the answers are shown in its place, as it gets the same. */
        ...(sameAs !== undefined && { sameAs }),
      };
    }),
    zones: zones.map((zone) => ({
      address: zone.address,
      name: zone.name,
      managed: zone.managed,
      records: zone.records.length,
      networks: unique((linkedTo.get(zone) ?? []).map(({ network }) => networkAt(network))),
    })),
    services: services.map((service) => ({ title: titleOf(service), label: service.label })),
    endpoints: endpoints.map(({ address, name, network, service, addresses }) => ({
      address,
      name,
      network: network ? networkAt(network) : -1,
      service: serviceAt(service),
      addresses: [...addresses].map(([host, all]) => [host, all.join(", ")] as const),
    })),
    names: names.values,
    answers: answers.values,
    resources: resources.values,
    steps: steps.values,
    /** By network, the ways of its questions. */
    ways,
    findings: findings.map((finding) => {
      const { code, severity, message, ignored = false, reason = "" } = finding;
      const network = finding.resources.map(networkNamed).find((found) => found >= 0) ?? -1;
      const name = ways[network]?.[0]?.[0];
      const way = placeOf.get(finding)?.place ?? (name === undefined ? undefined : ([network, name] as const));
      return { code, severity, message, resources: finding.resources, ignored, reason, ...(way && { way }) };
    }),
    help: Object.fromEntries(
      unique(findings.map(({ code }) => code)).map((code) => {
        const { means, fix, ignore } = helpOf(code, preview.remedies);
        return [code, { means, fix, ignore }];
      }),
    ),
  };
}

/** Values without repetition, by their numbers. */
function numbered<T>(keyOf: (value: T) => string) {
  const values: T[] = [];
  const numbers = new Map<string, number>();
  const of = (value: T): number => {
    const key = keyOf(value);
    const number = numbers.get(key) ?? values.push(value) - 1;
    numbers.set(key, number);
    return number;
  };
  return { values, of };
}

function indexOf<T>(values: readonly T[]): (value: T) => number {
  const numbers = new Map(values.map((value, index) => [value, index]));
  return (value) => numbers.get(value) ?? -1;
}

/** An answer in short, such that networks with an endpoint of their own get the same. */
function kindOf(lookup: Lookup): string {
  const { endpoints, network } = lookup;
  if (endpoints.length > 2) return `${endpoints.length} endpoints`;
  const own = endpoints.length > 0 && endpoints.every((endpoint) => endpoint.network === network);
  return own ? "its own endpoint" : answerText(lookup);
}

function dnsText({ dnsServers, managed, name }: VirtualNetwork): string {
  if (!dnsServers) return managed ? "Azure's DNS" : "Azure's DNS, as far as this file shows";
  const { firewall, network, addresses } = dnsServers;
  const what = firewall ? `the firewall ${firewall.address}` : joinWords(addresses) || "servers (known after apply)";
  return network && network.name !== name ? `${what}, in ${network.name}` : what;
}

/** What each network is connected with, a text for each kind of connection. */
function connectionsIn(model: NetworkModel): ReadonlyMap<VirtualNetwork, string[]> {
  const { networks, peerings, hubConnections, connectedGroups } = model;
  const ends = (one: VirtualNetwork, other: VirtualNetwork) => `${one.address} ${other.address}`;
  const open = peerings.filter(({ allowed }) => allowed);
  const allowed = new Set(open.map(({ from, to }) => ends(from, to)));
  const letsIn = (one: VirtualNetwork, other: VirtualNetwork) => !one.managed || allowed.has(ends(one, other));
  const found = [
    ...peerings.flatMap(({ from, to }) => {
      const by = letsIn(from, to) && letsIn(to, from) ? "Peered with" : "Peered in one direction only with";
      return [
        { network: from, by, name: to.name },
        { network: to, by, name: from.name },
      ];
    }),
    ...networks.flatMap((network) => {
      const gateway = network.outside?.gateway;
      return gateway ? [{ network, by: "Connected to the gateway of", name: gateway.name }] : [];
    }),
    ...hubConnections.map(({ network, hub }) => {
      return { network, by: "Connected to Virtual WAN hub", name: shortened(hub) };
    }),
    ...connectedGroups.flatMap(({ networks, address, deployed }) => {
      const by = `Connected by Network Manager${deployed ? "" : ", not known to be deployed"}:`;
      return [...networks].map((network) => ({ network, by, name: shortened(address) }));
    }),
  ];
  const texts = (connections: typeof found) =>
    [...groupBy(connections, ({ by }) => by)].map(
      ([by, same]) => `${by} ${joinWords(unique(same.map(({ name }) => name)))}`,
    );
  return new Map([...groupBy(found, ({ network }) => network)].map(([network, all]) => [network, texts(all)]));
}

/** A Terraform address or a key as it is, and the name at the end of an Azure id. */
function shortened(key: string): string {
  return key.startsWith("/") ? key.slice(key.lastIndexOf("/") + 1) : key;
}
