/** A thing of the model while it is built: what reads it finds all of it frozen. */
export type Draft<T> = {
  -readonly [K in keyof T]: T[K] extends ReadonlyMap<infer Key, infer Value>
    ? Map<Key, Value>
    : T[K] extends readonly (infer Member)[]
      ? Member[]
      : T[K];
};

/** A thing of the model, to be completed by what is read after it. */
export function draft<T>(thing: T): Draft<T> {
  return thing as Draft<T>;
}

/** Freezes a model: its lists, what is in them, and the lists in these. */
export function frozen<T extends object>(model: T): T {
  for (const list of Object.values(model).filter(Array.isArray)) {
    Object.freeze(list);
    for (const thing of list as unknown[]) {
      if (typeof thing !== "object" || thing === null || Object.isFrozen(thing)) continue;
      for (const member of Object.values(thing)) if (Array.isArray(member)) Object.freeze(member);
      Object.freeze(thing);
    }
  }
  return Object.freeze(model);
}
