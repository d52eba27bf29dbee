import { count, groupBy } from "private-link-preview/util";
import { type Draft, type Kind, effectOf, nameOf, verb } from "../change";
import { inWords, reasonInWords } from "../differences";
import { inventory, noun } from "../inventory";
import type { ResourceChange } from "../plan";
import { tellingDifferences } from "./dns";

/** What changes in place, with the same words for all resources of a type that change alike. */
export const inPlace: Kind = (plan, open) => {
  const words = (change: ResourceChange) => inWords(tellingDifferences(plan, change)) || "Terraform does not say what";
  const updated = open.filter(({ action }) => action === "update");
  return [...groupBy(updated, (change) => `${change.type} ${words(change)}`).values()].map((same): Draft => {
    const first = same[0]!;
    const subject =
      same.length === 1 ? `The ${noun(first.type)} ${nameOf(first)} changes` : `${inventory(same)} change`;
    return { kind: "in-place", effect: "in-place", text: `${subject} in place: ${words(first)}.`, resources: same };
  });
};

/** What is made anew, with the attribute for which it can't stay. */
export const replaced: Kind = (_, open) =>
  open
    .filter(({ action }) => action === "replace")
    .map((change) => ({
      kind: "replaced",
      effect: "replaced",
      text: `The ${noun(change.type)} ${nameOf(change)} is replaced: ${reasonInWords(change)}.`,
      resources: [change],
    }));

/** All that no other kind has words for, by what happens to it. */
export const other: Kind = (_, open) =>
  [...groupBy(open, ({ action }) => action)].map(([action, resources]): Draft => {
    const effect = effectOf(resources[0]!);
    const [these, them] = [count(resources.length, "more resource"), resources.length > 1 ? "them" : "it"];
    const what =
      action === "forget"
        ? `Terraform forgets ${these}, and leaves ${them} as before`
        : action === "import"
          ? `Terraform takes ${these} over as before`
          : `${these} ${verb(effect, resources.length > 1)}`;
    const text = `${what}: ${resources.map(({ address }) => address).join(", ")}.`;
    return { kind: "other", effect, text, resources };
  });
