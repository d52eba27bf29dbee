import type { RegistryHost } from "./azure/registry-hosts";
import type { Endpoint, Link, NetworkModel, RecordSet, Registry, VirtualNetwork, Zone } from "./model/network-model";
import { unique } from "./util/collections";
import { isIn } from "./util/ip-range";

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

/** Looks names up in the network model as machines in its networks would. */
export class Resolver {
  private readonly linksOf = new Map<VirtualNetwork, Link[]>();
  private readonly peered = new Map<VirtualNetwork, Set<VirtualNetwork>>();
  private readonly registeredIn = new Map<Zone, Endpoint[]>();

  constructor(private readonly model: NetworkModel) {
    for (const link of model.links) this.linksOf.set(link.network, [...(this.linksOf.get(link.network) ?? []), link]);
    for (const { from, to, allowed } of model.peerings) {
      if (!allowed) continue;
      const remotes = this.peered.get(from) ?? new Set();
      this.peered.set(from, remotes.add(to));
    }
    for (const endpoint of model.endpoints) {
      for (const zone of endpoint.registersIn)
        this.registeredIn.set(zone, [...(this.registeredIn.get(zone) ?? []), endpoint]);
    }
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

  /** The links of a network to zones in which a registry's names can be. */
  public linksFor(network: VirtualNetwork, registry: Registry): Link[] {
    return (this.linksOf.get(network) ?? []).filter(({ zone }) =>
      isAtOrBelow(zone.name, registry.cloud.privateLinkZone),
    );
  }

  public lookUp(network: VirtualNetwork, registry: Registry, host: RegistryHost): Lookup {
    const asked = { network, registry, host };
    const nothing = { records: [], endpoints: [], unreachable: [], addresses: [], strays: [], servedBy: [] };
    const dnsNetwork = network.dnsServers ? network.dnsServers.network : network;
    if (!dnsNetwork) return { ...asked, ...nothing, known: false };
    // A link or peering that could not be placed, or is in a module, may be the one that is missing here.
    const complete = this.model.unplaced.length + this.model.unreadModules.length === 0;
    if (!this.connected(network, dnsNetwork)) return { ...asked, ...nothing, dnsNetwork, known: complete };
    const name = `${host.record}.${registry.cloud.privateLinkZone}`;
    const link = longest(this.linksFor(dnsNetwork, registry).filter(({ zone }) => isAtOrBelow(name, zone.name)));
    if (!link) return { ...asked, ...nothing, dnsNetwork, known: dnsNetwork.managed && complete };
    const answer = this.answerIn(link.zone, registry, host, name);
    const beyond = answer.endpoints.filter(
      (endpoint) => endpoint.network && !this.connected(network, endpoint.network),
    );
    const known = answer.known && (complete || (beyond.length === 0 && answer.endpoints.length > 0));
    return { ...asked, dnsNetwork, link, ...answer, unreachable: complete ? beyond : [], known };
  }

  private answerIn(zone: Zone, registry: Registry, host: RegistryHost, name: string) {
    const relative = name.slice(0, -zone.name.length - 1);
    const records = zone.records.filter((record) => record.name === relative);
    const registered = (this.registeredIn.get(zone) ?? []).filter((endpoint) => endpoint.registry === registry);
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
    const names = record.addresses.flatMap((address) =>
      this.ownersOf(address, registry, record).flatMap((endpoint) => namesAt(endpoint, address)),
    );
    const found = names.length > 0 ? names : record.picksBy;
    return registry.hosts.filter(({ fqdn }) => found.includes(fqdn));
  }

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
  private anywhere(registry: Registry): Endpoint[] {
    return this.model.endpoints.filter(
      (endpoint) => endpoint.registry === registry && endpoint.addresses.size === 0 && rangesOf(endpoint).length === 0,
    );
  }

  /** The endpoints that have an address, or in whose subnet it lies where their addresses are not known. */
  private ownersOf(address: string, registry: Registry, record: RecordSet): Endpoint[] {
    const owners = this.model.endpoints.filter(
      (endpoint) =>
        endpoint.registry === registry &&
        (endpoint.addresses.size > 0
          ? [...endpoint.addresses.values()].some((addresses) => addresses.includes(address))
          : rangesOf(endpoint).some((range) => isIn(address, range))),
    );
    // Networks that are not connected may use the same addresses: then the endpoint that the record reads from is meant.
    const meant = owners.filter((endpoint) => record.readFrom.includes(endpoint));
    if (meant.length > 0) return meant;
    const anywhere = owners.length === 0 ? this.anywhere(registry) : [];
    return anywhere.length === 1 ? anywhere : owners;
  }
}

/** The host names for which an endpoint has an address, as far as its addresses are known. */
export function namesAt({ addresses }: Endpoint, address: string): string[] {
  return [...addresses].flatMap(([host, its]) => (its.includes(address) ? [host] : []));
}

/** The ranges that an endpoint's addresses can be in: its subnet's, or its network's where the subnet is not known. */
function rangesOf({ subnetRanges, network }: Endpoint): readonly string[] {
  return subnetRanges.length > 0 ? subnetRanges : (network?.addressSpace ?? []);
}

function isAtOrBelow(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}

/** The link to the zone that matches most of a name, which is the one that DNS uses. */
function longest(links: Link[]): Link | undefined {
  return links.reduce<Link | undefined>(
    (best, link) => (best && best.zone.name.length >= link.zone.name.length ? best : link),
    undefined,
  );
}
