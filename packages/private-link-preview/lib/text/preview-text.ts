import type { Colors } from "picocolors/types";
import type { Finding } from "../findings/finding";
import type { Registry } from "../model/network-model";
import type { Preview } from "../preview";
import { count, groupBy, printable, wrap } from "../../../common/util";
import { Table, WIDTH } from "../../../common/text";
import { type AnswerRow, type AnswerTable, answerTables, hostText, shortened, titleOf } from "./answer-tables";
import { countsLine } from "./summary";

/** Findings of one code that are shown one by one. */
const MOST_SHOWN = 100;

/**
 * The preview as text: for each registry a table with a row for each network, then one table for all other services, the
 * findings, and a line with counts.
 *
 * @param width - of lines, in characters
 */
export function previewText(preview: Preview, colors: Colors, width = WIDTH): string {
  const { lookups, findings } = preview;
  return [
    ...answerTables(lookups).map((table) => tableText(table, colors, width)),
    ...findingTexts(findings, colors, width),
    countsLine(preview),
  ].join("\n\n");
}

function findingTexts(findings: readonly Finding[], colors: Colors, width: number): string[] {
  const shown = new Set(
    [...groupBy(findings, ({ code }) => code).values()].flatMap((same) => same.slice(0, MOST_SHOWN)),
  );
  const more = findings.length - shown.size;
  return [
    ...findings.filter((finding) => shown.has(finding)).map((finding) => findingText(finding, colors, width)),
    ...(more > 0
      ? [`and ${count(more, "finding")} more, of codes with more than ${MOST_SHOWN}; --json shows all`]
      : []),
  ];
}

function tableText({ registry, rows }: AnswerTable, colors: Colors, width: number): string {
  const servedBy = registry?.regional === true;
  const second = registry ? "Zone" : "Name";
  const head = ["Virtual network", second, "Answer", ...(servedBy ? ["Served by"] : []), "Reachable"];
  const table = new Table(head, colors, width);
  for (const { networks, continued, zone, names, all, answer, ...row } of rows) {
    const addresses = names.flatMap((name) => name.addresses.map((address) => ({ address, name })));
    const asked = all ? `all ${names.length} names` : names.map(({ label }) => label).join(", ");
    table.add(
      [
        continued ? "" : shortened(networks, MOST_NETWORKS),
        registry ? zone : names.flatMap(({ fqdn, of, addresses: all }) => [fqdn, ...of, ...all]),
        registry
          ? [`${asked}: ${answer}`, ...addresses.map(({ address, name }) => `${address.padEnd(15)} ${name.label}`)]
          : answer,
        ...(servedBy ? [row.servedBy] : []),
        row.reachable,
      ],
      paintOf(row.reachable, colors),
    );
  }
  return [
    colors.bold(printable(registry ? titleOf(registry) : "Other services")),
    ...(registry ? aboutRegistry(registry).flatMap((line) => wrap(line, width - 2)) : []).map((line) => `  ${line}`),
    table.toString(),
  ].join("\n");
}

function aboutRegistry({ hosts, regions, regional, ...service }: Registry): string[] {
  const loginServer = hosts[0] ? hostText(hosts[0], service) : "";
  return [
    `login server ${loginServer}${regional ? "" : ", served by the region that Azure chooses"}`,
    `${regional ? "regional endpoints and data endpoints" : "data endpoints"} in ${regions.join(", ") || "no region known"}`,
  ];
}

/** Networks that a cell names. */
const MOST_NETWORKS = 4;

function paintOf(reachable: AnswerRow["reachable"], colors: Colors): (text: string) => string {
  return { yes: colors.green, no: colors.red, "in part": colors.red, "not known": colors.yellow }[reachable];
}

/** The parts of a finding that are shown. */
export type ShownFinding = Pick<Finding, "severity" | "message" | "resources" | "ignored" | "reason"> & {
  readonly code: string;
};

/** A finding as text: its severity and code, what it says, and the resources involved. */
export function findingText(
  { severity, code, message, resources, ignored, reason }: ShownFinding,
  colors: Colors,
  width = WIDTH,
): string {
  const paint = ignored ? colors.dim : severity === "error" ? colors.red : colors.yellow;
  const shown = resources.length > 8 ? [...resources.slice(0, 7), `and ${resources.length - 7} more`] : resources;
  return [
    `${paint(ignored ? `${severity} (ignored)` : severity)} ${colors.bold(code)}`,
    ...wrap(message, width - 2).map((line) => `  ${line}`),
    ...(reason === undefined ? [] : wrap(`Ignored: ${reason}`, width - 2).map((line) => `  ${line}`)),
    ...shown.map((resource) => colors.dim(`  - ${printable(resource)}`)),
  ].join("\n");
}
