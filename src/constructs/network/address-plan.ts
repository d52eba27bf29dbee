import { RESERVED_ADDRESSES } from "../../azure/limits";
import { carve, prefixLength, sizeOf } from "private-link-preview/util";

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
  const prefix = Math.max(24, prefixLength(addressSpace) + 1);
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
  const prefix = Math.max(24, prefixLength(addressSpace) + 2);
  return { endpoints: carve(addressSpace, prefix, 0), bastion: carve(addressSpace, prefix, 2) };
}

/** The smallest hub, as a prefix length, whose quarter has room for a bastion: it refuses a subnet smaller than /26. */
export const BASTION_HUB_PREFIX = 26 - 2;

/** How many addresses Azure gives out in a subnet. */
export function usableAddresses(range: string): number {
  return Math.max(0, sizeOf(range) - RESERVED_ADDRESSES);
}
