import { describe, isStopped } from "../plan";
import { readPlan } from "../plan/plan";
import { WorkingDirectory, findEngine } from "../engine/engine";
import { parallelismFor } from "../engine/parallelism";
import { changesText } from "../plan/plan-text";
import { previewText, terminalColors } from "private-link-preview/text";
import { UserError } from "private-link-preview/util";
import { stackFolder } from "../terraform/stack-folder";
import { cdktf } from "./cdktf";
import { withPlan } from "../plan/with-plan";
import type { Command } from "../cli/command";
import { program } from "../cli/program";
import { synthesize } from "../synth/synthesize";

/** `npm run deploy`: shows the preview and the plan, and runs `cdktf deploy` unless a finding is an error. */
export const command: Command = async (args) => {
  const cli = program("deploy", "Nothing is applied if a registry would be lost, or the plan could not work.")
    .option("--replace-registry <name>", "deploy although the registry of this name is lost, with all its images")
    .usage("[options] [options of cdktf deploy, such as --auto-approve]")
    .allowUnknownOption()
    .allowExcessArguments();
  const { replaceRegistry } = cli.parse(args, { from: "user" }).opts<{ replaceRegistry?: string }>();
  const engine = findEngine(process.env);
  const { stack } = synthesize();
  console.log(`${previewText(stack.preview, terminalColors)}\n`);
  const parallelism = parallelismFor(stack.toTerraform());
  const inTheWay = await withPlan(engine, { parallelism }, (json) => {
    const plan = readPlan(json, "the plan");
    const report = describe(plan, replaceRegistry === undefined ? [] : [replaceRegistry]);
    console.log(`${changesText(report, terminalColors)}\n`);
    if (isStopped(report)) throw new UserError("Nothing was applied. The stops above say why, and what to do.");
    return plan.changes.filter(({ type, overlaps }) => type === REGISTRY && overlaps).map(({ address }) => address);
  });
  if (inTheWay.length > 0) {
    // Its name, and those of its endpoints, can't be used twice at a time.
    console.error(`Destroying the registry ${replaceRegistry!} first, with all that depends on it`);
    await new WorkingDirectory({ engine, folder: stackFolder() }).destroy({ targets: inTheWay, parallelism });
  }
  return await cdktf({ verb: "deploy", engine, parallelism, args: cli.args });
};

const REGISTRY = "azurerm_container_registry";
