import {
  type Endpoint,
  type Machine,
  type NetworkModel,
  type VirtualNetwork,
  type Zone,
  isRegistry,
} from "../model/network-model";
import type { Preview } from "../preview";
import { AZURE, type Lookup, isReachable } from "../resolver";
import { groupBy, unique } from "../../../common/util/collections";
import { count, joinWords } from "../../../common/util/words";
import { plainFrame, plainItem, shortened } from "./names";
import type { Roles } from "./roles";
import type { Frame, Item, ItemKind, Limits, Row } from "./scene";

/** What is drawn: the findings, if they are known, tell what is broken. */
export type Drawn = Pick<Preview, "model" | "lookups"> & Partial<Pick<Preview, "findings">>;

/** Makes the boxes of each network, and knows which box something is in. */
export class NetworkFrames {
  private readonly labelled: boolean;
  private readonly someAddresses: boolean;
  /** Addresses of endpoints that no record set returns. */
  private readonly unused: ReadonlySet<string>;
  private readonly endpointItems = new Map<Endpoint, Item>();
  private readonly serverItems = new Map<VirtualNetwork, Item>();
  private readonly linked: ReadonlyMap<Zone, readonly VirtualNetwork[]>;
  private readonly zonesAt: ReadonlyMap<VirtualNetwork | undefined, readonly Zone[]>;
  private readonly endpointsAt: ReadonlyMap<VirtualNetwork | undefined, readonly Endpoint[]>;
  private readonly machinesAt: ReadonlyMap<VirtualNetwork | undefined, readonly Machine[]>;
  private readonly lookupsOf: ReadonlyMap<VirtualNetwork, readonly Lookup[]>;
  /** The endpoints that a zone returns. */
  private readonly returned: ReadonlyMap<Zone | undefined, readonly Endpoint[]>;
  /** The networks that ask DNS servers in a network, with the addresses. */
  private readonly asked: ReadonlyMap<VirtualNetwork | undefined, readonly Asking[]>;

  constructor(
    { model, lookups, findings = [] }: Drawn,
    private readonly roles: Roles,
    private readonly limits: Limits,
  ) {
    this.unused = new Set(findings.flatMap(({ code, resources }) => (code === "endpoint-in-no-zone" ? resources : [])));
    this.labelled = model.networks.length <= limits.labelled;
    this.someAddresses = model.endpoints.some(({ addresses }) => addresses.size > 0);
    this.linked = mapOf(
      groupBy(model.links, ({ zone }) => zone),
      (its) => unique(its.map(({ network }) => network)),
    );
    this.zonesAt = groupBy(this.linked.keys(), (zone) => {
      const [only, ...others] = this.linked.get(zone)!;
      return others.length === 0 ? only : undefined;
    });
    this.machinesAt = groupBy(model.machines, ({ network }) => network);
    this.lookupsOf = lookupsByNetwork(lookups);
    this.returned = mapOf(
      groupBy(lookups, ({ link }) => link?.zone),
      (its) => unique(its.flatMap(({ endpoints }) => endpoints)),
    );
    this.asked = groupBy(askingIn(model), ({ asked }) => asked);
    this.endpointsAt = groupBy(model.endpoints, ({ network }) => network);
    const several = model.services.length > 1;
    for (const endpoints of this.endpointsAt.values()) {
      const shown = endpoints.length > limits.endpoints ? endpoints.slice(0, limits.endpoints - 1) : endpoints;
      const rest = endpoints.slice(shown.length);
      const more: Item = {
        ...plainItem("endpoint", [{ text: `and ${rest.length} more private endpoints` }]),
        of: rest,
      };
      for (const endpoint of endpoints)
        this.endpointItems.set(endpoint, rest.includes(endpoint) ? more : this.oneEndpoint(endpoint, several));
    }
  }

