import { closest } from "fastest-levenshtein";
import type { z } from "zod";
import { isObject } from "private-link-preview/util";

/** One thing wrong with the settings. */
export interface Fault {
  /** Keys and indices from the settings object to the value. */
  readonly path: readonly PropertyKey[];
  /** What stands there: the value as JSON, or "an unknown key". */
  readonly found: string;
  /** What may stand there, in words. */
  readonly allowed: string;
}

/** The settings object's key in cdktf's context, with which every path starts. */
export const CONTEXT_KEY = "privateRegistry";

/** One line for a fault: `privateRegistry.spokes[1].name: found 7, allowed: …`. */
export function describe({ path, found, allowed }: Fault): string {
  const steps = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`));
  return `${CONTEXT_KEY}${steps.join("")}: found ${found}, allowed: ${allowed}`;
}

/** The faults behind a schema's issues, one for each wrong value and for each unknown key. */
export function faultsOf(issues: readonly z.core.$ZodIssue[], input: unknown): Fault[] {
  return onePerValue(issues.flatMap((issue) => faultsOfIssue(issue, input)));
}

function faultsOfIssue(issue: z.core.$ZodIssue, input: unknown): Fault[] {
  if (issue.code === "unrecognized_keys") {
    const known = issue.message.split(", ");
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      found: "an unknown key",
      allowed: `${issue.message} (nearest: ${closest(key, known)})`,
    }));
  }
  if (issue.code === "invalid_key") {
    return [{ path: issue.path, found: "this key", allowed: issue.issues[0]?.message ?? issue.message }];
  }
  const found = valueAt(input, issue.path);
  if (issue.code === "invalid_union" && isObject(found)) {
    // Of the alternatives, an object can only have been meant for the one that is an object.
    const meant = issue.errors.find((errors) =>
      errors.some(({ path, code }) => path.length > 0 || code === "unrecognized_keys"),
    );
    if (meant) return faultsOf(meant, found).map((fault) => ({ ...fault, path: [...issue.path, ...fault.path] }));
  }
  return [{ path: issue.path, found: show(found), allowed: issue.message }];
}

/** A value as it would be written in the settings, cut if long. */
export function show(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (isObject(value) ? (value as Record<PropertyKey, unknown>)[key] : undefined),
    input,
  );
}

/** A value that breaks several rules of its type is one fault. */
export function onePerValue(faults: readonly Fault[]): Fault[] {
  const seen = new Set<string>();
  return faults.filter(({ path }) => {
    const key = JSON.stringify(path);
    return !seen.has(key) && seen.add(key);
  });
}
