import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import { readFileSync } from "node:fs";
import { isObject } from "./json";
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
    return textOf(readFileSync(file === "-" ? 0 : file), file === "-" ? "standard input" : file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new UserError(absent ?? `There is no file ${file}.`);
    throw new UserError(`Can't read ${file === "-" ? "standard input" : file}: ${message}`);
  }
}

/** The text of some bytes: UTF-8, or UTF-16 with a mark of its order, as PowerShell's `>` writes it. */
function textOf(bytes: Buffer, source: string): string {
  const starts = (...start: number[]) => start.every((byte, index) => bytes[index] === byte);
  if (starts(0x1f, 0x8b)) throw new UserError(`${source} is compressed. Decompress it first: gunzip`);
  if (starts(0x50, 0x4b, 3, 4))
    throw new UserError(`${source} is a plan file, or another archive. Give ${SHOW} PLANFILE`);
  if (starts(0xff, 0xfe)) return bytes.toString("utf16le");
  return starts(0xfe, 0xff) ? Buffer.from(bytes).swap16().toString("utf16le") : bytes.toString("utf8");
}

const SHOW = "the output of: terraform show -json";

/** What a text is that is not JSON, and what to give in its place; undefined where that is not plain. */
function otherThanJson(text: string): string | undefined {
  const lines = text.split("\n");
  const isEvent = (line: string | undefined) => /^\{.*"@(level|message)":.*\}\s*$/.test(line ?? "");
  if (isEvent(lines.find((line) => line.trim() !== "")))
    return `is a log of events, of terraform plan -json. Give ${SHOW} PLANFILE`;
  if (/^\s*(# [\w.]+|(Terraform|OpenTofu) (will|used)|No changes\.|Changes to Outputs:)/.test(text))
    return `is text for people. Give ${SHOW}`;
  const first = lines.findIndex((line) => line.startsWith("{"));
  const last = lines.findLastIndex((line) => line.startsWith("}"));
  const isInside = first >= 0 && last >= first && isParsed(lines.slice(first, last + 1).join("\n"));
  if (!isInside) return undefined;
  return `has other text around its JSON, which is from line ${first + 1} to line ${last + 1}. Give the JSON alone`;
}

function isParsed(text: string): boolean {
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
  const plain = text.replace(/^\uFEFF/, "");
  let value: unknown;
  try {
    value = JSON.parse(plain);
  } catch {
    throw notJson(plain, source);
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
