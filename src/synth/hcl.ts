import { closingBrace } from "private-link-preview";
import { isJson, isObject, type Json } from "private-link-preview/util";

/** How many labels follow the keyword of a block: `resource "TYPE" "NAME"` has two. */
const LABELS: Record<string, number> = {
  backend: 1,
  data: 2,
  output: 1,
  provider: 1,
  resource: 2,
  terraform: 0,
};

/** Arguments that take an object. Any other object is a block. */
const OBJECTS = new Set(["body", "tags", "value"]);

/** Blocks that may be an empty list in the JSON, which means that there are none. */
const MAYBE_NONE = new Set(["georeplications"]);

/** Arguments whose strings are references. */
const REFERENCES = new Set(["depends_on", "ignore_changes", "provider", "replace_triggered_by"]);

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
 * Converts Terraform JSON, as a stack writes it, into Terraform's native language. Arguments that are null are left out.
 *
 * The text is valid but not formatted: run `terraform fmt`.
 *
 * @throws Error if there is a top-level block of a type that the stack does not write
 */
export function toHcl(stack: Json): string {
  return Object.entries(stack)
    .flatMap(([kind, content]) => {
      if (!(kind in LABELS)) throw new Error(`No HCL for a block of the kind ${kind}`);
      return blocks(kind, LABELS[kind]!, content);
    })
    .join("\n");
}

/** The block, or blocks, whose labels are keys in the JSON, with their content below them. */
function blocks(header: string, labels: number, content: unknown): string[] {
  if (labels > 0) {
    return Object.entries(content as Json).flatMap(([label, below]) =>
      blocks(`${header} ${template(label)}`, labels - 1, below),
    );
  }
  return (Array.isArray(content) ? content : [content]).map((one) => `${header} {\n${body(header, one as Json)}}\n`);
}

function body(header: string, content: Json): string {
  return Object.entries(content)
    .filter(([, value]) => value !== null)
    .map(([name, value]) =>
      isBlock(header, name, value)
        ? blocks(name, LABELS[name] ?? 0, value).join("")
        : `${name} = ${REFERENCES.has(name) ? reference(value) : expression(value)}\n`,
    )
    .join("");
}

function isBlock(header: string, name: string, value: unknown): boolean {
  if (OBJECTS.has(name) || header === "required_providers") return false;
  return isJson(value) || (Array.isArray(value) && value.every(isJson) && (value.length > 0 || MAYBE_NONE.has(name)));
}

function reference(value: unknown): string {
  return Array.isArray(value) ? `[${value.join(", ")}]` : String(value);
}

function expression(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(expression).join(", ")}]`;
  if (isObject(value)) {
    return `{\n${Object.entries(value)
      .map(([key, member]) => `${template(key)} = ${expression(member)}\n`)
      .join("")}}`;
  }
  return typeof value === "string" ? template(value) : JSON.stringify(value);
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
    .replace(/\\./g, (escape) => ({ "\\b": "\\u0008", "\\f": "\\u000c" })[escape] ?? escape);
}
