import type { FindingCode } from "./codes";
import type { Finding } from "./finding";

/** The findings that say that something is not known from the file, or may not be. */
const NOT_KNOWN: readonly FindingCode[] = [
  "answer-not-known",
  "dns-server-not-known",
  "module-not-read",
  "peering-not-known",
  "peering-out-of-sync",
  "reach-not-known",
  "resources-not-read",
  "service-not-known",
];

/** The findings, where what is not known counts as an error. */
export function asErrors(findings: readonly Finding[]): Finding[] {
  return findings.map((finding) => (NOT_KNOWN.includes(finding.code) ? { ...finding, severity: "error" } : finding));
}
