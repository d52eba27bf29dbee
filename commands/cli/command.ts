import { EXIT } from "../../packages/common/util";

/**
 * A command: takes its arguments, and returns the exit status of the process.
 *
 * @throws UserError for a problem that the user can fix: its message is shown without a stack trace
 */
export type Command = (args: readonly string[]) => ExitStatus | Promise<ExitStatus>;

export { EXIT };

/** What each exit status means. */
export const EXIT_STATUSES = {
  [EXIT.done]: "The command is done, and found no errors.",
  [EXIT.wrong]:
    "The command found an error in the network: a finding of severity error that is not ignored, a check or a step of a rehearsal that failed.",
  [EXIT.usage]:
    "The command was called with an option that it doesn't have or with a value that the option doesn't accept, or the settings or the file of ignored findings are wrong.",
  [EXIT.failed]:
    "The command could not do its work: a file can't be read or written, the engine is missing or failed, there is no login, or Azure refused.",
} as const;

/** Exit status of a command: one of {@link EXIT}, or the exit status of the program that the command runs. */
export type ExitStatus = number;