  /**
   * A network's frame; without one, that of the endpoints of which the network is not known.
   *
   * @param inRegion - whether it is below the name of its region
   */
  public frameOf(network: VirtualNetwork | undefined, inRegion = false): Frame {
    const endpoints = this.endpointsAt.get(network) ?? [];
    const items = unique(endpoints.map((endpoint) => this.endpointItem(endpoint)));
    if (!network) return { ...plainFrame("elsewhere", "Network not known", ""), items };
    const { name, address, addressSpace, managed } = network;
    const region = network.location ?? endpoints[0]?.location;
    const machines = this.machineItems(network);
    const more = addressSpace.length - 1;
    const range = more > 1 ? `${addressSpace[0]!} and ${more} more` : addressSpace.join(", ");
    return {
      kind: this.roles.hubs.has(network) ? "hub" : managed ? "network" : "elsewhere",
      network,
      addresses: [address],
      title: name,
      ...(region !== undefined && { region }),
      subtitle: [...(inRegion ? [] : [region]), range].filter(Boolean).join(" · "),
      notes: this.notesOn(network),
      items: [
        ...machines.filter(({ kind }) => kind === "bastion"),
        ...this.serversIn(network),
        ...this.zonesAndEndpoints(network, items),
        ...machines.filter(({ kind }) => kind !== "bastion"),
      ],
    };
  }

  public endpointItem(endpoint: Endpoint): Item {
    return this.endpointItems.get(endpoint)!;
  }

  /** Frames of zones that are linked to the same networks, if these are several. */
  public sharedZones(): { frame: Frame; networks: readonly VirtualNetwork[] }[] {
    const keyOf = (zone: Zone) =>
      this.linked
        .get(zone)!
        .map(({ address }) => address)
        .sort()
        .join(" ");
    return [...groupBy(this.zonesAt.get(undefined) ?? [], keyOf).values()].map((zones) => {
      const networks = this.linked.get(zones[0]!)!;
      const title = zones.length === 1 ? "Shared zone" : "Shared zones";
      const frame = plainFrame("shared", title, `linked to ${count(networks.length, "network")}`);
      return {
        frame: { ...frame, items: this.zoneItems(zones, this.limits.sharedZones) },
        networks: networks.filter(({ dnsServers }) => dnsServers?.network === undefined),
      };
    });
  }

  /** Boxes of DNS servers, each with the other networks that ask them. */
  public asking(): { item: Item; networks: readonly VirtualNetwork[] }[] {
    return [...this.serverItems].map(([asked, item]) => ({
      item,
      networks: this.asked.get(asked)!.flatMap(({ network }) => (network === asked ? [] : [network])),
    }));
  }

  /** Each network with the boxes of the endpoints that it can't reach. */
  public unreachable(): { network: VirtualNetwork; items: readonly Item[] }[] {
    return [...this.lookupsOf].flatMap(([network, its]) => {
      const items = unique(its.flatMap(({ unreachable }) => unreachable.map((one) => this.endpointItem(one))));
      return items.length > 0 ? [{ network, items }] : [];
    });
  }

  /** What a network's DNS returns for names of services that it is expected to use. */
  public expected(network: VirtualNetwork): Lookup[] {
    const own = new Set((this.endpointsAt.get(network) ?? []).map(({ service }) => service));
    return (this.lookupsOf.get(network) ?? []).filter(
      ({ service, endpoints }) => isRegistry(service) || endpoints.length > 0 || own.has(service),
    );
  }

  /** Each zone with the endpoints in its network that it returns, and the other endpoints. */
  private zonesAndEndpoints(network: VirtualNetwork, endpoints: readonly Item[]): Item[] {
    const left = new Set(endpoints);
    const zones = this.zonesAt.get(network) ?? [];
    const inOrder = this.zoneItems(zones, this.limits.zones, network).flatMap((zone) => [
      zone,
      ...zone.returns.filter((endpoint) => left.delete(endpoint)),
    ]);
    return [...inOrder, ...left];
  }

