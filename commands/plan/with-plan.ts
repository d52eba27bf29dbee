import { say } from "../../packages/common/text";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { announce, type SettingsOption, settingsFor } from "../cli/settings-option";
import { type Engine, findEngine, type PlanOptions, WorkingDirectory } from "../engine/engine";
import { guarded } from "../engine/interruption";
import type { PrivateRegistryStack } from "../../src/stack";
import type { StackFiles } from "../../src/terraform/stack-files";
import { synthesize } from "../synth/synthesize";
import { PlanProgress } from "./progress";

/** A stack that is synthesized, and the engine that plans it. */
export interface PreparedStack {
  readonly engine: Engine;
  readonly files: StackFiles;
  readonly stack: PrivateRegistryStack;
}

/**
 * Synthesizes the stack of the settings, and says which environment that is.
 *
 * @throws UserError if there is no engine, or if the settings or the network are wrong
 */
export function preparedStack(options: SettingsOption): PreparedStack {
  const engine = findEngine(process.env);
  const loaded = settingsFor(options);
  const { stack } = synthesize(loaded);
  announce(loaded);
  return { engine, files: loaded.files, stack };
}

/** What to plan. */
export interface WithPlanOptions extends Omit<PlanOptions, "out"> {
  /** A plan file that exists, to be used instead of planning. */
  readonly planFile?: string;
}

/** A plan, and what to do with it. */
export interface MadePlan {
  /** The object that `terraform show -json` prints of the plan. */
  readonly json: unknown;
  readonly planFile: string;
  /** Whether it changes anything. A plan that was made before is taken to do so. */
  readonly hasChanges: boolean;
}

/**
 * Plans the synthesized stack, with progress on standard error, and passes the plan to a function. The plan file may
 * contain secrets: only its owner can read it, and it is deleted afterwards, also if a signal ends the command.
 *
 * @throws EngineError if the engine can't plan, or can't read the plan file
 */
export async function withPlan<T>(
  { engine, files }: Pick<PreparedStack, "engine" | "files">,
  { planFile, ...options }: WithPlanOptions,
  use: (plan: MadePlan) => Promise<T> | T,
): Promise<T> {
  const progress = new PlanProgress(process.stderr);
  const directory = new WorkingDirectory({ engine, folder: files.folder, onEvent: progress.onEvent });
  const folder = mkdtempSync(join(tmpdir(), "plan-"));
  const cleanUp = () => {
    rmSync(folder, { recursive: true, force: true });
  };
  return await guarded({ cleanUp }, async () => {
    say(`${engine.command} init and ${planFile === undefined ? "plan" : "show"} in ${files.folder}`);
    await directory.init();
    const out = planFile === undefined ? join(folder, "plan.tfplan") : resolve(planFile);
    let hasChanges = true;
    if (planFile === undefined) {
      try {
        hasChanges = await directory.plan({ ...options, out });
      } finally {
        progress.end();
      }
      chmodSync(out, 0o600);
    }
    return await use({ json: await directory.show(out), planFile: out, hasChanges });
  });
}
