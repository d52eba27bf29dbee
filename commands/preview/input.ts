import { readTextFile, UsageError } from "../../packages/common/util";
import { type Preview, previewsOf } from "../../packages/private-link-preview";
import {
  type AzureOptions,
  type ReportInput,
  type ReportOptions,
  azureSource,
  fileSource,
  previewsFor,
} from "../../packages/private-link-preview/report";
import { SETTINGS_OPTION, type SettingsOption, settingsFor } from "../cli/settings-option";
import { deployedState } from "../synth/deployed-state";
import { stackInMemory } from "../synth/stack-in-memory";
import { REMEDIES } from "../../src/settings/remedies";

/** Which network to preview: that of the settings, that in a file, or that which is deployed, by the state or in Azure. */
export interface InputOptions extends SettingsOption, AzureOptions, Pick<ReportOptions, "compare" | "output"> {
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
export async function readInput(
  options: InputOptions,
): Promise<{ preview: Preview; before?: Preview; input: ReportInput }> {
  const { stack, state, settings, deployed, azure, compare } = options;
  // Settings say of which environment what is deployed is meant, and what is deployed can be compared with what Azure has.
  if (
    [stack, state, deployed ? undefined : azure, deployed ?? settings].filter((given) => given !== undefined).length > 1
  )
    throw new UsageError("Give one of --settings, --stack, --state, --deployed and --azure, not several.");
  if (azure && deployed && compare !== undefined)
    throw new UsageError("Give --deployed or --compare with --azure, not both: each says what to compare with.");
  const stateShown = deployed && {
    json: await deployedState(settings === undefined ? {} : { settings }),
    source: "the Terraform state",
  };
  const read = await azureSource(options, [compare, options.output]);
  if (read && stateShown)
    return { ...previewsOf([read], REMEDIES, options, [stateShown]), input: { file: read.source } };
  if (read) return { ...previewsFor([read], options, REMEDIES), input: { file: read.source } };
  const before = compare === undefined ? {} : { before: previewsFor([fileSource(compare)], {}).preview };
  if (stateShown) return { ...previewsOf([stateShown], REMEDIES, options), ...before, input: { file: "cdktf.json" } };
  const file = stack ?? state;
  if (file === undefined) {
    const given = settingsFor(settings === undefined ? {} : { settings });
    return { preview: stackInMemory(given.settings).preview, ...before, input: { file: settings ?? "cdktf.json" } };
  }
  const text = readTextFile(file);
  return { ...previewsFor([fileSource(file, text)], options), input: { file, text } };
}
