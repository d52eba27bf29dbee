import { say } from "../../packages/common/text";
import { constants } from "node:os";
import { UserError } from "../../packages/common/util";

/** Work that a signal must not end halfway. */
export interface Guard {
  /** Asks the work to stop. Called for the first signal, and for the INT that ends the process at once. */
  readonly stop?: (signal: NodeJS.Signals) => void;
  /** Removes what the work has made. Called at its end, and before the process ends at once. */
  readonly cleanUp?: () => void;
  /** What may be left if the process ends at once, as a sentence. */
  readonly leaves?: string | undefined;
}

/** A signal has ended the command. */
class InterruptedError extends UserError {}

/** Windows has no other signals. */
const SIGNALS: readonly NodeJS.Signals[] = process.platform === "win32" ? ["SIGINT"] : ["SIGINT", "SIGTERM", "SIGHUP"];

/** One Ctrl-C in a terminal arrives twice: from the terminal, and from npm, which passes it on. In milliseconds. */
const SAME_KEYPRESS = 500;

const guards = new Set<Guard>();
let received: { readonly signal: NodeJS.Signals; readonly at: number } | undefined;

/**
 * Runs work while a signal (INT, TERM or HUP) does not end the process: the work is asked to stop, and its end is waited for.
 * A second INT, as by another Ctrl-C, ends the process at once and says what may be left.
 *
 * @throws InterruptedError if a signal came before
 */
export async function guarded<T>(guard: Guard, work: () => Promise<T> | T): Promise<T> {
  if (received) throw new InterruptedError(`Interrupted by ${received.signal}.`);
  if (guards.size === 0) for (const signal of SIGNALS) process.on(signal, hear);
  guards.add(guard);
  try {
    return await work();
  } finally {
    guards.delete(guard);
    guard.cleanUp?.();
    // After a signal, the command ends by itself: the same keypress that npm passes on late must not cut off what it says.
    if (guards.size === 0 && interruptedStatus() === undefined) for (const signal of SIGNALS) process.off(signal, hear);
  }
}

/** The exit status that a signal gives the process, as shells expect it; undefined if there was none. */
export function interruptedStatus(): number | undefined {
  return received && statusFor(received.signal);
}

function hear(signal: NodeJS.Signals): void {
  const now = performance.now();
  // The terminal is gone: what is written to it from now on must not end the process.
  if (signal === "SIGHUP") for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  const isSecond = received !== undefined;
  // Pipelines that are cancelled send INT, and TERM some seconds later: an engine would stop at once at that.
  if (isSecond && (signal !== "SIGINT" || now - received!.at < SAME_KEYPRESS)) return;
  received ??= { signal, at: now };
  for (const { stop } of guards) stop?.(signal);
  if (isSecond) endAtOnce(signal);
  else if (guards.size > 0)
    say(`${signal}: waiting for what has begun to end, so that nothing is lost. Ctrl-C ends it at once.`);
}

function endAtOnce(signal: NodeJS.Signals): never {
  const left = [...guards].flatMap(({ leaves }) => leaves ?? []);
  for (const { cleanUp } of guards) cleanUp?.();
  say(["Ended at once.", ...new Set(left)].join("\n"));
  process.exit(statusFor(signal));
}

function statusFor(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
