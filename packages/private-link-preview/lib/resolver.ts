import type { RegistryHost } from "./azure/registry-hosts";
import {
  type Endpoint,
  type Link,
  type NetworkModel,
  type RecordSet,
  type Registry,
  type VirtualNetwork,
  type Zone,
  isAtOrBelow,
} from "./model/network-model";
import { Budget } from "./util/budget";
import { groupBy, once, unique } from "./util/collections";
import { RangeIndex } from "./util/ip-range";

/** In place of a region: Azure chooses which region serves. */
export const AZURE = "azure";

/** What a network's DNS returns for a host name of a registry, with everything that decides it. */
export interface Lookup {
  readonly network: VirtualNetwork;
  readonly registry: Registry;
  readonly host: RegistryHost;
  /** The network whose zone links decide: the network itself, or the one that its custom DNS servers are in; absent if not known. */
  readonly dnsNetwork?: VirtualNetwork;
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
  /** Addresses in the answer that no endpoint of the registry has. */
  readonly strays: readonly string[];
  /**
   * The regions that serve the name: one, or several if the answer holds addresses that lead to several. {@link AZURE}
   * stands for whichever Azure chooses. Empty where it is not known.
   */
  readonly servedBy: readonly string[];
  /** Whether all that decides the answer is in the file. */
  readonly known: boolean;
}

/** Most addresses in all answers of a file: enough for a mesh of a thousand networks that share one zone. */
const MAX_ADDRESSES = 5_000_000;

/** Looks names up in the network model as machines in its networks would. */
export class Resolver {
  private readonly peered: ReadonlyMap<VirtualNetwork, ReadonlySet<VirtualNetwork>>;
  /** By network, the links by the names of their zones. */
  private readonly linksOf: ReadonlyMap<VirtualNetwork, ReadonlyMap<string, readonly Link[]>>;
  private readonly suffixes: readonly string[];
  private readonly registeredIn: ReadonlyMap<Zone, readonly Endpoint[]>;
  private readonly hosts = new Map<string, { host: RegistryHost; registry: Registry }>();
  private readonly addresses: ReadonlyMap<Registry, Addresses>;
  private readonly answers = new Map<Zone, Map<RegistryHost, ZoneAnswer>>();
  private readonly budget = new Budget(
    MAX_ADDRESSES,
    `The answers hold more than ${MAX_ADDRESSES} addresses. Preview a part of the networks at a time.`,
  );

  constructor(private readonly model: NetworkModel) {
    const { links, peerings, endpoints, registries } = model;
    this.suffixes = unique(registries.map(({ cloud }) => cloud.registrySuffix));
    this.linksOf = new Map(
      [...groupBy(links, ({ network }) => network)].map(([network, its]) => [
        network,
        groupBy(its, ({ zone }) => zone.name),
      ]),
    );
    const allowed = peerings.filter(({ allowed }) => allowed);
    this.peered = new Map(
      [...groupBy(allowed, ({ from }) => from)].map(([from, its]) => [from, new Set(its.map(({ to }) => to))]),
    );
    const registrations = endpoints.flatMap((endpoint) => endpoint.registersIn.map((zone) => ({ zone, endpoint })));
    this.registeredIn = new Map(
      [...groupBy(registrations, ({ zone }) => zone)].map(([zone, its]) => [zone, its.map(({ endpoint }) => endpoint)]),
    );
    for (const registry of registries) {
      for (const host of registry.hosts) {
        for (const name of [privateName(host, registry), host.fqdn])
          if (!this.hosts.has(name)) this.hosts.set(name, { host, registry });
      }
    }
    this.addresses = new Map(
      [...groupBy(endpoints, ({ registry }) => registry)].map(([registry, its]) => [registry, new Addresses(its)]),
    );
  }

  /** Whether traffic flows between two networks: peered directly in both directions. Peering is not transitive. */
  public connected(a: VirtualNetwork, b: VirtualNetwork): boolean {
    return a === b || this.onTrust(a, b) || (this.letsIn(a, b) && this.letsIn(b, a));
  }

  /** Whether two networks are taken to be peered because neither is managed here, nor any peering between them. */
  public onTrust(a: VirtualNetwork, b: VirtualNetwork): boolean {
    return a !== b && !a.managed && !b.managed && !this.hasPeering(a, b) && !this.hasPeering(b, a);
  }

  /** Whether a network's side of a peering is there; for a network that is not in the file, the other side's peering is taken as proof. */
  private letsIn(network: VirtualNetwork, remote: VirtualNetwork): boolean {
    return this.hasPeering(network, remote) || (!network.managed && this.hasPeering(remote, network));
  }

