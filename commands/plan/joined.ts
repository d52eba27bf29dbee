import { zoneName } from "./network-index";
import type { Plan, ResourceChange } from "./plan";

/** The names of the two networks that a peering connects, sorted; its address where they are not known. */
export function peeredNetworks({ before, after }: Plan, { address }: ResourceChange): string[] {
  const peering = after.peering(address) ?? before.peering(address);
  return peering ? [peering.from.name, peering.to.name].sort() : [address];
}

/** The network of a zone link, and the zones that it leads to before and after; absent where there is no link. */
export interface LinkedZones {
  readonly network: string;
  readonly from?: string;
  readonly to?: string;
}

/** What a change of a zone link means to its network. */
export function linkedZones(plan: Plan, { address }: ResourceChange): LinkedZones {
  const [before, after] = [plan.before.link(address), plan.after.link(address)];
  return {
    network: (after ?? before)?.network.name ?? address,
    ...(before && { from: zoneName(before.zone.address) }),
    ...(after && { to: zoneName(after.zone.address) }),
  };
}
