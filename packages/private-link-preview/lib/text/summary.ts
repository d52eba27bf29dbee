import { networksOf } from "../findings/finding";
import { isBlocking } from "../findings/ignore";
import type { Preview } from "../preview";
import type { Lookup } from "../resolver";
import { groupBy } from "../../../common/util/collections";
import { count } from "../../../common/util/words";
import { reachableText } from "./answers";

/** A finding makes the command fail, something is to be looked at, or all is known and right. */
export type Sign = "❌" | "⚠️" | "✅";

/** A preview in a sign and a few words: what each format says first. */
export interface Summary {
  readonly sign: Sign;
  /** What matters most: "6 of 9 answers are not reachable". */
  readonly headline: string;
  /** "3 networks, 9 answers: 6 reachable, 3 not". */
  readonly answers: string;
  /** "1 error, 0 warnings". */
  readonly findings: string;
}

/** How many networks, answers and findings there are, and what they come to. */
export function summaryOf({ lookups, findings }: Pick<Preview, "lookups" | "findings">): Summary {
  const byReach = groupBy(lookups, reachableText);
  const [yes, unknown, all] = [byReach.get("yes"), byReach.get("not known"), lookups].map(sizeOf) as Three;
  const judged = findings.filter(({ ignored }) => !ignored);
  const errors = judged.filter(isBlocking).length;
  const warnings = judged.length - errors;
  const ignored = findings.length - judged.length;
  // Green only for what is known and right, and of which nothing is reported.
  const right = all > 0 && yes === all && judged.length === 0;
  const ofAll = (some: number) => `${some} of ${count(all, "answer")} ${some === 1 ? "is" : "are"}`;
  return {
    sign: errors > 0 ? "❌" : right ? "✅" : "⚠️",
    headline:
      all === 0
        ? "No network asks for the name of a private endpoint"
        : yes + unknown < all
          ? `${ofAll(all - yes - unknown)} not reachable`
          : unknown > 0
            ? `${ofAll(unknown)} not known from this file`
            : errors > 0
              ? count(errors, "error")
              : warnings > 0
                ? `No error, and ${count(warnings, "warning")}`
                : "Each network reaches all of its answers",
    answers: `${count(networksOf(lookups).length, "network")}, ${count(all, "answer")}: ${yes} reachable, ${all - yes - unknown} not${unknown > 0 ? `, ${unknown} not known` : ""}`,
    findings: `${count(errors, "error")}, ${count(warnings, "warning")}${ignored > 0 ? `, ${ignored} ignored` : ""}`,
  };
}

type Three = [number, number, number];

/** How many answers lookups stand for. */
function sizeOf(lookups: readonly Lookup[] = []): number {
  return lookups.reduce((sum, { alike = [] }) => sum + 1 + alike.length, 0);
}

/** A preview in one line. */
export function countsLine(preview: Pick<Preview, "lookups" | "findings">): string {
  const { answers, findings } = summaryOf(preview);
  return `${answers}. ${findings}.`;
}
