import { readTextFile, UsageError } from "../../packages/common/util";
import { type Preview, previewsOf, type Source } from "../../packages/private-link-preview";
import {
  type AzureOptions,
  type ReportInput,
  type ReportOptions,
  azureSource,
  fileSource,
} from "../../packages/private-link-preview/report";
import { SETTINGS_OPTION, type SettingsOption, settingsFor } from "../cli/settings-option";
import { deployedState } from "../synth/deployed-state";
import { stackInMemory } from "../synth/stack-in-memory";
import { type Cost, costOf, costText, resourcesIn } from "../../src/azure/costs";
import { isSettings, readSettings } from "../../src/settings/load";
import { REMEDIES } from "../../src/dns/remedies";
import type { PrivateRegistryStack } from "../../src/stack";

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

/** What `--compare` takes. */
export const EARLIER = "plan, state or synthesized JSON, or other settings";

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
  const earlier = compare === undefined ? undefined : earlierIn(compare);
  const earlierFiles = stateShown ? [stateShown] : earlier ? [earlier] : [];
  if (read) return { ...previewsOf([read], REMEDIES, options, earlierFiles), input: { file: read.source } };
  const before = earlier && { before: previewsOf([earlier], earlier.cost && REMEDIES).preview };
  if (stateShown) return { ...previewsOf([stateShown], REMEDIES, options), ...before, input: { file: "cdktf.json" } };
  const file = stack ?? state;
  if (file === undefined) {
    const made = stackInMemory(settingsFor(settings === undefined ? {} : { settings }).settings);
    const also = costsOf(made, earlier?.cost);
    return { preview: made.preview, ...before, input: { file: settings ?? "cdktf.json", also } };
  }
  const text = readTextFile(file);
  const source = fileSource(file, text);
  if (isSettings(source.json)) throw new UsageError(`${source.source} has settings. Give it to --settings.`);
  return { ...previewsOf([source], undefined, options, earlierFiles), input: { file, text } };
}

/** What `--compare` names: settings, with what their network costs, or a network. */
function earlierIn(file: string): Source & { readonly cost?: Cost } {
  const text = readTextFile(file);
  const { json, source } = fileSource(file, text);
  if (!isSettings(json)) return { json, source };
  const stack = stackInMemory(readSettings(file, text)).toTerraform();
  return { json: stack, source, cost: costOf(resourcesIn(stack)) };
}

function costsOf(stack: PrivateRegistryStack, before?: Cost): NonNullable<ReportInput["also"]> {
  const after = costOf(resourcesIn(stack.toTerraform()));
  return {
    text: costText(before ?? after, after),
    members: { monthlyCost: { ...(before && { before }), after } },
  };
}
