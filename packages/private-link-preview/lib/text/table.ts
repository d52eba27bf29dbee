import CliTable from "cli-table3";
import type { Colors } from "picocolors/types";
import { wrap } from "../util/words";

/** Widest line that a command prints, in characters. */
export const WIDTH = 100;

/** A table for a terminal, without lines between rows: text in the first column marks the start of a row. */
export class Table {
  private readonly table;

  /** @param widths - of the columns, in characters; with the lines between and around them they should make up WIDTH */
  constructor(
    head: string[],
    private readonly widths: readonly number[],
    colors: Colors,
  ) {
    this.table = new CliTable({
      head,
      colWidths: [...widths],
      chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
      style: { head: colors.isColorSupported ? ["bold"] : [], border: [] },
    });
  }

  /**
   * Adds a row.
   *
   * @param cells - the text of each, or its lines, wrapped to the column's width
   * @param paint - colours each wrapped line of a row's last cell
   */
  public add(cells: readonly (string | readonly string[])[], paint: (line: string) => string = (line) => line): void {
    this.table.push(
      cells.map((cell, column) => {
        // A space on either side.
        const width = (this.widths[column] ?? WIDTH) - 2;
        const lines = [cell].flat().flatMap((line) => wrap(line, width));
        return (column === cells.length - 1 ? lines.map(paint) : lines).join("\n");
      }),
    );
  }

  public toString(): string {
    return this.table.toString();
  }
}
