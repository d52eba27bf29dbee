import type { Colors } from "picocolors/types";
import { wrap } from "../util/words";

/** Widest line that a command prints, in characters. */
export const WIDTH = 100;

/**
 * A table for a terminal, without lines between rows: text in the first column marks the start of a row. Its time grows with
 * the text alone, where libraries compare all cells with each other to find those that span several columns.
 */
export class Table {
  private readonly lines: string[];

  /** @param widths - of the columns, in characters; with the lines between and around them they should make up WIDTH */
  constructor(
    head: readonly string[],
    private readonly widths: readonly number[],
    colors: Colors,
  ) {
    this.lines = [this.rule("┌┬┐"), this.line(head, (text) => colors.bold(text))];
  }

  /**
   * Adds a row.
   *
   * @param cells - the text of each, or its lines, wrapped to the column's width
   * @param paint - colours each wrapped line of a row's last cell
   */
  public add(cells: readonly (string | readonly string[])[], paint: (line: string) => string = (line) => line): void {
    // A space on either side.
    const wrapped = cells.map((cell, column) => [cell].flat().flatMap((line) => wrap(line, this.widths[column]! - 2)));
    const height = wrapped.reduce((most, { length }) => Math.max(most, length), 0);
    for (let i = 0; i < height; i++) {
      this.lines.push(
        this.line(
          wrapped.map((lines) => lines[i] ?? ""),
          (text, column) => (column === cells.length - 1 ? paint(text) : text),
        ),
      );
    }
  }

  public toString(): string {
    return [...this.lines, this.rule("└┴┘")].join("\n");
  }

  private line(cells: readonly string[], paint: (text: string, column: number) => string): string {
    const padded = this.widths.map((width, column) => {
      const text = cells[column] ?? "";
      return ` ${text && paint(text, column)}${" ".repeat(Math.max(0, width - 1 - text.length))}`;
    });
    return `│${padded.join("│")}│`;
  }

  private rule(corners: string): string {
    const [left = "", between, right = ""] = corners;
    return left + this.widths.map((width) => "─".repeat(width)).join(between) + right;
  }
}
