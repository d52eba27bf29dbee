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
  return [...expression.matchAll(LITERAL)]
    .map(([literal]) => literal.slice(1, -1))
    .filter((literal) => !literal.includes("${"));
}

const LITERAL = /"(?:[^"\\]|\\.)*"/g;

/** Blanks out string literals, but not keys in brackets (`["a"]`) nor what a literal interpolates. */
function withoutLiterals(expression: string): string {
  return expression.replace(LITERAL, (literal, offset: number) =>
    expression[offset - 1] === "[" || literal.includes("${") ? literal : '""',
  );
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

/**
 * The text of a template.
 *
 * @param evaluate - gives the text of one expression, or undefined where it is not known
 * @returns undefined where any of its expressions is not known
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
    position = end + 1;
  }
}

/** Where the brace is that closes the expression which begins at a position. */
export function closingBrace(text: string, from: number): number {
  let depth = 1;
  let quoted = false;
  for (let i = from; i < text.length; i++) {
    const character = text[i];
    if (quoted) {
      if (character === "\\") i++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === "{") depth++;
    else if (character === "}" && --depth === 0) return i;
  }
  return text.length;
}

/** All templates anywhere in a value. */
export function templatesIn(value: unknown): string[] {
  if (isTemplate(value)) return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(templatesIn) : [];
}
