import type { Colors } from "picocolors/types";
import { unique } from "../util/collections";
import { partsOf, printable, wrap } from "../util/words";

/** Widest line that a command prints where it does not know how wide the terminal is, in characters. */
export const WIDTH = 100;

/** The least and most characters of a line on a terminal. */
const [LEAST, MOST] = [60, 160];

/** How wide lines may be: as wide as the terminal, as COLUMNS says, or {@link WIDTH}. */
export function terminalWidth(
  { isTTY, columns }: { readonly isTTY?: boolean; readonly columns?: number } = process.stdout,
  env: NodeJS.ProcessEnv = process.env,
): number {
  const said = isTTY ? columns : Number(env.COLUMNS);
  return said === undefined || !(said > 0) ? WIDTH : Math.min(MOST, Math.max(LEAST, Math.floor(said)));
}

/** A row: the lines of each cell, and the colour of the last one. */
interface Row {
  readonly cells: readonly (readonly string[])[];
  readonly paint: (line: string) => string;
}

/**
 * A table for a terminal, without lines between rows: text in the first column marks the start of a row. Its time grows with
 * the text alone, where libraries compare all cells with each other to find those that span several columns.
 */
export class Table {
  private readonly rows: Row[] = [];

  /**
   * @param total - how wide the table may be, in characters. @default - WIDTH
   */
  constructor(
    private readonly head: readonly string[],
    private readonly colors: Colors,
    private readonly total: number = WIDTH,
  ) {}

  /**
   * Adds a row.
   *
   * @param cells - the text of each, or its lines, wrapped to the column's width
   * @param paint - colours each wrapped line of a row's last cell
   */
  public add(cells: readonly (string | readonly string[])[], paint: (line: string) => string = (line) => line): void {
    this.rows.push({ cells: cells.map((cell) => [cell].flat()), paint });
  }

  public toString(): string {
    const widths = this.fitted();
    const { bold } = this.colors;
    return [
      rule("┌┬┐", widths),
      ...linesOf({ cells: this.head.map((text) => [text]), paint: bold }, widths, bold),
      ...this.rows.flatMap((row) => linesOf(row, widths)),
      rule("└┴┘", widths),
    ].join("\n");
  }

  /**
   * The widths: as wide as the content where that fits. Otherwise each cell may take some more lines than the highest of its
   * row does, as few as suffice, and a column is as narrow as that allows, down to the longest part of a name. If these parts
   * need more than there is, the table is wider than it may be.
   */
  private fitted(): number[] {
    const columns = this.head.map((title, column) => [[title], ...this.rows.map(({ cells }) => cells[column] ?? [])]);
    const words = columns.map((cells) => unique(cells.flat().flatMap((line) => printable(line).split(" "))));
    const wanted = columns.map((cells) => longest(cells.flat().map(printable)) + 2);
    const space = this.total - wanted.length - 1;
    const left = (widths: readonly number[]) => widths.reduce((rest, width) => rest - width, space);
    const leastWith = (whole: number) =>
      words.map((ofColumn) => longest(ofColumn.flatMap((word) => (word.length > whole ? partsOf(word) : [word]))) + 2);
    const least = [leastWith(KEPT_WHOLE)].find((widths) => left(widths) >= 0) ?? leastWith(0);
    const looked = columns.map((cells) =>
      cells.slice(0, LOOKED_AT).map((cell) => cell.map((line) => line.slice(0, MOST_LOOKED_AT))),
    );
    const heights = (looked[0] ?? []).map((_, row) => Math.max(...looked.map((cells) => cells[row]?.length ?? 0)));
    let widths = wanted;
    for (let more = 0; left(widths) < 0; more++) {
      widths =
        more > MOST_MORE_LINES
          ? least
          : looked.map((cells, column) =>
              narrowest(least[column]!, Math.min(wanted[column]!, Math.max(space, least[column]!)), (width) =>
                cells.every((cell, row) => linesIn(cell, width).length <= heights[row]! + more),
              ),
            );
      if (widths.every((width, column) => width <= least[column]!)) break;
    }
    // What is left goes to names that are split, to cells that need no second line, and to the column that lacks most.
    const grown = [...widths];
    for (const wide of [words.map((ofColumn) => longest(ofColumn) + 2), wanted])
      for (const [column, width] of wide.entries())
        if (width > grown[column]! && width - grown[column]! <= left(grown)) grown[column] = width;
    const lacking = wanted.map((width, column) => width - grown[column]!);
    const most = lacking.indexOf(Math.max(...lacking));
    grown[most] = grown[most]! + Math.max(0, Math.min(lacking[most]!, left(grown)));
    return grown;
  }
}

/** Rows, and characters of a line, from which widths are found; a table may have very many. */
const LOOKED_AT = 100;
const MOST_LOOKED_AT = 1000;

/** Longest word that stays whole while there is space for all of these. */
const KEPT_WHOLE = 16;

/** Most lines by which rows grow before all columns are as narrow as they can be. */
const MOST_MORE_LINES = 20;

/** The least width, of those from one to another, that is enough; the widest if none is. */
function narrowest(from: number, to: number, isEnough: (width: number) => boolean): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isEnough(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
}

/** The lines of a cell in a column of a width, with a space on either side. */
function linesIn(cell: readonly string[], width: number): string[] {
  return cell.flatMap((line) => wrap(line, width - 2));
}

function longest(texts: readonly string[]): number {
  return texts.reduce((most, { length }) => Math.max(most, length), 0);
}

/** @param paintAll - colours the other cells. @default - as they are */
function linesOf({ cells, paint }: Row, widths: readonly number[], paintAll = (line: string) => line): string[] {
  const wrapped = cells.map((cell, column) => linesIn(cell, widths[column]!));
  const height = wrapped.reduce((most, { length }) => Math.max(most, length), 0);
  return Array.from({ length: height }, (_, i) =>
    lineOf(
      wrapped.map((lines) => lines[i] ?? ""),
      widths,
      (text, column) => (column === cells.length - 1 ? paint(text) : paintAll(text)),
    ),
  );
}

function lineOf(
  cells: readonly string[],
  widths: readonly number[],
  paint: (text: string, column: number) => string,
): string {
  const padded = widths.map((width, column) => {
    const text = cells[column] ?? "";
    return ` ${text && paint(text, column)}${" ".repeat(Math.max(0, width - 1 - text.length))}`;
  });
  return `│${padded.join("│")}│`;
}

function rule(corners: string, widths: readonly number[]): string {
  const [left = "", between, right = ""] = corners;
  return left + widths.map((width) => "─".repeat(width)).join(between) + right;
}
