import { parseJson, readTextFile, UsageError } from "../../packages/common/util";
import { type Preview, previewOf } from "../../packages/private-link-preview";
import type { ReportInput } from "../../packages/private-link-preview/report";
import { SETTINGS_OPTION, type SettingsOption, settingsFor } from "../cli/settings-option";
import { deployedState } from "../synth/deployed-state";
import { stackInMemory } from "../synth/stack-in-memory";
import { REMEDIES } from "../../src/settings/remedies";

/** Which network to preview: that of the settings, that in a file, or that which is deployed. */
export interface InputOptions extends SettingsOption {
  /** Terraform JSON as synthesized. */
  readonly stack?: string;
  /** Output of `terraform show -json` for a state or a plan. */
  readonly state?: string;
  /** Whether to preview what is deployed. */
  readonly deployed?: boolean;
  /** Whether policies attach a DNS zone group to each private endpoint of a file. */
  readonly zoneGroups?: boolean;
}

/** Options and their help, for the commands that take them. */
export const INPUT_OPTIONS = [
  SETTINGS_OPTION,
  ["--stack <file>", "another Terraform JSON file, as synthesized"],
  ["--state <file>", "output of terraform show -json, for a state or a plan; - for standard input"],
  ["--deployed", "what is deployed, as terraform or tofu shows the state of this project"],
] as const;

/**
 * The preview of the network that the options name, and the file that it is of.
 *
 * @throws UsageError if the options name several
 * @throws UserError if the settings are wrong, the file is not there or not Terraform JSON, or nothing is deployed
 */
export async function readInput({
  stack,
  state,
  settings,
  deployed,
  zoneGroups = false,
}: InputOptions): Promise<{ preview: Preview; input: ReportInput }> {
  // Settings say of which environment what is deployed is meant.
  if ([stack, state, deployed ?? settings].filter((given) => given !== undefined).length > 1)
    throw new UsageError("Give one of --settings, --stack, --state and --deployed, not several.");
  if (deployed) {
    const shown = await deployedState(settings === undefined ? {} : { settings });
    return { preview: previewOf(shown, "the Terraform state", REMEDIES), input: { file: "cdktf.json" } };
  }
  const file = stack ?? state;
  if (file === undefined) {
    const given = settingsFor(settings === undefined ? {} : { settings });
    return { preview: stackInMemory(given.settings).preview, input: { file: settings ?? "cdktf.json" } };
  }
  const text = readTextFile(file);
  return { preview: previewText(text, file, zoneGroups), input: { file, text } };
}

/**
 * Previews a plan, a state or synthesized JSON, told apart by its content.
 *
 * @throws UserError if the file is not there, or something else
 */
export function previewFile(file: string): Preview {
  return previewText(readTextFile(file), file);
}

function previewText(text: string, file: string, zoneGroups = false): Preview {
  const source = file === "-" ? "standard input" : file;
  return previewOf(parseJson(text, source), source, undefined, { zoneGroups });
}
