import {
  AZURE,
  type Endpoint,
  type Link,
  type Lookup,
  type NetworkModel,
  type Peering,
  isRegistry,
  type Preview,
  type Service,
  type VirtualNetwork,
  type Zone,
} from "private-link-preview";
import { groupBy, joinWords, unique } from "private-link-preview/util";

/**
 * The network as a Mermaid flowchart: hub on the left, the networks with endpoints in the middle, the registry on the
 * right. A zone that is linked to one network is drawn inside it; a zone that is linked to several is drawn outside.
 */
export function diagram({ model, lookups }: Preview): string {
  const ids = new Ids();
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
  const lines = ["flowchart LR"];

  const draw = (network: VirtualNetwork, indent: string) => {
    const own = zonesAt.get(network) ?? [];
    const inside = endpointsAt.get(network) ?? [];
    lines.push(`${indent}subgraph ${ids.of(network)}["${text(titleOf(network))}"]`);
    for (const zone of own) lines.push(`${indent}  ${zoneNode(zone, ids)}`);
    for (const endpoint of inside) lines.push(`${indent}  ${ids.of(endpoint)}["${endpointLabel(endpoint)}"]`);
    if (inside.length + own.length === 0)
      lines.push(`${indent}  ${ids.of(network)}_range["${text(rangeOf(network))}"]`);
    lines.push(`${indent}end`);
  };

  const mesh = meshOf(model);
  const drawn = networks.filter((network) => network.managed || zonesAt.has(network) || endpointsAt.has(network));
  for (const network of drawn.filter((network) => !mesh.has(network))) draw(network, "  ");
  if (mesh.size > 0) {
    lines.push('  subgraph mesh["each peered with every other"]');
    for (const network of mesh) draw(network, "    ");
    lines.push("  end");
  }
  const shared = zonesAt.get(undefined) ?? [];
  for (const zone of shared) lines.push(`  ${zoneNode(zone, ids)}`);
  for (const service of unique(endpoints.map((endpoint) => endpoint.service))) {
    lines.push(`  subgraph ${ids.of(service)}["${text(service.name)}"]`);
    const regions = regionsOf(service);
    for (const region of regions) lines.push(`    ${regionId(service, region, ids)}[("${text(region)}")]`);
    if (regions.length === 0)
      lines.push(`    ${regionId(service, "", ids)}[("${isRegistry(service) ? "registry" : text(service.label)}")]`);
    lines.push("  end");
  }

  for (const line of peeringLines(peerings, new Set(drawn), mesh, ids)) lines.push(`  ${line}`);
  for (const zone of shared) {
    for (const { network } of linked.get(zone) ?? []) lines.push(`  ${ids.of(network)} -.->|asks| ${ids.of(zone)}`);
  }
  for (const zone of shown) {
    for (const endpoint of unique((answers.get(zone) ?? []).flatMap((lookup) => lookup.endpoints))) {
      lines.push(`  ${ids.of(zone)} -.-> ${ids.of(endpoint)}`);
    }
  }
  for (const network of drawn) {
    const asked = network.dnsServers?.network;
    if (asked && asked !== network) lines.push(`  ${ids.of(network)} -.->|asks| ${ids.of(asked)}`);
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
      lines.push(`  ${ids.of(endpoint)} ==>${label} ${to}`);
    }
  }
  for (const [network, asked] of groupBy(
    lookups.filter(({ unreachable }) => unreachable.length > 0),
    ({ network }) => network,
  )) {
    for (const endpoint of unique(asked.flatMap(({ unreachable }) => unreachable)))
      lines.push(`  ${ids.of(network)} -.->|can't reach| ${ids.of(endpoint)}`);
  }
  return `${lines.join("\n")}\n`;
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

function zoneNode(zone: Zone, ids: Ids): string {
  return `${ids.of(zone)}(["${text(zone.name)}"])`;
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
  /** How many ids start with a name. Keywords of Mermaid count as one. */
  private readonly taken = new Map(
    ["end", "graph", "subgraph", "flowchart", "mesh", "style", "class", "click", "default"].map((word) => [word, 1]),
  );

  public of(thing: { readonly address: string }): string {
    const known = this.ids.get(thing);
    if (known !== undefined) return known;
    const name = thing.address
      .slice(0, MAX_LABEL)
      .replace(/\bazurerm_\w+\./, "")
      .replaceAll(/[^A-Za-z0-9]+/g, "_");
    const id = this.free(name);
    this.ids.set(thing, id);
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
