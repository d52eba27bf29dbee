import type { NetworkModel, VirtualNetwork } from "../model/network-model";
import { isReachable } from "../trace";
import { groupBy, unique } from "../../../common/util/collections";
import { count, naturally } from "../../../common/util/words";
import type { Facts } from "./facts";
import { MAX_LINES, NetworkFrames } from "./network-frames";
import { type Frame, type Join, type Row, type Scene, type Section, type Thing, plainFrame, rowIf } from "./scene";
import { servicesOf } from "./service-frames";

/** Networks above which they are drawn by region. */
const MAX_MIXED = 6;

/** What to draw of a network. */
export function sceneOf(facts: Facts): Scene {
  const { model, roles } = facts;
  const frames = new NetworkFrames(facts);
  const byRegion = model.networks.length > MAX_MIXED;
  const byNetwork = new Map(
    model.networks.map((network) => [network, frames.frameOf(network, byRegion && !roles.hubs.has(network))]),
  );
  const frameOf = (network: VirtualNetwork) => byNetwork.get(network)!;
  const sorted = (networks: readonly VirtualNetwork[]) => {
    const byName = [...networks].sort((a, b) => naturally(a.name, b.name)).map(frameOf);
    return byRegion ? [...groupBy(byName, ({ region }) => region).values()].flat() : byName;
  };
  const placed = new Set([...roles.hubs.keys(), ...roles.meshes.flat()]);
  const lost = unique((facts.endpointsAt.get(undefined) ?? []).map((endpoint) => frames.itemOf(endpoint)));
  const others = [
    ...sorted(model.networks.filter((network) => !placed.has(network))),
    ...(lost.length > 0 ? [{ ...plainFrame("elsewhere", "Network not known", ""), items: lost }] : []),
  ];
  const meshes = roles.meshes.map((mesh) => ({ title: "Mesh of peerings", frames: sorted(mesh) }));
  const sections: Section[] = [...meshes, ...(others.length > 0 ? [{ frames: others }] : [])];
  /** A line to networks; where these are all of a section with a frame, to that frame. */
  const join = (kind: Join["kind"], one: Thing, to: readonly VirtualNetwork[]): Join => {
    const ends = new Set<Thing>(to.map(frameOf));
    for (const section of sections) {
      if (section.title === undefined || !section.frames.every((frame) => ends.has(frame))) continue;
      for (const frame of section.frames) ends.delete(frame);
      ends.add(section);
    }
    return { kind, one, others: [...ends] };
  };
  const shared = frames.sharedZones();
  const connections = connectionsIn(model);
  const top = [...[...roles.hubs.keys()].map(frameOf), ...[...shared, ...connections].map(({ frame }) => frame)];
  // Each network says which others it is peered with where these are many.
  const few = <T>(lines: readonly T[]) => (lines.length > facts.most(MAX_LINES) ? [] : lines);
  const joins = [
    ...[...roles.hubs].map(([hub, peers]) => join("peering", frameOf(hub), peers)),
    ...connections.map(({ kind, frame, networks }) => join(kind, frame, networks)),
    ...[...groupBy(model.networks, ({ outside }) => outside?.gateway)].flatMap(([gateway, clients]) =>
      gateway ? [join("gateway", frameOf(gateway), clients)] : [],
    ),
    ...few(roles.pairs).map(([a, b]) => join("peering", frameOf(a), [b])),
    ...few(roles.oneSided).map(([from, to]) => join("one-sided", frameOf(from), [to])),
    ...shared.flatMap(({ frame, networks }) => frame.items.map((zone) => join("asks", zone, networks))),
    ...frames.asking().map(({ item, networks }) => join("asks", item, networks)),
    ...(facts.every ? [] : few(answersElsewhere([...byNetwork.values()]))),
  ].filter(({ others }) => others.length > 0);
  const unreachable = [...facts.lookupsOf].flatMap(([network, its]) => {
    const items = unique(its.flatMap((lookup) => lookup.unreachable.map((endpoint) => frames.itemOf(endpoint))));
    return items.length > 0 ? [{ network: frameOf(network), items }] : [];
  });
  const services = servicesOf(facts, (endpoint) => frames.itemOf(endpoint));
  const publicly = model.networks.flatMap((network) => {
    const its = new Set(facts.publicAnswersOf(network).map(({ service }) => service));
    const found = services.services.filter(({ service }) => service && its.has(service));
    return found.length > 0 ? [{ network: frameOf(network), services: found }] : [];
  });
  const head = { title: titleOf(model), subtitles: subtitlesOf(facts) };
  return { ...head, ...services, top, sections, joins, unreachable, publicly, byRegion };
}

