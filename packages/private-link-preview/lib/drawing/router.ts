import type { Block } from "./blocks";
import { LINES } from "./kinds";
import type { Box, Line, Point } from "./picture";
import { type Frame, type Join, type Scene, type Section, type Thing, linesByThing } from "./scene";
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

/** A network's frame, with the lanes beside it, and where lines end at its left and at its right. */
interface Cell {
  readonly box: Box;
  readonly laneOf: ReadonlyMap<Join, number>;
  readonly used: { readonly left: number[]; readonly right: number[] };
}

const thingsIn = (frame: Frame): Thing[] => [frame, ...frame.items];
/** Distance of a lane or a track from where the first of them may be. */
const nth = (i: number, { pitch, first }: typeof LANE | typeof TRACK) => first + i * pitch;
const room = (lines: number, of: typeof LANE | typeof TRACK) => (lines === 0 ? 0 : nth(lines - 1, of) + of.last);

/**
 * Leads lines where no boxes are. A line between networks runs in a track below the top row and from there in lanes to the
 * left of the columns; a path runs in lanes to the right of the columns to a track above the services.
 */
export class Router {
  private readonly lines: ReturnType<typeof linesByThing>;
  private readonly top: ReadonlySet<Thing>;
  /** Paths from boxes in the top row, which pass all networks at the right. */
  private readonly fromTop: readonly Join[];

  constructor(private readonly scene: Scene) {
    this.lines = linesByThing(scene);
    this.top = new Set(scene.top.flatMap(thingsIn));
    this.fromTop = scene.paths.filter(({ others }) => others.some((thing) => this.top.has(thing)));
  }

  /** Room that lanes take to the left and to the right of a column. */
  public lanesAt(column: readonly Frame[]): { before: number; after: number } {
    const { before, after } = this.linesAt(column);
    return { before: room(before.length, LANE), after: room(after.length, LANE) };
  }

  /** Room that tracks take below the top row and below the networks. */
  public get tracks(): { above: number; below: number } {
    return {
      above: room(this.scene.joins.length + this.fromTop.length, TRACK),
      below: room(this.scene.paths.length, TRACK),
    };
  }

  /** @param ends - the lower ends of the top row and of the networks, and their right end */
  public route(
    blocks: ReadonlyMap<Frame, Block>,
    sections: ReadonlyMap<Section, Box>,
    ends: { readonly above: number; readonly below: number; readonly right: number },
  ): Line[] {
    const boxes = new Map<Thing, Box>(sections);
    for (const [frame, { box, items }] of blocks)
      for (const [thing, its] of [[frame, box] as const, ...items]) boxes.set(thing, its);
    const outer = new Map(this.fromTop.map((line, i) => [line, ends.right + nth(i, LANE)]));
    const usedX = [...outer.values()];
    const cells = new Map<Thing, Cell>();
    const columns = groupBy(
      this.scene.sections.flatMap(({ frames }) => frames),
      (frame) => boxes.get(frame)!.x,
    );
    for (const [x, column] of columns) {
      const { before, after } = this.linesAt(column);
      const right = x + boxes.get(column[0]!)!.width;
      const laneOf = new Map([
        ...before.map((line, i) => [line, x - nth(i, LANE)] as const),
        ...after.map((line, i) => [line, right + nth(i, LANE)] as const),
      ]);
      usedX.push(...laneOf.values());
      for (const frame of column) {
        const cell = { box: boxes.get(frame)!, laneOf, used: { left: [], right: [] } };
        for (const thing of thingsIn(frame)) cells.set(thing, cell);
      }
    }
    const routes = new Routes(boxes, cells, this.top, usedX);
    const { joins, paths } = this.scene;
    return [
      ...joins.map((join, i) => routes.lineOf(join, ends.above + nth(i, TRACK))),
      ...paths.map((path, i) => {
        const y = ends.above + nth(joins.length + this.fromTop.indexOf(path), TRACK);
        return routes.lineOf(path, ends.below + nth(i, TRACK), { x: outer.get(path) ?? 0, y });
      }),
    ];
  }

  /** The lines that end in a column. */
  private linesAt(column: readonly Frame[]): { before: Join[]; after: Join[] } {
    const ends = column.flatMap(thingsIn).flatMap((thing) => this.lines.get(thing) ?? []);
    const lines = unique(ends.map(({ line }) => line));
    const isPath = ({ kind }: Join) => kind === "path";
    return { before: lines.filter((line) => !isPath(line)), after: lines.filter(isPath) };
  }
}

/** The lines of one picture, which keep apart from each other. */
class Routes {
  constructor(
    private readonly boxes: ReadonlyMap<Thing, Box>,
    private readonly cells: ReadonlyMap<Thing, Cell>,
    private readonly top: ReadonlySet<Thing>,
    /** Where vertical lines are: lanes first, so that whatever else goes down keeps apart from them. */
    private readonly usedX: number[],
  ) {}

