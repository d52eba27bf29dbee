import { groupBy, unique } from "../../../common/util/collections";
import { count } from "../../../common/util/words";
import type { NetworkModel, VirtualNetwork } from "../model/network-model";
import type { Preview } from "../preview";
import { plainFrame } from "./names";
import { MAX_PAIRS, NetworkFrames } from "./network-frames";
import { type Roles, rolesOf } from "./roles";
import { servicesOf } from "./service-frames";
import type { End, Frame, Join, Section, Sketch } from "./sketch";

/** What to draw of a preview. */
export function sketchOf(preview: Preview): Sketch {
  const { model } = preview;
  const roles = rolesOf(model);
  const frames = new NetworkFrames(preview, roles);
  const byNetwork = new Map(model.networks.map((network) => [network, frames.frameOf(network)]));
  const frameOf = (network: VirtualNetwork) => byNetwork.get(network)!;
  const lost = frames.frameOf(undefined);
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
  const shared = frames.sharedZones();
  const connections = connectionsIn(model);
  const { services, paths } = servicesOf(preview, (endpoint) => frames.endpointItem(endpoint));
  const top = [...[...roles.hubs.keys()].map(frameOf), ...[...shared, ...connections].map(({ frame }) => frame)];
  // Each network says which others it is peered with where these are many.
  const drawn = (pairs: Roles["pairs"]) => (pairs.length > MAX_PAIRS ? [] : pairs);
  const joins = [
    ...[...roles.hubs].map(([hub, peers]) => joiner.join("peering", { on: frameOf(hub) }, peers)),
    ...connections.map(({ kind, frame, networks }) => joiner.join(kind, { on: frame }, networks)),
    ...drawn(roles.pairs).map(([a, b]) => joiner.join("peering", { on: frameOf(a) }, [b])),
    ...drawn(roles.oneSided).map(([from, to]): Join => ({
      kind: "one-sided",
      ends: [{ on: frameOf(from) }, { on: frameOf(to), arrow: true }],
    })),
    ...shared.map(({ frame, networks }) => joiner.join("asks", { on: frame.items[0]!, arrow: true }, networks)),
    ...frames.asking().map(({ item, networks }) => joiner.join("asks", { on: item, arrow: true }, networks)),
    ...frames.returnsElsewhere(),
  ].filter(({ ends }) => ends.length > 1);
  return { ...headOf(preview, roles), top, sections, services, joins, paths };
}

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
      { text: counts.filter((text) => !text.startsWith("0 ")).join(" · ") },
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

/** The last name in a Terraform address or an Azure id. */
function lastName(address: string): string {
  return address.split(/[./]/).at(-1) ?? address;
}
