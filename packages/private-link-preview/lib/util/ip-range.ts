import { Netmask } from "netmask";

/** Prefix length of a CIDR range. */
export function prefixLength(range: string): number {
  return new Netmask(range).bitmask;
}

/** How many addresses a CIDR range holds. */
export function sizeOf(range: string): number {
  return new Netmask(range).size;
}

/** The range of a prefix length that is `index` such ranges after a CIDR range's first address. */
export function carve(range: string, prefix: number, index: number): string {
  return new Netmask(`${new Netmask(range).base}/${prefix}`).next(index).toString();
}

/** Whether two CIDR ranges have an address in common. */
export function overlap(a: string, b: string): boolean {
  const [left, right] = [new Netmask(a), new Netmask(b)];
  return left.contains(right) || right.contains(left);
}

/** Whether an IPv4 address lies in a CIDR range. */
export function isIn(address: string, range: string): boolean {
  try {
    return new Netmask(range).contains(address);
  } catch {
    return false; // Not IPv4, so nothing of ours.
  }
}

/** Private and shared address space: RFC 1918 and RFC 6598. */
const PRIVATE_SPACE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].map(
  (range) => new Netmask(range),
);

/** Whether a CIDR range is private or shared space, written by its first address. */
export function isPrivateRange(range: string): boolean {
  const { base, bitmask } = new Netmask(range);
  return range === `${base}/${bitmask}` && PRIVATE_SPACE.some((space) => space.contains(range));
}
