import { type Json, at, groupBy, isJson, isMarked, isObject, once } from "../../../common/util";
import type { Configuration } from "./configuration";
import { valuesAt } from "./azure-form";
import type { Source } from "./translations";
import { type Reference, endingOf, expressionsIn, literalsIn, referencesIn, templatesIn } from "./expression";
import type { Key } from "./instances";
import { type Definitions, Module, type Repetition, Resource } from "./module";
import { type ExistingResource, idIn, idsOf, outputIn, readExisting } from "./existing";
import { eachAt, inside, listAt, namedAt, objectAt, refuse, textAt } from "./places";

class ShownInstance extends Resource {
  /** Paths of values that were asked for, and are marked as sensitive. */
  private readonly asked = new Set<string>();
  /** Paths of which it was asked whether they are known: then no default stands for them. */
  private readonly doubted = new Set<string>();

  constructor(
    module: Module,
    private readonly shown: ShownResource,
    private readonly expressions: unknown,
    repetition: Repetition,
    subscription = "",
  ) {
    const { address, type, mode, values } = shown;
    super(module, address, type, values.type, mode !== "data", repetition, subscription);
  }

  protected values(source: Source): unknown[] {
    const values = valuesAt(this.shown.values, source);
    if (values.length === 0 && isMarked(this.shown.marks, source.path)) this.asked.add(source.path.join("."));
    return values;
  }

  /** Plans and states show the defaults, so what they do not show is hidden. */
  protected lacks(): boolean {
    return false;
  }

  protected isUnknown(path: readonly string[]): boolean {
    if (isMarked(this.shown.marks, path) || isMarked(this.shown.unknowns, path)) return true;
    // A state has no expressions, and shows all values.
    if (this.expressions === undefined) return false;
    if (this.hidesBlocks(path)) return true;
    // An attribute that is configured has an expression.
    const configured = this.isDynamic(path) || expressionsAt(this.expressions, path).some((one) => !isConstant(one));
    return configured && isLeftOut(this.shown.values, path);
  }

  /** Of a block that is not there, Terraform shows an empty list, unless how many there are is not known. */
  protected hidesBlocks(path: readonly string[]): boolean {
    return this.isDynamic(path) && !Object.hasOwn(this.shown.values, path[0]!);
  }

  /** A plan leaves dynamic blocks out of the configuration; a state has no expressions at all. */
  private isDynamic(path: readonly string[]): boolean {
    return this.expressions !== undefined && path.length > 1 && at(this.expressions, [path[0]!]).length === 0;
  }

  public override isSecret(path: readonly string[]): boolean {
    return isMarked(this.shown.marks, path) || super.isSecret(path);
  }

  public override get withheld(): string[] {
    return [...this.asked].filter((path) => !this.doubted.has(path)).map((path) => `${this.address}.${path}`);
  }

  public override unknown(...path: string[]): boolean {
    this.doubted.add(path.join("."));
    return super.unknown(...path);
  }

  public override hides(...path: string[]): boolean {
    this.doubted.add(path.join("."));
    return isMarked(this.shown.marks, path) || this.isGivenUnknown(path) || super.hides(...path);
  }

  private isGivenUnknown(path: readonly string[]): boolean {
    return this.shown.unknowns !== undefined && super.unknown(...path);
  }

  protected isGiven(attribute: string): boolean {
    // A state shows the version that goes with it, if there is one.
    const { values, marks } = this.shown;
    const version = at(values, [`${attribute}_version`]);
    return at(this.expressions, [attribute]).length + version.length > 0 || isMarked(marks, [attribute]);
  }

  protected references(path: readonly string[]): Reference[] {
    return expressionsAt(this.expressions, path).flatMap(referencesBelow);
  }

  protected endingAt(path: readonly string[]): string {
    const [template = "", ...others] = at(this.expressions, path).flatMap(templatesIn);
    return others.length > 0 ? "" : endingOf(template, (expression) => this.textOf(expression));
  }

  /** The text of a variable, a key or an item, which is all of an expression. */
  private textOf(expression: string): string | undefined {
    const [reference] = referencesIn(expression);
    const isWhole = reference !== undefined && reference.root + reference.steps === expression.trim();
    const value = isWhole ? this.module.valueOf(reference, this.repetition) : undefined;
    return typeof value === "string" ? value : undefined;
  }

  public literals(...path: string[]): string[] {
    // A plan of a configuration in JSON shows its templates; a plan of one in HCL does not.
    return at(this.expressions, path).flatMap(templatesIn).flatMap(expressionsIn).flatMap(literalsIn);
  }
}

