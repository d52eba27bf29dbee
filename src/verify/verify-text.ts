import type { Colors } from "picocolors/types";
import { Table } from "private-link-preview/text";
import { count } from "private-link-preview/util";
import type { Check } from "./judge";
import type { SpokeResult, Verification } from "./verify";

/** Widths of the table's columns; with the five lines between and around them they make up the whole width. */
const COLUMNS = [12, 60, 11, 12];

/** The proof for people: a table a spoke, then what concerns the registry, and a line with counts. */
export function verificationText({ spokes, checks }: Verification, colors: Colors): string {
  const all = [...spokes.flatMap((spoke) => spoke.checks), ...checks];
  const counted = (verdict: Check["verdict"]) => all.filter((check) => check.verdict === verdict).length;
  const notTried = counted("not tried");
  return [
    ...spokes.map((spoke) => spokeText(spoke, colors)),
    checksTable("The registry", checks, colors),
    `${count(spokes.length, "spoke")}, ${count(all.length, "check")}: ${counted("holds")} hold, ${counted("fails")} fail${notTried > 0 ? `, ${notTried} not tried` : ""}.`,
  ].join("\n\n");
}

function spokeText({ spoke, machine, checks }: SpokeResult, colors: Colors): string {
  return checksTable(`${spoke}, on ${machine}`, checks, colors);
}

function checksTable(title: string, checks: SpokeResult["checks"], colors: Colors): string {
  const table = new Table(["Check", "Found", "Time", "Verdict"], COLUMNS, colors);
  const paint = { holds: colors.green, fails: colors.red, "not tried": colors.yellow };
  for (const { what, found, ms, verdict, advice } of checks) {
    const lines = [...(found ? [found] : []), ...(advice ? [`> ${advice}`] : [])];
    table.add([what, lines, ms === undefined ? "" : `${ms} ms`, verdict], paint[verdict]);
  }
  return `${colors.bold(title)}\n${table.toString()}`;
}
