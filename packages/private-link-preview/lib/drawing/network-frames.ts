import { type Endpoint, type Machine, type VirtualNetwork, type Zone, isRegistry } from "../model/network-model";
import { AZURE, isReachable } from "../trace";
import { groupBy, unique } from "../../../common/util/collections";
import { count, joinWords } from "../../../common/util/words";
import type { Facts } from "./facts";
import type { Roles } from "./roles";
import { type Frame, type Item, type ItemKind, type Row, plainFrame, plainItem, rowIf, shortened } from "./scene";

/** Most networks of which each box says what it is; with more, the legend does. */
const MAX_LABELLED = 6;
/** Most boxes of a kind in one network, and most names and addresses in a box; the others are counted. */
const MOST = { zones: 3, shared: 1, endpoints: 8, machines: 2, names: 6, addresses: 12 } as const;
/** Most peerings beside hubs and meshes, and most answers across networks, that are drawn as lines. */
export const MAX_LINES = 6;
/** In place of a region. */
export const OUTSIDE = "outside Azure";
const MACHINE_KINDS: Readonly<Record<string, ItemKind>> = {
  Bastion: "bastion",
  "DNS resolver inbound endpoint": "servers",
  "Virtual machine": "machine",
};
/** Boxes above those of zones, to which no lines lead past these. */
const ABOVE: readonly ItemKind[] = ["bastion", "servers"];

/** Makes the boxes of networks, and knows which box something is in. */
export class NetworkFrames {
  private readonly endpointItems = new Map<Endpoint, Item>();
  private readonly serverItems = new Map<VirtualNetwork, Item>();

  constructor(private readonly facts: Facts) {
    for (const all of facts.endpointsAt.values()) {
      const rest = all.length > facts.most(MOST.endpoints) ? all.slice(MOST.endpoints - 1) : [];
      const more = plainItem("endpoint", [{ text: `and ${rest.length} more private endpoints` }], rest);
      for (const endpoint of all)
        this.endpointItems.set(endpoint, rest.includes(endpoint) ? more : this.oneEndpoint(endpoint));
    }
  }

  /** @param inRegion - whether it is drawn below the name of its region */
  public frameOf(network: VirtualNetwork, inRegion: boolean): Frame {
    const { zonesAt, endpointsAt, machinesAt, roles, most } = this.facts;
    const { name, address, addressSpace, managed, outside } = network;
    const endpoints = endpointsAt.get(network) ?? [];
    const region = outside ? OUTSIDE : (network.location ?? endpoints[0]?.location);
    const more = addressSpace.length - 1;
    const range = more > 1 ? `${addressSpace[0]!} and ${more} more` : addressSpace.join(", ");
    const machines = this.machineItems(machinesAt.get(network) ?? []);
    const left = new Set(endpoints.map((endpoint) => this.itemOf(endpoint)));
    const answering = this.zoneItems(zonesAt.get(network) ?? [], most(MOST.zones), network).flatMap((zone) => [
      zone,
      ...zone.returns.filter((endpoint) => left.delete(endpoint)),
    ]);
    const kind = outside ? "client" : roles.hubs.has(network) ? "hub" : managed ? "network" : "elsewhere";
    return {
      ...plainFrame(kind, name, [inRegion ? "" : region, range].filter(Boolean).join(" · "), [address]),
      network,
      ...(region !== undefined && { region }),
      notes: this.notesOn(network),
      items: [
        ...machines.filter((item) => ABOVE.includes(item.kind)),
        ...this.serversIn(network),
        ...answering,
        ...left,
        ...machines.filter((item) => !ABOVE.includes(item.kind)),
      ],
    };
  }

  public itemOf(endpoint: Endpoint): Item {
    return this.endpointItems.get(endpoint)!;
  }

  /** Frames of zones that are linked to the same networks, if these are several, with those that ask them. */
  public sharedZones(): { frame: Frame; networks: readonly VirtualNetwork[] }[] {
    const { linked, zonesAt, most } = this.facts;
    const addresses = (zone: Zone) => linked.get(zone)!.map(({ address }) => address);
    const groups = groupBy(zonesAt.get(undefined) ?? [], (zone) => addresses(zone).sort().join(" "));
    return [...groups.values()].map((zones) => {
      const networks = linked.get(zones[0]!)!;
      const title = zones.length === 1 ? "Shared zone" : "Shared zones";
      const items = this.zoneItems(zones, most(MOST.shared));
      return {
        frame: { ...plainFrame("shared", title, `linked to ${count(networks.length, "network")}`), items },
        networks: networks.filter(({ dnsServers }) => dnsServers?.network === undefined),
      };
    });
  }

  /** Boxes of DNS servers, each with the other networks that ask them. */
  public asking(): { item: Item; networks: readonly VirtualNetwork[] }[] {
    return [...this.serverItems].map(([home, item]) => {
      const networks = this.facts.asked.get(home)!.map(({ network }) => network);
      return { item, networks: networks.filter((network) => network !== home) };
    });
  }

  /** Boxes of zones. What they return is said where it is not one endpoint below them. */
  private zoneItems(all: readonly Zone[], most: number, home?: VirtualNetwork): Item[] {
    const below = new Set<Endpoint>();
    return (all.length > most ? [all] : all.map((zone) => [zone])).map((zones) => {
      const its = unique(zones.flatMap((zone) => this.facts.returned.get(zone) ?? []));
      const isBelow = its.length === 1 && home !== undefined && its[0]!.network === home && !below.has(its[0]!);
      for (const endpoint of its) below.add(endpoint);
      const returns = its.length === 0 ? "returns no private endpoint" : `returns ${namesOf(its)}`;
      const rows = [
        ...this.label(zones.length === 1 ? "Private DNS zone" : `${zones.length} private DNS zones`),
        ...this.names(zones).map((row, i) => (i === 0 ? row : { text: row.text })),
        ...(isBelow ? [] : [{ text: returns }]),
        ...(home ? this.servedBy(home) : []),
      ];
      return { ...plainItem("zone", rows, zones), returns: unique(its.map((endpoint) => this.itemOf(endpoint))) };
    });
  }

