import {
  AZURE,
  type Endpoint,
  type Lookup,
  type NetworkModel,
  type Preview,
  type Service,
  type VirtualNetwork,
  type Zone,
  isRegistry,
} from "private-link-preview";
import { count, groupBy, joinWords, unique } from "private-link-preview/util";
import { type Roles, rolesOf } from "./roles";
import type { End, Frame, Item, ItemKind, Join, Path, Row, Section, Sketch } from "./sketch";

/** Most networks of which each box says what it is; with more, the legend does. */
const MAX_LABELLED = 6;
/** Most boxes of a kind in one network; the others are counted. */
const MOST = { zones: 3, endpoints: 8, machines: 2, names: 6, addresses: 12, services: 6 };
/** Most peerings beside hubs and meshes, and most answers across networks, that are drawn as lines. */
const MAX_PAIRS = 6;

/** What to draw of a preview. */
export function sketchOf(preview: Preview): Sketch {
  const { model, lookups } = preview;
  const roles = rolesOf(model);
  const boxes = new Boxes(preview, roles);
  const frames = new Map(model.networks.map((network) => [network, boxes.frameOf(network)]));
  const frameOf = (network: VirtualNetwork) => frames.get(network)!;
  const lost = boxes.frameOf(undefined);
  const inSections = new Set([...roles.hubs.keys(), ...roles.meshes.flat()]);
  const others = [
    ...model.networks
      .filter((network) => !inSections.has(network))
      .sort(byName)
      .map(frameOf),
    ...(lost.items.length > 0 ? [lost] : []),
  ];
  const meshes = roles.meshes.map((mesh) => ({
    title: "Mesh of peerings",
    frames: [...mesh].sort(byName).map(frameOf),
  }));
  const sections: Section[] = [...meshes, ...(others.length > 0 ? [{ frames: others }] : [])];
  const joiner = new Joiner(sections, frameOf);
  const shared = boxes.sharedZones();
  const hubsElsewhere = groupBy(model.hubConnections, ({ hub }) => hub);
  const wans = [...hubsElsewhere].map(([hub, its]) => ({
    frame: plainFrame("wan", lastName(hub), "Virtual WAN hub"),
    networks: its.map(({ network }) => network),
  }));
  const groups = model.connectedGroups.map(({ address, hub, networks, direct }) => ({
    frame: plainFrame(
      "group",
      lastName(address),
      `Virtual Network Manager: ${direct === "no" ? "hub and spokes" : "connected with each other"}`,
    ),
    networks: unique([...(hub ? [hub] : []), ...networks]),
  }));
  const { services, paths } = servicesOf(model, lookups, boxes);
  const top = [...[...roles.hubs.keys()].map(frameOf), ...[...shared, ...wans, ...groups].map(({ frame }) => frame)];
  const pairs = roles.pairs.length > MAX_PAIRS ? [] : roles.pairs;
  const joins = [
    ...[...roles.hubs].map(([hub, peers]) => joiner.join("peering", { on: frameOf(hub) }, peers)),
    ...wans.map(({ frame, networks }) => joiner.join("wan", { on: frame }, networks)),
    ...groups.map(({ frame, networks }) => joiner.join("group", { on: frame }, networks)),
    ...pairs.map(([a, b]) => joiner.join("peering", { on: frameOf(a) }, [b])),
    ...roles.oneSided.slice(0, MAX_PAIRS).map(([from, to]): Join => ({
      kind: "one-sided",
      ends: [{ on: frameOf(from) }, { on: frameOf(to), arrow: true }],
    })),
    ...shared.map(({ frame, networks }) => joiner.join("asks", { on: frame.items[0]!, arrow: true }, networks)),
    ...boxes.asking().map(({ item, networks }) => joiner.join("asks", { on: item, arrow: true }, networks)),
    ...boxes.returnsElsewhere(),
  ].filter(({ ends }) => ends.length > 1);
  return { ...headOf(preview, roles), top, sections, services, joins, paths };
}

/** Makes the lines from one box to networks; where these are all of a section with a frame, to that frame. */
class Joiner {
  constructor(
    private readonly sections: readonly Section[],
    private readonly frameOf: (network: VirtualNetwork) => Frame,
  ) {}

