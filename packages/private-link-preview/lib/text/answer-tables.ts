import { networksOf } from "../findings/finding";
import { type Host, type Registry, type Service, type Zone, isRegistry } from "../model/network-model";
import { isWrittenByOthers } from "../read/existing";
import { type Lookup, isKnown } from "../trace";
import { groupBy, naturally, unique } from "../../../common/util";
import { answerText, reachableText, servedByText } from "./answers";

/** The answers for one registry, or for all other services, as each format shows them. */
export interface AnswerTable {
  /** Absent for the table of all other services. */
  readonly registry?: Registry;
  readonly rows: readonly AnswerRow[];
}

/** Answers that read the same. */
export interface AnswerRow {
  /** Names of the networks that get them. */
  readonly networks: readonly string[];
  /** Whether the row before is about the same networks. */
  readonly continued: boolean;
  /** The zone that answers, in a line or two. */
  readonly zone: readonly string[];
  readonly names: readonly NameInRow[];
  /** Whether these are more than two, and all names for which the networks ask. */
  readonly all: boolean;
  readonly answer: string;
  /** The region that serves the login server's name, where DNS decides that; empty in other rows. */
  readonly servedBy: string;
  readonly reachable: ReturnType<typeof reachableText>;
}

interface NameInRow {
  readonly fqdn: string;
  readonly label: string;
  /** The service that it is of, where the name does not say it. */
  readonly of: readonly string[];
  readonly addresses: readonly string[];
}

/** A table for each registry, then one for all other services. Networks are in the order of their names. */
export function answerTables(lookups: readonly Lookup[]): AnswerTable[] {
  const byService = [...groupBy(lookups, ({ service }) => service)];
  const others = byService.flatMap(([service, asked]) => (isRegistry(service) ? [] : asked));
  return [
    ...byService.flatMap(([registry, asked]) =>
      isRegistry(registry) ? [{ registry, rows: registryRows(registry, asked) }] : [],
    ),
    ...(others.length > 0 ? [{ rows: servicesRows(others) }] : []),
  ];
}

/** For each network a row for each answer. */
function registryRows(registry: Registry, lookups: readonly Lookup[]): AnswerRow[] {
  const zones = unique(lookups.flatMap(({ link }) => link?.zone ?? []));
  const several = new Set(
    [...groupBy(zones, ({ name }) => name).values()].flatMap((same) => (same.length > 1 ? same : [])),
  );
  const blocks = [...groupBy(lookups, ({ network }) => network).values()].map((asked) => {
    const rows = groupBy(
      asked,
      (lookup) => `${answerText(lookup)}|${reachableText(lookup)}|${lookup.link?.address}`,
    ).values();
    return [...rows].map((same, index) => ({
      ...rowOf(same, index > 0, answerText(same[0]!)),
      zone: zoneLines(same[0]!, several),
      all: same.length === asked.length && same.length > 2,
      servedBy: registry.regional
        ? same.flatMap(({ host, ...its }) => (host.kind === "global" ? servedByText(its) : [])).join(", ")
        : "",
    }));
  });
  return inOrder(blocks);
}

/** For each name a row for each answer, with the networks that get it; what the same networks get is together. */
function servicesRows(lookups: readonly Lookup[]): AnswerRow[] {
  const byName = groupBy(lookups, ({ service, host }) => `${service.address} ${host.fqdn}`);
  const rows = [...byName.values()].flatMap((asked) => [
    ...groupBy(asked, (lookup) => `${othersText(lookup)}|${reachableText(lookup)}|${lookup.addresses.join()}`).values(),
  ]);
  const blocks = groupBy(rows, (same) => same.map(({ network }) => network.address).join());
  return inOrder(
    [...blocks.values()].map((block) => {
      const networks = namesOf(block[0]!);
      return block.map(([lookup], index) => rowOf([lookup!], index > 0, othersText(lookup!), networks));
    }),
  );
}

function inOrder(blocks: readonly AnswerRow[][]): AnswerRow[] {
  const first = ([row]: AnswerRow[]) => row?.networks[0] ?? "";
  return [...blocks].sort((a, b) => naturally(first(a), first(b))).flat();
}

/** Names of the networks of lookups, sorted. */
function namesOf(lookups: readonly Lookup[]): string[] {
  return networksOf(lookups)
    .map(({ name }) => name)
    .sort(naturally);
}

/** @param networks - names of all networks that get the same. @default - those of the lookups */
function rowOf(
  lookups: readonly Lookup[],
  continued: boolean,
  answer: string,
  networks: readonly string[] = namesOf(lookups),
): AnswerRow {
  return {
    networks,
    continued,
    zone: [],
    names: lookups.map(({ host, service, addresses }) => ({
      fqdn: hostText(host, service),
      label: host.label,
      of: isNamed(service) ? [] : [`of ${service.address}`],
      addresses,
    })),
    all: false,
    answer,
    servedBy: "",
    reachable: reachableText(lookups[0]!),
  };
}

/** The first of some texts, and how many more there are. */
export function shortened(texts: readonly string[], most: number): string[] {
  const more = texts.length - most;
  return [...texts.slice(0, most), ...(more > 0 ? [`and ${more} more`] : [])];
}

type Named = Pick<Service, "name" | "address">;

/** Whether the name of a service is known; in place of one that is not stands what has it, in parentheses. */
export function isNamed({ name }: Named): boolean {
  return !name.startsWith("(");
}

/** What a service is called in a title: its name, or the Terraform address of one whose name is not known. */
export function titleOf(service: Named): string {
  return isNamed(service) ? service.name : service.address;
}

/** A host name to be read: `(known after apply).blob.core.windows.net` where the name of the service is not known. */
export function hostText({ fqdn }: Host, service: Pick<Service, "name">): string {
  const { name } = service;
  return name.startsWith("(") && fqdn.startsWith(name) ? `(known after apply)${fqdn.slice(name.length)}` : fqdn;
}

/** The answer of a name that several networks ask for: an endpoint in their own network reads the same for each of them. */
function othersText(lookup: Lookup): string {
  const { endpoints, link } = lookup;
  const through = lookup.forwardedBy.length > 0 || lookup.dnsNetwork !== lookup.network;
  const by = through && link && lookup.dnsNetwork ? `, by DNS in ${lookup.dnsNetwork.name}` : "";
  return endpoints.length > 0 ? `${answerText(lookup)}${by}` : answerText(lookup);
}

/** The zone that answers by its name, and which one where others of that name answer too. */
function zoneLines(lookup: Lookup, several: ReadonlySet<Zone>): string[] {
  const { link, network, dnsNetwork } = lookup;
  const zone = link ? [link.zone.name, ...(several.has(link.zone) ? [`(${shortName(link.zone)})`] : [])] : ["none"];
  if (dnsNetwork === network || (!dnsNetwork && isKnown(lookup))) return zone;
  return dnsNetwork ? [...zone, `by DNS servers in ${dnsNetwork.name}`] : ["not known (custom DNS servers)"];
}

/** A zone by the name of its Terraform resource; one that is not in a file of Terraform by its resource group. */
export function shortName({ address }: Pick<Zone, "address">): string {
  const before = address.split(/\/(?:providers\/microsoft\.network\/)?privatednszones\//i);
  const group = before.length > 1 ? before[0]!.split("/").at(-1) : undefined;
  if (group !== undefined) return `in ${group}`;
  return isWrittenByOthers(address) ? "written by others" : address.replace("azurerm_private_dns_zone.", "");
}
