/** The values without repetition, in order. */
export function unique<T>(values: Iterable<T>): T[] {
  return [...new Set(values)];
}

/** Groups values by a key, in the order in which the keys first come. */
export function groupBy<T, K>(values: Iterable<T>, key: (value: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    const its = key(value);
    const group = groups.get(its);
    if (group) group.push(value);
    else groups.set(its, [value]);
  }
  return groups;
}

/** Most computations of {@link once} inside each other: chains of references in real files have a few steps. */
const MAX_DEPTH = 100;

let depth = 0;

/**
 * Remembers what is computed for each key.
 *
 * @param unknown - the value where a computation leads back to itself, as references in a circle do, or where it leads on
 * and on, so that the call stack would not suffice
 */
export function once<K, V>(unknown: V, compute: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    if (known.has(key)) return known.get(key)!;
    if (depth >= MAX_DEPTH) return unknown;
    known.set(key, unknown);
    depth++;
    try {
      const value = compute(key);
      known.set(key, value);
      return value;
    } finally {
      depth--;
    }
  };
}
