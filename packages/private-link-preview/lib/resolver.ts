import { type Asker, type Cause, Causes } from "./cause";
import { Connections } from "./connections";
import { AZURE_DNS } from "./client";
import {
  type DnsServers,
  type ForwardingRule,
  type Host,
  type Link,
  type NetworkModel,
  type Outside,
  type Service,
  type VirtualNetwork,
  type Zone,
  isAtOrBelow,
  isRegistry,
  relative,
} from "./model/network-model";
import { PublicReach } from "./public-reach";
import type { Reach } from "./reachability";
import { type DnsStep, type Lookup, type State, type Step, isOneOf, isReachable } from "./trace";
import { PossibleConnections } from "./possible-connections";
import { type ZoneAnswer, ZoneAnswers } from "./zone-answers";
import { Budget } from "../../common/util/budget";
import { groupBy, once } from "../../common/util/collections";

/** Most servers and rules that forward a question to each other. */
const MAX_FORWARDS = 10;

/** Most addresses in all answers of a file: enough for a mesh of a thousand networks that share one zone. */
const MAX_ADDRESSES = 5_000_000;

const NO_CAUSES: readonly Cause[] = [];

/** Public DNS leads each name to its private link name. */
const NAME: Step = { kind: "name", state: "right", causes: NO_CAUSES };

/** Where a question for a name goes, before a zone answers it. */
interface Way {
  readonly steps: readonly Step[];
  /** The network whose Azure DNS is asked; absent where it is not known. */
  readonly network?: VirtualNetwork;
  readonly rules: readonly ForwardingRule[];
  /** Whether the question gets no further than to the last step. */
  readonly stops: boolean;
  /** Whether public DNS answers, at the last step. */
  readonly isPublic?: boolean;
}

/** The parts of a lookup that no zone answers. */
const NOTHING = {
  captured: false,
  isPublic: false,
  records: [],
  endpoints: [],
  unreachable: [],
  addresses: [],
  strays: [],
  servedBy: [],
};

/** Looks names up in the network model as machines in its networks would, and tells each step and why it is not right. */
export class Resolver {
  public readonly causes = new Causes();
  public readonly connections: Connections;
  public readonly zones: ZoneAnswers;
  private readonly publicReach = new PublicReach();
  private readonly possible: PossibleConnections;
  /** The services with private endpoints. */
  private readonly served: ReadonlySet<Service>;
  /** By network, the links by the names of their zones. */
  private readonly linksOf: ReadonlyMap<VirtualNetwork, ReadonlyMap<string, readonly Link[]>>;
  private readonly doubtfulRules: readonly ForwardingRule[];
  private readonly rulesOf: ReadonlyMap<VirtualNetwork, ReadonlyMap<string, ForwardingRule>>;
  private readonly ends: ReadonlySet<string>;
  private readonly budget = new Budget(
    MAX_ADDRESSES,
    `The answers hold more than ${MAX_ADDRESSES} addresses. Preview a part of the networks at a time.`,
  );

  constructor(private readonly model: NetworkModel) {
    this.connections = new Connections(model, this.causes);
    this.zones = new ZoneAnswers(model, this.causes, this.budget);
    this.possible = new PossibleConnections(model.unplaced);
    this.served = new Set(model.endpoints.map(({ service }) => service));
    this.linksOf = new Map(
      [...groupBy(model.links, ({ network }) => network)].map(([network, links]) => [
        network,
        groupBy(links, ({ zone }) => zone.name),
      ]),
    );
    this.doubtfulRules = model.forwardingRules.filter(({ mayBeFor }) => mayBeFor.length > 0);
    const rules = groupBy(
      model.forwardingRules.flatMap((rule) => rule.networks.map((network) => ({ network, rule }))),
      ({ network }) => network,
      ({ rule }) => [rule.domain, rule] as const,
    );
    this.rulesOf = new Map([...rules].map(([network, byDomain]) => [network, new Map(byDomain)]));
    this.ends = new Set([...this.zones.records.names].flatMap((name) => this.endsOf(name)));
  }

