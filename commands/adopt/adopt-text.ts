import type { Colors } from "picocolors/types";
import { Table } from "../../packages/common/text";
import { wrap } from "../../packages/common/util";
import { lineOf } from "../cli/invocation";
import type { Adopted } from "./adopt";

/** The choices as a table, then what is missing, and what to do next. */
export function adoptedText({ choices, findings }: Adopted, file: string, colors: Colors, width: number): string {
  const table = new Table(["Setting", "Value", "Reason"], colors, width);
  for (const { setting, value, why } of choices) table.add([setting, value, why]);
  const paint = { error: colors.red, warning: colors.yellow };
  const isWrong = findings.some(({ severity }) => severity === "error");
  return [
    table.toString(),
    ...findings.map(
      ({ severity, message }) =>
        `${paint[severity](severity)}\n${wrap(message, width - 2)
          .map((line) => `  ${line}`)
          .join("\n")}`,
    ),
    isWrong
      ? "Nothing was written. Fix the errors, then run the command again."
      : `Wrote ${file}. To see what DNS would return: ${lineOf("preview", `--settings ${file}`)}\nTo see what a deployment would change: ${lineOf("plan", `--settings ${file}`)}`,
  ].join("\n\n");
}
