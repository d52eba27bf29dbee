import { carve, prefixLength, sizeOf } from "../../packages/common/util";
import { MAX_SUBNET_PREFIX, RESERVED_ADDRESSES } from "../limits";

/** The subnets of a spoke, as CIDR ranges. */
export interface SpokePlan {
  /** For private endpoints, which take one address for each host name of the registry. */
  readonly endpoints: string;
  /** For workloads that pull from the registry. */
  readonly workloads: string;
  /** For machines that run the registry's tasks. Beyond the address space if that is smaller than a /22. */
  readonly agents: string;
}

/** Prefix length of the smallest spoke with room for these machines. */
export const AGENTS_SPOKE_PREFIX = 22;

/**
 * Carves a spoke's address space: ranges from its start, each a /24, or half of a space smaller than /23.
 *
 * The plan depends on the address space alone, so no other setting changes a subnet.
 */
export function planSpoke(addressSpace: string): SpokePlan {
  const prefix = Math.max(24, prefixLength(addressSpace) + 1);
  return {
    endpoints: carve(addressSpace, prefix, 0),
    workloads: carve(addressSpace, prefix, 1),
    agents: carve(addressSpace, prefix, 2),
  };
}

/** The subnets of a hub, as CIDR ranges. */
export interface HubPlan {
  /** For the hub's own endpoint. */
  readonly endpoints: string;
  readonly bastion: string;
  /** Left free, for a gateway or a firewall. */
  readonly free: string;
  /** For the DNS resolver's inbound endpoint. */
  readonly resolver: string;
}

/**
 * Carves a hub's address space: its first, third and fourth /24, or such quarters of it if it is smaller than /22. Of the
 * fourth, the resolver has the first /28, the smallest that Azure accepts.
 */
export function planHub(addressSpace: string): HubPlan {
  const prefix = Math.max(24, prefixLength(addressSpace) + 2);
  const part = (index: number) => carve(addressSpace, prefix, index);
  return { endpoints: part(0), free: part(1), bastion: part(2), resolver: carve(part(3), RESOLVER_PREFIX, 0) };
}

/**
 * Prefix length of a subnet for an endpoint of a DNS private resolver, and that of the smallest hub with room for one.
 *
 * Source: "What is Azure DNS Private Resolver?", subnet restrictions.
 */
const RESOLVER_PREFIX = 28;
export const RESOLVER_HUB_PREFIX = RESOLVER_PREFIX - 2;

/** The first address of a subnet that Azure gives away. */
export function firstAddress(range: string): string {
  return carve(range, 32, RESERVED_ADDRESSES - 1).replace("/32", "");
}

/** Prefix length of the smallest hub with room for a bastion, which needs a /26 and gets a quarter of the hub. */
export const BASTION_HUB_PREFIX = 26 - 2;

/**
 * How many addresses an endpoint needs: one for the login server, one for the data endpoint of each region, with regional
 * endpoints another one for each region, and spare ones for a replica that is added before another is removed.
 */
export function addressesOfEndpoint(replicas: number, regionalEndpoints = false): number {
  const regions = 1 + replicas;
  return 1 + (regions + 1) * (regionalEndpoints ? 2 : 1);
}

/** How many addresses there are for an endpoint in an address space of a prefix length; none if its subnet is too small. */
export function addressesForEndpoint(prefix: number, plan: (addressSpace: string) => { endpoints: string }): number {
  const { endpoints } = plan(`10.0.0.0/${prefix}`);
  return prefixLength(endpoints) > MAX_SUBNET_PREFIX ? 0 : usableAddresses(endpoints);
}

/** How many addresses of a subnet can be used. */
export function usableAddresses(range: string): number {
  return Math.max(0, sizeOf(range) - RESERVED_ADDRESSES);
}
