import { isObject } from "../../packages/common/util";
import type { z } from "zod";

/** A value as far as it is well-formed, defaults included: any part may be missing. */
export type WellFormed<T> = T extends readonly (infer Item)[]
  ? readonly (WellFormed<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: WellFormed<T[Key]> | undefined }
    : T;

/**
 * What is left of a parsed value without the parts that its issues point at, which it still holds as they are written.
 *
 * @param parsed - as zod hands it to a check of the whole; it is changed in place
 * @returns undefined if the whole is not well-formed
 */
export function wellFormed<T>(parsed: T, issues: readonly z.core.$ZodRawIssue[]): WellFormed<T> | undefined {
  for (const { code, path = [] } of issues) {
    // Unknown keys are left out already.
    if (code === "unrecognized_keys") continue;
    if (path.length === 0) return undefined;
    const parent = path.slice(0, -1).reduce<unknown>(memberOf, parsed);
    const key = path.at(-1)!;
    // A list of the wrong length is well-formed in each of its items.
    if (code === "custom" && Array.isArray(memberOf(parent, key))) continue;
    if (isObject(parent)) Object.assign(parent, { [key]: undefined });
  }
  return parsed as WellFormed<T>;
}

function memberOf(value: unknown, key: PropertyKey): unknown {
  return isObject(value) ? (value as Record<PropertyKey, unknown>)[key] : undefined;
}