  public hasPeering(from: VirtualNetwork, to: VirtualNetwork): boolean {
    return this.peered.get(from)?.has(to) ?? false;
  }

  /** The links of a network to zones in which names of registries can be. */
  public linksFor(network: VirtualNetwork): Link[] {
    return [...(this.linksOf.get(network) ?? [])].flatMap(([zone, links]) =>
      this.suffixes.some((suffix) => isAtOrBelow(zone, suffix)) ? links : [],
    );
  }

  public lookUp(network: VirtualNetwork, registry: Registry, host: RegistryHost): Lookup {
    const dnsNetwork = network.dnsServers ? network.dnsServers.network : network;
    this.budget.spend();
    if (!dnsNetwork) return { ...NOTHING, network, registry, host, known: false };
    // A link or peering that could not be placed, or is in a module, may be the one that is missing here.
    const complete = this.model.unplaced.length + this.model.unreadModules.length === 0;
    if (!this.connected(network, dnsNetwork))
      return { ...NOTHING, network, registry, host, dnsNetwork, known: complete };
    const found = this.answer(dnsNetwork, registry, host);
    if (!found) return { ...NOTHING, network, registry, host, dnsNetwork, known: dnsNetwork.managed && complete };
    const { captured, link, answer } = found;
    this.budget.spend(answer.endpoints.length + answer.addresses.length);
    const beyond = answer.endpoints.filter(
      (endpoint) => endpoint.network && !this.connected(network, endpoint.network),
    );
    const known = answer.known && (complete || (beyond.length === 0 && answer.endpoints.length > 0));
    return {
      ...answer,
      network,
      registry,
      host,
      dnsNetwork,
      captured,
      link,
      unreachable: complete ? beyond : [],
      known,
    };
  }

