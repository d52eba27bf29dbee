import {
  type DnsServers,
  type Endpoint,
  type ForwardingRule,
  type Host,
  type Link,
  type NetworkModel,
  type RecordSet,
  type Service,
  type VirtualNetwork,
  type Zone,
  isAtOrBelow,
  isRegistry,
  relative,
} from "./model/network-model";
import { Reachability } from "./reachability";
import { PossibleConnections } from "./possible-connections";
import { Budget } from "../../common/util/budget";
import { groupBy, once, unique } from "../../common/util/collections";
import { RangeIndex } from "../../common/util/ip-range";

/** In place of a region: Azure chooses which region serves. */
export const AZURE = "azure";

/** What a network's DNS returns for a host name of a service, with everything that decides it. */
export interface Lookup {
  readonly network: VirtualNetwork;
  /** Other networks that get the same, in a file with so many answers that they are looked at together. */
  readonly alike?: readonly VirtualNetwork[];
  readonly service: Service;
  readonly host: Host;
  /**
   * The network whose zone links decide: the network itself, or the one that its custom DNS servers, or those that a
   * forwarding rule names, are in; absent if not known.
   */
  readonly dnsNetwork?: VirtualNetwork;
  /** The rules that forward the name on the way, in order. */
  readonly forwardedBy: readonly ForwardingRule[];
  /** The link by which the zone answers; absent where public DNS does. */
  readonly link?: Link;
  /**
   * Whether that zone is one of public names, so that it answers the name that clients ask for, and DNS never follows the
   * public name to the private link name.
   */
  readonly captured: boolean;
  /** The record sets of the name in that zone. */
  readonly records: readonly RecordSet[];
  /** Whose addresses the answer holds. */
  readonly endpoints: readonly Endpoint[];
  /** Those of the endpoints that the network does not reach. */
  readonly unreachable: readonly Endpoint[];
  /** The addresses in the answer, as far as known. */
  readonly addresses: readonly string[];
  /** Addresses in the answer that no endpoint of the service has. */
  readonly strays: readonly string[];
  /**
   * The regions that serve the name: one, or several if the answer holds addresses that lead to several. {@link AZURE}
   * stands for whichever Azure chooses. Empty where it is not known.
   */
  readonly servedBy: readonly string[];
  /** Whether the question gets no answer at all, since the DNS servers on its way are not reached or do not answer. */
  readonly unanswered: boolean;
  /** Whether all that decides the answer is in the file. */
  readonly known: boolean;
  /**
   * Whether the network is expected to use the service: it has an endpoint of it, its DNS returns one, or the service is a
   * registry, which all networks pull from.
   */
  readonly expected: boolean;
}

/** Whether the network reaches all that an answer returns, and there is something; undefined where that is not known. */
export function isReachable({ endpoints, unreachable, strays, known }: Lookup): boolean | undefined {
  if (unreachable.length + strays.length > 0) return false;
  if (!known) return undefined;
  return endpoints.length > 0;
}

/** Most addresses in all answers of a file: enough for a mesh of a thousand networks that share one zone. */
const MAX_ADDRESSES = 5_000_000;

/** Looks names up in the network model as machines in its networks would. */
export class Resolver {
  public readonly reachability: Reachability;
  private readonly mayBe: PossibleConnections;
  /** By network, the links by the names of their zones. */
  private readonly linksOf: ReadonlyMap<VirtualNetwork, ReadonlyMap<string, readonly Link[]>>;
  private readonly doubtfulRules: readonly ForwardingRule[];
  private readonly rulesOf: ReadonlyMap<VirtualNetwork, ReadonlyMap<string, ForwardingRule>>;
  private readonly ends: ReadonlySet<string>;
  private readonly registeredIn: ReadonlyMap<Zone, readonly Endpoint[]>;
  private readonly mayRegisterIn: ReadonlyMap<Zone, readonly Endpoint[]>;
  private readonly hosts = new Map<string, { host: Host; service: Service }>();
  private readonly addresses: ReadonlyMap<Service, Addresses>;
  /** The services of which a network has an endpoint. */
  private readonly endpointsOf: ReadonlyMap<VirtualNetwork | undefined, ReadonlySet<Service>>;
  private readonly answers = new Map<Zone, Map<Host, ZoneAnswer>>();
  private readonly budget = new Budget(
    MAX_ADDRESSES,
    `The answers hold more than ${MAX_ADDRESSES} addresses. Preview a part of the networks at a time.`,
  );