  /** The links of a network to zones in which names of services can be. */
  public linksFor(network: VirtualNetwork): Link[] {
    return [...(this.linksOf.get(network) ?? [])].flatMap(([zone, links]) => (this.ends.has(zone) ? links : []));
  }

  public lookUp(network: VirtualNetwork, service: Service, host: Host): Lookup {
    const { dnsServers } = network;
    if (!dnsServers?.alternatives) return this.ask(network, dnsServers, service, host);
    const found = dnsServers.alternatives.map((servers) => this.ask(network, servers, service, host));
    const [first] = found as [Lookup];
    if (found.every((one) => isSameAnswer(one, first))) return first;
    const { expected } = first;
    const causes = [this.causes.of("dns-servers-differ", network)];
    const step: DnsStep = {
      kind: "dns",
      asker: network,
      from: network,
      servers: dnsServers,
      state: "not known",
      causes,
    };
    return { ...NOTHING, network, service, host, forwardedBy: [], expected, trace: [step] };
  }

  /** Looks a name up in a network by some DNS servers, or by Azure's DNS. */
  private ask(network: VirtualNetwork, servers: DnsServers | undefined, service: Service, host: Host): Lookup {
    this.budget.spend();
    const way = this.wayOf(network, servers, service, host);
    const { network: dnsNetwork, rules: forwardedBy } = way;
    // A client outside Azure is told of because it uses registries.
    const expected =
      this.connections.isIn(service, network) ||
      (isRegistry(service) && (network.outside !== undefined || this.connections.mayUse(service, network)));
    const asked = { ...NOTHING, network, service, host, forwardedBy, ...(dnsNetwork && { dnsNetwork }), expected };
    if (way.stops || !dnsNetwork) return { ...asked, isPublic: way.isPublic ?? false, trace: way.steps };
    const found = this.answer(dnsNetwork, service, host, way.steps.includes(NAME));
    const named =
      host.fqdn === host.privateName || found?.captured || way.steps.includes(NAME) || this.isLed(service) === false
        ? way.steps
        : [...way.steps, NAME];
    if (!found) {
      // What is not known of the servers comes before what is not known of their zones.
      if (named.some(({ state }) => state !== "right")) return { ...asked, trace: named };
      const { step, isPublic } = this.withoutZone(network, dnsNetwork, service, host, expected);
      return { ...asked, isPublic, trace: [...named, step] };
    }
    const { captured, link, answer } = found;
    const { step: ownStep, ...contents } = answer;
    const { step, isPublic } = this.recordStep(network, service, found, ownStep);
    this.budget.spend(answer.endpoints.length + answer.addresses.length);
    const lookup = {
      ...asked,
      ...contents,
      captured,
      isPublic: isPublic && named.every(({ state }) => state === "right"),
      link,
      expected: expected || answer.endpoints.length > 0,
      unreachable: answer.endpoints.filter(
        (endpoint) => endpoint.network && this.connections.reachOf(network, endpoint).reached === false,
      ),
    };
    // Of endpoints that overwrite each other's records it is not known which is left, unless the network reaches all or none.
    const open = isOneOf(lookup) && ![0, lookup.endpoints.length].includes(lookup.unreachable.length);
    const held = answer.endpoints.length > 0 && answer.strays.length === 0 && !open;
    return {
      ...lookup,
      trace: [
        ...named,
        this.zoneStep(dnsNetwork, found, service),
        open ? { ...step, state: "not known" } : step,
        ...(held ? this.connections.stepsOf(lookup) : []),
      ],
    };
  }

  /**
   * Which network's zones decide what a network gets for a name: its own, or those of the network in which its custom DNS
   * servers are, or to whose DNS a forwarding rule leads.
   */
  private wayOf(network: VirtualNetwork, servers: DnsServers | undefined, service: Service, host: Host): Way {
    const start: Way = { steps: [], network, rules: [], stops: false };
    if (network.outside && servers) return this.fromOutside(network, network.outside, servers, service, host);
    const way = servers
      ? this.wayTo(network, network, servers, start)
      : { ...start, steps: [this.azureDns(network)], stops: network.mentioned === true };
    return this.forwarded(way, host);
  }

