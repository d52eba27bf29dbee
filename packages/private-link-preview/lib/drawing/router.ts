import type { Block } from "./blocks";
import type { Box, Line, Point } from "./scene";
import type { End, Frame, Item, Join, Path, Section } from "./sketch";

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

/** Where the rows of a picture end. */
interface Rows {
  /** Lower end of the row at the top. */
  readonly above: number;
  /** Lower end of the networks. */
  readonly below: number;
  /** Right end of the networks. */
  readonly right: number;
}

/**
 * Leads lines where no boxes are. A line between networks runs in a track below the top row and from there in lanes to the
 * left of the columns; a path runs in lanes to the right of the columns to a track above the services.
 */
export class Router {
  private readonly top: ReadonlySet<Frame | Item>;
  private readonly grid: ReadonlySet<Frame | Item>;
  /** Paths from boxes in the top row, which pass all networks at the right. */
  private readonly fromTop: readonly Path[];

  constructor(
    private readonly joins: readonly Join[],
    private readonly paths: readonly Path[],
    { top, sections }: { readonly top: readonly Frame[]; readonly sections: readonly Section[] },
  ) {
    const withItems = (frames: readonly Frame[]) => new Set(frames.flatMap((frame) => [frame, ...frame.items]));
    this.top = withItems(top);
    this.grid = withItems(sections.flatMap(({ frames }) => frames));
    this.fromTop = paths.filter(({ from }) => from.some((item) => this.top.has(item)));
  }

  /** Most room that lanes take to the left and to the right of a column. */
  public get lanes(): { before: number; after: number } {
    const inGrid = (on: End["on"]) => this.grid.has(on as Frame | Item);
    const width = (lanes: number) => (lanes === 0 ? 0 : LANE.first + (lanes - 1) * LANE.pitch + LANE.last);
    return {
      before: width(this.joins.filter(({ ends }) => ends.some(({ on }) => inGrid(on))).length),
      after: width(this.paths.filter(({ from }) => from.some(inGrid)).length),
    };
  }

  /** Room between the rows. */
  public get tracks(): { above: number; below: number } {
    const height = (tracks: number) => (tracks === 0 ? 0 : TRACK.first + (tracks - 1) * TRACK.pitch + TRACK.last);
    return { above: height(this.joins.length + this.fromTop.length), below: height(this.paths.length) };
  }

  public route(blocks: ReadonlyMap<Frame, Block>, sections: ReadonlyMap<Section, Box>, rows: Rows): Line[] {
    return new Routes(blocks, sections, rows, this.top).all(this.joins, this.paths, this.fromTop);
  }
}

/** The lines of one picture, which keep apart from each other. */
class Routes {
  private readonly boxes = new Map<Frame | Item | Section, Box>();
  /** Vertical lines between the rows. */
  private readonly usedX: number[] = [];
  /** Ends of lines at the left and at the right of networks. */
  private readonly usedY = new Map<string, number[]>();

  constructor(
    blocks: ReadonlyMap<Frame, Block>,
    sections: ReadonlyMap<Section, Box>,
    private readonly rows: Rows,
    private readonly top: ReadonlySet<Frame | Item | Section>,
  ) {
    for (const [frame, { box, items }] of blocks) {
      this.boxes.set(frame, box);
      for (const [item, its] of items) this.boxes.set(item, its);
    }
    for (const [section, box] of sections) this.boxes.set(section, box);
  }

  public all(joins: readonly Join[], paths: readonly Path[], fromTop: readonly Path[]): Line[] {
    // Lanes first, so that whatever else goes down keeps apart from them.
    const before = new Lanes<Join>((cell, lane) => cell.x - LANE.first - lane * LANE.pitch);
    const after = new Lanes<Path>((cell, lane) => cell.x + cell.width + LANE.first + lane * LANE.pitch);
    for (const join of joins) for (const { on } of join.ends) if (this.isCell(on)) before.add(join, this.cellOf(on));
    for (const path of paths) for (const on of path.from) if (this.isCell(on)) after.add(path, this.cellOf(on));
    const outer = (path: Path) => this.rows.right + LANE.first + fromTop.indexOf(path) * LANE.pitch;
    this.usedX.push(...before.all, ...after.all, ...fromTop.map(outer));
    const { above, below } = this.rows;
    return [
      ...joins.map((join, i) => this.lineOf(join, above + TRACK.first + i * TRACK.pitch, before)),
      ...paths.map((path, i) =>
        this.lineTo(path, {
          track: below + TRACK.first + i * TRACK.pitch,
          after,
          outer: outer(path),
          upper: above + TRACK.first + (joins.length + fromTop.indexOf(path)) * TRACK.pitch,
        }),
      ),
    ];
  }

