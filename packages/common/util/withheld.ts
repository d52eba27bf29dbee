import { normaliseRegion, REGIONS } from "../azure/regions";
import { SERVICES } from "../azure/services";
import { type Json, isJson, isObject } from "./json";
import { holdsMark, joinedMarks, memberOf, withoutMarked } from "./marks";

/** Stands for a value that Terraform marks as sensitive. */
export const HIDDEN = "(sensitive value)";
const HIDDEN_NAME = "(sensitive value";
const HIDDEN_ADDRESS = "(sensitive address";

/**
 * Terraform's JSON without what it marks as sensitive. Names and IDs, of which it only counts where else they are, are replaced
 * by {@link HIDDEN} wherever they are, also without a mark. Other values are left out of resources and outputs, as if they were
 * not known; where a text without a mark holds an address that is marked, it is left out too.
 */
export function withoutSensitive(json: Json): Json {
  return withoutSensitiveIn([{ json, isValues: false }])[0] as Json;
}

/** JSON of a file, and whether all in it are values, as it is in the form of Azure's API. */
export interface ShownFile {
  readonly json: unknown;
  readonly isValues: boolean;
}

/** Several files without what is marked as sensitive in any of them. */
export function withoutSensitiveIn(files: readonly ShownFile[]): unknown[] {
  const secrets = new Secrets();
  const isMarked = files.filter(({ json }) => secrets.collect(json)).length > 0;
  return files.map(({ json, isValues }) => (isMarked ? without(json, secrets, isValues) : json));
}

/** Whether a text holds what stands for a sensitive value. */
export function isWithheld(text: string): boolean {
  return text.includes(HIDDEN_NAME) || text.includes(HIDDEN_ADDRESS);
}

/** Marks beside values: of resources, and of changes of resources and outputs. */
const MARKS = [
  ["values", "sensitive_values"],
  ["before", "before_sensitive"],
  ["after", "after_sensitive"],
] as const;

/** Values that are sensitive as a whole: of outputs and variables that say so, and of write-only attributes, which no state has. */
function wholeSecrets(one: Json): unknown[] {
  const isSecret = one.sensitive === true || one.ephemeral === true;
  const writeOnly = Object.entries(one).flatMap(([name, value]) =>
    name.endsWith("_wo") ? [memberOf(value, "constant_value") ?? (typeof value === "string" ? value : undefined)] : [],
  );
  return [...writeOnly, ...(isSecret ? [one.value, one.default] : [])];
}

/** Texts that are withheld. */
class Secrets {
  /** By the first characters. */
  private readonly known = new Map<string, Set<string>>();
  private readonly names = new Map<string, string>();

  /** Notes what is marked, and says whether anything is. */
  public collect(json: unknown): boolean {
    const given = memberOf(json, "variables");
    const variables = isJson(given) ? given : {};
    const sensitive = memberOf(memberOf(memberOf(json, "configuration"), "root_module"), "variables");
    for (const [name, described] of Object.entries(isJson(sensitive) ? sensitive : {}))
      if (isJson(described) && (described.sensitive === true || described.ephemeral === true))
        this.add(memberOf(variables[name], "value"));
    return this.visit(json) || this.known.size > 0;
  }

  private visit(node: unknown): boolean {
    if (!isObject(node)) return false;
    let isMarked = false;
    if (isJson(node)) {
      for (const [values, marks] of MARKS) {
        if (!holdsMark(node[marks])) continue;
        isMarked = true;
        // Of what is marked as a whole, not each value is a secret.
        const isWhole = node[marks] === true && isObject(node[values]);
        if (!isWhole) this.addMarked(node[values], node[marks], String(node.type).startsWith("azurerm_private_dns_"));
      }
      for (const secret of wholeSecrets(node)) this.add(secret);
      isMarked ||= node.sensitive === true;
    }
    for (const member of Object.values(node)) isMarked = this.visit(member) || isMarked;
    return isMarked;
  }

  private addMarked(value: unknown, mark: unknown, isDns: boolean): void {
    if (mark === true) this.add(value, isDns);
    else if (isObject(mark))
      for (const name of Object.keys(mark)) this.addMarked(memberOf(value, name), memberOf(mark, name), isDns);
  }

  private add(value: unknown, isDns = false): void {
    if (isObject(value)) for (const one of Object.values(value)) this.add(one, isDns);
    if (typeof value !== "string" || !isTelling(value) || isWithheld(value)) return;
    const start = value.slice(0, LEAST);
    this.known.set(start, (this.known.get(start) ?? new Set()).add(value));
    const hidden = isDns || IS_ADDRESS.test(value) ? HIDDEN_ADDRESS : HIDDEN_NAME;
    const before = this.names.get(value);
    const number = this.names.size === 0 ? "" : ` ${this.names.size + 1}`;
    if (before === undefined) this.names.set(value, `${hidden}${number})`);
    else if (hidden === HIDDEN_ADDRESS) this.names.set(value, before.replace(HIDDEN_NAME, hidden));
  }

