import type { Colors } from "picocolors/types";
import { previewHtml } from "../html";
import { previewText } from "../text/preview-text";
import { printable } from "../../../common/util";
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

/** A way to show a preview. */
interface Format {
  readonly about: string;
  readonly render: (report: FormatInput, style: TableStyle) => string;
}

/** The formats of a preview, by the name that `--format` takes. */
export const FORMATS = {
  table: {
    about: "tables for a terminal",
    render: ({ preview, notices }, { colors, width }) =>
      [
        previewText(preview, colors, width),
        ...notices.map((notice) => `${colors.yellow("warning")} ${printable(notice)}`),
      ].join("\n\n"),
  },
  json: { about: "answers and findings for scripts", render: previewJson },
  sarif: { about: "findings for code scanning, as SARIF 2.1.0", render: previewSarif },
  junit: { about: "answers as test cases, as XML of JUnit", render: previewJunit },
  markdown: { about: "a page for the summary of a job or a comment on a pull request", render: previewMarkdown },
  html: {
    about: "a page with a picture, the way of each question, and the findings, as one file",
    render: ({ preview, file }) => previewHtml(preview, { source: file }),
  },
  github: { about: "annotations of GitHub Actions", render: previewAnnotations },
} as const satisfies Record<string, Format>;

/** Name of a format. */
export type FormatName = keyof typeof FORMATS;
