import { terminalColors } from "../report/terminal-colors";
import { previewText } from "../report/preview-table";
import { INPUT_OPTIONS, type InputOptions, resolveInput } from "./input";
import { program } from "./program";
import { run } from "./run";

const command = program("preview", "Exit status 1 if any answer is missing, wrong or unreachable.").option(
  "--json",
  "print the answers and findings as JSON",
);
for (const [flag, text] of INPUT_OPTIONS) command.option(flag, text);

run(() => {
  const options = command.parse().opts<InputOptions & { json?: boolean }>();
  const resolution = resolveInput(options);
  const { answers, findings } = resolution;
  console.log(options.json ? JSON.stringify({ answers, findings }, null, 2) : previewText(resolution, terminalColors));
  if (findings.some(({ severity }) => severity === "error")) process.exitCode = 1;
});
