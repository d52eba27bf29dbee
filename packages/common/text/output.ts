import { inspect } from "node:util";
import { EXIT } from "../util/exit";
import { withoutCommands } from "../util/words";

// All that a command prints goes through here. Text may hold names of a foreign file, of Azure or of a person, and error texts
// of others: nothing in it is a command of the log that it is printed to.

/** Prints the result of a command, for people. */
export function print(text: string): void {
  process.stdout.write(`${withoutCommands(text)}\n`);
}

/** Prints a result in a form of which every character counts, and which has no commands of a log but those that it is for. */
export function printExactly(text: string): void {
  process.stdout.write(text);
}

/** Prints what is said beside the result: progress, and the error that ends a command. */
export function say(message: unknown): void {
  process.stderr.write(`${withoutCommands(typeof message === "string" ? message : inspect(message))}\n`);
}

let isWatched = false;

/**
 * Lets a program write on where the one that reads has ended, as `head` does after some lines: what is written then is lost,
 * and the program ends with the status that it has. Where output can't be written for another reason, such as a full disk, the
 * program ends with one line and the status for that.
 */
export function watchOutput(): void {
  if (isWatched) return;
  isWatched = true;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") return;
      if (stream === process.stdout) process.stderr.write(`Can't write the output: ${error.message}\n`);
      process.exit(EXIT.failed);
    });
  }
}
