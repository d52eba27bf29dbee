import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { Netmask } from "netmask";
import { isJson, type Json } from "../../../common/util/json";

type Text = string | readonly unknown[] | Json;
type Lambda = (...args: readonly unknown[]) => unknown;

const textOf = (value: unknown) =>
  typeof value === "string" ? value : isJson(value) || Array.isArray(value) ? JSON.stringify(value) : String(value);
const flat = (values: readonly unknown[]) =>
  (values.length === 1 && Array.isArray(values[0]) ? (values[0] as unknown[]) : values) as number[];
const sliced = (value: string | readonly unknown[], from?: number, to?: number) => value.slice(from, to);
const hash = (values: readonly unknown[]) => createHash("sha256").update(values.join("-")).digest("hex");

function merged(all: unknown, one: unknown): unknown {
  if (Array.isArray(all) && Array.isArray(one)) {
    const [before, more] = [all, one] as unknown[][];
    return [...before!, ...more!.filter((item) => !before!.some((other) => isDeepStrictEqual(other, item)))];
  }
  if (!isJson(all) || !isJson(one)) return one;
  const changed = Object.entries(one).map(([key, value]) => [key, isJson(value) ? merged(all[key], value) : value]);
  return { ...all, ...(Object.fromEntries(changed) as Json) };
}

const NUMBERED = /\{(\d+)(?::[^}]*)?\}/g;

/** Functions of templates whose results depend on their arguments alone, by their names in lower case. */
export const FUNCTIONS: Readonly<Record<string, (...args: never[]) => unknown>> = {
  add: (a: number, b: number) => a + b,
  and: (...values: boolean[]) => values.every(Boolean),
  array: (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : [value]),
  base64: (text: string) => Buffer.from(text).toString("base64"),
  base64tostring: (text: string) => Buffer.from(text, "base64").toString(),
  bool: (value: unknown) => /^(true|1)$/i.test(String(value)),
  cidrhost: (range: string, index: number) => addressAt(new Netmask(range), index + 1),
  cidrsubnet: (range: string, size: number, index: number) => {
    const { netLong } = new Netmask(range);
    return `${dotted(netLong + index * 2 ** (32 - size))}/${size}`;
  },
  concat: (...values: unknown[]) => (Array.isArray(values[0]) ? values.flat() : values.map(textOf).join("")),
  contains: (all: Text, one: unknown) =>
    typeof all === "string"
      ? all.includes(String(one))
      : Array.isArray(all)
        ? all.some((item) => isDeepStrictEqual(item, one))
        : Object.keys(all).some((key) => key.toLowerCase() === String(one).toLowerCase()),
  createarray: (...values: unknown[]) => values,
  createobject: (...values: unknown[]): Json =>
    Object.fromEntries(
      values.flatMap((key, index) => (index % 2 === 0 ? [[String(key), values[index + 1]] as const] : [])),
    ),
  div: (a: number, b: number) => Math.trunc(a / b),
  empty: (value: unknown) =>
    value === null || (isJson(value) ? Object.keys(value).length === 0 : (value as string).length === 0),
  endswith: (text: string, end: string) => text.toLowerCase().endsWith(end.toLowerCase()),
  equals: (a: unknown, b: unknown) => isDeepStrictEqual(a, b),
  false: () => false,
  filter: (all: readonly unknown[], isWanted: Lambda) => all.filter((item, index) => isWanted(item, index)),
  first: (all: string | readonly unknown[]): unknown => all[0] ?? null,
  flatten: (all: readonly unknown[]) => all.flat(),
  format: (form: string, ...values: unknown[]) =>
    form.replace(NUMBERED, (_, index: string) => textOf(values[Number(index)])),
  greater: (a: number, b: number) => a > b,
  greaterorequals: (a: number, b: number) => a >= b,
  guid: (...values: unknown[]) => hash(values).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5"),
  indexof: (all: string | readonly unknown[], one: unknown) =>
    typeof all === "string" ? all.toLowerCase().indexOf(String(one).toLowerCase()) : all.indexOf(one),
  int: (value: unknown) => Number(value),
  intersection: (a: readonly unknown[], b: readonly unknown[]) =>
    a.filter((item) => b.some((other) => isDeepStrictEqual(item, other))),
  items: (value: Json) =>
    Object.entries(value)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([key, member]) => ({ key, value: member })),
  join: (all: readonly unknown[], between: string) => all.join(between),
  json: (text: string) => JSON.parse(text) as unknown,
  last: (all: string | readonly unknown[]): unknown => all.at(-1) ?? null,
  length: (value: Text) => (isJson(value) ? Object.keys(value).length : (value as string).length),
  less: (a: number, b: number) => a < b,
  lessorequals: (a: number, b: number) => a <= b,
  map: (all: readonly unknown[], change: Lambda) => all.map((item, index) => change(item, index)),
  max: (...values: unknown[]) => Math.max(...flat(values)),
  min: (...values: unknown[]) => Math.min(...flat(values)),
  mod: (a: number, b: number) => a % b,
  mul: (a: number, b: number) => a * b,
  not: (value: boolean) => !value,
  null: () => null,
  objectkeys: (value: Json) => Object.keys(value),
  or: (...values: boolean[]) => values.some(Boolean),
  padleft: (value: unknown, width: number, fill = " ") => String(value).padStart(width, fill),
  range: (start: number, count: number) => Array.from({ length: count }, (_, index) => start + index),
  reduce: (all: readonly unknown[], start: unknown, step: Lambda) =>
    all.reduce((found, item, index) => step(found, item, index), start),
  replace: (text: string, old: string, by: string) => text.replaceAll(old, by),
  shallowmerge: (all: readonly Json[]) => Object.assign({}, ...all) as Json,
  skip: (all: string | readonly unknown[], count: number) => sliced(all, Math.max(0, count)),
  split: (text: string, between: string | readonly string[]) =>
    [between].flat().reduce<string[]>((parts, one) => parts.flatMap((part) => part.split(one)), [text]),
  startswith: (text: string, start: string) => text.toLowerCase().startsWith(start.toLowerCase()),
  string: (value: unknown) => textOf(value),
  sub: (a: number, b: number) => a - b,
  substring: (text: string, start: number, length?: number) =>
    text.substring(start, length === undefined ? undefined : start + length),
  take: (all: string | readonly unknown[], count: number) => sliced(all, 0, Math.max(0, count)),
  tolower: (text: string) => text.toLowerCase(),
  toobject: (all: readonly unknown[], keyOf: Lambda, valueOf: Lambda = (item) => item) =>
    Object.fromEntries(all.map((item) => [keyOf(item), valueOf(item)])) as Json,
  toupper: (text: string) => text.toUpperCase(),
  trim: (text: string) => text.trim(),
  true: () => true,
  union: (...values: unknown[]) => values.reduce(merged),
  // As long as Azure's, and other characters.
  uniquestring: (...values: unknown[]) =>
    BigInt(`0x${hash(values).slice(0, 18)}`)
      .toString(36)
      .padStart(13, "0")
      .slice(0, 13),
};

function addressAt({ netLong }: Netmask, index: number): string {
  return dotted(netLong + index);
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join(".");
}
