/** The JSON on the last line of what a script printed; undefined if there is none. */
export function jsonOnLastLine(stdout: string): unknown {
  try {
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  } catch {
    return undefined;
  }
}
