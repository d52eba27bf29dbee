import { createHash } from "node:crypto";
import { helpOf } from "../findings";
import { FINDING_CODES, type FindingCode, type FindingHelp } from "../findings/codes";
import type { Finding } from "../findings/finding";
import { fingerprint } from "../findings/fingerprint";
import type { SourceLine } from "../source/source-line";
import { printableJson, versionAt } from "../../../common/util";
import { type FormatInput, pageOf, sourceLineOf } from "./format-input";

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

/** Most results of a run that GitHub shows, and most locations of a result. */
const [MOST_RESULTS, MOST_LOCATIONS] = [5000, 100];

/**
 * The findings as SARIF 2.1.0, for code scanning of GitHub and other tools.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 * @see https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
export function previewSarif(report: FormatInput): string {
  const { preview, notices, file, pages } = report;
  const codes = Object.keys(FINDING_CODES) as FindingCode[];
  const seen = new Map<string, number>();
  // Errors first: what is beyond the limit is cut off.
  const findings = [...preview.findings].sort((a, b) => rank(a) - rank(b)).slice(0, MOST_RESULTS);
  const results = findings.map((finding) => {
    const text = fingerprint(finding);
    const number = (seen.get(text) ?? 0) + 1;
    seen.set(text, number);
    return resultOf(finding, codes.indexOf(finding.code), `${text}\n${number}`, report);
  });
  const toolExecutionNotifications = notices.map((text) => ({ level: "warning", message: { text: plain(text) } }));
  return printableJson({
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "private-link-preview",
            semanticVersion: versionAt(__dirname),
            ...(pages !== undefined && { informationUri: pages }),
            rules: codes.map((code) => ruleOf(code, helpOf(code, preview.remedies), report)),
          },
        },
        // GitHub keeps the results of each file apart by what is before the last slash.
        automationDetails: { id: `private-link-preview/${file}/` },
        invocations: [{ executionSuccessful: true, toolExecutionNotifications }],
        results,
      },
    ],
  });
}

function rank({ severity, ignored = false }: Finding): number {
  return (ignored ? 2 : 0) + (severity === "error" ? 0 : 1);
}

function ruleOf(id: string, { severity, means, fix, ignore }: FindingHelp, report: FormatInput): object {
  const helpUri = pageOf(id, report);
  const [first = means] = means.split(/(?<=\.) /);
  return {
    id,
    name: id.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: first },
    fullDescription: { text: means },
    help: {
      text: `${means}\n\nHow to fix it: ${fix}\n\nWhen to ignore it: ${ignore}`,
      markdown: `${means}\n\n**How to fix it.** ${fix}\n\n**When to ignore it.** ${ignore}`,
    },
    ...(helpUri !== undefined && { helpUri }),
    defaultConfiguration: { level: severity },
    properties: { tags: ["azure", "private-link", "dns"], precision: "high", "problem.severity": severity },
  };
}

function resultOf(finding: Finding, ruleIndex: number, recognizedBy: string, report: FormatInput): object {
  const { code, severity, message, ignored, reason: justification = "Ignored by the option --ignore." } = finding;
  const resources = finding.resources.slice(0, MOST_LOCATIONS);
  const logicalLocations = resources.map((resource) => ({ fullyQualifiedName: resource, kind: "resource" }));
  const main = sourceLineOf(finding, report);
  const others = resources.flatMap((resource) => {
    const place = report.locate(resource);
    return place && (place.file !== main.file || place.line !== main.line) ? [{ resource, place }] : [];
  });
  return {
    ruleId: code,
    ruleIndex,
    level: severity,
    message: { text: plain(message) },
    locations: [{ physicalLocation: physical(main), ...(resources.length > 0 && { logicalLocations }) }],
    ...(others.length > 0 && {
      relatedLocations: others.map(({ resource, place }, id) => ({
        id,
        message: { text: plain(resource) },
        physicalLocation: physical(place),
      })),
    }),
    partialFingerprints: { "codeAndResources/v1": createHash("sha256").update(recognizedBy).digest("hex") },
    ...(ignored && { suppressions: [{ kind: "external", status: "accepted", justification }] }),
  };
}

function physical({ file, line }: SourceLine): object {
  // On Windows, a name can have half of a pair, for which there is no code.
  const parts = file.split("/").map((part) => encodeURIComponent(Buffer.from(part).toString()));
  return {
    artifactLocation: { uri: parts.join("/"), uriBaseId: "%SRCROOT%" },
    region: { startLine: line },
  };
}

/** Text of a message, in which SARIF takes `[text](address)` for a link. */
function plain(text: string): string {
  return text.replace(/(?<!\\)\\+(?=\[)|\[(?=[^[\]]*\]\()/g, (found) =>
    found === "[" ? "\\[" : found.replaceAll("\\", "\\\\"),
  );
}
