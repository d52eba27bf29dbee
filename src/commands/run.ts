import { UserError } from "../user-error";

/**
 * Runs a command. A user's mistake is told by its message and exit status 1, without a stack trace;
 * anything else is a bug, and says where.
 */
export function run(command: () => void | Promise<void>): void {
  Promise.resolve()
    .then(command)
    .catch((error: unknown) => {
      console.error(isUsers(error) ? error.message : error);
      process.exitCode = 1;
    });
}

/** Whether the message says all: a wrong setting or file, or a stack that cdktf found invalid. */
function isUsers(error: unknown): error is Error {
  return error instanceof UserError || (error instanceof Error && error.message.startsWith("Validation failed"));
}