  private lineOf(join: Join, track: number, lanes: Lanes<Join>): Line {
    const { kind, ends } = join;
    const path = new Strokes();
    /** Where it goes down from the top row: it may go straight on. */
    const down: number[] = [];
    const cells = ends.filter(({ on }) => this.isCell(on));
    const joined = ends.map(({ on }) => this.boxes.get(on)!);
    const alone = cells.length === ends.length && new Set(cells.map(({ on }) => this.cellOf(on).x)).size === 1;
    for (const { on, arrow = false } of ends) {
      const box = this.boxes.get(on)!;
      if (this.top.has(on)) {
        const x = this.portX(box);
        down.push(x);
        path.vertical(x, box.y + box.height, track, arrow ? "below" : undefined);
      } else if (!this.isCell(on)) path.vertical(this.portX(box, down), box.y, track, arrow ? "above" : undefined);
      else {
        const y = this.leftY(on, box);
        const x = lanes.of(join, this.cellOf(on));
        path.stub(x, box.x, y, arrow ? "left" : undefined);
        if (!alone) path.lane(x, track, y);
        else path.lane(x, y, y);
      }
    }
    if (!alone) path.track(track);
    return { kind, joins: joined, ...path.drawn };
  }

  private lineTo(
    path: Path,
    { track, after, outer, upper }: { track: number; after: Lanes<Path>; outer: number; upper: number },
  ): Line {
    const strokes = new Strokes();
    const high = new Strokes();
    for (const on of path.from) {
      const box = this.boxes.get(on)!;
      if (this.top.has(on)) high.vertical(this.portX(box), box.y + box.height, upper);
      else {
        const y = this.freeY(
          `${this.cellOf(on).x} ${this.cellOf(on).y} right`,
          middle(box).y,
          box.y + 3,
          box.y + box.height - 3,
        );
        const x = after.of(path, this.cellOf(on));
        strokes.stub(x, box.x + box.width, y);
        strokes.lane(x, y, track);
      }
    }
    if (high.used) {
      high.lane(outer, upper, track);
      high.track(upper);
      strokes.add(high, outer);
    }
    const target = this.boxes.get(path.to)!;
    strokes.vertical(this.portX(target, strokes.down), target.y, track, "above");
    strokes.track(track);
    const joins = [...path.from, path.to].map((on) => this.boxes.get(on)!);
    return { kind: "path", region: path.region, joins, ...strokes.drawn };
  }

  private isCell(on: End["on"]): boolean {
    return !this.top.has(on) && this.boxes.get(on)!.kind !== "section";
  }

  /** The network's frame that something is, or is in. */
  private cellOf(on: End["on"]): Box {
    const box = this.boxes.get(on)!;
    return "rows" in on ? box.parent! : box;
  }

  /** Where a vertical line meets a box: straight on from where the line comes down, if that is not far from the middle. */
  private portX(box: Box, down: readonly number[] = []): number {
    const most = box.kind === "section" ? Infinity : NEAR;
    const off = (x: number) => Math.abs(x - middle(box).x);
    const [near] = down.filter((x) => off(x) <= Math.min(most, box.width / 2 - 10)).sort((a, b) => off(a) - off(b));
    const x = near ?? free(middle(box).x, box.x + 10, box.x + box.width - 10, this.usedX, APART.x);
    this.usedX.push(x);
    return x;
  }

  private leftY(on: End["on"], box: Box): number {
    const cell = this.cellOf(on);
    const key = `${cell.x} ${cell.y} left`;
    return "rows" in on
      ? this.freeY(key, middle(box).y, box.y + 3, box.y + box.height - 3)
      : this.freeY(key, box.y + 20, box.y + 8, box.y + box.height - 8);
  }

  private freeY(key: string, wanted: number, low: number, high: number): number {
    const used = this.usedY.get(key) ?? [];
    this.usedY.set(key, used);
    const y = free(wanted, low, high, used, APART.y);
    used.push(y);
    return y;
  }
}

