import { groupBy, unique } from "../../../common/util/collections";
import { count, joinWords } from "../../../common/util/words";
import {
  type Endpoint,
  isRegistry,
  type Machine,
  type NetworkModel,
  type VirtualNetwork,
  type Zone,
} from "../model/network-model";
import type { Preview } from "../preview";
import { AZURE, type Lookup } from "../resolver";
import { namesOf, plainFrame, shortened } from "./names";
import type { Roles } from "./roles";
import type { Frame, Item, ItemKind, Join, Row } from "./sketch";

/** Most networks of which each box says what it is; with more, the legend does. */
const MAX_LABELLED = 6;
/** Most boxes of a kind in one network, and most addresses in a box; the others are counted. */
const MOST = { zones: 3, endpoints: 8, machines: 2, addresses: 12 };
/** Most peerings beside hubs and meshes, and most answers across networks, that are drawn as lines. */
export const MAX_PAIRS = 6;
/** The order of the boxes in a network, apart from those of zones and of the endpoints that they return. */
const ORDER: readonly ItemKind[] = ["bastion", "servers", "zone", "endpoint", "machine", "other"];

/** Makes the boxes of each network, and knows which box something is in. */
export class NetworkFrames {
  private readonly labelled: boolean;
  private readonly several: boolean;
  private readonly someAddresses: boolean;
  /** Addresses of endpoints that no record set returns. */
  private readonly unused: ReadonlySet<string>;
  private readonly items = new Map<Zone | Endpoint | VirtualNetwork, Item>();
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
    preview: Preview,
    private readonly roles: Roles,
  ) {
    const { model, lookups, findings } = preview;
    this.unused = new Set(findings.flatMap(({ code, resources }) => (code === "endpoint-in-no-zone" ? resources : [])));
    this.labelled = model.networks.length <= MAX_LABELLED;
    this.several = model.services.length > 1;
    this.someAddresses = model.endpoints.some(({ addresses }) => addresses.size > 0);
    this.linked = new Map(
      [...groupBy(model.links, ({ zone }) => zone)].map(([zone, its]) => [zone, unique(its.map((one) => one.network))]),
    );
    this.zonesAt = groupBy(this.linked.keys(), (zone) => {
      const [only, ...others] = this.linked.get(zone)!;
      return others.length === 0 ? only : undefined;
    });
    this.endpointsAt = groupBy(model.endpoints, ({ network }) => network);
    this.machinesAt = groupBy(model.machines, ({ network }) => network);
    this.lookupsOf = groupBy(lookups, ({ network }) => network);
    this.returned = new Map(
      [...groupBy(lookups, ({ link }) => link?.zone)].map(([zone, its]) => [
        zone,
        unique(its.flatMap(({ endpoints }) => endpoints)),
      ]),
    );
    this.asked = groupBy(askingIn(model), ({ asked }) => asked);
  }

  /** A network's frame; without one, that of the endpoints of which the network is not known. */
  public frameOf(network: VirtualNetwork | undefined): Frame {
    const endpoints = this.endpointsAt.get(network) ?? [];
    if (!network) return { ...plainFrame("elsewhere", "Network not known", ""), items: this.endpointItems(endpoints) };
    const items = [...this.machineItems(network), ...this.serverItems(network)];
    const behind = (kind: ItemKind) => ORDER.indexOf(kind) > ORDER.indexOf("endpoint");
    const inOrder = items.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
    const ranges = network.addressSpace;
    const range = ranges.length > 2 ? `${ranges[0]!} and ${ranges.length - 1} more` : ranges.join(", ");
    return {
      kind: this.roles.hubs.has(network) ? "hub" : network.managed ? "network" : "elsewhere",
      address: network.address,
      title: network.name,
      subtitle: [network.location ?? endpoints[0]?.location, range].filter(Boolean).join(" · "),
      notes: this.notesOn(network),
      items: [
        ...inOrder.filter(({ kind }) => !behind(kind)),
        ...this.zonesAndEndpoints(network),
        ...inOrder.filter(({ kind }) => behind(kind)),
      ],
    };
  }

  public endpointItem(endpoint: Endpoint): Item {
    return this.items.get(endpoint)!;
  }

  /** Frames of zones that are linked to the same networks, if these are several. */
  public sharedZones(): { frame: Frame; networks: readonly VirtualNetwork[] }[] {
    const shared = groupBy(this.zonesAt.get(undefined) ?? [], (zone) =>
      this.linked
        .get(zone)!
        .map(({ address }) => address)
        .sort()
        .join(" "),
    );
    return [...shared.values()].map((zones) => {
      const networks = this.linked.get(zones[0]!)!;
      const asking = networks.filter(({ dnsServers }) => dnsServers?.network === undefined);
      const title = zones.length === 1 ? "Shared zone" : "Shared zones";
      const frame = plainFrame("shared", title, `linked to ${count(networks.length, "network")}`);
      return { frame: { ...frame, items: [this.zoneItem(zones, undefined)] }, networks: asking };
    });
  }

  /** Boxes of DNS servers, each with the other networks that ask them. */
  public asking(): { item: Item; networks: readonly VirtualNetwork[] }[] {
    return [...this.asked].flatMap(([asked, its]) => {
      const item = asked && this.items.get(asked);
      return item ? [{ item, networks: its.map(({ network }) => network).filter((one) => one !== asked) }] : [];
    });
  }

  /** Lines from zones to the one endpoint in another network that they return. */
  public returnsElsewhere(): Join[] {
    const found = [...this.items].flatMap(([thing, item]): Join[] => {
      if (item.kind !== "zone") return [];
      const zone = thing as Zone;
      const [home, ...others] = this.linked.get(zone) ?? [];
      const [endpoint, ...more] = this.returned.get(zone) ?? [];
      const to = endpoint && this.items.get(endpoint);
      if (others.length + more.length > 0 || !to || endpoint.network === home) return [];
      return [{ kind: "returns", ends: [{ on: item }, { on: to, arrow: true }] }];
    });
    return found.length > MAX_PAIRS ? [] : found;
  }

  /** Each zone with the endpoints in its network that it returns, and the other endpoints; all zones first if there are many. */
  private zonesAndEndpoints(network: VirtualNetwork): Item[] {
    const zones = this.zonesAt.get(network) ?? [];
    const endpoints = this.endpointsAt.get(network) ?? [];
    if (zones.length > MOST.zones) return [this.zoneItem(zones, network), ...this.endpointItems(endpoints)];
    if (endpoints.length > MOST.endpoints)
      return [...zones.map((zone) => this.zoneItem([zone], network)), ...this.endpointItems(endpoints)];
    const left = new Set(endpoints);
    const grouped = zones.flatMap((zone) => {
      const its = (this.returned.get(zone) ?? []).filter((endpoint) => left.has(endpoint));
      for (const endpoint of its) left.delete(endpoint);
      return [this.zoneItem([zone], network, its.length > 0), ...this.endpointItems(its)];
    });
    return [...grouped, ...this.endpointItems([...left])];
  }

  /**
   * A box of zones. What they return is said where it is not one endpoint beside them.
   *
   * @param returnsNext - whether the next box is an endpoint that it returns
   */
  private zoneItem(zones: readonly Zone[], home: VirtualNetwork | undefined, returnsNext = false): Item {
    const returned = unique(zones.flatMap((zone) => this.returned.get(zone) ?? []));
    const returns = returned.length === 0 ? "no private endpoint's addresses" : `returns ${namesOf(returned)}`;
    const item: Item = {
      kind: "zone",
      rows: [
        ...this.label(zones.length === 1 ? "Private DNS zone" : `${zones.length} private DNS zones`),
        ...shortened(zones.map(({ name }) => name)).map((text, i): Row => ({ text, ...(i === 0 && { is: "name" }) })),
        ...(returnsNext && returned.length === 1 ? [] : [{ text: returns }]),
        ...(home ? this.servedBy(home) : []),
      ],
      returnsNext,
    };
    for (const zone of zones) this.items.set(zone, item);
    return item;
  }

  /** With regional endpoints, which region serves a network. */
  private servedBy(network: VirtualNetwork): Row[] {
    return (this.lookupsOf.get(network) ?? []).flatMap(({ service, host, servedBy }) =>
      isRegistry(service) && service.regional && host.kind === "global" && servedBy.length > 0
        ? [
            {
              text: `served by ${joinWords(servedBy.map((region) => (region === AZURE ? "the region that Azure chooses" : region)))}`,
            },
          ]
        : [],
    );
  }

  private endpointItems(endpoints: readonly Endpoint[]): Item[] {
    const shown = endpoints.length > MOST.endpoints ? endpoints.slice(0, MOST.endpoints - 1) : endpoints;
    const rest = endpoints.slice(shown.length);
    const more: Item = { kind: "endpoint", rows: [{ text: `and ${rest.length} more private endpoints` }] };
    for (const endpoint of rest) this.items.set(endpoint, more);
    return [...shown.map((endpoint) => this.oneEndpoint(endpoint)), ...(rest.length > 0 ? [more] : [])];
  }

  private oneEndpoint(endpoint: Endpoint): Item {
    const { name, service, hosts, addresses, subnetRanges, manual } = endpoint;
    const known = hosts.flatMap(({ fqdn, label }) => {
      const its = addresses.get(fqdn);
      return its ? [{ text: label, right: its.join(", ") }] : [];
    });
    const shown = known.length > MOST.addresses ? known.slice(0, MOST.addresses - 1) : known;
    const item: Item = {
      kind: "endpoint",
      rows: [
        ...this.label("Private endpoint", subnetRanges.length > 0 ? `subnet ${subnetRanges.join(", ")}` : ""),
        { text: name, is: "name" },
        ...(this.several ? [{ text: `to ${service.name}` }] : []),
        ...(manual ? [{ text: "has to be approved" }] : []),
        ...(this.unused.has(endpoint.address) ? [{ text: "in no zone", is: "problem" } as const] : []),
        ...shown,
        ...(shown.length < known.length ? [{ text: `and ${known.length - shown.length} more` }] : []),
        ...(this.someAddresses && known.length === 0 ? [{ text: "addresses not known" }] : []),
      ],
    };
    this.items.set(endpoint, item);
    return item;
  }

  private machineItems(network: VirtualNetwork): Item[] {
    return [...groupBy(this.machinesAt.get(network) ?? [], ({ label }) => label)].flatMap(([label, machines]) => {
      const kind = MACHINE_KINDS[label] ?? "other";
      const groups = machines.length > MOST.machines ? [machines] : machines.map((one) => [one]);
      return groups.map((group): Item => ({
        kind,
        rows: [
          // What other resources are, the legend does not say.
          ...this.label(group.length === 1 ? label : `${label}s (${group.length})`, "", kind === "other"),
          ...shortened(group.map(({ name }) => name)).map((text) => ({ text, is: "name" }) as const),
        ],
      }));
    });
  }

  private serverItems(network: VirtualNetwork): Item[] {
    const asking = this.asked.get(network);
    if (!asking) return [];
    const addresses = unique(asking.flatMap(({ addresses }) => addresses));
    const item: Item = {
      kind: "servers",
      rows: [
        ...this.label("DNS servers"),
        { text: addresses.length === 0 ? "DNS servers" : joinWords(addresses), is: "name" },
      ],
    };
    this.items.set(network, item);
    return [item];
  }

  private label(text: string, right = "", always = false): Row[] {
    return this.labelled || always ? [{ text, is: "label", ...(right !== "" && { right }) }] : [];
  }

  /** What is wrong with a network's answers, and what of it is not drawn as lines. */
  private notesOn(network: VirtualNetwork): Row[] {
    const lookups = (this.lookupsOf.get(network) ?? []).filter(({ expected }) => expected);
    const unreachable = unique(lookups.flatMap((lookup) => lookup.unreachable));
    const strays = unique(lookups.flatMap((lookup) => lookup.strays));
    const missing = lookups.filter(({ known, endpoints, strays }) => known && endpoints.length + strays.length === 0);
    const open = lookups.filter(({ known }) => !known);
    const problem = (text: string) => ({ text, is: "problem" }) as const;
    const servers = (this.asked.get(undefined) ?? []).filter((asking) => asking.network === network);
    const peersIn = (pairs: Roles["pairs"]) =>
      pairs.length > MAX_PAIRS
        ? pairs.filter((pair) => pair.includes(network)).map(([a, b]) => (a === network ? b : a).name)
        : [];
    const [peers, oneSided] = [peersIn(this.roles.pairs), peersIn(this.roles.oneSided)];
    return [
      ...(unreachable.length > 0 ? [problem(`can't reach ${namesOf(unreachable)}`)] : []),
      ...(strays.length > 0 ? [problem(`no endpoint has ${joinWords(strays)}`)] : []),
      ...(missing.length > 0
        ? [
            problem(
              `no private answer${missing.length < lookups.length ? ` for ${count(missing.length, "name")}` : ""}`,
            ),
          ]
        : []),
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
