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
   * The widths: as wide as the content where that fits. Otherwise the widest column gives up its space first, down to its
   * longest word, and where that is not enough, to the longest part of a name. If these need more than there is, the table is
   * wider than it may be.
   */
  private fitted(): number[] {
    const contents = this.head.map((title, column) =>
      unique([title, ...this.rows.flatMap(({ cells }) => cells[column] ?? [])].map(printable)),
    );
    const widths = contents.map((lines) => longest(lines) + 2);
    const space = this.total - widths.length - 1;
    const left = () => space - widths.reduce((sum, width) => sum + width, 0);
    for (const partsIn of [(word: string) => [word], partsOf]) {
      const least = contents.map((lines) => longest(lines.flatMap((line) => line.split(" ")).flatMap(partsIn)) + 2);
      while (left() < 0) {
        const wide = widths.map((width, column) => (width > least[column]! ? width : 0));
        const most = Math.max(...wide);
        if (most === 0) break;
        widths[wide.indexOf(most)]!--;
      }
    }
    // Lines that end before the edge leave space, in which another column may need no break.
    const wrapped = contents.map(
      (lines, column) => longest(lines.flatMap((line) => wrap(line, widths[column]! - 2))) + 2,
    );
    const wanted = contents.map((lines) => longest(lines) + 2);
    widths.splice(0, widths.length, ...wrapped);
    for (const [column, width] of wanted.entries()) if (width - widths[column]! <= left()) widths[column] = width;
    return widths;
  }
}

function longest(texts: readonly string[]): number {
  return texts.reduce((most, { length }) => Math.max(most, length), 0);
}

/** @param paintAll - colours the other cells. @default - as they are */
function linesOf({ cells, paint }: Row, widths: readonly number[], paintAll = (line: string) => line): string[] {
  // A space on either side.
  const wrapped = cells.map((cell, column) => cell.flatMap((line) => wrap(line, widths[column]! - 2)));
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
