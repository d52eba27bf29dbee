import { groupBy, unique } from "../../../common/util/collections";
import { UNSEEN, joinWords } from "../../../common/util/words";
import { type Drawn, factsOf } from "./facts";
import { type Roles, rolesOf } from "./roles";
import { OUTSIDE } from "./network-frames";
import type { Frame, Item, Join, Scene, Thing } from "./scene";
import { sceneOf } from "./scene-of";

/**
 * The network as a Mermaid flowchart: hubs on the left, the other networks in the middle, the registry on the right. A zone
 * that is linked to one network is drawn inside it; a zone that is linked to several is drawn outside.
 */
export function diagram(drawn: Drawn): string {
  const { boxes, edges } = flowchartOf(sceneOf(factsOf(drawn, true)), new Ids());
  return written([...linesOf(boxes, () => undefined), ...edges]);
}

/** How something changes between two networks. */
export type Mark = keyof typeof STROKES;

/** Strokes by mark. The words in the labels say the same, for those who don't see colours. */
const STROKES = {
  created: "stroke:#1a7f37,stroke-width:3px",
  updated: "stroke:#bf8700,stroke-width:3px",
  replaced: "stroke:#cf222e,stroke-width:3px",
  destroyed: "stroke:#cf222e,stroke-width:3px,stroke-dasharray:5 5",
} as const;

/**
 * Two networks in one Mermaid flowchart, with what is created, updated, replaced and destroyed between them marked.
 *
 * @param effects - what changes by Terraform address, as a plan says. @default - what differs between the two networks
 */
export function changeDiagram(before: Drawn, after: Drawn, effects?: ReadonlyMap<string, Mark>): string {
  const ids = new Ids();
  const [was, is] = [rolesOf(before.model), rolesOf(after.model)];
  const same = meshNames(was) === meshNames(is);
  const later = flowchartOf(sceneOf(factsOf(after, true, same ? is : withoutMeshes(is))), ids);
  const earlier = flowchartOf(sceneOf(factsOf(before, true, same ? was : withoutMeshes(was))), ids);
  const known = { before: allOf(earlier.boxes), after: allOf(later.boxes) };
  const markOf = ({ id, address, content }: Box): Mark | undefined => {
    if (content === undefined) return undefined;
    const [old, now] = [known.before.get(id), known.after.get(id)];
    if (!old || !now) return now ? "created" : "destroyed";
    return effects && address !== undefined ? effects.get(address) : old.content === content ? undefined : "updated";
  };
  const boxes = merged(later.boxes, earlier.boxes);
  // A peering of two networks is the same whichever of them is the hub.
  const keyOf = (edge: string) => edge.split(` ${ARROWS.peering} `).sort().join();
  const [olds, news] = [earlier, later].map((one) => new Set(one.edges.map(keyOf))) as [Set<string>, Set<string>];
  const edges = [
    ...later.edges.map((edge) => ({ edge, mark: olds.has(keyOf(edge)) ? undefined : ("created" as const) })),
    ...earlier.edges.flatMap((edge) => (news.has(keyOf(edge)) ? [] : { edge, mark: "destroyed" as const })),
  ];
  const marked = groupBy([...allOf(boxes).values()], markOf);
  return written([
    ...linesOf(boxes, markOf),
    ...edges.map(({ edge }) => edge),
    ...(Object.keys(STROKES) as Mark[]).flatMap((mark) => {
      const its = marked.get(mark);
      return its ? [`classDef ${mark} ${STROKES[mark]}`, `class ${its.map(({ id }) => id).join(",")} ${mark}`] : [];
    }),
    ...edges.flatMap(({ mark }, i) => (mark ? [`linkStyle ${i} ${STROKES[mark]}`] : [])),
  ]);
}

function meshNames({ meshes }: Roles): string {
  return meshes.map((mesh) => mesh.map(({ address }) => address).join()).join("\n");
}

/** The roles with each peering of a mesh as a pair of its own, so that those which are added or removed can be marked. */
function withoutMeshes({ meshes, pairs, ...roles }: Roles): Roles {
  const inMeshes = meshes.flatMap((mesh) => mesh.flatMap((a, i) => mesh.slice(i + 1).map((b) => [a, b] as const)));
  return { ...roles, meshes: [], pairs: [...pairs, ...inMeshes] };
}

