import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { isJson, isObject } from "./json";
import { UserError } from "./user-error";

/**
 * What a file of JSON holds.
 *
 * @param file - its path, or - for standard input
 * @param absent - what to say if the file can't be read
 * @throws UserError if it can't be read, or is not JSON, with the place
 */
export function readJsonFile(file: string, absent?: string): unknown {
  return parseJson(readTextFile(file, absent), file === "-" ? "standard input" : file);
}

/**
 * The text of a file.
 *
 * @param file - its path, or - for standard input
 * @param absent - what to say if there is no such file
 * @throws UserError if it can't be read
 */
export function readTextFile(file: string, absent?: string): string {
  try {
    return textOf(bytesOf(file), file === "-" ? "standard input" : file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new UserError(absent ?? `There is no file ${file}.`);
    throw new UserError(`Can't read ${file === "-" ? "standard input" : file}: ${message}`);
  }
}

/** Most bytes of a file. A longer text can't be a string of Node.js, and a device such as /dev/zero has no end. */
const MOST_BYTES = 500 * 2 ** 20;

function bytesOf(file: string): Buffer {
  const from = file === "-" ? 0 : openSync(file, "r");
  try {
    const chunks: Buffer[] = [];
    for (let total = fstatSync(from).size > MOST_BYTES ? Infinity : 0; ;) {
      if (total > MOST_BYTES) throw new Error(`it has more than ${MOST_BYTES / 2 ** 20} MiB`);
      const chunk = Buffer.allocUnsafe(2 ** 20);
      const length = readSync(from, chunk);
      if (length === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, length));
      total += length;
    }
  } finally {
    if (from !== 0) closeSync(from);
  }
}

/** The text of some bytes: UTF-8, or UTF-16, as PowerShell's `>` writes it, without the mark of its order. */
function textOf(bytes: Buffer, source: string): string {
  const starts = (...start: number[]) => start.every((byte, index) => bytes[index] === byte);
  const [, command] = COMPRESSED.find(([start]) => starts(...start)) ?? [];
  if (command !== undefined) throw new UserError(`${source} is compressed. Decompress it first: ${command}`);
  if (starts(0x50, 0x4b, 3, 4))
    throw new UserError(`${source} is a plan file, or another archive. Give ${SHOW} PLANFILE`);
  // Without a mark, the first character of JSON shows the order.
  const isReversed = starts(0xfe, 0xff) || starts(0, 0x7b);
  const isUtf16 = isReversed || starts(0xff, 0xfe) || starts(0x7b, 0);
  const text = isReversed ? Buffer.from(bytes).swap16() : bytes;
  return text.toString(isUtf16 ? "utf16le" : "utf8").replace(/^\uFEFF/, "");
}

/** How compressed files start, and what decompresses them. */
const COMPRESSED = [
  [[0x1f, 0x8b], "gunzip"],
  [[0x28, 0xb5, 0x2f, 0xfd], "unzstd"],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], "unxz"],
  [[0x42, 0x5a, 0x68], "bunzip2"],
] as const;

const SHOW = "the output of: terraform show -json";
const EVENTS = `is a log of events, of terraform plan -json. Give ${SHOW} PLANFILE`;

/** What JSON has that is no plan, no state and no configuration, and what to give in its place. */
const OTHERS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [["lineage", "version"], `is a raw state file. Give ${SHOW}`],
  [["encrypted_data"], "is encrypted by OpenTofu. Give the output of: tofu show -json"],
  [["@level", "@message"], EVENTS],
  [["provider_schemas"], `is the output of terraform providers schema. Give ${SHOW}`],
  [["valid", "diagnostics"], `is the output of terraform validate. Give ${SHOW}`],
];

/**
 * Refuses JSON of an engine that is neither a plan nor a state as `terraform show -json` prints them, or of a version that
 * this project does not know.
 *
 * @throws UserError that names what it is, and what to give in its place
 */
