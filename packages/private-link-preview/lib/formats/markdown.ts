import { FINDING_CODES } from "../findings/codes";
import { type Finding, networksOf } from "../findings/finding";
import type { Lookup } from "../trace";
import { answerText, reachableText } from "../text/answers";
import { countsLine, signOf } from "../text/preview-text";
import { groupBy } from "../../../common/util/collections";
import { count } from "../../../common/util/words";
import { code, details, markdownTable, page, prose } from "../../../common/text/markdown";
import { findingParagraph } from "./finding-paragraph";
import { type FormatInput, pageOf, sourceLineOf } from "./format-input";

/** Rows of a table of answers. */
const MOST_ROWS = 100;

/** Findings that are shown one by one. */
const MOST_FINDINGS = 50;

/** The preview as Markdown, for the summary of a job or a comment on a pull request. */
export function previewMarkdown(report: FormatInput): string {
  const { preview, notices, file } = report;
  const { findings, lookups } = preview;
  const ignored = findings.filter((finding) => finding.ignored);
  const judged = [...findings.filter((finding) => !finding.ignored)].sort(bySeverity);
  return page([
    `### ${signOf(preview)} DNS of private endpoints: ${code(file)}`,
    countsLine(preview),
    ...findingList(judged, report),
    ...notices.map((notice) => `⚠️ ${prose(notice)}`),
    ...(lookups.length > 0 ? [details("What each network's DNS returns", answersTable(lookups))] : []),
    ...(ignored.length > 0
      ? [details(`${count(ignored.length, "finding")} ignored on purpose`, findingList(ignored, report).join("\n\n"))]
      : []),
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

function findingMarkdown(finding: Finding, report: FormatInput): string {
  const link = pageOf(finding.code, report);
  const { file, line } = sourceLineOf(finding, report);
  return findingParagraph(finding, FINDING_CODES[finding.code], {
    ...(link !== undefined && { link }),
    ...(finding.resources.length === 0 && { where: `${file}:${line}` }),
    placeOf(resource) {
      const place = report.locate(resource);
      return place && `${place.file}:${place.line}`;
    },
  });
}

/** A row for each service and each answer, with the networks that get it. */
function answersTable(lookups: readonly Lookup[]): string {
  const same = groupBy(lookups, (lookup) =>
    [
      lookup.service.address,
      answerText(lookup),
      lookup.link?.zone.address,
      reachableText(lookup),
      lookup.network.address,
    ].join("|"),
  );
  const rows = [...same.values()].slice(0, MOST_ROWS).map((its) => {
    const [lookup] = its as [Lookup];
    const networks = networksOf(its).map(({ name }) => code(name));
    const hosts = its.map(({ host, addresses }) => [code(host.fqdn), ...addresses.map(code)].join(" "));
    return [
      networks.slice(0, 5).join("<br>"),
      hosts.join("<br>"),
      prose(answerText(lookup)),
      MARKS[reachableText(lookup)],
    ];
  });
  const more = same.size - MOST_ROWS;
  return [
    markdownTable(["Virtual network", "Name", "Answer", "Reachable"], rows),
    ...(more > 0 ? [`and ${count(more, "row")} more`] : []),
  ].join("\n\n");
}

/** Whether an answer is reachable, with a sign that is seen at once. */
const MARKS = { yes: "✅ yes", no: "❌ no", "in part": "❌ in part", "not known": "❔ not known" } as const;
