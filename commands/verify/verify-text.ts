import type { Colors } from "picocolors/types";
import { Table, WIDTH } from "../../packages/common/text";
import { count } from "../../packages/common/util";
import type { Check } from "./checks";
import type { SpokeResult, Verification } from "./verify";

/** The result as text: a table for each spoke, a table for the registry, and a line with counts. */
export function verificationText(
  { spokes, checks }: Pick<Verification, "spokes" | "checks">,
  colors: Colors,
  width = WIDTH,
): string {
  return [
    ...spokes.map(({ spoke, machine, checks }) => checksTable(`${spoke}, on ${machine}`, checks, colors, width)),
    checksTable("The registry", checks, colors, width),
    `${countsText({ spokes, checks })}.`,
  ].join("\n\n");
}

/** How many checks there are, and how many have passed. */
export function countsText({ spokes, checks }: Pick<Verification, "spokes" | "checks">): string {
  const all = [...spokes.flatMap((spoke) => spoke.checks), ...checks];
  const counted = (status: Check["status"]) => all.filter((check) => check.status === status).length;
  return `${count(spokes.length, "spoke")}, ${count(all.length, "check")}: ${counted("passed")} passed, ${counted("failed")} failed, ${counted("skipped")} skipped`;
}

function checksTable(title: string, checks: SpokeResult["checks"], colors: Colors, width: number): string {
  const table = new Table(["Check", "Found", "Time", "Status"], colors, width);
  const paint = { passed: colors.green, failed: colors.red, skipped: colors.yellow };
  for (const { what, found, ms, status, advice } of checks) {
    const lines = [...(found ? [found] : []), ...(advice ? [`> ${advice}`] : [])];
    table.add([what, lines, ms === undefined ? "" : `${ms} ms`, status], paint[status]);
  }
  return `${colors.bold(title)}\n${table.toString()}`;
}
