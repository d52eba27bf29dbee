import { type Arrangement, type Block, SIZE, frameSize, placeFrame } from "./blocks";
import { legendOf } from "./legend";
import type { Box, Picture, Point, Size, Text } from "./picture";
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
export function layOut(scene: Scene): Picture {
  const { top, services, title, subtitles } = scene;
  const router = new Router(scene);
  const topRow = rowSize(top, "row").width > MAX_WIDTH ? "column" : "row";
  const [topSize, servicesSize] = [rowSize(top, topRow), rowSize(services, "beside")];
  const topY = MARGIN + 48 + subtitles.length * 20;
  const gridY = topY + topSize.height + Math.max(router.tracks.above, top.length > 0 ? GAP : 0);
  const grid = bestGrid(scene, router, gridY + router.tracks.below + servicesSize.height);
  const headWidth = Math.max(
    textWidth(title, HEADING),
    ...subtitles.map(({ text }) => textWidth(text, { size: SIZE.subtitle })),
  );
  const content = Math.max(grid.width, topSize.width, servicesSize.width, Math.min(headWidth, 1000), MIN_WIDTH);
  const centred = (width: number) => MARGIN + Math.round((content - width) / 2);
  const placed = grid.place({ x: centred(grid.width), y: gridY });
  const servicesY = gridY + grid.height + router.tracks.below;
  const blocks = new Map<Frame, Block>([
    ...placeRow(top, { x: centred(topSize.width), y: topY }, topSize.height, topRow),
    ...placed.blocks,
    ...placeRow(services, { x: centred(servicesSize.width), y: servicesY }, servicesSize.height, "beside"),
  ]);
  const all = [...blocks.values()];
  const rows = { above: topY + topSize.height, below: gridY + grid.height, right: centred(grid.width) + grid.width };
  const lines = [...all.flatMap((block) => block.lines), ...router.route(blocks, placed.sections, rows)];
  const boxes = [
    ...placed.sections.values(),
    ...all.map(({ box }) => box),
    ...all.flatMap(({ items }) => [...items.values()]),
  ];
  const right = Math.max(MARGIN + content, ...lines.flatMap(({ segments }) => segments.flat().map(({ x }) => x)));
  const legend = legendOf({ boxes, lines }, { x: MARGIN, y: servicesY + servicesSize.height + 26 }, right - MARGIN);
  return {
    width: right + MARGIN,
    height: legend.bottom + MARGIN,
    title: fit(title, content, HEADING),
    boxes: [...boxes, ...legend.boxes],
    lines: [...lines, ...legend.lines],
    texts: [...headTexts(scene, content), ...placed.texts, ...legend.texts],
  };
}

function headTexts({ title, subtitles }: Scene, width: number): Text[] {
  const size = SIZE.subtitle;
  return [
    { text: fit(title, width, HEADING), x: MARGIN, y: MARGIN + 20, ...HEADING, tone: "plain" },
    ...subtitles.map(({ text, is }, i): Text => {
      const tone = is === "problem" ? "problem" : "muted";
      return { text: fit(text, width, { size }), x: MARGIN, y: MARGIN + 44 + i * 20, size, tone };
    }),
  ];
}

function rowSize(frames: readonly Frame[], arrangement: Arrangement): Size {
  const sizes = frames.map((frame) => frameSize(frame, arrangement));
  return {
    width: Math.max(
      0,
      sizes.reduce((sum, { width }) => sum + width + GAP, -GAP),
    ),
    height: Math.max(0, ...sizes.map(({ height }) => height)),
  };
}

/** Frames side by side, all of one height. */
function placeRow(frames: readonly Frame[], at: Point, height: number, arrangement: Arrangement): [Frame, Block][] {
  let { x } = at;
  return frames.map((frame) => {
    const { width } = frameSize(frame, arrangement);
    const block = placeFrame(frame, { x, y: at.y }, { width, height }, arrangement);
    x += width + GAP;
    return [frame, block];
  });
}

/** The networks in as many columns as give the picture the shape that is aimed at. */
function bestGrid(scene: Scene, router: Router, rest: number) {
  const frames = scene.sections.flatMap((section) => section.frames);
  const sized = frames.map((frame) => ({ frame, size: frameSize(frame, "column") }));
  const heights = new Map(sized.map(({ frame, size }) => [frame, size.height]));
  // A column is as wide as what stands above it, too: the lanes beside it would go through the end of the text.
  const titles = [...scene.sections.map(({ title = "" }) => title), ...(scene.byRegion ? frames.map(regionOf) : [])];
  const widest = Math.max(0, ...sized.map(({ size }) => size.width));
  const width = Math.max(widest, ...titles.map((title) => Math.min(300, textWidth(title, SUBHEADING))));
  const tallest = Math.max(0, ...heights.values()) + GAP + REGION;
  const grids = [true, false].flatMap((apart) =>
    Array.from({ length: Math.max(1, frames.length) }, (_, i) => {
      const columns = scene.sections.map((section) =>
        columnsOf(section, { most: (i + 1) * tallest, apart: apart && scene.byRegion, heights }),
      );
      const grid = new Grid(scene, columns, { width, heights, router });
      const shape = Math.log(grid.width / (grid.height + rest) / SHAPE);
      const excess = Math.max(0, grid.width / MAX_WIDTH - 1);
      return { grid, off: Math.abs(shape) + 100 * excess + (apart ? 0 : 1) };
    }),
  );
  return grids.reduce((best, one) => (one.off < best.off ? one : best)).grid;
}