  public join(kind: Join["kind"], from: End, to: readonly VirtualNetwork[]): Join {
    const frames = new Set(unique(to).map(this.frameOf));
    const whole = this.sections.filter(
      (section) => section.title !== undefined && section.frames.every((frame) => frames.has(frame)),
    );
    for (const section of whole) for (const frame of section.frames) frames.delete(frame);
    return { kind, ends: [from, ...[...frames, ...whole].map((on) => ({ on }))] };
  }
}

/** Makes the boxes of each network, and knows which box something is in. */
class Boxes {
  private readonly labelled: boolean;
  private readonly several: boolean;
  private readonly someAddresses: boolean;
  private readonly items = new Map<Zone | Endpoint | VirtualNetwork, Item>();
  private readonly linked: ReadonlyMap<Zone, readonly VirtualNetwork[]>;
  private readonly zonesAt: ReadonlyMap<VirtualNetwork | undefined, readonly Zone[]>;
  private readonly endpointsAt: ReadonlyMap<VirtualNetwork | undefined, readonly Endpoint[]>;
  private readonly lookupsOf: ReadonlyMap<VirtualNetwork, readonly Lookup[]>;
  /** The endpoints that a zone returns. */
  private readonly returned: ReadonlyMap<Zone | undefined, readonly Endpoint[]>;
  /** The networks that ask DNS servers in a network, with the addresses. */
  private readonly asked: ReadonlyMap<VirtualNetwork | undefined, readonly Asking[]>;