  /**
   * What the DNS of a client outside Azure does: it forwards the public name, or public DNS leads that to the private link
   * name, and it forwards this one; public DNS answers what it does not forward.
   *
   * Source: "Azure Private Endpoint private DNS zone values", which has the zones to forward, public and private ones.
   */
  private fromOutside(
    client: VirtualNetwork,
    { forwards, asksAzure }: Outside,
    servers: DnsServers,
    service: Service,
    host: Host,
  ): Way {
    const isForwarded = (name: string) => forwards?.some((zone) => isAtOrBelow(name, zone)) ?? true;
    const isLed = host.fqdn !== host.privateName && this.isLed(service) !== false;
    const [first, then] = [isForwarded(host.fqdn), isLed && isForwarded(host.privateName)];
    const step = (state: State, ...causes: readonly Cause[]): DnsStep => {
      return { kind: "dns", asker: client, from: client, ...(first || then ? { servers } : {}), state, causes };
    };
    const steps = first || !isLed ? [] : [NAME];
    if (!first && !then) {
      const why = this.causes.of("name-not-forwarded", client, service);
      const { state, cause } = this.publicAnswer(client, service, why);
      return { steps: [...steps, step(state, cause)], rules: [], stops: true, isPublic: true };
    }
    const azure = asksAzure ? [this.causes.of("azure-dns-from-outside", client)] : NO_CAUSES;
    if (azure.length > 0 && servers.addresses.every((address) => address === AZURE_DNS))
      return { steps: [...steps, step("broken", ...azure)], rules: [], stops: true };
    const way = this.wayTo(client, client, servers, { steps, rules: [], stops: false });
    // Some servers ask for the private link name of an answer by themselves. Others take the answer of a public resolver.
    const other = first ? "private-name-not-forwarded" : "public-name-not-forwarded";
    const doubt = isLed && first !== then ? [this.causes.of(other, client, service)] : NO_CAUSES;
    const noted = way.steps.map((one): Step => {
      if (one.kind !== "dns" || one.asker !== client) return one;
      const state = one.state === "right" && doubt.length > 0 ? "not known" : one.state;
      return { ...one, state, causes: [...one.causes, ...doubt, ...azure] };
    });
    return this.forwarded({ ...way, steps: noted }, host);
  }

  private readonly azureDns = once<VirtualNetwork, DnsStep>(undefined as never, (network) => ({
    kind: "dns",
    asker: network,
    from: network,
    state: network.mentioned ? "not known" : "right",
    causes: network.mentioned ? [this.causes.of("dns-of-others", network)] : NO_CAUSES,
  }));

  /** The way to DNS servers; what these ask is Azure's DNS, or for a firewall its own servers. */
  private wayTo(asker: Asker, from: VirtualNetwork, servers: DnsServers, before: Way, depth = 0): Way {
    const { firewall, network } = servers;
    const isOwn = asker === from && before.steps.length === 0 && network !== from && servers === from.dnsServers;
    const bypassed = isOwn && this.linksFor(from).length > 0;
    const noted = bypassed ? [this.causes.of("zone-bypassed", from)] : NO_CAUSES;
    const to = (state: State, stops: boolean, cause?: Cause, reach?: Reach): Way => {
      const kind = before.rules.length > 0 ? "rule" : "dns";
      const causes = cause ? [cause, ...noted] : noted;
      const step: DnsStep = { kind, asker, from, servers, ...(reach && { reach }), state, causes };
      return { rules: before.rules, steps: [...before.steps, step], stops, ...(network && { network }) };
    };
    if (firewall?.proxy === false) return to("broken", true, this.causes.of("dns-proxy-off", asker, firewall));
    const reach = network && this.connections.reachability.reach(from, network, servers.addresses);
    if (network && reach && reach.reached !== true) {
      const isApart = reach.reached === false && reach.by !== "peering out of sync";
      const cause = isApart
        ? this.causes.of("dns-server-unreachable", asker, network)
        : this.connections.doubt(from, network, reach);
      return to(reach.reached === false ? "broken" : "not known", true, cause, reach);
    }
    // A firewall of which the settings are not in the file may ask any server.
    const doubt =
      firewall && firewall.proxy === undefined ? this.causes.of("firewall-not-known", asker, firewall) : undefined;
    if (firewall?.servers && depth < MAX_FORWARDS) {
      const before = doubt ? to("not known", false, doubt) : to("right", false);
      return this.wayTo(firewall, network ?? from, firewall.servers, before, depth + 1);
    }
    if (!network) return to("not known", true, this.causes.of("dns-server-not-known", asker));
    if (doubt) return to("not known", false, doubt, reach);
    return to("right", false, undefined, reach);
  }

