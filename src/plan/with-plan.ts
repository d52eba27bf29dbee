import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Engine, WorkingDirectory } from "../engine/engine";
import { stackFolder } from "../terraform/stack-folder";
import { PlanProgress } from "./progress";

/**
 * Plans the synthesized stack, with progress on standard error, and passes the plan to a function. The plan file may
 * contain secrets: only its owner can read it, and it is deleted afterwards.
 *
 * @param use - gets the object that `terraform show -json` prints of the plan, and the plan file
 * @throws EngineError if the engine can't plan
 */
export async function withPlan<T>(
  engine: Engine,
  { parallelism }: { readonly parallelism?: number },
  use: (json: unknown, planFile: string) => T,
): Promise<T> {
  const progress = new PlanProgress(process.stderr);
  const working = new WorkingDirectory({ engine, folder: stackFolder(), onEvent: progress.onEvent });
  const folder = mkdtempSync(join(tmpdir(), "plan-"));
  const out = join(folder, "plan.tfplan");
  try {
    console.error(`${engine.command} init and plan in ${stackFolder()}`);
    await working.init();
    try {
      await working.plan({ out, ...(parallelism !== undefined && { parallelism }) });
    } finally {
      progress.end();
    }
    chmodSync(out, 0o600);
    return use(await working.show(out), out);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
