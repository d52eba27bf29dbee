import type { Command } from "commander";
import { COMMANDS, type CommandName } from "./catalogue";
import { EXIT } from "./command";
import { Ended } from "./run";

/**
 * The option parser of a command in the catalogue, to which the command adds its options. If the arguments ask for help
 * or are wrong, parsing them throws {@link Ended}.
 *
 * @param more - what `--help` says in addition to the summary in the catalogue
 */
export function program(name: CommandName, more = ""): Command {
  // Loaded here, so that a synthesis without options does not spend time on it.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { Command } = require("commander") as typeof import("commander");
  return new Command(`npm run ${name} --`)
    .description(`${COMMANDS.get(name)!} ${more}`.trim())
    .helpOption("--help", "show this help")
    .showHelpAfterError(`To show all options: npm run ${name} -- --help`)
    .exitOverride(({ exitCode }) => {
      throw new Ended(exitCode === 0 ? EXIT.done : EXIT.usage);
    });
}

/** Parses the arguments of a command without options. */
export function withoutOptions(name: CommandName, args: readonly string[]): void {
  program(name).parse(args, { from: "user" });
}
