/**
 * A command: takes its arguments, and gives the exit status of its process.
 *
 * @throws UserError for what the user can fix; the message is all there is to say
 */
export type Command = (args: readonly string[]) => ExitStatus | Promise<ExitStatus>;

/** Exit statuses, the same for every command. */
export const EXIT = { done: 0, wrong: 1, usage: 2 } as const;

/** What each exit status means. */
export const EXIT_STATUSES = {
  [EXIT.done]: "Done, and nothing is wrong.",
  [EXIT.wrong]:
    "Something is wrong: a finding of severity error, a check that failed, wrong settings, a file that can't be read, or an error of the engine or of Azure.",
  [EXIT.usage]:
    "The command was called with an option that it does not have, or with a value that the option does not take.",
} as const;

/** Exit status of a command: one of {@link EXIT}, or that of the program to which the command hands over. */
export type ExitStatus = number;
