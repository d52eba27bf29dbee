import { describe, isStopped } from "../changes";
import { readPlan } from "../changes/plan";
import { WorkingDirectory, findEngine } from "../engine/engine";
import { parallelismFor } from "../engine/parallelism";
import { changesText } from "../report/changes-text";
import { previewText } from "../report/preview-table";
import { terminalColors } from "../report/terminal-colors";
import { stackFolder } from "../stack-folder";
import { UserError } from "../user-error";
import { cdktf } from "./cdktf";
import { withPlan } from "./planned";
import { program } from "./program";
import { run } from "./run";
import { synthesize } from "./synthesize";

const command = program("deploy", "Nothing is applied if a registry would be lost, or the plan could not work.")
  .option("--replace-registry <name>", "deploy although the registry of this name is lost, with all its images")
  .usage("[options] [options of cdktf deploy, such as --auto-approve]")
  .allowUnknownOption()
  .allowExcessArguments();

run(async () => {
  const { replaceRegistry } = command.parse().opts<{ replaceRegistry?: string }>();
  const engine = findEngine(process.env);
  const { stack } = synthesize();
  console.log(`${previewText(stack.resolution, terminalColors)}\n`);
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
  process.exitCode = await cdktf({ verb: "deploy", engine, parallelism, args: command.args });
});

const REGISTRY = "azurerm_container_registry";
