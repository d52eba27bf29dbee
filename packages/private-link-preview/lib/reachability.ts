import { ALL_DEFAULT, defaultOf } from "./model/connections";
import type {
  HubConnection,
  NetworkModel,
  OutOfSync,
  Outside,
  Peering,
  Route,
  RoutingFirewall,
  VirtualNetwork,
} from "./model/network-model";
import { isAllowed } from "./security-rules";
import { PossibleConnections } from "./possible-connections";
import { Budget, groupBy, isIn, once } from "../../common/util";

/** Most comparisons of two networks with routes, groups and connections: enough for a thousand networks with five routes each. */
const MAX_COMPARISONS = 5_000_000;

/** What connects two networks, or why they are not connected, or not known to be; and whether traffic flows. */
const CONNECTIONS = {
  "own network": true,
  /** Taken to be peered, since neither network is managed here, nor any peering between them. */
  "not managed": true,
  peering: true,
  "Network Manager": true,
  "Virtual WAN": true,
  firewall: true,
  /** From outside Azure, to the network of the VPN or ExpressRoute gateway. */
  gateway: true,
  /** From outside Azure, to a network that uses the gateway of a network with which it is peered. */
  "gateway transit": true,
  "no gateway transit": false,
  "peering out of sync": false,
  "one-sided peering": false,
  "not connected": false,
  "Virtual WAN not known": undefined,
  "Network Manager not known": undefined,
  "gateway transit not known": undefined,
  appliance: undefined,
  "peering may be out of sync": undefined,
  "peering not known": undefined,
  "ends not known": undefined,
  "not read": undefined,
} as const;

export type Connection = keyof typeof CONNECTIONS;

/** What connects two networks such that one may pass its gateway on to the other. */
const PASSING: readonly Connection[] = ["peering", "Network Manager", "not managed"];

/** Whether traffic flows between two networks. */
export interface Reach {
  /** Undefined where the file does not show it. */
  readonly reached: boolean | undefined;
  readonly by: Connection;
}

const REACH = Object.fromEntries(
  Object.entries(CONNECTIONS).map(([by, reached]) => [by, { by, reached }]),
) as unknown as Readonly<Record<Connection, Reach>>;

/** Whether traffic flows between networks, as far as a file shows it. */
export class Reachability {
  private readonly peered: ReadonlyMap<VirtualNetwork, ReadonlyMap<VirtualNetwork, Peering>>;
  /** Sides of peerings of which it is not known whether they let traffic in. */
  private readonly doubtful: ReadonlyMap<VirtualNetwork, ReadonlySet<VirtualNetwork>>;
  private readonly hubConnections: ReadonlyMap<VirtualNetwork, readonly HubConnection[]>;
  private readonly routes: ReadonlyMap<VirtualNetwork, readonly Route[]>;
  /** A number for each network, the same for those between which peerings lead. */
  private readonly groups: ReadonlyMap<object | string, number>;
  private readonly possible: PossibleConnections;
  private readonly found = new Map<VirtualNetwork, Map<VirtualNetwork, Reach>>();
  private readonly budget = new Budget(
    MAX_COMPARISONS,
    `Whether the networks of this file reach each other would take more than ${MAX_COMPARISONS} comparisons of routes and connections. Preview a part of the networks at a time.`,
  );

  constructor(private readonly model: NetworkModel) {
    const allowed = model.peerings.filter(({ allowed }) => allowed === true);
    const doubtful = model.peerings.filter(({ allowed }) => allowed === undefined);
    this.doubtful = new Map(
      [...groupBy(doubtful, ({ from }) => from)].map(([from, peerings]) => [
        from,
        new Set(peerings.map(({ to }) => to)),
      ]),
    );
    this.peered = new Map(
      [...groupBy(allowed, ({ from }) => from)].map(([from, peerings]) => [
        from,
        new Map(peerings.map((peering) => [peering.to, peering])),
      ]),
    );
    this.groups = groupsOf([
      ...allowed.filter(({ from, to }) => this.hasPeering(to, from)).map(({ from, to }) => [from, to] as const),
      ...model.hubConnections.map(({ network, hub, wan = hub }) => [network, wan] as const),
    ]);
    this.hubConnections = groupBy(model.hubConnections, ({ network }) => network);
    this.routes = groupBy(model.routes, ({ network }) => network);
    this.possible = new PossibleConnections(model.unplaced);
  }

