import { Netmask } from "netmask";
import { RESERVED_ADDRESSES } from "./azure/limits";

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

/** The subnets of a hub, as CIDR ranges. */
export interface HubPlan {
  /** For an endpoint of the hub's own. */
  readonly endpoints: string;
  readonly bastion: string;
}

/** Carves a hub's address space: its first and its third /24, or its first and third quarter if it is smaller than /22. */
export function planHub(addressSpace: string): HubPlan {
  const prefix = Math.max(24, new Netmask(addressSpace).bitmask + 2);
  return { endpoints: carve(addressSpace, prefix, 0), bastion: carve(addressSpace, prefix, 2) };
}

/** The smallest hub, as a prefix length, whose quarter has room for a bastion: it refuses a subnet smaller than /26. */
export const BASTION_HUB_PREFIX = 26 - 2;

/** How many addresses Azure gives out in a subnet. */
export function usableAddresses(range: string): number {
  return Math.max(0, new Netmask(range).size - RESERVED_ADDRESSES);
}

/** Whether two ranges have an address in common. */
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

/** Prefix length of a range. */
export function prefixLength(range: string): number {
  return new Netmask(range).bitmask;
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
