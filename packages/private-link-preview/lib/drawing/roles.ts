import type { NetworkModel, VirtualNetwork } from "../model/network-model";
import { groupBy } from "../../../common/util/collections";

type Pair = readonly [VirtualNetwork, VirtualNetwork];

/** Which networks are hubs, which are all peered with each other, and the other peerings. */
export interface Roles {
  /** Each with the networks that it is peered with, apart from earlier hubs. */
  readonly hubs: ReadonlyMap<VirtualNetwork, readonly VirtualNetwork[]>;
  readonly meshes: readonly (readonly VirtualNetwork[])[];
  /** Peerings of pairs beside hubs and meshes. */
  readonly pairs: readonly Pair[];
  /** Peerings without a counterpart. */
  readonly oneSided: readonly Pair[];
}

/** Most networks that are drawn as hubs. */
const MAX_HUBS = 5;
const IN_HUBS = ["Bastion", "Firewall", "Gateway"];

/** Finds hubs and meshes in the peerings of a network. */
export function rolesOf({ peerings, networks, endpoints, machines }: NetworkModel): Roles {
  const allowed = peerings.filter(({ allowed, from, to }) => allowed && from !== to);
  const sides = [...groupBy(allowed, ({ from, to }) => [from.address, to.address].sort().join(" ")).values()];
  // The other side of a peering with a network that others manage is not in the file.
  const isWhole = (its: (typeof sides)[number]) => !its[0]!.to.managed || its.some(({ from }) => from !== its[0]!.from);
  const pairOf = ([one]: (typeof sides)[number]): Pair => [one!.from, one!.to];
  /** By network, those that it is peered with, apart from what the hubs and meshes found so far include. */
  const left = new Map(networks.map((network) => [network, new Set<VirtualNetwork>()]));
  const peersOf = (network: VirtualNetwork): ReadonlySet<VirtualNetwork> => left.get(network)!;
  const change = (what: "add" | "delete", a: VirtualNetwork, b: VirtualNetwork) => {
    left.get(a)![what](b);
    left.get(b)![what](a);
  };
  for (const pair of sides.filter(isWhole).map(pairOf)) change("add", ...pair);

  const asked = new Set(networks.map(({ dnsServers }) => dnsServers?.network));
  const withEndpoint = new Set(endpoints.map(({ network }) => network));
  const withGateway = new Set(machines.filter(({ label }) => IN_HUBS.includes(label)).map(({ network }) => network));
  /** How many signs there are that a network is a hub, apart from its peerings. */
  const signsOf = (network: VirtualNetwork) =>
    [asked.has(network), withGateway.has(network), /hub/i.test(network.name)].filter(Boolean).length;
  const rank = (network: VirtualNetwork) =>
    peersOf(network).size + signsOf(network) / 10 + (withEndpoint.has(network) ? 0 : 0.01);
  const isStar = (network: VirtualNetwork) =>
    [...peersOf(network)].some((peer) => peersOf(peer).size < peersOf(network).size);
  const hubs = new Map<VirtualNetwork, readonly VirtualNetwork[]>();
  const addHubs = (most: number, isHub: (network: VirtualNetwork) => boolean) => {
    while (hubs.size < most) {
      const [best] = networks.filter((one) => peersOf(one).size > 0 && isHub(one)).sort((a, b) => rank(b) - rank(a));
      if (!best) return;
      hubs.set(best, [...peersOf(best)]);
      for (const peer of peersOf(best)) change("delete", best, peer);
    }
  };
  addHubs(1, (network) => signsOf(network) > 0);
  addHubs(MAX_HUBS, (network) => signsOf(network) > 0 && isStar(network));
  if (hubs.size === 0) addHubs(1, (network) => isStar(network) || !withEndpoint.has(network));

  const meshes: VirtualNetwork[][] = [];
  const free = new Set(networks.filter((network) => peersOf(network).size >= 2));
  for (const start of [...free].sort((a, b) => peersOf(b).size - peersOf(a).size)) {
    const mesh = free.has(start) ? [start] : [];
    for (const network of free)
      if (mesh.length > 0 && network !== start && mesh.every((one) => peersOf(one).has(network))) mesh.push(network);
    if (mesh.length < 3) continue;
    meshes.push(networks.filter((network) => mesh.includes(network)));
    for (const one of mesh) {
      free.delete(one);
      for (const other of mesh) change("delete", one, other);
    }
  }
  const inMesh = new Set(meshes.flat());
  addHubs(MAX_HUBS, (network) => isStar(network) && !inMesh.has(network));
  const pairs = [...left].flatMap(([a, its]) => [...its].map((b): Pair => [a, b]));
  return {
    hubs,
    meshes,
    pairs: pairs.filter(([a, b]) => a.address < b.address),
    oneSided: sides.filter((its) => !isWhole(its)).map(pairOf),
  };
}
