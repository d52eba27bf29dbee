import { groupBy } from "private-link-preview/util";
import { type Draft, type Kind, effectOf } from "../change";
import { counted } from "../inventory";
import type { Plan, ResourceChange } from "../plan";

/** The names of the two networks that a peering joins, in alphabetical order. */
export function peered({ before, after }: Plan, { address }: ResourceChange): string[] {
  const peering = after.peering(address) ?? before.peering(address);
  return peering ? [peering.from.name, peering.to.name].sort() : [address];
}

/** Networks that stay are peered, or no longer peered: both sides in one. */
export const peerings: Kind = (plan, open) => {
  const found = open.filter(({ type, action }) => type === "azurerm_virtual_network_peering" && action !== "update");
  const pairs = groupBy(found, (change) => `${change.action} ${peered(plan, change).join(" and ")}`);
  return [...pairs.values()].map((resources): Draft => {
    const effect = effectOf(resources[0]!);
    const networks = peered(plan, resources[0]!).join(" and ");
    const becomes = { comes: "are peered", goes: "are no longer peered", replaced: "are peered anew", "in-place": "" }[
      effect
    ];
    return { kind: "peering", effect, text: `${networks} ${becomes}: ${counted(resources)}.`, resources };
  });
};
