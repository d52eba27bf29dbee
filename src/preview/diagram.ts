import {
  AZURE,
  type Endpoint,
  type Link,
  type Lookup,
  type NetworkModel,
  type Peering,
  type Registry,
  type Preview,
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
  const shown = zones.filter((zone) => answers.has(zone) || links.some((link) => link.zone === zone));
  const home = new Map(shown.map((zone) => [zone, homeOf(zone, links)]));
  const lines = ["flowchart LR"];

  const draw = (network: VirtualNetwork, indent: string) => {
    lines.push(`${indent}subgraph ${ids.of(network)}["${escape(titleOf(network))}"]`);
    for (const zone of shown.filter((zone) => home.get(zone) === network))
      lines.push(`${indent}  ${zoneNode(zone, ids)}`);
    const inside = endpoints.filter((endpoint) => endpoint.network === network);
    for (const endpoint of inside) lines.push(`${indent}  ${ids.of(endpoint)}["${escape(endpointLabel(endpoint))}"]`);
    if (inside.length === 0 && ![...home.values()].includes(network))
      lines.push(`${indent}  ${ids.of(network)}_range["${rangeOf(network)}"]`);
    lines.push(`${indent}end`);
  };

  const mesh = meshOf(model);
  const drawn = networks.filter(
    (network) =>
      network.managed ||
      [...home.values()].includes(network) ||
      endpoints.some((endpoint) => endpoint.network === network),
  );
  for (const network of drawn.filter((network) => !mesh.has(network))) draw(network, "  ");
  if (mesh.size > 0) {
    lines.push('  subgraph mesh["each peered with every other"]');
    for (const network of mesh) draw(network, "    ");
    lines.push("  end");
  }
  for (const zone of shown.filter((zone) => home.get(zone) === undefined)) lines.push(`  ${zoneNode(zone, ids)}`);
  for (const registry of unique(endpoints.map((endpoint) => endpoint.registry))) {
    lines.push(`  subgraph ${ids.of(registry)}["${escape(registry.name)}"]`);
    for (const region of registry.regions) lines.push(`    ${regionId(registry, region, ids)}[("${region}")]`);
    if (registry.regions.length === 0) lines.push(`    ${regionId(registry, "", ids)}[("registry")]`);
    lines.push("  end");
  }

  for (const line of peeringLines(peerings, drawn, mesh, ids)) lines.push(`  ${line}`);
  for (const zone of shown.filter((zone) => home.get(zone) === undefined)) {
    for (const { network } of links.filter((link) => link.zone === zone))
      lines.push(`  ${ids.of(network)} -.->|asks| ${ids.of(zone)}`);
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
  for (const endpoint of endpoints) {
    for (const [region, networks] of networksThrough(endpoint, lookups)) {
      const { registry } = endpoint;
      const to = registry.regions.includes(region) ? regionId(registry, region, ids) : ids.of(registry);
      // Which network is meant is plain where it is the endpoint's own alone.
      const others = networks.some((network) => network !== endpoint.network);
      const label =
        registry.regional && others ? `|"${escape(`for ${joinWords(networks.map(({ name }) => name))}`)}"|` : "";
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
function homeOf(zone: Zone, links: readonly Link[]): VirtualNetwork | undefined {
  const [only, ...others] = unique(links.filter((link) => link.zone === zone).map(({ network }) => network));
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
  drawn: readonly VirtualNetwork[],
  mesh: ReadonlySet<VirtualNetwork>,
  ids: Ids,
): string[] {
  const outside = peerings.filter(
    ({ from, to, allowed }) =>
      allowed && !(mesh.has(from) && mesh.has(to)) && drawn.includes(from) && drawn.includes(to),
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
  return `${ids.of(zone)}(["${escape(zone.name)}"])`;
}

/**
 * The networks that pull through an endpoint, by the region that serves them; all of them in one group where Azure chooses,
 * and in an empty one an endpoint that none uses.
 */
function networksThrough(endpoint: Endpoint, lookups: readonly Lookup[]): Map<string, VirtualNetwork[]> {
  const through = lookups.filter(({ host, endpoints }) => host.kind === "global" && endpoints.includes(endpoint));
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
function endpointLabel({ name, addresses, registry }: Endpoint): string {
  const [address] = addresses.get(registry.hosts[0]?.fqdn ?? "") ?? [];
  return address === undefined ? name : `${name}<br/>${address}`;
}

function regionId(registry: Registry, region: string, ids: Ids): string {
  return `${ids.of(registry)}_${region || "any"}`;
}

function escape(label: string): string {
  return label.replaceAll('"', "#quot;");
}

/** Short ids for Mermaid, made of Terraform addresses. */
class Ids {
  private readonly ids = new Map<object, string>();
  // Keywords of Mermaid.
  private readonly taken = new Set([
    "end",
    "graph",
    "subgraph",
    "flowchart",
    "mesh",
    "style",
    "class",
    "click",
    "default",
  ]);

  public of(thing: { readonly address: string }): string {
    const known = this.ids.get(thing);
    if (known !== undefined) return known;
    const name = thing.address.replace(/\bazurerm_\w+\./, "").replaceAll(/[^A-Za-z0-9]+/g, "_");
    let id = name;
    for (let i = 2; this.taken.has(id); i++) id = `${name}_${i}`;
    this.taken.add(id);
    this.ids.set(thing, id);
    return id;
  }
}