/** A resource as Terraform shows it, or in the form of Azure's API as azapi has it. */
export interface ShownResource {
  readonly address: string;
  readonly mode: unknown;
  readonly type: string;
  readonly name: string;
  readonly index: Key;
  /** Without those that are marked as sensitive, which are not known to anyone who reads the preview. */
  readonly values: Json;
  /** What is marked as sensitive, in the structure of the values. */
  readonly marks: unknown;
  /** What is given and not known, in the structure of the values. @default - what the expressions of a plan say */
  readonly unknowns?: unknown;
}

interface ShownModule {
  /** Empty for the root module. */
  readonly address: string;
  readonly resources: readonly ShownResource[];
  readonly modules: readonly ShownModule[];
}

/** A module as shown, with all below it. */
function shownModule(module: Json, place: string): ShownModule {
  return {
    address: module.address === undefined ? "" : textAt(module, "address", place),
    resources: eachAt(module, "resources", place, shownResource).filter(({ mode }) => mode !== "ephemeral"),
    modules: eachAt(module, "child_modules", place, shownModule),
  };
}

function shownResource(resource: Json, place: string): ShownResource {
  const { mode, index, sensitive_values: marks } = resource;
  return {
    address: textAt(resource, "address", place),
    mode,
    type: textAt(resource, "type", place),
    name: textAt(resource, "name", place),
    index:
      index === undefined || typeof index === "string" || typeof index === "number"
        ? index
        : refuse(`${place}.index`, index, "a string or a number"),
    values: objectAt(resource, "values", place),
    marks,
  };
}

/**
 * Reads a state as Terraform shows it: all values are known, and no expression is left.
 *
 * @param source - where it comes from, for errors
 * @throws UserError if a part of it is of the wrong type
 */
export function readStateJson(json: Json, source: string): Configuration {
  const place = `${source}: values`;
  const values = objectAt(json, "values", `${source}:`);
  const root = shownModule(objectAt(values, "root_module", place), `${place}.root_module`);
  const existing = readExisting((output) => outputIn(values.outputs, output, "value"), `${place}.outputs`);
  return {
    form: "state",
    resources: readModule(withExisting(root, existing), {}, "", () => undefined, new Map()),
    notRead: [],
  };
}

/** Resources that no module and no configuration is known of. */
export function readShown(resources: readonly ShownResource[]): Resource[] {
  return readModule({ address: "", resources, modules: [] }, {}, "", () => undefined, new Map());
}

/** A root module together with what others manage, in place of data sources that read the same. */
function withExisting(root: ShownModule, existing: readonly ExistingResource[]): ShownModule {
  const ids = idsOf(existing);
  return {
    ...root,
    resources: [
      ...root.resources.filter(({ mode, values }) => mode !== "data" || !ids.has(idIn(values))),
      ...existing.map((one) => ({ ...one, mode: "data", index: undefined, marks: undefined })),
    ],
  };
}

/** What leads from existing resources to those of the file where ids and addresses are (known after apply). */
function existingExpressions(root: ShownModule, existing: readonly ExistingResource[]): Json[] {
  const found = groupBy(root.resources, ({ type, values }) => `${type} ${String(values.name)}`);
  return existing.map(({ type, name, of }) => ({
    address: `data.${type}.${name}`,
    expressions: Object.fromEntries(
      Object.entries(of).map(([attribute, { type, name }]) => [
        attribute,
        { references: (found.get(`${type} ${String(name)}`) ?? []).map(({ address }) => `${address}.id`) },
      ]),
    ),
  }));
}

/**
 * Reads a plan as Terraform shows it: values as far as known, and what each attribute refers to.
 *
 * @param source - where it comes from, for errors
 * @throws UserError if a part of it is of the wrong type
 */
export function readPlanJson(json: Json, source: string): Configuration {
  const file = `${source}:`;
  const rootAt = (...path: string[]) =>
    path.reduce<[of: Json, place: string]>(
      ([of, place], key) => [objectAt(of, key, place), inside(place, key)],
      [json, file],
    );
  // What data sources read while planning is only in the prior state.
  const read = dataSources(shownModule(...rootAt("prior_state", "values", "root_module")));
  const planned = shownModule(...rootAt("planned_values", "root_module"));
  const given = namedAt(json, "variables", file);
  const [configuration, place] = rootAt("configuration", "root_module");
  const existing = readExisting(
    (output) =>
      outputIn(at(json, ["planned_values", "outputs"])[0], output, "value") ??
      outputIn(json.output_changes, output, "after"),
    `${file} outputs`,
  );
  const configured = {
    ...configuration,
    resources: [...listAt(configuration, "resources", place), ...existingExpressions(planned, existing)],
  };
  const variable = (name: string) =>
    ["sensitive", "ephemeral"].some((kind) => at(configuration, ["variables", name, kind]).includes(true))
      ? undefined
      : given.get(name)?.value;
  const subscriptions = subscriptionsOf(json, variable);
  return {
    form: "plan",
    subscriptions: [...subscriptions.values()],
    resources: readModule(withExisting(merge(planned, read), existing), configured, place, variable, subscriptions),
    notRead: [],
  };
}

