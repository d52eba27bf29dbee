import type { Cause, Causes } from "./cause";
import { Faults } from "./faults";
import {
  type Endpoint,
  type Host,
  type NetworkModel,
  type RecordSet,
  type Service,
  type Zone,
  relative,
} from "./model/network-model";
import { RecordSets } from "./record-sets";
import type { Lookup, State, Step } from "./trace";
import type { Budget } from "../../common/util/budget";
import { groupBy, once, unique } from "../../common/util/collections";

/** What a zone returns for a host name, whoever asks. */
export interface ZoneAnswer extends Pick<Lookup, "records" | "endpoints" | "servedBy" | "addresses" | "strays"> {
  readonly step: Step;
}

/** What zones return, whoever asks, and why that is not right. */
export class ZoneAnswers {
  public readonly records: RecordSets;
  public readonly faults: Faults;
  private readonly registeredIn: ReadonlyMap<Zone, readonly Endpoint[]>;
  private readonly mayRegisterIn: ReadonlyMap<Zone, readonly Endpoint[]>;
  private readonly answers = new Map<Zone, Map<Host, ZoneAnswer>>();

  constructor(
    private readonly model: NetworkModel,
    private readonly causes: Causes,
    budget: Budget,
  ) {
    this.records = new RecordSets(model, budget);
    this.faults = new Faults(model, this.records, causes);
    this.registeredIn = byZone(model.endpoints, ({ registersIn }) => registersIn);
    this.mayRegisterIn = byZone(model.endpoints, ({ mayRegisterIn }) => mayRegisterIn);
  }

  /** The answer of a zone, which is the same in each network that is linked to it. */
  public in(zone: Zone, service: Service, host: Host, name: string): ZoneAnswer {
    const answers = this.answers.get(zone) ?? new Map<Host, ZoneAnswer>();
    this.answers.set(zone, answers);
    const answer = answers.get(host) ?? this.answerOf(zone, service, host, name);
    answers.set(host, answer);
    return answer;
  }

  private answerOf(zone: Zone, service: Service, host: Host, name: string): ZoneAnswer {
    const records = this.records.recordsAt(zone, relative(name, zone));
    // A zone group writes the private names.
    const among = (its: readonly Endpoint[] = []) =>
      name === host.privateName
        ? its.filter((endpoint) => endpoint.service === service && endpoint.hosts.includes(host))
        : [];
    const registered = among(this.registeredIn.get(zone));
    const mayBeRegistered = among(this.mayRegisterIn.get(zone));
    // In one subnet, endpoints for other names of the service may have the address where theirs are not known.
    const holding = records
      .flatMap((record) => this.records.endpointsIn(record, service))
      .filter(({ addresses, hosts }) => addresses.size > 0 || hosts.includes(host));
    // What a group wrote last is in the record set, if that is shown.
    const writing = records.some(({ byGroup }) => byGroup) ? [] : registered;
    const endpoints = unique([...holding, ...writing]);
    const strays = records.flatMap((record) => this.records.straysIn(record, service));
    const answer = {
      records,
      endpoints,
      servedBy: endpoints.length > 0 ? this.records.regionsServing(host, records, service) : [],
      addresses:
        records.length > 0
          ? records.flatMap((record) => record.addresses)
          : registered.length === 1
            ? (registered[0]!.addresses.get(host.fqdn) ?? [])
            : [],
      strays,
    };
    const faults = [
      ...records.flatMap((record) => this.faults.ofRecord(record)),
      ...this.faults.ofRegistrations(zone, service, name),
    ];
    const [state, ...causes] =
      records.length > 0
        ? this.stateOf(records, answer, zone, service, faults)
        : this.stateWithoutRecord(zone, service, registered, mayBeRegistered);
    return { ...answer, step: { kind: "record", state, causes: unique([...causes, ...faults]) } };
  }

  /** Whether the record sets of a name are right, and why not. */
  private stateOf(
    records: readonly RecordSet[],
    { endpoints, strays }: Pick<ZoneAnswer, "endpoints" | "strays">,
    zone: Zone,
    service: Service,
    faults: readonly Cause[],
  ): [State, ...Cause[]] {
    const of = (name: Cause["name"]) => faults.filter((cause) => cause.name === name);
    const { gap } = this.model;
    if (strays.some((address) => this.records.isStray(address)))
      return gap ? ["not known", this.causes.ofNotRead(gap)] : ["broken", this.causes.of("unknown-address", zone)];
    if (strays.length > 0) return ["not known", this.causes.of("address-of-others", zone)];
    const isFollowed = records.every((record) => this.records.isFollowed(record, service));
    if (!isFollowed || of("record-not-known").length > 0) {
      const dangling = of("dangling-record");
      return dangling.length > 0 ? ["broken", ...dangling] : ["not known", this.causes.of("record-not-known", zone)];
    }
    if (of("wrong-address").length > 0) return ["broken", ...of("wrong-address")];
    return endpoints.length > 0 ? ["right"] : ["broken", this.causes.of("wrong-address", records[0]!)];
  }

  /** Whether what zone groups write of a name is known, where no record set holds it. */
  private stateWithoutRecord(
    zone: Zone,
    service: Service,
    registered: readonly Endpoint[],
    mayBeRegistered: readonly Endpoint[],
  ): [State, ...Cause[]] {
    const { gap, isDeployed } = this.model;
    // What a group wrote is gone if Azure shows its zone without it. Elsewhere, whoever writes names of a service into a zone
    // manages these names there, whoever manages the zone.
    if (registered.length > 0 && !(isDeployed && zone.managed)) return ["right"];
    const [policy] = mayBeRegistered.flatMap((endpoint) => endpoint.policy ?? []);
    if (policy !== undefined) return ["not known", this.causes.of("zone-group-by-policy", service, policy)];
    if (mayBeRegistered.length > 0) return ["not known", this.causes.of("zone-group-not-known", service)];
    if (!zone.managed)
      return this.servicesIn(zone).has(service)
        ? ["broken", this.causes.of("no-record", zone, service)]
        : ["not known", this.causes.of("zone-not-managed", zone)];
    if (gap) return ["not known", this.causes.ofNotRead(gap)];
    return ["broken", this.causes.of("no-record", zone, service)];
  }

  /** The services of which a zone has records, or into which endpoints of theirs write some. */
  public readonly servicesIn = once<Zone, ReadonlySet<Service>>(
    new Set(),
    (zone) =>
      new Set([
        ...zone.records.flatMap((record) => this.records.hostOf(zone, record)?.service ?? []),
        ...[this.registeredIn, this.mayRegisterIn].flatMap((map) =>
          (map.get(zone) ?? []).map(({ service }) => service),
        ),
      ]),
  );
}

function byZone(
  endpoints: readonly Endpoint[],
  zonesOf: (endpoint: Endpoint) => readonly Zone[],
): Map<Zone, Endpoint[]> {
  const found = endpoints.flatMap((endpoint) => zonesOf(endpoint).map((zone) => ({ zone, endpoint })));
  return groupBy(
    found,
    ({ zone }) => zone,
    ({ endpoint }) => endpoint,
  );
}