  /** With regional endpoints, which region serves a network. */
  private servedBy(network: VirtualNetwork): Row[] {
    return (this.facts.lookupsOf.get(network) ?? []).flatMap(({ service, host, servedBy }) => {
      if (!isRegistry(service) || !service.regional || host.kind !== "global" || servedBy.length === 0) return [];
      const regions = servedBy.map((region) => (region === AZURE ? "the region that Azure chooses" : region));
      return [{ text: `served by ${joinWords(regions)}` }];
    });
  }

  private oneEndpoint(endpoint: Endpoint): Item {
    const { endpoints, services } = this.facts.model;
    const { name, service, hosts, addresses, subnetRanges, approval } = endpoint;
    const known = hosts.flatMap(({ fqdn, label }) => {
      const its = addresses.get(fqdn);
      return its ? [{ text: label, right: its.join(", ") }] : [];
    });
    const rest = known.length > MOST.addresses ? known.splice(MOST.addresses - 1) : [];
    const isMissing = known.length === 0 && endpoints.some((one) => one.addresses.size > 0);
    const rows = [
      ...this.label("Private endpoint", subnetRanges.length > 0 ? `subnet ${subnetRanges.join(", ")}` : ""),
      { text: name, is: "name" } as const,
      ...rowIf(services.length > 1, `to ${service.name}`),
      ...rowIf(approval !== "approved", "has to be approved"),
      ...rowIf(this.facts.unused.has(endpoint.address), "in no zone", "problem"),
      ...known,
      ...rowIf(rest.length > 0, `and ${rest.length} more`),
      ...rowIf(isMissing, "addresses not known"),
    ];
    return plainItem("endpoint", rows, [endpoint]);
  }

  private machineItems(all: readonly Machine[]): Item[] {
    return [...groupBy(all, ({ label }) => label)].flatMap(([label, machines]) => {
      const kind = MACHINE_KINDS[label] ?? "other";
      return (machines.length > MOST.machines ? [machines] : machines.map((one) => [one])).map((group) => {
        // What other resources are, the legend does not say.
        const isUnlike = kind === "other" || kind === "servers";
        const what = this.label(group.length === 1 ? label : `${label}s (${group.length})`, "", isUnlike);
        return plainItem(kind, [...what, ...this.names(group)]);
      });
    });
  }

  private serversIn(network: VirtualNetwork): Item[] {
    const asking = this.facts.asked.get(network);
    if (!asking) return [];
    const text = joinWords(unique(asking.flatMap(({ servers }) => servers.addresses))) || "DNS servers";
    const item = plainItem("servers", [...this.label("DNS servers"), { text, is: "name" }]);
    this.serverItems.set(network, item);
    return [item];
  }

  /** What is wrong with a network's answers, and what of it is not drawn as lines. */
  private notesOn(network: VirtualNetwork): Row[] {
    const { asked, answersOf, roles, most } = this.facts;
    const answers = answersOf(network);
    const unreachable = unique(answers.flatMap((lookup) => lookup.unreachable));
    const wrong = answers.filter((lookup) => isReachable(lookup) === false && lookup.unreachable.length === 0);
    const open = answers.filter((lookup) => isReachable(lookup) === undefined);
    const publicly = this.facts.publicAnswersOf(network);
    const elsewhere = (asked.get(undefined) ?? []).filter((asking) => asking.network === network);
    const peersIn = (pairs: Roles["pairs"]) =>
      pairs.length > most(MAX_LINES)
        ? pairs.flatMap(([a, b]) => (a === network ? b.name : b === network ? a.name : []))
        : [];
    const [peers, oneSided] = [peersIn(roles.pairs), peersIn(roles.oneSided)];
    const namesOfSome = (some: readonly unknown[]) =>
      some.length < answers.length ? ` for ${count(some.length, "name")}` : "";
    return [
      ...rowIf(unreachable.length > 0, `can't reach ${namesOf(unreachable)}`, "problem"),
      ...rowIf(wrong.length > 0, `DNS returns no private endpoint's address${namesOfSome(wrong)}`, "problem"),
      ...rowIf(publicly.length > 0, `DNS returns the public address${namesOfSome(publicly)}`),
      ...rowIf(open.length > 0, `${count(open.length, "answer")} not known from this file`),
      ...elsewhere.map(({ servers: { addresses } }) => ({
        text: ["asks DNS servers in no network here", joinWords(addresses)].filter(Boolean).join(": "),
      })),
      ...rowIf(peers.length > 0, `peered with ${joinWords(peers)}`),
      ...rowIf(oneSided.length > 0, `peered in one direction only with ${joinWords(oneSided)}`, "problem"),
      ...rowIf(!network.managed, "managed elsewhere"),
    ];
  }

  private label(text: string, right = "", always = false): Row[] {
    const labelled = always || this.facts.model.networks.length <= MAX_LABELLED;
    return labelled ? [{ text, is: "label", ...(right !== "" && { right }) }] : [];
  }

  private names(things: readonly { readonly name: string }[]): Row[] {
    return shortened(things, MOST.names).map((text) => ({ text, is: "name" }));
  }
}

/** A few endpoints by their names, or how many there are. */
function namesOf(endpoints: readonly Endpoint[]): string {
  return endpoints.length > 3
    ? count(endpoints.length, "private endpoint")
    : joinWords(endpoints.map(({ name }) => name));
}
