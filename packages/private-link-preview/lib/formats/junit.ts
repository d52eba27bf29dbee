import { type Finding, networksOf } from "../findings/finding";
import { isBlocking } from "../findings/ignore";
import type { Lookup } from "../trace";
import { findingsFor } from "../preview";
import { answerText, reachableText } from "../text/answers";
import { count, groupBy, joinWords, printable, unique, versionAt } from "../../../common/util";
import type { FormatInput } from "./format-input";

/** One test case: passed if it has neither a failure nor a reason to be skipped. */
interface Case {
  readonly suite: string;
  readonly name: string;
  readonly failures: readonly string[];
  readonly skipped?: string;
}

/**
 * The answers as test cases of JUnit: one for each network and service. It fails where an error concerns it, and is skipped
 * where the answer is not known, or wrong and ignored on purpose. Errors that concern no answer have test cases of their own.
 */
export function previewJunit({ preview, notices }: FormatInput): string {
  const { lookups, findings } = preview;
  const errors = findings.filter(isBlocking);
  const told = new Set<Finding>();
  const cases = [...groupBy(lookups, ({ network }) => network).values()].flatMap((ofNetwork) => {
    // In a very large file, networks that get the same answers have one suite.
    const networks = networksOf(ofNetwork);
    const [first, ...more] = networks.map(({ name }) => name);
    const suite = `${first!}${more.length > 0 ? ` and ${count(more.length, "more network")}` : ""}`;
    return [...groupBy(ofNetwork, ({ service }) => service).values()].map((asked) => {
      const causes = asked.flatMap(({ trace }) => trace.flatMap((step) => step.causes));
      const found = findingsFor(causes, preview).filter((finding) => isBlocking(finding) || finding.ignored);
      for (const finding of found) told.add(finding);
      return caseOf(suite, asked, found);
    });
  });
  const others = errors
    .filter((error) => !told.has(error))
    .map((error): Case => ({ suite: "other findings", name: nameOf(error), failures: [textOf(error)] }));
  const said = notices.map((notice): Case => ({ suite: "notices", name: notice, failures: [], skipped: "a warning" }));
  const all = [...cases, ...others, ...said];
  const suites = [...groupBy(all, ({ suite }) => suite)];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="private-link-preview ${versionAt(__dirname)}" ${counts(all)}>`,
    ...suites.flatMap(([suite, ofSuite]) => [
      `  <testsuite name="${xml(suite)}" ${counts(ofSuite)}>`,
      ...ofSuite.map(caseXml),
      "  </testsuite>",
    ]),
    "</testsuites>",
  ].join("\n");
}

/** @param findings - the errors about these answers, and what is ignored about them */
function caseOf(suite: string, asked: readonly Lookup[], findings: readonly Finding[]): Case {
  const answers = unique(asked.map((lookup) => `${lookup.host.fqdn}: ${answerText(lookup)}`));
  const base = { suite, name: asked[0]!.service.name };
  const errors = findings.filter(isBlocking);
  if (errors.length > 0) return { ...base, failures: errors.map((error) => [textOf(error), ...answers].join("\n")) };
  const ignored = findings.flatMap(({ code, reason }) => reason ?? `${code} is ignored`);
  const reached = asked.map(reachableText);
  // What is wrong and no error is ignored, or a warning.
  if (reached.some((text) => text === "no" || text === "in part"))
    return { ...base, failures: [], skipped: [...unique(ignored), ...answers].join("; ") };
  return { ...base, failures: [], ...(reached.includes("not known") && { skipped: "not known from this file" }) };
}

function nameOf({ code, resources }: Finding): string {
  return resources.length === 0 ? code : `${code}: ${joinWords(resources)}`;
}

function textOf({ code, message }: Finding): string {
  return `${code}: ${message}`;
}

function counts(cases: readonly Case[]): string {
  const failed = cases.filter(({ failures }) => failures.length > 0).length;
  const skipped = cases.filter((one) => one.skipped !== undefined).length;
  return `tests="${cases.length}" failures="${failed}" errors="0" skipped="${skipped}"`;
}

function caseXml({ suite, name, failures, skipped }: Case): string {
  const open = `    <testcase classname="${xml(suite)}" name="${xml(name)}" time="0"`;
  if (failures.length === 0 && skipped === undefined) return `${open}/>`;
  const inside = [
    ...failures.map((text) => {
      const [first = ""] = text.split("\n");
      return `      <failure message="${xml(first)}">${lines(text)}</failure>`;
    }),
    ...(skipped === undefined ? [] : [`      <skipped message="${xml(skipped)}"/>`]),
  ];
  return [`${open}>`, ...inside, "    </testcase>"].join("\n");
}

function lines(text: string): string {
  return text.split("\n").map(xml).join("\n");
}

/** Text of a foreign file in XML, which has no form for control characters. */
function xml(text: string): string {
  return printable(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}
