import { ALL_DEFAULT, defaultOf } from "./model/connections";
import type {
  HubConnection,
  NetworkModel,
  Peering,
  Route,
  RoutingFirewall,
  VirtualNetwork,
} from "./model/network-model";
import { isAllowed } from "./security-rules";
import { PossibleConnections } from "./possible-connections";
import { Budget } from "../../common/util/budget";
import { groupBy, once } from "../../common/util/collections";
import { isIn } from "../../common/util/ip-range";

/** Most comparisons of two networks with routes, groups and connections: enough for a thousand networks with five routes each. */
const MAX_COMPARISONS = 5_000_000;

/** Whether traffic flows between networks, as far as a file shows it. */
export class Reachability {
  private readonly peered: ReadonlyMap<VirtualNetwork, ReadonlyMap<VirtualNetwork, Peering>>;
  private readonly hubConnections: ReadonlyMap<VirtualNetwork, readonly HubConnection[]>;
  private readonly routes: ReadonlyMap<VirtualNetwork, readonly Route[]>;
  /** A number for each network, the same for those between which peerings lead. */
  private readonly groups: ReadonlyMap<object | string, number>;
  private readonly mayBe: PossibleConnections;
  private readonly found = new Map<VirtualNetwork, Map<VirtualNetwork, boolean | undefined>>();
  private readonly budget = new Budget(
    MAX_COMPARISONS,
    `Whether the networks of this file reach each other would take more than ${MAX_COMPARISONS} comparisons of routes and connections. Preview a part of the networks at a time.`,
  );

  constructor(private readonly model: NetworkModel) {
    const allowed = model.peerings.filter(({ allowed }) => allowed);
    this.peered = new Map(
      [...groupBy(allowed, ({ from }) => from)].map(([from, its]) => [
        from,
        new Map(its.map((peering) => [peering.to, peering])),
      ]),
    );
    this.groups = groupsOf([
      ...allowed.filter(({ from, to }) => this.hasPeering(to, from)).map(({ from, to }) => [from, to] as const),
      ...model.hubConnections.map(({ network, hub, wan = hub }) => [network, wan] as const),
    ]);
    this.hubConnections = groupBy(model.hubConnections, ({ network }) => network);
    this.routes = groupBy(model.routes, ({ network }) => network);
    this.mayBe = new PossibleConnections(model.unplaced);
  }

  /** Whether traffic flows between two networks; undefined where the file does not show it. */
  public between(a: VirtualNetwork, b: VirtualNetwork): boolean | undefined {
    if (a === b || this.onTrust(a, b) || (this.letsIn(a, b) && this.letsIn(b, a))) return true;
    const known = this.found.get(a) ?? new Map<VirtualNetwork, boolean | undefined>();
    this.found.set(a, known);
    if (!known.has(b)) known.set(b, this.byOtherWays(a, b));
    return known.get(b);
  }

  /** Whether traffic flows between two networks that are not peered in both directions. */
  private byOtherWays(a: VirtualNetwork, b: VirtualNetwork): boolean | undefined {
    this.budget.spend(1 + this.model.connectedGroups.length + (this.routes.get(a)?.length ?? 0) + this.mayBe.size);
    const ways = [this.byVirtualWan(a, b), this.byNetworkManager(a, b)];
    if (ways.includes(true)) return true;
    const forwarded = this.forwarded(a, b);
    if (forwarded === true) return true;
    return ways.includes(undefined) || this.mayBeConnected(a, b) || forwarded === undefined ? undefined : false;
  }

  /** Whether two networks are taken to be peered because neither is managed here, nor any peering between them. */
  public onTrust(a: VirtualNetwork, b: VirtualNetwork): boolean {
    return a !== b && !a.managed && !b.managed && !this.hasPeering(a, b) && !this.hasPeering(b, a);
  }

  public hasPeering(from: VirtualNetwork, to: VirtualNetwork): boolean {
    return this.peered.get(from)?.has(to) ?? false;
  }

  /** The networks with which a network is peered in both directions. */
  public readonly peersOf = once<VirtualNetwork, readonly VirtualNetwork[]>([], (network) =>
    [...(this.peered.get(network)?.keys() ?? [])].filter((other) => this.hasPeering(other, network)),
  );

  /** Whether a network's side of a peering is there; for a network that is not in the file, the other side's peering is taken as proof. */
  private letsIn(network: VirtualNetwork, remote: VirtualNetwork): boolean {
    return this.hasPeering(network, remote) || (!network.managed && this.hasPeering(remote, network));
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
        const secured = [one, other].filter((its) => its.secured !== "no");
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

  /** Why {@link between} does not know of two networks, as the end of a sentence; undefined where it is a peering that is not known. */
  public doubt(a: VirtualNetwork, b: VirtualNetwork): string | undefined {
    if (this.byVirtualWan(a, b) === undefined)
      return "they are connected by Virtual WAN, whose routes or firewall decide";
    if (this.byNetworkManager(a, b) === undefined)
      return "Virtual Network Manager may connect them, but its deployment or its groups' members are not in the file";
    if (this.forwarded(a, b) === undefined) return "a route leads there through an appliance or gateway, which decides";
    return undefined;
  }

  /** Whether a peering of which an end is not known may connect two networks. */
  public mayBePeered(a: VirtualNetwork, b: VirtualNetwork): boolean {
    return this.mayBe.peered(a, b);
  }

  private mayBeConnected(a: VirtualNetwork, b: VirtualNetwork): boolean {
    if (this.model.unreadModules.length > 0) return true;
    return this.mayBe.peered(a, b);
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
      ({ forwards, to }) => forwards && this.hasPeering(to, b),
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
        [routes, back].every((its) => its.some((route) => this.leadsTo(route, firewall))) &&
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
  return ranges.length === 0 || ranges.some((range) => isIn(address, range));
}
