import { type Json, Budget, at, isJson, isWithheld, once } from "../../../common/util";
import type { Configuration } from "./configuration";
import { valuesAt } from "./azure-form";
import type { Source } from "./translations";
import {
  type Reference,
  endingOf,
  expressionsIn,
  isTemplate,
  joinedTemplate,
  literalsIn,
  referencesIn,
  substitute,
  templatesIn,
} from "./expression";
import type { Key } from "./instances";
import { Module, Resource } from "./module";
import { idsOf, outputIn, readExisting } from "./existing";
import { blocksIn, refuse } from "./places";

class SynthesizedInstance extends Resource {
  constructor(
    module: Module,
    address: string,
    type: string,
    managed: boolean,
    key: Key,
    private readonly body: Json,
    private readonly each: (expression: string) => string = (expression) => expression,
    subscription = "",
  ) {
    super(module, address, type, body.type, managed, { key }, subscription);
  }

  protected values(source: Source): unknown[] {
    return valuesAt(this.body, source)
      .map((value) => (isHidden(value) ? undefined : isTemplate(value) ? this.evaluate(value) : value))
      .filter((value) => value !== undefined);
  }

  protected isUnknown(): boolean {
    return false;
  }

  public override hides(...path: string[]): boolean {
    const found = this.known(...path).length === 0 ? at(this.body, path) : [];
    const isHere = found.some((value) => isHidden(value) || (isTemplate(value) && this.evaluate(value) === undefined));
    return isHere || super.hides(...path);
  }

  protected hidesBlocks(): boolean {
    return false;
  }

  protected lacks(path: readonly string[]): boolean {
    return at(this.body, path).length === 0;
  }

  protected isGiven(attribute: string): boolean {
    return Object.hasOwn(this.body, attribute);
  }

  protected references(path: readonly string[]): Reference[] {
    return this.expressions(path).flatMap(referencesIn);
  }

  public literals(...path: string[]): string[] {
    return this.expressions(path).flatMap(literalsIn);
  }

  protected endingAt(path: readonly string[]): string {
    const [template = "", ...others] = at(this.body, path).flatMap(templatesIn);
    return others.length > 0 ? "" : endingOf(template, (expression) => textOf(this.each(expression), this.module));
  }

  private expressions(path: readonly string[]): string[] {
    return at(this.body, path).flatMap(templatesIn).flatMap(expressionsIn).map(this.each);
  }

  /** The text of a template of this resource. */
  private evaluate(template: string): string | undefined {
    return substitute(template, (expression) => textOf(this.each(expression), this.module));
  }

  /** The text of an attribute of this resource, for the expressions that refer to it. */
  public readonly attribute = once<string, string | undefined>(undefined, (attribute) => {
    const value = Object.hasOwn(this.body, attribute) ? this.body[attribute] : undefined;
    return isTemplate(value) ? this.evaluate(value) : typeof value === "string" ? value : undefined;
  });
}

/** Whether a value is the same as one that is marked as sensitive. */
function isHidden(value: unknown): boolean {
  return typeof value === "string" && isWithheld(value);
}

/** The text of an expression of a module, if it is a literal, a local, or an attribute of one resource. */
function textOf(expression: string, module: Module): string | undefined {
  const trimmed = expression.trim();
  const literal = /^"([^"\\$]*)"$/.exec(trimmed) ?? /^(\d+)$/.exec(trimmed);
  if (literal) return literal[1];
  const joined = joinedTemplate(trimmed);
  if (joined !== undefined) return substitute(joined, (inner) => textOf(inner, module));
  const [reference] = referencesIn(trimmed);
  if (!reference || reference.root + reference.steps !== trimmed) return undefined;
  if (reference.root.startsWith("local.")) {
    const value = module.definitions.value("local", reference.root.slice("local.".length));
    return typeof value === "string" ? value : undefined;
  }
  const [found, ...others] = module.trace([reference]);
  if (!found || others.length > 0) return undefined;
  const attribute = /^\.(\w+)$/.exec(found.steps)?.[1];
  const target = found.resource;
  return target instanceof SynthesizedInstance && attribute !== undefined ? target.attribute(attribute) : undefined;
}

/**
 * Reads Terraform JSON as synthesized: attributes are values or templates, blocks are objects or lists of objects.
 *
 * @param source - where it comes from, for errors
 * @throws UserError if a part of it is of the wrong type, or it has more instances of resources than can be
 */
