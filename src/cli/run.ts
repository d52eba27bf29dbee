import { UsageError, UserError, isObject } from "private-link-preview/util";
import { EXIT, type ExitStatus } from "./command";

/**
 * Runs a command, and gives its exit status. A user's mistake is reported by its message, without a stack trace;
 * anything else is a defect of this project, and reported with one.
 */
export async function statusOf(command: () => ExitStatus | Promise<ExitStatus>): Promise<ExitStatus> {
  try {
    return await command();
  } catch (error) {
    if (error instanceof Ended) return error.status;
    console.error(isUsers(error) ? error.message : (invalidStack(error) ?? error));
    return error instanceof UsageError ? EXIT.usage : EXIT.wrong;
  }
}

/** Runs a command as all that this process does. */
export function run(command: () => ExitStatus | Promise<ExitStatus>): void {
  void statusOf(command).then((status) => {
    process.exitCode = status;
  });
}

/** The command has ended before its work: it was asked for help, or its options are wrong, and has said so. */
export class Ended extends Error {
  constructor(public readonly status: ExitStatus) {
    super();
  }
}

/** Whether an error's message says all: a wrong setting, or a file or folder that is not as it should be. */
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
