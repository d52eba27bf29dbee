import { Command } from "commander";
import { version } from "../../package.json";
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
  return new Command(`npm run ${name} --`)
    .description(`${COMMANDS.get(name)!} ${more}`.trim())
    .version(version, "--version", "show the version of this project")
    .helpOption("--help", "show this help")
    .showHelpAfterError(`To show all options: npm run ${name} -- --help`)
    .exitOverride(({ exitCode, message }) => {
      throw exitCode === 0 ? new Ended(EXIT.done) : new Ended(EXIT.usage, message.replace(/^error: /, ""));
    });
}

/** Parses the arguments of a command without options. */
export function withoutOptions(name: CommandName, args: readonly string[]): void {
  program(name).parse(args, { from: "user" });
}
