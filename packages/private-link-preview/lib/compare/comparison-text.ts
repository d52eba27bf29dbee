import type { Colors } from "picocolors/types";
import { isBlocking } from "../findings/ignore";
import { Table, code, markdownTable, page, prose } from "../../../common/text";
import { findingList, foldedFindings } from "../formats/markdown";
import type { TableStyle } from "../formats";
import type { FormatInput } from "../formats/format-input";
import { findingText } from "../text/preview-text";
import type { Sign } from "../text/summary";
import {
  JSON_VERSION,
  count,
  groupBy,
  joinWords,
  naturally,
  printable,
  printableJson,
  wrap,
} from "../../../common/util";
import type { AnswerChange, Comparison, Side } from "./comparison";

const HEAD = ["Virtual network", "Name", "Before", "After"];
const PARTS_HEAD = ["Kind", "Which", "Before", "After"];

/** What a side of a change shows where there is no answer. */
const NONE = "–";

/** The comparison as text: the answers that change, the findings that are new, and those that are gone. */
export function comparisonText(comparison: Comparison, { also }: FormatInput, { colors, width }: TableStyle): string {
  const { answers, parts, findings } = comparison;
  const table = new Table(HEAD, colors, width);
  for (const change of inOrder(answers)) {
    const { virtualNetwork, host, before, after } = change;
    table.add([virtualNetwork, host, before?.text ?? NONE, after?.text ?? NONE], paintOf(change, colors));
  }
  const partTable = new Table(PARTS_HEAD, colors, width);
  for (const { kind, name, before, after } of parts) partTable.add([kind, name, before ?? NONE, after ?? NONE]);
  return [
    ...(answers.length > 0 ? [table.toString()] : []),
    ...(parts.length > 0 ? [partTable.toString()] : []),
    ...findings.new.map((finding) => `new ${findingText(finding, colors, width)}`),
    ...findings.gone.map((finding) =>
      colors.green(printable(`gone ${finding.severity} ${finding.code}: ${finding.resources.join(", ")}`)),
    ),
    summary(comparison),
    ...(also ? [wrap(also.text, width).join("\n")] : []),
  ].join("\n\n");
}

function inOrder(answers: readonly AnswerChange[]): AnswerChange[] {
  return [...answers].sort((a, b) => naturally(a.virtualNetwork, b.virtualNetwork));
}

function paintOf({ after }: AnswerChange, colors: Colors): (text: string) => string {
  return after?.answer.reachable === false ? colors.red : after?.answer.reachable ? colors.green : colors.yellow;
}

/** How much is different, as one line. */
export function summary({ answers, parts, findings }: Comparison): string {
  const errors = findings.new.filter(isBlocking).length;
  return (
    `${count(answers.length, "answer")} ${answers.length === 1 ? "changes" : "change"}. ` +
    (parts.length > 0 ? `${joinWords(partCounts(parts))} ${parts.length === 1 ? "changes" : "change"}. ` : "") +
    `${count(findings.new.length, "finding")} new (${count(errors, "error")}), ${findings.gone.length} gone, ${findings.unchanged.length} unchanged.`
  );
}

function partCounts(parts: Comparison["parts"]): string[] {
  return [...groupBy(parts, ({ kind }) => kind)].map(([kind, same]) => count(same.length, kind));
}

/** The comparison as JSON; preview.schema.json describes it. */
export function comparisonJson({ answers, parts, findings }: Comparison, { notices, also }: FormatInput): string {
  return printableJson({
    version: JSON_VERSION,
    changes: answers.map(({ before, after, ...change }) => ({
      ...change,
      before: before?.answer ?? null,
      after: after?.answer ?? null,
    })),
    parts,
    findings,
    ...(notices.length > 0 && { notices }),
    ...also?.members,
  });
}

/** Rows of the table of answers. */
const MOST_ROWS = 100;

/** The answers that change as Markdown: a table, and how many more there are; empty where none does. */
export function changedAnswersTable({ answers }: Pick<Comparison, "answers">): string[] {
  const rows = inOrder(answers).map(({ virtualNetwork, host, before, after }) => [
    code(virtualNetwork),
    code(host),
    side(before),
    side(after),
  ]);
  return [...(rows.length > 0 ? [markdownTable(HEAD, rows.slice(0, MOST_ROWS))] : []), ...moreThan(rows, "answer")];
}

function moreThan(rows: readonly unknown[], what: string): string[] {
  const more = rows.length - MOST_ROWS;
  return more > 0 ? [`and ${count(more, what)} more`] : [];
}

/** The comparison as Markdown, for a comment on a pull request. */
export function comparisonMarkdown(comparison: Comparison, report: FormatInput): string {
  const { parts, findings } = comparison;
  const rows = parts.map(({ kind, name, before, after }) => [
    kind,
    ...[name, before ?? NONE, after ?? NONE].map((text) => prose(text)),
  ]);
  return page([
    `### ${signOf(comparison)} DNS of private endpoints: what changes in ${code(report.file)}`,
    summary(comparison),
    ...(report.also ? [prose(report.also.text)] : []),
    ...changedAnswersTable(comparison),
    ...(rows.length > 0 ? [markdownTable(PARTS_HEAD, rows.slice(0, MOST_ROWS)), ...moreThan(rows, "part")] : []),
    ...(findings.new.length > 0 ? ["#### New findings", ...findingList(findings.new, report)] : []),
    ...report.notices.map((notice) => `⚠️ ${prose(notice)}`),
    ...foldedFindings("gone", findings.gone, report),
    ...foldedFindings("unchanged", findings.unchanged, report),
  ]);
}

/** Green only where all that changes is known and right. */
function signOf({ answers, findings }: Comparison): Sign {
  if (findings.new.some(isBlocking)) return "❌";
  const right =
    answers.every(({ after }) => !after || after.answer.reachable) && findings.new.every(({ ignored }) => ignored);
  return right ? "✅" : "⚠️";
}

function side(side: Side | undefined): string {
  if (!side) return NONE;
  const { reachable } = side.answer;
  return `${reachable ? "✅" : reachable === false ? "❌" : "❔"} ${prose(side.text)}`;
}
