import { Command, CommanderError } from "commander";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { previewOf } from "./preview";
import { type ReportOptions, reportOf, reportOptions } from "./report";
import { readJsonFile } from "./util/json-file";
import { UsageError, UserError } from "./util/user-error";

/** The folder of the package, whether it is compiled or not. */
const PACKAGE = join(__dirname, "..");

const DESCRIPTION =
  "Shows what each virtual network's DNS returns for the names of Azure services with private endpoints, and whether the " +
  "network reaches them. FILE is a Terraform or OpenTofu plan or state, as `terraform show -json` prints it, or Terraform " +
  "JSON as CDK for Terraform synthesizes it; - reads standard input.";

const EXIT_STATUSES = `
Exit status: 0 if no finding is an error, 1 if any is or the file can't be read, 2 if the options are wrong.

Examples:
  terraform show -json plan.tfplan | private-link-preview -
  private-link-preview --json cdktf.out/stacks/my-stack/cdk.tf.json`;

/**
 * The command `private-link-preview`.
 *
 * @returns the exit status of the process
 */
export function main(args: readonly string[]): Promise<number> {
  return Promise.resolve().then(() => {
    try {
      return run(args);
    } catch (error) {
      if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
      if (!(error instanceof UserError)) throw error;
      console.error(error.message);
      return error instanceof UsageError ? 2 : 1;
    }
  });
}

function run(args: readonly string[]): number {
  const { version } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")) as { version: string };
  const command = reportOptions(new Command("private-link-preview"))
    .description(DESCRIPTION)
    .argument("<file>", "plan, state or synthesized JSON, told apart by its content")
    .version(version, "--version", "show the version")
    .helpOption("--help", "show this")
    .addHelpText("after", EXIT_STATUSES)
    .showHelpAfterError("All options: private-link-preview --help")
    .exitOverride()
    .parse(args, { from: "user" });
  const [file = ""] = command.args;
  const preview = previewOf(readJsonFile(file), file === "-" ? "standard input" : file);
  const { text, passed } = reportOf(preview, command.opts<ReportOptions>());
  console.log(text);
  return passed ? 0 : 1;
}
