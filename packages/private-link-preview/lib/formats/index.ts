import type { Colors } from "picocolors/types";
import { previewHtml } from "../html";
import { previewText } from "../text/preview-text";
import { printable, wrap } from "../../../common/util";
import { previewAnnotations } from "./github";
import { previewJson } from "./json";
import { previewJunit } from "./junit";
import { previewMarkdown } from "./markdown";
import type { FormatInput } from "./format-input";
import { previewSarif } from "./sarif";

/** How a table is drawn. */
export interface TableStyle {
  readonly colors: Colors;
  /** Of lines, in characters. */
  readonly width: number;
}

/** The formats of a preview, by the name that `--format` takes. */
export const FORMATS = {
  table: ({ preview, notices, also }, { colors, width }) =>
    [
      previewText(preview, colors, width),
      ...(also ? [wrap(also.text, width).join("\n")] : []),
      ...notices.map((notice) => `${colors.yellow("warning")} ${printable(notice)}`),
    ].join("\n\n"),
  json: previewJson,
  sarif: previewSarif,
  junit: previewJunit,
  markdown: previewMarkdown,
  html: ({ preview, file, notices }) => previewHtml(preview, file, notices),
  github: previewAnnotations,
} as const satisfies Record<string, (report: FormatInput, style: TableStyle) => string>;

/** Name of a format. */
export type FormatName = keyof typeof FORMATS;