  constructor(private readonly model: NetworkModel) {
    const { links, endpoints, services, forwardingRules } = model;
    this.reachability = new Reachability(model);
    this.mayBe = new PossibleConnections(model.unplaced);
    this.linksOf = new Map(
      [...groupBy(links, ({ network }) => network)].map(([network, its]) => [
        network,
        groupBy(its, ({ zone }) => zone.name),
      ]),
    );
    this.doubtfulRules = forwardingRules.filter(({ mayBeFor }) => mayBeFor.length > 0);
    const rules = forwardingRules.flatMap((rule) => rule.networks.map((network) => ({ network, rule })));
    this.rulesOf = new Map(
      [...groupBy(rules, ({ network }) => network)].map(([network, its]) => [
        network,
        new Map(its.map(({ rule }) => [rule.domain, rule])),
      ]),
    );
    this.endpointsOf = new Map(
      [...groupBy(endpoints, ({ network }) => network)].map(([network, its]) => [
        network,
        new Set(its.map(({ service }) => service)),
      ]),
    );
    this.registeredIn = byZone(endpoints, ({ registersIn }) => registersIn);
    this.mayRegisterIn = byZone(endpoints, ({ mayRegisterIn }) => mayRegisterIn);
    for (const service of services) {
      for (const host of service.hosts) {
        for (const name of [host.privateName, host.fqdn])
          if (!this.hosts.has(name)) this.hosts.set(name, { host, service });
      }
    }
    this.ends = new Set([...this.hosts.keys()].flatMap((name) => this.endsOf(name)));
    this.addresses = new Map(
      [...groupBy(endpoints, ({ service }) => service)].map(([service, its]) => [service, new Addresses(its)]),
    );
  }

  /** The links of a network to zones in which names of services can be. */
  public linksFor(network: VirtualNetwork): Link[] {
    return [...(this.linksOf.get(network) ?? [])].flatMap(([zone, links]) => (this.ends.has(zone) ? links : []));
  }

  public lookUp(network: VirtualNetwork, service: Service, host: Host): Lookup {
    this.budget.spend();
    const way = this.wayOf(network, host);
    const expected = isRegistry(service) || (this.endpointsOf.get(network)?.has(service) ?? false);
    const nothing = { ...NOTHING, network, service, host, forwardedBy: way.forwardedBy, expected };
    if (!way.network) return { ...nothing, unanswered: way.arrives === false, known: way.arrives === false };
    const { network: dnsNetwork } = way;
    if (way.arrives !== true)
      return { ...nothing, dnsNetwork, unanswered: way.arrives === false, known: way.arrives === false };
    const found = this.answer(dnsNetwork, service, host);
    if (!found) {
      const known = dnsNetwork.managed && way.known && !this.mayBeLinked(dnsNetwork, host);
      return { ...nothing, dnsNetwork, known };
    }
    const { captured, link, answer } = found;
    this.budget.spend(answer.endpoints.length + answer.addresses.length);
    const reach = answer.endpoints.map((endpoint) =>
      endpoint.network ? this.reachability.between(network, endpoint.network) : true,
    );
    return {
      ...nothing,
      ...answer,
      dnsNetwork,
      captured,
      link,
      expected: expected || answer.endpoints.length > 0,
      unreachable: answer.endpoints.filter((_, index) => reach[index] === false),
      known:
        answer.known &&
        way.known &&
        !reach.includes(undefined) &&
        (answer.endpoints.length > 0 || this.model.unreadModules.length === 0),
    };
  }