  /** Whether traffic flows between two networks; undefined where the file does not show it. */
  public between(a: VirtualNetwork, b: VirtualNetwork): boolean | undefined {
    return this.reach(a, b).reached;
  }

  /**
   * Whether traffic flows between two networks, and by what, or why not.
   *
   * @param place - addresses or ranges in the second network that are meant; a peering may lack some of its ranges
   */
  public reach(a: VirtualNetwork, b: VirtualNetwork, place: readonly string[] = []): Reach {
    if (a === b) return REACH["own network"];
    if (a.outside) return REACH[this.fromOutside(a, a.outside, b, place)];
    if (this.onTrust(a, b)) return REACH["not managed"];
    if (this.letsIn(a, b) === true && this.letsIn(b, a) === true) {
      const { lacks = [], written = [], isKnown } = this.outOfSync(a, b) ?? {};
      if (!place.some((one) => isInAny(one, lacks) && !isInAny(one, written))) return REACH.peering;
      return REACH[isKnown ? "peering out of sync" : "peering may be out of sync"];
    }
    const known = this.found.get(a) ?? new Map<VirtualNetwork, Reach>();
    this.found.set(a, known);
    const reach = known.get(b) ?? REACH[this.byOtherWays(a, b)];
    known.set(b, reach);
    return reach;
  }

  /** What leads a client outside Azure to a network: its gateway, which goes no further than one peering that passes it on. */
  private fromOutside(
    client: VirtualNetwork,
    { gateway }: Outside,
    to: VirtualNetwork,
    place: readonly string[],
  ): Connection {
    if (!gateway) {
      const found = this.hubConnections.has(client) ? this.byVirtualWan(client, to) : undefined;
      if (found !== false) return found ? "Virtual WAN" : "Virtual WAN not known";
      return this.model.gap ? "not read" : "not connected";
    }
    const { reached, by } = this.reach(gateway, to, place);
    const direct = gateway === to ? "gateway" : PASSING.includes(by) ? this.transit(gateway, to) : by;
    const way = reached && direct === by ? "not connected" : direct;
    // A route of the gateway's subnet sends the traffic to an appliance, which may also lead it where the gateway does not.
    const isRouted = (this.routes.get(gateway) ?? []).some(
      ({ ofGateway, prefix }) => ofGateway && to.addressSpace.some((range) => isIn(range, prefix)),
    );
    return isRouted ? this.behindGateway(client, gateway, to, way) : way;
  }

  /** Whether the peering of two networks lets the second use the gateway of the first. Azure lets only those use one to which it is passed on. */
  private transit(gateway: VirtualNetwork, to: VirtualNetwork): Connection {
    const [ours, theirs] = [this.peered.get(gateway)?.get(to), this.peered.get(to)?.get(gateway)];
    const passes = ours ? ours.passesGateway : theirs?.usesGateway === true ? true : undefined;
    const uses = theirs?.usesGateway;
    if (passes === false || uses === false) return "no gateway transit";
    return passes && uses ? "gateway transit" : "gateway transit not known";
  }

  /** Where a route of the gateway's subnet sends traffic to an appliance: a firewall of the file may allow it by its rules. */
  private behindGateway(
    client: VirtualNetwork,
    gateway: VirtualNetwork,
    to: VirtualNetwork,
    way: Connection,
  ): Connection {
    const traffic = { direction: "Outbound", from: client.addressSpace, to: to.addressSpace } as const;
    const routes = this.routesTo(to, gateway).filter(({ ofGateway }) => ofGateway);
    const isAllowedThrough = this.model.firewalls.some(
      (firewall) =>
        firewall.network === gateway &&
        routes.length > 0 &&
        routes.every((route) => this.leadsTo(route, firewall)) &&
        firewall.rules.every((rules) => isAllowed(traffic, rules)),
    );
    return CONNECTIONS[way] && isAllowedThrough ? way : "appliance";
  }

  /** Whether a network's side of a peering was written before the remote network got its present ranges. */
  public outOfSync(network: VirtualNetwork, remote: VirtualNetwork): OutOfSync | undefined {
    return this.peered.get(network)?.get(remote)?.outOfSync;
  }

