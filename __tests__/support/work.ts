const METHODS = [
  "every",
  "filter",
  "find",
  "findIndex",
  "flatMap",
  "forEach",
  "includes",
  "indexOf",
  "map",
  "some",
  "sort",
];

/** How many elements arrays have, of which a method is called or over which a loop goes: work, measured without a clock. */
export async function workOf(run: () => Promise<unknown>): Promise<number> {
  type Method = (this: unknown[], ...args: unknown[]) => unknown;
  const prototype = Array.prototype as unknown as Record<string | symbol, Method>;
  const originals = [...METHODS, Symbol.iterator].map((name) => [name, prototype[name]!] as const);
  let work = 0;
  for (const [name, original] of originals) {
    prototype[name] = function (...args) {
      work += this.length;
      return original.apply(this, args);
    };
  }
  try {
    await run();
    return work;
  } finally {
    for (const [name, original] of originals) prototype[name] = original;
  }
}
