import type { Colors } from "picocolors/types";
import { Table, WIDTH } from "../../packages/common/text";
import { count } from "../../packages/common/util";
import { verificationText } from "../verify/verify-text";
import type { Step } from "./rehearsal";

/** The steps of a rehearsal as a table. */
export function rehearsalText(steps: readonly Step[], colors: Colors, width = WIDTH): string {
  const table = new Table(["Step", "Time", "Requests", "Outcome"], colors, width);
  for (const { name, seconds, requests, outcome, passed, applies = 1, imports = [] } of steps) {
    const imported = imports.length > 0 ? ` and ${count(imports.length, "import")}` : "";
    const again = applies > 1 ? `, in ${applies} applies${imported}` : "";
    table.add(
      [name, `${seconds.toFixed(1)} s`, String(requests), `${passed ? "" : "failed: "}${outcome}${again}`],
      passed ? undefined : colors.red,
    );
  }
  return table.toString();
}

/** The critical path of a deployment, in a few lines; empty if nothing on it took noticeable time. */
export function criticalPathText({ name, criticalPath = [] }: Step): string {
  const links = criticalPath.filter(({ seconds }) => seconds >= 0.5);
  if (links.length === 0) return "";
  return [
    `Critical path of ${name}:`,
    ...links.map(({ address, seconds }) => `  ${seconds.toFixed(1).padStart(7)} s  ${address}`),
  ].join("\n");
}

/** What test VMs met on their way to the image, step by step, and what was not as in Azure; empty if a step pulled nothing. */
export function walkText({ name, verification, limits = [] }: Step, colors: Colors, width = WIDTH): string {
  if (!verification) return "";
  return [
    colors.bold(name),
    verificationText(verification, colors, width),
    limits.map((limit) => `- ${limit}`).join("\n"),
  ].join("\n\n");
}
