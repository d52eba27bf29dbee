import { existsSync } from "node:fs";
import { refusal } from "../read/places";
import { plainAddress } from "../source/source-line";
import {
  UsageError,
  count,
  isJson,
  lostKeys,
  parseJson,
  pathText,
  printable,
  readTextFile,
} from "../../../common/util";

/** The file that is read if it is there and no other is named. */
export const IGNORE_FILE = ".private-link-preview.json";

/** Findings that are ignored on purpose. */
export interface IgnoreEntry {
  readonly code: string;
  /** A Terraform address, in which `*` stands for any characters. @default - all findings of the code */
  readonly resource?: string;
  readonly reason: string;
  /** The last day, as YYYY-MM-DD in UTC. @default - no end */
  readonly until?: string;
}

/** A file with entries. */
export interface IgnoreFile {
  readonly file: string;
  readonly entries: readonly IgnoreEntry[];
}

/** What the file does to findings. */
export interface Ignoring<F> {
  readonly findings: F[];
  /** Warnings about the file: entries that have ended, and entries without effect. */
  readonly notices: string[];
}

/** The parts of a finding by which it is ignored. */
export interface Ignorable {
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly resources: readonly string[];
  readonly ignored?: boolean;
}

/**
 * Reads a file of findings to ignore.
 *
 * @param file - its path. @default - {@link IGNORE_FILE} in the current folder, if it is there
 * @throws UsageError with all errors in the file
 * @throws UserError if it can't be read
 */
export function readIgnoreFile(file?: string): IgnoreFile | undefined {
  if (file === undefined && !existsSync(IGNORE_FILE)) return undefined;
  const path = file ?? IGNORE_FILE;
  const text = readTextFile(path);
  const json = parseJson(text, path);
  const errors = [
    ...lostKeys(text).map(({ path: keys }) => `${pathText(keys)}: found the key a second time, allowed: once`),
    ...errorsIn(json),
  ];
  if (errors.length > 0)
    throw new UsageError(
      [`${count(errors.length, "error")} in ${path}:`, ...errors.map((line) => `  ${line}`)].join("\n"),
    );
  return { file: path, entries: (json as { ignore: IgnoreEntry[] }).ignore };
}

interface Member {
  readonly allowed: string;
  readonly is: (value: unknown) => boolean;
}

/** The members of an entry, each with what is allowed, and whether it is. */
const MEMBERS: Readonly<Record<keyof IgnoreEntry, Member>> = {
  code: { allowed: "the code of a finding, such as no-zone", is: (value) => isText(value) && /^[a-z-]+$/.test(value) },
  resource: {
    allowed: "a Terraform address, in which * stands for any characters; or leave it out, for all resources",
    is: (value) => value === undefined || isText(value),
  },
  reason: { allowed: "why the finding is ignored, as a text", is: isText },
  until: {
    allowed: "the last day, such as 2027-03-31; or leave it out, for no end",
    is: (value) => value === undefined || (typeof value === "string" && isDay(value)),
  },
};

function errorsIn(json: unknown): string[] {
  if (!isJson(json) || !Array.isArray(json.ignore))
    return [refusal("ignore", isJson(json) ? json.ignore : json, 'an object {"ignore": […]} with a list of entries')];
  const others = Object.keys(json).filter((key) => key !== "ignore" && key !== "$schema");
  return [
    ...others.map((key) => `${key}: found an unknown key, allowed: $schema, ignore`),
    ...json.ignore.flatMap((entry: unknown, index) => errorsInEntry(entry, `ignore[${index}]`)),
  ];
}

function errorsInEntry(entry: unknown, place: string): string[] {
  const keys = Object.keys(MEMBERS).join(", ");
  if (!isJson(entry)) return [refusal(place, entry, `an object with ${keys}`)];
  const own = new Map(Object.entries(entry));
  return [
    ...[...own.keys()]
      .filter((key) => !Object.hasOwn(MEMBERS, key))
      .map((key) => `${place}.${key}: found an unknown key, allowed: ${keys}`),
    ...Object.entries(MEMBERS)
      .filter(([key, { is }]) => !is(own.get(key)))
      .map(([key, { allowed }]) => refusal(`${place}.${key}`, own.get(key), allowed)),
  ];
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

/** Whether a text is a day that exists. */
function isDay(text: string): boolean {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  return day !== undefined && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/**
 * Marks the findings that entries of a file cover.
 *
 * A finding about several resources of one kind, such as two networks, is ignored once entries cover each of them: to
 * ignore a network must not hide what is wrong in another.
 *
 * @param today - as YYYY-MM-DD
 * @param kindOf - what kind of thing a Terraform address is. @default - its resource type
 */
export function withIgnoreFile<F extends Ignorable>(
  findings: readonly F[],
  { file, entries }: IgnoreFile,
  today: string,
  kindOf: (address: string) => string = typeOf,
): Ignoring<F> {
  const current = entries.map(({ code, resource = "*", reason, until }) => ({
    code,
    reason,
    covers: matcher(resource),
    isOver: until !== undefined && until < today,
    matches: 0,
    partial: 0,
  }));
  const marked = findings.map((finding): F => {
    const { resources } = finding;
    const names = resources.length === 0 ? [""] : resources;
    const matching = current.filter(({ code, covers }) => code === finding.code && names.some(covers));
    for (const entry of matching) entry.matches++;
    const active = matching.filter(({ isOver }) => !isOver);
    const [first] = active;
    if (!first || finding.ignored) return finding;
    const covered = (address: string) => active.some(({ covers }) => covers(address));
    const kinds = resources.filter(covered).map(kindOf);
    const whole = kinds.some((kind) => resources.every((one) => kindOf(one) !== kind || covered(one)));
    if (whole || resources.length === 0) return { ...finding, ignored: true, reason: first.reason };
    for (const entry of active) entry.partial++;
    return finding;
  });
  const notices = entries.flatMap(({ code, resource, until }, index) => {
    const { isOver, matches, partial } = current[index]!;
    const what = `${file}: ignore[${index}] (${code}${resource === undefined ? "" : `, ${resource}`})`;
    if (isOver && matches > 0) return [`${what} ended on ${until!}, so its findings count again.`];
    if (matches === 0) return [`${what} matches no finding. Remove it, or correct its code or resource.`];
    const missing = `${what} does not cover all resources of a finding that it matches, so the finding counts. Add an entry for each of the others.`;
    return partial > 0 ? [missing] : [];
  });
  return { findings: marked, notices: notices.map(printable) };
}

/**
 * Whether an address matches a pattern, in which `*` stands for any characters. Each part is looked for once: a regular
 * expression would try every combination of places, which takes minutes with seven stars.
 */
export function matcher(pattern: string): (address: string) => boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return (address) => address === first;
  return (address) => {
    if (!address.startsWith(first) || !address.endsWith(last)) return false;
    let position = first.length;
    for (const part of rest) {
      const found = address.indexOf(part, position);
      if (found < 0) return false;
      position = found + part.length;
    }
    return position <= address.length - last.length;
  };
}

/** The resource type in a Terraform address. */
export function typeOf(address: string): string {
  const { resource } = plainAddress(address);
  return resource.replace(/^data\./, "").split(".")[0]!;
}