  /** A text with what stands for each secret that it holds as a whole word. */
  public hide(text: string): string {
    if (this.known.size === 0 || text.length < LEAST) return text;
    let hidden = "";
    let done = 0;
    for (const { index } of text.matchAll(WORD_START)) {
      if (index < done) continue;
      const found = this.at(text, index);
      if (found === undefined) continue;
      hidden += text.slice(done, index) + this.names.get(found)!;
      done = index + found.length;
    }
    return done === 0 ? text : hidden + text.slice(done);
  }

  /** The longest secret that begins at a place, and ends where a word does. */
  private at(text: string, index: number): string | undefined {
    const found = [...(this.known.get(text.slice(index, index + LEAST)) ?? [])].filter(
      (secret) =>
        text.startsWith(secret, index) && !/^[a-z\d]{2}/i.test(secret.slice(-1) + text.charAt(index + secret.length)),
    );
    return found.sort((a, b) => b.length - a.length)[0];
  }
}

const WORD_START = /(?<![a-z\d])[a-z\d]|[^a-z\d]/gi;

/** What a network depends on as it is: IDs, addresses and ranges, and zones that Azure gives a meaning. */
const IS_ADDRESS = /^\/|^[\d.:/]+$|^privatelink\./;

/** Least characters of a text that is withheld wherever it is. */
const LEAST = 8;

/**
 * Whether a text is withheld where it has no mark too. A short one, a region, and a word of Azure's such as `Standard` or
 * `registry` mean other things there. IDs and names of zones are no secrets, and decide what networks get: an output of a whole
 * resource that is marked marks them too.
 */
function isTelling(text: string): boolean {
  return (
    text.length >= LEAST &&
    !/^[A-Z][A-Za-z]*$|^\/subscriptions\/|^privatelink\./.test(text) &&
    !(words ??= azureWords()).has(normaliseRegion(text))
  );
}

let words: ReadonlySet<string> | undefined;

/** Regions and the names of subresources, in small letters. */
function azureWords(): ReadonlySet<string> {
  const regions = Object.values(REGIONS).flatMap(Object.keys);
  const subresources = SERVICES.flatMap((service) => service.subresources.map(({ name }) => normaliseRegion(name)));
  return new Set([...regions, ...subresources]);
}

/** Members of what Terraform prints that hold values, and not names of its own such as types and addresses. */
const VALUES = /^(before|after|value|default|constant_value|index|problems|.*_wo)$/;

function holdsValues(name: string, node: Json): boolean {
  // Those of a state are its modules.
  return name === "values" ? "address" in node : VALUES.test(name);
}

function without(node: unknown, secrets: Secrets, isValue = false): unknown {
  // The keys of instances in addresses are values.
  if (typeof node === "string")
    return isValue ? secrets.hide(node) : node.replace(/(?<=\[").*?(?="\])/g, (key) => secrets.hide(key));
  if (Array.isArray(node)) return node.map((one) => without(one, secrets, isValue));
  if (!isJson(node)) return node;
  const shown = Object.fromEntries(
    Object.entries(node)
      .filter(([name]) => node.sensitive !== true || name !== "value")
      .map(([name, one]) => [
        isValue ? secrets.hide(name) : name,
        without(one, secrets, isValue || holdsValues(name, node)),
      ]),
  );
  if (isValue || !("sensitive_values" in shown)) return shown;
  const marks = unlessReplaced(joinedMarks(shown.sensitive_values, withheldIn(shown.values)), shown.values);
  return { ...shown, values: withoutMarked(shown.values, marks) ?? {}, sensitive_values: marks };
}

/** The marks but for those of values that are replaced. */
function unlessReplaced(mark: unknown, value: unknown): unknown {
  if (mark === true) return !(typeof value === "string" && value.includes(HIDDEN_NAME));
  if (!isObject(mark)) return mark;
  if (Array.isArray(mark)) return mark.map((one, i) => unlessReplaced(one, memberOf(value, i)));
  return Object.fromEntries(
    Object.entries(mark).map(([name, one]) => [name, unlessReplaced(one, memberOf(value, name))]),
  );
}

/** Marks for the values that hold what stands for a secret. */
function withheldIn(value: unknown): unknown {
  if (typeof value === "string") return value.includes(HIDDEN_ADDRESS);
  if (Array.isArray(value)) return value.map(withheldIn);
  if (!isJson(value)) return false;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withheldIn(one)]));
}