  /**
   * Azure's DNS looks in the linked zones first, then it follows the rule for the most of a name in the linked rulesets. A
   * rule for all names is not followed for the names of Azure's services.
   *
   * Source: "Azure DNS Private Resolver: how it works" and "endpoints and rulesets", Microsoft's DNS documentation.
   */
  private forwarded(way: Way, host: Host): Way {
    const { network, rules: before } = way;
    const rules = network && this.rulesOf.get(network);
    const isLed = way.steps.includes(NAME);
    if (way.stops || !network || (!isLed && this.linkFor(network, host.fqdn))) return way;
    const [publicRule, privateRule] = [isLed ? "" : host.fqdn, host.privateName].map((name) =>
      this.endsOf(name)
        .map((end) => rules?.get(end))
        .find((found) => found !== undefined),
    );
    // Public DNS leads to the private name, which is looked for in the linked zones, and then in the rules, in the same way.
    const held = this.linkFor(network, host.privateName) !== undefined;
    const rule = publicRule ?? (held ? undefined : privateRule);
    const step = (state: State, cause: Cause, asker: ForwardingRule): Step => {
      return { kind: "rule", asker, from: network, state, causes: [cause] };
    };
    if (!rule) {
      const names = [...(isLed ? [] : [host.fqdn]), ...(held ? [] : [host.privateName])];
      const doubtful = this.mayBeForwardedBy(network, names);
      if (!doubtful) return way;
      return {
        ...way,
        steps: [...way.steps, step("not known", this.causes.of("ruleset-link-not-known", doubtful), doubtful)],
      };
    }
    const named = publicRule || isLed ? way.steps : [...way.steps, NAME];
    if (before.length >= MAX_FORWARDS || before.includes(rule)) {
      const steps = [...named, step("not known", this.causes.of("forwarded-too-often", rule), rule)];
      return { rules: before, steps, stops: true };
    }
    const from = rule.from ?? network;
    const next = this.wayTo(rule, from, rule.servers, { ...way, steps: named, rules: [...before, rule] });
    return next.network === network ? next : this.forwarded(next, host);
  }

  /** A rule for one of some names, whose ruleset may be linked to a network, by a link of which the network is not known. */
  private mayBeForwardedBy(network: VirtualNetwork, names: readonly string[]): ForwardingRule | undefined {
    if (this.doubtfulRules.length === 0) return undefined;
    this.budget.spend(this.doubtfulRules.length);
    return this.doubtfulRules.find(
      ({ domain, mayBeFor }) =>
        names.some((name) => isAtOrBelow(name, domain)) &&
        mayBeFor.some((networks) => networks.length === 0 || networks.includes(network)),
    );
  }

  /** The step at which no linked zone can hold a name, so that public DNS answers. */
  private withoutZone(
    network: VirtualNetwork,
    asked: VirtualNetwork,
    service: Service,
    host: Host,
    expected: boolean,
  ): LastStep {
    const step = (state: State, ...causes: Cause[]): Step => ({ kind: "zone", network: asked, state, causes });
    const doubt = this.doubtOfLinks(asked, service, host);
    if (doubt) return { step: step("not known", doubt), isPublic: false };
    const [misplaced] = this.otherZonesOf(host);
    const without = expected ? this.causes.of("no-zone", network, service) : this.causes.of("no-zone-perhaps", service);
    const why = misplaced ? this.causes.of("zone-of-other-names", misplaced, service) : without;
    const { state, cause } = this.publicAnswer(network, service, why);
    return { step: step(state, cause), isPublic: true };
  }