function regionOf({ region = "region not known" }: Frame): string {
  return region;
}

type Heights = ReadonlyMap<Frame, number>;

/** A section's networks in columns of some height; where regions are apart, a column has those of one region. */
function columnsOf(
  { frames }: Section,
  { most, apart, heights }: { most: number; apart: boolean; heights: Heights },
): Frame[][] {
  const columns: Frame[][] = [];
  let height = 0;
  for (const frame of frames) {
    const last = columns.at(-1);
    const starts = apart && last?.at(-1)!.region !== frame.region;
    height += heights.get(frame)! + GAP + REGION;
    if (last && height <= most && !starts) last.push(frame);
    else {
      columns.push([frame]);
      height = heights.get(frame)! + GAP + REGION;
    }
  }
  return columns;
}

/** Networks above each other. */
interface Column {
  readonly frames: readonly Frame[];
  readonly x: number;
}

/** The sections side by side, each with its networks in columns. */
class Grid {
  public readonly width: number;
  public readonly height: number;
  private readonly columns: readonly Column[][];
  /** Left end of each section, and its width. */
  private readonly spans: { readonly x: number; readonly width: number }[] = [];
  private readonly above: number;

  constructor(
    private readonly scene: Scene,
    columns: readonly (readonly Frame[][])[],
    private readonly each: { readonly width: number; readonly heights: Heights; readonly router: Router },
  ) {
    const titled = scene.sections.some(({ title }) => title !== undefined);
    this.above = titled ? SECTION.padding + SECTION.title : 0;
    let right = 0;
    this.columns = columns.map((its, section) => {
      const padding = scene.sections[section]!.title === undefined ? 0 : SECTION.padding;
      const x = section === 0 ? 0 : right + SECTION.gap;
      let lanes = 0;
      right = x + padding;
      const found = its.map((frames, i): Column => {
        const { before, after } = each.router.lanesAt(frames);
        const left = right + (i === 0 ? before : Math.max(GAP, lanes + before));
        right = left + each.width;
        lanes = after;
        return { frames, x: left };
      });
      right += lanes + padding;
      this.spans.push({ x, width: right - x });
      return found;
    });
    this.width = right;
    const heights = this.columns.flat().map(({ frames }) => this.placesIn(frames).bottom);
    this.height = this.above + Math.max(0, ...heights) + (titled ? SECTION.padding : 0);
  }

  public place(at: Point) {
    const blocks: [Frame, Block][] = [];
    const boxes = new Map<Section, Box>();
    const texts: Text[] = [];
    this.scene.sections.forEach((section, i) => {
      const span = this.spans[i]!;
      const columns = this.columns[i]!;
      const place = { x: at.x + span.x, y: at.y, width: span.width, height: this.height };
      const inFrame: Text[] = [];
      if (section.title !== undefined) {
        const text = { text: section.title, x: at.x + columns[0]!.x, y: at.y + SECTION.padding + 12 };
        inFrame.push({ ...text, ...SUBHEADING, tone: "plain" });
        boxes.set(section, { kind: "section", ...place, texts: inFrame });
      }
      for (const column of columns) {
        const { tops, names } = this.placesIn(column.frames);
        const left = at.x + column.x;
        const top = at.y + this.above;
        const { width } = this.each;
        column.frames.forEach((frame, n) => {
          const where = { x: left, y: top + tops[n]! };
          const size = { width, height: this.each.heights.get(frame)! };
          blocks.push([frame, placeFrame(frame, where, size, "column", boxes.get(section))]);
        });
        for (const { text, y } of names) {
          const name = { text: fit(text, width, SUBHEADING), x: left, y: top + y + 14 };
          (boxes.has(section) ? inFrame : texts).push({ ...name, ...SUBHEADING, tone: "muted" });
        }
      }
    });
    return { blocks, sections: boxes, texts };
  }

  /** Where the frames of a column begin, with the names of regions above them. */
  private placesIn(frames: readonly Frame[]) {
    const names: { text: string; y: number }[] = [];
    let y = 0;
    const tops = frames.map((frame, i) => {
      if (this.scene.byRegion && (i === 0 || frames[i - 1]!.region !== frame.region)) {
        names.push({ text: regionOf(frame), y });
        y += REGION;
      }
      const top = y;
      y += this.each.heights.get(frame)! + GAP;
      return top;
    });
    return { tops, names, bottom: y - GAP };
  }
}
