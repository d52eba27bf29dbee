import { Option } from "commander";
import { print, say, terminalColors, terminalWidth } from "../../packages/common/text";
import { count, isJson, joinWords, type Json, printable, UsageError, UserError } from "../../packages/common/util";
import { previewText } from "../../packages/private-link-preview/report";
import { type Command, EXIT, type ExitStatus } from "../cli/command";
import { program } from "../cli/program";
import { StoppedError } from "../cli/run";
import { nextLine, SETTINGS_OPTION } from "../cli/settings-option";
import { WorkingDirectory } from "../engine/engine";
import { keepTainted } from "../engine/left-behind";
import { type AcceptedLosses, isStopped, type PlanReport, planReport } from "../plan";
import { type Plan, readPlan, type ReadPlanOptions } from "../plan/plan";
import { unknownNetworks } from "../plan/public-access";
import { planText } from "../plan/plan-text";
import { type PreparedStack, withPlan, withStack } from "../plan/with-plan";
import {
  type ApplyingOptions,
  type ApplyOptions,
  applyPlan,
  chosenParallelism,
  parallelismOptions,
  timeText,
} from "./apply";
import { durationText } from "./duration";

interface Options extends ApplyingOptions {
  readonly plan?: string;
  readonly importExisting?: boolean;
  readonly replaceRegistry?: string;
  readonly disconnectNetwork?: readonly string[];
}

/** `npm run deploy`: makes one plan, shows it with the preview, asks, and applies it unless a finding is an error. */
export const command: Command = async (args) => {
  const cli = program("deploy", "Nothing is applied if a finding of the plan is an error.")
    .option(...SETTINGS_OPTION)
    .option("--plan <file>", "apply the plan that npm run plan -- --out wrote, if the state has not changed since")
    .option("--auto-approve", "apply without asking")
    .addOption(
      new Option(
        "--import-existing",
        "import resources that an interrupted deployment has created without storing them in the state, and plan again",
      ).conflicts("plan"),
    )
    .option(
      "--replace-registry <name>",
      "apply although the registry of this name is destroyed or replaced, and all its images are lost",
    )
    .option(
      "--disconnect-network <name>",
      "apply although the network of this name stops reaching the registry, for good or until all is deployed; can be repeated",
      (name, before?: readonly string[]) => [...(before ?? []), name],
    );
  const options = parallelismOptions(cli).parse(args, { from: "user" }).opts<Options>();
  return withStack(options, (made) => deployed(options, made));
};

async function deployed(options: Options, made: PreparedStack): Promise<ExitStatus> {
  const { plan: planFile, autoApprove = false, importExisting = false, replaceRegistry } = options;
  const accepted = { replaceRegistry, disconnectNetworks: options.disconnectNetwork };
  if (planFile === undefined) print(`${previewText(made.stack.preview, terminalColors, terminalWidth())}\n`);
  const parallelism = chosenParallelism(options, made);
  const applying: ApplyOptions = { ...made, autoApprove, importExisting, ...parallelism };

  /** @returns the registries that have to be destroyed first; then nothing is applied */
  const deploy = async (): Promise<string[]> => {
    const first = await withPlan(made, planFile === undefined ? parallelism : { planFile }, async (planned) => {
      if (importExisting) {
        const kept = await keepTainted(
          planned.json,
          new WorkingDirectory({ engine: made.engine, folder: made.files.folder }),
        );
        if (kept.length > 0) say(`Keeping ${joinWords(kept)}, whose creation did not finish, and planning again.`);
        if (kept.length > 0) return undefined;
      }
      const { plan, report } = checked(planned.json, accepted);
      const registries = destroyedFirst(plan);
      if (registries.length > 0 || !planned.hasChanges) return registries;
      const outputs = await applyShown(planned.planFile, report, durationText(plan.changes), applying);
      if (outputs) print(`\n${nextText(outputs, options)}`);
      return outputs && [];
    });
    return first ?? deploy();
  };
  const first = await deploy();
  if (first.length === 0) return EXIT.done;
  if (planFile !== undefined)
    throw new UserError(
      `Nothing was applied: the plan replaces ${replaceRegistry!}, which takes two plans. Run: npm run deploy -- --replace-registry ${replaceRegistry!}`,
    );
  // The names of the registry and of its private endpoints are taken until these are deleted.
  print(`The registry ${replaceRegistry!} is destroyed first, with everything that depends on it:\n`);
  await withPlan(made, { destroy: true, targets: first, ...parallelism }, async (planned) => {
    const { report } = checked(planned.json, accepted, { partial: true });
    await applyShown(planned.planFile, report, "", applying);
  });
  if ((await deploy()).length > 0)
    throw new UserError("Nothing more was applied: the plan replaces a registry although it was destroyed first.");
  return EXIT.done;
}

/**
 * Reads a plan and shows it.
 *
 * @throws StoppedError if it should not be applied
 */
function checked(
  json: unknown,
  accepted: AcceptedLosses,
  reading: ReadPlanOptions = {},
): { plan: Plan; report: PlanReport } {
  const plan = readPlan(json, "the plan", reading);
  if (!reading.partial) requireNetworks(plan, accepted.disconnectNetworks ?? []);
  const report = planReport(plan, accepted);
  print(planText(report, terminalColors, terminalWidth()));
  if (isStopped(report)) throw new StoppedError("Nothing was applied. The errors above say why, and how to fix them.");
  return { plan, report };
}

/** @throws UsageError if a name is that of no network that the plan keeps from the registry */
function requireNetworks(plan: Plan, names: readonly string[]): void {
  if (names.length === 0) return;
  const { wrong, allowed } = unknownNetworks(plan, names);
  const instead =
    allowed.length > 0 ? joinWords(allowed) : "none, because this plan keeps no network from the registry";
  if (wrong.length > 0)
    throw new UsageError(wrong.map((name) => `--disconnect-network: found ${name}, allowed: ${instead}`).join("\n"));
}

/** What to do once everything is applied. */
function nextText({ test_vms: vms }: Json, options: Options): string {
  return isJson(vms) && Object.keys(vms).length > 0
    ? `To push an image, and to check that every network pulls it: ${nextLine("push-hello", options)}, then ${nextLine("verify", options)}`
    : `To check it from a VM of your own that has a role to pull: ${nextLine("verify", options, "--vm VM_ID")}`;
}

/** Terraform addresses of the registries whose replacement would be created while their name is taken. */
function destroyedFirst({ changes }: Plan): string[] {
  return changes.filter(({ type, overlaps }) => type === REGISTRY && overlaps).map(({ address }) => address);
}

const REGISTRY = "azurerm_container_registry";

/** Applies the plan that was shown, says what there is then, and returns the outputs; undefined if a new plan is needed. */
async function applyShown(
  planFile: string,
  { counts }: PlanReport,
  takes: string,
  options: ApplyOptions,
): Promise<Json | undefined> {
  const { add, change, replace, destroy } = counts;
  const total = add + change + 2 * replace + destroy;
  const began = performance.now();
  if (!(await applyPlan(planFile, { total, takes }, options))) return undefined;
  const outputs = await new WorkingDirectory({ engine: options.engine, folder: options.files.folder }).outputs();
  const texts = Object.entries(outputs).filter(([, value]) => typeof value === "string");
  print(
    [
      `\nApplied in ${timeText(performance.now() - began)}: ${count(add, "resource")} added, ${change} changed, ${replace} replaced, ${destroy} destroyed.`,
      ...texts.map(([name, value]) => printable(`${name} = ${String(value)}`)),
    ].join("\n"),
  );
  return outputs;
}
