import type { Block } from "./blocks";
import type { Box, Line, Point } from "./picture";
import type { End, Frame, Join, Path, Scene, Section } from "./scene";
import { groupBy, unique } from "../../../common/util/collections";

/** Between lines that run side by side, and between them and boxes. */
const LANE = { pitch: 9, first: 13, last: 8 } as const;
const TRACK = { pitch: 10, first: 18, last: 18 } as const;
/** Length of an arrow's head, under which its line ends. */
const HEAD = 6;
/** Distance from the middle of a box in which a line may meet it, so as to be straight. */
const NEAR = 60;
/** Distance between the ends of lines at a box, and the least distance where there are many. */
const APART = { x: 12, y: 7 } as const;
const LEAST = 4;

/** Where the rows of a picture end: the lower ends of the top row and of the networks, and their right end. */
interface Rows {
  readonly above: number;
  readonly below: number;
  readonly right: number;
}

/** A network's frame, with the lanes to its left and to its right. */
interface Cell {
  readonly box: Box;
  readonly laneOf: (line: Join | Path) => number;
  /** Ends of lines at its left and at its right. */
  readonly used: { readonly left: number[]; readonly right: number[] };
}

const onIn = (frame: Frame): End["on"][] => [frame, ...frame.items];
const room = (lines: number, { pitch, first, last }: { pitch: number; first: number; last: number }) =>
  lines === 0 ? 0 : first + (lines - 1) * pitch + last;

/**
 * Leads lines where no boxes are. A line between networks runs in a track below the top row and from there in lanes to the
 * left of the columns; a path runs in lanes to the right of the columns to a track above the services.
 */
export class Router {
  private readonly joins: readonly Join[];
  private readonly paths: readonly Path[];
  private readonly joinsAt: ReadonlyMap<End["on"], readonly Join[]>;
  private readonly pathsAt: ReadonlyMap<End["on"], readonly Path[]>;
  private readonly top: ReadonlySet<End["on"]>;
  /** Paths from boxes in the top row, which pass all networks at the right. */
  private readonly fromTop: readonly Path[];

  constructor(private readonly scene: Scene) {
    this.joins = scene.joins;
    this.paths = scene.paths;
    this.joinsAt = byEnd(this.joins, ({ ends }) => ends.map(({ on }) => on));
    this.pathsAt = byEnd(this.paths, ({ from }) => [...from.keys()]);
    this.top = new Set(scene.top.flatMap(onIn));
    this.fromTop = this.paths.filter(({ from }) => [...from.keys()].some((item) => this.top.has(item)));
  }

  /** Room that lanes take to the left and to the right of a column. */
  public lanesAt(column: readonly Frame[]): { before: number; after: number } {
    const { before, after } = this.linesAt(column);
    return { before: room(before.length, LANE), after: room(after.length, LANE) };
  }

  /** Room that tracks take below the top row and below the networks. */
  public get tracks(): { above: number; below: number } {
    return { above: room(this.joins.length + this.fromTop.length, TRACK), below: room(this.paths.length, TRACK) };
  }

  public route(blocks: ReadonlyMap<Frame, Block>, sections: ReadonlyMap<Section, Box>, rows: Rows): Line[] {
    const boxes = new Map<End["on"], Box>(sections);
    for (const [frame, { box, items }] of blocks)
      for (const [on, its] of [[frame, box] as const, ...items]) boxes.set(on, its);
    const frames = this.scene.sections.flatMap((section) => section.frames);
    const cells = new Map<End["on"], Cell>();
    const lanes: number[] = this.fromTop.map((_, i) => rows.right + LANE.first + i * LANE.pitch);
    for (const [x, column] of groupBy(frames, (frame) => boxes.get(frame)!.x)) {
      const { before, after } = this.linesAt(column);
      const right = x + boxes.get(column[0]!)!.width;
      const laneOf = new Map<Join | Path, number>([
        ...before.map((join, i) => [join, x - LANE.first - i * LANE.pitch] as const),
        ...after.map((path, i) => [path, right + LANE.first + i * LANE.pitch] as const),
      ]);
      lanes.push(...laneOf.values());
      for (const frame of column) {
        const cell: Cell = {
          box: boxes.get(frame)!,
          laneOf: (line) => laneOf.get(line)!,
          used: { left: [], right: [] },
        };
        for (const on of onIn(frame)) cells.set(on, cell);
      }
    }
    const routes = new Routes(boxes, cells, this.top, lanes);
    const tracks = { above: rows.above + TRACK.first, below: rows.below + TRACK.first };
    const upper = (path: Path) => tracks.above + (this.joins.length + this.fromTop.indexOf(path)) * TRACK.pitch;
    return [
      ...this.joins.map((join, i) => routes.lineOf(join, tracks.above + i * TRACK.pitch)),
      ...this.paths.map((path, i) => {
        const outer = { x: lanes[this.fromTop.indexOf(path)] ?? 0, y: upper(path) };
        return routes.lineTo(path, tracks.below + i * TRACK.pitch, outer);
      }),
    ];
  }

