import { visit } from "jsonc-parser";

/** A key in a text of JSON that a program which parses the text does not see as it is written. */
export interface LostKey {
  /** Keys and indices from the whole to the value. */
  readonly path: readonly (string | number)[];
  /** `twice`: an earlier value of the same key is lost. `name`: JavaScript gives the name another meaning. */
  readonly why: "twice" | "name";
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** The keys of JSON that are lost when it is parsed, in their order. The text must be JSON that is not nested too deeply. */
export function lostKeys(text: string): LostKey[] {
  const found: LostKey[] = [];
  const seen: Set<string>[] = [];
  visit(text, {
    onObjectBegin: () => {
      seen.push(new Set());
    },
    onObjectEnd: () => {
      seen.pop();
    },
    onObjectProperty: (name, _offset, _length, line, character, path) => {
      const names = seen.at(-1)!;
      const why = name === "__proto__" ? "name" : names.has(name) ? "twice" : undefined;
      names.add(name);
      if (why) found.push({ path: [...path(), name], why, line: line + 1, column: character + 1 });
    },
  });
  return found;
}
