import { hubName, networkOf, peeredPart, resourceGroupOf } from "../../src/terraform/logical-ids";
import { differencesText, forcingDifferences } from "./differences";
import type { Plan, ResourceChange } from "./plan";

/**
 * The part with which a resource is created, destroyed or replaced as a whole, if there is one. A peering belongs to
 * either of its parts: to the spoke rather than to the hub.
 */
export function wholePartOf({ changedParts }: Plan, { part, role, effect }: ResourceChange): string | undefined {
  if (part === undefined) return undefined;
  return [part, peeredPart(role) ?? part]
    .sort((a, b) => Number(hubName(a) !== undefined) - Number(hubName(b) !== undefined))
    .find((one) => changedParts.has(one) && !(changedParts.get(one) === "replaced" && effect === "updated"));
}

/** Why a hub or spoke is replaced: what can't be updated in place in its network, or in its resource group. */
export function partReason({ changes }: Plan, part: string): string {
  const reasonOf = (address: string) =>
    differencesText(
      changes
        .filter((change) => change.address === address)
        .flatMap(forcingDifferences)
        .filter(({ known }) => known),
    );
  return reasonOf(networkOf(part)) || reasonOf(resourceGroupOf(part)) || "Terraform gives no reason";
}

/** Region of a part that is created or destroyed. */
export function partLocation({ resourcesBefore, resourcesAfter }: Plan, part: string): string | undefined {
  const group = resourcesAfter.get(resourceGroupOf(part)) ?? resourcesBefore.get(resourceGroupOf(part));
  return typeof group?.values.location === "string" ? group.values.location : undefined;
}

/** Whether the network of a part is created here. One that exists stays, whatever is created for it. */
export function isManaged({ resourcesBefore, resourcesAfter }: Plan, part: string): boolean {
  return [resourcesBefore, resourcesAfter].some((resources) => resources.has(networkOf(part)));
}