  /**
   * Which network's zones decide what a network gets for a name: its own, or those of the network in which its custom DNS
   * servers are, or to whose DNS a forwarding rule leads.
   */
  private wayOf(network: VirtualNetwork, host: Host): Way {
    const own = { network, forwardedBy: [], arrives: true, known: true };
    const way = network.dnsServers ? this.wayTo(network, network.dnsServers, own) : own;
    return this.forwarded(way, host);
  }

  /** The way to DNS servers that a network asks; what these ask is Azure's DNS, or for a firewall its own servers. */
  private wayTo(from: VirtualNetwork, servers: DnsServers, before: Way, depth = 0): Way {
    const { firewall, network } = servers;
    if (firewall?.proxy === false) return { ...before, ...(network && { network }), arrives: false };
    if (firewall?.servers && depth < MAX_FORWARDS)
      return this.wayTo(network ?? from, firewall.servers, before, depth + 1);
    if (!network) return { forwardedBy: before.forwardedBy, arrives: undefined, known: false };
    const arrives = this.reachability.between(from, network);
    // A firewall of which the settings are not in the file may ask any server.
    return { ...before, network, arrives, known: before.known && (!firewall || firewall.proxy !== undefined) };
  }

  /**
   * Azure's DNS looks in the linked zones first, then it follows the rule for the most of a name in the linked rulesets.
   *
   * Source: "Azure DNS Private Resolver: how it works", Microsoft's DNS documentation.
   */
  private forwarded(way: Way, host: Host): Way {
    const { network, forwardedBy } = way;
    const rules = network && this.rulesOf.get(network);
    if (way.arrives !== true || !network || this.linkFor(network, host.fqdn)) return way;
    const [publicRule, privateRule] = [host.fqdn, host.privateName].map((name) =>
      [...this.endsOf(name), ""].map((end) => rules?.get(end)).find((found) => found !== undefined),
    );
    // Public DNS leads to the private name, which is looked for in the linked zones, and then in the rules, in the same way.
    const held = this.linkFor(network, host.privateName) !== undefined;
    const rule = publicRule ?? (held ? undefined : privateRule);
    if (!rule)
      return this.mayBeForwarded(network, held ? [host.fqdn] : [host.fqdn, host.privateName])
        ? { ...way, known: false }
        : way;
    if (forwardedBy.length >= MAX_FORWARDS || forwardedBy.includes(rule))
      return { forwardedBy, arrives: undefined, known: false };
    const next = this.wayTo(rule.from ?? network, rule.servers, { ...way, forwardedBy: [...forwardedBy, rule] });
    return next.network === network ? next : this.forwarded(next, host);
  }

  /** Whether a ruleset with a rule for one of some names may be linked to a network, by a link of which the network is not known. */
  private mayBeForwarded(network: VirtualNetwork, names: readonly string[]): boolean {
    if (this.doubtfulRules.length === 0) return false;
    this.budget.spend(this.doubtfulRules.length);
    return this.doubtfulRules.some(
      ({ domain, mayBeFor }) =>
        (domain === "" || names.some((name) => isAtOrBelow(name, domain))) &&
        mayBeFor.some((networks) => networks.length === 0 || networks.includes(network)),
    );
  }

  /** Whether a link that is not known, or in a module that is not read, may link a network to a zone of a name. */
  private mayBeLinked(network: VirtualNetwork, { privateName }: Host): boolean {
    return this.model.unreadModules.length > 0 || this.mayBe.linked(network, privateName);
  }

