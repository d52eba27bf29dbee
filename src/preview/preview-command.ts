import { previewText, terminalColors } from "private-link-preview/text";
import { INPUT_OPTIONS, type InputOptions, resolveInput } from "./input";
import { type Command, EXIT } from "../cli/command";
import { program } from "../cli/program";

/** `npm run preview`: what each network's DNS returns for the registry's names, and whether it is reachable. */
export const command: Command = (args) => {
  const cli = program("preview", "Exit status 1 if any answer is missing, wrong or unreachable.").option(
    "--json",
    "print the answers and findings as JSON",
  );
  for (const [flag, text] of INPUT_OPTIONS) cli.option(flag, text);
  const options = cli.parse(args, { from: "user" }).opts<InputOptions & { json?: boolean }>();
  const preview = resolveInput(options);
  const { answers, findings } = preview;
  console.log(options.json ? JSON.stringify({ answers, findings }, null, 2) : previewText(preview, terminalColors));
  return findings.some(({ severity }) => severity === "error") ? EXIT.wrong : EXIT.done;
};
