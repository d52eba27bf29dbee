import { type ReportOptions, reportOf, reportOptions } from "private-link-preview";
import { type Command, EXIT } from "../cli/command";
import { program } from "../cli/program";
import { INPUT_OPTIONS, type InputOptions, previewInput } from "./input";

type Options = InputOptions & ReportOptions;

/** `npm run preview`: what each network's DNS returns for the registry's names, and whether it is reachable. */
export const command: Command = (args) => {
  const cli = reportOptions(program("preview", "Exit status 1 if any answer is missing, wrong or unreachable."));
  for (const [flag, text] of INPUT_OPTIONS) cli.option(flag, text);
  const options = cli.parse(args, { from: "user" }).opts<Options>();
  const { text, passed } = reportOf(previewInput(options), options);
  console.log(text);
  return passed ? EXIT.done : EXIT.wrong;
};
