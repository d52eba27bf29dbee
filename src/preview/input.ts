import { type Preview, previewOf } from "private-link-preview";
import { readJsonFile, UsageError } from "private-link-preview/util";
import { loadSettings } from "../settings/load";
import { stackInMemory } from "../synth/stack-in-memory";

/** Which network to preview: that of the settings, or that in a file. */
export interface InputOptions {
  /** Terraform JSON as synthesized. */
  readonly stack?: string;
  /** Output of `terraform show -json` for a state or a plan. */
  readonly state?: string;
}

/** Options and their help, for the commands that take them. */
export const INPUT_OPTIONS = [
  ["--stack <file>", "another Terraform JSON file, as synthesized"],
  ["--state <file>", "output of terraform show -json, for a state or a plan; - for standard input"],
] as const;

/**
 * Previews the network that the options name.
 *
 * @throws UsageError if both files are given
 * @throws UserError if the settings are wrong, or the file is not there or not Terraform JSON
 */
export function previewInput({ stack, state }: InputOptions): Preview {
  if (stack !== undefined && state !== undefined) throw new UsageError("Give one of --stack and --state, not both.");
  const file = stack ?? state;
  if (file === undefined) return stackInMemory(loadSettings(process.cwd(), process.env).settings).preview;
  return previewOf(readJsonFile(file), file === "-" ? "standard input" : file);
}