  constructor(
    private readonly preview: Preview,
    private readonly roles: Roles,
  ) {
    const { model, lookups } = preview;
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
    const zones = network ? (this.zonesAt.get(network) ?? []) : [];
    const endpoints = this.endpointsAt.get(network) ?? [];
    const items = [
      ...this.machineItems(network),
      ...(network ? this.serverItems(network) : []),
      ...this.zoneItems(zones, network),
      ...this.endpointItems(endpoints),
    ];
    const { bastion = [], machine = [], other = [], ...rest } = Object.fromEntries(groupBy(items, ({ kind }) => kind));
    if (!network) return { kind: "elsewhere", title: "Network not known", subtitle: "", notes: [], items };
    const location = network.location ?? endpoints[0]?.location;
    const ranges = network.addressSpace;
    const range = ranges.length > 2 ? `${ranges[0]!} and ${ranges.length - 1} more` : ranges.join(", ");
    return {
      kind: this.roles.hubs.has(network) ? "hub" : network.managed ? "network" : "elsewhere",
      title: network.name,
      subtitle: [location, range].filter(Boolean).join(" · "),
      notes: this.notesOn(network),
      items: [...bastion, ...Object.values(rest).flat(), ...machine, ...other],
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
      const frame: Frame = {
        kind: "shared",
        title: zones.length === 1 ? "Shared zone" : "Shared zones",
        subtitle: `linked to ${count(networks.length, "network")}`,
        notes: [],
        items: [this.zoneItem(zones, undefined)],
      };
      return { frame, networks: asking };
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

  private zoneItems(zones: readonly Zone[], network: VirtualNetwork | undefined): Item[] {
    const groups = zones.length > MOST.zones ? [zones] : zones.map((zone) => [zone]);
    return groups.map((group) => this.zoneItem(group, network));
  }

  /** A box of zones; what they return is said where it is not the endpoint beside it. */
  private zoneItem(zones: readonly Zone[], home: VirtualNetwork | undefined): Item {
    const returned = unique(zones.flatMap((zone) => this.returned.get(zone) ?? []));
    const own = home && returned.length > 0 && returned.every(({ network }) => network === home);
    const item: Item = {
      kind: "zone",
      rows: [
        ...this.label(zones.length === 1 ? "Private DNS zone" : `${zones.length} private DNS zones`),
        ...shortened(zones.map(({ name }) => name)).map((text, i) =>
          i === 0 ? ({ text, is: "name" } as const) : { text },
        ),
        ...(own
          ? []
          : [{ text: returned.length === 0 ? "no private endpoint's addresses" : `returns ${namesOf(returned)}` }]),
        ...(home ? this.servedBy(home) : []),
      ],
      ...(own && zones.length === 1 && { returnsNext: true }),
    };
    for (const zone of zones) this.items.set(zone, item);
    return item;
  }

  /** With regional endpoints, which region serves a network. */
  private servedBy(network: VirtualNetwork): Row[] {
    return (this.lookupsOf.get(network) ?? []).flatMap(({ service, host, servedBy }) =>
      isRegistry(service) && service.regional && host.kind === "global" && servedBy.length > 0
        ? [{ text: `served by ${joinWords(servedBy.map((region) => (region === AZURE ? "any region" : region)))}` }]
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
        ...shown,
        ...(shown.length < known.length ? [{ text: `and ${known.length - shown.length} more` }] : []),
        ...(this.someAddresses && known.length === 0 ? [{ text: "addresses not known" }] : []),
      ],
    };
    this.items.set(endpoint, item);
    return item;
  }

  private machineItems(network: VirtualNetwork | undefined): Item[] {
    const its = this.preview.model.machines.filter((machine) => network && machine.network === network);
    return [...groupBy(its, ({ label }) => label)].flatMap(([label, machines]) => {
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
    const { pairs } = this.roles;
    const peers = pairs.length > MAX_PAIRS ? pairs.filter((pair) => pair.includes(network)) : [];
    const servers = (this.asked.get(undefined) ?? []).filter((asking) => asking.network === network);
    return [
      ...(unreachable.length > 0 ? [problem(`can't reach ${namesOf(unreachable)}`)] : []),
      ...(strays.length > 0 ? [problem(`no endpoint has ${joinWords(strays)}`)] : []),
      ...(missing.length > 0 && missing.length === lookups.length
        ? [problem("no private answer")]
        : missing.length > 0
          ? [problem(`no private answer for ${count(missing.length, "name")}`)]
          : []),
      ...(open.length > 0 ? [{ text: `${count(open.length, "answer")} not known from this file` }] : []),
      ...servers.map(({ addresses }) => ({
        text: `asks DNS servers ${joinWords(addresses)}, in no network here`.replace("  ", " "),
      })),
      ...(peers.length > 0
        ? [{ text: `peered with ${joinWords(peers.map(([a, b]) => (a === network ? b : a).name))}` }]
        : []),
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

/** The boxes of registries and other services, with the ways to them. */
function servicesOf(
  model: NetworkModel,
  lookups: readonly Lookup[],
  boxes: Boxes,
): { services: Frame[]; paths: Path[] } {
  const used = new Set(model.endpoints.map(({ service }) => service));
  const all = model.services.filter((service) => used.has(service));
  const groups =
    all.length > MOST.services
      ? [...groupBy(all, (service) => (isRegistry(service) ? service : service.label)).values()]
      : all.map((service) => [service]);
  const kept = groups.length > MOST.services ? groups.slice(0, MOST.services - 1) : groups;
  const rest = groups.slice(kept.length).flat();
  const regions = unique(model.registries.flatMap((registry) => registry.regions));
  const endpointsOf = groupBy(model.endpoints, ({ service }) => service);
  const servedAt = groupBy(
    lookups.flatMap(({ host, endpoints, servedBy }) =>
      host.kind === "global" ? endpoints.map((endpoint) => ({ endpoint, servedBy })) : [],
    ),
    ({ endpoint }) => endpoint,
  );
  const paths: Path[] = [];
  const frames = [...kept, ...(rest.length > 0 ? [rest] : [])].map((services) => {
    const endpoints = services.flatMap((service) => endpointsOf.get(service)!);
    const [only] = services;
    if (services.length > 1 || !only || !isRegistry(only)) {
      const frame = serviceFrame(services);
      paths.push({ from: unique(endpoints.map((endpoint) => boxes.endpointItem(endpoint))), to: frame, region: 0 });
      return frame;
    }
    const ways = endpoints.flatMap((endpoint) => {
      const served = unique((servedAt.get(endpoint) ?? []).flatMap(({ servedBy }) => servedBy));
      return (served.length === 0 ? [AZURE] : served).map((region) => ({ endpoint, region }));
    });
    const byRegion = groupBy(ways, ({ region }) => region);
    const items = only.regions.map((region): Item => ({
      kind: "region",
      ...(byRegion.has(region) && { region: regions.indexOf(region) + 1 }),
      rows: [{ text: region, is: "name" }, ...(only.unrouted.includes(region) ? [{ text: "not routed to" }] : [])],
    }));
    const frame: Frame = {
      kind: "service",
      title: only.name,
      subtitle: "container registry",
      notes: byRegion.has(AZURE) ? [{ text: "Azure chooses which region serves" }] : [],
      items,
    };
    for (const [region, its] of [...byRegion].sort(([a], [b]) => regions.indexOf(a) - regions.indexOf(b)))
      paths.push({
        from: unique(its.map(({ endpoint }) => boxes.endpointItem(endpoint))),
        to: items[only.regions.indexOf(region)] ?? frame,
        region: regions.indexOf(region) + 1,
      });
    return frame;
  });
  return { services: frames, paths };
}

function serviceFrame(services: readonly Service[]): Frame {
  const labels = unique(services.map(({ label }) => label));
  const [only] = services;
  if (services.length === 1) return plainFrame("service", only!.name, only!.label);
  return {
    kind: "service",
    title: count(services.length, labels.length === 1 ? labels[0]! : "other service"),
    subtitle: "",
    notes: shortened(services.map(({ name }) => name)).map((text) => ({ text })),
    items: [],
  };
}

function plainFrame(kind: Frame["kind"], title: string, subtitle: string): Frame {
  return { kind, title, subtitle, notes: [], items: [] };
}

function headOf({ model, answers }: Preview, { hubs, meshes }: Roles): Pick<Sketch, "title" | "subtitles"> {
  const { networks, endpoints, links, registries, services, unread } = model;
  const [registry] = registries;
  const spokes = new Set([...hubs.values(), ...meshes].flat().filter((network) => !hubs.has(network)));
  const others = networks.length - hubs.size - spokes.size;
  const failed = answers.filter(({ reachable }) => reachable === false).length;
  const known = answers.filter(({ reachable }) => reachable !== null).length;
  const counts = [
    ...(hubs.size === 0
      ? [count(networks.length, "virtual network")]
      : [
          count(hubs.size, "hub"),
          count(spokes.size, "spoke"),
          ...(others > 0 ? [count(others, "other virtual network")] : []),
        ]),
    count(endpoints.length, "private endpoint"),
    count(unique(links.map(({ zone }) => zone)).length, "private DNS zone"),
    ...(known === answers.length && failed === 0 && known > 0
      ? [`${count(answers.length, "answer")}, all reachable`]
      : []),
  ];
  const noAddresses = endpoints.length > 0 && endpoints.every(({ addresses }) => addresses.size === 0);
  return {
    title:
      registry && services.length === 1
        ? `Private network of the registry ${registry.name}`
        : services.length > 0
          ? `Private endpoints of ${count(services.length, "service")}`
          : "Virtual networks",
    subtitles: [
      { text: counts.join(" · ") },
      ...(failed > 0
        ? [{ text: `${failed} of ${count(answers.length, "answer")} not reachable`, is: "problem" } as const]
        : []),
      ...(noAddresses ? [{ text: "Addresses of endpoints are (known after apply)." }] : []),
      ...(unread.length > 0
        ? [{ text: `Not drawn: ${count(unread.length, "private endpoint")} of services whose names are not known.` }]
        : []),
    ],
  };
}

/** Numbers in names in their own order: spoke2 before spoke10. */
function byName(a: VirtualNetwork, b: VirtualNetwork): number {
  return a.name.localeCompare(b.name, "en", { numeric: true });
}

function namesOf(endpoints: readonly Endpoint[]): string {
  if (endpoints.length > 3) return count(endpoints.length, "private endpoint");
  return joinWords(endpoints.map(({ name }) => name));
}

/** The first of many names, and how many more there are. */
function shortened(names: readonly string[]): string[] {
  if (names.length <= MOST.names) return [...names];
  return [...names.slice(0, MOST.names - 1), `and ${names.length - MOST.names + 1} more`];
}

/** The last name in a Terraform address or an Azure id. */
function lastName(address: string): string {
  return address.split(/[./]/).at(-1) ?? address;
}
