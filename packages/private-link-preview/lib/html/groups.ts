import type { NetworkModel, VirtualNetwork } from "../model/network-model";
import { groupBy } from "../../../common/util/collections";

/** Networks that one thing in their middle connects: a hub with its spokes, a Virtual WAN hub, or none of these. */
export interface Group {
  readonly hub?: VirtualNetwork;
  /** Name of what is in the middle, or of the group. */
  readonly title: string;
  readonly members: readonly Member[];
  /** Whether each of the members is connected with every other. */
  readonly mesh: boolean;
}

export interface Member {
  readonly network: VirtualNetwork;
  /** How it is connected with the middle; empty where nothing is there. */
  readonly by: string;
  /** Whether traffic does not flow. */
  readonly broken: boolean;
}

/** Two networks that are connected directly. */
export interface Connection {
  readonly from: VirtualNetwork;
  readonly to: VirtualNetwork;
  readonly by: string;
  readonly broken: boolean;
}

/** What connects two networks: their peerings, or Network Manager in place of one. */
export function connectionsOf({ peerings, connectedGroups }: NetworkModel): Connection[] {
  const numbers = new Map<VirtualNetwork, number>();
  const numberOf = (network: VirtualNetwork) => {
    const number = numbers.get(network) ?? numbers.size;
    numbers.set(network, number);
    return number;
  };
  const sides = groupBy(
    peerings.filter(({ from, to }) => from !== to),
    ({ from, to }) => [numberOf(from), numberOf(to)].sort((a, b) => a - b).join(" "),
  );
  const peered = [...sides.values()].map((its): Connection => {
    const { from, to } = its[0]!;
    const letsIn = (one: VirtualNetwork) => !one.managed || its.some((side) => side.from === one && side.allowed);
    const broken = !its.some(({ allowed }) => allowed) || !letsIn(from) || !letsIn(to);
    return { from, to, by: broken ? "peered in one direction only" : "peered", broken };
  });
  const managed = connectedGroups.flatMap(({ hub, networks, deployed }) =>
    hub ? [...networks].map((to): Connection => ({ from: hub, to, by: byManager(deployed), broken: false })) : [],
  );
  return [...peered, ...managed];
}

function byManager(deployed: boolean): string {
  return deployed ? "Network Manager" : "Network Manager, not known to be deployed";
}

/**
 * The networks in groups for a picture, each network in one. A network with several others around it is a hub, unless most
 * of what is around it is around another one.
 */
export function groupsOf(model: NetworkModel, connections: readonly Connection[]): Group[] {
  const placed = new Set<VirtualNetwork>();
  const around = new Map<VirtualNetwork, Map<VirtualNetwork, Connection>>(
    model.networks.map((network) => [network, new Map<VirtualNetwork, Connection>()]),
  );
  for (const connection of connections) {
    around.get(connection.from)?.set(connection.to, connection);
    around.get(connection.to)?.set(connection.from, connection);
  }
  const isMesh = (networks: readonly VirtualNetwork[]) =>
    networks.length > 2 &&
    networks.every((one, index) =>
      networks.slice(index + 1).every((other) => around.get(one)?.get(other)?.broken === false),
    );
  const place = (members: readonly Member[], title: string, hub?: VirtualNetwork): Group => {
    const networks = members.map(({ network }) => network);
    for (const network of networks) placed.add(network);
    if (hub) placed.add(hub);
    return { ...(hub && { hub }), title, members, mesh: isMesh(networks) };
  };

  const groups: Group[] = [];
  for (const [hub, its] of groupBy(model.hubConnections, (connection) => connection.hub)) {
    const members = its.filter(({ network }) => !placed.has(network));
    groups.push(
      place(
        members.map(({ network }) => ({ network, by: "connected", broken: false })),
        `Virtual WAN hub ${nameOf(hub)}`,
      ),
    );
  }
  for (const { hub, networks, direct, deployed, address } of model.connectedGroups) {
    if (hub || direct === "no") continue;
    const members = [...networks].filter((network) => !placed.has(network));
    if (members.length === 0) continue;
    groups.push(
      place(
        members.map((network) => ({ network, by: byManager(deployed), broken: false })),
        `Network Manager configuration ${nameOf(address)}`,
      ),
    );
  }

  const free = (network: VirtualNetwork) => [...(around.get(network)?.keys() ?? [])].filter((one) => !placed.has(one));
  // Degrees only sink, so the list is sorted once, and a network is looked at again only where others took its neighbours.
  const waiting = new Set(model.networks.filter((network) => !placed.has(network)));
  const endpoints = new Set(model.endpoints.map(({ network }) => network));
  const byDegree = [...waiting].sort(
    (a, b) => around.get(b)!.size - around.get(a)!.size || Number(endpoints.has(a)) - Number(endpoints.has(b)),
  );
  for (const hub of byDegree) {
    if (placed.has(hub)) continue;
    const its = around.get(hub)!;
    const members = free(hub).filter((network) => {
      const others = free(network).filter((one) => one !== hub && !its.has(one));
      return others.length < 2;
    });
    if (members.length === 0) continue;
    groups.push(
      place(
        members.map((network) => ({ network, by: its.get(network)!.by, broken: its.get(network)!.broken })),
        hub.name,
        hub,
      ),
    );
  }
  const alone = model.networks.filter((network) => !placed.has(network));
  if (alone.length > 0)
    groups.push(
      place(
        alone.map((network) => ({ network, by: "", broken: false })),
        groups.length > 0 ? "Other networks" : "",
      ),
    );
  return groups;
}

/** A Terraform address or a key as it is, and the name at the end of an Azure id. */
function nameOf(key: string): string {
  return key.startsWith("/") ? key.slice(key.lastIndexOf("/") + 1) : key;
}
