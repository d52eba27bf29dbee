import type { Colors } from "picocolors/types";
import type { Finding } from "../findings/finding";
import { networksOf } from "../findings/finding";
import { isBlocking } from "../findings/ignore";
import { type Registry, type Zone, isRegistry } from "../model/network-model";
import type { Preview } from "../preview";
import { isOfOthers } from "../read/others";
import type { Lookup } from "../trace";
import { groupBy } from "../../../common/util/collections";
import { count, printable, wrap } from "../../../common/util/words";
import { answerText, reachableText, servedByText } from "./answers";
import { Table, WIDTH } from "../../../common/text/table";

/** Widths of the table's columns; with the lines between and around them they make up the whole width. */
const COLUMNS = [22, 17, 45, 11];

/** The same with a column for the region that serves a network, where DNS decides that. */
const COLUMNS_WITH_REGION = [20, 15, 29, 19, 11];

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
  const byService = [...groupBy(lookups, ({ service }) => service)];
  const others = byService.flatMap(([service, asked]) => (isRegistry(service) ? [] : asked));
  return [
    ...byService.flatMap(([service, asked]) =>
      isRegistry(service) ? [registryTable(service, asked, colors, width)] : [],
    ),
    ...(others.length > 0 ? [servicesTable(others, colors, width)] : []),
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

function registryTable(registry: Registry, lookups: readonly Lookup[], colors: Colors, width: number): string {
  const { regional } = registry;
  const head = ["Virtual network", "Zone", "Answer", ...(regional ? ["Served by"] : []), "Reachable"];
  const table = new Table(head, regional ? COLUMNS_WITH_REGION : COLUMNS, colors, width);
  for (const asked of groupBy(lookups, ({ network }) => network).values()) {
    for (const same of groupBy(
      asked,
      (lookup) => `${answerText(lookup)}|${reachableText(lookup)}|${lookup.link?.address}`,
    ).values()) {
      const lookup = same[0]!;
      const reachable = reachableText(lookup);
      const paint = paintOf(reachable, colors);
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
  const lines = names.flatMap((line) => wrap(line, width - 2)).map((line) => `  ${line}`);
  return [colors.bold(printable(registry.name)), ...lines, table.toString()].join("\n");
}

/** Widths of the columns of the table of services other than registries. */
const COLUMNS_OF_SERVICES = [22, 37, 25, 11];

/** Networks that a cell names. */
const MOST_NETWORKS = 4;

/** A table with the names of services, and for each the answers, networks with the same answer in one row. */
function servicesTable(lookups: readonly Lookup[], colors: Colors, width: number): string {
  const table = new Table(["Virtual network", "Name", "Answer", "Reachable"], COLUMNS_OF_SERVICES, colors, width);
  const byName = groupBy(lookups, ({ service, host }) => `${service.address} ${host.fqdn}`);
  const rows = [...byName.values()].flatMap((asked) => [
    ...groupBy(asked, (lookup) => `${othersText(lookup)}|${reachableText(lookup)}|${lookup.addresses.join()}`).values(),
  ]);
  // The same networks with the same kind of answer for several names make one block of rows.
  const blocks = groupBy(rows, (same) => same.map(({ network }) => network.address).join());
  for (const block of blocks.values()) {
    for (const [index, same] of block.entries()) {
      const [lookup] = same as [Lookup];
      const reachable = reachableText(lookup);
      table.add(
        [index === 0 ? networksText(same) : "", [lookup.host.fqdn, ...lookup.addresses], othersText(lookup), reachable],
        paintOf(reachable, colors),
      );
    }
  }
  return [colors.bold("Other services"), table.toString()].join("\n");
}

function networksText(lookups: readonly Lookup[]): string[] {
  const names = networksOf(lookups).map(({ name }) => name);
  const more = names.length - MOST_NETWORKS;
  return [...names.slice(0, MOST_NETWORKS), ...(more > 0 ? [`and ${more} more`] : [])];
}

/** The answer of a name that several networks ask for: an endpoint in their own network reads the same for each of them. */
function othersText(lookup: Lookup): string {
  const { endpoints, link } = lookup;
  const through = lookup.forwardedBy.length > 0 || lookup.dnsNetwork !== lookup.network;
  const by = through && link && lookup.dnsNetwork ? `, by DNS in ${lookup.dnsNetwork.name}` : "";
  return endpoints.length > 0 ? `${answerText(lookup)}${by}` : answerText(lookup);
}

function paintOf(reachable: ReturnType<typeof reachableText>, colors: Colors): (text: string) => string {
  return { yes: colors.green, no: colors.red, "in part": colors.red, "not known": colors.yellow }[reachable];
}

/** A zone by the name of its Terraform resource; one that is not in the file by its own name and its resource group. */
function shortName({ address, name }: Zone): string {
  const group = /\/resourcegroups\/([^/]+)\//i.exec(address)?.[1];
  if (group !== undefined) return `${name} in ${group}`;
  return isOfOthers(address) ? "written by others" : address.replace("azurerm_private_dns_zone.", "");
}

/** The zone that answers, by the name of its Terraform resource without the type. */
function zoneText({ link, network, dnsNetwork }: Lookup): string {
  const zone = link ? shortName(link.zone) : "none";
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

/** Whether a finding makes the command fail, something is wrong or not known without that, or all is right. */
export function signOf({ lookups, findings }: Pick<Preview, "lookups" | "findings">): "❌" | "⚠️" | "✅" {
  if (findings.some(isBlocking)) return "❌";
  // Green only for what is known and right.
  return lookups.length > 0 && lookups.every((lookup) => reachableText(lookup) === "yes") ? "✅" : "⚠️";
}

/** How many networks, answers and findings there are, as one line. */
export function countsLine({ lookups, findings }: Pick<Preview, "lookups" | "findings">): string {
  const networks = networksOf(lookups).length;
  const sum = (of: readonly Lookup[] = []) => of.reduce((total, { alike = [] }) => total + 1 + alike.length, 0);
  const byReach = groupBy(lookups, reachableText);
  const [reached, unknown] = [sum(byReach.get("yes")), sum(byReach.get("not known"))];
  const judged = findings.filter(({ ignored }) => !ignored);
  const errors = judged.filter(isBlocking).length;
  const ignored = findings.length - judged.length;
  return (
    `${count(networks, "network")}, ${count(sum(lookups), "answer")}: ${reached} reachable, ${sum(lookups) - reached - unknown} not${unknown > 0 ? `, ${unknown} not known` : ""}. ` +
    `${count(errors, "error")}, ${count(judged.length - errors, "warning")}${ignored > 0 ? `, ${ignored} ignored` : ""}.`
  );
}