  /** What connects two networks that are not known to be peered in both directions. */
  private byOtherWays(a: VirtualNetwork, b: VirtualNetwork): Connection {
    this.budget.spend(1 + this.model.connectedGroups.length + (this.routes.get(a)?.length ?? 0) + this.possible.size);
    const manager = this.byNetworkManager(a, b);
    if (manager === true) return "Network Manager";
    const wan = this.byVirtualWan(a, b);
    if (wan === true) return "Virtual WAN";
    const forwarded = this.forwarded(a, b);
    if (forwarded === true) return "firewall";
    if (wan === undefined) return "Virtual WAN not known";
    if (manager === undefined) return "Network Manager not known";
    if (forwarded === undefined) return "appliance";
    if (this.letsIn(a, b) !== false && this.letsIn(b, a) !== false) return "peering not known";
    if (this.possible.peered(a, b)) return "ends not known";
    if (this.model.gap) return "not read";
    return this.hasPeering(a, b) || this.hasPeering(b, a) ? "one-sided peering" : "not connected";
  }

  /** Whether two networks are taken to be peered because neither is managed here, nor any peering between them. */
  public onTrust(a: VirtualNetwork, b: VirtualNetwork): boolean {
    return a !== b && !a.managed && !b.managed && !this.hasPeering(a, b) && !this.hasPeering(b, a);
  }

  public hasPeering(from: VirtualNetwork, to: VirtualNetwork): boolean {
    return this.peered.get(from)?.has(to) ?? false;
  }

  /** Whether a side of a peering is there, of which it may not be known whether it lets traffic in. */
  public mayLetIn(network: VirtualNetwork, remote: VirtualNetwork): boolean {
    return this.hasPeering(network, remote) || this.doubtful.get(network)?.has(remote) === true;
  }

  /** The networks with which a network is peered in both directions. */
  public readonly peersOf = once<VirtualNetwork, readonly VirtualNetwork[]>([], (network) =>
    [...(this.peered.get(network)?.keys() ?? [])].filter((other) => this.hasPeering(other, network)),
  );

  /**
   * Whether a network's side of a peering is there, and lets the other's traffic in; undefined where that is not known. For a
   * network that is not in the file, the other side's peering is taken as proof.
   */
  private letsIn(network: VirtualNetwork, remote: VirtualNetwork): boolean | undefined {
    if (this.hasPeering(network, remote) || (!network.managed && this.hasPeering(remote, network))) return true;
    return this.doubtful.get(network)?.has(remote) === true ? undefined : false;
  }

  /**
   * Virtual WAN routes between networks on its hubs, by their route tables.
   *
   * Source: "About virtual hub routing", Microsoft's Virtual WAN documentation.
   */
  private byVirtualWan(a: VirtualNetwork, b: VirtualNetwork): boolean | undefined {
    const pairs = (this.hubConnections.get(a) ?? []).flatMap((one) =>
      (this.hubConnections.get(b) ?? []).map((other): boolean | undefined => {
        if (one.hub !== other.hub) {
          if (one.wan === undefined || other.wan === undefined) return undefined;
          if (one.wan !== other.wan) return false;
        }
        const secured = [one, other].filter((connection) => connection.secured !== "no");
        // With a routing intent, all networks use the hub's default route table, and its firewall decides.
        if (secured.length > 0)
          return secured.every(({ hub, secured }) => secured === "firewall" && this.allows(hub, a, b)) || undefined;
        const there = learns(one, other);
        const back = learns(other, one);
        return there === undefined || back === undefined ? undefined : there && back;
      }),
    );
    if (pairs.includes(true)) return true;
    return pairs.includes(undefined) ? undefined : false;
  }

  /**
   * Virtual Network Manager connects the hub of a configuration with each network of its groups, and these with each other
   * where that is asked for, within a region or everywhere.
   */
  private byNetworkManager(a: VirtualNetwork, b: VirtualNetwork): boolean | undefined {
    let found: boolean | undefined = false;
    for (const { hub, networks, direct, deployed, open } of this.model.connectedGroups) {
      const spoke = hub === a ? b : hub === b ? a : undefined;
      const near = direct === "global" || (a.location !== undefined && a.location === b.location);
      const connects = spoke ? networks.has(spoke) : direct !== "no" && near && networks.has(a) && networks.has(b);
      if (connects && deployed) return true;
      if (connects || (open && (spoke !== undefined || direct !== "no"))) found = undefined;
    }
    return found;
  }

  /** Whether a peering of which an end is not known may connect two networks. */
  public mayBePeered(a: VirtualNetwork, b: VirtualNetwork): boolean {
    return this.possible.peered(a, b);
  }

