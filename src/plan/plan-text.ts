import type { Colors } from "picocolors/types";
import { isBlocking } from "private-link-preview";
import { findingText, WIDTH } from "private-link-preview/text";
import { count, groupBy, wrap } from "private-link-preview/util";
import { type Change, EFFECTS } from "./change";
import type { PlanReport } from "./index";

/** Changes of one kind, or findings of one code, that are shown one by one. */
const MOST_SHOWN = 8;

/** A plan as text: the changes, the findings, and a line with counts. */
export function planText(
  { changes, findings, counts, notices = [] }: PlanReport,
  colors: Colors,
  width = WIDTH,
): string {
  const { add, change, replace, destroy } = counts;
  const errors = findings.filter(isBlocking).length;
  const ignored = findings.filter(({ ignored }) => ignored).length;
  const ignoredText = ignored > 0 ? `, ${ignored} ignored` : "";
  return [
    changes.length === 0 ? "No changes. The network matches the settings." : changeLines(changes, colors, width),
    ...shortened(findings, ({ code }) => code).map((one) =>
      typeof one === "string" ? one : findingText(one, colors, width),
    ),
    ...notices.map((notice) => `${colors.yellow("warning")} ${notice}`),
    ...(changes.length === 0 && findings.length === 0
      ? []
      : [
          `${add} to add, ${change} to change, ${replace} to replace, ${destroy} to destroy. ` +
            `${count(errors, "error")}, ${count(findings.length - errors - ignored, "warning")}${ignoredText}.`,
        ]),
  ].join("\n\n");
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