/** The lanes beside columns: which line has which. */
class Lanes<T> {
  private readonly byColumn = new Map<number, T[]>();

  constructor(private readonly place: (cell: Box, lane: number) => number) {}

  private readonly cells = new Map<number, Box>();

  public add(line: T, cell: Box): void {
    const its = this.byColumn.get(cell.x) ?? [];
    if (!its.includes(line)) its.push(line);
    this.byColumn.set(cell.x, its);
    this.cells.set(cell.x, cell);
  }

  public of(line: T, cell: Box): number {
    return this.place(cell, this.byColumn.get(cell.x)!.indexOf(line));
  }

  public get all(): number[] {
    return [...this.byColumn].flatMap(([x, lines]) => lines.map((_, lane) => this.place(this.cells.get(x)!, lane)));
  }
}

type Side = Line["arrows"][number]["from"];

/** The strokes of one line. */
class Strokes {
  private readonly segments: (readonly [Point, Point])[] = [];
  private readonly arrows: Line["arrows"][number][] = [];
  /** Upper and lower end of each lane. */
  private readonly lanes = new Map<number, [number, number]>();
  private readonly onTrack: number[] = [];

  /** Where its lanes are. */
  public get down(): number[] {
    return [...this.lanes.keys()];
  }

  public get used(): boolean {
    return this.segments.length > 0;
  }

  /** From the edge of a box to the track. */
  public vertical(x: number, edge: number, track: number, arrow?: Side): void {
    const end = edge + (arrow === "below" ? HEAD : arrow === "above" ? -HEAD : 0);
    this.segments.push([
      { x, y: track },
      { x, y: end },
    ]);
    if (arrow) this.arrows.push({ x, y: edge, from: arrow });
    this.onTrack.push(x);
  }

  /** From a lane to the edge of a box. */
  public stub(x: number, edge: number, y: number, arrow?: Side): void {
    this.segments.push([
      { x, y },
      { x: arrow === "left" ? edge - HEAD : edge, y },
    ]);
    if (arrow) this.arrows.push({ x: edge, y, from: arrow });
  }

  /** Makes a lane reach from one height to another. */
  public lane(x: number, ...heights: number[]): void {
    this.lanes.set(x, [
      Math.min(...heights, this.lanes.get(x)?.[0] ?? Infinity),
      Math.max(...heights, this.lanes.get(x)?.[1] ?? -Infinity),
    ]);
  }

  /** Joins all lanes and verticals that were added. */
  public track(y: number): void {
    const xs = [...this.lanes.keys(), ...this.onTrack];
    const [from, to] = [Math.min(...xs), Math.max(...xs)];
    if (from < to)
      this.segments.push([
        { x: from, y },
        { x: to, y },
      ]);
  }

  /** Adds other strokes that end on the track at a lane. */
  public add(other: Strokes, lane: number): void {
    this.segments.push(...other.drawn.segments);
    this.arrows.push(...other.arrows);
    this.onTrack.push(lane);
  }

  public get drawn(): Pick<Line, "segments" | "dots" | "arrows"> {
    const segments = [
      ...this.segments,
      ...[...this.lanes].flatMap(([x, [from, to]]) =>
        from < to
          ? [
              [
                { x, y: from },
                { x, y: to },
              ] as const,
            ]
          : [],
      ),
    ];
    return { segments, dots: dotsOf(segments), arrows: this.arrows };
  }
}

/** Points from which a line leads on in three directions or more. */
function dotsOf(segments: readonly (readonly [Point, Point])[]): Point[] {
  const ends = new Map(segments.flat().map((point) => [`${point.x} ${point.y}`, point]));
  return [...ends.values()].filter((point) => {
    const ways = segments.map(([a, b]) => (isAt(a, point) || isAt(b, point) ? 1 : isWithin(point, a, b) ? 2 : 0));
    return ways.reduce<number>((sum, one) => sum + one, 0) > 2;
  });
}

function isAt(a: Point, b: Point): boolean {
  return a.x === b.x && a.y === b.y;
}

function isWithin(point: Point, a: Point, b: Point): boolean {
  const between = (value: number, one: number, other: number) =>
    value >= Math.min(one, other) && value <= Math.max(one, other);
  return between(point.x, a.x, b.x) && between(point.y, a.y, b.y);
}

function middle({ x, y, width, height }: Box): Point {
  return { x: Math.round(x + width / 2), y: Math.round(y + height / 2) };
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
