import { Progress, say } from "../../packages/common/text";
import { chmodSync, existsSync } from "node:fs";
import { type Command, Option } from "commander";
import { joinWords, UserError } from "../../packages/common/util";
import { requireApproval } from "../cli/approval";
import { PARALLELISM_OPTION } from "../cli/option-values";
import type { SettingsOption } from "../cli/settings-option";
import { type Engine, EngineError, type EngineEvent, WorkingDirectory } from "../engine/engine";
import { leftBehind, lostTrack } from "../engine/left-behind";
import { parallelismFor } from "../engine/parallelism";
import type { PreparedStack } from "../plan/with-plan";

/** How plans are applied. */
export interface ApplyOptions extends Pick<PreparedStack, "engine" | "files"> {
  /** Whether to apply without asking. */
  readonly autoApprove: boolean;
  /** Operations at the same time, at most. Absent if the user's variables of Terraform say it. */
  readonly parallelism?: number;
  /** Whether to import resources that exist, and that the plan would create. */
  readonly importExisting?: boolean;
}

/**
 * Asks, unless told not to, and applies exactly the plan in a file, with progress on standard error.
 *
 * @param total - how many resources the plan changes
 * @param takes - how long that may take, as a sentence; empty if there is nothing to say
 * @returns whether all of it is applied. If not, resources that exist were imported, and a new plan is needed
 * @throws UserError if the answer is not yes, if the state has changed since the plan was made, or if resources exist that
 * the plan would create
 * @throws EngineError if the engine fails
 */
export async function applyPlan(
  planFile: string,
  { total, takes }: { readonly total: number; readonly takes: string },
  options: ApplyOptions,
): Promise<boolean> {
  const { engine, files, autoApprove, parallelism } = options;
  if (!autoApprove) await requireApproval();
  if (takes !== "") say(takes);
  for (const file of [files.stateFile, `${files.stateFile}.backup`]) keepPrivate(file);
  const progress = new Progress();
  const began = performance.now();
  let done = 0;
  const onEvent = ({ type, address, action }: EngineEvent) => {
    // Data sources that are read along the way are not among the changes.
    if (type === "apply_complete" && action !== "read") done += 1;
    progress.update(`${timeText(performance.now() - began)}: ${done} of ${total} done, ${address}`);
  };
  const directory = new WorkingDirectory({ engine, folder: files.folder, onEvent });
  try {
    await directory.apply(planFile, parallelism === undefined ? {} : { parallelism });
    return true;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    progress.clear();
    return await continued(error, directory, options.importExisting ?? false);
  } finally {
    progress.clear();
  }
}

/** What can be done about an apply that failed: nothing but to say how to continue, or to import what exists. */
async function continued(error: EngineError, directory: WorkingDirectory, importExisting: boolean): Promise<false> {
  if (/\bplan is stale\b/i.test(error.message))
    throw new UserError(
      "Nothing was applied: the state has changed since the plan was made. Make a new plan, and review it again.",
    );
  const { diagnostics } = error;
  const existing = leftBehind(diagnostics);
  if (existing.length === 0 && lostTrack(diagnostics))
    throw new UserError(
      `${error.message}\n\nResources that were being created may exist in Azure without being in the state. To continue, and to import those: ${CONTINUE}`,
    );
  if (existing.length === 0) throw error;
  if (!importExisting) {
    const [exist, them] = existing.length === 1 ? ["exists", "it"] : ["exist", "them"];
    throw new UserError(
      `${error.message}\n\n${joinWords(existing.map(({ address }) => address))} ${exist} in Azure, and not in the state. If an interrupted deployment of yours has created ${them}, import ${them} and continue: ${CONTINUE}`,
    );
  }
  for (const { address, id } of existing) {
    say(`Importing ${address}: ${id}`);
    await directory.import(address, id);
  }
  return false;
}

const CONTINUE = "npm run deploy -- --import-existing";

/** A local state that others on this machine could read, as an engine creates it by itself. It may hold a private key. */
function keepPrivate(file: string): void {
  if (process.platform !== "win32" && existsSync(file)) chmodSync(file, 0o600);
}

/** A time for people: "58 s", "12 min". */
export function timeText(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** Adds the options that say how much is done at the same time, with those of cdktf that are still understood. */
export function parallelismOptions(command: Command): Command {
  return command
    .option(...PARALLELISM_OPTION)
    .addOption(new Option("--terraform-parallelism <n>").argParser(PARALLELISM_OPTION[2]).hideHelp())
    .addOption(new Option("--skip-provider-lock").hideHelp());
}

/** Options of the commands that apply a plan. */
export interface ApplyingOptions extends SettingsOption {
  readonly autoApprove?: boolean;
  readonly parallelism?: number;
  readonly terraformParallelism?: number;
}

/** How many operations at the same time: what an option says, or else a variable of Terraform, or else what suits the stack. */
export function chosenParallelism(
  { terraformParallelism, parallelism = terraformParallelism }: ApplyingOptions,
  { engine, stack }: { readonly engine: Engine; readonly stack: Pick<PreparedStack["stack"], "toTerraform"> },
): { parallelism?: number } {
  if (parallelism !== undefined) return { parallelism };
  const isSaid = Object.entries(engine.env).some(
    ([name, value = ""]) => /^TF_CLI_ARGS(_|$)/.test(name) && value.includes("-parallelism"),
  );
  return isSaid ? {} : { parallelism: parallelismFor(stack.toTerraform()) };
}