  /** Boxes of zones. What they return is said where it is not one endpoint below them. */
  private zoneItems(all: readonly Zone[], most: number, home?: VirtualNetwork): Item[] {
    const below = new Set<Endpoint>();
    return (all.length > most ? [all] : all.map((zone) => [zone])).map((zones) => {
      const returned = unique(zones.flatMap((zone) => this.returned.get(zone) ?? []));
      const [only] = returned;
      const isBelow = returned.length === 1 && home !== undefined && only!.network === home && !below.has(only!);
      for (const endpoint of returned) below.add(endpoint);
      return {
        kind: "zone",
        of: zones,
        rows: [
          ...this.label(zones.length === 1 ? "Private DNS zone" : `${zones.length} private DNS zones`),
          ...this.names(zones).map(({ text }, i): Row => ({ text, ...(i === 0 && { is: "name" }) })),
          ...(isBelow
            ? []
            : [{ text: returned.length === 0 ? "returns no private endpoint" : `returns ${namesOf(returned)}` }]),
          ...(home ? this.servedBy(home) : []),
        ],
        returns: unique(returned.map((endpoint) => this.endpointItem(endpoint))),
      };
    });
  }

  /** With regional endpoints, which region serves a network. */
  private servedBy(network: VirtualNetwork): Row[] {
    return (this.lookupsOf.get(network) ?? []).flatMap(({ service, host, servedBy }) => {
      if (!isRegistry(service) || !service.regional || host.kind !== "global" || servedBy.length === 0) return [];
      const regions = servedBy.map((region) => (region === AZURE ? "the region that Azure chooses" : region));
      return [{ text: `served by ${joinWords(regions)}` }];
    });
  }

  private oneEndpoint(endpoint: Endpoint, several: boolean): Item {
    const { name, service, hosts, addresses, subnetRanges, manual } = endpoint;
    const known = hosts.flatMap(({ fqdn, label }) => {
      const its = addresses.get(fqdn);
      return its ? [{ text: label, right: its.join(", ") }] : [];
    });
    const most = this.limits.addresses;
    const shown = known.length > most ? known.slice(0, most - 1) : known;
    const rows: Row[] = [
      ...this.label("Private endpoint", subnetRanges.length > 0 ? `subnet ${subnetRanges.join(", ")}` : ""),
      { text: name, is: "name" },
      ...(several ? [{ text: `to ${service.name}` }] : []),
      ...(manual ? [{ text: "has to be approved" }] : []),
      ...(this.unused.has(endpoint.address) ? [{ text: "in no zone", is: "problem" } as const] : []),
      ...shown,
      ...(shown.length < known.length ? [{ text: `and ${known.length - shown.length} more` }] : []),
      ...(this.someAddresses && known.length === 0 ? [{ text: "addresses not known" }] : []),
    ];
    return { ...plainItem("endpoint", rows), of: [endpoint] };
  }

  private machineItems(network: VirtualNetwork): Item[] {
    return [...groupBy(this.machinesAt.get(network) ?? [], ({ label }) => label)].flatMap(([label, machines]) => {
      const kind = MACHINE_KINDS[label] ?? "other";
      const groups = machines.length > this.limits.machines ? [machines] : machines.map((one) => [one]);
      return groups.map((group) =>
        plainItem(kind, [
          // What other resources are, the legend does not say.
          ...this.label(group.length === 1 ? label : `${label}s (${group.length})`, "", kind === "other"),
          ...this.names(group),
        ]),
      );
    });
  }

  private serversIn(network: VirtualNetwork): Item[] {
    const asking = this.asked.get(network);
    if (!asking) return [];
    const addresses = unique(asking.flatMap(({ addresses }) => addresses));
    const text = addresses.length === 0 ? "DNS servers" : joinWords(addresses);
    const item = plainItem("servers", [...this.label("DNS servers"), { text, is: "name" }]);
    this.serverItems.set(network, item);
    return [item];
  }