  /** The lines that end in a column. */
  private linesAt(column: readonly Frame[]): { before: Join[]; after: Path[] } {
    const ons = column.flatMap(onIn);
    return {
      before: unique(ons.flatMap((on) => this.joinsAt.get(on) ?? [])),
      after: unique(ons.flatMap((on) => this.pathsAt.get(on) ?? [])),
    };
  }
}

function byEnd<T>(lines: readonly T[], endsOf: (line: T) => readonly End["on"][]): Map<End["on"], T[]> {
  const ends = groupBy(
    lines.flatMap((line) => endsOf(line).map((on) => ({ on, line }))),
    ({ on }) => on,
  );
  return new Map([...ends].map(([on, its]) => [on, its.map(({ line }) => line)]));
}

/** The lines of one picture, which keep apart from each other. */
class Routes {
  constructor(
    private readonly boxes: ReadonlyMap<End["on"], Box>,
    private readonly cells: ReadonlyMap<End["on"], Cell>,
    private readonly top: ReadonlySet<End["on"]>,
    /** Where vertical lines are: lanes first, so that whatever else goes down keeps apart from them. */
    private readonly usedX: number[],
  ) {}

  public lineOf(join: Join, track: number): Line {
    const strokes = new Strokes();
    const columns = new Set(join.ends.map(({ on }) => this.cells.get(on)?.box.x));
    const alone = columns.size === 1 && !columns.has(undefined);
    for (const { on, arrow = false } of join.ends) {
      const box = this.boxes.get(on)!;
      const cell = this.cells.get(on);
      const low = box.y + box.height;
      if (cell) {
        const [lane, y] = [cell.laneOf(join), portY(cell, "left", on, box)];
        strokes.across(y, lane, box.x, arrow);
        strokes.upright(lane, y, alone ? y : track);
      } else if (this.top.has(on)) strokes.upright(this.portX(box), track, low, arrow);
      else strokes.upright(this.portX(box, strokes.xs), track, box.y, arrow);
    }
    if (!alone) strokes.across(track, Math.min(...strokes.xs), Math.max(...strokes.xs));
    return { kind: join.kind, joins: join.ends.map(({ on }) => this.boxes.get(on)!), ...strokes.drawn };
  }

  /** @param outer - the lane to the right of all networks, and the track above them, for what comes from the top row */
  public lineTo(path: Path, track: number, outer: Point): Line {
    const strokes = new Strokes();
    const from = [...path.from.keys()];
    const high = from.filter((item) => this.top.has(item)).map((item) => this.boxes.get(item)!);
    for (const item of from) {
      const cell = this.cells.get(item);
      if (!cell) continue;
      const box = this.boxes.get(item)!;
      const [lane, y] = [cell.laneOf(path), portY(cell, "right", item, box)];
      strokes.across(y, box.x + box.width, lane);
      strokes.upright(lane, y, track);
    }
    if (high.length > 0) strokes.upright(outer.x, outer.y, track);
    const target = this.boxes.get(path.to)!;
    strokes.upright(this.portX(target, strokes.xs), track, target.y, true);
    strokes.across(track, Math.min(...strokes.xs), Math.max(...strokes.xs));
    const down = high.map((box) => ({ x: this.portX(box), y: box.y + box.height }));
    for (const { x, y } of down) strokes.upright(x, y, outer.y);
    if (high.length > 0) strokes.across(outer.y, Math.min(...down.map(({ x }) => x)), outer.x);
    const joins = [...path.from.keys(), path.to].map((on) => this.boxes.get(on)!);
    return { kind: "path", region: path.region, joins, ...strokes.drawn };
  }

