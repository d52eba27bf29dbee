import { UsageError, UserError, isObject } from "private-link-preview/util";
import { interruptedStatus } from "../engine/interruption";
import { EXIT, type ExitStatus } from "./command";

/**
 * Runs a command, and returns its exit status. A problem that the user can fix is reported by its message alone. Any
 * other error is a bug in this project, and is reported with a stack trace.
 */
export async function statusOf(command: () => ExitStatus | Promise<ExitStatus>): Promise<ExitStatus> {
  try {
    return await command();
  } catch (error) {
    if (error instanceof Ended) return error.status;
    console.error(isUsers(error) ? error.message : (invalidStack(error) ?? error));
    return interruptedStatus() ?? (error instanceof UsageError ? EXIT.usage : EXIT.wrong);
  }
}

/** Runs the one command of this process, and sets the exit status of the process. */
export function run(command: () => ExitStatus | Promise<ExitStatus>): void {
  void statusOf(command).then((status) => {
    process.exitCode = status;
  });
}

/** Ends the command before it does its work: it has shown its help, or an error about its options. */
export class Ended extends Error {
  constructor(public readonly status: ExitStatus) {
    super();
  }
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