  /**
   * The zone that answers a host name in a network, and its answer. Clients ask for the public name, and public DNS leads it
   * to the private link name. Azure's DNS looks for the one in the zones that are linked, and then for the other.
   */
  private answer(network: VirtualNetwork, service: Service, host: Host) {
    const target = host.privateName;
    const capturing = host.fqdn === target ? undefined : this.linkFor(network, host.fqdn);
    if (capturing) {
      const { zone, fallsBack } = capturing;
      const answer = this.answerIn(zone, service, host, host.fqdn);
      const alias = answer.records.length === 0 ? zone.aliases.get(relative(host.fqdn, zone)) : undefined;
      const ledOn = alias === target || (fallsBack && alias === undefined && answer.records.length === 0);
      if (!ledOn)
        return { captured: true, link: capturing, answer: { ...answer, known: answer.known && alias === undefined } };
    }
    const link = this.linkFor(network, target);
    return link && { captured: false, link, answer: this.answerIn(link.zone, service, host, target) };
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

  /** A name and all ends of it, the longest first: the zones that can hold it. */
  private readonly endsOf = once<string, string[]>([], (name) =>
    // DNS has no longer names.
    name.length > 253
      ? []
      : [...name.matchAll(/(?:^|\.)(?=[^.])/g)].map(({ index, 0: dot }) => name.slice(index + dot.length)),
  );

  /** The answer of a zone, which is the same in each network that is linked to it. */
  private answerIn(zone: Zone, service: Service, host: Host, name: string): ZoneAnswer {
    const answers = this.answers.get(zone) ?? new Map<Host, ZoneAnswer>();
    this.answers.set(zone, answers);
    const answer = answers.get(host) ?? this.answerOf(zone, service, host, name);
    answers.set(host, answer);
    return answer;
  }

  private answerOf(zone: Zone, service: Service, host: Host, name: string): ZoneAnswer {
    const records = this.recordsAt(zone, relative(name, zone));
    // A zone group writes the private names.
    const among = (its: readonly Endpoint[] = []) =>
      name === host.privateName
        ? its.filter((endpoint) => endpoint.service === service && endpoint.hosts.includes(host))
        : [];
    const registered = among(this.registeredIn.get(zone));
    const mayBeRegistered = among(this.mayRegisterIn.get(zone));
    // In one subnet, endpoints for other names of the service may have the address where theirs are not known.
    const holding = records
      .flatMap((record) => this.endpointsIn(record, service))
      .filter(({ addresses, hosts }) => addresses.size > 0 || hosts.includes(host));
    const endpoints = unique([...holding, ...registered]);
    const written = records.flatMap((record) => record.addresses);
    return {
      records,
      endpoints,
      servedBy: endpoints.length > 0 ? this.regionsServing(host, records, service) : [],
      addresses:
        records.length > 0 ? written : registered.flatMap((endpoint) => endpoint.addresses.get(host.fqdn) ?? []),
      strays: records
        .filter((record) => this.isFollowed(record, service))
        .flatMap((record) =>
          record.addresses.filter((address) => this.ownersOf(address, service, record).length === 0),
        ),
      known:
        // A zone has one record set of a name and type, so this file shows all of it.
        (zone.managed || records.length > 0) &&
        (records.length + registered.length > 0 || mayBeRegistered.length === 0) &&
        endpoints.every((endpoint) => endpoint.network !== undefined) &&
        records.every((record) => this.isFollowed(record, service)),
    };
  }

  /** The record sets of a name in a zone, or those of the wildcard that stands for it. */
  private recordsAt(zone: Zone, name: string): readonly RecordSet[] {
    const records = this.recordsOf(zone);
    const parents = [...name.matchAll(/\.|$/g)].map(({ index }) => `*${name.slice(index)}`);
    return [name, ...parents].map((one) => records.get(one)).find((found) => found !== undefined) ?? [];
  }

  /**
   * The regions that serve a host name. The login server's name leads to any region, by the address that an endpoint has for
   * it; or to one region, by the address that an endpoint has for that region's own login server.
   */
  private regionsServing(host: Host, records: readonly RecordSet[], service: Service): string[] {
    if (host.region !== undefined) return [host.region];
    if (!isRegistry(service)) return [];
    // An endpoint that registers itself has a record of the login server with the login server's address.
    if (!service.regional || records.length === 0) return [AZURE];
    const holding = records.flatMap((record) => this.hostsIn(record, service));
    return unique(holding.filter(({ kind }) => kind !== "data").map(({ region = AZURE }) => region));
  }

  /** The host names for which endpoints have the addresses in a record set, or by which it selects its addresses. */
  private hostsIn(record: RecordSet, service: Service): readonly Host[] {
    const names = record.addresses.flatMap((address) => {
      const its = this.namesAt(address, service);
      return this.ownersOf(address, service, record).flatMap((endpoint) => its.get(endpoint) ?? []);
    });
    const found = new Set(names.length > 0 ? names : record.picksBy);
    return service.hosts.filter(({ fqdn }) => found.has(fqdn));
  }

  /** The host names for which endpoints of a service have an address, by endpoint, as far as their addresses are known. */
  public namesAt(address: string, service: Service): ReadonlyMap<Endpoint, readonly string[]> {
    return this.addresses.get(service)?.names.get(address) ?? new Map<Endpoint, string[]>();
  }

  /** Which host name of which service a record set is for. */
  public hostOf(zone: Zone, record: RecordSet): { host: Host; service: Service } | undefined {
    return this.hosts.get(record.name === "@" ? zone.name : `${record.name}.${zone.name}`);
  }

  /** The services of which a zone has records, or into which endpoints of theirs write some. */
  public readonly servicesIn = once<Zone, ReadonlySet<Service>>(
    new Set(),
    (zone) =>
      new Set([
        ...zone.records.flatMap((record) => this.hostOf(zone, record)?.service ?? []),
        ...[this.registeredIn, this.mayRegisterIn].flatMap((map) =>
          (map.get(zone) ?? []).map(({ service }) => service),
        ),
      ]),
  );

  /** The networks whose linked zones may answer a network: its own, or where DNS servers and forwarding rules lead. */
  public networksAsked(network: VirtualNetwork): VirtualNetwork[] {
    const asked = new Set<VirtualNetwork>();
    const add = (servers: DnsServers | undefined) => {
      for (let next = servers, depth = 0; next && depth < MAX_FORWARDS; next = next.firewall?.servers, depth++)
        if (next.network) asked.add(next.network);
    };
    if (network.dnsServers) add(network.dnsServers);
    else asked.add(network);
    for (const one of asked) for (const rule of this.rulesOf.get(one)?.values() ?? []) add(rule.servers);
    return [...asked];
  }

  /** The endpoints whose addresses a record set of a service's name holds. */
  public endpointsIn(record: RecordSet, service: Service): Endpoint[] {
    if (record.addresses.length === 0) return [...record.readFrom];
    return unique(record.addresses.flatMap((address) => this.ownersOf(address, service, record)));
  }

  /** Whether the contents of a record set are known, even if no endpoint has its addresses. */
  public isFollowed(record: RecordSet, service: Service): boolean {
    if (record.addresses.length === 0 || record.readFrom.length > 0) return record.readFrom.length > 0;
    return this.endpointsIn(record, service).length > 0 || this.anywhere(service).length === 0;
  }

  /** The endpoints whose network ranges are not known either: they may have any address. */
  private anywhere(service: Service): readonly Endpoint[] {
    return this.addresses.get(service)?.anywhere ?? [];
  }

  /** The endpoints that have an address, or in whose subnet it lies where their addresses are not known. */
  private ownersOf(address: string, service: Service, record: RecordSet): readonly Endpoint[] {
    const owners = this.addresses.get(service)?.owners(address) ?? [];
    this.budget.spend(owners.length);
    // Networks that are not connected may use the same addresses: then the endpoint that the record reads from is meant.
    const readFrom = this.readFromOf(record);
    const meant = owners.filter((endpoint) => readFrom.has(endpoint));
    if (meant.length > 0) return meant;
    const anywhere = owners.length === 0 ? this.anywhere(service) : [];
    return anywhere.length === 1 ? anywhere : owners;
  }

  private readonly recordsOf = once<Zone, ReadonlyMap<string, readonly RecordSet[]>>(new Map(), ({ records }) =>
    groupBy(records, ({ name }) => name),
  );

  private readonly readFromOf = once<RecordSet, ReadonlySet<Endpoint>>(new Set(), ({ readFrom }) => new Set(readFrom));
}

/** Where a question for a name goes. */
interface Way {
  /** The network whose Azure DNS answers; absent where it is not known. */
  readonly network?: VirtualNetwork;
  readonly forwardedBy: readonly ForwardingRule[];
  /** Whether the question arrives there; undefined where that is not known. */
  readonly arrives: boolean | undefined;
  /** Whether all that decides the way is in the file. */
  readonly known: boolean;
}

/** Most servers and rules that forward a question to each other. */
export const MAX_FORWARDS = 10;

function byZone(
  endpoints: readonly Endpoint[],
  zonesOf: (endpoint: Endpoint) => readonly Zone[],
): Map<Zone, Endpoint[]> {
  const found = endpoints.flatMap((endpoint) => zonesOf(endpoint).map((zone) => ({ zone, endpoint })));
  return new Map(
    [...groupBy(found, ({ zone }) => zone)].map(([zone, its]) => [zone, its.map(({ endpoint }) => endpoint)]),
  );
}

/** The parts of a lookup that no zone answers. */
const NOTHING = {
  captured: false,
  unanswered: false,
  records: [],
  endpoints: [],
  unreachable: [],
  addresses: [],
  strays: [],
  servedBy: [],
};

/** What a zone returns for a host name, whoever asks. */
type ZoneAnswer = Pick<Lookup, "records" | "endpoints" | "servedBy" | "addresses" | "strays" | "known">;

/** The endpoints of a service by their addresses. */
class Addresses {
  /** For each address, the host names for which an endpoint has it. */
  public readonly names: ReadonlyMap<string, ReadonlyMap<Endpoint, readonly string[]>>;
  /** The endpoints of which neither addresses nor ranges are known. */
  public readonly anywhere: readonly Endpoint[];
  private readonly ranges = new RangeIndex<Endpoint>();

