import type { Cause, Causes } from "./cause";
import {
  type Endpoint,
  type Host,
  type NetworkModel,
  type RecordSet,
  type Service,
  type Zone,
  isAtOrBelow,
} from "./model/network-model";
import type { RecordSets } from "./record-sets";
import { MAX_RECORDS } from "../../common/azure";
import { groupBy, joinWords, unique } from "../../common/util";

/** A record set of a name of a service. */
export interface NamedRecord {
  readonly zone: Zone;
  readonly record: RecordSet;
  readonly host: Host;
  readonly service: Service;
}

/** Endpoints of a service whose DNS zone groups write records of the same names into a zone. */
export interface Registration {
  readonly zone: Zone;
  readonly service: Service;
  readonly names: readonly string[];
  readonly endpoints: readonly Endpoint[];
  readonly causes: readonly Cause[];
}

/** What is wrong with record sets and DNS zone groups by themselves, whoever asks for their names. */
export class Faults {
  public readonly records: readonly NamedRecord[];
  public readonly registrations: readonly Registration[];
  /** Endpoints whose addresses record sets hold, or may hold. */
  public readonly recorded: ReadonlySet<Endpoint>;
  private readonly byRecord: ReadonlyMap<RecordSet, { named: NamedRecord; causes: readonly Cause[] }>;
  private readonly byZone: ReadonlyMap<Zone, readonly Registration[]>;

  constructor(
    private readonly model: NetworkModel,
    private readonly sets: RecordSets,
    private readonly causes: Causes,
  ) {
    this.records = model.zones.flatMap((zone) =>
      zone.records.flatMap((record) => {
        const found = sets.hostOf(zone, record);
        return found ? [{ zone, record, ...found }] : [];
      }),
    );
    this.byRecord = new Map(this.records.map((named) => [named.record, { named, causes: this.causesOf(named) }]));
    this.recorded = new Set(
      this.records.flatMap(({ record, service }) => [...sets.endpointsIn(record, service), ...record.readFromOneOf]),
    );
    this.registrations = this.registered();
    this.byZone = groupBy(this.registrations, ({ zone }) => zone);
  }

  public get all(): readonly Cause[] {
    return [...[...this.byRecord.values()], ...this.registrations].flatMap(({ causes }) => causes);
  }

  /** Which name of which service a record set is for that is wrong. */
  public named(record: RecordSet): NamedRecord {
    return this.byRecord.get(record)!.named;
  }

  /** The record sets of a private link zone for services that are not there, with an address of a network that nothing has. */
  public staleIn(zone: Zone): readonly RecordSet[] {
    const { addressesInUse } = this.model;
    if (!addressesInUse || this.model.gap || !PRIVATE_LINK.test(zone.name)) return [];
    return zone.records.filter(
      (record) =>
        !this.sets.hostOf(zone, record) &&
        record.addresses.some((address) => !addressesInUse.has(address) && this.sets.isStray(address)),
    );
  }

  /** What is wrong with a record set. */
  public ofRecord(record: RecordSet): readonly Cause[] {
    return this.byRecord.get(record)?.causes ?? [];
  }

  /** What is wrong with the DNS zone groups that write a name of a service into a zone. */
  public ofRegistrations(zone: Zone, service: Service, name: string): readonly Cause[] {
    const all = this.byZone.get(zone) ?? [];
    return all.filter((one) => one.service === service && one.names.includes(name)).flatMap(({ causes }) => causes);
  }

  /** Whether a record set holds no address of an endpoint for certain, or that is not known; undefined where it holds one. */
  public doubtOf({ record, service }: NamedRecord): "dangling" | "not known" | undefined {
    const { addresses, lost, readFromOneOf } = record;
    if (this.sets.isFollowed(record, service) && !(addresses.length === 0 && lost.length > 0)) return undefined;
    const complete = this.model.form === "configuration" && this.model.gap === undefined;
    return complete && addresses.length + readFromOneOf.length === 0 ? "dangling" : "not known";
  }

  /** What a record set holds that belongs to another host name. */
  public wrongIn({ record, host: { kind, fqdn }, service }: NamedRecord): string[] {
    const hosts = new Map(service.hosts.map((host) => [host.fqdn, host]));
    // The login server may lead to the login server of a region.
    const isAllowed = (name: string) => name === fqdn || (kind === "global" && hosts.get(name)?.kind === "regional");
    const others = unique(record.picksBy).filter((name) => hosts.has(name) && !isAllowed(name));
    const readFrom = new Set(record.readFrom);
    const found = record.addresses.flatMap((address) => {
      const names = [...this.sets.namesAt(address, service)]
        .filter(([endpoint]) => readFrom.size === 0 || readFrom.has(endpoint))
        .flatMap(([, fqdns]) => fqdns);
      return names.length > 0 && !names.some(isAllowed) ? [`${address} (of ${joinWords(unique(names))})`] : [];
    });
    return [...others.map((name) => `the address of ${name}`), ...found];
  }

  private causesOf(found: NamedRecord): Cause[] {
    const { record, zone, service } = found;
    const doubt = this.doubtOf(found);
    const byPosition = record.byPosition.length > 0 && hasSeveralAddresses(service);
    return [
      ...(this.wrongIn(found).length > 0 ? [this.causes.of("wrong-address", record)] : []),
      ...(byPosition ? [this.causes.of("record-by-position", record)] : []),
      ...(record.size > MAX_RECORDS ? [this.causes.of("too-many-records", record)] : []),
      ...(doubt === "dangling" ? [this.causes.of("dangling-record", zone)] : []),
      ...(doubt === "not known" ? [this.causes.of("record-not-known", zone)] : []),
    ];
  }

  private registered(): Registration[] {
    const written = groupBy(this.records, ({ zone }) => zone);
    const all = this.model.endpoints.flatMap((endpoint) =>
      endpoint.registersIn.flatMap((zone) => {
        const names = endpoint.hosts
          .map(({ privateName }) => privateName)
          .filter((name) => isAtOrBelow(name, zone.name))
          .sort();
        return names.length > 0 ? [{ zone, endpoint, names }] : [];
      }),
    );
    const keyOf = ({ zone, endpoint, names }: (typeof all)[number]) =>
      `${zone.address} ${endpoint.service.address} ${names.join(" ")}`;
    return [...groupBy(all, keyOf).values()].map((group) => {
      const [{ zone, endpoint, names }] = group as [(typeof all)[number]];
      const { service } = endpoint;
      const endpoints = group.map((one) => one.endpoint);
      const subjects = [zone, service, names.join(" ")] as const;
      const isWritten = (written.get(zone) ?? []).some((one) => one.service === service && !one.record.byGroup);
      const isElsewhere = !zone.managed && endpoints.every((one) => this.recorded.has(one));
      const several = endpoints.length > 1 ? "endpoints-overwrite" : undefined;
      const name = isWritten ? "self-registering-endpoint" : isElsewhere ? "registers-elsewhere" : several;
      return { zone, service, names, endpoints, causes: name ? [this.causes.of(name, ...subjects)] : [] };
    });
  }
}

/** Private link zones: those of `privatelink` names, and of registries' data endpoints below them. */
const PRIVATE_LINK = /(^|\.)privatelink\./;

/** Whether an endpoint of a service has several addresses. A web app and its source control site have one together. */
function hasSeveralAddresses({ hosts }: Service): boolean {
  const subresources = hosts.filter(({ label }) => label !== "scm").map(({ subresource }) => subresource);
  return unique(subresources).length < subresources.length;
}
