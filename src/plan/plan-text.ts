import type { Colors } from "picocolors/types";
import type { Change, Effect } from "./change";
import type { PlanReport } from "./index";
import type { Warning } from "./warnings";
import { findingText, WIDTH } from "private-link-preview/text";
import { count, groupBy, wrap } from "private-link-preview/util";

/** Changes, or warnings, of one kind that are told one by one. */
const TOLD = 8;

/** Resources that are named below a warning. */
const NAMED = 6;

const SIGNS: Readonly<Record<Effect, string>> = { comes: "+", goes: "-", replaced: "±", "in-place": "~" };

/** What a plan does, for people: the changes, what may hurt, what would be wrong afterwards, and a line with counts. */
export function changesText({ changes, warnings, counts, findings }: PlanReport, colors: Colors): string {
  const wrong = findings.filter(({ severity }) => severity === "error");
  const stops = warnings.filter(({ severity }) => severity === "stop").length;
  const { add, change, replace, destroy } = counts;
  return [
    changes.length === 0 ? "No change: the network is as the settings say." : changeLines(changes, colors),
    ...told(warnings, ({ code }) => code).map((one) => (typeof one === "string" ? one : warningText(one, colors))),
    ...(wrong.length > 0 ? [colors.bold("Once it is applied:"), ...wrong.map((one) => findingText(one, colors))] : []),
    ...(changes.length === 0 && warnings.length === 0
      ? []
      : [
          `${add} to add, ${change} to change in place, ${replace} to replace, ${destroy} to destroy. ` +
            `${count(warnings.length - stops, "warning")}, ${count(stops, "stop")}.`,
        ]),
  ].join("\n\n");
}

function changeLines(changes: readonly Change[], colors: Colors): string {
  const paint = { comes: colors.green, goes: colors.red, replaced: colors.red, "in-place": colors.yellow };
  return told(changes, ({ kind, effect }) => `${kind} ${effect}`)
    .flatMap((change) => {
      if (typeof change === "string") return [`  ${change}`];
      const [first = "", ...rest] = wrap(change.text, WIDTH - 2);
      return [`${paint[change.effect](SIGNS[change.effect])} ${first}`, ...rest.map((line) => `  ${line}`)];
    })
    .join("\n");
}

function warningText({ severity, code, message, resources }: Warning, colors: Colors): string {
  const paint = severity === "stop" ? colors.red : colors.yellow;
  const rest = resources.length - NAMED;
  const shown = rest > 1 ? [...resources.slice(0, NAMED), `and ${rest} more`] : resources;
  return [
    `${paint(severity)} ${colors.bold(code)}`,
    ...wrap(message, WIDTH - 2).map((line) => `  ${line}`),
    ...shown.map((resource) => colors.dim(`  - ${resource}`)),
  ].join("\n");
}

/** All of a sort one by one, unless they are too many: then some, and how many more. */
function told<T extends { readonly resources: readonly string[] }>(
  all: readonly T[],
  sort: (one: T) => string,
): (T | string)[] {
  return [...groupBy(all, sort).values()].flatMap((same): (T | string)[] => {
    const more = same.slice(TOLD);
    if (more.length <= 1) return same;
    const resources = new Set(more.flatMap((one) => one.resources)).size;
    return [
      ...same.slice(0, TOLD),
      `and ${more.length} more like that: ${count(resources, "resource")}; all are in the output of --json`,
    ];
  });
}
