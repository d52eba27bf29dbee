import { type Json, isJson } from "../../common/util/json";
import type { Store } from "./store";

/** Ids of resources that a write refers to. */
export type IdsIn = (id: string, body: Json, store: Store) => string[];

/** The actions on other resources that a write needs too, each with the ids of those. */
export type LinkedActions = Readonly<Record<string, IdsIn>>;

/** Ids at a path of a request's body, in which `[]` stands for all members of a list. */
export function at(path: string): IdsIn {
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
