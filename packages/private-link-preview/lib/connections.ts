import type { Cause, Causes } from "./cause";
import {
  type Endpoint,
  type NetworkModel,
  type Peering,
  type Registry,
  type Service,
  type VirtualNetwork,
  isRegistry,
} from "./model/network-model";
import { Ports } from "./ports";
import { type Reach, Reachability } from "./reachability";
import { AZURE, type Lookup, type Step } from "./trace";
import { normaliseRegion } from "../../common/azure/regions";
import { groupBy, unique } from "../../common/util/collections";

/** What DNS has returned for a name, before a client connects. */
type Returned = Omit<Lookup, "trace">;

/** The steps from the addresses of an answer to the endpoints that have them, and to the region that serves. */
export class Connections {
  public readonly reachability: Reachability;
  public readonly ports: Ports;
  private readonly servicesIn: ReadonlyMap<VirtualNetwork | undefined, readonly Service[]>;
  /** The networks in which a service has endpoints. */
  private readonly homesOf: ReadonlyMap<Service, readonly (VirtualNetwork | undefined)[]>;
  private readonly peerings: ReadonlyMap<VirtualNetwork, ReadonlyMap<VirtualNetwork, readonly Peering[]>>;

  constructor(
    private readonly model: NetworkModel,
    private readonly causes: Causes,
  ) {
    this.reachability = new Reachability(model);
    this.ports = new Ports(model);
    this.servicesIn = groupBy(
      model.endpoints,
      ({ network }) => network,
      ({ service }) => service,
    );
    this.homesOf = new Map(
      [...groupBy(model.endpoints, ({ service }) => service)].map(([service, own]) => [
        service,
        unique(own.map(({ network }) => network)),
      ]),
    );
    this.peerings = new Map(
      [...groupBy(model.peerings, ({ from }) => from)].map(([from, sides]) => [from, groupBy(sides, ({ to }) => to)]),
    );
  }

  /** Whether a network has an endpoint of a service. */
  public isIn(service: Service, network: VirtualNetwork): boolean {
    return this.servicesIn.get(network)?.includes(service) ?? false;
  }

  /** Whether a network may reach an endpoint of a service, or the service has none yet. */
  public mayUse(service: Service, network: VirtualNetwork): boolean {
    const homes = this.homesOf.get(service) ?? [];
    return homes.length === 0 || homes.some((home) => !home || this.reachability.between(network, home) !== false);
  }

  /** The steps from an answer with addresses to the region that serves it. */
  public stepsOf(returned: Returned): Step[] {
    return [this.endpointStep(returned), ...this.connectionSteps(returned), ...this.regionSteps(returned)];
  }

  /** Whether a network reaches an endpoint whose network is known, by its addresses there or the ranges of its subnet. */
  public reachOf(network: VirtualNetwork, { network: to = network, addresses, subnetRanges }: Endpoint): Reach {
    return this.reachability.reach(network, to, addresses.size > 0 ? [...addresses.values()].flat() : subnetRanges);
  }

  private endpointStep({ network, service, endpoints, unreachable }: Returned): Step {
    const isForeign =
      unreachable.length === 0 &&
      endpoints.some((endpoint) => endpoint.network !== network) &&
      this.isIn(service, network);
    const causes = endpoints.flatMap((endpoint) => [
      ...(endpoint.network ? [] : [this.causes.of("endpoint-network-not-known", endpoint)]),
      ...(endpoint.approval === "approved" ? [] : [this.causes.of("manual-approval", endpoint)]),
    ]);
    const refused = endpoints.some(({ approval }) => approval === "not approved");
    return {
      kind: "endpoint",
      state: refused ? "broken" : causes.length > 0 ? "not known" : "right",
      causes: [...causes, ...(isForeign ? [this.causes.of("answers-by-other-endpoint", network, service)] : [])],
    };
  }