export function readSynthesizedJson(json: Json, source: string): Configuration {
  const locals = new Map(blocksIn(json.locals, `${source}: locals`).flatMap((block) => Object.entries(block)));
  const root: Module = new Module({
    hideIndices: false,
    collections: new Set(),
    given: [],
    references: (kind, name) => (kind === "local" ? referencesOf(name) : []),
    value: (kind, name) => (kind === "local" ? valueOf(name) : undefined),
  });
  const referencesOf = once([], (name: string) =>
    templatesIn(locals.get(name)).flatMap(expressionsIn).flatMap(referencesIn),
  );
  const valueOf = once<string, unknown>(undefined, (name) => {
    const value = locals.get(name);
    return isTemplate(value) ? substitute(value, (expression) => textOf(expression, root)) : value;
  });
  const budget = new Budget(
    MAX_INSTANCES,
    `${source}: found more than ${MAX_INSTANCES} instances of resources, by count or for_each, allowed: as many as Azure can hold.`,
  );
  const subscriptions = subscriptionsOf(json, source);
  const resources: Resource[] = [];
  for (const kind of ["resource", "data"]) {
    const managed = kind === "resource";
    for (const [type, named] of members(json[kind], `${source}: ${kind}`)) {
      for (const [name, body] of members(named, `${source}: ${kind}.${type}`)) {
        const address = `${managed ? "" : "data."}${type}.${name}`;
        const subscription = subscriptions.get(body.provider);
        for (const { suffix, key, each } of expand(body, `${source}: ${kind}.${type}.${name}`, budget)) {
          const one = new SynthesizedInstance(root, address + suffix, type, managed, key, body, each, subscription);
          root.instances.add(address, one);
          resources.push(one);
        }
      }
    }
  }
  const existing = readExisting((output) => outputIn(json.output, output, "value"), `${source}: output`);
  const ids = idsOf(existing);
  const existingInstances = existing.map(
    ({ address, type, values }) => new SynthesizedInstance(root, address, type, false, undefined, values),
  );
  return {
    form: "configuration",
    resources: resources
      .filter((one) => one.managed || !ids.has(one.text("resource_id")?.toLowerCase() ?? ""))
      .concat(existingInstances),
    notRead: [...members(json.module, `${source}: module`)].map(([name]) => ({ what: `module.${name}` })),
  };
}

/** The subscriptions that providers with an alias have, by how resources refer to them: `azurerm.alias`. */
function subscriptionsOf(json: Json, source: string): Map<unknown, string> {
  return new Map(
    [...members(json.provider, `${source}: provider`)].flatMap(([name, { alias, subscription_id: id }]) =>
      typeof alias === "string" && typeof id === "string" && !isTemplate(id) ? [[`${name}.${alias}`, id] as const] : [],
    ),
  );
}

/** Most instances of resources in a configuration that are read: a multiple of what a subscription can hold. */
const MAX_INSTANCES = 200_000;

/** The instances of a resource whose `count` or `for_each` is written out; any other is one instance. */
function expand(
  body: Json,
  place: string,
  budget: Budget,
): { suffix: string; key: Key; each?: (expression: string) => string }[] {
  const { count, for_each: forEach } = body;
  if (typeof count === "number") {
    if (!Number.isInteger(count) || count < 0) refuse(`${place}.count`, count, "a whole number from 0");
    budget.spend(count);
    return Array.from({ length: count }, (_, index) => ({
      suffix: `[${index}]`,
      key: index,
      each: (expression) => expression.replace(/\bcount\.index\b/g, String(index)),
    }));
  }
  const set = typeof forEach === "string" ? /^\$\{toset\(\[([^\]]*)\]\)\}$/.exec(forEach) : null;
  const items = set
    ? literalsIn(set[1] ?? "").map((item): [string, unknown] => [item, item])
    : isJson(forEach)
      ? Object.entries(forEach)
      : undefined;
  budget.spend(items?.length);
  if (!items) return [{ suffix: "", key: undefined }];
  return items.map(([key, value]) => ({
    suffix: `["${key}"]`,
    key,
    each: (expression) =>
      expression
        .replace(/\beach\.key\b/g, () => JSON.stringify(key))
        .replace(/\beach\.value((?:\.\w+)*)/g, (whole, path: string) => {
          const [found] = at(value, path.split(".").slice(1));
          return typeof found === "string" ? JSON.stringify(found) : whole;
        }),
  }));
}

/** Names and bodies of a level of blocks, which JSON may write as objects or as lists of objects. */
function* members(level: unknown, place: string): Iterable<[string, Json]> {
  for (const block of blocksIn(level, place)) {
    for (const [name, body] of Object.entries(block)) {
      // Terraform takes this name as a comment.
      if (name === "//") continue;
      for (const one of blocksIn(body, `${place}.${name}`)) yield [name, one];
    }
  }
}