  /** Where a vertical line meets a box: straight on from where the line comes down, if that is not far from the middle. */
  private portX(box: Box, down: readonly number[] = []): number {
    const most = box.kind === "section" ? Infinity : NEAR;
    const middle = Math.round(box.x + box.width / 2);
    const off = (x: number) => Math.abs(x - middle);
    const [near] = down.filter((x) => off(x) <= Math.min(most, box.width / 2 - 10)).sort((a, b) => off(a) - off(b));
    const x = near ?? free(middle, box.x + 10, box.x + box.width - 10, this.usedX, APART.x);
    this.usedX.push(x);
    return x;
  }
}

/** Where a line meets a network's frame or a box in it. */
function portY({ used }: Cell, side: "left" | "right", on: End["on"], { y, height }: Box): number {
  const place =
    "rows" in on
      ? free(Math.round(y + height / 2), y + 3, y + height - 3, used[side], APART.y)
      : free(y + 20, y + 8, y + height - 8, used[side], APART.y);
  used[side].push(place);
  return place;
}

/** The strokes of one line. */
class Strokes {
  private readonly level: (readonly [Point, Point])[] = [];
  private readonly arrows: Line["arrows"][number][] = [];
  /** Upper and lower end of each vertical stroke. */
  private readonly uprights = new Map<number, [number, number]>();

  /** Where it goes up or down. */
  public get xs(): number[] {
    return [...this.uprights.keys()];
  }

  /** A vertical stroke, or more of one; the arrow is at its second end. */
  public upright(x: number, from: number, to: number, arrow = false): void {
    const end = arrow ? to - Math.sign(to - from) * HEAD : to;
    const [upper, lower] = this.uprights.get(x) ?? [from, end];
    this.uprights.set(x, [Math.min(upper, from, end), Math.max(lower, from, end)]);
    if (arrow) this.arrows.push({ x, y: to, from: to > from ? "above" : "below" });
  }

  public across(y: number, from: number, to: number, arrow = false): void {
    const end = arrow ? to - Math.sign(to - from) * HEAD : to;
    if (from !== end)
      this.level.push([
        { x: from, y },
        { x: end, y },
      ]);
    if (arrow) this.arrows.push({ x: to, y, from: to > from ? "left" : "right" });
  }

  public get drawn(): Pick<Line, "segments" | "dots" | "arrows"> {
    const uprights = [...this.uprights].flatMap(([x, [from, to]]) =>
      from < to
        ? [
            [
              { x, y: from },
              { x, y: to },
            ] as const,
          ]
        : [],
    );
    const segments = [...this.level, ...uprights];
    return { segments, dots: dotsOf(segments), arrows: this.arrows };
  }
}

/** Points from which a line leads on in three directions or more. */
function dotsOf(segments: readonly (readonly [Point, Point])[]): Point[] {
  const ends = new Map(segments.flat().map((point) => [`${point.x} ${point.y}`, point]));
  return [...ends.values()].filter(({ x, y }) => {
    const isWithin = (place: number, one: number, other: number) =>
      place >= Math.min(one, other) && place <= Math.max(one, other);
    const ways = segments.map(([a, b]) => {
      if ((a.x === x && a.y === y) || (b.x === x && b.y === y)) return 1;
      return isWithin(x, a.x, b.x) && isWithin(y, a.y, b.y) ? 2 : 0;
    });
    return ways.reduce<number>((sum, one) => sum + one, 0) > 2;
  });
}

/**
 * The place nearest to the wanted one that is apart from all that are used; less apart where there is little room, and the
 * wanted one where there is none.
 */
function free(wanted: number, low: number, high: number, used: readonly number[], apart: number): number {
  for (const least of [apart, LEAST]) {
    for (let off = 0; off <= high - low; off++) {
      for (const place of [wanted + off, wanted - off]) {
        if (place >= low && place <= high && used.every((one) => Math.abs(one - place) >= least)) return place;
      }
    }
  }
  return wanted;
}
