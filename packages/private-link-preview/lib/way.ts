import type { FindingCode } from "./findings/codes";
import type { Finding } from "./findings/finding";
import { isBlocking } from "./findings/ignore";
import {
  type DnsServers,
  type Endpoint,
  type NetworkModel,
  type Peering,
  type VirtualNetwork,
  isAtOrBelow,
  isRegistry,
} from "./model/network-model";
import type { Reachability } from "./reachability";
import { MAX_FORWARDS, type Lookup, isReachable } from "./resolver";
import { servedByText } from "./text/answers";
import { publicAddress } from "./text/public-address";
import { groupBy, once, unique } from "../../common/util/collections";
import { joinWords } from "../../common/util/words";

/** What a step of a question's way is about. */
export type StepKind = "client" | "dns" | "rule" | "name" | "zone" | "record" | "endpoint" | "connection" | "region";

/**
 * A step on the way of a question, from the client to the region that serves it. Where a step is broken, the answer is
 * missing, wrong or unreachable because of it; where it is not known, the file does not show what decides it.
 */
export interface Step {
  readonly kind: StepKind;
  readonly state: "right" | "broken" | "not known";
  /** One sentence, or a few. */
  readonly text: string;
  /** Terraform addresses of the resources that decide the step. */
  readonly resources: readonly string[];
  /** What is reported about the step. */
  readonly findings: readonly Finding[];
}

/** A step before the findings are assigned to it. */
type Part = Omit<Step, "findings">;

/** The way of each question that networks ask, step by step. */
export class Ways {
  private readonly networks: ReadonlySet<string>;
  private readonly findings: ReadonlyMap<string, readonly Finding[]>;
  private readonly onVirtualWan: ReadonlySet<VirtualNetwork>;
  private readonly peerings: ReadonlyMap<VirtualNetwork, ReadonlyMap<VirtualNetwork, readonly Peering[]>>;

  /** @param findings - those of the preview, which the steps are assigned from */
  constructor(
    private readonly model: NetworkModel,
    private readonly reachability: Reachability,
    findings: readonly Finding[] = [],
  ) {
    this.networks = new Set(model.networks.map(({ address }) => address));
    this.onVirtualWan = new Set(model.hubConnections.map(({ network }) => network));
    this.peerings = new Map(
      [...groupBy(model.peerings, ({ from }) => from)].map(([from, its]) => [from, groupBy(its, ({ to }) => to)]),
    );
    this.findings = this.byResource(findings);
  }

  /** The steps of one question, up to the one at which it gets no further. */
  public of(lookup: Lookup): Step[] {
    const steps = this.complete(this.stepsOf(lookup), lookup);
    const found = this.findingsOn(steps, lookup);
    return steps.map((step): Step => {
      const its = found.filter(({ code }) => {
        const { step: kind, ifNotRight = false } = PLACES[code] ?? {};
        return kind === step.kind && (!ifNotRight || step.state !== "right");
      });
      const broken = its.some((finding) => {
        const breaks = PLACES[finding.code]?.breaks;
        return breaks === "always" ? finding.ignored !== true : breaks === "as error" && isBlocking(finding);
      });
      return { ...step, ...(broken && { state: "broken" }), findings: its };
    });
  }

