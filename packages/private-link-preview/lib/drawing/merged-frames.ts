import { type Frame, type Item, type Join, type Row, type Scene, type Thing, linesByThing } from "./scene";
import { groupBy, unique } from "../../../common/util/collections";

/** Kinds of boxes of which each network has its own, under names of their own. */
const OWN: ReadonlySet<Item["kind"]> = new Set(["endpoint", "machine", "bastion", "other"]);

/** Most networks in one frame of which each is named. */
const MOST_NAMED = 3;

/** The scene with one frame, and their number, for networks that differ in names and addresses alone. */
export function mergeFrames(scene: Scene): Scene {
  const lines = linesByThing(scene);
  const linesOf = (thing: Thing) => lines.get(thing)?.map(({ number }) => number);
  const keyOf = (frame: Frame) =>
    JSON.stringify([
      [frame.kind, frame.region, frame.notes, linesOf(frame)],
      frame.items.map((item) => [
        [item.kind, linesOf(item), item.returns.map((one) => frame.items.indexOf(one))],
        item.rows.map(({ text, is }) => (is === "name" && OWN.has(item.kind) ? "" : text)),
      ]),
    ]);
  /** What stands for something now. */
  const now = new Map<unknown, unknown>();
  const standsFor = <T>(thing: T) => (now.get(thing) ?? thing) as T;
  const sections = scene.sections.map((section) => {
    const groups = [...groupBy(section.frames, keyOf).values()];
    const merged = { ...section, frames: groups.map((frames) => merge(frames, now)) };
    now.set(section, merged);
    return merged;
  });
  // Which networks use a path is not drawn where frames are merged.
  const moved = (join: Join): Join => ({
    ...join,
    one: standsFor(join.one),
    others: unique(join.others.map(standsFor)),
  });
  return { ...scene, sections, joins: scene.joins.map(moved), paths: scene.paths.map(moved) };
}

function merge(frames: readonly Frame[], now: Map<unknown, unknown>): Frame {
  const [first] = frames as [Frame];
  if (frames.length === 1) return first;
  const items = first.items.map((item, i) => ({
    ...item,
    of: frames.flatMap((frame) => frame.items[i]!.of),
    rows: item.rows.map((_, row) => rowOf(frames.map((frame) => frame.items[i]!.rows[row]!))),
    returns: [] as Item[],
  }));
  items.forEach(({ returns }, i) => {
    returns.push(...first.items[i]!.returns.map((one) => items[first.items.indexOf(one)] ?? one));
  });
  const merged: Frame = {
    ...first,
    addresses: frames.flatMap(({ addresses }) => addresses),
    title: span(frames.map(({ title }) => title)),
    subtitle: unique([first, frames.at(-1)!].map(({ subtitle }) => subtitle)).join(" … "),
    notes: [{ text: `${frames.length} networks alike`, is: "name" }, ...first.notes],
    items,
  };
  for (const frame of frames) {
    now.set(frame, merged);
    frame.items.forEach((item, i) => now.set(item, items[i]));
  }
  return merged;
}

function rowOf(rows: readonly Row[]): Row {
  const [first] = rows as [Row];
  const text = span(rows.map((row) => row.text));
  return { ...first, text, ...(rows.some(({ right }) => right !== first.right) && { right: `${first.right!} …` }) };
}

/** Several texts as one, with what they have in common once: "spoke1 … 17-dev", or all of a few: "vnet-build, edge-prod". */
function span(texts: readonly string[]): string {
  const parts = texts.map((text) => [...text.matchAll(/\d+|\p{L}+|[^\d\p{L}]+/gu)].map(([part]) => part));
  const [first] = parts as [string[]];
  const shortest = Math.min(...parts.map(({ length }) => length));
  const shared = (at: (its: readonly string[], i: number) => string | undefined, most: number) => {
    let i = 0;
    while (i < most && parts.every((its) => at(its, i) === at(first, i))) i++;
    return i;
  };
  const start = shared((its, i) => its[i], shortest);
  const end = shared((its, i) => its.at(-1 - i), shortest - start);
  const own = unique(parts.map((its) => its.slice(start, its.length - end).join("")));
  const shown = own.length > MOST_NAMED ? `${own[0]!} … ${own.at(-1)!}` : own.join(", ");
  return `${first.slice(0, start).join("")}${shown}${first.slice(first.length - end).join("")}`;
}
