import { JSON_VERSION } from "../../../common/util/json-error";
import { printableJson } from "../../../common/util/words";
import { summaryOf } from "../text/summary";
import type { Report } from "./report";

/** The answers and findings as JSON; preview.schema.json describes it. */
export function previewJson({ preview, notices }: Report): string {
  const { answers, alike, findings } = preview;
  return printableJson({
    version: JSON_VERSION,
    answers,
    ...(Object.keys(alike).length > 0 && { alike }),
    findings,
    counts: summaryOf(preview).counts,
    ...(notices.length > 0 && { notices }),
  });
}
