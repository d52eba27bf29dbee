import { isObject, pathText, withoutMiddle } from "../../packages/common/util";
import type { z } from "zod";
import { nearest } from "./nearest";

/** One error in the settings. */
export interface SettingsError {
  /** Keys and indices from the settings object to the value. */
  readonly path: readonly (string | number)[];
  /** The value as JSON, or a description such as "an unknown key". */
  readonly found: string;
  /** What is allowed instead, in words. */
  readonly allowed: string;
}

/** The settings object's key in cdktf's context, with which every path starts. */
export const CONTEXT_KEY = "privateRegistry";

/** One line for an error: `privateRegistry.spokes[1].name: found 7, allowed: …`. */
export function errorLine({ path, found, allowed }: SettingsError): string {
  return `${pathText([CONTEXT_KEY, ...path])}: found ${found}, allowed: ${allowed}`;
}

/** The errors behind a schema's issues, one for each wrong value and for each unknown key. */
export function errorsOf(issues: readonly z.core.$ZodIssue[], written: unknown): SettingsError[] {
  const seen = new Set<string>();
  return issues
    .flatMap((issue) => errorsOfIssue(issue, written))
    .filter(({ path }) => {
      const key = JSON.stringify(path);
      return !seen.has(key) && seen.add(key);
    });
}

function errorsOfIssue(issue: z.core.$ZodIssue, written: unknown): SettingsError[] {
  // The settings are JSON, so no key is a symbol.
  const path = issue.path as (string | number)[];
  if (issue.code === "unrecognized_keys") {
    const known = issue.message.split(", ");
    return issue.keys.map((key) => ({
      path: [...path, key],
      found: "an unknown key",
      allowed: `${issue.message}${nearest(key, known)}`,
    }));
  }
  if (issue.code === "invalid_key") {
    const key = show(path.at(-1));
    return [{ path, found: `the key ${key}`, allowed: issue.issues[0]?.message ?? issue.message }];
  }
  const found: unknown = issue.code === "custom" ? issue.params?.found : undefined;
  return [{ path, found: typeof found === "string" ? found : show(valueAt(written, path)), allowed: issue.message }];
}

/** An error as an issue of a schema, from which {@link errorsOf} reads it back. */
export function issueOf({ path, found, allowed }: SettingsError) {
  return { code: "custom" as const, path: [...path], message: allowed, params: { found } };
}

/** A value as it would be written in the settings, cut if long. */
export function show(value: unknown): string {
  return value === undefined ? "nothing" : withoutMiddle(JSON.stringify(value));
}

function valueAt(written: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (isObject(value) ? (value as Record<PropertyKey, unknown>)[key] : undefined),
    written,
  );
}
