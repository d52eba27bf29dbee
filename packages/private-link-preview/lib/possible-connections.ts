import { type Unplaced, type VirtualNetwork, isAtOrBelow } from "./model/network-model";
import { once } from "../../common/util";

/** Networks that something may connect; many share one list. */
type Candidates = readonly VirtualNetwork[];

/** What links and peerings may connect of which an end is not known. */
export class PossibleConnections {
  /** By the networks that a link may be of, the names of the zones; undefined for a zone that is not known. */
  private readonly zones = new Map<Candidates, Set<string | undefined>>();
  private readonly peers = new Map<Candidates, Set<Candidates>>();

  constructor(unplaced: readonly Unplaced[]) {
    for (const { ends, zone, kind } of unplaced) {
      const [one = [], other = []] = ends;
      if (kind === "link") add(this.zones, one, zone);
      else {
        add(this.peers, one, other);
        add(this.peers, other, one);
      }
    }
  }

  /** How many comparisons it takes to tell whether two networks may be peered. */
  public get size(): number {
    return this.peers.size;
  }

  /** Whether a network may be linked to a zone that has a name. */
  public linked(network: VirtualNetwork, name: string): boolean {
    return [...this.zones].some(
      ([networks, zones]) =>
        this.isAmong(network, networks) && [...zones].some((zone) => zone === undefined || isAtOrBelow(name, zone)),
    );
  }

  /** Whether two networks may be peered. */
  public peered(a: VirtualNetwork, b: VirtualNetwork): boolean {
    return [...this.peers].some(
      ([networks, others]) =>
        this.isAmong(a, networks) && [...others].some((candidates) => this.isAmong(b, candidates)),
    );
  }

  /** Where nothing is known of an end, it may be any network. */
  private isAmong(network: VirtualNetwork, candidates: Candidates): boolean {
    return candidates.length === 0 || this.setOf(candidates).has(network);
  }

  private readonly setOf = once<Candidates, ReadonlySet<VirtualNetwork>>(new Set(), (networks) => new Set(networks));
}

function add<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  map.set(key, (map.get(key) ?? new Set()).add(value));
}
