import { closingBrace, isJson, isObject, type Json, UNSEEN } from "../../packages/common/util";

/** How many labels follow the keyword of a block: `resource "TYPE" "NAME"` has two. */
const LABELS: Record<string, number> = {
  backend: 1,
  check: 1,
  data: 2,
  import: 0,
  output: 1,
  provider: 1,
  resource: 2,
  terraform: 0,
};

/** Arguments that take an object. Any other object is a block. */
const OBJECTS = new Set(["body", "response_export_values", "tags", "value"]);

/** Blocks that may be an empty list in the JSON, which means that there are none. */
const MAYBE_NONE = new Set(["georeplications"]);

/** Arguments whose strings are references. */
const REFERENCES = new Set(["depends_on", "ignore_changes", "provider", "replace_triggered_by", "to"]);

/**
 * Terraform JSON of a stack, changed so that it works in any folder.
 *
 * CDKTF's notes are left out. So is a local backend, whose path is relative to the stack's folder: the state is then in
 * Terraform's default place, `terraform.tfstate` next to the configuration.
 */
export function standalone(stack: object): Json {
  const bare = JSON.parse(JSON.stringify(stack, (key, value: unknown) => (key === NOTES ? undefined : value))) as {
    terraform: { backend?: Json };
  } & Json;
  if (bare.terraform.backend && "local" in bare.terraform.backend) delete bare.terraform.backend;
  return bare;
}

const NOTES = "//";

/**
 * Converts Terraform JSON, as a stack writes it, into Terraform's native language, formatted as `terraform fmt` does.
 * Arguments that are null are left out.
 *
 * @throws Error if there is a top-level block of a type that the stack does not write
 */
export function toHcl(stack: Json): string {
  const all = Object.entries(stack).flatMap(([kind, content]) => {
    if (!(kind in LABELS)) throw new Error(`No HCL for a block of the kind ${kind}`);
    return blocks(kind, LABELS[kind]!, content);
  });
  return all.map((lines) => `${lines.join("\n")}\n`).join("\n");
}

/** Lines of text; those inside something are indented. */
type Lines = readonly string[];

/** The block, or blocks, whose labels are keys in the JSON, with their content below them. */
function blocks(header: string, labels: number, content: unknown): Lines[] {
  if (labels > 0) {
    return Object.entries(content as Json).flatMap(([label, below]) =>
      blocks(`${header} ${template(label)}`, labels - 1, below),
    );
  }
  return (Array.isArray(content) ? content : [content]).map((one) => {
    const lines = body(header, one as Json);
    return lines.length === 0 ? [`${header} {}`] : [`${header} {`, ...indented(lines), "}"];
  });
}

/** Arguments, then blocks, then what is about the resource and not of it, as HashiCorp's style guide has it. */
function body(header: string, content: Json): Lines {
  const given = Object.entries(content).filter(([, value]) => value !== null);
  const nested = given.filter(([name, value]) => isBlock(header, name, value));
  const of = (isLast: boolean) => ({
    values: given.filter((member) => !nested.includes(member) && LAST.has(member[0]) === isLast),
    nested: nested.filter(([name]) => LAST.has(name) === isLast),
  });
  const written = (values: typeof given) =>
    assignments(values.map(([name, value]) => [name, REFERENCES.has(name) ? reference(value) : expression(value)]));
  const within = (members: typeof given) => members.flatMap(([name, value]) => blocks(name, LABELS[name] ?? 0, value));
  const [first, last] = [of(false), of(true)];
  const parts = [written(first.values), ...within(first.nested), ...within(last.nested), written(last.values)];
  return parts.filter((lines) => lines.length > 0).flatMap((lines, i) => (i === 0 ? lines : ["", ...lines]));
}

const LAST = new Set(["lifecycle", "depends_on"]);

/** Names with their values, and the equals signs of those that follow each other in one line each below each other. */
function assignments(members: readonly (readonly [name: string, value: Lines])[]): Lines {
  const isOneLine = (index: number) => members[index]?.[1].length === 1;
  let [width, end] = [0, 0];
  return members.flatMap(([name, [first = "", ...rest]], index) => {
    if (index >= end) {
      for (end = index + 1; isOneLine(index) && isOneLine(end);) end += 1;
      width = Math.max(...members.slice(index, end).map(([other]) => other.length));
    }
    return [`${name.padEnd(width)} = ${first}`, ...rest];
  });
}

function indented(lines: Lines): Lines {
  return lines.map((line) => (line === "" ? line : `  ${line}`));
}

function isBlock(header: string, name: string, value: unknown): boolean {
  if (OBJECTS.has(name) || header === "required_providers") return false;
  return isJson(value) || (Array.isArray(value) && value.every(isJson) && (value.length > 0 || MAYBE_NONE.has(name)));
}

function reference(value: unknown): Lines {
  return Array.isArray(value) ? list(value.map((one) => [String(one)])) : [String(value)];
}

function expression(value: unknown): Lines {
  if (Array.isArray(value)) return list(value.map(expression));
  if (!isObject(value)) return [typeof value === "string" ? template(value) : JSON.stringify(value)];
  const members = Object.entries(value).map(([key, member]) => [keyText(key), expression(member)] as const);
  return members.length === 0 ? ["{}"] : ["{", ...indented(assignments(members)), "}"];
}

/** Longest list that is written in one line, in characters. */
const LONGEST = 80;

function list(items: readonly Lines[]): Lines {
  const line = `[${items.map(([first]) => first).join(", ")}]`;
  if (items.every(({ length }) => length === 1) && line.length <= LONGEST) return [line];
  return ["[", ...indented(items.flatMap((lines) => [...lines.slice(0, -1), `${lines.at(-1)!},`])), "]"];
}

/** A key of an object: a name needs no quotes, except `for`, which would begin a list. */
function keyText(key: string): string {
  return /^[A-Za-z_][\w-]*$/.test(key) && key !== "for" ? key : template(key);
}

/**
 * A string of Terraform JSON, which is a template: what is between the braces of `${…}` stays as it is, the text
 * around is quoted. A template that is nothing but one expression is that expression.
 */
function template(text: string): string {
  let quoted = "";
  let position = 0;
  for (const { index, 0: opening } of text.matchAll(/\$\$\{|%%\{|[$%]\{/g)) {
    if (index < position || opening.length > 2) continue;
    const end = closingBrace(text, index + 2) + 1;
    if (opening === "${" && index === 0 && end === text.length) return text.slice(2, -1);
    quoted += literal(text.slice(position, index)) + text.slice(index, end);
    position = end;
  }
  return `"${quoted}${literal(text.slice(position))}"`;
}

/** JSON's escapes are valid in HCL, except for two. */
function literal(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replace(/#(?=#(?:vso)?\[)/gi, "\\u0023")
    .replace(UNSEEN, (found) => {
      const code = found.codePointAt(0)!.toString(16);
      return code.length > 4 ? `\\U${code.padStart(8, "0")}` : `\\u${code.padStart(4, "0")}`;
    })
    .replace(/\\./g, (escape) => ({ "\\b": "\\u0008", "\\f": "\\u000c" })[escape] ?? escape);
}
