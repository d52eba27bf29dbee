import { JSON_VERSION } from "../../../common/util/json-error";
import { printableJson } from "../../../common/util/words";
import type { FormatInput } from "./format-input";

/** The answers and findings as JSON; preview.schema.json describes it. */
export function previewJson({ preview, notices }: FormatInput): string {
  const { answers, alike, findings } = preview;
  return printableJson({
    version: JSON_VERSION,
    answers,
    ...(Object.keys(alike).length > 0 && { alike }),
    findings,
    ...(notices.length > 0 && { notices }),
  });
}
