import { terminalColors } from "../report/terminal-colors";
import { CATALOGUE, COMMANDS } from "./catalogue";
import { program } from "./program";
import { run } from "./run";
import { wrap } from "../words";

run(() => {
  program("help").parse();
  const width = Math.max(...[...COMMANDS.keys()].map((name) => name.length));
  const groups = Object.entries(CATALOGUE).map(([group, commands]) =>
    [
      terminalColors.bold(group),
      ...Object.entries<string>(commands).map(([name, summary]) => {
        const lines = wrap(summary, 96 - width).join(`\n${" ".repeat(width + 4)}`);
        return `  ${name.padEnd(width)}  ${lines}`;
      }),
    ].join("\n"),
  );
  console.log(["npm run NAME, and its options: npm run NAME -- --help", ...groups].join("\n\n"));
});
