import type { Box, Line, Point, Size, Text } from "./picture";
import type { Frame, Item, Row } from "./scene";
import { type Setting, fit, textWidth } from "./text-width";

/** Font sizes. */
export const SIZE = { title: 22, subtitle: 13, frame: 14, text: 12, name: 12.5 } as const;

/** Height of a row, whatever is in it. */
const ROW = 17;
/** Space around the rows of a box, and at its left for its coloured edge. */
const ITEM = { x: 8, left: 13, y: 6 } as const;
const FRAME = { padding: 11, header: 21, gap: 8 } as const;
/** Space between boxes of which one returns the other, for the arrow. */
const ARROW_GAP = 20;
/** Between a row's two texts, and most of its width for the second. */
const BETWEEN = 12;
const MOST_RIGHT = 0.65;
/** Widest box: longer texts are cut. */
const MAX_ITEM = 330;

const TITLE: Setting = { size: SIZE.frame, bold: true };

function settingOf({ is }: Row): Setting {
  return is === "name" ? { size: SIZE.name, bold: true } : { size: SIZE.text };
}

function rowWidth(row: Row): number {
  const right = row.right === undefined ? 0 : BETWEEN + textWidth(row.right, { size: SIZE.text });
  return textWidth(row.text, settingOf(row)) + right;
}

/** The texts of rows below each other. */
function rowTexts(rows: readonly Row[], { x, y }: Point, width: number): Text[] {
  return rows.flatMap((row, i) => {
    const at = { y: y + (i + 1) * ROW - 4.5 };
    const tone = row.is === "problem" ? "problem" : row.is === "name" ? "plain" : "muted";
    const right = row.right === undefined ? undefined : fit(row.right, width * MOST_RIGHT, { size: SIZE.text });
    const rest = right === undefined ? width : width - BETWEEN - textWidth(right, { size: SIZE.text });
    const text: Text = { text: fit(row.text, rest, settingOf(row)), x, ...at, ...settingOf(row), tone };
    return right === undefined
      ? [text]
      : [text, { text: right, x: x + width, ...at, size: SIZE.text, end: true, tone: "plain" } as const];
  });
}

function itemSize({ rows }: Item): Size {
  const width = Math.max(...rows.map(rowWidth)) + ITEM.left + ITEM.x;
  return { width: Math.min(MAX_ITEM, width), height: rows.length * ROW + 2 * ITEM.y };
}

function headRows({ subtitle, notes }: Frame): Row[] {
  return [...(subtitle === "" ? [] : [{ text: subtitle }]), ...notes];
}

/** How the boxes in a frame are arranged: below each other, side by side, or side by side to the right of the title. */
export type Arrangement = "column" | "row" | "beside";

/** Where the boxes in a frame are, from its corner, and its least size. */
function arranged(frame: Frame, arrangement: Arrangement): { head: number; places: (Point & Size)[]; size: Size } {
  const { items, title } = frame;
  const rows = headRows(frame);
  const head = Math.min(MAX_ITEM, Math.max(textWidth(title, TITLE), ...rows.map(rowWidth)));
  const low = FRAME.padding + FRAME.header + rows.length * ROW;
  const at =
    arrangement === "beside"
      ? { x: 3 * FRAME.padding + head, y: FRAME.padding }
      : { x: FRAME.padding, y: low + FRAME.gap };
  const places = items.map((item, i) => {
    const size = itemSize(item);
    const place = { ...at, ...size };
    const gap = isArrow(items, i) ? ARROW_GAP : FRAME.gap;
    if (arrangement === "column") at.y += size.height + gap;
    else at.x += size.width + gap;
    return place;
  });
  const right = Math.max(FRAME.padding + head, ...places.map(({ x, width }) => x + width));
  const bottom = Math.max(low, ...places.map(({ y, height }) => y + height));
  return { head, places, size: { width: right + FRAME.padding, height: bottom + FRAME.padding } };
}

function isArrow(items: readonly Item[], index: number): boolean {
  const next = items[index + 1];
  return next !== undefined && items[index]!.returns.includes(next);
}

/** Least size of a frame. */
export function frameSize(frame: Frame, arrangement: Arrangement): Size {
  return arranged(frame, arrangement).size;
}

/** What a frame is drawn as. */
export interface Block {
  readonly box: Box;
  /** The boxes in it, in order. */
  readonly items: ReadonlyMap<Item, Box>;
  /** Arrows from one of them to the next. */
  readonly lines: readonly Line[];
}

/** Places a frame, at least as large as it has to be. */
export function placeFrame(frame: Frame, at: Point, size: Size, arrangement: Arrangement, parent?: Box): Block {
  const { kind, title, items, addresses } = frame;
  const [left, top] = [at.x + FRAME.padding, at.y + FRAME.padding];
  const inner = size.width - 2 * FRAME.padding;
  const { head, places } = arranged(frame, arrangement);
  const beside = arrangement === "beside" ? head : inner;
  const heading: Text = { text: fit(title, beside, TITLE), x: left, y: top + 13, ...TITLE, tone: "plain" };
  const texts = [heading, ...rowTexts(headRows(frame), { x: left, y: top + FRAME.header - 2 }, beside)];
  const box: Box = { kind, ...at, ...size, ...(parent && { parent }), addresses, texts };
  const boxes = items.map(({ kind, rows, region, idle }, i): Box => {
    const place = places[i]!;
    const [x, y] = [at.x + place.x, at.y + place.y];
    // A column's boxes are as wide as the frame, a row's as high, and the last one takes the room that is left.
    const width = arrangement === "column" || i === items.length - 1 ? left + inner - x : place.width;
    const height = arrangement === "column" ? place.height : at.y + size.height - FRAME.padding - y;
    return {
      ...{ kind, x, y, width, height, parent: box },
      ...(region !== undefined && { region }),
      ...(idle && { idle }),
      texts: rowTexts(rows, { x: x + ITEM.left, y: y + ITEM.y }, width - ITEM.left - ITEM.x),
    };
  });
  return {
    box,
    items: new Map(items.map((item, i) => [item, boxes[i]!])),
    lines: boxes.flatMap((one, i) => (isArrow(items, i) ? [arrowBetween(one, boxes[i + 1]!)] : [])),
  };
}

/** The arrow from a zone to the endpoint below it or beside it. */
function arrowBetween(from: Box, to: Box): Line {
  const middle = { x: from.x + from.width / 2, y: from.y + from.height / 2 };
  const [start, end, side] =
    to.y === from.y
      ? [{ ...middle, x: from.x + from.width }, { ...middle, x: to.x }, "left" as const]
      : [{ ...middle, y: from.y + from.height }, { ...middle, y: to.y }, "above" as const];
  const arrows = [{ ...end, from: side }];
  return { kind: "returns", joins: [from, to], segments: [[start, end]], dots: [], arrows };
}