  /**
   * The zone that answers a host name in a network, and its answer. Clients ask for the public name, and public DNS leads it
   * to the private link name. Azure's DNS looks for the one in the zones that are linked, and then for the other.
   */
  private answer(network: VirtualNetwork, registry: Registry, host: RegistryHost) {
    const target = privateName(host, registry);
    const capturing = this.linkFor(network, host.fqdn);
    if (capturing) {
      const { zone, fallsBack } = capturing;
      const answer = this.answerIn(zone, registry, host, host.fqdn);
      const alias = answer.records.length === 0 ? zone.aliases.get(relative(host.fqdn, zone)) : undefined;
      const ledOn = alias === target || (fallsBack && alias === undefined && answer.records.length === 0);
      if (!ledOn)
        return { captured: true, link: capturing, answer: { ...answer, known: answer.known && alias === undefined } };
    }
    const link = this.linkFor(network, target);
    return link && { captured: false, link, answer: this.answerIn(link.zone, registry, host, target) };
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
  private answerIn(zone: Zone, registry: Registry, host: RegistryHost, name: string): ZoneAnswer {
    const answers = this.answers.get(zone) ?? new Map<RegistryHost, ZoneAnswer>();
    this.answers.set(zone, answers);
    const answer = answers.get(host) ?? this.answerOf(zone, registry, host, name);
    answers.set(host, answer);
    return answer;
  }

  private answerOf(zone: Zone, registry: Registry, host: RegistryHost, name: string): ZoneAnswer {
    const records = this.recordsAt(zone, relative(name, zone));
    const registered =
      name === host.fqdn
        ? []
        : (this.registeredIn.get(zone) ?? []).filter((endpoint) => endpoint.registry === registry);
    const endpoints = unique([...records.flatMap((record) => this.endpointsIn(record, registry)), ...registered]);
    const written = records.flatMap((record) => record.addresses);
    return {
      records,
      endpoints,
      servedBy: endpoints.length > 0 ? this.regionsServing(host, records, registry) : [],
      addresses:
        records.length > 0 ? written : registered.flatMap((endpoint) => endpoint.addresses.get(host.fqdn) ?? []),
      strays: records
        .filter((record) => this.isFollowed(record, registry))
        .flatMap((record) =>
          record.addresses.filter((address) => this.ownersOf(address, registry, record).length === 0),
        ),
      known:
        // A zone has one record set of a name and type, so this file shows all of it.
        (zone.managed || records.length > 0) &&
        endpoints.every((endpoint) => endpoint.network !== undefined) &&
        records.every((record) => this.isFollowed(record, registry)),
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
  private regionsServing(host: RegistryHost, records: readonly RecordSet[], registry: Registry): string[] {
    if (host.region !== undefined) return [host.region];
    // An endpoint that registers itself has a record of the login server with the login server's address.
    if (!registry.regional || records.length === 0) return [AZURE];
    const holding = records.flatMap((record) => this.hostsIn(record, registry));
    return unique(holding.filter(({ kind }) => kind !== "data").map(({ region = AZURE }) => region));
  }

  /** The host names for which endpoints have the addresses in a record set, or by which it selects its addresses. */
  private hostsIn(record: RecordSet, registry: Registry): RegistryHost[] {
    const names = record.addresses.flatMap((address) => {
      const its = this.namesAt(address, registry);
      return this.ownersOf(address, registry, record).flatMap((endpoint) => its.get(endpoint) ?? []);
    });
    const found = new Set(names.length > 0 ? names : record.picksBy);
    return registry.hosts.filter(({ fqdn }) => found.has(fqdn));
  }

  /** The host names for which endpoints of a registry have an address, by endpoint, as far as their addresses are known. */
  public namesAt(address: string, registry: Registry): ReadonlyMap<Endpoint, readonly string[]> {
    return this.addresses.get(registry)?.names.get(address) ?? new Map<Endpoint, string[]>();
  }

  /** Which host name of which registry a record set is for. */
  public hostOf(zone: Zone, record: RecordSet): { host: RegistryHost; registry: Registry } | undefined {
    return this.hosts.get(record.name === "@" ? zone.name : `${record.name}.${zone.name}`);
  }

  /** The registries of which a zone has records. */
  public readonly registriesIn = once<Zone, ReadonlySet<Registry>>(
    new Set(),
    (zone) => new Set(zone.records.flatMap((record) => this.hostOf(zone, record)?.registry ?? [])),
  );

  /** The endpoints whose addresses a record set of a registry's name holds. */
  public endpointsIn(record: RecordSet, registry: Registry): Endpoint[] {
    if (record.addresses.length === 0) return [...record.readFrom];
    return unique(record.addresses.flatMap((address) => this.ownersOf(address, registry, record)));
  }

  /** Whether the contents of a record set are known, even if no endpoint has its addresses. */
  public isFollowed(record: RecordSet, registry: Registry): boolean {
    if (record.addresses.length === 0 || record.readFrom.length > 0) return record.readFrom.length > 0;
    return this.endpointsIn(record, registry).length > 0 || this.anywhere(registry).length === 0;
  }

  /** The endpoints whose network ranges are not known either: they may have any address. */
  private anywhere(registry: Registry): readonly Endpoint[] {
    return this.addresses.get(registry)?.anywhere ?? [];
  }

  /** The endpoints that have an address, or in whose subnet it lies where their addresses are not known. */
  private ownersOf(address: string, registry: Registry, record: RecordSet): readonly Endpoint[] {
    const owners = this.addresses.get(registry)?.owners(address) ?? [];
    this.budget.spend(owners.length);
    // Networks that are not connected may use the same addresses: then the endpoint that the record reads from is meant.
    const readFrom = this.readFromOf(record);
    const meant = owners.filter((endpoint) => readFrom.has(endpoint));
    if (meant.length > 0) return meant;
    const anywhere = owners.length === 0 ? this.anywhere(registry) : [];
    return anywhere.length === 1 ? anywhere : owners;
  }

  private readonly recordsOf = once<Zone, ReadonlyMap<string, readonly RecordSet[]>>(new Map(), ({ records }) =>
    groupBy(records, ({ name }) => name),
  );

  private readonly readFromOf = once<RecordSet, ReadonlySet<Endpoint>>(new Set(), ({ readFrom }) => new Set(readFrom));
}

/** The parts of a lookup that no zone answers. */
const NOTHING = {
  captured: false,
  records: [],
  endpoints: [],
  unreachable: [],
  addresses: [],
  strays: [],
  servedBy: [],
};

/** What a zone returns for a host name, whoever asks. */
type ZoneAnswer = Pick<Lookup, "records" | "endpoints" | "servedBy" | "addresses" | "strays" | "known">;

/** The endpoints of a registry by their addresses. */
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

/** The name to which public DNS leads a host name of a registry that has private endpoints. */
function privateName({ record }: RegistryHost, { cloud }: Registry): string {
  return `${record}.${cloud.privateLinkZone}`;
}

/** A name relative to a zone that it is at or below, as record sets are named. */
function relative(name: string, zone: Zone): string {
  return name === zone.name ? "@" : name.slice(0, -zone.name.length - 1);
}
