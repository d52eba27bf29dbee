import { basename, dirname, join, resolve } from "node:path";

/** Id of the stack, and so of its folder. */
export const STACK_ID = "private-registry";

/** The Terraform JSON and the state of an environment, so that no two environments share anything. */
export interface StackFiles {
  /** Folder that a synthesis writes to. */
  readonly output: string;
  /** Folder of the stack's Terraform JSON, in which Terraform runs; an absolute path. */
  readonly folder: string;
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
    lockFile: join(dirname(output), `.${basename(output)}.lock`),
    stateFile: `terraform.${STACK_ID}${suffix}.tfstate`,
    stateKey: `${STACK_ID}${suffix}.tfstate`,
  };
}
