import type { Box, Line, Point, Text } from "./scene";
import type { Frame, Item, Row } from "./sketch";
import { type Setting, fit, textWidth } from "./text-width";

/** Font sizes. */
export const SIZE = { title: 22, subtitle: 13, frame: 14, text: 11.5, name: 12, label: 10.5 } as const;

/** Height of a row, whatever is in it. */
const ROW = 16;
/** Space around the rows of a box, and at its left for its coloured edge. */
const ITEM = { x: 10, left: 14, y: 7 } as const;
const FRAME = { padding: 12, header: 22, gap: 8 } as const;
/** Space between boxes of which one returns the other, for the arrow. */
const ARROW_GAP = 18;
const ARROW_GAP_ACROSS = 26;
/** Between a row's two texts. */
const BETWEEN = 14;
/** Most of a row's width for its second text. */
const MOST_RIGHT = 0.65;
/** Widest box: longer texts are cut. */
const MAX_ITEM = 330;

function settingOf({ is }: Row): Setting {
  if (is === "label") return { size: SIZE.label };
  return is === "name" ? { size: SIZE.name, bold: true } : { size: SIZE.text };
}

function rowWidth(row: Row): number {
  const { text, right } = row;
  return textWidth(text, settingOf(row)) + (right === undefined ? 0 : BETWEEN + textWidth(right, { size: SIZE.text }));
}

