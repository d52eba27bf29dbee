import {
  type Endpoint,
  type Host,
  type NetworkModel,
  type RecordSet,
  type Service,
  type Zone,
  isRegistry,
} from "./model/network-model";
import { AZURE } from "./trace";
import { type Budget, RangeIndex, groupBy, once, unique } from "../../common/util";

/** What the record sets of a file hold: which names of which services they are for, and whose addresses are in them. */
export class RecordSets {
  private readonly hosts = new Map<string, { host: Host; service: Service }>();
  private readonly addresses: ReadonlyMap<Service, Addresses>;
  /** The ranges of the networks that the file manages, with all that is in them. */
  private readonly managed = new RangeIndex<true>();

  constructor(
    { services, endpoints, networks }: NetworkModel,
    private readonly budget: Budget,
  ) {
    for (const { managed, addressSpace, outside } of networks)
      if (managed && !outside) for (const range of addressSpace) this.managed.add(range, true);
    for (const service of services) {
      for (const host of service.hosts) {
        for (const name of [host.privateName, host.fqdn])
          if (!this.hosts.has(name)) this.hosts.set(name, { host, service });
      }
    }
    this.addresses = new Map(
      [...groupBy(endpoints, ({ service }) => service)].map(([service, own]) => [service, new Addresses(own)]),
    );
  }

  /** All names of services that record sets can be for. */
  public get names(): Iterable<string> {
    return this.hosts.keys();
  }

  /** Which host name of which service a record set is for. */
  public hostOf(zone: Zone, record: RecordSet): { host: Host; service: Service } | undefined {
    return this.hosts.get(record.name === "@" ? zone.name : `${record.name}.${zone.name}`);
  }

  /** The record sets of a name in a zone, or those of the wildcard that stands for it. */
  public recordsAt(zone: Zone, name: string): readonly RecordSet[] {
    const records = this.recordsOf(zone);
    const parents = [...name.matchAll(/\.|$/g)].map(({ index }) => `*${name.slice(index)}`);
    return [name, ...parents].map((one) => records.get(one)).find((found) => found !== undefined) ?? [];
  }

  /**
   * The regions that serve a host name. The login server's name leads to any region, by the address that an endpoint has for
   * it; or to one region, by the address that an endpoint has for that region's own login server.
   */
  public regionsServing(host: Host, records: readonly RecordSet[], service: Service): string[] {
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
      const byEndpoint = this.namesAt(address, service);
      return this.ownersOf(address, service, record).flatMap((endpoint) => byEndpoint.get(endpoint) ?? []);
    });
    const found = new Set(names.length > 0 ? names : record.picksBy);
    return service.hosts.filter(({ fqdn }) => found.has(fqdn));
  }

  /** The host names for which endpoints of a service have an address, by endpoint, as far as their addresses are known. */
  public namesAt(address: string, service: Service): ReadonlyMap<Endpoint, readonly string[]> {
    return this.addresses.get(service)?.names.get(address) ?? new Map<Endpoint, string[]>();
  }

  /** The endpoints whose addresses a record set of a service's name holds. */
  public endpointsIn(record: RecordSet, service: Service): Endpoint[] {
    if (record.addresses.length === 0) return [...record.readFrom];
    return unique(record.addresses.flatMap((address) => this.ownersOf(address, service, record)));
  }

  /** Addresses in a record set that no endpoint of a service has, where that is known. */
  public straysIn(record: RecordSet, service: Service): string[] {
    if (!this.isFollowed(record, service)) return [];
    return record.addresses.filter((address) => this.ownersOf(address, service, record).length === 0);
  }

  /** Whether no endpoint has an address for certain: it is in a network of the file, and not in one of others. */
  public isStray(address: string): boolean {
    return this.managed.holding(address).length > 0;
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
      [...groupBy(known, ({ address }) => address)].map(([address, same]) => [
        address,
        groupBy(
          same,
          ({ endpoint }) => endpoint,
          ({ host }) => host,
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
      ...this.ranges.holding(address).flatMap((endpoints) => [...endpoints]),
    ]);
  }
}

/** The ranges that an endpoint's addresses can be in: its subnet's, or its network's where the subnet is not known. */
function rangesOf({ subnetRanges, network }: Endpoint): readonly string[] {
  return subnetRanges.length > 0 ? subnetRanges : (network?.addressSpace ?? []);
}
