import type { Service } from "../model/network-model";
import { groupBy, unique } from "../../../common/util/collections";
import { joinWords } from "../../../common/util/words";
import type { Drawn } from "./network-frames";
import { type Roles, rolesOf } from "./roles";
import type { End, Frame, Item, Join, Limits, Scene } from "./scene";
import { sceneOf } from "./scene-of";

/** Everything is drawn one by one, so that a change of each can be marked. */
const NO_LIMITS: Limits = {
  labelled: Infinity,
  zones: Infinity,
  sharedZones: Infinity,
  endpoints: Infinity,
  machines: Infinity,
  addresses: Infinity,
  names: Infinity,
  lines: Infinity,
  services: Infinity,
};

/**
 * The network as a Mermaid flowchart: hubs on the left, the other networks in the middle, the registry on the right. A zone
 * that is linked to one network is drawn inside it; a zone that is linked to several is drawn outside.
 */
export function diagram(drawn: Drawn): string {
  const { boxes, edges } = flowchartOf(sceneOf(drawn, NO_LIMITS), new Ids());
  return written([...linesOf(boxes, () => undefined), ...edges]);
}

/** How something changes between two networks. */
export type Mark = "created" | "updated" | "replaced" | "destroyed";

/** Strokes by mark. The words in the labels say the same, for those who don't see colours. */
const STROKES: Readonly<Record<Mark, string>> = {
  created: "stroke:#1a7f37,stroke-width:3px",
  updated: "stroke:#bf8700,stroke-width:3px",
  replaced: "stroke:#cf222e,stroke-width:3px",
  destroyed: "stroke:#cf222e,stroke-width:3px,stroke-dasharray:5 5",
};

/**
 * Two networks in one Mermaid flowchart, with what is created, updated, replaced and destroyed between them marked.
 *
 * @param effects - what changes by Terraform address, as a plan says. @default - what differs between the two networks
 */
