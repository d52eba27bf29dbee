import { type Preview, previewOf } from "private-link-preview";
import { type ReportInput } from "private-link-preview/report";
import { parseJson, readTextFile, UsageError } from "private-link-preview/util";
import { SETTINGS_OPTION, type SettingsOption, settingsFor } from "../cli/settings-option";
import { stackInMemory } from "../synth/stack-in-memory";

/** Which network to preview: that of the settings, or that in a file. */
export interface InputOptions extends SettingsOption {
  /** Terraform JSON as synthesized. */
  readonly stack?: string;
  /** Output of `terraform show -json` for a state or a plan. */
  readonly state?: string;
}

/** Options and their help, for the commands that take them. */
export const INPUT_OPTIONS = [
  SETTINGS_OPTION,
  ["--stack <file>", "another Terraform JSON file, as synthesized"],
  ["--state <file>", "output of terraform show -json, for a state or a plan; - for standard input"],
] as const;

/**
 * Previews the network that the options name.
 *
 * @throws UsageError if both files are given
 * @throws UserError if the settings are wrong, or the file is not there or not Terraform JSON
 */
export function previewInput(options: InputOptions): Preview {
  return readInput(options).preview;
}

/** The preview of the network that the options name, and the file that it is of; throws as {@link previewInput} does. */
export function readInput({ stack, state, settings }: InputOptions): { preview: Preview; input: ReportInput } {
  if ([stack, state, settings].filter((file) => file !== undefined).length > 1)
    throw new UsageError("Give one of --settings, --stack and --state, not several.");
  const file = stack ?? state;
  if (file === undefined) {
    const given = settingsFor(settings === undefined ? {} : { settings });
    return { preview: stackInMemory(given.settings).preview, input: { file: settings ?? "cdktf.json" } };
  }
  const text = readTextFile(file);
  return { preview: previewText(text, file), input: { file, text } };
}

/**
 * Previews a plan, a state or synthesized JSON, told apart by its content.
 *
 * @throws UserError if the file is not there, or something else
 */
export function previewFile(file: string): Preview {
  return previewText(readTextFile(file), file);
}

function previewText(text: string, file: string): Preview {
  const source = file === "-" ? "standard input" : file;
  return previewOf(parseJson(text, source), source);
}
