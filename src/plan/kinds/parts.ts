import { type Draft, type Kind, partInWords, sentence } from "../change";
import { forcingDifferences, inWords } from "../differences";
import { counted } from "../inventory";
import { type Fate, type Plan, type ResourceChange, networkOf, resourceGroupOf } from "../plan";

/** A spoke, or the hub, joins, leaves or is replaced, with all that belongs to it and the others' peerings to it. */
export const parts: Kind = (plan, open) => {
  const claimed = new Set<ResourceChange>();
  // A peering belongs to the spoke rather than to the hub, if both are concerned.
  const spokesFirst = [...plan.fates].sort(([a], [b]) => Number(a === "hub") - Number(b === "hub"));
  return spokesFirst.flatMap(([part, fate]): Draft[] => {
    const belongs = (change: ResourceChange) =>
      !claimed.has(change) &&
      (change.part === part || (change.part !== undefined && change.role === `peering-to-${part}`)) &&
      (fate !== "is replaced" || change.action !== "update");
    const resources = open.filter(belongs);
    resources.forEach((change) => claimed.add(change));
    if (resources.length === 0) return [];
    const subject = sentence(partInWords(part));
    const effect = ({ joins: "comes", leaves: "goes", "is replaced": "replaced" } as const)[fate];
    return [
      {
        kind: "part",
        effect,
        text: `${subject} ${fate}${detail(plan, part, fate)}: ${counted(resources)}.`,
        resources,
      },
    ];
  });
};

function detail(plan: Plan, part: string, fate: Fate): string {
  if (fate === "is replaced") return ` (${reasonFor(plan, part)})`;
  const location = (fate === "joins" ? plan.resourcesAfter : plan.resourcesBefore).get(resourceGroupOf(part))?.values
    .location;
  return typeof location === "string" ? `, ${fate === "joins" ? "in" : "from"} ${location}` : "";
}

/** Why a hub or spoke is replaced: what can't be changed in place in its network and its group. */
export function reasonFor({ changes }: Plan, part: string): string {
  const known = (address: string) =>
    inWords(
      changes
        .filter((change) => change.address === address)
        .flatMap(forcingDifferences)
        .filter(({ known }) => known),
    );
  const network = known(networkOf(part));
  return network || known(resourceGroupOf(part)) || "Terraform does not say why";
}