  /**
   * Findings by resources that a way has to lead through for them to be about it: either the networks of a finding or its
   * other resources, whichever fewer findings are about. Many are about one hub, or about one registry.
   */
  private byResource(findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> {
    const counts = new Map<string, number>();
    for (const resource of findings.flatMap(({ resources }) => resources))
      counts.set(resource, (counts.get(resource) ?? 0) + 1);
    const most = (resources: readonly string[]) => Math.max(...resources.map((resource) => counts.get(resource) ?? 0));
    const keyed = findings.flatMap((finding) => {
      const { networks, others } = this.divided(finding);
      const [fewest = []] = [networks, others].filter((its) => its.length > 0).sort((a, b) => most(a) - most(b));
      return fewest.map((resource) => ({ resource, finding }));
    });
    return new Map(
      [...groupBy(keyed, ({ resource }) => resource)].map(([resource, its]) => [
        resource,
        its.map(({ finding }) => finding),
      ]),
    );
  }

  private readonly divided = once<Finding, Record<"networks" | "others", readonly string[]>>(
    { networks: [], others: [] },
    ({ resources }) => ({
      networks: resources.filter((resource) => this.networks.has(resource)),
      others: resources.filter((resource) => !this.networks.has(resource)),
    }),
  );

  private stepsOf(lookup: Lookup): Part[] {
    const { network, host } = lookup;
    const client = right("client", `A machine in ${network.name} asks for ${host.fqdn}.`, network.address);
    // A rule may forward the name that clients ask for, or the one to which public DNS leads.
    const byPrivateName = lookup.forwardedBy.some(({ domain }) => domain !== "" && !isAtOrBelow(host.fqdn, domain));
    const [early, late] = byPrivateName ? [this.name(lookup), []] : [[], this.name(lookup)];
    const asked = [client, ...this.dns(lookup), ...early, ...this.rules(lookup)];
    if (!lookup.dnsNetwork || asked.some(({ state }) => state === "broken")) return asked;
    // What stops at the DNS servers for not being known gets no further either.
    if (lookup.unanswered || (!lookup.link && asked.some(({ state }) => state === "not known"))) return asked;
    const captured = lookup.captured && lookup.endpoints.length === 0;
    return [
      ...asked,
      ...late,
      ...this.zone(lookup),
      ...(captured ? [] : [...this.records(lookup), ...this.endpoints(lookup)]),
    ];
  }

  /** Adds to the last step what nothing before says, so that the steps agree with the answer. */
  private complete(steps: readonly Part[], lookup: Lookup): Part[] {
    const reachable = isReachable(lookup);
    const state = reachable === false ? "broken" : "not known";
    const last = steps.at(-1);
    if (reachable === true || !last || steps.some((step) => step.state === state)) return [...steps];
    const why =
      state === "broken"
        ? "No private endpoint answers the question."
        : "The file does not show all that decides the answer.";
    return [...steps.slice(0, -1), { ...last, state, text: `${last.text} ${why}` }];
  }

  private dns({ network }: Lookup): Part[] {
    if (network.dnsServers)
      return this.servers("dns", `${network.name} uses`, network, network.dnsServers, [network.address]);
    const assumed = network.managed
      ? ""
      : " This file does not manage the network; it may have DNS servers of its own.";
    return [
      right(
        "dns",
        `${network.name} uses Azure's DNS, which looks in the private DNS zones that are linked to the network.${assumed}`,
        network.address,
      ),
    ];
  }

  /** The servers that a network, a rule or a firewall asks, and those that these ask in turn. */
  private servers(
    kind: "dns" | "rule",
    start: string,
    from: VirtualNetwork,
    servers: DnsServers,
    asking: readonly string[],
    depth = 0,
  ): Part[] {
    const { firewall, network, addresses } = servers;
    const where = addresses.length > 0 ? ` ${joinWords(addresses)}` : "";
    const named = firewall ? `the firewall ${firewall.address} as DNS server` : `the DNS servers${where}`;
    const resources = [...asking, ...(firewall ? [firewall.address] : []), ...(network ? [network.address] : [])];
    const step = (state: Step["state"], rest: string) => part(kind, state, `${start} ${named}${rest}`, ...resources);
    if (firewall?.proxy === false) return [step("broken", ", and its DNS proxy is off, so that it does not answer.")];
    if (firewall?.servers && depth < MAX_FORWARDS)
      return [
        step("right", ", which asks other servers."),
        ...this.servers(kind, `${firewall.address} uses`, network ?? from, firewall.servers, resources, depth + 1),
      ];
    if (!network) return [step("not known", ", which are in no network of this file: what they return is not known.")];
    const inside = ` in ${network.name}`;
    const reached = this.reachability.between(from, network);
    if (reached === false) return [step("broken", `${inside}, ${this.disconnected(from, network)}.`)];
    if (reached === undefined) return [step("not known", `${inside}. ${this.doubt(from, network)}`)];
    if (firewall && firewall.proxy === undefined)
      return [step("not known", `${inside}. Its settings are not in this file, and it may ask other servers.`)];
    const how = network === from ? "" : `, which it reaches ${this.means(from, network)}`;
    return [step("right", `${inside}${how}. They answer with the zones that are linked to ${network.name}.`)];
  }

  private rules({ network, forwardedBy, dnsNetwork, link, host }: Lookup): Part[] {
    const steps = forwardedBy.flatMap(({ address, domain, servers, from }) => {
      const start = `A rule of a DNS forwarding ruleset forwards ${domain === "" ? "all names" : `names in ${domain}`} to`;
      return this.servers("rule", start, from ?? network, servers, [address]);
    });
    if (!dnsNetwork || link || forwardedBy.length > 0) return steps;
    const doubtful = this.model.forwardingRules.find(
      ({ mayBeFor, domain }) =>
        mayBeFor.some((networks) => networks.length === 0 || networks.includes(dnsNetwork)) &&
        (domain === "" || [host.fqdn, host.privateName].some((name) => isAtOrBelow(name, domain))),
    );
    return doubtful
      ? [
          part(
            "rule",
            "not known",
            `A ruleset with a rule for the name may be linked to ${dnsNetwork.name}, by a link of which the network is not known.`,
            doubtful.address,
          ),
        ]
      : steps;
  }

  /** Where public DNS leads the name, unless a zone of public names answers it. */
  private name({ captured, host, service }: Lookup): Part[] {
    if (captured || host.fqdn === host.privateName) return [];
    return [right("name", `Public DNS leads ${host.fqdn} to ${host.privateName}.`, service.address)];
  }

  private zone(lookup: Lookup): Part[] {
    const { dnsNetwork, link, captured, host, service, known } = lookup;
    const asked = dnsNetwork!;
    if (link && captured) {
      const { zone } = link;
      const text = `${asked.name} is linked to ${zone.name}, a zone of public names. It answers ${host.fqdn} itself, so the question never gets to ${host.zone}.`;
      if (lookup.endpoints.length > 0) return [right("zone", text, zone.address, link.address)];
      const then = this.records(lookup).map((record) => record.text);
      return [part("zone", known ? "broken" : "not known", [text, ...then].join(" "), zone.address, link.address)];
    }
    if (link) {
      const { zone } = link;
      return [right("zone", `${asked.name} is linked to the zone ${zone.name}.`, zone.address, link.address)];
    }
    const none = `${asked.name} is linked to no zone ${host.zone}`;
    if (!known)
      return [
        part(
          "zone",
          "not known",
          `${asked.managed ? none : `This file does not manage ${asked.name}, and links it to no zone ${host.zone}`}. Another configuration, or a part of this one that is not known, may link it.`,
          asked.address,
        ),
      ];
    return [
      part(
        "zone",
        "broken",
        `${none}, so public DNS answers with ${publicAddress(service)}.`,
        asked.address,
        service.address,
      ),
    ];
  }

  private records(lookup: Lookup): Part[] {
    const { link, captured, host, records, endpoints, addresses, strays, known, service } = lookup;
    if (!link) return [];
    const name = captured ? host.fqdn : host.privateName;
    const resources = [link.zone.address, ...records.map(({ address }) => address)];
    const step = (state: Step["state"], text: string) => part("record", state, text, ...resources);
    if (records.length === 0) {
      if (endpoints.length > 0) {
        const held = addresses.length > 0 ? ` with ${joinWords(addresses)}` : "";
        const names = joinWords(endpoints.map((endpoint) => endpoint.name));
        return [
          part(
            "record",
            "right",
            `The DNS zone group of ${names} writes the record of ${name}${held}.`,
            ...resources,
            ...endpoints.map(({ address }) => address),
          ),
        ];
      }
      if (!known)
        return [
          step(
            "not known",
            link.zone.managed
              ? `This file shows no record of ${name}, and not all that may write one.`
              : `This file shows no record of ${name}, and does not manage the zone.`,
          ),
        ];
      return [
        step(
          "broken",
          link.fallsBack
            ? `The zone has no record of ${name}. The link falls back to public DNS, which answers with ${publicAddress(service)}.`
            : `The zone has no record of ${name}, so the name does not resolve.`,
        ),
      ];
    }
    const wildcard = records.find((record) => record.name.startsWith("*"));
    const by = wildcard ? `The wildcard record ${wildcard.name} of the zone` : `The record of ${name}`;
    if (strays.length > 0) {
      const one = strays.length === 1;
      return [
        step(
          "broken",
          `${by} holds ${joinWords(strays)}, which no private endpoint in this file has${one ? "" : " any of"}.`,
        ),
      ];
    }
    if (endpoints.length === 0 && addresses.length === 0)
      return [
        step(known ? "broken" : "not known", `${by} holds an address that leads to no private endpoint in this file.`),
      ];
    if (endpoints.length === 0)
      return [
        step(
          known ? "broken" : "not known",
          `${by} holds ${joinWords(addresses)}. Which endpoint has that is not known.`,
        ),
      ];
    const held =
      addresses.length > 0
        ? `${addresses.length > 1 ? "the addresses " : ""}${joinWords(addresses)}`
        : `what it reads from ${joinWords(endpoints.map((endpoint) => endpoint.name))} (known after apply)`;
    return [step("right", `${by} holds ${held}.`)];
  }

  private endpoints(lookup: Lookup): Part[] {
    const { endpoints, network, strays } = lookup;
    if (endpoints.length === 0 || strays.length > 0) return [];
    const lost = endpoints.filter((endpoint) => !endpoint.network);
    const named = endpoints.map((endpoint) =>
      endpoint.network === network ? `its own endpoint ${endpoint.name}` : placeOf(endpoint),
    );
    const which = `${endpoints.length === 1 ? "The address is that of" : "The addresses are those of"} ${joinWords(named)}.`;
    const manual = endpoints.some((endpoint) => endpoint.manual) ? " The owner of the service has to approve it." : "";
    return [
      part(
        "endpoint",
        lost.length > 0 ? "not known" : "right",
        which + manual + (lost.length > 0 ? " Its network is (known after apply)." : ""),
        ...endpoints.map(({ address }) => address),
      ),
      ...this.connections(lookup),
      // Where no endpoint is reached, no region serves.
      ...(lookup.unreachable.length < endpoints.length ? region(lookup) : []),
    ];
  }

  /** A step for each way in which the network reaches endpoints, or does not. */
  private connections({ network, endpoints }: Lookup): Part[] {
    const homes = unique(endpoints.flatMap((endpoint) => endpoint.network ?? []));
    const parts = homes.map((home): { state: Step["state"]; how: string; home: VirtualNetwork } => {
      if (home === network) return { state: "right", how: "The endpoint is in the network of the client.", home };
      const reached = this.reachability.between(network, home);
      if (reached === false) return { state: "broken", how: this.disconnected(network, home), home };
      if (reached === undefined) return { state: "not known", how: this.doubt(network, home), home };
      return { state: "right", how: this.means(network, home), home };
    });
    const groups = [...groupBy(parts, ({ state, how }) => `${state} ${how}`).values()];
    return groups.map((group) => {
      const [{ state, how }] = group as [(typeof parts)[number]];
      const names = joinWords(group.map(({ home }) => home.name));
      const text =
        group[0]!.home === network
          ? how
          : state === "right"
            ? `${network.name} reaches ${names} ${how}.`
            : state === "broken"
              ? `${network.name} does not reach ${names}, ${how}.`
              : `Whether ${network.name} reaches ${names} is not known. ${how}`;
      const resources = group.flatMap(({ home }) => [home.address, ...this.peeringsBetween(network, home)]);
      return part("connection", state, text, network.address, ...resources);
    });
  }

  private peeringsBetween(a: VirtualNetwork, b: VirtualNetwork): string[] {
    const sides = [this.peerings.get(a)?.get(b) ?? [], this.peerings.get(b)?.get(a) ?? []];
    return sides.flat().map(({ address }) => address);
  }

  /** How a network reaches another one, as the end of a sentence. */
  private means(a: VirtualNetwork, b: VirtualNetwork): string {
    if (this.reachability.onTrust(a, b)) return "as far as this file shows, which manages neither of them";
    const peering = (one: VirtualNetwork, other: VirtualNetwork) =>
      this.reachability.hasPeering(one, other) || (!one.managed && this.reachability.hasPeering(other, one));
    if (peering(a, b) && peering(b, a)) return "by a peering";
    const groups = this.model.connectedGroups.filter(({ hub, networks }) =>
      [a, b].every((one) => one === hub || networks.has(one)),
    );
    if (groups.length > 0) return "by Virtual Network Manager";
    return this.onVirtualWan.has(a) && this.onVirtualWan.has(b) ? "by Virtual WAN" : "through a firewall, by routes";
  }

  private disconnected(a: VirtualNetwork, b: VirtualNetwork): string {
    return this.reachability.hasPeering(a, b) || this.reachability.hasPeering(b, a)
      ? "with which it is peered in one direction only"
      : "with which it is not connected";
  }

  private doubt(a: VirtualNetwork, b: VirtualNetwork): string {
    const why = this.reachability.doubt(a, b) ?? "a peering may connect them, an end of which is not known";
    return `${why.charAt(0).toUpperCase()}${why.slice(1)}.`;
  }

  /** The findings about a network and about another resource on the way, as far as they are about each. */
  private findingsOn(steps: readonly Part[], { network, service }: Lookup): Finding[] {
    const on = new Set([...steps.flatMap(({ resources }) => resources), service.address]);
    return unique([...on].flatMap((resource) => this.findings.get(resource) ?? [])).filter((finding) => {
      const { networks, others } = this.divided(finding);
      if (PLACES[finding.code]?.ofNetwork && !networks.includes(network.address)) return false;
      return [networks, others].every((its) => its.length === 0 || its.some((one) => on.has(one)));
    });
  }
}

function right(kind: StepKind, text: string, ...resources: string[]): Part {
  return part(kind, "right", text, ...resources);
}

function part(kind: StepKind, state: Step["state"], text: string, ...resources: string[]): Part {
  return { kind, state, text, resources: unique(resources) };
}

function placeOf({ name, network }: Endpoint): string {
  return network ? `${name} in ${network.name}` : name;
}

/** Which region serves a registry's name. */
function region(lookup: Lookup): Part[] {
  const { service, servedBy } = lookup;
  if (!isRegistry(service)) return [];
  const by = servedByText(lookup);
  const of = joinWords(service.regions.filter((one) => !service.unrouted.includes(one)));
  // Which region serves does not decide whether the name is reached, so it does not make the way unknown.
  const text =
    servedBy.length === 0
      ? `Which region of ${service.name} serves the name is not known.`
      : by === "Azure's choice"
        ? `Azure chooses the region that serves${of ? `, of ${of}` : ""}.`
        : `The region that serves is ${by}.`;
  return [right("region", text, service.address)];
}

/** The step that a finding is about. */
interface Place {
  readonly step: StepKind;
  /** Whether it is about that step only where the step is not right, since others of the same resources have the step too. */
  readonly ifNotRight?: boolean;
  /** Whether it is about the networks among its resources only. */
  readonly ofNetwork?: boolean;
  /** Whether it breaks a step that leads to an endpoint by itself. */
  readonly breaks?: "as error" | "always";
}

/** By code, the step that a finding is about; those that are about no single step are left out. */
const PLACES: Partial<Record<FindingCode, Place>> = {
  "answers-by-other-endpoint": { step: "endpoint", ofNetwork: true },
  "captured-name": { step: "zone", ofNetwork: true },
  "dangling-record": { step: "record", breaks: "as error" },
  "dns-proxy-off": { step: "dns", ofNetwork: true },
  "dns-server-not-known": { step: "dns", ifNotRight: true },
  "dns-server-unreachable": { step: "dns", ifNotRight: true },
  "endpoints-overwrite": { step: "record", breaks: "as error" },
  "manual-approval": { step: "endpoint" },
  "mixed-record": { step: "connection", ifNotRight: true },
  "no-record": { step: "record", ifNotRight: true },
  "no-zone": { step: "zone", ifNotRight: true, ofNetwork: true },
  "one-sided-peering": { step: "connection", ifNotRight: true },
  "peering-not-known": { step: "connection" },
  // It is a warning where other networks are let in.
  "port-denied": { step: "connection", ofNetwork: true, breaks: "always" },
  "reach-not-known": { step: "connection", ifNotRight: true, ofNetwork: true },
  "record-by-position": { step: "record", breaks: "as error" },
  "self-registering-endpoint": { step: "record", breaks: "as error" },
  "served-by-drained-region": { step: "region", ofNetwork: true },
  "served-by-other-region": { step: "region", ofNetwork: true },
  "several-regions": { step: "region" },
  "too-many-records": { step: "record", breaks: "as error" },
  "two-zones": { step: "zone", ofNetwork: true, breaks: "as error" },
  "unknown-address": { step: "record", ifNotRight: true },
  "unreachable-answer": { step: "connection", ifNotRight: true, ofNetwork: true },
  "wrong-address": { step: "record", breaks: "as error" },
  "zone-bypassed": { step: "dns", ofNetwork: true },
};
