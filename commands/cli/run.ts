import { print, say, watchOutput } from "../../packages/common/text";
import { asksForJson, errorJson, UserError } from "../../packages/common/util";
import { errorReport } from "../../src/terraform/error-report";
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
    const { text, status } =
      error instanceof Ended ? { text: error.message, status: error.status } : errorReport(error);
    if (!(error instanceof Ended)) say(text);
    if (asksForJson(args) && text !== "") print(errorJson(String(text)));
    return interruptedStatus() ?? (error instanceof StoppedError ? EXIT.wrong : status);
  }
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
