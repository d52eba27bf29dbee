import { isatty } from "node:tty";
import { inspect } from "node:util";
import { EXIT } from "../util/exit";
import { shown, withoutCommands } from "../util/words";

// All that a command prints goes through here. Text may hold names of a foreign file, of Azure or of a person, and error texts
// of others: nothing in it is a command of the log that it is printed to, and nothing in it controls the terminal but colours.

/** Colours, which only a terminal gets. */
const hasColors = isatty(1) && !process.env.NO_COLOR;
const COLOR = new RegExp(`(${String.fromCharCode(27)}\\[\\d+m)`);

/** Text of several lines, of which a log or a terminal does nothing but show it. */
export function harmless(text: string): string {
  const parts = hasColors ? text.split(COLOR) : [text];
  return withoutCommands(parts.map((part, index) => (index % 2 === 1 ? part : shown(part))).join(""));
}

/** Prints the result of a command, for people. */
export function print(text: string): void {
  process.stdout.write(`${harmless(text)}\n`);
}

/** Prints a result in a form of which every character counts, and which has no commands of a log but those that it is for. */
export function printExactly(text: string): void {
  process.stdout.write(text);
}

/** Prints what is said beside the result: progress, and the error that ends a command. */
export function say(message: unknown): void {
  process.stderr.write(`${harmless(typeof message === "string" ? message : inspect(message))}\n`);
}

/** How a parser of options prints its help, and errors that quote an argument. */
export const PARSER_OUTPUT = {
  writeOut(text: string): void {
    process.stdout.write(harmless(text));
  },
  writeErr(text: string): void {
    process.stderr.write(harmless(text));
  },
};

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
