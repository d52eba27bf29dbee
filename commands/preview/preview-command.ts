import {
  azureOptions,
  checkFormat,
  printReport,
  reportOf,
  type ReportOptions,
  reportOptions,
} from "../../packages/private-link-preview/report";
import { type Command, EXIT } from "../cli/command";
import { program } from "../cli/program";
import { EARLIER, INPUT_OPTIONS, type InputOptions, readInput } from "./input";

type Options = InputOptions & ReportOptions;

/** `npm run preview`: what each network's DNS returns for the registry's names, and whether it is reachable. */
export const command: Command = async (args) => {
  const cli = azureOptions(
    reportOptions(
      program(
        "preview",
        "Exit status 1 if a finding is an error, such as an answer that is missing, wrong or unreachable.",
      ),
      EARLIER,
    ),
  );
  for (const [flag, text] of INPUT_OPTIONS) cli.option(flag, text);
  const options = cli.parse(args, { from: "user" }).opts<Options>();
  checkFormat(options);
  const { preview, before, input } = await readInput(options);
  const report = reportOf(preview, options, input, before);
  printReport(report, options);
  return report.passed ? EXIT.done : EXIT.wrong;
};
