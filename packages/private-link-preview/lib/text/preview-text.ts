import type { Colors } from "picocolors/types";
import type { Finding } from "../findings/finding";
import { isBlocking } from "../findings/ignore";
import type { Registry } from "../model/network-model";
import type { Preview } from "../preview";
import type { Lookup } from "../resolver";
import { groupBy } from "../util/collections";
import { count, printable, wrap } from "../util/words";
import { answerText, reachableText, servedByText } from "./answers";
import { Table, WIDTH } from "./table";

/** Widths of the table's columns; with the lines between and around them they make up the whole width. */
const COLUMNS = [22, 17, 45, 11];

/** The same with a column for the region that serves a network, where DNS decides that. */
const COLUMNS_WITH_REGION = [20, 15, 29, 19, 11];

/** Findings of one code that are shown one by one. */
const MOST_SHOWN = 100;

/** The preview as text: for each registry a table with a row for each network, then the findings, and a line with counts. */
export function previewText({ lookups, findings }: Preview, colors: Colors): string {
  return [
    ...[...groupBy(lookups, ({ registry }) => registry)].map(([registry, asked]) =>
      registryTable(registry, asked, colors),
    ),
    ...findingTexts(findings, colors),
    countsLine(lookups, findings),
  ].join("\n\n");
}

function findingTexts(findings: readonly Finding[], colors: Colors): string[] {
  const shown = new Set(
    [...groupBy(findings, ({ code }) => code).values()].flatMap((same) => same.slice(0, MOST_SHOWN)),
  );
  const more = findings.length - shown.size;
  return [
    ...findings.filter((finding) => shown.has(finding)).map((finding) => findingText(finding, colors)),
    ...(more > 0
      ? [`and ${count(more, "finding")} more, of codes with more than ${MOST_SHOWN}; --json shows all`]
      : []),
  ];
}

function registryTable(registry: Registry, lookups: readonly Lookup[], colors: Colors): string {
  const { regional } = registry;
  const head = ["Virtual network", "Zone", "Answer", ...(regional ? ["Served by"] : []), "Reachable"];
  const table = new Table(head, regional ? COLUMNS_WITH_REGION : COLUMNS, colors);
  for (const asked of groupBy(lookups, ({ network }) => network).values()) {
    for (const same of groupBy(
      asked,
      (lookup) => `${answerText(lookup)}|${reachableText(lookup)}|${lookup.link?.address}`,
    ).values()) {
      const lookup = same[0]!;
      const reachable = reachableText(lookup);
      const paint = { yes: colors.green, no: colors.red, "in part": colors.red, "not known": colors.yellow }[reachable];
      table.add(
        [
          same.includes(asked[0]!) ? lookup.network.name : "",
          zoneText(lookup),
          [`${hostsText(same, asked)}: ${answerText(lookup)}`, ...addressLines(same)],
          ...(regional ? [same.flatMap(({ host, ...its }) => (host.kind === "global" ? servedByText(its) : []))] : []),
          reachable,
        ],
        paint,
      );
    }
  }
  const [loginServer] = registry.hosts;
  const regions = registry.regions.join(", ");
  const names = [
    `login server ${loginServer?.fqdn ?? ""}${regional ? "" : ", served by the region that Azure chooses"}`,
    `${regional ? "regional endpoints and data endpoints" : "data endpoints"} in ${regions || "no region known"}`,
  ];
  const lines = names.flatMap((line) => wrap(line, WIDTH - 2)).map((line) => `  ${line}`);
  return [colors.bold(printable(registry.name)), ...lines, table.toString()].join("\n");
}

/** The zone that answers, by the name of its Terraform resource without the type. */
function zoneText({ link, network, dnsNetwork }: Lookup): string {
  const zone = link ? link.zone.address.replace("azurerm_private_dns_zone.", "") : "none";
  if (dnsNetwork === network) return zone;
  return dnsNetwork ? `${zone} (by DNS servers in ${dnsNetwork.name})` : "not known (custom DNS servers)";
}

function hostsText(same: readonly Lookup[], all: readonly Lookup[]): string {
  if (same.length === all.length && same.length > 2) return `all ${same.length} names`;
  return same.map(({ host }) => host.label).join(", ");
}

function addressLines(lookups: readonly Lookup[]): string[] {
  return lookups.flatMap(({ host, addresses }) => addresses.map((address) => `${address.padEnd(15)} ${host.label}`));
}

/** The parts of a finding that are shown. */
export type ShownFinding = Pick<Finding, "severity" | "message" | "resources" | "ignored"> & { readonly code: string };

/** A finding as text: its severity and code, what it says, and the resources involved. */
export function findingText({ severity, code, message, resources, ignored }: ShownFinding, colors: Colors): string {
  const paint = ignored ? colors.dim : severity === "error" ? colors.red : colors.yellow;
  const shown = resources.length > 8 ? [...resources.slice(0, 7), `and ${resources.length - 7} more`] : resources;
  return [
    `${paint(ignored ? `${severity} (ignored)` : severity)} ${colors.bold(code)}`,
    ...wrap(message, WIDTH - 2).map((line) => `  ${line}`),
    ...shown.map((resource) => colors.dim(`  - ${printable(resource)}`)),
  ].join("\n");
}

function countsLine(lookups: readonly Lookup[], findings: readonly Finding[]): string {
  const networks = new Set(lookups.map(({ network }) => network)).size;
  const byReach = groupBy(lookups, reachableText);
  const [reached, unknown] = [byReach.get("yes")?.length ?? 0, byReach.get("not known")?.length ?? 0];
  const judged = findings.filter(({ ignored }) => !ignored);
  const errors = judged.filter(isBlocking).length;
  const ignored = findings.length - judged.length;
  return (
    `${count(networks, "network")}, ${count(lookups.length, "answer")}: ${reached} reachable, ${lookups.length - reached - unknown} not${unknown > 0 ? `, ${unknown} not known` : ""}. ` +
    `${count(errors, "error")}, ${count(judged.length - errors, "warning")}${ignored > 0 ? `, ${ignored} ignored` : ""}.`
  );
}
