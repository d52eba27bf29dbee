import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Settings of a script, which common.sh and probe.sh list: environment variables. */
export type ScriptSettings = Readonly<Record<`PROBE_${string}`, string>>;

/**
 * The text of a script for a VM: the common part, then the part of its own.
 *
 * @param settings - values without quotes; by default those of a test VM
 */
export function scriptFor(task: "probe" | "push", settings: ScriptSettings = {}): string {
  const text = ["common.sh", `${task}.sh`].map((file) => readFileSync(join(__dirname, file), "utf8")).join("\n");
  const exports = Object.entries(settings).map(([name, value]) => `export ${name}='${value}'\n`);
  return text.replace("\n", () => `\n${exports.join("")}`);
}
