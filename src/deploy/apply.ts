import { chmodSync, existsSync } from "node:fs";
import { InvalidArgumentError } from "commander";
import { UserError } from "private-link-preview/util";
import { requireApproval } from "../cli/approval";
import { Progress } from "../cli/progress";
import { EngineError, type Engine, type EngineEvent, WorkingDirectory } from "../engine/engine";
import { parallelismFor } from "../engine/parallelism";
import { STACK_ID, stackFolder } from "../terraform/stack-folder";

/** How plans are applied. */
export interface ApplyOptions {
  readonly engine: Engine;
  /** Whether to apply without asking. */
  readonly autoApprove: boolean;
  /** Operations at the same time, at most. Absent if the user's variables of Terraform say it. */
  readonly parallelism?: number;
}

/**
 * Asks, unless told not to, and applies exactly the plan in a file, with progress on standard error.
 *
 * @param total - how many resources the plan changes
 * @throws UserError if the answer is not yes, or if the state has changed since the plan was made
 * @throws EngineError if the engine fails
 */
export async function applyPlan(planFile: string, total: number, options: ApplyOptions): Promise<void> {
  const { engine, autoApprove, parallelism } = options;
  if (!autoApprove) await requireApproval();
  for (const file of [`terraform.${STACK_ID}.tfstate`, `terraform.${STACK_ID}.tfstate.backup`]) keepPrivate(file);
  const progress = new Progress();
  const began = performance.now();
  let done = 0;
  const onEvent = (event: EngineEvent) => {
    if (!("address" in event)) return;
    if (event.type === "apply_complete") done += 1;
    progress.update(`${timeText(performance.now() - began)}: ${done} of ${total} done, ${event.address}`);
  };
  try {
    const directory = new WorkingDirectory({ engine, folder: stackFolder(), onEvent });
    await directory.apply(planFile, parallelism === undefined ? {} : { parallelism });
  } catch (error) {
    if (!(error instanceof EngineError) || !/\bplan is stale\b/i.test(error.message)) throw error;
    throw new UserError(
      "Nothing was applied: the state has changed since the plan was made. Make a new plan, and review it again.",
    );
  } finally {
    progress.clear();
  }
}

/** A local state that others on this machine could read, as an engine creates it by itself. It may hold a private key. */
function keepPrivate(file: string): void {
  if (process.platform !== "win32" && existsSync(file)) chmodSync(file, 0o600);
}

/** A time for people: "58 s", "12 min". */
export function timeText(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** Reads the value of an option: a whole number from 1. */
export function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("Allowed: a whole number from 1.");
  return number;
}

/**
 * How many operations at the same time: what an option says, or else a variable of Terraform, or else what suits the stack.
 *
 * @param json - Terraform JSON of the stack
 */
export function chosenParallelism(
  option: number | undefined,
  { env }: Engine,
  json: unknown,
): { parallelism?: number } {
  if (option !== undefined) return { parallelism: option };
  const isSaid = Object.entries(env).some(
    ([name, value = ""]) => /^TF_CLI_ARGS(_|$)/.test(name) && value.includes("-parallelism"),
  );
  return isSaid ? {} : { parallelism: parallelismFor(json) };
}
