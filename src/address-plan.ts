import { Netmask } from "netmask";

/** Azure keeps the first four addresses of each subnet and the last for itself. */
export const RESERVED_ADDRESSES = 5;

/** The subnets of a spoke, as CIDR ranges. */
export interface SpokePlan {
  /** Private endpoints live here: one address for each name of the registry. */
  readonly endpoints: string;
  /** Whatever pulls from the registry lives here. */
  readonly workloads: string;
}

/**
 * Carves a spoke's address space: two ranges from its start, each a /24, or half of a space smaller than /23.
 *
 * The plan depends on the address space alone, so nothing else in the settings ever moves a subnet.
 */
export function planSpoke(addressSpace: string): SpokePlan {
  const prefix = Math.max(24, new Netmask(addressSpace).bitmask + 1);
  return {
    endpoints: carve(addressSpace, prefix, 0),
    workloads: carve(addressSpace, prefix, 1),
  };
}

/** Bastion refuses a subnet smaller than this prefix length. */
const BASTION_MAX_PREFIX = 26;

/** The smallest hub, as a prefix length, that has room for a bastion. */
export const BASTION_HUB_PREFIX = BASTION_MAX_PREFIX - 2;

/** Bastion's range in the hub: the third /24, or the third quarter of a space smaller than /22. */
export function planBastion(hubAddressSpace: string): string {
  return carve(hubAddressSpace, Math.max(24, new Netmask(hubAddressSpace).bitmask + 2), 2);
}

/** How many addresses Azure gives out in a subnet. */
export function usableAddresses(range: string): number {
  return Math.max(0, new Netmask(range).size - RESERVED_ADDRESSES);
}

/** Whether two ranges have an address in common. */
export function overlap(a: string, b: string): boolean {
  const [left, right] = [new Netmask(a), new Netmask(b)];
  return left.contains(right) || right.contains(left);
}

function carve(addressSpace: string, prefix: number, index: number): string {
  return new Netmask(`${new Netmask(addressSpace).base}/${prefix}`).next(index).toString();
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
