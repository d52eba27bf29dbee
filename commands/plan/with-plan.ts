import { say } from "../../packages/common/text";
import { copyFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { announce, type SettingsOption, settingsFor } from "../cli/settings-option";
import { type Engine, findEngine, type PlanOptions, WorkingDirectory } from "../engine/engine";
import { inOwnFolder } from "../engine/own-folder";
import type { PrivateRegistryStack } from "../../src/stack";
import type { StackFiles } from "../../src/terraform/stack-files";
import { synthesize } from "../../main";
import { lockedStack } from "../synth/locked-stack";
import { PlanProgress } from "./progress";

/** A stack that is synthesized, and the engine that plans it. */
export interface PreparedStack {
  readonly engine: Engine;
  readonly files: StackFiles;
  readonly stack: PrivateRegistryStack;
}

/**
 * Synthesizes the stack of the settings, says which environment that is, and works with it. Meanwhile no other command can
 * write another stack in its place.
 *
 * @throws UserError if there is no engine, if the settings or the network are wrong, or if another command is at work
 */
export async function withStack<T>(options: SettingsOption, work: (made: PreparedStack) => Promise<T>): Promise<T> {
  const engine = findEngine(process.env);
  const loaded = settingsFor(options);
  return await lockedStack(loaded.files, () => {
    const stack = synthesize(loaded);
    announce(loaded);
    return work({ engine, files: loaded.files, stack });
  });
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
  return await inOwnFolder(join(tmpdir(), "private-registry-plan-"), async (folder) => {
    const out = join(folder, "plan.tfplan");
    // What is shown and approved is what is applied, whatever is written to the file that was given.
    if (planFile !== undefined) copyFileSync(planFile, out);
    say(`${engine.command} init and ${planFile === undefined ? "plan" : "show"} in ${files.folder}`);
    await directory.init();
    let hasChanges = true;
    if (planFile === undefined) {
      try {
        hasChanges = await directory.plan({ ...options, out });
      } finally {
        progress.end();
      }
    }
    return await use({ json: await directory.show(out), planFile: out, hasChanges });
  });
}
