import { closingBrace } from "../../../common/util";

/**
 * Terraform's expressions, as far as a network's description needs them: which things one refers to, and what text a
 * template is when all it refers to is known.
 */

/** A mention of something else, such as `azurerm_subnet.endpoints["a"].id`, as a root and the steps after it. */
export interface Reference {
  /** `azurerm_subnet.endpoints`, `data.azapi_resource.nic`, `var.x`, `local.x`, `module.x` or `each.key`. */
  readonly root: string;
  /** What follows: `["a"].id`, or nothing. */
  readonly steps: string;
}

const REFERENCE = /(?<![\w."-])((?:data\.[a-z]\w*|[a-z]\w*)\.[a-z_][\w-]*)((?:\.[\w-]+|\[[^[\]]*\])*)/gi;

/** The references in an expression, or in the expressions of a template. Words inside string literals do not count. */
export function referencesIn(expression: string): Reference[] {
  return [...withoutLiterals(expression).matchAll(REFERENCE)].map(([, root = "", steps = ""]) => ({ root, steps }));
}

/** The string literals in an expression, without their quotes. */
export function literalsIn(expression: string): string[] {
  return [...literalRanges(expression)]
    .map(([start, end]) => expression.slice(start + 1, end - 1))
    .filter((literal) => !literal.includes("${"));
}

/** Where each string literal starts and ends. One that is not closed is none, and nothing after it is. */
function* literalRanges(expression: string): Iterable<[start: number, end: number]> {
  let start = expression.indexOf('"');
  while (start >= 0) {
    let end = start + 1;
    while (end < expression.length && expression[end] !== '"') end += expression[end] === "\\" ? 2 : 1;
    if (end >= expression.length) return;
    yield [start, end + 1];
    start = expression.indexOf('"', end + 1);
  }
}

/** Blanks out string literals, but not keys in brackets (`["a"]`) nor what a literal interpolates. */
function withoutLiterals(expression: string): string {
  let text = "";
  let position = 0;
  for (const [start, end] of literalRanges(expression)) {
    const literal = expression.slice(start, end);
    const kept = expression[start - 1] === "[" || literal.includes("${");
    text += expression.slice(position, start) + (kept ? literal : '""');
    position = end;
  }
  return text + expression.slice(position);
}

/** Whether a value is a template: a string with something to evaluate in it. */
export function isTemplate(value: unknown): value is string {
  return typeof value === "string" && value.includes("${");
}

/** The expressions between `${` and `}` in a template, braces and literals inside them respected. */
export function expressionsIn(template: string): string[] {
  const found: string[] = [];
  substitute(template, (expression) => {
    found.push(expression);
    return "";
  });
  return found;
}

/** Longest text that a template is followed to: longer than any name or id. Texts that contain each other could double without end. */
const MAX_TEXT = 100_000;

/**
 * The text of a template.
 *
 * @param evaluate - gives the text of one expression, or undefined where it is not known
 * @returns undefined where any of its expressions is not known, or the text would be too long
 */
export function substitute(template: string, evaluate: (expression: string) => string | undefined): string | undefined {
  let text: string | undefined = "";
  let position = 0;
  for (;;) {
    const start = template.indexOf("${", position);
    if (start < 0) return text === undefined ? undefined : text + template.slice(position);
    const end = closingBrace(template, start + 2);
    const value = evaluate(template.slice(start + 2, end));
    text = text === undefined || value === undefined ? undefined : text + template.slice(position, start) + value;
    if (text !== undefined && text.length > MAX_TEXT) text = undefined;
    position = end + 1;
  }
}

/** The text at the end of a template, after the last of its expressions that is not known. */
export function endingOf(template: string, evaluate: (expression: string) => string | undefined): string {
  const known = (expression: string): string => {
    const joined = joinedTemplate(expression);
    return joined === undefined ? (evaluate(expression) ?? UNKNOWN) : (substitute(joined, known) ?? UNKNOWN);
  };
  return (substitute(template, known) ?? UNKNOWN).split(UNKNOWN).at(-1)!;
}

/** What no text of Terraform has in it. */
const UNKNOWN = "\0";

/** The template that `join` with a list of texts and references stands for; undefined for another expression. */
export function joinedTemplate(expression: string): string | undefined {
  const [, separator = "", list] = JOIN.exec(expression.trim()) ?? [];
  const items = list?.match(/"[^"]*"|[\w.-]+/g);
  return items?.map((item) => (item.startsWith('"') ? item.slice(1, -1) : `\${${item}}`)).join(separator);
}

const JOIN =
  /^join\("([^"\\$%]*)", *\[ *((?:"[^"\\$%]*"|[a-z_][\w.-]*)(?: *, *(?:"[^"\\$%]*"|[a-z_][\w.-]*))*) *\]\)$/i;

/** All templates anywhere in a value. */
export function templatesIn(value: unknown): string[] {
  if (isTemplate(value)) return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(templatesIn) : [];
}