export function refuseOthers(json: unknown, source: string): void {
  if (!isJson(json)) return;
  const [, what] = OTHERS.find(([keys]) => keys.every((key) => key in json)) ?? [];
  if (what !== undefined) throw new UserError(`${source} ${what}`);
  const version = JSON.stringify(json.format_version ?? "1");
  if (!/^"1[."]/.test(version))
    throw new UserError(
      `${source} has format version ${version}, and this project knows version 1. Use an engine of version 1, or a newer version of this project.`,
    );
}

/** What a text is that is not JSON, and what to give in its place; undefined where that is not plain. */
function otherThanJson(given: string): string | undefined {
  if (given.trim() === "") return "is empty. The command that should have written it may have failed";
  // With the colours of a terminal, too.
  const text = given.split(COLOR).join("");
  const lines = text.split("\n");
  const line = lines.find((one) => one.trim() !== "")?.trim() ?? "";
  if (line.startsWith("{") && line.endsWith("}") && /"@(level|message)":/.test(line)) return EVENTS;
  if (/^\s*(# [\w.]+|(Terraform|OpenTofu) (will|used)|No changes\.|Changes to Outputs:)/.test(text))
    return `is text for people. Give ${SHOW}`;
  if (/^ *(resource|data|module|provider|variable|output|terraform|locals)\b[^:\n]*\{\r?$/m.test(text.slice(0, 10_000)))
    return `is a configuration in Terraform's language. Give ${SHOW}, of its plan or its state`;
  const withoutTimes = text.replace(/^\d{4}-\d\d-\d\dT\S+ /gm, "");
  if (withoutTimes !== text && isParsed(withoutTimes))
    return "has the times of a log before its lines. Give the JSON alone";
  const [start, end] = [text.indexOf("{"), text.lastIndexOf("}") + 1];
  const [first, last] = [text.indexOf("\n{") + 1, text.lastIndexOf("\n}") + 2];
  const [from, to] = [
    [start, end],
    [first, last],
    [first, end],
  ].find(([from, to]) => isParsed(text.slice(from, to))) ?? [0, 0];
  if (to === 0) return undefined;
  const lineAt = (offset: number) => text.slice(0, offset).split("\n").length;
  return `has other text around its JSON, which is from line ${lineAt(from!)} to line ${lineAt(to!)}. Give the JSON alone`;
}

const COLOR = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`);

function isParsed(text: string): boolean {
  if (!text.startsWith("{")) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * What a text of JSON holds.
 *
 * @param source - where it comes from, for the error
 * @throws UserError if it is not JSON, with the place, or if it is nested too deeply
 */
export function parseJson(text: string, source: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw notJson(text, source);
  }
  checkDepth(value, source);
  return value;
}

/** Most levels of a file's JSON. Terraform's has a dozen, and two more for each module inside a module. */
const MAX_LEVELS = 500;

/**
 * Refuses JSON with so many levels that functions which call themselves for each level would exceed the call stack.
 *
 * @throws UserError if it has
 */
export function checkDepth(value: unknown, source: string): void {
  if (isObject(value) && isDeeper(value, MAX_LEVELS)) throw tooDeep(source);
}

function isDeeper(value: object, levels: number): boolean {
  const members: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  return levels === 0 || members.some((member) => isObject(member) && isDeeper(member, levels - 1));
}

function tooDeep(source: string): UserError {
  return new UserError(
    `${source} has more than ${MAX_LEVELS} levels of lists and objects inside each other, which is more than Terraform writes.`,
  );
}

/** The error for a text that is not JSON. Node.js does not always say where, so another parser looks for the place. */
function notJson(text: string, source: string): UserError {
  const other = otherThanJson(text);
  if (other !== undefined) return new UserError(`${source} ${other}`);
  const errors: ParseError[] = [];
  try {
    parse(text, errors, { disallowComments: true });
  } catch {
    // That parser calls itself for each level, up to the limit of the call stack.
    return tooDeep(source);
  }
  const [first] = errors;
  const before = text.slice(0, first?.offset ?? 0).split("\n");
  const code = first === undefined ? "InvalidSymbol" : printParseErrorCode(first.error);
  const what = code.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return new UserError(`${source} is not JSON, at line ${before.length}, column ${before.at(-1)!.length + 1}: ${what}`);
}
