import { type Arrangement, type Block, SIZE, frameSize, placeFrame } from "./blocks";
import { legendOf } from "./legend";
import type { Box, Picture, Point, Text } from "./picture";
import { Router } from "./router";
import type { Frame, Scene, Section } from "./scene";
import { fit, textWidth } from "./text-width";

/** Around everything. */
const MARGIN = 24;
/** Between things of one row, and between networks above each other. */
const GAP = 22;
const SECTION = { padding: 14, title: 26, gap: 28 } as const;
/** Space that the name of a region takes above its networks. */
const REGION = 24;
/** The shape that is aimed at, width by height, and the width in which texts can be read on a page. */
const SHAPE = 1.2;
const MAX_WIDTH = 1150;
/** Least width, so that title and legend have room. */
const MIN_WIDTH = 620;
const HEADING = { size: SIZE.title, bold: true };
const SUBHEADING = { size: SIZE.frame, bold: true };

/**
 * Places everything: the hubs in a row at the top, the other networks in columns, the services in a row at the bottom.
 * Lines run in lanes beside the columns and in tracks between the rows, where no boxes are.
 */
export function layOut(whole: Scene): Picture {
  const wide = rowOf(whole.top, "row");
  const isNarrow = wide.width > MAX_WIDTH;
  const top = isNarrow ? rowOf(whole.top, "column") : wide;
  const scene = isNarrow ? withoutLinesThrough(whole) : whole;
  const router = new Router(scene);
  const services = rowOf(scene.services, "beside");
  const topY = MARGIN + 48 + scene.subtitles.length * 20;
  const gridY = topY + top.height + Math.max(router.tracks.above, scene.top.length > 0 ? GAP : 0);
  const grid = bestGrid(scene, router, gridY + router.tracks.below + services.height);
  const widths = [textWidth(scene.title, HEADING), ...scene.subtitles.map(({ text }) => textWidth(text, SUBTITLE))];
  const head = Math.min(Math.max(...widths), 1000);
  const content = Math.max(grid.width, top.width, services.width, head, MIN_WIDTH);
  const centred = (width: number) => MARGIN + Math.round((content - width) / 2);
  const at = { x: centred(grid.width), y: gridY };
  const sections = new Map<Section, Box>();
  const regionNames: Text[] = [];
  const blocks = new Map<Frame, Block>(top.placed({ x: centred(top.width), y: topY }));
  for (const { section, x, width, texts, cells } of grid.sections) {
    const names = texts.map((text) => ({ ...text, x: text.x + at.x, y: text.y + at.y }));
    const place = { x: at.x + x, y: at.y, width, height: grid.height };
    const box: Box | undefined = section.title === undefined ? undefined : { kind: "section", ...place, texts: names };
    if (box) sections.set(section, box);
    else regionNames.push(...names);
    for (const { frame, x, y, ...size } of cells)
      blocks.set(frame, placeFrame(frame, { x: at.x + x, y: at.y + y }, size, "column", box));
  }
  const low = gridY + grid.height;
  const servicesY = low + router.tracks.below;
  for (const [frame, block] of services.placed({ x: centred(services.width), y: servicesY })) blocks.set(frame, block);
  const all = [...blocks.values()];
  const ends = { above: topY + top.height, below: low, right: at.x + grid.width };
  const lines = [...all.flatMap((block) => block.lines), ...router.route(blocks, sections, ends)];
  const inFrames = all.flatMap(({ items }) => [...items.values()]);
  const boxes = [...sections.values(), ...all.map(({ box }) => box), ...inFrames];
  const right = Math.max(MARGIN + content, ...lines.flatMap(({ segments }) => segments.flat().map(({ x }) => x)));
  const legend = legendOf({ boxes, lines }, { x: MARGIN, y: servicesY + services.height + 26 }, right - MARGIN);
  return {
    width: right + MARGIN,
    height: legend.bottom + MARGIN,
    title: fit(scene.title, content, HEADING),
    boxes: [...boxes, ...legend.boxes],
    lines: [...lines, ...legend.lines],
    texts: [...headTexts(scene, content), ...regionNames, ...legend.texts],
  };
}

/** Where boxes of a hub are above each other, a line that would go through some to those who are asked ends at the hub. */
function withoutLinesThrough(scene: Scene): Scene {
  const joins = scene.joins.map((join) => {
    const home = scene.top.find(({ items }) => items.slice(0, -1).some((item) => item === join.one));
    return join.kind === "asks" && home ? { ...join, one: home } : join;
  });
  return { ...scene, joins };
}

const SUBTITLE = { size: SIZE.subtitle };

function headTexts({ title, subtitles }: Scene, width: number): Text[] {
  return [
    { text: fit(title, width, HEADING), x: MARGIN, y: MARGIN + 20, ...HEADING, tone: "plain" },
    ...subtitles.map(({ text, is }, i): Text => {
      const place = { x: MARGIN, y: MARGIN + 44 + i * 20, ...SUBTITLE };
      return { text: fit(text, width, SUBTITLE), ...place, tone: is === "problem" ? "problem" : "muted" };
    }),
  ];
}

