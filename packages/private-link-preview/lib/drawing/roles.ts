import { groupBy } from "../../../common/util/collections";
import type { NetworkModel, VirtualNetwork } from "../model/network-model";

/** Which networks are hubs, which are all peered with each other, and the peerings that these words do not tell. */
export interface Roles {
  /** Each with the networks that it is peered with, apart from earlier hubs. */
  readonly hubs: ReadonlyMap<VirtualNetwork, readonly VirtualNetwork[]>;
  readonly meshes: readonly (readonly VirtualNetwork[])[];
  /** Peerings of pairs beside hubs and meshes. */
  readonly pairs: readonly (readonly [VirtualNetwork, VirtualNetwork])[];
  /** Peerings without a counterpart. */
  readonly oneSided: readonly (readonly [from: VirtualNetwork, to: VirtualNetwork])[];
}

/** Most networks that are drawn as hubs. */
const MAX_HUBS = 5;

/** Finds hubs and meshes in the peerings of a network. */
export function rolesOf(model: NetworkModel): Roles {
  const { peerings, networks, endpoints, machines } = model;
  const allowed = peerings.filter(({ allowed, from, to }) => allowed && from !== to);
  const sides = groupBy(allowed, ({ from, to }) => [from.address, to.address].sort().join(" "));
  const both = [...sides.values()].filter((its) => its.some(({ from }) => from !== its[0]!.from));
  const oneSided = [...sides.values()]
    .filter((its) => !both.includes(its))
    .map(([one]) => [one!.from, one!.to] as const);
  const left = new Graph(both.map(([one]) => [one!.from, one!.to] as const));

  const asked = new Set(networks.map(({ dnsServers }) => dnsServers?.network));
  const withEndpoint = new Set(endpoints.map(({ network }) => network));
  const inHub = new Set(machines.filter(({ label }) => IN_HUBS.includes(label)).map(({ network }) => network));
  /** What tells that a network is a hub, apart from its peerings. */
  const signsOf = (network: VirtualNetwork) =>
    [asked.has(network), inHub.has(network), /hub/i.test(network.name)].filter(Boolean).length;
  const isStar = (network: VirtualNetwork) => {
    const peers = left.peersOf(network);
    return [...peers].some((peer) => left.peersOf(peer).size < peers.size);
  };
  const best = (candidates: readonly VirtualNetwork[]) => {
    const rank = (network: VirtualNetwork) =>
      left.peersOf(network).size + signsOf(network) / 10 + (withEndpoint.has(network) ? 0 : 0.01);
    return [...candidates].sort((a, b) => rank(b) - rank(a))[0];
  };
  const hubs = new Map<VirtualNetwork, VirtualNetwork[]>();
  const addAll = (candidates: () => readonly VirtualNetwork[], most: number) => {
    for (let next = best(candidates()); next && hubs.size < most; next = best(candidates()))
      hubs.set(next, left.removeStar(next));
  };
  const peered = () => networks.filter((network) => left.peersOf(network).size > 0);
  addAll(() => peered().filter((network) => signsOf(network) > 0), 1);
  addAll(() => peered().filter((network) => signsOf(network) > 0 && isStar(network)), MAX_HUBS);
  if (hubs.size === 0) addAll(() => peered().filter((network) => isStar(network) || !withEndpoint.has(network)), 1);
  const meshes = left.removeMeshes(networks);
  const inMesh = new Set(meshes.flat());
  addAll(() => peered().filter((network) => isStar(network) && !inMesh.has(network)), MAX_HUBS);
  return { hubs, meshes, pairs: left.pairs(), oneSided };
}

const IN_HUBS = ["Bastion", "Firewall", "Gateway"];

/** Peerings in both directions. */
class Graph {
  private readonly peers = new Map<VirtualNetwork, Set<VirtualNetwork>>();

  constructor(pairs: readonly (readonly [VirtualNetwork, VirtualNetwork])[]) {
    for (const [a, b] of [...pairs, ...pairs.map(([a, b]) => [b, a] as const)]) {
      const its = this.peers.get(a) ?? new Set();
      this.peers.set(a, its.add(b));
    }
  }

  public peersOf(network: VirtualNetwork): ReadonlySet<VirtualNetwork> {
    return this.peers.get(network) ?? new Set();
  }

  public removeStar(network: VirtualNetwork): VirtualNetwork[] {
    const removed = [...this.peersOf(network)];
    for (const peer of removed) this.remove(network, peer);
    return removed;
  }

  /** Removes groups of more than two networks in which each is peered with every other, each network in one group at most. */
  public removeMeshes(networks: readonly VirtualNetwork[]): VirtualNetwork[][] {
    const meshes: VirtualNetwork[][] = [];
    const free = new Set(networks.filter((network) => this.peersOf(network).size >= 2));
    for (const start of [...free].sort((a, b) => this.peersOf(b).size - this.peersOf(a).size)) {
      if (!free.has(start)) continue;
      const mesh = [start];
      for (const network of networks)
        if (free.has(network) && network !== start && mesh.every((one) => this.peersOf(one).has(network)))
          mesh.push(network);
      if (mesh.length < 3) continue;
      for (const one of mesh) {
        free.delete(one);
        for (const other of mesh) this.remove(one, other);
      }
      meshes.push(networks.filter((network) => mesh.includes(network)));
    }
    return meshes;
  }

  public pairs(): (readonly [VirtualNetwork, VirtualNetwork])[] {
    const found = [...this.peers].flatMap(([a, its]) => [...its].map((b) => [a, b] as const));
    return found.filter(([a, b]) => a.address < b.address);
  }

  private remove(a: VirtualNetwork, b: VirtualNetwork): void {
    this.peers.get(a)?.delete(b);
    this.peers.get(b)?.delete(a);
  }
}
