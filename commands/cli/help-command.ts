import { print, terminalColors, terminalWidth } from "../../packages/common/text";
import { wrap } from "../../packages/common/util";
import { CATALOGUE, type CatalogueEntry, COMMANDS, DEVELOPMENT } from "./catalogue";
import { type Command, EXIT } from "./command";
import { Invocation, lineOf } from "./invocation";
import { withoutOptions } from "./program";

/** `npm run help`: lists all commands, with an example for each. */
export const command: Command = (args) => {
  withoutOptions("help", args);
  const width = Math.max(...[...COMMANDS.keys()].map((name) => name.length));
  const indent = " ".repeat(width + 4);
  const { isBin } = new Invocation("help");
  const groups = Object.entries(CATALOGUE).flatMap(([group, commands]) => {
    const shown = Object.entries<CatalogueEntry>(commands).filter(([name]) => !isBin || !DEVELOPMENT.has(name));
    if (shown.length === 0) return [];
    const texts = shown.map(([name, { does, example }]) => {
      const lines = wrap(does, terminalWidth() - indent.length).join(`\n${indent}`);
      return `  ${name.padEnd(width)}  ${lines}\n${indent}${terminalColors.dim(lineOf(name, example))}`;
    });
    return [[terminalColors.bold(group), ...texts].join("\n")];
  });
  const how = isBin
    ? "Run a command with npx private-registry NAME. To show its options: npx private-registry NAME --help"
    : "Run a command with npm run NAME, or npx private-registry NAME. To show its options: npm run NAME -- --help";
  print([how, ...groups].join("\n\n"));
  return EXIT.done;
};
