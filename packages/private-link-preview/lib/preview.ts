import { findingsOf } from "./findings";
import type { Finding } from "./findings/finding";
import { buildNetworkModel } from "./model/build-network-model";
import {
  type Endpoint,
  type Host,
  type NetworkModel,
  type Service,
  type VirtualNetwork,
  isRegistry,
} from "./model/network-model";
import { readTerraformJson } from "./read/terraform-json";
import { type Lookup, Resolver, isReachable } from "./resolver";
import { groupBy, unique } from "./util/collections";

/** What one network's DNS returns for one host name of a service. */
export interface Answer {
  /** Name of the virtual network. */
  readonly virtualNetwork: string;
  /** Its Terraform address, or its Azure id if it is not in the file. */
  readonly virtualNetworkAddress: string;
  /** Terraform address of the registry or other service that the name is of, or its Azure id if it is not in the file. */
  readonly service: string;
  readonly host: string;
  /** Terraform address of the zone that answers; null where public DNS does, or where that is not known. */
  readonly zone: string | null;
  /** Terraform addresses of the endpoints whose addresses the answer holds. */
  readonly endpoints: readonly string[];
  /** The addresses in the answer; empty where they are (known after apply). */
  readonly addresses: readonly string[];
  /** Whether the network reaches every address in the answer, and there is one; null if that is not known. */
  readonly reachable: boolean | null;
  /**
   * The region that serves the name, or `azure` if Azure chooses it. Null if it is not known, if there is no answer, or if
   * the answer leads to several regions.
   */
  readonly servedBy: string | null;
  /** Whether everything that decides the answer is in the file. */
  readonly known: boolean;
}

/** What each network's DNS returns, and the findings about it. */
export interface Preview {
  readonly model: NetworkModel;
  readonly lookups: readonly Lookup[];
  readonly answers: readonly Answer[];
  readonly findings: readonly Finding[];
}

/**
 * Works out, from Terraform's JSON alone, what each virtual network gets for each host name of each service with private endpoints.
 *
 * @param json - a configuration as synthesized, or `terraform show -json` of a plan or a state
 * @param source - where it comes from, for the error
 * @throws UserError if it is none of these
 */
export function previewOf(json: unknown, source = "the stack"): Preview {
  const model = buildNetworkModel(readTerraformJson(json, source));
  const resolver = new Resolver(model);
  const lookups = lookUpAll(model, resolver);
  return { model, lookups, answers: lookups.map(answerOf), findings: findingsOf(model, resolver, lookups) };
}

function lookUpAll(model: NetworkModel, resolver: Resolver): Lookup[] {
  const involved = new Set([
    ...model.links.map(({ network }) => network),
    ...model.endpoints.flatMap(({ network }) => (network ? [network] : [])),
  ]);
  const concern = new Concern(model, resolver);
  return model.networks
    .filter((network) => network.managed || involved.has(network))
    .flatMap((network) =>
      concern.of(network).flatMap((service) => namesOf(service).map((host) => resolver.lookUp(network, service, host))),
    );
}

/** Which services a network is asked for. */
class Concern {
  private readonly served: ReadonlySet<Service>;
  /** Registries, which any network may pull from. */
  private readonly forAll: readonly Service[];
  private readonly inside: ReadonlyMap<VirtualNetwork | undefined, readonly Endpoint[]>;
  private readonly answered: ReadonlyMap<VirtualNetwork, ReadonlySet<Service>>;
  /** By network, the services of its endpoints that the DNS of other networks returns too. */
  private readonly shared: readonly (readonly [home: VirtualNetwork, services: readonly Service[]])[];

  constructor(
    private readonly model: NetworkModel,
    private readonly resolver: Resolver,
  ) {
    const { endpoints, registries, links } = model;
    this.served = new Set(endpoints.map(({ service }) => service));
    this.forAll = registries.filter((registry) => this.served.has(registry) || registry.publicAccess === false);
    this.inside = groupBy(endpoints, ({ network }) => network);
    const homes = new Map(
      [...groupBy(endpoints, ({ service }) => service)].map(([service, its]) => [
        service,
        new Set(its.map(({ network }) => network)),
      ]),
    );
    const answered = new Map<VirtualNetwork, Set<Service>>();
    const shared = new Set<Service>();
    for (const { zone, network } of links) {
      const its = answered.get(network) ?? new Set();
      answered.set(network, its);
      for (const service of resolver.servicesIn(zone)) {
        its.add(service);
        if (!homes.get(service)?.has(network)) shared.add(service);
      }
    }
    this.answered = answered;
    this.shared = [...this.inside].flatMap(([home, its]) => {
      const services = unique(its.map(({ service }) => service)).filter((service) => shared.has(service));
      return home && services.length > 0 ? [[home, services] as const] : [];
    });
  }

  /**
   * The services that matter in a network: registries, those of which it has an endpoint, those that its DNS returns, and
   * those of networks that it reaches if other networks use them from there too.
   */
  public of(network: VirtualNetwork): Service[] {
    const asked = this.resolver.networksAsked(network);
    const returned = asked.flatMap((one) => [...(this.answered.get(one) ?? [])]);
    const own = (this.inside.get(network) ?? []).map(({ service }) => service);
    const near = this.shared.flatMap(([home, services]) =>
      home !== network && this.resolver.reachability.between(network, home) === true ? services : [],
    );
    const here = [...own, ...returned];
    // Which registry a network uses is plain where it has an endpoint of one; others may be used from where they have theirs.
    const registries = own.some(isRegistry) ? this.forAll.filter((one) => !this.served.has(one)) : this.forAll;
    const wanted = new Set([...registries, ...here, ...near]);
    return this.model.services.filter((service) => wanted.has(service) && service.hosts.length > 0);
  }
}

/** The names to look up. */
function namesOf(service: Service): readonly Host[] {
  if (!isRegistry(service)) return service.hosts;
  return service.hosts.filter(({ kind }) => kind !== "regional" || service.regionalForSure);
}

function answerOf(lookup: Lookup): Answer {
  const { network, service, host, link, endpoints, addresses, servedBy, known } = lookup;
  return {
    virtualNetwork: network.name,
    virtualNetworkAddress: network.address,
    service: service.address,
    host: host.fqdn,
    zone: link?.zone.address ?? null,
    endpoints: endpoints.map(({ address }) => address),
    addresses,
    reachable: isReachable(lookup) ?? null,
    servedBy: servedBy.length === 1 ? servedBy[0]! : null,
    known,
  };
}
