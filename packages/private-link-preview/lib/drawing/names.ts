import { count, joinWords } from "../../../common/util/words";
import type { Endpoint } from "../model/network-model";
import type { Frame, FrameKind } from "./sketch";

/** Most names in one box. */
const MOST = 6;

/** The first of many names, and how many more there are. */
export function shortened(names: readonly string[]): string[] {
  return names.length <= MOST ? [...names] : [...names.slice(0, MOST - 1), `and ${names.length - MOST + 1} more`];
}

/** A few endpoints by their names, or how many there are. */
export function namesOf(endpoints: readonly Endpoint[]): string {
  return endpoints.length > 3
    ? count(endpoints.length, "private endpoint")
    : joinWords(endpoints.map(({ name }) => name));
}

/** A frame with nothing in it. */
export function plainFrame(kind: FrameKind, title: string, subtitle: string): Frame {
  return { kind, title, subtitle, notes: [], items: [] };
}
