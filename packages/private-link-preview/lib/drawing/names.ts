import type { Frame, FrameKind, Item } from "./scene";

/** The first of many names, and how many more there are. */
export function shortened(names: readonly string[], most: number): string[] {
  return names.length <= most ? [...names] : [...names.slice(0, most - 1), `and ${names.length - most + 1} more`];
}

/** A frame with nothing in it. */
export function plainFrame(kind: FrameKind, title: string, subtitle: string): Frame {
  return { kind, addresses: [], title, subtitle, notes: [], items: [] };
}

/** A box that stands for nothing that is drawn as a line. */
export function plainItem(kind: Item["kind"], rows: Item["rows"]): Item {
  return { kind, of: [], rows, returns: [] };
}
