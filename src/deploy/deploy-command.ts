import { previewText, terminalColors } from "private-link-preview/text";
import { UserError } from "private-link-preview/util";
import type { Command } from "../cli/command";
import { program } from "../cli/program";
import { WorkingDirectory, findEngine } from "../engine/engine";
import { parallelismFor } from "../engine/parallelism";
import { isStopped, planReport } from "../plan";
import { readPlan } from "../plan/plan";
import { planText } from "../plan/plan-text";
import { withPlan } from "../plan/with-plan";
import { synthesize } from "../synth/synthesize";
import { stackFolder } from "../terraform/stack-folder";
import { cdktf } from "./cdktf";

/** `npm run deploy`: shows the preview and the plan, and runs `cdktf deploy` unless a finding is an error. */
export const command: Command = async (args) => {
  const cli = program("deploy", "Nothing is applied if a finding of the plan is an error.")
    .option(
      "--replace-registry <name>",
      "apply although the registry of this name is destroyed or replaced, and all its images are lost",
    )
    .usage("[options] [options of cdktf deploy, such as --auto-approve]")
    .allowUnknownOption()
    .allowExcessArguments();
  const { replaceRegistry } = cli.parse(args, { from: "user" }).opts<{ replaceRegistry?: string }>();
  const engine = findEngine(process.env);
  const { stack } = synthesize();
  console.log(`${previewText(stack.preview, terminalColors)}\n`);
  const parallelism = parallelismFor(stack.toTerraform());
  const destroyFirst = await withPlan(engine, { parallelism }, (json) => {
    const plan = readPlan(json, "the plan");
    const report = planReport(plan, { replaceRegistry });
    console.log(`${planText(report, terminalColors)}\n`);
    if (isStopped(report)) throw new UserError("Nothing was applied. The errors above say why, and how to fix them.");
    return plan.changes.filter(({ type, overlaps }) => type === REGISTRY && overlaps).map(({ address }) => address);
  });
  if (destroyFirst.length > 0) {
    // The names of the registry and of its private endpoints are taken until these are deleted.
    console.error(`Destroying the registry ${replaceRegistry!} first, with everything that depends on it`);
    await new WorkingDirectory({ engine, folder: stackFolder() }).destroy({ targets: destroyFirst, parallelism });
  }
  return await cdktf({ verb: "deploy", engine, parallelism, args: cli.args });
};

const REGISTRY = "azurerm_container_registry";
