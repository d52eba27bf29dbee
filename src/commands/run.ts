import { UsageError, UserError } from "../user-error";

/** Exit status of a command whose options are wrong. */
export const USAGE_ERROR = 2;

/**
 * Runs a command. A user's mistake is told by its message and exit status 1, or 2 if it lies in the options, without a
 * stack trace; anything else is a bug, and says where.
 */
export function run(command: () => void | Promise<void>): void {
  Promise.resolve()
    .then(command)
    .catch((error: unknown) => {
      console.error(isUsers(error) ? error.message : (invalidStack(error) ?? error));
      process.exitCode = error instanceof UsageError ? USAGE_ERROR : 1;
    });
}

/** Whether an error's message says all: a wrong setting, or a file or folder that is not as it should be. */
function isUsers(error: unknown): error is Error {
  return error instanceof UserError || (error instanceof Error && "syscall" in error);
}

/** What the stack's own validation found, without cdktf's advice to skip it; undefined for any other error. */
export function invalidStack(error: unknown): string | undefined {
  if (!(error instanceof Error) || !error.message.startsWith("Validation failed")) return undefined;
  const found = [...error.message.matchAll(/^ *\[[\w-]+\] (.*)$/gm)].map(([, message = ""]) => `  ${message}`);
  return ["The network would not work, so it is not written:", ...found].join("\n");
}