  /** A step for each way in which the network reaches endpoints, or does not. */
  private connectionSteps(lookup: Returned): Step[] {
    const { network, endpoints } = lookup;
    const found = endpoints.flatMap((endpoint) => {
      if (!endpoint.network) return [];
      const reach = this.reachOf(network, endpoint);
      const denying = reach.reached === false ? [] : this.ports.denyingInbound(network, endpoint);
      const isDecided = reach.reached === false || !network.outside || denying.length > 0;
      const open = isDecided ? [] : this.ports.openInbound(network, endpoint);
      const causes = [
        ...denying.map((subnet) => this.causes.of("port-denied", subnet, endpoint)),
        ...open.map((subnet) => this.causes.of("client-ranges-not-known", network, subnet)),
        ...this.causesOfReach(lookup, endpoint.network, reach),
        ...(reach.reached === false
          ? []
          : this.ports.denyingOutbound(network, endpoint).map((it) => this.causes.of("port-denied-outbound", it))),
      ];
      return [{ to: endpoint.network, reach, denied: denying.length > 0, open: open.length > 0, causes }];
    });
    const groups = groupBy(found, ({ reach, denied, open }) => `${reach.by} ${denied} ${open}`);
    return [...groups.values()].map((same) => {
      const { reach, denied, open } = same[0]!;
      const to = unique(same.map((one) => one.to));
      return {
        kind: "connection",
        to,
        peerings: () => to.flatMap((one) => this.peeringsBetween(network.outside?.gateway ?? network, one)),
        reach,
        state: denied || reach.reached === false ? "broken" : reach.reached && !open ? "right" : "not known",
        causes: unique(same.flatMap(({ causes }) => causes)),
      };
    });
  }

  private causesOfReach(
    { network, service, records, endpoints, link }: Returned,
    to: VirtualNetwork,
    reach: Reach,
  ): Cause[] {
    if (reach.reached === undefined) return [this.doubt(network, to, reach)];
    if (reach.by === "peering out of sync") return this.outOfSync(network.outside?.gateway ?? network, to);
    if (reach.by === "not managed") return [this.causes.of("peering-not-known", network, to)];
    if (reach.reached) return [];
    // Endpoints with zone groups overwrite each other, so only a record set that is written holds several endpoints.
    const isMixed = records.length > 0 && endpoints.length > 1;
    return [
      this.causes.of("unreachable-answer", network, service),
      ...(isMixed ? [this.causes.of("mixed-record", link!.zone)] : []),
      ...(reach.by === "one-sided peering"
        ? this.peeringsBetween(network, to)
            .filter(({ allowed }) => allowed)
            .map((peering) => this.causes.of("one-sided-peering", peering))
        : []),
    ];
  }

  private outOfSync(network: VirtualNetwork, to: VirtualNetwork): Cause[] {
    const sides = this.peerings.get(network)?.get(to) ?? [];
    return sides.flatMap((side) => (side.outOfSync ? [this.causes.of("peering-out-of-sync", side)] : []));
  }

  /** Both sides of the peerings between two networks. */
  private peeringsBetween(one: VirtualNetwork, other: VirtualNetwork): Peering[] {
    return [...(this.peerings.get(one)?.get(other) ?? []), ...(this.peerings.get(other)?.get(one) ?? [])];
  }

  /** Which region of a registry serves the name, unless none of its endpoints is reached. */
  private regionSteps({ network, service, host, servedBy, endpoints, unreachable }: Returned): Step[] {
    if (!isRegistry(service) || unreachable.length === endpoints.length) return [];
    const decides = host.kind === "global" && service.regional;
    const causes = decides ? this.causesOfRegion(network, service, servedBy) : [];
    // Which region serves does not decide whether the name is reached, so it does not make the answer unknown.
    return [{ kind: "region", state: "right", causes }];
  }

  private causesOfRegion(network: VirtualNetwork, registry: Registry, servedBy: readonly string[]): Cause[] {
    const [region, ...others] = servedBy;
    if (others.length > 0) return [this.causes.of("several-regions", network, registry)];
    if (region === undefined || region === AZURE) return [];
    const own = normaliseRegion(network.location ?? "");
    return [
      ...(registry.unrouted.includes(region) ? [this.causes.of("served-by-drained-region", registry, region)] : []),
      ...(registry.regions.includes(own) && region !== own
        ? [this.causes.of("served-by-other-region", registry, region)]
        : []),
    ];
  }

  /** Why it is not known whether a network reaches another. */
  public doubt(from: VirtualNetwork, to: VirtualNetwork, { by }: Reach): Cause {
    const [outOfSync] = by.endsWith("out of sync") ? this.outOfSync(from.outside?.gateway ?? from, to) : [];
    if (outOfSync) return outOfSync;
    if (by === "ends not known") return this.causes.of("ends-not-known");
    if (by === "not read") return this.causes.ofNotRead(this.model.gap!);
    return this.causes.of("reach-not-known", from, to);
  }
}
