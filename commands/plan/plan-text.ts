import type { Colors } from "picocolors/types";
import { WIDTH } from "../../packages/common/text";
import { count, groupBy, wrap } from "../../packages/common/util";
import { isBlocking } from "../../packages/private-link-preview";
import { findingText } from "../../packages/private-link-preview/report";
import { type Change, EFFECTS } from "./change";
import { costText } from "../../src/azure/costs";
import type { PlanReport } from "./index";

/** Changes of one kind, or findings of one code, that are shown one by one. */
const MOST_SHOWN = 8;

/** A plan as text: the changes, the findings, and a line with counts. */
export function planText(report: PlanReport, colors: Colors, width = WIDTH): string {
  const { changes, findings, notices = [], monthlyCost } = report;
  const cost = costText(monthlyCost.before, monthlyCost.after);
  return [
    changes.length === 0 ? NO_CHANGES : changeLines(changes, colors, width),
    ...shortened(findings, ({ code }) => code).map((one) =>
      typeof one === "string" ? one : findingText(one, colors, width),
    ),
    ...notices.map((notice) => `${colors.yellow("warning")} ${notice}`),
    ...(changes.length === 0 && findings.length === 0 ? [] : [`${countsText(report)} ${findingCounts(report)}`]),
    ...(cost === "" ? [] : [wrap(cost, width).join("\n")]),
  ].join("\n\n");
}

/** What there is to say of a plan that changes nothing. */
export const NO_CHANGES = "No changes. The network matches the settings.";

/** How many resources a plan changes. */
export function countsText({ counts: { add, change, replace, destroy } }: PlanReport): string {
  return `${add} to add, ${change} to change, ${replace} to replace, ${destroy} to destroy.`;
}

/** How many findings there are. */
export function findingCounts({ findings }: PlanReport): string {
  const errors = findings.filter(isBlocking).length;
  const ignored = findings.filter(({ ignored }) => ignored).length;
  const ignoredText = ignored > 0 ? `, ${ignored} ignored` : "";
  return `${count(errors, "error")}, ${count(findings.length - errors - ignored, "warning")}${ignoredText}.`;
}

function changeLines(changes: readonly Change[], colors: Colors, width: number): string {
  const paint = { "+": colors.green, "-": colors.red, "±": colors.red, "~": colors.yellow };
  return shortened(changes, ({ kind, effect }) => `${kind} ${effect}`)
    .flatMap((change) => {
      if (typeof change === "string") return [`  ${change}`];
      const { sign } = EFFECTS[change.effect];
      const [first = "", ...rest] = wrap(change.text, width - 2);
      return [`${paint[sign](sign)} ${first}`, ...rest.map((line) => `  ${line}`)];
    })
    .join("\n");
}

/** All with the same key one by one, unless they are too many: then some of them, and how many more there are. */
function shortened<T extends { readonly resources: readonly string[] }>(
  all: readonly T[],
  key: (one: T) => string,
): (T | string)[] {
  return [...groupBy(all, key).values()].flatMap((same): (T | string)[] => {
    const more = same.slice(MOST_SHOWN);
    if (more.length <= 1) return same;
    const resources = new Set(more.flatMap((one) => one.resources)).size;
    return [
      ...same.slice(0, MOST_SHOWN),
      `and ${more.length} more of this kind, with ${count(resources, "resource")}; --json shows all`,
    ];
  });
}