  /** @param outer - for a path, the lane to the right of all networks, and the track to it, for what is in the top row */
  public lineOf(line: Join, track: number, outer?: Point): Line {
    const { kind, one, others, region } = line;
    const strokes = new Strokes();
    const things = outer ? [...others, one] : [one, ...others];
    const high = outer ? things.filter((thing) => this.top.has(thing)) : [];
    const columns = new Set(things.map((thing) => this.cells.get(thing)?.box.x));
    const alone = columns.size === 1 && !columns.has(undefined);
    if (outer && high.length > 0) strokes.upright(outer.x, outer.y, track);
    for (const thing of things.filter((one) => !high.includes(one))) {
      const arrow = LINES[kind].arrow === (thing === one ? "one" : "others");
      const box = this.boxes.get(thing)!;
      const cell = this.cells.get(thing);
      if (cell) {
        const lane = cell.laneOf.get(line)!;
        const y = portY(cell.used[outer ? "right" : "left"], thing, box);
        strokes.across(y, lane, outer ? box.x + box.width : box.x, arrow);
        strokes.upright(lane, y, alone ? y : track);
      } else if (this.top.has(thing)) strokes.upright(this.portX(box), track, box.y + box.height, arrow);
      else strokes.upright(this.portX(box, strokes.xs), track, box.y, arrow);
    }
    if (!alone) strokes.across(track, Math.min(...strokes.xs), Math.max(...strokes.xs));
    if (outer && high.length > 0) {
      const ports = high.map((thing) => this.boxes.get(thing)!).map((box) => ({ box, x: this.portX(box) }));
      for (const { box, x } of ports) strokes.upright(x, box.y + box.height, outer.y);
      strokes.across(outer.y, Math.min(...ports.map(({ x }) => x)), outer.x);
    }
    const joins = things.map((thing) => this.boxes.get(thing)!);
    return { kind, ...(region !== undefined && { region }), joins, ...strokes.drawn };
  }

  /** Where a vertical line meets a box: straight on from where the line comes down, if that is not far from the middle. */
  private portX(box: Box, down: readonly number[] = []): number {
    const most = Math.min(box.kind === "section" ? Infinity : NEAR, box.width / 2 - 10);
    const middle = Math.round(box.x + box.width / 2);
    const off = (x: number) => Math.abs(x - middle);
    const [near] = down.filter((x) => off(x) <= most).sort((a, b) => off(a) - off(b));
    const x = near ?? free(middle, box.x + 10, box.x + box.width - 10, this.usedX, APART.x);
    this.usedX.push(x);
    return x;
  }
}

/** Where a line meets a network's frame or a box in it. */
function portY(used: number[], thing: Thing, { y, height }: Box): number {
  const [wanted, edge] = "rows" in thing ? [Math.round(y + height / 2), 3] : [y + 20, 8];
  const place = free(wanted, y + edge, y + height - edge, used, APART.y);
  used.push(place);
  return place;
}

/** The strokes of one line. */
class Strokes {
  private readonly level: { readonly y: number; readonly from: number; readonly to: number }[] = [];
  private readonly arrows: Line["arrows"][number][] = [];
  /** Upper and lower end of each vertical stroke. */
  private readonly uprights = new Map<number, readonly [number, number]>();

  /** Where it goes up or down. */
  public get xs(): number[] {
    return [...this.uprights.keys()];
  }

  /** A vertical stroke, or more of one; the arrow is at its second end. */
  public upright(x: number, from: number, to: number, arrow = false): void {
    const end = endOf(from, to, arrow);
    const [upper, lower] = this.uprights.get(x) ?? [from, end];
    this.uprights.set(x, [Math.min(upper, from, end), Math.max(lower, from, end)]);
    if (arrow) this.arrows.push({ x, y: to, from: to > from ? "above" : "below" });
  }

  public across(y: number, from: number, to: number, arrow = false): void {
    const end = endOf(from, to, arrow);
    if (from !== end) this.level.push({ y, from: Math.min(from, end), to: Math.max(from, end) });
    if (arrow) this.arrows.push({ x: to, y, from: to > from ? "left" : "right" });
  }

  public get drawn(): Pick<Line, "segments" | "dots" | "arrows"> {
    const { level, arrows } = this;
    const uprights = [...this.uprights].flatMap(([x, [from, to]]) => (from < to ? [{ x, from, to }] : []));
    // A dot is where more than two strokes meet.
    const dots = uprights.flatMap(({ x, from, to }) =>
      level
        .filter((one) => one.from <= x && x <= one.to && from <= one.y && one.y <= to)
        .filter((one) => (one.from < x && x < one.to) || (from < one.y && one.y < to))
        .map(({ y }) => ({ x, y })),
    );
    const segments = [
      ...level.map(({ y, from, to }) => [point(from, y), point(to, y)] as const),
      ...uprights.map(({ x, from, to }) => [point(x, from), point(x, to)] as const),
    ];
    return { segments, dots, arrows };
  }
}

const point = (x: number, y: number): Point => ({ x, y });

/** Where a stroke ends: at its second end, or under the head of an arrow that is there. */
const endOf = (from: number, to: number, arrow: boolean) => (arrow ? to - Math.sign(to - from) * HEAD : to);

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