/** The subscriptions of the providers of a plan by their keys, as far as their configurations show them. */
function subscriptionsOf(plan: Json, variable: (name: string) => unknown): Map<string, string> {
  const providers = at(plan, ["configuration", "provider_config"])
    .filter(isJson)
    .flatMap(Object.entries<unknown>);
  return new Map(
    providers.flatMap(([key, provider]) =>
      at(provider, ["expressions", "subscription_id"]).flatMap((expression): [string, string][] => {
        const [reference] = referencesBelow(expression);
        const name = /^var\.([\w-]+)$/.exec(reference?.root ?? "")?.[1];
        const value = name === undefined ? at(expression, ["constant_value"])[0] : variable(name);
        return typeof value === "string" ? [[key, value]] : [];
      }),
    ),
  );
}

/** The same module with nothing but its data sources, and those of its children. */
function dataSources({ address, resources, modules }: ShownModule): ShownModule {
  return { address, resources: resources.filter(({ mode }) => mode === "data"), modules: modules.map(dataSources) };
}

function merge(module: ShownModule, other: ShownModule): ShownModule {
  const addresses = new Set(module.resources.map(({ address }) => address));
  const others = new Map(other.modules.map((child) => [child.address, child]));
  const modules = module.modules.map((child) => {
    const twin = others.get(child.address);
    others.delete(child.address);
    return twin ? merge(child, twin) : child;
  });
  return {
    address: module.address,
    resources: [...module.resources, ...other.resources.filter(({ address }) => !addresses.has(address))],
    modules: [...modules, ...others.values()],
  };
}

/**
 * @param configured - the module in the plan's configuration
 * @param place - where that is, for errors
 * @param variable - the value of one of its variables, if known
 * @param subscriptions - those of the providers, by their keys
 * @param parent - the module that calls it, if any
 * @param repetition - what the call is repeated over
 * @param inputs - the expressions of the call
 */
function readModule(
  shown: ShownModule,
  configured: Json,
  place: string,
  variable: (name: string) => unknown,
  subscriptions: ReadonlyMap<string, string>,
  parent?: Module,
  repetition: Repetition = {},
  inputs: Json = {},
): Resource[] {
  const outputs = namedAt(configured, "outputs", place);
  const definitions: Definitions = {
    hideIndices: true,
    collections: new Set(
      [...listAt(configured, "resources", place), ...namedAt(configured, "module_calls", place).values()]
        .map((repeated) => referencesBelow(isJson(repeated) ? repeated.for_each_expression : undefined))
        .flatMap(([only, ...others]) => (only && others.length === 0 ? [only.root + only.steps] : [])),
    ),
    given: Object.keys(inputs),
    references: byKindAndName([], (kind, wanted) => {
      if (kind === "var") return at(inputs, [wanted]).flatMap(referencesBelow);
      if (kind === "local") return [];
      // Behind an index that is not written out, a plan does not say which output is meant.
      const output = outputs.get(wanted);
      return (output ? [output] : [...outputs.values()]).flatMap(({ expression }) => referencesBelow(expression));
    }),
    value: byKindAndName<unknown>(undefined, (kind, wanted) => (kind === "var" ? variable(wanted) : undefined)),
  };
  const module = new Module(definitions, repetition, parent, shown.address);
  const { name } = lastModule(shown.address);
  if (parent && name !== undefined) parent.children.add(name, module);
  const configs = new Map(
    eachAt(configured, "resources", place, (resource, at) => [
      textAt(resource, "address", at),
      {
        expressions: objectAt(resource, "expressions", at),
        over: repetitionOf(resource, module),
        subscription: subscriptions.get(String(resource.provider_config_key)),
      },
    ]),
  );
  const own = shown.resources.map((resource) => {
    const root = `${resource.mode === "data" ? "data." : ""}${resource.type}.${resource.name}`;
    const { expressions, over, subscription } = configs.get(root) ?? {};
    const instance = new ShownInstance(module, resource, expressions, { key: resource.index, ...over }, subscription);
    module.instances.add(root, instance);
    return instance;
  });
  const calls = new Map(
    [...namedAt(configured, "module_calls", place)].map(([called, call]) => {
      const at = `${place}.module_calls.${called}`;
      const content = objectAt(call, "module", at);
      const inputs = objectAt(call, "expressions", at);
      return [called, { content, place: `${at}.module`, inputs, over: repetitionOf(call, module) }];
    }),
  );
  const below = shown.modules.flatMap((child) => {
    const { name: called = "", key } = lastModule(child.address);
    const { content = {}, place = "", inputs = {}, over = {} } = calls.get(called) ?? {};
    const repeated = { key, ...over };
    const value = (wanted: string) => valueOf(at(inputs, [wanted])[0], module, repeated);
    return readModule(child, content, place, value, subscriptions, module, repeated, inputs);
  });
  return [...own, ...below];
}

