/** Parses the last line of a script's output as JSON. Returns undefined if it is not JSON. */
export function jsonOnLastLine(stdout: string): unknown {
  try {
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  } catch {
    return undefined;
  }
}
