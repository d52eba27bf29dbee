import type { Json } from "../../../common/util";
import type { Finding } from "../findings/finding";
import type { Preview } from "../preview";
import type { SourceLine } from "../source/source-line";

/** What a caller adds to the text, the Markdown and the JSON of a preview. */
export interface Also {
  readonly text: string;
  readonly members: Json;
}

/** What every format shows. */
export interface FormatInput {
  /** The preview, with the findings that are ignored marked. */
  readonly preview: Preview;
  /** Path of what was previewed, as seen from the current folder; the name of no file for standard input. */
  readonly file: string;
  /** Where a resource is written, if it can be told. */
  readonly locate: (address: string) => SourceLine | undefined;
  /** Warnings that are not about the network, such as entries without effect in the file of ignored findings. */
  readonly notices: readonly string[];
  /** What the caller knows of the network besides. */
  readonly also?: Also;
  /** Address of the pages of findings, for links: a finding's page is at `#CODE` there. */
  readonly pages?: string;
}

/** Where a finding is shown in a file: at the first of its resources that can be located, or at the start of what was previewed. */
export function sourceLineOf({ resources }: Pick<Finding, "resources">, { locate, file }: FormatInput): SourceLine {
  for (const resource of resources) {
    const place = locate(resource);
    if (place) return place;
  }
  return { file, line: 1 };
}

/** Address of the page of a finding; undefined if it is not known where the pages are. */
export function pageOf(code: string, { pages }: Pick<FormatInput, "pages">): string | undefined {
  return pages === undefined ? undefined : `${pages}#${code}`;
}
