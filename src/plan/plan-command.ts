import { copyFileSync } from "node:fs";
import { type PlanReport, describe, isStopped } from "./index";
import { readPlan } from "./plan";
import { findEngine } from "../engine/engine";
import { terminalColors } from "private-link-preview/text";
import { readJsonFile, UserError } from "private-link-preview/util";
import { changesText } from "./plan-text";
import { withPlan } from "./with-plan";
import { type Command, EXIT } from "../cli/command";
import { program } from "../cli/program";
import { synthesize } from "../synth/synthesize";

interface Options {
  readonly json?: boolean;
  readonly out?: string;
  readonly file?: string;
}

/** `npm run plan`: what a deployment would change. */
export const command: Command = async (args) => {
  const cli = program("plan", "Exit status 1 if it would replace or destroy a registry, or could not work.")
    .option("--json", "print changes, warnings, counts, answers and findings as JSON")
    .option("--out <file>", "keep the plan file; it may hold secrets")
    .option(
      "--file <file>",
      "output of terraform show -json for a plan file, instead of planning; - for standard input",
    );
  const options = cli.parse(args, { from: "user" }).opts<Options>();
  const report = await reportFor(options);
  console.log(options.json ? JSON.stringify(report, null, 2) : changesText(report, terminalColors));
  return isStopped(report) ? EXIT.wrong : EXIT.done;
};

async function reportFor({ file, out }: Options): Promise<PlanReport> {
  if (file !== undefined) {
    if (out !== undefined) throw new UserError("Give one of --file and --out, not both.");
    return describe(readPlan(readJsonFile(file), file === "-" ? "standard input" : file));
  }
  const engine = findEngine(process.env);
  synthesize();
  return withPlan(engine, {}, (json, planFile) => {
    // With its mode: for its owner alone.
    if (out !== undefined) copyFileSync(planFile, out);
    return describe(readPlan(json, "the plan"));
  });
}