  constructor(endpoints: readonly Endpoint[]) {
    const known = endpoints.flatMap((endpoint) =>
      [...endpoint.addresses].flatMap(([host, addresses]) => addresses.map((address) => ({ endpoint, host, address }))),
    );
    this.names = new Map(
      [...groupBy(known, ({ address }) => address)].map(([address, its]) => [
        address,
        new Map(
          [...groupBy(its, ({ endpoint }) => endpoint)].map(([endpoint, same]) => [
            endpoint,
            same.map(({ host }) => host),
          ]),
        ),
      ]),
    );
    const others = endpoints.filter(({ addresses }) => addresses.size === 0);
    for (const endpoint of others) {
      for (const range of rangesOf(endpoint)) this.ranges.add(range, endpoint);
    }
    this.anywhere = others.filter((endpoint) => rangesOf(endpoint).length === 0);
  }

  /** The endpoints that have an address, or in whose range it lies where their addresses are not known. */
  public owners(address: string): Endpoint[] {
    return unique([
      ...(this.names.get(address)?.keys() ?? []),
      ...this.ranges.holding(address).flatMap((its) => [...its]),
    ]);
  }
}

/** The ranges that an endpoint's addresses can be in: its subnet's, or its network's where the subnet is not known. */
function rangesOf({ subnetRanges, network }: Endpoint): readonly string[] {
  return subnetRanges.length > 0 ? subnetRanges : (network?.addressSpace ?? []);
}
