import { ignoreOption, isBlocking, withIgnored } from "private-link-preview";
import { previewText, terminalColors } from "private-link-preview/text";
import { printableJson } from "private-link-preview/util";
import { type Command, EXIT } from "../cli/command";
import { program } from "../cli/program";
import { INPUT_OPTIONS, type InputOptions, previewInput } from "./input";

interface Options extends InputOptions {
  readonly json?: boolean;
  readonly ignore?: readonly string[];
}

/** `npm run preview`: what each network's DNS returns for the registry's names, and whether it is reachable. */
export const command: Command = (args) => {
  const cli = program("preview", "Exit status 1 if any answer is missing, wrong or unreachable.")
    .option("--json", "print the answers and findings as JSON")
    .option(...ignoreOption());
  for (const [flag, text] of INPUT_OPTIONS) cli.option(flag, text);
  const { json, ignore = [], ...input } = cli.parse(args, { from: "user" }).opts<Options>();
  const found = previewInput(input);
  const preview = { ...found, findings: withIgnored(found.findings, ignore) };
  const { answers, findings } = preview;
  console.log(json ? printableJson({ answers, findings }) : previewText(preview, terminalColors));
  return findings.some(isBlocking) ? EXIT.wrong : EXIT.done;
};
