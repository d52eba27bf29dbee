import { terminalColors } from "private-link-preview/text";
import { wrap } from "private-link-preview/util";
import { CATALOGUE, COMMANDS } from "./catalogue";
import { type Command, EXIT } from "./command";
import { withoutOptions } from "./program";

/** `npm run help`: lists all commands. */
export const command: Command = (args) => {
  withoutOptions("help", args);
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
  console.log(["Run a command with npm run NAME. To show its options: npm run NAME -- --help", ...groups].join("\n\n"));
  return EXIT.done;
};