/** Frames side by side, all of one height. */
function rowOf(frames: readonly Frame[], arrangement: Arrangement) {
  const sizes = frames.map((frame) => frameSize(frame, arrangement));
  const height = Math.max(0, ...sizes.map((size) => size.height));
  const width = sizes.reduce((sum, size) => sum + size.width, GAP * Math.max(0, sizes.length - 1));
  const placed = ({ x, y }: Point) =>
    frames.map((frame, i) => {
      const at = { x, y };
      x += sizes[i]!.width + GAP;
      return [frame, placeFrame(frame, at, { width: sizes[i]!.width, height }, arrangement)] as const;
    });
  return { width, height, placed };
}

/** The networks in as many columns as give the picture the shape that is aimed at. */
function bestGrid(scene: Scene, router: Router, rest: number) {
  const frames = scene.sections.flatMap((section) => section.frames);
  const sizes = frames.map((frame) => frameSize(frame, "column"));
  const heights = new Map(frames.map((frame, i) => [frame, sizes[i]!.height]));
  // A column is as wide as what stands above it, too: the lanes beside it would go through the end of the text.
  const titles = [...scene.sections.map(({ title = "" }) => title), ...(scene.byRegion ? frames.map(regionOf) : [])];
  const titleWidths = titles.map((title) => Math.min(300, textWidth(title, SUBHEADING)));
  const width = Math.max(0, ...sizes.map((size) => size.width), ...titleWidths);
  const tallest = Math.max(0, ...heights.values()) + GAP + REGION;
  const grids = [true, false].flatMap((apart) =>
    Array.from({ length: Math.max(1, frames.length) }, (_, i) => {
      const grid = gridOf(scene, router, { width, heights, most: (i + 1) * tallest, apart: apart && scene.byRegion });
      const shape = Math.log(grid.width / (grid.height + rest) / SHAPE);
      const excess = Math.max(0, grid.width / MAX_WIDTH - 1);
      return { grid, off: Math.abs(shape) + 1000 * excess + (apart ? 0 : 1) };
    }),
  );
  return grids.reduce((best, one) => (one.off < best.off ? one : best)).grid;
}

interface Columns {
  readonly width: number;
  readonly heights: ReadonlyMap<Frame, number>;
  /** Height above which the next column begins. */
  readonly most: number;
  /** Whether a column has networks of one region alone. */
  readonly apart: boolean;
}

/** Sections side by side, each with its networks in columns; all places are from the upper left corner. */
function gridOf({ sections, byRegion }: Scene, router: Router, columns: Columns) {
  const { width, heights } = columns;
  const titled = sections.some(({ title }) => title !== undefined);
  const above = titled ? SECTION.padding + SECTION.title : 0;
  let [right, bottom] = [-SECTION.gap, above];
  const placed = sections.map((section) => {
    const start = right + SECTION.gap;
    const padding = section.title === undefined ? 0 : SECTION.padding;
    right = start + padding;
    let lanes = 0;
    /** Its title, and the names of regions. */
    const texts: Text[] = [];
    const cells = columnsOf(section, columns).flatMap((frames, i) => {
      const { before, after } = router.lanesAt(frames);
      const x = right + (i === 0 ? before : Math.max(GAP, lanes + before));
      [right, lanes] = [x + width, after];
      if (i === 0 && section.title !== undefined)
        texts.push({ text: section.title, x, y: SECTION.padding + 12, ...SUBHEADING, tone: "plain" });
      let y = above;
      return frames.map((frame, n) => {
        if (byRegion && (n === 0 || frames[n - 1]!.region !== frame.region)) {
          texts.push({ text: fit(regionOf(frame), width, SUBHEADING), x, y: y + 14, ...SUBHEADING, tone: "muted" });
          y += REGION;
        }
        const cell = { frame, x, y, width, height: heights.get(frame)! };
        bottom = Math.max(bottom, y + cell.height);
        y += cell.height + GAP;
        return cell;
      });
    });
    right += lanes + padding;
    return { section, x: start, width: right - start, texts, cells };
  });
  return { sections: placed, width: Math.max(0, right), height: bottom + (titled ? SECTION.padding : 0) };
}

function columnsOf({ frames }: Section, { heights, most, apart }: Columns): Frame[][] {
  const columns: Frame[][] = [];
  let height = 0;
  for (const frame of frames) {
    const last = columns.at(-1);
    const needs = heights.get(frame)! + GAP + REGION;
    const isFull = height + needs > most || (apart && last?.at(-1)!.region !== frame.region);
    if (last && !isFull) last.push(frame);
    else columns.push([frame]);
    height = last && !isFull ? height + needs : needs;
  }
  return columns;
}

const regionOf = ({ region = "region not known" }: Frame) => region;
