import {
  type Host,
  type NetworkModel,
  type Service,
  type VirtualNetwork,
  type Zone,
  isRegistry,
} from "./model/network-model";
import type { Resolver } from "./resolver";
import type { Lookup } from "./trace";
import { groupBy, once, unique } from "../../common/util";

/** Looks up all names that matter in each network. */
export function lookUpAll(model: NetworkModel, resolver: Resolver): Lookup[] {
  const involved = new Set([
    ...model.links.map(({ network }) => network),
    ...model.endpoints.flatMap(({ network }) => (network ? [network] : [])),
  ]);
  const asked = new AskedServices(model, resolver);
  const asking = model.networks.filter(
    (network) => network.managed || network.described === true || involved.has(network),
  );
  const names = new Map(model.services.map((service) => [service, namesOf(service)]));
  const count = (services: readonly Service[]) =>
    services.reduce((sum, service) => sum + (names.get(service)?.length ?? 0), 0);
  const wanted = asking.map((network) => ({ network, services: asked.of(network) }));
  const all = wanted.reduce((sum, { services }) => sum + count(services), 0);
  const groups =
    all > MOST_ANSWERS ? [...groupBy(wanted, (one) => asked.keyOf(one)).values()] : wanted.map((one) => [one]);
  return groups.flatMap((group) => {
    const [{ network, services }, ...others] = group as [Wanted, ...Wanted[]];
    const alike = others.map((other) => other.network);
    return services.flatMap((service) =>
      (names.get(service) ?? []).map((host) => {
        const lookup = resolver.lookUp(network, service, host);
        return alike.length === 0 ? lookup : { ...lookup, alike };
      }),
    );
  });
}

interface Wanted {
  readonly network: VirtualNetwork;
  readonly services: readonly Service[];
}

/** Answers above which networks that get the same answers are looked at together, as one of them. */
const MOST_ANSWERS = 500_000;

/** Which services a network is asked for. */
class AskedServices {
  private readonly served: ReadonlySet<Service>;
  /** Registries, which any network may pull from. */
  private readonly forAll: readonly Service[];
  private readonly inside: ReadonlyMap<VirtualNetwork | undefined, readonly Service[]>;
  private readonly zonesOf: ReadonlyMap<VirtualNetwork, readonly Zone[]>;
  /** By network, the services of its endpoints that the DNS of other networks returns too. */
  private readonly shared: readonly (readonly [home: VirtualNetwork, services: readonly Service[]])[];
  private readonly lists = new Map<string, readonly Service[]>();
  private numbers = 0;

  constructor(
    private readonly model: NetworkModel,
    private readonly resolver: Resolver,
  ) {
    const { endpoints, registries, links } = model;
    const homes = groupBy(
      endpoints,
      ({ service }) => service,
      ({ network }) => network,
    );
    this.served = new Set(homes.keys());
    this.forAll = registries.filter((registry) => this.served.has(registry) || registry.publicAccess !== "not known");
    this.inside = new Map(
      [...groupBy(endpoints, ({ network }) => network)].map(([network, own]) => [
        network,
        unique(own.map(({ service }) => service)),
      ]),
    );
    this.zonesOf = groupBy(
      links,
      ({ network }) => network,
      ({ zone }) => zone,
    );
    const shared = new Set(
      [...groupBy(links, ({ zone }) => zone)].flatMap(([zone, linked]) => {
        const networks = unique(linked.map(({ network }) => network));
        return [...resolver.zones.servicesIn(zone)].filter((service) => {
          const own = new Set(homes.get(service));
          return networks.some((network) => !own.has(network));
        });
      }),
    );
    this.shared = [...this.inside].flatMap(([home, inside]) => {
      const services = inside.filter((service) => shared.has(service));
      return home && services.length > 0 ? [[home, services] as const] : [];
    });
  }

  /**
   * The services that matter in a network: registries, those of which it has an endpoint, those that its DNS returns, those
   * of networks that it reaches if other networks use them from there too, and those of the networks that it is peered with,
   * but not those of a hub's spokes in the hub. The same list for the same services.
   */
  public of(network: VirtualNetwork): readonly Service[] {
    const zones = unique(this.resolver.networksAsked(network).flatMap((one) => this.zonesOf.get(one) ?? []));
    const own = this.inside.get(network) ?? [];
    const near = [
      ...this.shared.filter(
        ([home]) => home !== network && this.resolver.connections.reachability.between(network, home) === true,
      ),
      ...this.servedByPeers(network),
    ];
    const key = [
      zones.map(({ address }) => address),
      own.length > 0 ? network.address : "",
      near.map(([{ address }]) => address),
    ]
      .flat()
      .join("|");
    const known = this.lists.get(key);
    if (known) return known;
    // Which registry a network uses is plain where it has an endpoint of one; others may be used from where they have theirs.
    const registries = own.some(isRegistry) ? this.forAll.filter((one) => !this.served.has(one)) : this.forAll;
    const returned = zones.flatMap((zone) => [...this.resolver.zones.servicesIn(zone)]);
    const wanted = new Set([...registries, ...own, ...returned, ...near.flatMap(([, services]) => services)]);
    const found = this.model.services.filter((service) => wanted.has(service) && service.hosts.length > 0);
    this.lists.set(key, found);
    return found;
  }

  /** The services of the networks that a network is peered with, as far as these are no spokes of it. */
  private servedByPeers(network: VirtualNetwork): (readonly [home: VirtualNetwork, services: readonly Service[]])[] {
    const { reachability } = this.resolver.connections;
    const peers = reachability.peersOf(network);
    return peers.flatMap((home) => {
      const services = this.inside.get(home);
      return services && reachability.peersOf(home).length >= peers.length ? [[home, services] as const] : [];
    });
  }

  /** What decides all answers of a network: networks with the same key get the same answers. */
  public keyOf({ network, services }: Wanted): string {
    const homes = this.homesOf(services);
    if (homes.has(network) || network.outside) return network.address;
    const asked = this.resolver.networksAsked(network).filter((one) => one !== network);
    const zones = this.resolver.linksFor(network).map(({ zone, fallsBack }) => `${zone.address} ${fallsBack}`);
    const { reachability } = this.resolver.connections;
    const reachOf = (one: VirtualNetwork) =>
      [reachability.between(network, one), JSON.stringify(reachability.outOfSync(network, one))].join(" ");
    const reached = [...homes].map(reachOf);
    const servers = asked.map((one) => `${one.address} ${reachOf(one)}`);
    const { managed, dnsServers, location, leavesBy } = network;
    const own = [
      this.numberOf(services),
      managed,
      dnsServers === undefined,
      dnsServers?.alternatives?.length,
      location,
      leavesBy?.join(),
    ];
    return [...own, ...zones.sort(), ...servers.sort(), ...reached].join("|");
  }

  private readonly numberOf = once<readonly Service[], number>(0, () => ++this.numbers);

  private readonly homesOf = once<readonly Service[], ReadonlySet<VirtualNetwork>>(new Set(), (services) => {
    const wanted = new Set(services);
    return new Set(
      this.model.endpoints.flatMap(({ service, network }) => (network && wanted.has(service) ? [network] : [])),
    );
  });
}

/** The names to look up. */
function namesOf(service: Service): readonly Host[] {
  if (!isRegistry(service)) return service.hosts;
  return service.hosts.filter(({ kind }) => kind !== "regional" || service.regionalForSure);
}
