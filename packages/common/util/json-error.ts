import { printableJson } from "./words";

/** Version of the JSON that commands print, raised when a member changes its meaning. */
export const JSON_VERSION = 1;

/** An error as a command prints it in place of its result, where that is asked for as JSON. */
export function errorJson(message: string): string {
  return printableJson({ version: JSON_VERSION, error: { message } });
}

/** Whether arguments ask for JSON. They may be wrong, so that no parser of options can tell. */
export function asksForJson(args: readonly string[]): boolean {
  return args.some(
    (arg, i) => arg === "--json" || arg === "--format=json" || (arg === "json" && args[i - 1] === "--format"),
  );
}
