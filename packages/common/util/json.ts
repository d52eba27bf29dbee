/** A JSON object. */
export type Json = Record<string, unknown>;

/** All values at a path below a value; lists on the way, and at its end, stand for their elements. */
export function at(value: unknown, path: readonly string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((element) => at(element, path));
  const [name, ...rest] = path;
  if (name === undefined) return value === undefined || value === null ? [] : [value];
  return isJson(value) && Object.hasOwn(value, name) ? at(value[name], rest) : [];
}

/** The objects in a value that is one, or a list of them. */
export function objects(value: unknown): Json[] {
  return (Array.isArray(value) ? (value as unknown[]) : [value]).filter(isJson);
}

/** Whether a value has members: an object or a list. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Whether a value is a JSON object. */
export function isJson(value: unknown): value is Json {
  return isObject(value) && !Array.isArray(value);
}
