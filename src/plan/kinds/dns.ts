import { count, groupBy } from "private-link-preview/util";
import type { Draft, Kind } from "../change";
import { type Difference, differences } from "../differences";
import { zoneName } from "../network-index";
import type { Plan, ResourceChange } from "../plan";

/** A network's zone link with the zone it leads to: by address, "none" where there is no link. */
export interface Relinked {
  readonly change: ResourceChange;
  readonly network: string;
  readonly from: string;
  readonly to: string;
}

/** The zone links of networks that stay, and are made anew, or come, or go. */
export function relinked({ before, after }: Plan, changes: readonly ResourceChange[]): Relinked[] {
  return changes
    .filter(({ type, action }) => type === "azurerm_private_dns_zone_virtual_network_link" && action !== "update")
    .map((change) => {
      const [old, young] = [before.link(change.address), after.link(change.address)];
      return {
        change,
        network: (young ?? old)?.network.name ?? change.address,
        from: old ? zoneName(old.zone.address) : "none",
        to: young ? zoneName(young.zone.address) : "none",
      };
    });
}

/** Which zone a network looks the registry up in. */
export const zoneLinks: Kind = (plan, open) =>
  relinked(plan, open).map(({ change, network, from, to }): Draft => {
    const link = { kind: "zone-link", resources: [change] } as const;
    if (from === "none") return { ...link, effect: "comes", text: `${network} looks the registry up in ${to}.` };
    if (to === "none") return { ...link, effect: "goes", text: `${network} looks the registry up in ${from} no more.` };
    if (from === to) return { ...link, effect: "replaced", text: `The link of ${network} to ${to} is replaced.` };
    return { ...link, effect: "replaced", text: `${network} looks the registry up in ${to}, no longer in ${from}.` };
  });

/**
 * What differs in a resource, but for the addresses of a record set that answers with the same endpoints as before:
 * Terraform looks these up again whenever the registry changes, and knows them once it applies.
 */
export function tellingDifferences(plan: Plan, change: ResourceChange): Difference[] {
  const found = differences(change);
  if (change.type !== "azurerm_private_dns_a_record" || change.action !== "update") return found;
  const isSame = plan.before.endpointsOf(change.address) === plan.after.endpointsOf(change.address);
  return found.filter(({ path, known }) => path !== "records" || known || !isSame);
}

/** Record sets that answer with other endpoints, or whose addresses are only looked up again. */
export const records: Kind = (plan, open) => {
  const { before, after } = plan;
  const answers = open
    .filter(({ type, action }) => type === "azurerm_private_dns_a_record" && action === "update")
    .filter((change) => differences(change).every(({ path }) => path === "records"))
    .map((change) => ({
      change,
      zone: before.zoneOf(change.address),
      old: before.endpointsOf(change.address),
      young: after.endpointsOf(change.address),
    }))
    // Another address of the same endpoint is told as what it is: a change in place.
    .filter(({ change, old, young }) => old !== young || tellingDifferences(plan, change).length === 0);
  const alike = groupBy(answers, ({ old, young, zone }) => (old === young ? "" : `${zone} | ${old} | ${young}`));
  return [...alike.values()].map((same): Draft => {
    const { old, young, zone } = same[0]!;
    const sets = count(same.length, "record set");
    const [are, they, answer] = same.length === 1 ? ["is", "it answers", "answers"] : ["are", "they answer", "answer"];
    return {
      kind: "records",
      effect: "in-place",
      text:
        old === young
          ? `${sets} ${are} looked up again, as the registry changes: what ${they} stays.`
          : `${sets} in ${zone ?? "a zone"} ${answer} with ${young || "nothing"}; before: ${old || "nothing"}.`,
      resources: same.map(({ change }) => change),
    };
  });
};
