import { JSON_VERSION, printableJson, unique } from "../../../common/util";
import { findingsFor } from "../preview";
import { toldSteps } from "../text/steps";
import { type Lookup, firstNotReachable } from "../trace";
import { summaryOf } from "../text/summary";
import type { FormatInput } from "./format-input";

/** Most answers with their steps: in a file with more, those that are reachable come last. */
const MOST_TRACES = 10_000;

/** The answers and findings as JSON; preview.schema.json describes it. */
export function previewJson({ preview, notices, also }: FormatInput): string {
  const { answers, alike, findings, lookups } = preview;
  const traced = new Set(firstNotReachable(lookups, MOST_TRACES));

  return printableJson({
    version: JSON_VERSION,
    answers: answers.map((answer, index) => {
      const lookup = lookups[index]!;
      return traced.has(lookup) ? { ...answer, trace: stepsOf(lookup, preview) } : answer;
    }),
    ...(Object.keys(alike).length > 0 && { alike }),
    findings,
    counts: summaryOf(preview).counts,
    ...(notices.length > 0 && { notices }),
    ...also?.members,
  });
}

/** The steps that led to an answer, each with the codes of the findings about it. */
function stepsOf(lookup: Lookup, preview: FormatInput["preview"]) {
  return toldSteps(lookup).map(({ kind, state, text, resources, causes }) => ({
    step: kind,
    state,
    text,
    resources,
    findings: unique(findingsFor(causes, preview).map(({ code }) => code)),
  }));
}
