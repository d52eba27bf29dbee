import { EXIT, isObject, UsageError, UserError } from "../../packages/common/util";

/** What a program prints of an error, and with which of the statuses {@link EXIT} it ends. */
export interface ErrorReport {
  /** The message alone for what the user can fix, and the error with its stack trace for a bug of this project. */
  readonly text: unknown;
  readonly status: number;
}

/** The report of an error of the settings, of the network that they describe, of a file or folder, or of this project. */
export function errorReport(error: unknown): ErrorReport {
  const invalid = invalidStack(error);
  if (invalid !== undefined) return { text: invalid, status: EXIT.wrong };
  if (error instanceof UsageError) return { text: error.message, status: EXIT.usage };
  return { text: isUsers(error) ? error.message : error, status: EXIT.failed };
}

/** Whether the user can fix an error, so that its message is enough: invalid settings, or a problem with a file or folder. */
function isUsers(error: unknown): error is Error {
  return error instanceof UserError || (isObject(error) && "syscall" in error);
}

/** The errors that the stack's validation reports, without cdktf's advice to skip it; undefined for any other error. */
export function invalidStack(error: unknown): string | undefined {
  if (!(error instanceof Error) || !error.message.startsWith("Validation failed")) return undefined;
  const found = [...error.message.matchAll(/^ *\[[\w-]+\] (.*)$/gm)].map(([, message = ""]) => `  ${message}`);
  return [
    "Nothing was written, because networks would get answers that are wrong or that they can't reach:",
    ...found,
  ].join("\n");
}
