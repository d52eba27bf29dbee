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
  [EXIT.done]: "Done, without errors.",
  [EXIT.wrong]: "A finding of severity error that is not ignored, or a check or a step of a rehearsal that failed.",
  [EXIT.usage]: "Wrong options, settings or file of ignored findings.",
  [EXIT.failed]:
    "The command could not do its work: a file can't be read or written, the engine is missing or failed, there is no login, or Azure refused.",
} as const;

/** Exit status of a command: one of {@link EXIT}, or the exit status of the program that the command runs. */
export type ExitStatus = number;
