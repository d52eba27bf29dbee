import { type Arrangement, type Block, SIZE, frameSize, placeFrame } from "./blocks";
import { legendOf } from "./legend";
import { Router } from "./router";
import type { Box, Scene, Text } from "./scene";
import type { Frame, Section, Sketch } from "./sketch";
import { fit, textWidth } from "./text-width";

/** Around everything. */
const MARGIN = 28;
/** Between things of one row. */
const GAP = 24;
/** Between networks above each other. */
const ROW_GAP = 22;
const SECTION = { padding: 14, title: 26, gap: 30 } as const;
/** The shape that is aimed at: width by height. */
const SHAPE = 1.2;
/** How much a last row that is not full counts against a number of rows. */
const HOLES = 0.5;
const SECTION_TITLE = { size: SIZE.name, bold: true };
const HEADING = { size: SIZE.title, bold: true };
/** Least width, so that title and legend have room. */
const MIN_WIDTH = 620;

/**
 * Places everything: the hubs in a row at the top, the other networks in columns, the services in a row at the bottom.
 * Lines run in lanes beside the columns and in tracks between the rows, where no boxes are.
 */
export function layOut(sketch: Sketch): Scene {
  const { top, sections, services, joins, paths, title, subtitles } = sketch;
  const router = new Router(joins, paths, { top, sections });
  const { before, after } = router.lanes;

  const cells = sections.flatMap(({ frames }) => frames.map((frame) => frameSize(frame, "column")));
  // A column is as wide as the title above it, too: the lanes beside it would go through the title's end.
  const titleWidths = sections.map(({ title = "" }) => textWidth(title, SECTION_TITLE));
  const cellWidth = Math.max(...titleWidths, ...cells.map(({ width }) => width), 0);
  const pitch = cellWidth + Math.max(GAP, before + after);
  const head = MARGIN + 30 + subtitles.length * 20 + 18;
  const { height: highest } = rowSize(top, "row");
  const rest = head + highest + router.tracks.above + router.tracks.below + rowSize(services, "beside").height + 80;
  const rows = rowsFor(sections, pitch, Math.max(0, ...cells.map(({ height }) => height)) + ROW_GAP, rest);
  const grid = gridOf(sections, rows, { cellWidth, pitch, before, after });

  const [topSize, servicesSize] = [rowSize(top, "row"), rowSize(services, "beside")];
  const headWidth = Math.max(
    textWidth(title, HEADING),
    ...subtitles.map(({ text }) => textWidth(text, { size: SIZE.subtitle })),
  );
  const content = Math.max(grid.width, topSize.width, servicesSize.width, Math.min(headWidth, 1000), MIN_WIDTH);
  const centred = (width: number) => MARGIN + Math.round((content - width) / 2);

  const topY = head;
  const blocks = new Map<Frame, Block>(placeRow(top, { x: centred(topSize.width), y: topY }, topSize.height, "row"));
  const gridY = topY + topSize.height + Math.max(router.tracks.above, top.length > 0 ? GAP : 0);
  const placed = grid.place({ x: centred(grid.width), y: gridY });
  for (const [frame, block] of placed.blocks) blocks.set(frame, block);
  const belowY = placed.bottom + router.tracks.below;
  for (const [frame, block] of placeRow(
    services,
    { x: centred(servicesSize.width), y: belowY },
    servicesSize.height,
    "beside",
  ))
    blocks.set(frame, block);

  const all = [...blocks.values()];
  const lines = [
    ...all.flatMap((block) => block.lines),
    ...router.route(blocks, placed.sections, {
      above: topY + topSize.height,
      below: placed.bottom,
      right: centred(grid.width) + grid.width,
    }),
  ];
  const boxes = [
    ...placed.sections.values(),
    ...all.map(({ box }) => box),
    ...all.flatMap(({ items }) => [...items.values()]),
  ];
  const right = Math.max(MARGIN + content, ...lines.flatMap(({ segments }) => segments.flat().map(({ x }) => x)));
  const legend = legendOf({ boxes, lines }, { x: MARGIN, y: belowY + servicesSize.height + 26 }, right - MARGIN);
  return {
    width: right + MARGIN,
    height: legend.bottom + MARGIN,
    title: fit(title, content, HEADING),
    boxes: [...boxes, ...legend.boxes],
    lines: [...lines, ...legend.lines],
    texts: [...headTexts(sketch, content), ...legend.texts],
  };
}

