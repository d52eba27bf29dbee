import { mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { isObject, UserError } from "../../packages/common/util";

/** Id of the stack, and so of its folder. */
export const STACK_ID = "private-registry";

/** The Terraform JSON and the state of an environment, so that no two environments share anything. */
export interface StackFiles {
  /** Folder that a synthesis writes to. */
  readonly output: string;
  /** Folder of the stack's Terraform JSON, in which Terraform runs; an absolute path. */
  readonly folder: string;
  /** The Terraform JSON, as messages name it: relative to the current folder, with slashes. */
  readonly file: string;
  /** File that exists while a command works in that folder. */
  readonly lockFile: string;
  /** Name of a local state, in the directory in which the command runs. */
  readonly stateFile: string;
  /** Name of the blob of a remote state, unless the settings have one. */
  readonly stateKey: string;
}

/**
 * The files of an environment.
 *
 * @param environment - its name; undefined for that of `cdktf.json`, the only one that the cdktf CLI knows
 */
export function stackFilesOf(environment?: string): StackFiles {
  const suffix = environment === undefined ? "" : `.${environment}`;
  const output = `${process.env.CDKTF_OUTDIR ?? "cdktf.out"}${suffix}`;
  return {
    output,
    folder: resolve(output, "stacks", STACK_ID),
    file: `${output}/stacks/${STACK_ID}/cdk.tf.json`,
    lockFile: join(dirname(output), `.${basename(output)}.lock`),
    stateFile: `terraform.${STACK_ID}${suffix}.tfstate`,
    stateKey: `${STACK_ID}${suffix}.tfstate`,
  };
}

/**
 * Lets a synthesis write to a folder beside that of the environment, and moves what it wrote: with a full disk, or if the
 * network is wrong, what was synthesized before stays as it is.
 *
 * @throws UserError if nothing can be written there
 */
export function intoOutput<T>({ output, folder }: StackFiles, synthesis: (outdir: string) => T): T {
  let beside: string | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    beside = mkdtempSync(join(dirname(output), `.${basename(output)}.`));
    const result = synthesis(beside);
    for (const file of [join("stacks", STACK_ID, "cdk.tf.json"), "manifest.json"])
      renameSync(join(beside, file), join(output, file));
    return result;
  } catch (error) {
    if (!isObject(error) || !("syscall" in error)) throw error;
    throw new UserError(
      `Can't write to ${output}: ${(error as unknown as Error).message}. What was synthesized before is still there.`,
    );
  } finally {
    if (beside !== undefined) rmSync(beside, { recursive: true, force: true });
  }
}
