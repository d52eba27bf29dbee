import { type Json, at } from "../../common/util/json";
import type { Store } from "./store";

/** Ids of resources that a write refers to: where they are in its body, `properties.subnet.id`, or how they are found. */
export type IdsIn = string | ((id: string, body: Json, store: Store) => string[]);

/** The actions on other resources that a write needs too, each with the ids of those. */
export type LinkedActions = Readonly<Record<string, IdsIn>>;

/** The ids of resources that a write refers to. */
export function idsIn(where: IdsIn, id: string, body: Json, store: Store): string[] {
  if (typeof where !== "string") return where(id, body, store);
  return at(body, where.split(".")).filter((value) => typeof value === "string");
}
