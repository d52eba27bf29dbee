import type { Finding } from "../findings/finding";
import { countsLine } from "../text/summary";
import { printable } from "../../../common/util";
import { type FormatInput, sourceLineOf } from "./format-input";

/**
 * The findings as workflow commands of GitHub Actions, which shows them beside the lines of a pull request.
 *
 * @see https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
 */
export function previewAnnotations(report: FormatInput): string {
  const { preview, notices } = report;
  return [
    ...preview.findings.map((finding) => annotation(finding, report)),
    ...notices.map((notice) => `::warning title=private-link-preview::${data(notice)}`),
    countsLine(preview),
  ].join("\n");
}

function annotation(finding: Finding, report: FormatInput): string {
  const { code, severity, message, ignored, reason } = finding;
  const { file, line } = sourceLineOf(finding, report);
  const text = ignored ? `Ignored${reason === undefined ? "" : `: ${reason.replace(/\.$/, "")}`}. ${message}` : message;
  return `::${ignored ? "notice" : severity} file=${property(file)},line=${line},title=${property(code)}::${data(text)}`;
}

/** Text after the two colons. GitHub decodes no more than these. */
function data(text: string): string {
  return printable(text).replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
}

function property(text: string): string {
  return data(text).replace(/:/g, "%3A").replace(/,/g, "%2C");
}