/** Virtual WAN hubs and groups of Virtual Network Manager, with the networks that they connect. */
function connectionsIn({ hubConnections, connectedGroups }: NetworkModel) {
  const wans = [...groupBy(hubConnections, ({ hub }) => hub)].map(([hub, its]) => ({
    kind: "wan" as const,
    frame: plainFrame("wan", lastName(hub), "Virtual WAN hub", [hub]),
    networks: its.map(({ network }) => network),
  }));
  const groups = connectedGroups.map(({ address, hub, networks, direct }) => {
    const what = `Network Manager: ${direct === "no" ? "hub and spokes" : "connected with each other"}`;
    const all = [...(hub ? [hub] : []), ...networks];
    return { kind: "group" as const, frame: plainFrame("group", lastName(address), what, [address]), networks: all };
  });
  return [...wans, ...groups];
}

/** The last name in a Terraform address or an Azure id. */
function lastName(address: string): string {
  return address.split(/[./]/).at(-1) ?? address;
}

/** Lines from zones to the one box in another network of what they return. */
function answersElsewhere(frames: readonly Frame[]): Join[] {
  return frames.flatMap(({ items }) =>
    items.flatMap((zone): Join[] => {
      const [endpoint, ...more] = zone.returns;
      if (!endpoint || more.length > 0 || zone.of.length + endpoint.of.length > 2 || items.includes(endpoint))
        return [];
      return [{ kind: "returns", one: zone, others: [endpoint] }];
    }),
  );
}

function titleOf({ services, registries: [registry] }: NetworkModel): string {
  if (registry && services.length === 1) return `Private network of the registry ${registry.name}`;
  return services.length > 0 ? `Private endpoints of ${count(services.length, "service")}` : "Virtual networks";
}

function subtitlesOf({ model, lookups, roles: { hubs, meshes }, answersOf }: Facts): Row[] {
  const { endpoints, links, unread } = model;
  const [clients, networks] = [true, false].map((wanted) =>
    model.networks.filter(({ outside }) => (outside !== undefined) === wanted),
  ) as [VirtualNetwork[], VirtualNetwork[]];
  const spokes = new Set([...hubs.values(), ...meshes].flat().filter((network) => !hubs.has(network)));
  const reachable = model.networks.flatMap(answersOf).map(isReachable);
  const failed = reachable.filter((one) => one === false).length;
  const isGood = reachable.length > 0 && reachable.every((one) => one === true);
  const counts = [
    ...(hubs.size === 0
      ? [count(networks.length, "virtual network")]
      : [count(hubs.size, "hub"), count(spokes.size, "spoke")]),
    count(hubs.size === 0 ? 0 : networks.length - hubs.size - spokes.size, "other virtual network"),
    `${count(clients.length, "client")} outside Azure`,
    count(endpoints.length, "private endpoint"),
    count(unique(links.map(({ zone }) => zone)).length, "private DNS zone"),
    count(isGood ? lookups.length : 0, "answer"),
  ].filter((text) => !text.startsWith("0 "));
  const noAddresses = endpoints.length > 0 && endpoints.every(({ addresses }) => addresses.size === 0);
  return [
    { text: `${counts.join(" · ")}${isGood ? ", all reachable" : ""}` },
    ...rowIf(failed > 0, `${failed} of ${count(reachable.length, "answer")} not reachable`, "problem"),
    ...rowIf(noAddresses, "Addresses of endpoints are (known after apply)."),
    ...rowIf(
      unread.length > 0,
      `Not drawn: ${count(unread.length, "private endpoint")} of services whose names are not known.`,
    ),
  ];
}