  private label(text: string, right = "", always = false): Row[] {
    return this.labelled || always ? [{ text, is: "label", ...(right !== "" && { right }) }] : [];
  }

  private names(things: readonly { readonly name: string }[]): Row[] {
    const names = things.map(({ name }) => name);
    return shortened(names, this.limits.names).map((text) => ({ text, is: "name" }));
  }

  /** What is wrong with a network's answers, and what of it is not drawn as lines. */
  private notesOn(network: VirtualNetwork): Row[] {
    const lookups = this.expected(network);
    const unreachable = unique(lookups.flatMap((lookup) => lookup.unreachable));
    const wrong = lookups.filter((lookup) => isReachable(lookup) === false && lookup.unreachable.length === 0);
    const open = lookups.filter((lookup) => isReachable(lookup) === undefined);
    const servers = (this.asked.get(undefined) ?? []).filter((asking) => asking.network === network);
    const peersIn = (pairs: Roles["pairs"]) =>
      pairs.length > this.limits.lines
        ? pairs.filter((pair) => pair.includes(network)).map(([a, b]) => (a === network ? b : a).name)
        : [];
    const [peers, oneSided] = [peersIn(this.roles.pairs), peersIn(this.roles.oneSided)];
    const problem = (text: string) => ({ text, is: "problem" }) as const;
    const names = wrong.length < lookups.length ? ` for ${count(wrong.length, "name")}` : "";
    return [
      ...(unreachable.length > 0 ? [problem(`can't reach ${namesOf(unreachable)}`)] : []),
      ...(wrong.length > 0 ? [problem(`no private endpoint's address${names}`)] : []),
      ...(open.length > 0 ? [{ text: `${count(open.length, "answer")} not known from this file` }] : []),
      ...servers.map(({ addresses }) => ({
        text: `asks DNS servers in no network here${addresses.length > 0 ? `: ${joinWords(addresses)}` : ""}`,
      })),
      ...(peers.length > 0 ? [{ text: `peered with ${joinWords(peers)}` }] : []),
      ...(oneSided.length > 0 ? [problem(`peered in one direction only with ${joinWords(oneSided)}`)] : []),
      ...(network.managed ? [] : [{ text: "managed elsewhere" }]),
    ];
  }
}

const MACHINE_KINDS: Readonly<Record<string, ItemKind>> = { Bastion: "bastion", "Virtual machine": "machine" };

interface Asking {
  readonly network: VirtualNetwork;
  readonly asked?: VirtualNetwork;
  readonly addresses: readonly string[];
}

/** The networks that ask DNS servers other than Azure's, themselves or by a forwarding rule. */
function askingIn({ networks, forwardingRules }: NetworkModel): Asking[] {
  return [
    ...networks.flatMap((network) => (network.dnsServers ? [{ network, servers: network.dnsServers }] : [])),
    ...forwardingRules.flatMap(({ networks, servers }) => networks.map((network) => ({ network, servers }))),
  ].map(({ network, servers: { addresses, network: asked } }) => ({ network, addresses, ...(asked && { asked }) }));
}

/** In a file with very many answers, those of one network stand for all that get the same. */
function lookupsByNetwork(lookups: readonly Lookup[]): Map<VirtualNetwork, readonly Lookup[]> {
  const found = groupBy(lookups, ({ network }) => network);
  for (const its of [...found.values()]) for (const other of its[0]!.alike ?? []) found.set(other, its);
  return found;
}

function mapOf<K, V, W>(map: ReadonlyMap<K, V>, change: (value: V) => W): Map<K, W> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}

/** A few endpoints by their names, or how many there are. */
function namesOf(endpoints: readonly Endpoint[]): string {
  return endpoints.length > 3
    ? count(endpoints.length, "private endpoint")
    : joinWords(endpoints.map(({ name }) => name));
}