export function changeDiagram(before: Drawn, after: Drawn, effects?: ReadonlyMap<string, Mark>): string {
  const ids = new Ids();
  const [was, is] = [rolesOf(before.model), rolesOf(after.model)];
  const same = meshNames(was) === meshNames(is);
  const later = flowchartOf(sceneOf(after, NO_LIMITS, same ? is : withoutMeshes(is)), ids);
  const earlier = flowchartOf(sceneOf(before, NO_LIMITS, same ? was : withoutMeshes(was)), new Ids(ids));
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

/** The roles with each peering of a mesh as a pair of its own, so that those which are added or removed can be told. */
function withoutMeshes({ meshes, pairs, ...roles }: Roles): Roles {
  const inMeshes = meshes.flatMap((mesh) => mesh.flatMap((a, i) => mesh.slice(i + 1).map((b) => [a, b] as const)));
  return { ...roles, meshes: [], pairs: [...pairs, ...inMeshes] };
}

/** A node, or a subgraph with boxes in it. */
interface Box {
  readonly id: string;
  readonly label: string;
  /** What surrounds the label of a node; absent for a subgraph. */
  readonly shape?: readonly [open: string, close: string];
  readonly inside: readonly Box[];
  /** Terraform address of what it stands for, if it is one resource. */
  readonly address?: string;
  /** What of it may change, to be compared; absent for what is never marked. */
  readonly content?: string;
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
const ARROWS: Readonly<Record<Join["kind"] | "path" | "unreachable", string>> = {
  peering: "<-->|peered|",
  "one-sided": "-->|peered one way only|",
  wan: "---|connected|",
  group: "---|connected|",
  asks: "-.->|asks|",
  returns: "-.->",
  path: "==>",
  unreachable: "-.->|can't reach|",
};

/** A scene as boxes, and lines of Mermaid for the edges between them. */
function flowchartOf({ top, sections, services, joins, paths, unreachable }: Scene, ids: Ids) {
  const idOf = new Map<End["on"], string>();
  const allBoxes = (frames: readonly Frame[]) => frames.flatMap((frame) => boxesOf(frame, ids, idOf));
  const boxes: Box[] = [
    ...allBoxes(top.filter(({ network }) => network)),
    ...sections.flatMap((section) => {
      const inside = allBoxes(section.frames);
      if (section.title === undefined) return inside;
      idOf.set(section, ids.of({ address: "mesh" }));
      return [{ id: idOf.get(section)!, label: "each peered with every other", inside }];
    }),
    ...allBoxes([...top.filter(({ network }) => !network), ...services]),
  ];
  const edge = (from: End["on"], kind: keyof typeof ARROWS, to: End["on"], label = "") =>
    `${idOf.get(from)!} ${ARROWS[kind]}${label} ${idOf.get(to)!}`;
  const zones = [...top, ...sections.flatMap(({ frames }) => frames)].flatMap(({ items }) => items);
  const edges = [
    ...joins.flatMap(({ kind, ends: [first, ...others] }) => {
      if (kind === "returns") return [];
      // Names are asked for where the arrow is.
      return others.map(({ on }) => (first!.arrow ? edge(on, kind, first!.on) : edge(first!.on, kind, on)));
    }),
    ...zones.flatMap((zone) => zone.returns.map((endpoint) => edge(zone, "returns", endpoint))),
    ...paths.flatMap(({ from, to }) =>
      [...from].map(([item, by]) => edge(item, "path", to, by.length > 0 ? `|"${text(`for ${joinWords(by)}`)}"|` : "")),
    ),
    ...unreachable.flatMap(({ network, items }) => items.map((item) => edge(network, "unreachable", item))),
  ];
  return { boxes, edges: unique(edges) };
}

const NODE = ["[", "]"] as const;

/** The boxes of a frame: a subgraph, or of zones that networks share the zones alone. */
function boxesOf(frame: Frame, ids: Ids, idOf: Map<End["on"], string>): Box[] {
  const { kind, network, service, title } = frame;
  const id = ids.of(network ?? service ?? { address: title });
  idOf.set(frame, id);
  const inside = frame.items.flatMap((item): Box[] => {
    const box = itemBox(item, ids, service);
    // DNS servers are drawn as the network that they are in.
    idOf.set(item, box?.id ?? id);
    return box ? [box] : [];
  });
  if (kind === "shared") return inside;
  if (service) {
    const { address, name, label, hosts } = service;
    const any: Box = { id: `${id}_any`, label: text(label), shape: ["[(", ")]"], content: "", inside: [] };
    const content = hosts.map(({ fqdn }) => fqdn).join();
    return [{ id, label: text(name), address, content, inside: inside.length > 0 ? inside : [any] }];
  }
  if (!network)
    return [{ id, label: text(title), ...(inside.length === 0 && { shape: ["{{", "}}"] as const }), inside }];
  const { address, name, location, addressSpace } = network;
  const label = location ? `${name} (${location})` : name;
  const range = text(addressSpace.join(", ") || "address space not known");
  const empty: Box = { id: `${id}_range`, label: range, shape: NODE, inside: [] };
  const content = `${label} ${range}`;
  return [{ id, label: text(label), address, content, inside: inside.length > 0 ? inside : [empty] }];
}

/** The box of a zone, an endpoint or a region of a registry; others are not drawn. */
function itemBox({ of: [thing], rows }: Item, ids: Ids, service?: Service): Box | undefined {
  if (service) {
    const label = rows.map((row) => text(row.text)).join("<br/>");
    const id = ids.of({ address: `${service.address}.${rows[0]!.text}` });
    return { id, label, shape: ["[(", ")]"], content: label, inside: [] };
  }
  if (!thing) return undefined;
  const { address, name } = thing;
  const box = { id: ids.of(thing), address, inside: [] };
  if ("records" in thing) {
    const content = thing.records.map((record) => record.address).sort();
    return { ...box, label: text(name), shape: ["([", "])"], content: content.join() };
  }
  const [known] = thing.addresses.get(thing.hosts[0]?.fqdn ?? "") ?? [];
  const label = known === undefined ? text(name) : `${text(name)}<br/>${text(known)}`;
  return { ...box, label, shape: NODE, content: [name, thing.subnet, thing.manual].join() };
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
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "\uFFFD")
    .replace(/["#$%&*;<=>@[\\\]^`{|}~]/g, (special) => `#${String(special.charCodeAt(0)).padStart(5, "0")};`);
}

/** Short ids for Mermaid, made of Terraform addresses. */
class Ids {
  private readonly ids = new Map<object, string>();
  /** Ids by address, for another drawing with the same resources. */
  private readonly byAddress = new Map<string, string>();
  /** How many ids start with a name. Keywords of Mermaid count as one. */
  private readonly taken: Map<string, number>;

  /** @param earlier - those of a drawing whose resources have the same ids in this one */
  constructor(private readonly earlier?: Ids) {
    const words = ["end", "graph", "subgraph", "flowchart", "style", "class", "click", "default"];
    this.taken = earlier?.taken ?? new Map([...words, "classDef", "linkStyle"].map((word) => [word, 1]));
  }

  public of(thing: { readonly address: string }): string {
    const known = this.ids.get(thing);
    if (known !== undefined) return known;
    const name = thing.address
      .slice(0, MAX_LABEL)
      .replace(/\bazurerm_\w+\./, "")
      .replaceAll(/[^A-Za-z0-9]+/g, "_");
    const id = this.earlier?.byAddress.get(thing.address) ?? this.free(name);
    this.ids.set(thing, id);
    this.byAddress.set(thing.address, id);
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
