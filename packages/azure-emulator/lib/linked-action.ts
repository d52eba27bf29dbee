import { type Json, isJson } from "../../common/util/json";
import type { Store } from "./store";

/** An action on another resource that a write needs too. */
export interface LinkedAction {
  readonly action: string;
  /** Ids of the resources on which the client needs it. */
  readonly on: (id: string, body: Json, store: Store) => string[];
}

/** Ids at a path of a request's body, in which `[]` stands for all members of a list. */
export function at(path: string): LinkedAction["on"] {
  const names = path.split(".");
  return (_, body) => {
    let found: unknown[] = [body];
    for (const name of names) {
      const values = found.filter(isJson).map((value) => value[name.replace("[]", "")]);
      found = name.endsWith("[]") ? values.flat() : values;
    }
    return found.filter((value) => typeof value === "string");
  };
}
