/** The rows of a table, its head first. */
export type Rows = readonly (readonly string[])[];

/** A Markdown table, formatted as prettier does. */
export function alignedTable([head = [], ...body]: Rows): string {
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}
