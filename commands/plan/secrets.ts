import {
  HIDDEN,
  holdsMark,
  isJson,
  isObject,
  joinedMarks,
  type Json,
  memberOf,
  unique,
} from "../../packages/common/util";

/** The values of a resource before and after, without what is secret in either. */
export interface WithoutSecrets {
  readonly before: Json;
  readonly after: Json;
  /** Paths of the secret values that differ, such as `custom_data` or `tags.password`. */
  readonly changed: readonly string[];
}

/**
 * Hides the secret values of a resource. Terraform marks them in the same structure as the values: `true` stands for a
 * value, for a block with all that is in it, or for the whole resource. What is marked on one side is hidden on both.
 */
export function withoutSecrets(
  before: unknown,
  after: unknown,
  marks: { readonly before?: unknown; readonly after?: unknown },
): WithoutSecrets {
  const mark = joinedMarks(marks.before, marks.after);
  return {
    before: asJson(hidden(before, mark)),
    after: asJson(hidden(after, mark)),
    changed: unique(changedPaths(before, after, mark, [])),
  };
}

function hidden(value: unknown, mark: unknown): unknown {
  if (value === undefined || value === null || !holdsMark(mark)) return value;
  if (mark === true) return isJson(value) ? everyMember(value) : HIDDEN;
  if (!isObject(value)) return HIDDEN;
  if (Array.isArray(value)) return Array.isArray(mark) ? value.map((one, i) => hidden(one, mark[i])) : HIDDEN;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, hidden(one, memberOf(mark, name))]));
}

/** A resource or block that is marked as a whole keeps the names of its attributes. */
function everyMember(value: Json): Json {
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, one === null ? null : HIDDEN]));
}

function changedPaths(before: unknown, after: unknown, mark: unknown, path: readonly string[]): string[] {
  if (!holdsMark(mark)) return [];
  const [some] = [before, after].filter(isObject);
  if (mark === true && path.length === 0 && isJson(some)) {
    const names = unique([before, after].filter(isJson).flatMap(Object.keys));
    return names.flatMap((name) => changedPaths(memberOf(before, name), memberOf(after, name), true, [name]));
  }
  if (mark === true || !isObject(mark) || some === undefined) {
    return JSON.stringify(before ?? null) === JSON.stringify(after ?? null) ? [] : [path.join(".")];
  }
  return Object.keys(mark).flatMap((name) =>
    // The position in a list says nothing to a reader.
    changedPaths(memberOf(before, name), memberOf(after, name), memberOf(mark, name), [
      ...path,
      ...(Array.isArray(mark) ? [] : [name]),
    ]),
  );
}

function asJson(value: unknown): Json {
  return isJson(value) ? value : {};
}
