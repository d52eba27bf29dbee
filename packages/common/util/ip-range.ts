import { Netmask } from "netmask";

const parsed = new Map<string, Netmask>();

/** A parsed CIDR range. Cached, because each of many ranges is compared with all others. */
function netmask(range: string): Netmask {
  const known = parsed.get(range);
  if (known) return known;
  const made = new Netmask(range);
  parsed.set(range, made);
  return made;
}

/** Whether a text is an IPv4 CIDR range, written by its first address. */
export function isRange(text: string): boolean {
  try {
    const { base, bitmask } = netmask(text);
    return text === `${base}/${bitmask}`;
  } catch {
    return false;
  }
}

/** Prefix length of a CIDR range. */
export function prefixLength(range: string): number {
  return netmask(range).bitmask;
}

/** How many addresses a CIDR range holds. */
export function sizeOf(range: string): number {
  return netmask(range).size;
}

/** The range of a prefix length that is `index` such ranges after a CIDR range's first address. */
export function carve(range: string, prefix: number, index: number): string {
  return new Netmask(`${netmask(range).base}/${prefix}`).next(index).toString();
}

/** Whether two IPv4 CIDR ranges have an address in common. */
export function overlap(a: string, b: string): boolean {
  const [left, right] = [netmask(a), netmask(b)];
  // CIDR ranges overlap if they have the prefix of the larger one in common.
  const prefix = Math.min(left.maskLong, right.maskLong);
  return (left.netLong & prefix) === (right.netLong & prefix);
}

/** Whether all of a CIDR range lies in another one. */
export function isRangeIn(range: string, wider: string): boolean {
  return prefixLength(range) >= prefixLength(wider) && overlap(range, wider);
}

/** Whether an IPv4 address lies in a CIDR range. */
export function isIn(address: string, range: string): boolean {
  try {
    return netmask(range).contains(address);
  } catch {
    return false; // Not IPv4, so nothing of ours.
  }
}

/** Things found by an address in one of their CIDR ranges, without comparing the address with each range. */
export class RangeIndex<T> {
  /** By prefix length, then by the range's first address. */
  private readonly byPrefix = new Map<number, Map<string, Set<T>>>();

  public add(range: string, thing: T): void {
    try {
      const { bitmask, base } = netmask(range);
      const ranges = this.byPrefix.get(bitmask) ?? new Map<string, Set<T>>();
      this.byPrefix.set(bitmask, ranges);
      ranges.set(base, (ranges.get(base) ?? new Set()).add(thing));
    } catch {
      // Not a range, so no address lies in it.
    }
  }

  /** What has a range with this address, in one set for each such range. */
  public holding(address: string): ReadonlySet<T>[] {
    return [...this.byPrefix].flatMap(([prefix, ranges]) => {
      try {
        return ranges.get(new Netmask(address, prefix).base) ?? [];
      } catch {
        return []; // Not an address, or one of the other version of IP.
      }
    });
  }
}

/** Private and shared address space: RFC 1918 and RFC 6598. */
const PRIVATE_SPACE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].map(netmask);

/** Space from which nothing comes over the internet: this network, loopback, link-local, multicast, reserved. */
const NO_SENDERS = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4"].map(netmask);

/** Whether a CIDR range, written by its first address, has public addresses and no others. */
export function isPublicRange(range: string): boolean {
  try {
    const { base, bitmask } = netmask(range);
    return (
      range === `${base}/${bitmask}` &&
      [...PRIVATE_SPACE, ...NO_SENDERS].every((space) => !overlap(range, `${space.base}/${space.bitmask}`))
    );
  } catch {
    return false;
  }
}

/** Whether a CIDR range is private or shared space, written by its first address. */
export function isPrivateRange(range: string): boolean {
  try {
    const { base, bitmask } = netmask(range);
    return range === `${base}/${bitmask}` && PRIVATE_SPACE.some((space) => space.contains(range));
  } catch {
    return false; // Not a range, as what a machine reports may be.
  }
}
