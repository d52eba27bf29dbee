import { PARSER_OUTPUT, print, say, watchOutput } from "../../common/text/output";
import { Command, CommanderError } from "commander";
import { previewOf } from "./preview";
import { type ReportOptions, printReport, reportOf, reportOptions } from "./report";
import { EXIT } from "../../common/util/exit";
import { asksForJson, errorJson } from "../../common/util/json-error";
import { parseJson, readTextFile } from "../../common/util/json-file";
import { UsageError, UserError } from "../../common/util/user-error";
import { versionAt } from "../../common/util/version";

const DESCRIPTION =
  "Shows what each virtual network's DNS returns for the names of Azure services with private endpoints, and whether the " +
  "network reaches them. FILE is a Terraform or OpenTofu plan or state, as `terraform show -json` prints it, or Terraform " +
  "JSON as CDK for Terraform synthesizes it; - reads standard input.";

const EXIT_STATUSES = `
Exit status: 0 if no finding is an error, 1 if any is, 2 if the options or the file of ignored findings are wrong, 3 if a
file can't be read or written, or is not Terraform JSON.

Examples:
  terraform show -json plan.tfplan | private-link-preview -
  private-link-preview --json cdktf.out/stacks/my-stack/cdk.tf.json
  private-link-preview plan.json --source . --format sarif --output preview.sarif`;

/**
 * The command `private-link-preview`.
 *
 * @returns the exit status of the process
 */
export function main(args: readonly string[]): Promise<number> {
  watchOutput();
  return Promise.resolve().then(() => {
    try {
      return run(args);
    } catch (error) {
      if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
      // Of wrong options, commander has printed the message already.
      if (!(error instanceof CommanderError)) say(error instanceof UserError ? error.message : error);
      if (asksForJson(args)) print(errorJson((error as Error).message.replace(/^error: /, "")));
      return error instanceof CommanderError || error instanceof UsageError ? EXIT.usage : EXIT.failed;
    }
  });
}

function run(args: readonly string[]): number {
  const command = reportOptions(new Command("private-link-preview"))
    .description(DESCRIPTION)
    .argument("<file>", "plan, state or synthesized JSON, told apart by its content")
    .version(versionAt(__dirname), "--version", "show the version")
    .helpOption("--help", "show this")
    .addHelpText("after", EXIT_STATUSES)
    .showHelpAfterError("All options: private-link-preview --help")
    .configureOutput(PARSER_OUTPUT)
    .exitOverride()
    .parse(args, { from: "user" });
  const [file = ""] = command.args;
  const options = command.opts<ReportOptions>();
  const source = file === "-" ? "standard input" : file;
  const text = readTextFile(file);
  const report = reportOf(previewOf(parseJson(text, source), source, undefined, options), options, { file, text });
  printReport(report, options);
  return report.passed ? EXIT.done : EXIT.wrong;
}
