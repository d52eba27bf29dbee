import { groupBy, unique } from "../../../common/util/collections";
import { joinWords } from "../../../common/util/words";
import {
  type Endpoint,
  isRegistry,
  type Link,
  type NetworkModel,
  type Peering,
  type Service,
  type VirtualNetwork,
  type Zone,
} from "../model/network-model";
import type { Preview } from "../preview";
import { AZURE, type Lookup } from "../resolver";

/**
 * The network as a Mermaid flowchart: hub on the left, the networks with endpoints in the middle, the registry on the
 * right. A zone that is linked to one network is drawn inside it; a zone that is linked to several is drawn outside.
 */
export function diagram(preview: Preview): string {
  const { boxes, edges } = drawingOf(preview, new Ids(), meshOf(preview.model));
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
export function changeDiagram(
  before: Pick<Preview, "model" | "lookups">,
  after: Pick<Preview, "model" | "lookups">,
  effects?: ReadonlyMap<string, Mark>,
): string {
  const ids = new Ids();
  const [was, is] = [meshOf(before.model), meshOf(after.model)].map((mesh) =>
    [...mesh].map(({ address }) => address).join(),
  );
  const meshIn = (preview: Pick<Preview, "model">) => (was === is ? meshOf(preview.model) : new Set<VirtualNetwork>());
  const later = drawingOf(after, ids, meshIn(after));
  const earlier = drawingOf(before, new Ids(ids), meshIn(before));
  const known = { before: allOf(earlier.boxes), after: allOf(later.boxes) };
  const markOf = ({ id, address, content }: Box): Mark | undefined => {
    if (content === undefined) return undefined;
    const [old, now] = [known.before.get(id), known.after.get(id)];
    if (!old || !now) return now ? "created" : "destroyed";
    return effects && address !== undefined ? effects.get(address) : old.content === content ? undefined : "updated";
  };
  const boxes = merged(later.boxes, earlier.boxes);
  const edges = [
    ...later.edges.map((edge) => ({ edge, mark: earlier.edges.includes(edge) ? undefined : ("created" as const) })),
    ...earlier.edges.flatMap((edge) => (later.edges.includes(edge) ? [] : { edge, mark: "destroyed" as const })),
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

/** A network as boxes, and lines of Mermaid for the edges between them. */
interface Drawing {
  readonly boxes: readonly Box[];
  readonly edges: readonly string[];
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

/** The boxes of two drawings: each with what is in it in either. */
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

function drawingOf(
  { model, lookups }: Pick<Preview, "model" | "lookups">,
  ids: Ids,
  mesh: ReadonlySet<VirtualNetwork>,
): Drawing {
  const { networks, endpoints, zones, links, peerings } = model;
  const answers = groupBy(
    lookups.filter(({ link }) => link),
    ({ link }) => link!.zone,
  );
  const linked = groupBy(links, ({ zone }) => zone);
  const shown = zones.filter((zone) => answers.has(zone) || linked.has(zone));
  const home = new Map(shown.map((zone) => [zone, homeOf(linked.get(zone) ?? [])]));
  const zonesAt = groupBy(shown, (zone) => home.get(zone));
  const endpointsAt = groupBy(endpoints, ({ network }) => network);

  const networkBox = (network: VirtualNetwork): Box => {
    const inside = [
      ...(zonesAt.get(network) ?? []).map((zone) => zoneBox(zone, ids)),
      ...(endpointsAt.get(network) ?? []).map((endpoint) => endpointBox(endpoint, ids)),
    ];
    const range = text(rangeOf(network));
    const { address } = network;
    return {
      id: ids.of(network),
      label: text(titleOf(network)),
      address,
      content: `${titleOf(network)} ${range}`,
      inside:
        inside.length > 0 ? inside : [{ id: `${ids.of(network)}_range`, label: range, shape: ["[", "]"], inside: [] }],
    };
  };
  const drawn = networks.filter((network) => network.managed || zonesAt.has(network) || endpointsAt.has(network));
  const boxes = drawn.filter((network) => !mesh.has(network)).map(networkBox);
  if (mesh.size > 0)
    boxes.push({ id: "mesh", label: "each peered with every other", inside: [...mesh].map(networkBox) });
  const shared = zonesAt.get(undefined) ?? [];
  boxes.push(...shared.map((zone) => zoneBox(zone, ids)));
  for (const service of unique(endpoints.map((endpoint) => endpoint.service))) {
    const regions = regionsOf(service);
    const kind = isRegistry(service) ? "registry" : text(service.label);
    const inside = (regions.length > 0 ? regions : [""]).map((region): Box => {
      const label = region === "" ? kind : text(region);
      return { id: regionId(service, region, ids), label, shape: ["[(", ")]"], content: region, inside: [] };
    });
    const { address, name, hosts } = service;
    const content = hosts.map(({ fqdn }) => fqdn).join();
    boxes.push({ id: ids.of(service), label: text(name), address, content, inside });
  }

  const edges = peeringLines(peerings, new Set(drawn), mesh, ids);
  for (const zone of shared) {
    for (const { network } of linked.get(zone) ?? []) edges.push(`${ids.of(network)} -.->|asks| ${ids.of(zone)}`);
  }
  for (const zone of shown) {
    for (const endpoint of unique((answers.get(zone) ?? []).flatMap((lookup) => lookup.endpoints))) {
      edges.push(`${ids.of(zone)} -.-> ${ids.of(endpoint)}`);
    }
  }
  for (const network of drawn) {
    const asked = network.dnsServers?.network;
    if (asked && asked !== network) edges.push(`${ids.of(network)} -.->|asks| ${ids.of(asked)}`);
  }
  const through = groupBy(
    lookups.flatMap(({ host, network, endpoints, servedBy }) =>
      host.kind === "global" || host.kind === undefined
        ? endpoints.map((endpoint) => ({ endpoint, network, servedBy }))
        : [],
    ),
    ({ endpoint }) => endpoint,
  );
  for (const endpoint of endpoints) {
    for (const [region, networks] of networksThrough(through.get(endpoint) ?? [])) {
      const { service } = endpoint;
      const to = regionsOf(service).includes(region) ? regionId(service, region, ids) : ids.of(service);
      // Which network is meant is plain where it is the endpoint's own alone.
      const others = networks.some((network) => network !== endpoint.network);
      const label =
        isRegistry(service) && service.regional && others
          ? `|"${text(`for ${joinWords(networks.map(({ name }) => name))}`)}"|`
          : "";
      edges.push(`${ids.of(endpoint)} ==>${label} ${to}`);
    }
  }
  for (const [network, asked] of groupBy(
    lookups.filter(({ unreachable }) => unreachable.length > 0),
    ({ network }) => network,
  )) {
    for (const endpoint of unique(asked.flatMap(({ unreachable }) => unreachable)))
      edges.push(`${ids.of(network)} -.->|can't reach| ${ids.of(endpoint)}`);
  }
  return { boxes, edges };
}

/** The one network that a zone is linked to; undefined if it is linked to several. */
function homeOf(links: readonly Link[]): VirtualNetwork | undefined {
  const [only, ...others] = unique(links.map(({ network }) => network));
  return others.length === 0 ? only : undefined;
}

/** The networks with endpoints, if there are more than two and each is peered with every other. */
function meshOf({ endpoints, peerings }: NetworkModel): Set<VirtualNetwork> {
  const networks = unique(endpoints.flatMap(({ network }) => (network ? [network] : [])));
  const pairs = new Set(
    peerings.filter(({ allowed }) => allowed).map(({ from, to }) => `${from.address} ${to.address}`),
  );
  const all = networks.every((a) => networks.every((b) => a === b || pairs.has(`${a.address} ${b.address}`)));
  return new Set(networks.length > 2 && all ? networks : []);
}

/** A line for each pair of peered networks; none between two networks of the mesh. */
function peeringLines(
  peerings: readonly Peering[],
  drawn: ReadonlySet<VirtualNetwork>,
  mesh: ReadonlySet<VirtualNetwork>,
  ids: Ids,
): string[] {
  const outside = peerings.filter(
    ({ from, to, allowed }) => allowed && !(mesh.has(from) && mesh.has(to)) && drawn.has(from) && drawn.has(to),
  );
  const pairs = groupBy(outside, ({ from, to }) => [from.address, to.address].sort().join(" "));
  return [...pairs.values()].map((sides) => {
    const { from, to } = sides[0]!;
    return sides.length > 1
      ? `${ids.of(from)} <-->|peered| ${ids.of(to)}`
      : `${ids.of(from)} -->|peered one way only| ${ids.of(to)}`;
  });
}

function titleOf({ name, location }: VirtualNetwork): string {
  return location ? `${name} (${location})` : name;
}

function rangeOf({ addressSpace }: VirtualNetwork): string {
  return addressSpace.join(", ") || "address space not known";
}

function zoneBox(zone: Zone, ids: Ids): Box {
  const { address, name, records } = zone;
  const content = records.map((record) => record.address).sort();
  return { id: ids.of(zone), label: text(name), shape: ["([", "])"], address, content: content.join(), inside: [] };
}

function endpointBox(endpoint: Endpoint, ids: Ids): Box {
  const { address, name, subnet, manual } = endpoint;
  const content = [name, subnet, manual].join();
  return { id: ids.of(endpoint), label: endpointLabel(endpoint), shape: ["[", "]"], address, content, inside: [] };
}

/**
 * The networks that pull through an endpoint, by the region that serves them; all of them in one group where Azure chooses,
 * and in an empty one an endpoint that none uses.
 */
function networksThrough(through: readonly Pick<Lookup, "network" | "servedBy">[]): Map<string, VirtualNetwork[]> {
  const found = groupBy(
    through.flatMap(({ network, servedBy }) =>
      (servedBy.length === 0 ? [AZURE] : servedBy).map((region) => ({ network, region })),
    ),
    ({ region }) => region,
  );
  if (found.size === 0) return new Map([[AZURE, []]]);
  return new Map([...found].map(([region, served]) => [region, served.map(({ network }) => network)]));
}

/** The endpoint's name, with the login server's address where it is known. */
function endpointLabel({ name, addresses, hosts }: Endpoint): string {
  const [address] = addresses.get(hosts[0]?.fqdn ?? "") ?? [];
  return address === undefined ? text(name) : `${text(name)}<br/>${text(address)}`;
}

function regionsOf(service: Service): readonly string[] {
  return isRegistry(service) ? service.regions : [];
}

function regionId(service: Service, region: string, ids: Ids): string {
  return `${ids.of(service)}_${region || "any"}`;
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
    const words = ["end", "graph", "subgraph", "flowchart", "mesh", "style", "class", "click", "default"];
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
