import type { Command } from "commander";
import { COMMANDS, type CommandName } from "./catalogue";
import { USAGE_ERROR } from "./run";

/**
 * A command of the catalogue, to be given its options. A wrong option ends it with {@link USAGE_ERROR}.
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
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE_ERROR));
}
