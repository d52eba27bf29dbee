import { copyFileSync } from "node:fs";
import { type PlanReport, describe, isStopped } from "../changes";
import { readPlan } from "../changes/plan";
import { findEngine } from "../engine/engine";
import { readJsonFile } from "../json-file";
import { changesText } from "../report/changes-text";
import { terminalColors } from "../report/terminal-colors";
import { UserError } from "../user-error";
import { withPlan } from "./planned";
import { program } from "./program";
import { run } from "./run";
import { synthesize } from "./synthesize";

interface Options {
  readonly json?: boolean;
  readonly out?: string;
  readonly file?: string;
}

const command = program("plan", "Exit status 1 if it would replace or destroy a registry, or could not work.")
  .option("--json", "print changes, warnings, counts, answers and findings as JSON")
  .option("--out <file>", "keep the plan file; it may hold secrets")
  .option("--file <file>", "output of terraform show -json for a plan file, instead of planning; - for standard input");

run(async () => {
  const options = command.parse().opts<Options>();
  const report = await reportFor(options);
  console.log(options.json ? JSON.stringify(report, null, 2) : changesText(report, terminalColors));
  if (isStopped(report)) process.exitCode = 1;
});

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