  /**
   * Whether a route sends traffic for the other network to an appliance or gateway in a network from which peerings lead
   * there, and the other network lets forwarded traffic in. Whether it arrives is up to the appliance; of a firewall in the file it is
   * known where its network rules allow HTTPS both from here to there, and the other network routes back through it.
   */
  private forwarded(a: VirtualNetwork, b: VirtualNetwork): boolean | undefined {
    const routes = this.routesTo(b, a);
    if (routes.length === 0) return false;
    const middles = [...(this.peered.get(a)?.keys() ?? [])].filter(
      (middle) =>
        this.hasPeering(middle, a) &&
        routes.some(({ nextHop }) => nextHop === undefined || isInSome(nextHop, middle.addressSpace)),
    );
    // Appliances may lead on to each other: what counts is that peerings lead there, and that the last lets traffic in.
    const last = [...(this.peered.get(b)?.values() ?? [])].filter(
      ({ forwards, to }) => forwards !== false && this.hasPeering(to, b),
    );
    const landings = this.hubConnections.has(b) ? [b] : last.map(({ to }) => to);
    const landed = landings.some((one) => middles.some((middle) => this.groups.get(middle) === this.groups.get(one)));
    if (!landed) return false;
    const traffic = { direction: "Outbound", from: a.addressSpace, to: b.addressSpace } as const;
    const back = this.routesTo(a, b);
    const allowed = this.model.firewalls.some(
      (firewall) =>
        firewall.network !== undefined &&
        middles.includes(firewall.network) &&
        this.hasPeering(firewall.network, b) &&
        this.peered.get(b)?.get(firewall.network)?.forwards === true &&
        this.peered.get(a)?.get(firewall.network)?.forwards === true &&
        [routes, back].every((ways) => ways.some((route) => this.leadsTo(route, firewall))) &&
        firewall.rules.every((rules) => isAllowed(traffic, rules)),
    );
    return allowed || undefined;
  }

  /** Whether a route leads to a firewall: by its address, or because there is nothing else to which it can lead. */
  private leadsTo({ nextHop, network }: Route, { privateAddress, ranges }: RoutingFirewall): boolean {
    if (nextHop === undefined)
      return this.model.appliancesIn.every(
        (other) => other !== undefined && this.groups.get(other) !== this.groups.get(network),
      );
    return privateAddress === undefined ? isInSome(nextHop, ranges) : nextHop === privateAddress;
  }

  /** Whether the firewall of a Virtual WAN hub allows HTTPS from one network to another, by the rules in the file. */
  private allows(hub: string, a: VirtualNetwork, b: VirtualNetwork): boolean {
    const traffic = { direction: "Outbound", from: a.addressSpace, to: b.addressSpace } as const;
    return this.model.firewalls.some(
      (firewall) => firewall.hub === hub && firewall.rules.every((rules) => isAllowed(traffic, rules)),
    );
  }

  /** The routes of a network for all of another's addresses. */
  private routesTo(to: VirtualNetwork, from: VirtualNetwork): Route[] {
    return (this.routes.get(from) ?? []).filter(({ prefix }) => to.addressSpace.some((range) => isIn(range, prefix)));
  }
}

/** Numbers networks, the same for those between which peerings or Virtual WANs lead in any number of steps. */
function groupsOf(pairs: readonly (readonly [object | string, object | string])[]): Map<object | string, number> {
  const next = groupBy(
    pairs.flatMap(([a, b]) => [
      { from: a, to: b },
      { from: b, to: a },
    ]),
    ({ from }) => from,
  );
  const groups = new Map<object | string, number>();
  for (const start of next.keys()) {
    const number = groups.size;
    for (const open = groups.has(start) ? [] : [start]; open.length > 0;) {
      const one = open.pop()!;
      groups.set(one, number);
      open.push(...(next.get(one) ?? []).map(({ to }) => to).filter((to) => !groups.has(to)));
    }
  }
  return groups;
}

/** Whether the route table of one connection has the routes of another; undefined where that is not known. */
function learns(one: HubConnection, other: HubConnection): boolean | undefined {
  const { table, hub } = one;
  const { propagatesTo } = other;
  if (table === undefined || propagatesTo === undefined) return undefined;
  return propagatesTo.has(table) || (table === defaultOf(hub) && propagatesTo.has(ALL_DEFAULT));
}

function isInSome(address: string, ranges: readonly string[]): boolean {
  return ranges.length === 0 || isInAny(address, ranges);
}

function isInAny(address: string, ranges: readonly string[]): boolean {
  return ranges.some((range) => isIn(address, range));
}
