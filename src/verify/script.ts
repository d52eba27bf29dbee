import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A script for a VM: what the scripts share, then its own. */
export function scriptFor(task: "probe" | "push"): string {
  return ["common.sh", `${task}.sh`].map((file) => readFileSync(join(__dirname, file), "utf8")).join("\n");
}
