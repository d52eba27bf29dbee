import { networksOf } from "../findings/finding";
import { isBlocking } from "../findings/ignore";
import type { Preview } from "../preview";
import type { Lookup } from "../trace";
import { count, groupBy } from "../../../common/util";
import { reachableText } from "./answers";

/** A finding makes the command fail, something is to be looked at, or all is known and right. */
export type Sign = "❌" | "⚠️" | "✅";

/** How many there are of what a preview has. Ignored findings are neither errors nor warnings. */
export interface Counts {
  readonly networks: number;
  readonly answers: number;
  readonly reachable: number;
  readonly notReachable: number;
  readonly notKnown: number;
  readonly errors: number;
  readonly warnings: number;
  readonly ignored: number;
}

/** A preview in a sign and a few words: what each format says first. */
export interface Summary {
  readonly sign: Sign;
  /** What matters most: "6 of 9 answers are not reachable". */
  readonly headline: string;
  readonly counts: Counts;
  /** "3 networks, 9 answers: 6 reachable, 3 not". */
  readonly answers: string;
  /** "1 error, 0 warnings". */
  readonly findings: string;
}

/** How many networks, answers and findings there are, and what they come to. */
export function summaryOf({ lookups, findings }: Pick<Preview, "lookups" | "findings">): Summary {
  const reached = groupBy(lookups, reachableText);
  const [answers, reachable, notKnown] = [lookups, reached.get("yes"), reached.get("not known")].map(sizeOf) as Three;
  const notReachable = answers - reachable - notKnown;
  const networks = networksOf(lookups).length;
  const judged = findings.filter(({ ignored }) => !ignored);
  const errors = judged.filter(isBlocking).length;
  const warnings = judged.length - errors;
  const ignored = findings.length - judged.length;
  // Green only for what is known and right, and of which nothing is reported.
  const right = answers > 0 && reachable === answers && judged.length === 0;
  const ofAll = (some: number) => `${some} of ${count(answers, "answer")} ${some === 1 ? "is" : "are"}`;
  return {
    sign: errors > 0 ? "❌" : right ? "✅" : "⚠️",
    headline:
      answers === 0
        ? "No network asks for the name of a private endpoint"
        : notReachable > 0
          ? `${ofAll(notReachable)} not reachable`
          : notKnown > 0
            ? `${ofAll(notKnown)} not known from this file`
            : errors > 0
              ? count(errors, "error")
              : warnings > 0
                ? `No error, and ${count(warnings, "warning")}`
                : "Each network reaches all of its answers",
    counts: { networks, answers, reachable, notReachable, notKnown, errors, warnings, ignored },
    answers: `${count(networks, "network")}, ${count(answers, "answer")}: ${reachable} reachable, ${notReachable} not${notKnown > 0 ? `, ${notKnown} not known` : ""}`,
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
