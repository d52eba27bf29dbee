import { type Json, UserError, isJson, withoutMiddle } from "../../../common/util";

/** Members of a file's objects by their type. Each throws a UserError with the place where a member is of another type. */

/** An object; an empty one where it is left out. */
export function objectAt(of: Json, key: string, place: string): Json {
  const found = own(of, key) ?? {};
  return isJson(found) ? found : refuse(inside(place, key), found, "an object");
}

/** Objects by their names; none where they are left out. */
export function namedAt(of: Json, key: string, place: string): ReadonlyMap<string, Json> {
  const named = objectAt(of, key, place);
  return new Map(Object.keys(named).map((name) => [name, objectAt(named, name, inside(place, key))]));
}

/** A list of objects; an empty one where it is left out. */
export function listAt(of: Json, key: string, place: string): Json[] {
  const found = own(of, key) ?? [];
  if (!Array.isArray(found)) return refuse(inside(place, key), found, "a list");
  return found.map((one: unknown, index) =>
    isJson(one) ? one : refuse(`${inside(place, key)}[${index}]`, one, "an object"),
  );
}

/** What is read from each object in a list; nothing where it is left out. */
export function eachAt<T>(of: Json, key: string, place: string, read: (one: Json, place: string) => T): T[] {
  return listAt(of, key, place).map((one, index) => read(one, `${inside(place, key)}[${index}]`));
}

/** A text. */
export function textAt(of: Json, key: string, place: string): string {
  const found = own(of, key);
  return typeof found === "string" ? found : refuse(inside(place, key), found, "a string");
}

/** Texts; none where they are left out. */
export function textsAt(of: Json, key: string, place: string): string[] {
  const found = own(of, key) ?? [];
  const areTexts = Array.isArray(found) && found.every((one): one is string => typeof one === "string");
  return areTexts ? found : refuse(inside(place, key), found, "a list of strings");
}

/** The objects in a value that is an object or a list of objects, as Terraform's JSON syntax takes blocks; none if it is left out. */
export function blocksIn(value: unknown, place: string): Json[] {
  const blocks: unknown[] = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  return blocks.map((one) => (isJson(one) ? one : refuse(place, one, "an object, or a list of objects")));
}

/** What is wrong with a value at a place. */
export function refusal(place: string, found: unknown, allowed: string): string {
  return `${place}: found ${found === undefined ? "nothing" : withoutMiddle(JSON.stringify(found))}, allowed: ${allowed}`;
}

/** Throws the error for a value at a place. */
export function refuse(place: string, found: unknown, allowed: string): never {
  throw new UserError(refusal(place, found, allowed));
}

/** The place of a member; that of a file ends in a colon. */
export function inside(place: string, key: string): string {
  return `${place}${place.endsWith(":") ? " " : "."}${key}`;
}

/** A member of an object, which a name such as `constructor` does not find elsewhere. */
function own(of: Json, key: string): unknown {
  return Object.hasOwn(of, key) ? of[key] : undefined;
}
