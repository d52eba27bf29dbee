import { mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { isObject, UserError } from "../../packages/common/util";
import { locked } from "../engine/lock";
import { ownFolder } from "../engine/own-folder";
import type { LoadedSettings } from "../../src/settings/load";
import { PrivateRegistryStack } from "../../src/stack";
import { App } from "../../src/terraform";
import type { StackFiles } from "../../src/terraform/stack-files";

/** What a synthesis wrote. */
export interface Synthesized {
  readonly stack: PrivateRegistryStack;
  /** Path of the Terraform JSON, relative to the current folder. */
  readonly file: string;
}

/**
 * Writes the Terraform JSON of the settings.
 *
 * @throws UserError if the network is wrong; then nothing is written
 */
export function synthesize({ settings, files }: LoadedSettings): Synthesized {
  const folder = files.output;
  mkdirSync(dirname(folder), { recursive: true });
  // Written beside, and moved: with a full disk, or if the network is wrong, what was synthesized before stays as it is.
  const beside = ownFolder(join(dirname(folder), `.${basename(folder)}.`));
  try {
    const app = new App({ stackTraces: false, outdir: beside });
    const stack = new PrivateRegistryStack(app, settings, files);
    app.synth();
    const file = join("stacks", stack.node.id, "cdk.tf.json");
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    for (const written of [file, "manifest.json"]) renameSync(join(beside, written), join(folder, written));
    return { stack, file: `${folder}/${file.split(sep).join("/")}` };
  } catch (error) {
    if (!isObject(error) || !("syscall" in error)) throw error;
    throw new UserError(
      `Can't write to ${folder}: ${(error as unknown as Error).message}. What was synthesized before is still there.`,
    );
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

/**
 * Does work in the folder of a stack, which no other command does at the same time. Those that only read the state there may.
 *
 * @throws UserError with who does, if another command works there
 */
export function lockedStack<T>({ lockFile, output }: StackFiles, work: () => Promise<T> | T): Promise<T> {
  return locked(lockFile, { what: output }, work);
}
