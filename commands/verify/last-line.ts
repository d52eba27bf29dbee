import { printable } from "../../packages/common/util";

/**
 * Parses the last line of a script's output as JSON. Returns undefined if it is not JSON. Whoever can write to a log can
 * write a report, so its texts are made harmless for a terminal.
 */
export function jsonOnLastLine(stdout: string): unknown {
  try {
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "", (_, value: unknown) =>
      typeof value === "string" ? printable(value) : value,
    );
  } catch {
    return undefined;
  }
}