/** The texts of a row, of which the lower end of the line is at `y`. */
function rowTexts(row: Row, x: number, y: number, width: number): Text[] {
  const setting = settingOf(row);
  const baseline = y - 4.5;
  const tone = row.is === "problem" ? "problem" : row.is === "name" ? "plain" : "muted";
  const right = row.right === undefined ? undefined : fit(row.right, width * MOST_RIGHT, { size: SIZE.text });
  const rest = right === undefined ? width : width - BETWEEN - textWidth(right, { size: SIZE.text });
  return [
    { text: fit(row.text, rest, setting), x, y: baseline, ...setting, tone },
    ...(right === undefined
      ? []
      : [{ text: right, x: x + width, y: baseline, size: SIZE.text, end: true, tone: "plain" as const }]),
  ];
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function itemSize({ rows }: Item): Size {
  const width = Math.max(...rows.map(rowWidth)) + ITEM.left + ITEM.x;
  return { width: Math.min(MAX_ITEM, width), height: rows.length * ROW + 2 * ITEM.y };
}

function headerWidth({ title, subtitle, notes }: Frame): number {
  const widths = [
    textWidth(title, { size: SIZE.frame, bold: true }),
    textWidth(subtitle, { size: SIZE.text }),
    ...notes.map(rowWidth),
  ];
  return Math.min(MAX_ITEM, Math.max(...widths));
}

function headerHeight({ subtitle, notes }: Frame): number {
  return FRAME.header + ((subtitle === "" ? 0 : 1) + notes.length) * ROW;
}

/** Space between two boxes of a frame. */
function gapAfter(items: readonly Item[], index: number, arrow: number): number {
  return isArrow(items, index) ? arrow : FRAME.gap;
}

function isArrow(items: readonly Item[], index: number): boolean {
  return items[index]!.returnsNext === true && items[index + 1]?.kind === "endpoint";
}

/** How the boxes in a frame are arranged: below each other, side by side, or side by side to the right of the title. */
export type Arrangement = "column" | "row" | "beside";

/** Least size of a frame. */
export function frameSize(frame: Frame, arrangement: Arrangement): Size {
  const { items } = frame;
  const sizes = items.map(itemSize);
  const sum = (of: readonly number[]) => of.reduce((a, b) => a + b, 0);
  const gaps = (arrow: number) => sum(items.slice(0, -1).map((_, i) => gapAfter(items, i, arrow)));
  const [header, high] = [headerWidth(frame), headerHeight(frame)];
  const padding = 2 * FRAME.padding;
  if (items.length === 0) return { width: header + padding, height: high + padding };
  const widths = sizes.map(({ width }) => width);
  const heights = sizes.map(({ height }) => height);
  if (arrangement === "column")
    return {
      width: Math.max(header, ...widths) + padding,
      height: high + FRAME.gap + sum(heights) + gaps(ARROW_GAP) + padding,
    };
  const row = sum(widths) + gaps(ARROW_GAP_ACROSS);
  if (arrangement === "row")
    return { width: Math.max(header, row) + padding, height: high + FRAME.gap + Math.max(...heights) + padding };
  return { width: header + 2 * FRAME.padding + row + padding, height: Math.max(high, ...heights) + padding };
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
  const { title, subtitle, notes, items, kind, address } = frame;
  const [left, top] = [at.x + FRAME.padding, at.y + FRAME.padding];
  const inner = size.width - 2 * FRAME.padding;
  const header = arrangement === "beside" && items.length > 0 ? headerWidth(frame) : inner;
  const rows: Row[] = [...(subtitle === "" ? [] : [{ text: subtitle }]), ...notes];
  const box: Box = {
    kind,
    ...at,
    ...size,
    ...(parent && { parent }),
    ...(address !== undefined && { address }),
    texts: [
      {
        text: fit(title, header, { size: SIZE.frame, bold: true }),
        x: left,
        y: top + 13,
        size: SIZE.frame,
        bold: true,
        tone: "plain",
      },
      ...rows.flatMap((row, i) => rowTexts(row, left, top + FRAME.header + (i + 1) * ROW - 2, header)),
    ],
  };
  const sizes = items.map(itemSize);
  const below = arrangement === "beside" ? top : top + headerHeight(frame) + FRAME.gap;
  const tallest = size.height - FRAME.padding - (below - at.y);
  let x = arrangement === "beside" ? left + header + 2 * FRAME.padding : left;
  let y = below;
  const boxes = new Map<Item, Box>();
  const lines: Line[] = [];
  items.forEach((item, i) => {
    const its = sizes[i]!;
    // The last one of a row takes the room that is left.
    const width = i < items.length - 1 ? its.width : Math.max(its.width, left + inner - x);
    const whole = {
      column: { at: { x, y }, width: inner, height: its.height },
      row: { at: { x, y }, width, height: tallest },
      beside: { at: { x, y: y + (tallest - its.height) / 2 }, ...its },
    }[arrangement];
    boxes.set(item, placeItem(item, whole.at, whole, box));
    const across = arrangement !== "column";
    const gap = gapAfter(items, i, across ? ARROW_GAP_ACROSS : ARROW_GAP);
    if (across) x += whole.width + gap;
    else y += whole.height + gap;
  });
  const placed = [...boxes.values()];
  items.forEach((_, i) => {
    if (isArrow(items, i)) lines.push(arrowBetween(placed[i]!, placed[i + 1]!));
  });
  return { box, items: boxes, lines };
}

function placeItem({ kind, rows, region }: Item, at: Point, { width, height }: Size, parent: Box): Box {
  const [x, y] = [at.x + ITEM.left, at.y + ITEM.y];
  const inner = width - ITEM.left - ITEM.x;
  return {
    kind,
    ...at,
    width,
    height,
    parent,
    ...(region !== undefined && { region }),
    texts: rows.flatMap((row, i) => rowTexts(row, x, y + (i + 1) * ROW, inner)),
  };
}

/** The arrow from a zone to the endpoint below it or beside it. */
function arrowBetween(from: Box, to: Box): Line {
  const across = to.y === from.y;
  const start = across
    ? { x: from.x + from.width, y: from.y + from.height / 2 }
    : { x: from.x + from.width / 2, y: from.y + from.height };
  const end = across ? { x: to.x, y: start.y } : { x: start.x, y: to.y };
  return {
    kind: "returns",
    joins: [from, to],
    segments: [[start, end]],
    dots: [],
    arrows: [{ ...end, from: across ? "left" : "above" }],
  };
}
