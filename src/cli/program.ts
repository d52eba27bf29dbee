import type { Command } from "commander";
import { COMMANDS, type CommandName } from "./catalogue";
import { EXIT } from "./command";
import { Ended } from "./run";

/**
 * The options of a command of the catalogue, to be added. Parsing them ends the command where help is asked for, or an
 * option is wrong.
 *
 * @param more - what its `--help` says besides the catalogue
 */
export function program(name: CommandName, more = ""): Command {
  // Only now: a synthesis without options need not wait for it.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { Command } = require("commander") as typeof import("commander");
  return new Command(`npm run ${name} --`)
    .description(`${COMMANDS.get(name)!} ${more}`.trim())
    .helpOption("--help", "show this")
    .showHelpAfterError(`All options: npm run ${name} -- --help`)
    .exitOverride(({ exitCode }) => {
      throw new Ended(exitCode === 0 ? EXIT.done : EXIT.usage);
    });
}

/** Parses the arguments of a command without options. */
export function withoutOptions(name: CommandName, args: readonly string[]): void {
  program(name).parse(args, { from: "user" });
}
