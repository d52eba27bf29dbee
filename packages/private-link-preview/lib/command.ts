import { PARSER_OUTPUT, print, say, watchOutput } from "../../common/text/output";
import { Command, CommanderError } from "commander";
import { type AzureOptions, azureOptions, azureSource } from "./azure/azure-source";
import { CLIENT_SYNTAX } from "./client-option";
import {
  checkFormat,
  fileSource,
  previewsFor,
  printReport,
  reportOf,
  reportOptions,
  type ReportOptions,
} from "./report";
import { EXIT } from "../../common/util/exit";
import { asksForJson, errorJson } from "../../common/util/json-error";
import { readTextFile } from "../../common/util/json-file";
import { UsageError, UserError } from "../../common/util/user-error";
import { versionAt } from "../../common/util/version";

const DESCRIPTION =
  "Shows what each virtual network's DNS returns for the names of Azure services with private endpoints, and whether the " +
  "network reaches them. FILE is a Terraform or OpenTofu plan or state, as `terraform show -json` prints it, Terraform " +
  "JSON as CDK for Terraform synthesizes it, or resources in the form of Azure's API, such as the what-if of a deployment " +
  "or what --save has written; - reads standard input. Several files are one network.";

const EXIT_STATUSES = `
Exit status: 0 if no finding is an error, 1 if any is, 2 if the options or the file of ignored findings are wrong, 3 if a
file can't be read or written, or is in no form that is read, or Azure can't be read.

Examples:
  terraform show -json plan.tfplan | private-link-preview -
  private-link-preview --json cdktf.out/stacks/my-stack/cdk.tf.json
  private-link-preview plan.json --source . --format sarif --output preview.sarif
  private-link-preview platform.json app.json
  private-link-preview --azure --compare state.json`;

/**
 * The command `private-link-preview`.
 *
 * @returns the exit status of the process
 */
export function main(args: readonly string[]): Promise<number> {
  watchOutput();
  return Promise.resolve().then(async () => {
    try {
      return await run(args);
    } catch (error) {
      if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
      // Of wrong options, commander has printed the message already.
      if (!(error instanceof CommanderError)) say(error instanceof UserError ? error.message : error);
      if (asksForJson(args)) print(errorJson((error as Error).message.replace(/^error: /, "")));
      return error instanceof CommanderError || error instanceof UsageError ? EXIT.usage : EXIT.failed;
    }
  });
}

async function run(args: readonly string[]): Promise<number> {
  const command = azureOptions(reportOptions(new Command("private-link-preview")))
    .description(DESCRIPTION)
    .option(
      "--client <client>",
      `a network outside Azure, connected to the gateway of a network or Virtual WAN hub: ${CLIENT_SYNTAX}; what its DNS forwards names to, and under which zones if not all; can be repeated`,
      (client, before?: readonly string[]) => [...(before ?? []), client],
    )
    .argument("[file...]", "plan, state, synthesized JSON or resources of Azure, told apart by their content")
    .version(versionAt(__dirname), "--version", "show the version")
    .helpOption("--help", "show this")
    .addHelpText("after", EXIT_STATUSES)
    .showHelpAfterError("All options: private-link-preview --help")
    .configureOutput(PARSER_OUTPUT)
    .exitOverride()
    .parse(args, { from: "user" });
  const options = command.opts<ReportOptions & AzureOptions>();
  checkFormat(options);
  const files = command.args.map((file) => ({ file, text: readTextFile(file) }));
  const azure = await azureSource(options, [...command.args, options.compare, options.output]);
  if (!azure && files.length === 0) command.error("error: missing required argument 'file'");
  const sources = files.map(({ file, text }) => fileSource(file, text));
  const { preview, before } = previewsFor([...sources, ...(azure ? [azure] : [])], options);
  const [input = { file: azure?.source ?? "" }, ...others] = files;
  // Where there are several, each resource is named with its file where that is needed.
  const report = reportOf(preview, options, others.length > 0 || azure ? { file: input.file } : input, before);
  printReport(report, options);
  return report.passed ? EXIT.done : EXIT.wrong;
}