  /** Why it is not known whether a network is linked to a zone that holds a name, where this file shows none. */
  private doubtOfLinks(asked: VirtualNetwork, service: Service, host: Host): Cause | undefined {
    if (!asked.managed) return this.causes.of("network-not-managed", asked);
    const { gap } = this.model;
    if (gap) return this.causes.ofNotRead(gap);
    if (this.possible.linked(asked, host.privateName)) return this.causes.of("ends-not-known");
    const policy = this.policyOf(service);
    if (policy !== undefined) return this.causes.of("zone-group-by-policy", service, policy);
    const [others] = this.zonesOfOthers(host.privateName);
    return others && this.causes.of("link-not-managed", others);
  }

  /** What a zone holds for a name, and whether public DNS answers because it holds nothing. */
  private recordStep(network: VirtualNetwork, service: Service, { captured, link }: FoundZone, step: Step): LastStep {
    const lacking = step.causes.find(({ name }) => name === "no-record");
    if (lacking && !captured && !link.fallsBack && this.isLed(service) === undefined) {
      const cause = this.causes.of("name-not-led", link.zone, service);
      return { step: { ...step, state: "not known", causes: [cause] }, isPublic: false };
    }
    if (!lacking || captured || link.fallsBack === false) return { step, isPublic: false };
    const { state, cause } = this.publicAnswer(network, service, lacking);
    if (link.fallsBack) {
      const causes = step.causes.map((one) => (one === lacking ? cause : one));
      return { step: { ...step, state, causes }, isPublic: true };
    }
    // Either public DNS answers, or the name does not resolve.
    return { step: state === "broken" ? step : { ...step, state: "not known" }, isPublic: false };
  }

  /**
   * Whether a network reaches a service by the public address that its DNS returns.
   *
   * @param why - the cause for which it gets that in place of a private address
   */
  private publicAnswer(network: VirtualNetwork, service: Service, why: Cause): { state: State; cause: Cause } {
    const reached = this.publicReach.of(network, service);
    if (reached === false) return { state: "broken", cause: why };
    if (service.publicAccess === "not known") return { state: "not known", cause: why };
    return { state: reached ? "right" : "not known", cause: this.causes.of("public-answer", service) };
  }

  private zoneStep(network: VirtualNetwork, { link, captured, answer }: FoundZone, service: Service): Step {
    const { zone } = link;
    const linked = this.linksOf.get(network)?.get(zone.name) ?? [];
    const twice = linked.length > 1 ? [this.causes.of("two-zones", network, zone.name)] : NO_CAUSES;
    if (!captured) return { kind: "zone", network, link, state: "right", causes: twice };
    const { strays, endpoints, addresses, step } = answer;
    const isWrong = strays.length > 0 || (endpoints.length === 0 && addresses.length > 0);
    const returns =
      step.state === "not known" ? "unknown" : isWrong ? "wrong" : endpoints.length > 0 ? "right" : "missing";
    const states = { unknown: "not known", wrong: "broken", missing: "broken", right: "right" } as const;
    const cause = this.causes.of("captured-name", zone, service, returns);
    return { kind: "zone", network, link, state: states[returns], causes: [cause, ...twice] };
  }

  /**
   * The zone that answers a host name in a network, and its answer. Clients ask for the public name, and public DNS leads it
   * to the private link name. Azure's DNS looks for the one in the zones that are linked, and then for the other.
   *
   * @param isLed - whether it is asked for the private link name
   */
  private answer(network: VirtualNetwork, service: Service, host: Host, isLed: boolean): FoundZone | undefined {
    const target = host.privateName;
    const capturing = isLed || host.fqdn === target ? undefined : this.linkFor(network, host.fqdn);
    if (capturing) {
      const { zone, fallsBack } = capturing;
      const answer = this.zones.in(zone, service, host, host.fqdn);
      const alias = answer.records.length === 0 ? zone.aliases.get(relative(host.fqdn, zone)) : undefined;
      const ledOn = alias === target || (fallsBack && alias === undefined && answer.records.length === 0);
      const step: Step = alias === undefined ? answer.step : { ...answer.step, state: "not known" };
      if (!ledOn) return { captured: true, link: capturing, answer: { ...answer, step } };
    }
    const link = this.isLed(service) === false ? undefined : this.linkFor(network, target);
    return link && { captured: false, link, answer: this.zones.in(link.zone, service, host, target) };
  }