/** A node, or a subgraph with boxes in it. */
interface Box {
  readonly id: string;
  readonly label: string;
  /** What surrounds the label of a node; absent for a subgraph. */
  readonly shape?: readonly [open: string, close: string] | undefined;
  readonly inside: readonly Box[];
  /** Terraform address of what it stands for, if it is one resource. */
  readonly address?: string;
  /** What of it may change, to be compared; absent for what is never marked. */
  readonly content?: string | undefined;
}

function written(lines: readonly string[]): string {
  return `${["flowchart LR", ...lines.map((line) => `  ${line}`)].join("\n")}\n`;
}

function linesOf(boxes: readonly Box[], markOf: (box: Box) => Mark | undefined): string[] {
  return boxes.flatMap((box) => {
    const mark = markOf(box);
    if (box.shape) return [`${box.id}${box.shape[0]}"${box.label}${mark ? `<br/>${mark}` : ""}"${box.shape[1]}`];
    // A second line of a title would overlap what is in the subgraph.
    return [
      `subgraph ${box.id}["${box.label}${mark ? `, ${mark}` : ""}"]`,
      ...linesOf(box.inside, markOf).map((line) => `  ${line}`),
      "end",
    ];
  });
}

/** The boxes of two flowcharts: each with what is in it in either. */
function merged(first: readonly Box[], second: readonly Box[]): Box[] {
  const others = new Map(second.map((box) => [box.id, box]));
  const known = new Set(first.map(({ id }) => id));
  return [
    ...first.map((box) => ({ ...box, inside: merged(box.inside, others.get(box.id)?.inside ?? []) })),
    // What has no content of its own stands for the lack of others.
    ...second.filter(({ id, content, shape }) => !known.has(id) && (content !== undefined || !shape)),
  ];
}

function allOf(boxes: readonly Box[]): Map<string, Box> {
  return new Map(boxes.flatMap((box) => [[box.id, box] as const, ...allOf(box.inside)]));
}

/** How each kind of line is drawn. */
const ARROWS: Readonly<Record<Join["kind"] | "unreachable" | "publicly", string>> = {
  peering: "<-->|peered|",
  "one-sided": "-->|peered one way only|",
  wan: "---|connected|",
  group: "---|connected|",
  gateway: "---|gateway|",
  asks: "-.->|asks|",
  returns: "-.->",
  path: "==>",
  unreachable: "-.->|can't reach|",
  publicly: "-.->|by the public address|",
};

/** A scene as boxes, and lines of Mermaid for the edges between them. */
function flowchartOf({ top, sections, services, joins, paths, unreachable, publicly }: Scene, ids: Ids) {
  const idOf = new Map<Thing, string>();
  const draw = (frames: readonly Frame[]) => frames.flatMap((frame) => boxesOf(frame, ids, idOf));
  const isNetwork = ({ network }: Frame) => network !== undefined;
  const boxes: Box[] = [
    ...draw(top.filter(isNetwork)),
    ...sections.flatMap((section, i) => {
      const inside = draw(section.frames);
      if (section.title === undefined) return inside;
      const id = ids.of(i === 0 ? "mesh" : `mesh ${i}`);
      idOf.set(section, id);
      return [{ id, label: "each peered with every other", inside }];
    }),
    ...draw([...top.filter((frame) => !isNetwork(frame)), ...services]),
  ];
  const edge = (from: Thing, kind: keyof typeof ARROWS, to: Thing, label = "") =>
    `${idOf.get(from)!} ${ARROWS[kind]}${label} ${idOf.get(to)!}`;
  const items = [...top, ...sections.flatMap(({ frames }) => frames)].flatMap((frame) => frame.items);
  const edges = [
    ...joins.flatMap(({ kind, one, others }) =>
      others.map((other) => (kind === "asks" ? edge(other, kind, one) : edge(one, kind, other))),
    ),
    ...items.flatMap((zone) => zone.returns.map((endpoint) => edge(zone, "returns", endpoint))),
    ...paths.flatMap(({ one, users }) =>
      [...users!].map(([item, by]) =>
        edge(item, "path", one, by.length > 0 ? `|"${text(`for ${joinWords(by)}`)}"|` : ""),
      ),
    ),
    ...publicly.flatMap(({ network, services: its }) => its.map((service) => edge(network, "publicly", service))),
    ...unreachable.flatMap(({ network, items }) => items.map((item) => edge(network, "unreachable", item))),
  ];
  return { boxes, edges: unique(edges) };
}

