import { print } from "../../packages/common/text";
import { Option } from "commander";
import { readFileSync } from "node:fs";
import { readJsonFile, UsageError, writeWhole } from "../../packages/common/util";
import { FINDING_CODES } from "../../packages/private-link-preview";
import { type IgnoreOptions, ignoreOptions } from "../../packages/private-link-preview/report";
import { type Command, EXIT } from "../cli/command";
import { program } from "../cli/program";
import { SETTINGS_OPTION, type SettingsOption } from "../cli/settings-option";
import { PLAN_FINDING_CODES } from "./finding-codes";
import { isStopped, planReport } from "./index";
import { type Plan, readPlan } from "./plan";
import { PLAN_FORMATS } from "./plan-formats";
import { withPlan, withStack } from "./with-plan";

interface Options extends SettingsOption, IgnoreOptions {
  readonly json?: boolean;
  readonly format?: string;
  readonly failOnChanges?: boolean;
  readonly out?: string;
  readonly file?: string;
}

/** `npm run plan`: what a deployment would change. */
export const command: Command = async (args) => {
  const cli = program("plan", "Exit status 1 if a finding is an error that is not ignored.")
    .option(...SETTINGS_OPTION)
    .addOption(
      new Option("--format <format>", "how to show the plan; mermaid is the network before and after").choices(
        Object.keys(PLAN_FORMATS),
      ),
    )
    .option("--json", "the same as --format json: changes, findings, counts, answers and cost")
    .option("--fail-on-changes", "exit status 1 also if the plan changes anything, to find drift")
    .option("--out <file>", "keep the plan file; it may contain secrets")
    .option(
      "--file <file>",
      "output of terraform show -json for a plan file, instead of planning; - for standard input",
    );
  ignoreOptions(cli, Object.keys({ ...PLAN_FINDING_CODES, ...FINDING_CODES }));
  const options = cli.parse(args, { from: "user" }).opts<Options>();
  const format = formatOf(options);
  const plan = await readOrMake(options);
  const report = planReport(plan, { ignoring: options });
  print(PLAN_FORMATS[format]!(report, plan));
  const fails = isStopped(report) || (options.failOnChanges && report.changes.length > 0);
  return fails ? EXIT.wrong : EXIT.done;
};

function formatOf({ json = false, format = json ? "json" : "text" }: Options): string {
  if (json && format !== "json") throw new UsageError(`Give one of --json and --format ${format}, not both.`);
  return format;
}

async function readOrMake({ file, out, ...options }: Options): Promise<Plan> {
  if (file !== undefined) {
    if (out !== undefined) throw new UsageError("Give one of --file and --out, not both.");
    if (options.settings !== undefined) throw new UsageError("Give one of --file and --settings, not both.");
    return readPlan(readJsonFile(file), file === "-" ? "standard input" : file);
  }
  return withStack(options, (made) =>
    withPlan(made, {}, ({ json, planFile }) => {
      if (out !== undefined) writeWhole(out, readFileSync(planFile), 0o600);
      return readPlan(json, "the plan");
    }),
  );
}
