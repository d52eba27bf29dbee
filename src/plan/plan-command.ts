import { readFileSync } from "node:fs";
import { FINDING_CODES } from "private-link-preview";
import { type IgnoreOptions, ignoreOptions } from "private-link-preview/report";
import { terminalColors, terminalWidth } from "private-link-preview/text";
import { JSON_VERSION, printableJson, readJsonFile, UsageError, writeWhole } from "private-link-preview/util";
import { type Command, EXIT } from "../cli/command";
import { program } from "../cli/program";
import { SETTINGS_OPTION, type SettingsOption } from "../cli/settings-option";
import { findEngine } from "../engine/engine";
import { synthesize } from "../synth/synthesize";
import { PLAN_FINDING_CODES } from "./finding-codes";
import { isStopped, planReport } from "./index";
import { type Plan, readPlan } from "./plan";
import { planText } from "./plan-text";
import { withPlan } from "./with-plan";

interface Options extends SettingsOption, IgnoreOptions {
  readonly json?: boolean;
  readonly out?: string;
  readonly file?: string;
}

/** `npm run plan`: what a deployment would change. */
export const command: Command = async (args) => {
  const cli = program("plan", "Exit status 1 if a finding is an error that is not ignored.")
    .option(...SETTINGS_OPTION)
    .option("--json", "print changes, findings, counts and answers as JSON")
    .option("--out <file>", "keep the plan file; it may contain secrets")
    .option(
      "--file <file>",
      "output of terraform show -json for a plan file, instead of planning; - for standard input",
    );
  ignoreOptions(cli, Object.keys({ ...PLAN_FINDING_CODES, ...FINDING_CODES }));
  const options = cli.parse(args, { from: "user" }).opts<Options>();
  const report = planReport(await readOrMake(options), { ignoring: options });
  console.log(
    options.json
      ? printableJson({ version: JSON_VERSION, ...report })
      : planText(report, terminalColors, terminalWidth()),
  );
  return isStopped(report) ? EXIT.wrong : EXIT.done;
};

async function readOrMake({ file, out, ...options }: Options): Promise<Plan> {
  if (file !== undefined) {
    if (out !== undefined) throw new UsageError("Give one of --file and --out, not both.");
    if (options.settings !== undefined) throw new UsageError("Give one of --file and --settings, not both.");
    return readPlan(readJsonFile(file), file === "-" ? "standard input" : file);
  }
  const engine = findEngine(process.env);
  synthesize(options);
  return withPlan(engine, {}, ({ json, planFile }) => {
    if (out !== undefined) writeWhole(out, readFileSync(planFile), 0o600);
    return readPlan(json, "the plan");
  });
}
