import type { NetworkModel, VirtualNetwork } from "../model/network-model";
import { isReachable } from "../resolver";
import { groupBy, unique } from "../../../common/util/collections";
import { count } from "../../../common/util/words";
import { plainFrame } from "./names";
import { type Drawn, NetworkFrames } from "./network-frames";
import { type Roles, rolesOf } from "./roles";
import type { End, Frame, Join, Limits, Scene, Section } from "./scene";
import { servicesOf } from "./service-frames";

/** Networks above which they are drawn by region. */
const MAX_MIXED = 6;

/**
 * What to draw of a network.
 *
 * @param roles - which networks are hubs. @default - what the peerings tell
 */
export function sceneOf(drawn: Drawn, limits: Limits, roles = rolesOf(drawn.model)): Scene {
  const { model } = drawn;
  const frames = new NetworkFrames(drawn, roles, limits);
  const byRegion = model.networks.length > MAX_MIXED;
  const byNetwork = new Map(
    model.networks.map((network) => [network, frames.frameOf(network, byRegion && !roles.hubs.has(network))]),
  );
  const frameOf = (network: VirtualNetwork) => byNetwork.get(network)!;
  const sorted = (networks: readonly VirtualNetwork[]) => {
    const byName = [...networks].sort((a, b) => NAMES.compare(a.name, b.name)).map(frameOf);
    return byRegion ? [...groupBy(byName, ({ region }) => region).values()].flat() : byName;
  };
  const placed = new Set([...roles.hubs.keys(), ...roles.meshes.flat()]);
  const lost = frames.frameOf(undefined);
  const others = [
    ...sorted(model.networks.filter((network) => !placed.has(network))),
    ...(lost.items.length > 0 ? [lost] : []),
  ];
  const meshes = roles.meshes.map((mesh) => ({ title: "Mesh of peerings", frames: sorted(mesh) }));
  const sections: Section[] = [...meshes, ...(others.length > 0 ? [{ frames: others }] : [])];
  /** A line from one box to networks; where these are all of a section with a frame, to that frame. */
  const join = (kind: Join["kind"], from: End, to: readonly VirtualNetwork[]): Join => {
    const ends = new Set(unique(to).map(frameOf));
    const whole = sections.filter(({ title, frames }) => title !== undefined && frames.every((one) => ends.has(one)));
    for (const frame of whole.flatMap((section) => section.frames)) ends.delete(frame);
    return { kind, ends: [from, ...[...ends, ...whole].map((on) => ({ on }))] };
  };
  const shared = frames.sharedZones();
  const connections = connectionsIn(model);
  const { services, paths } = servicesOf(drawn, (endpoint) => frames.endpointItem(endpoint), limits);
  const top = [...[...roles.hubs.keys()].map(frameOf), ...[...shared, ...connections].map(({ frame }) => frame)];
  // Each network says which others it is peered with where these are many.
  const few = <T>(lines: readonly T[]) => (lines.length > limits.lines ? [] : lines);
  const joins = [
    ...[...roles.hubs].map(([hub, peers]) => join("peering", { on: frameOf(hub) }, peers)),
    ...connections.map(({ kind, frame, networks }) => join(kind, { on: frame }, networks)),
    ...few(roles.pairs).map(([a, b]) => join("peering", { on: frameOf(a) }, [b])),
    ...few(roles.oneSided).map(([from, to]): Join => ({
      kind: "one-sided",
      ends: [{ on: frameOf(from) }, { on: frameOf(to), arrow: true }],
    })),
    ...shared.flatMap(({ frame, networks }) => frame.items.map((on) => join("asks", { on, arrow: true }, networks))),
    ...frames.asking().map(({ item, networks }) => join("asks", { on: item, arrow: true }, networks)),
    ...few(answersElsewhere([...byNetwork.values(), ...shared.map(({ frame }) => frame)])),
  ].filter(({ ends }) => ends.length > 1);
  const unreachable = frames.unreachable().map(({ network, items }) => ({ network: frameOf(network), items }));
  return { ...headOf(drawn, roles, frames), unreachable, top, sections, services, joins, paths, byRegion };
}

/** Numbers in names in their own order: spoke2 before spoke10. */
const NAMES = new Intl.Collator("en", { numeric: true });

/** Virtual WAN hubs and groups of Virtual Network Manager, with the networks that they connect. */
function connectionsIn(model: NetworkModel) {
  const wans = [...groupBy(model.hubConnections, ({ hub }) => hub)].map(([hub, its]) => ({
    kind: "wan" as const,
    frame: plainFrame("wan", lastName(hub), "Virtual WAN hub"),
    networks: its.map(({ network }) => network),
  }));
  const groups = model.connectedGroups.map(({ address, hub, networks, direct }) => ({
    kind: "group" as const,
    frame: plainFrame(
      "group",
      lastName(address),
      `Network Manager: ${direct === "no" ? "hub and spokes" : "connected with each other"}`,
    ),
    networks: [...(hub ? [hub] : []), ...networks],
  }));
  return [...wans, ...groups];
}

/** Lines from zones to the one box elsewhere of what they return. */
function answersElsewhere(frames: readonly Frame[]): Join[] {
  return frames.flatMap(({ kind, items }) =>
    items.flatMap((item): Join[] => {
      const [only, ...others] = item.returns;
      if (!only || others.length + only.of.length + item.of.length > 2 || items.includes(only) || kind === "shared")
        return [];
      return [{ kind: "returns", ends: [{ on: item }, { on: only, arrow: true }] }];
    }),
  );
}

function headOf(
  { model, lookups }: Drawn,
  { hubs, meshes }: Roles,
  frames: NetworkFrames,
): Pick<Scene, "title" | "subtitles"> {
  const { networks, endpoints, links, registries, services, unread } = model;
  const [registry] = registries;
  const spokes = new Set([...hubs.values(), ...meshes].flat().filter((network) => !hubs.has(network)));
  const others = networks.length - hubs.size - spokes.size;
  const expected = networks.flatMap((network) => frames.expected(network));
  const failed = expected.filter((lookup) => isReachable(lookup) === false).length;
  const all = expected.length > 0 && expected.every((lookup) => isReachable(lookup) === true);
  const counts = [
    ...(hubs.size === 0
      ? [count(networks.length, "virtual network")]
      : [count(hubs.size, "hub"), count(spokes.size, "spoke"), count(others, "other virtual network")]),
    count(endpoints.length, "private endpoint"),
    count(unique(links.map(({ zone }) => zone)).length, "private DNS zone"),
    ...(all ? [`${count(lookups.length, "answer")}, all reachable`] : []),
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
      { text: counts.filter((text) => !text.startsWith("0 ")).join(" · ") },
      ...(failed > 0
        ? [{ text: `${failed} of ${count(expected.length, "answer")} not reachable`, is: "problem" } as const]
        : []),
      ...(noAddresses ? [{ text: "Addresses of endpoints are (known after apply)." }] : []),
      ...(unread.length > 0
        ? [{ text: `Not drawn: ${count(unread.length, "private endpoint")} of services whose names are not known.` }]
        : []),
    ],
  };
}

/** The last name in a Terraform address or an Azure id. */
function lastName(address: string): string {
  return address.split(/[./]/).at(-1) ?? address;
}
