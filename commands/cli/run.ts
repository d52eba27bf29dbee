import { print, say, watchOutput } from "../../packages/common/text";
import { asksForJson, errorJson, isObject, UsageError, UserError } from "../../packages/common/util";
import { interruptedStatus } from "../engine/interruption";
import { EXIT, type ExitStatus } from "./command";

/**
 * Runs a command, and returns its exit status. A problem that the user can fix is reported by its message alone. Any
 * other error is a bug in this project, and is reported with a stack trace.
 *
 * @param args - those of the command: where they ask for JSON, the error is printed as JSON on standard output too
 */
export async function statusOf(
  command: () => ExitStatus | Promise<ExitStatus>,
  args: readonly string[] = [],
): Promise<ExitStatus> {
  try {
    return await command();
  } catch (error) {
    // Its message is printed already.
    const message = error instanceof Ended ? error.message : isUsers(error) ? error.message : invalidStack(error);
    if (!(error instanceof Ended)) say(message ?? error);
    if (asksForJson(args) && message !== "") print(errorJson(message ?? String(error)));
    return interruptedStatus() ?? statusFor(error);
  }
}

function statusFor(error: unknown): ExitStatus {
  if (error instanceof Ended) return error.status;
  if (error instanceof UsageError) return EXIT.usage;
  return error instanceof StoppedError || invalidStack(error) !== undefined ? EXIT.wrong : EXIT.failed;
}

/** Runs the one command of this process, and sets the exit status of the process. */
export function run(command: () => ExitStatus | Promise<ExitStatus>, args: readonly string[] = []): void {
  watchOutput();
  void statusOf(command, args).then((status) => {
    process.exitCode = status;
  });
}

/** Ends the command before it does its work: it has shown its help, or an error about its options. */
export class Ended extends Error {
  /** @param message - the error about the options; empty after help */
  constructor(
    public readonly status: ExitStatus,
    message = "",
  ) {
    super(message);
  }
}

/** The command stopped because of what it found in the network. */
export class StoppedError extends UserError {}

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
