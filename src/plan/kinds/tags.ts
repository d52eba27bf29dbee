import { count, groupBy } from "private-link-preview/util";
import type { Kind } from "../change";
import { type Difference, differences, inWords } from "../differences";
import type { Plan, ResourceChange } from "../plan";
import { tellingDifferences } from "./dns";

/** Whether a difference is one of tags: the resource's own, or those of a registry's replica. */
function isTag({ path }: Difference): boolean {
  return /(^|\.)tags(\.|$)/.test(path);
}

/** Tags change and nothing else, with the same words for all resources in which they do so alike. */
export const tags: Kind = (plan, open) => {
  const tagged = open.filter((change) => change.action === "update" && onlyTags(plan, change));
  return [...groupBy(tagged, words)].map(([text, resources]) => ({
    kind: "tags",
    effect: "in-place",
    text: `Tags change in ${count(resources.length, "resource")}, in place: ${text}.`,
    resources,
  }));
};

function onlyTags(plan: Plan, change: ResourceChange): boolean {
  const found = tellingDifferences(plan, change);
  return found.length > 0 && found.every(isTag);
}

function words(change: ResourceChange): string {
  const own = differences(change)
    .filter(isTag)
    .map((difference) => ({
      ...difference,
      path: difference.path.replace(/^.*\btags\.?/, ""),
    }));
  return [...new Set(own.map((difference) => inWords([difference])))].sort().join("; ");
}