  /** Whether public DNS leads the names of a service to private link names, which it does once there is a private endpoint. */
  private isLed(service: Service): boolean | undefined {
    if (this.served.has(service)) return true;
    return isRegistry(service) ? service.isConnected : undefined;
  }

  /** The link to the zone that matches most of a name, which is the one that DNS uses. */
  private linkFor(network: VirtualNetwork, name: string): Link | undefined {
    const links = this.linksOf.get(network);
    if (!links) return undefined;
    for (const end of this.endsOf(name)) {
      const link = links.get(end)?.[0];
      if (link) return link;
    }
    return undefined;
  }

  /** A policy that writes names of a service into zones that are not in this file. */
  private readonly policyOf = once<Service, string | undefined>(undefined, (service) =>
    this.model.endpoints
      .filter((endpoint) => endpoint.service === service && endpoint.mayRegisterIn.length === 0)
      .map(({ policy }) => policy)
      .find((policy) => policy !== undefined),
  );

  /** The zones of the DNS zone groups of all endpoints of a name, where none of them can hold it. */
  private readonly otherZonesOf = once<Host, readonly Zone[]>([], (host) => {
    const own = this.model.endpoints.filter(({ hosts }) => hosts.includes(host));
    return own.every(({ otherZones }) => otherZones.length > 0) ? own.flatMap(({ otherZones }) => otherZones) : [];
  });

  /** The zones that can hold a name and that this file does not manage: their owners may link them to any network. */
  private readonly zonesOfOthers = once<string, Zone[]>([], (name) =>
    this.model.zones.filter((zone) => !zone.managed && isAtOrBelow(name, zone.name)),
  );

  /** A name and all ends of it, the longest first: the zones that can hold it. */
  private readonly endsOf = once<string, string[]>([], (name) =>
    // DNS has no longer names.
    name.length > 253
      ? []
      : [...name.matchAll(/(?:^|\.)(?=[^.])/g)].map(({ index, 0: dot }) => name.slice(index + dot.length)),
  );

  /** The networks whose linked zones may answer a network: its own, or where DNS servers and forwarding rules lead. */
  public networksAsked(network: VirtualNetwork): VirtualNetwork[] {
    const asked = new Set<VirtualNetwork>();
    const add = (servers: DnsServers | undefined) => {
      for (let next = servers, depth = 0; next && depth < MAX_FORWARDS; next = next.firewall?.servers, depth++)
        if (next.network) asked.add(next.network);
    };
    const { dnsServers } = network;
    if (!dnsServers) asked.add(network);
    for (const servers of dnsServers?.alternatives ?? [dnsServers]) add(servers);
    for (const one of asked) for (const rule of this.rulesOf.get(one)?.values() ?? []) add(rule.servers);
    return [...asked];
  }
}

/** Whether two ways to a name end with the same answer. */
function isSameAnswer(one: Lookup, other: Lookup): boolean {
  const [a, b] = [one, other].map(({ endpoints, addresses, ...lookup }) =>
    [isReachable(lookup), endpoints.map(({ address }) => address).sort(), [...addresses].sort()].join("|"),
  );
  return a === b;
}

/** The step at which a question gets no further, unless it leads to endpoints. */
interface LastStep {
  readonly step: Step;
  /** Whether public DNS answers. */
  readonly isPublic: boolean;
}

interface FoundZone {
  readonly captured: boolean;
  readonly link: Link;
  readonly answer: ZoneAnswer;
}
