import { type Lookup, isReachable } from "../resolver";
import { groupBy } from "../../../common/util/collections";
import type { FindingCode } from "./codes";
import { type Finding, namesIn, networkAddresses, networksIn, recordAddresses, warning } from "./finding";

/** The findings that say that something is not known from the file. */
const NOT_KNOWN: readonly FindingCode[] = [
  "answer-not-known",
  "dns-server-not-known",
  "module-not-read",
  "peering-not-known",
  "reach-not-known",
  "service-not-known",
];

/** The findings, where what is not known counts as an error. */
export function asErrors(findings: readonly Finding[]): Finding[] {
  return findings.map((finding) => (NOT_KNOWN.includes(finding.code) ? { ...finding, severity: "error" } : finding));
}

/** Answers that are not known for a reason that no other finding tells. */
export function notExplained(lookups: readonly Lookup[], findings: readonly Finding[]): Finding[] {
  const told = new Set(findings.flatMap(({ resources }) => resources));
  const open = lookups.filter(
    (lookup) =>
      isReachable(lookup) === undefined &&
      ![lookup.network, ...lookup.records, ...lookup.endpoints].some(({ address }) => told.has(address)),
  );
  return [...groupBy(open, ({ service }) => service).values()].map((asked) =>
    warning(
      "answer-not-known",
      `What the DNS of ${networksIn(asked)} returns for ${namesIn(asked)} is not known from this file: the zone, link or DNS zone group that decides it is (known after apply), or not in the file. Preview the state after the apply.`,
      [...networkAddresses(asked), ...recordAddresses(asked), asked[0]!.service.address],
    ),
  );
}
