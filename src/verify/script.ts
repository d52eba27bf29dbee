import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The text of a script for a VM: the common part, then the part of its own. */
export function scriptFor(task: "probe" | "push"): string {
  return ["common.sh", `${task}.sh`].map((file) => readFileSync(join(__dirname, file), "utf8")).join("\n");
}
