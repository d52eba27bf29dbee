import { helpOf } from "../findings";
import type { Finding } from "../findings/finding";
import { type AnswerTable, answerTables, shortened } from "../text/answer-tables";
import { countsLine, summaryOf } from "../text/summary";
import { count } from "../../../common/util";
import { code, details, markdownTable, page, prose } from "../../../common/text";
import { findingParagraph } from "./finding-paragraph";
import { type FormatInput, pageOf, sourceLineOf } from "./format-input";

/** Rows of a table of answers. */
const MOST_ROWS = 100;

/** Networks that a cell names. */
const MOST_NETWORKS = 5;

/** Findings that are shown one by one. */
const MOST_FINDINGS = 50;

/** The preview as Markdown, for the summary of a job or a comment on a pull request. */
export function previewMarkdown(report: FormatInput): string {
  const { preview, notices, file, also } = report;
  const { findings, lookups } = preview;
  const ignored = findings.filter((finding) => finding.ignored);
  const judged = [...findings.filter((finding) => !finding.ignored)].sort(bySeverity);
  return page([
    `### ${summaryOf(preview).sign} DNS of private endpoints: ${code(file)}`,
    countsLine(preview),
    ...(also ? [prose(also.text)] : []),
    ...findingList(judged, report),
    ...notices.map((notice) => `⚠️ ${prose(notice)}`),
    ...(lookups.length > 0 ? [details("What each network's DNS returns", answersMarkdown(answerTables(lookups)))] : []),
    ...foldedFindings("ignored on purpose", ignored, report),
  ]);
}

/** Errors before warnings. */
function bySeverity(a: Finding, b: Finding): number {
  return a.severity.localeCompare(b.severity);
}

/** Findings, each in a paragraph, with its details to click on; many are cut off. */
export function findingList(findings: readonly Finding[], report: FormatInput): string[] {
  const more = findings.length - MOST_FINDINGS;
  return [
    ...findings.slice(0, MOST_FINDINGS).map((finding) => findingMarkdown(finding, report)),
    ...(more > 0 ? [`and ${count(more, "finding")} more; \`--format json\` has all of them.`] : []),
  ];
}

/** Findings to click on; nothing where there are none. */
export function foldedFindings(what: string, findings: readonly Finding[], report: FormatInput): string[] {
  if (findings.length === 0) return [];
  return [details(`${count(findings.length, "finding")} ${what}`, findingList(findings, report).join("\n\n"))];
}

function findingMarkdown(finding: Finding, report: FormatInput): string {
  const link = pageOf(finding.code, report);
  const { file, line } = sourceLineOf(finding, report);
  return findingParagraph(finding, helpOf(finding.code, report.preview.remedies), {
    ...(link !== undefined && { link }),
    ...(finding.resources.length === 0 && { where: `${file}:${line}` }),
    placeOf(resource) {
      const place = report.locate(resource);
      return place && `${place.file}:${place.line}`;
    },
  });
}

/** The rows of all tables in one. */
function answersMarkdown(tables: readonly AnswerTable[]): string {
  const servedBy = tables.some(({ registry }) => registry?.regional);
  const all = tables.flatMap(({ rows }) => rows);
  const rows = all
    .slice(0, MOST_ROWS)
    .map((row) => [
      shortened(row.networks.map(code), MOST_NETWORKS).join("<br>"),
      row.names
        .map(({ fqdn, of, addresses }) => [code(fqdn), ...of.map(prose), ...addresses.map(code)].join(" "))
        .join("<br>"),
      prose(row.answer),
      ...(servedBy ? [prose(row.servedBy)] : []),
      MARKS[row.reachable],
    ]);
  const more = all.length - MOST_ROWS;
  const head = ["Virtual network", "Name", "Answer", ...(servedBy ? ["Served by"] : []), "Reachable"];
  return [markdownTable(head, rows), ...(more > 0 ? [`and ${count(more, "row")} more`] : [])].join("\n\n");
}

/** Whether an answer is reachable, with a sign that is seen at once. */
const MARKS = { yes: "✅ yes", no: "❌ no", "in part": "❌ in part", "not known": "❔ not known" } as const;
