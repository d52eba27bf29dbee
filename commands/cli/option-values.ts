import { InvalidArgumentError } from "commander";

/** An option as it is written, by the name of its value: `--job-image` of `jobImage`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Reads the value of an option: a whole number. */
export function wholeFrom(least: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!Number.isInteger(number) || number < least)
      throw new InvalidArgumentError(`Allowed: a whole number from ${least}.`);
    return number;
  };
}

/** The option of every command that applies a plan. */
export const PARALLELISM_OPTION = [
  "--parallelism <n>",
  "number of concurrent operations; by default it depends on the number of peerings",
  wholeFrom(1),
] as const;
