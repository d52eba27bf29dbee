import { unique } from "./collections";
import { isObject } from "./json";

// Terraform marks sensitive values in the same structure as the values: `true` stands for a value, for a block with all that
// is in it, or for the whole resource.

/** The values that are not marked as sensitive: the others are left out, as if they were not known. */
export function withoutMarked(values: unknown, mark: unknown): unknown {
  if (mark === true) return undefined;
  if (!isObject(mark) || !isObject(values)) return holdsMark(mark) ? undefined : values;
  if (Array.isArray(values)) return values.map((value, i) => withoutMarked(value, memberOf(mark, i)));
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      const shown = withoutMarked(value, memberOf(mark, name));
      return shown === undefined ? [] : [[name, shown]];
    }),
  );
}

/** Whether the value at a path is marked as sensitive, or is in something that is. */
export function isMarked(mark: unknown, path: readonly string[]): boolean {
  const [name, ...rest] = path;
  if (mark === true || name === undefined) return holdsMark(mark);
  if (Array.isArray(mark)) return mark.some((one) => isMarked(one, path));
  return isMarked(memberOf(mark, name), rest);
}

/** A member of an object or a list; undefined where it is neither. */
export function memberOf(value: unknown, name: string | number): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? (value as Record<string | number, unknown>)[name] : undefined;
}

/** Whether anything in a structure of marks is marked. */
export function holdsMark(mark: unknown): boolean {
  return mark === true || (isObject(mark) && Object.values(mark).some(holdsMark));
}

/** What is marked in one of two structures of marks. */
export function joinedMarks(one: unknown, other: unknown): unknown {
  if (one === true || other === true) return true;
  if (!isObject(one) || !isObject(other)) return isObject(one) ? one : other;
  if (Array.isArray(one) && Array.isArray(other))
    return Array.from({ length: Math.max(one.length, other.length) }, (_, i) => joinedMarks(one[i], other[i]));
  // Of a list and an object, which one describes the value is not known.
  if (Array.isArray(one) || Array.isArray(other)) return holdsMark(one) || holdsMark(other);
  const names = unique([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries(names.map((name) => [name, joinedMarks(memberOf(one, name), memberOf(other, name))]));
}