/** How boxes of a kind are drawn; others are subgraphs, or not drawn. */
const SHAPES = {
  zone: ["([", "])"],
  region: ["[(", ")]"],
  endpoint: ["[", "]"],
  connection: ["{{", "}}"],
} as const;

/** The boxes of a frame: a subgraph, or of zones that networks share the zones alone. */
function boxesOf(frame: Frame, ids: Ids, idOf: Map<Thing, string>): Box[] {
  const { kind, network, service, title, addresses } = frame;
  const id = ids.of(addresses[0] ?? title);
  idOf.set(frame, id);
  const inside = frame.items.flatMap((item): Box[] => {
    const box = itemBox(item, id, ids);
    // DNS servers are drawn as the network that they are in.
    idOf.set(item, box?.id ?? id);
    return box ? [box] : [];
  });
  if (kind === "shared") return inside;
  const nothing = (name: string, label: string, shape: Box["shape"], content?: string): Box[] =>
    inside.length > 0 ? inside : [{ id: `${id}_${name}`, label: text(label), shape, inside: [], content }];
  if (service) {
    const content = service.hosts.map(({ fqdn }) => fqdn).join();
    const its = nothing("any", service.label, SHAPES.region, "");
    return [{ id, label: text(title), address: service.address, content, inside: its }];
  }
  if (!network) return [{ id, label: text(title), shape: inside.length > 0 ? undefined : SHAPES.connection, inside }];
  const { address, location = network.outside && OUTSIDE, addressSpace } = network;
  const label = location ? `${title} (${location})` : title;
  const range = addressSpace.join(", ") || "address space not known";
  const its = nothing("range", range, SHAPES.endpoint);
  return [{ id, label: text(label), address, content: `${label} ${range}`, inside: its }];
}

/** The box of a zone, an endpoint or a region of a registry; others are not drawn. */
function itemBox({ kind, of: [thing], rows }: Item, home: string, ids: Ids): Box | undefined {
  if (kind === "region") {
    const label = rows.map((row) => text(row.text)).join("<br/>");
    return { id: ids.of(`${home} ${rows[0]!.text}`), label, shape: SHAPES.region, content: label, inside: [] };
  }
  if (!thing) return undefined;
  const { address, name } = thing;
  const box = { id: ids.of(address), address, inside: [] };
  if ("records" in thing) {
    const content = thing.records.map((record) => record.address).sort();
    return { ...box, label: text(name), shape: SHAPES.zone, content: content.join() };
  }
  const [known] = thing.addresses.get(thing.hosts[0]?.fqdn ?? "") ?? [];
  const label = known === undefined ? text(name) : `${text(name)}<br/>${text(known)}`;
  return { ...box, label, shape: SHAPES.endpoint, content: [name, thing.subnet, thing.approval].join() };
}

/** Longest text of a label, longer than any name in Azure. */
const MAX_LABEL = 300;

/**
 * Text of a foreign file for a label in quotes. What Mermaid or HTML could take as syntax is written as Mermaid's code of
 * the character.
 */
function text(label: string): string {
  const short = label.length > MAX_LABEL ? `${label.slice(0, MAX_LABEL)}…` : label;
  return short
    .replace(UNSEEN, "\uFFFD")
    .replace(/["#$%&*;<=>@[\\\]^`{|}~]/g, (special) => `#${String(special.charCodeAt(0)).padStart(5, "0")};`);
}

/** Short ids for Mermaid, made of Terraform addresses; the same address has the same id. */
class Ids {
  private readonly byAddress = new Map<string, string>();
  /** How many ids start with a name. Keywords of Mermaid count as one. */
  private readonly taken = new Map(KEYWORDS.map((word) => [word, 1]));

  public of(address: string): string {
    const name = address
      .slice(0, MAX_LABEL)
      .replace(/\bazurerm_\w+\./, "")
      .replaceAll(/[^A-Za-z0-9]+/g, "_");
    const id = this.byAddress.get(address) ?? this.free(name);
    this.byAddress.set(address, id);
    return id;
  }

  private free(name: string): string {
    let id = name;
    for (let count = this.taken.get(name) ?? 0; this.taken.has(id); id = `${name}_${count}`) {
      count++;
      this.taken.set(name, count);
    }
    this.taken.set(id, 1);
    return id;
  }
}

const KEYWORDS = "end graph subgraph flowchart style class click default classDef linkStyle".split(" ");