function headTexts({ title, subtitles }: Sketch, width: number): Text[] {
  return [
    { text: fit(title, width, HEADING), x: MARGIN, y: MARGIN + 20, ...HEADING, tone: "plain" },
    ...subtitles.map(({ text, is }, i): Text => ({
      text: fit(text, width, { size: SIZE.subtitle }),
      x: MARGIN,
      y: MARGIN + 44 + i * 20,
      size: SIZE.subtitle,
      tone: is === "problem" ? "problem" : "muted",
    })),
  ];
}

function rowSize(frames: readonly Frame[], arrangement: Arrangement): { width: number; height: number } {
  const sizes = frames.map((frame) => frameSize(frame, arrangement));
  return {
    width: sizes.reduce((sum, { width }) => sum + width + GAP, -Math.min(GAP, GAP * sizes.length)),
    height: Math.max(0, ...sizes.map(({ height }) => height)),
  };
}

/** Frames side by side, all of one height. */
function placeRow(
  frames: readonly Frame[],
  at: { x: number; y: number },
  height: number,
  arrangement: Arrangement,
): [Frame, Block][] {
  let { x } = at;
  return frames.map((frame) => {
    const { width } = frameSize(frame, arrangement);
    const block = placeFrame(frame, { x, y: at.y }, { width, height }, arrangement);
    x += width + GAP;
    return [frame, block];
  });
}

/** How many rows of networks give the picture the shape that is aimed at. */
function rowsFor(sections: readonly Section[], pitch: number, rowHeight: number, rest: number): number {
  const most = Math.max(1, ...sections.map(({ frames }) => frames.length));
  let best = { rows: 1, off: Infinity };
  for (let rows = 1; rows <= most; rows++) {
    const columns = sections.reduce((sum, { frames }) => sum + Math.ceil(frames.length / rows), 0);
    const cells = sections.reduce((sum, { frames }) => sum + frames.length, 0);
    const shape = (columns * pitch) / (rows * rowHeight + rest);
    const off = Math.abs(Math.log(shape / SHAPE)) + HOLES * (1 - cells / (columns * rows));
    if (off < best.off) best = { rows, off };
  }
  return best.rows;
}

interface Columns {
  readonly cellWidth: number;
  /** From one column to the next. */
  readonly pitch: number;
  /** Width of the lanes before and after a column. */
  readonly before: number;
  readonly after: number;
}

/** The sections side by side, each with its networks in columns. */
function gridOf(sections: readonly Section[], rows: number, { cellWidth, pitch, before, after }: Columns) {
  const titled = sections.some(({ title }) => title !== undefined);
  const shapes = sections.map(({ title, frames }) => {
    const columns = Math.ceil(frames.length / rows);
    // As much room at the left as at the right, whichever has more lanes.
    const padding = (title === undefined ? 0 : SECTION.padding) + Math.max(before, after);
    return { columns, padding, width: (columns - 1) * pitch + cellWidth + 2 * padding };
  });
  const width = shapes.reduce((sum, shape) => sum + shape.width, 0) + SECTION.gap * Math.max(0, sections.length - 1);
  /** Height of each row, over all sections. */
  const heights = Array.from({ length: rows }, (_, row) =>
    Math.max(
      0,
      ...sections.flatMap(({ frames }, i) => {
        const { columns } = shapes[i]!;
        return frames.slice(row * columns, (row + 1) * columns).map((frame) => frameSize(frame, "column").height);
      }),
    ),
  ).filter((height) => height > 0);
  const place = (at: { x: number; y: number }) => {
    const above = titled ? SECTION.padding + SECTION.title : 0;
    const tops = heights.map(
      (_, row) => at.y + above + heights.slice(0, row).reduce((sum, one) => sum + one + ROW_GAP, 0),
    );
    const last = heights.length === 0 ? at.y : tops.at(-1)! + heights.at(-1)!;
    const bottom = last + (titled ? SECTION.padding : 0);
    const blocks: [Frame, Block][] = [];
    const boxes = new Map<Section, Box>();
    let { x } = at;
    sections.forEach((section, i) => {
      const { columns, padding, width } = shapes[i]!;
      const first = x + padding;
      if (section.title !== undefined) {
        const text: Text = {
          text: section.title,
          x: first,
          y: at.y + SECTION.padding + 12,
          ...SECTION_TITLE,
          tone: "plain",
        };
        boxes.set(section, { kind: "section", x, y: at.y, width, height: bottom - at.y, texts: [text] });
      }
      section.frames.forEach((frame, n) => {
        const row = Math.floor(n / columns);
        const where = { x: first + (n % columns) * pitch, y: tops[row]! };
        const size = { width: cellWidth, height: heights[row]! };
        blocks.push([frame, placeFrame(frame, where, size, "column", boxes.get(section))]);
      });
      x += width + SECTION.gap;
    });
    return { blocks, sections: boxes, bottom };
  };
  return { width, place };
}
