/** The values without repetition, in order. */
export function unique<T>(values: Iterable<T>): T[] {
  return [...new Set(values)];
}

/**
 * Groups values by a key, in the order in which the keys first come.
 *
 * @param valueOf - what is kept of each value. @default - the value itself
 */
export function groupBy<T, K>(values: Iterable<T>, key: (value: T) => K): Map<K, T[]>;
export function groupBy<T, K, V>(values: Iterable<T>, key: (value: T) => K, valueOf: (value: T) => V): Map<K, V[]>;
export function groupBy<T, K>(
  values: Iterable<T>,
  key: (value: T) => K,
  valueOf: (value: T) => unknown = (value) => value,
): Map<K, unknown[]> {
  const groups = new Map<K, unknown[]>();
  for (const value of values) {
    const one = key(value);
    const group = groups.get(one);
    if (group) group.push(valueOf(value));
    else groups.set(one, [valueOf(value)]);
  }
  return groups;
}

/** Remembers what is computed for each key. */
export function memo<K, V>(compute: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    if (!known.has(key)) known.set(key, compute(key));
    return known.get(key)!;
  };
}

/** Most computations of {@link once} inside each other: chains of references in real files have a few steps. */
const MAX_DEPTH = 100;

let depth = 0;
/** How often the limit has cut something off. */
let cuts = 0;

/**
 * Remembers what is computed for each key by following references from one to the next. What the limit cut off is
 * remembered only for questions from as deep or deeper: one with more room left computes it again.
 *
 * @param unknown - the value where a computation leads back to itself, as references in a circle do, or where it leads on
 * and on, so that the call stack would not suffice
 */
export function once<K, V>(unknown: V, compute: (key: K) => V): (key: K) => V {
  const known = new Map<K, { value: V; cutFrom?: number }>();
  return (key) => {
    const { value, cutFrom = 0 } = known.get(key) ?? { value: unknown, cutFrom: MAX_DEPTH };
    if (depth >= cutFrom) {
      if (cutFrom > 0) cuts++;
      return value;
    }
    known.set(key, { value: unknown });
    const before = cuts;
    depth++;
    try {
      const value = compute(key);
      known.set(key, cuts > before ? { value, cutFrom: depth - 1 } : { value });
      return value;
    } finally {
      depth--;
    }
  };
}
