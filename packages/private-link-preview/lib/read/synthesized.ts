import { type Json, at, isJson, objects } from "../util/json";
import type { Configuration } from "./configuration";
import {
  type Reference,
  expressionsIn,
  isTemplate,
  literalsIn,
  referencesIn,
  substitute,
  templatesIn,
} from "./expression";
import { Instance, type Key, MAX_DEPTH, Module } from "./module";

class SynthesizedInstance extends Instance {
  constructor(
    module: Module,
    address: string,
    type: string,
    managed: boolean,
    key: Key,
    private readonly body: Json,
    private readonly each: (expression: string) => string = (expression) => expression,
  ) {
    super(module, address, type, managed, { key });
  }

  public known(...path: string[]): unknown[] {
    return at(this.body, path)
      .map((value) => (isTemplate(value) ? this.evaluate(value, 0) : value))
      .filter((value) => value !== undefined);
  }

  protected references(path: string[]): Reference[] {
    return this.expressions(path).flatMap(referencesIn);
  }

  public literals(...path: string[]): string[] {
    return this.expressions(path).flatMap(literalsIn);
  }

  private expressions(path: string[]): string[] {
    return at(this.body, path).flatMap(templatesIn).flatMap(expressionsIn).map(this.each);
  }

  private evaluate(template: string, depth: number): string | undefined {
    return substitute(template, (expression) => this.evaluateExpression(this.each(expression), depth));
  }

  private evaluateExpression(expression: string, depth: number): string | undefined {
    const trimmed = expression.trim();
    const literal = /^"([^"\\$]*)"$/.exec(trimmed) ?? /^(\d+)$/.exec(trimmed);
    if (literal) return literal[1];
    const [reference] = referencesIn(trimmed);
    if (!reference || reference.root + reference.steps !== trimmed || depth > MAX_DEPTH) return undefined;
    if (reference.root.startsWith("local.")) {
      const value = this.module.definitions.value("local", reference.root.slice("local.".length));
      return isTemplate(value) ? this.evaluate(value, depth + 1) : typeof value === "string" ? value : undefined;
    }
    const [found, ...others] = this.module.trace([reference]);
    if (!found || others.length > 0) return undefined;
    const attribute = /^\.(\w+)$/.exec(found.steps)?.[1];
    const target = found.resource;
    if (!(target instanceof SynthesizedInstance)) return undefined;
    const value = attribute === undefined ? undefined : target.body[attribute];
    return isTemplate(value) ? target.evaluate(value, depth + 1) : typeof value === "string" ? value : undefined;
  }
}

/** Reads Terraform JSON as synthesized: attributes are values or templates, blocks are objects or lists of objects. */
export function readSynthesizedJson(json: Json): Configuration {
  const locals = Object.assign({}, ...objects(json.locals)) as Json;
  const root = new Module({
    hideIndices: false,
    references: (kind, name) =>
      kind === "local" ? templatesIn(locals[name]).flatMap(expressionsIn).flatMap(referencesIn) : [],
    value: (kind, name) => (kind === "local" ? locals[name] : undefined),
  });
  for (const [kind, prefix] of [
    ["resource", ""],
    ["data", "data."],
  ] as const) {
    for (const [type, named] of members(json[kind])) {
      for (const [name, body] of members(named)) {
        if (!isJson(body)) continue;
        const address = `${prefix}${type}.${name}`;
        for (const { suffix, key, each } of expand(body)) {
          root.add(address, new SynthesizedInstance(root, address + suffix, type, prefix === "", key, body, each));
        }
      }
    }
  }
  return {
    form: "configuration",
    resources: [...root.instances.values()].flat(),
    unreadModules: [...members(json.module)].map(([name]) => `module.${name}`),
  };
}

/** The instances of a resource whose `count` or `for_each` is written out; any other is one instance. */
function expand(body: Json): { suffix: string; key: Key; each?: (expression: string) => string }[] {
  if (typeof body.count === "number") {
    return Array.from({ length: body.count }, (_, index) => ({
      suffix: `[${index}]`,
      key: index,
      each: (expression) => expression.replace(/\bcount\.index\b/g, String(index)),
    }));
  }
  const set = typeof body.for_each === "string" ? /^\$\{toset\(\[([^\]]*)\]\)\}$/.exec(body.for_each) : null;
  const items = set
    ? literalsIn(set[1] ?? "").map((item): [string, unknown] => [item, item])
    : isJson(body.for_each)
      ? Object.entries(body.for_each)
      : undefined;
  if (!items) return [{ suffix: "", key: undefined }];
  return items.map(([key, value]) => ({
    suffix: `["${key}"]`,
    key,
    each: (expression) =>
      expression
        .replace(/\beach\.key\b/g, JSON.stringify(key))
        .replace(/\beach\.value((?:\.\w+)*)/g, (whole, path: string) => {
          const [found] = at(value, path.split(".").slice(1));
          return typeof found === "string" ? JSON.stringify(found) : whole;
        }),
  }));
}

/** Names and bodies of a level of blocks, which JSON may write as an object or as a list of objects. */
function* members(block: unknown): Iterable<[string, unknown]> {
  for (const part of objects(block)) {
    for (const [name, body] of Object.entries(part)) {
      for (const one of Array.isArray(body) ? (body as unknown[]) : [body]) yield [name, one];
    }
  }
}