/** Whether a value is left out of what should hold it: a plan leaves out what is (known after apply), and shows what is not set as null. */
function isLeftOut(value: unknown, path: readonly string[]): boolean {
  const [name, ...rest] = path;
  if (name === undefined) return false;
  if (Array.isArray(value)) return value.some((one) => isLeftOut(one, path));
  if (!isJson(value)) return false;
  return Object.hasOwn(value, name) ? isLeftOut(value[name], rest) : rest.length === 0;
}

function isConstant(described: unknown): boolean {
  return isJson(described) && "constant_value" in described;
}

/** A plan's descriptions of the expressions at a path: of an attribute that has the path inside, the one for all of it. */
function expressionsAt(described: unknown, path: readonly string[]): unknown[] {
  if (Array.isArray(described)) return described.flatMap((one) => expressionsAt(one, path));
  const [name, ...rest] = path;
  if (name === undefined) return [described];
  if (!isJson(described)) return [];
  if (Array.isArray(described.references)) return [described];
  return Object.hasOwn(described, name) ? expressionsAt(described[name], rest) : [];
}

/** Looks each definition up once. */
function byKindAndName<V>(
  unknown: V,
  find: (kind: "var" | "local" | "output", name: string) => V,
): (kind: "var" | "local" | "output", name: string) => V {
  const kinds = {
    var: once(unknown, (name: string) => find("var", name)),
    local: once(unknown, (name: string) => find("local", name)),
    output: once(unknown, (name: string) => find("output", name)),
  };
  return (kind, name) => kinds[kind](name);
}

/** What a resource or module call of a plan's configuration, in a module, is repeated over. */
function repetitionOf({ for_each_expression: forEach }: Json, module: Module): Repetition {
  return { over: referencesBelow(forEach), items: valueOf(forEach, module, {}) };
}

/** The value of a plan's description of an expression, if it is a constant or no more than one reference. */
function valueOf(expression: unknown, module: Module, repetition: Repetition): unknown {
  const references = referencesBelow(expression);
  if (references.length === 0) return at(expression, ["constant_value"])[0];
  return references.length === 1 ? module.valueOf(references[0]!, repetition) : undefined;
}

/** Name and key of the innermost module in an address: `b` and `x` of `module.a.module.b["x"]`. */
function lastModule(address: string): { name?: string; key?: Key } {
  const found = /module\.([\w-]+)(?:\[(?:"([^"]*)"|(\d+))\])?$/.exec(address);
  if (!found?.[1]) return {};
  return { name: found[1], key: found[2] ?? (found[3] === undefined ? undefined : Number(found[3])) };
}

/**
 * The references listed in a plan's description of an expression, or of the expressions of a block.
 *
 * Terraform lists `a.b.c` as `a.b.c` and `a.b`: the shorter ones add nothing.
 */
function referencesBelow(expression: unknown): Reference[] {
  if (!isObject(expression)) return [];
  if (!isJson(expression) || !Array.isArray(expression.references))
    return Object.values(expression).flatMap(referencesBelow);
  const texts = expression.references.filter((text): text is string => typeof text === "string");
  // Sorted with the beginning of a step before all other characters, what a text is the start of comes right behind it.
  const sortable = (text: string) => text.replace(/[.[]/g, "\0");
  const sorted = [...new Set(texts.map(sortable))].sort();
  const starts = new Set(sorted.filter((text, i) => sorted[i + 1]?.startsWith(`${text}\0`)));
  return texts.filter((text) => !starts.has(sortable(text))).flatMap(referencesIn);
}
