import { groupBy, unique } from "../collections";
import { UserError } from "../user-error";
import { type Reference, expressionsIn, isTemplate, literalsIn, referencesIn, substitute } from "./expression";

type Json = Record<string, unknown>;
/** Which instance of a resource or module: a `count` index or a `for_each` key. */
type Key = string | number | undefined;

/** A resource or data source that something mentions, and the attribute of it that is meant, such as `.id`. */
export interface Mention {
  readonly resource: Resource;
  readonly steps: string;
  /** Whether it is only one of several that may be meant, and the file does not tell which. */
  readonly oneOf: boolean;
}

/**
 * One instance of a resource or data source, whichever of Terraform's JSON forms it was read from.
 *
 * A path names an attribute, or one inside blocks; where blocks or lists repeat, it stands for all of them.
 */
export interface Resource {
  /** As Terraform writes it: `module.network["a"].azurerm_subnet.endpoints[0]`. */
  readonly address: string;
  readonly type: string;
  /** False for a data source. */
  readonly managed: boolean;
  /** The values at a path that are known. */
  known(...path: string[]): unknown[];
  /** The one known text at a path. */
  text(...path: string[]): string | undefined;
  /** What the expressions at a path refer to, through variables, locals, and modules' outputs. */
  mentions(...path: string[]): Mention[];
  /** References at a path to resources that are not in the file, where the form still has them. */
  lost(...path: string[]): string[];
  /** The string literals in the expressions at a path, where the form still has them. */
  literals(...path: string[]): string[];
}

/** What was read, and what could not be. */
export interface Configuration {
  /** Only a configuration still shows every expression; a plan lacks locals, a state all of them. */
  readonly form: "configuration" | "plan" | "state";
  readonly resources: Resource[];
  /** Addresses of module calls whose contents are not in the file. */
  readonly unreadModules: string[];
}

/**
 * Reads Terraform JSON: a configuration as synthesized, or `terraform show -json` of a plan or a state.
 *
 * @param source - where it comes from, for the error
 * @throws UserError if it is none of these
 */
export function readTerraformJson(json: unknown, source: string): Configuration {
  if (isJson(json)) {
    if (isJson(json.planned_values)) return readPlan(json);
    if ("values" in json || "format_version" in json) return readState(json);
    if ("resource" in json || "data" in json || "terraform" in json || "module" in json) return readSynthesized(json);
    if (json.version === 4 && "lineage" in json) {
      throw new UserError(`${source} is a raw state file. Give the output of: terraform show -json`);
    }
  }
  throw new UserError(
    `${source} is not Terraform JSON. Give a configuration such as cdk.tf.json, or the output of terraform show -json for a plan or a state.`,
  );
}

/** What a resource or a module call is repeated over. */
interface Repetition {
  /** Which instance this is. */
  readonly key?: Key;
  /** What `for_each` refers to. */
  readonly over?: readonly Reference[];
  /** What `for_each` is, if known. */
  readonly items?: unknown;
}

/** Where the references and values come from that a module's names stand for. */
interface Definitions {
  references(kind: "var" | "local" | "output", name: string): readonly Reference[];
  /** The value of a variable or local, if known. */
  value(kind: "var" | "local", name: string): unknown;
}

/** A module instance: the root, or what a module call makes. */
class Module {
  public readonly instances = new Map<string, Instance[]>();
  public readonly children = new Map<string, Module[]>();

  constructor(
    public readonly definitions: Definitions,
    private readonly repetition: Repetition = {},
    public readonly parent?: Module,
  ) {}

  public get key(): Key {
    return this.repetition.key;
  }

  public add(root: string, instance: Instance): void {
    const instances = this.instances.get(root);
    if (instances) instances.push(instance);
    else this.instances.set(root, [instance]);
  }

  /** The resources that the references of one expression in this module lead to. */
  public trace(references: readonly Reference[], repetition: Repetition = {}, depth = 0): Mention[] {
    if (depth > MAX_DEPTH) return [];
    // A plan lists a[b].c as a and b, so any of the others may be an index.
    const keys = references.flatMap(({ root, steps }) =>
      /^(each|count|var|local)\./.test(root) ? [this.valueOf({ root, steps }, repetition)] : [],
    );
    return references.flatMap(({ root, steps }): Mention[] => {
      const [kind = "", name = ""] = root.split(".");
      const further = (found: readonly Reference[]) => found.map((one) => ({ ...one, steps: one.steps + steps }));
      if (kind === "var") {
        return this.parent?.trace(further(this.definitions.references("var", name)), this.repetition, depth + 1) ?? [];
      }
      if (kind === "local")
        return this.trace(further(this.definitions.references("local", name)), repetition, depth + 1);
      if (root === "each.value") {
        // What a map of resources or modules is repeated over has their keys.
        const { key, over = [] } = repetition;
        return this.trace([...further(over), EACH_KEY], key === undefined ? {} : { key }, depth + 1);
      }
      const { index, hidden, rest } = splitIndex(steps);
      if (kind === "module") {
        const [, output = "", after = ""] = /^\.([\w-]+)(.*)$/.exec(rest) ?? [];
        const { found, oneOf } = pick(this.children.get(name) ?? [], index, hidden, keys);
        return found.flatMap((child) =>
          child.traceOutput(output, after, depth + 1).map((mention) => ({ ...mention, oneOf: mention.oneOf || oneOf })),
        );
      }
      const { found, oneOf } = pick(this.instances.get(root) ?? [], index, hidden, keys);
      return found.map((resource) => ({ resource, steps: rest, oneOf }));
    });
  }

  /** The resources that an output leads to, and the steps after it; without a name, any output may be meant. */
  private traceOutput(output: string, after: string, depth: number): Mention[] {
    const references = this.definitions.references("output", output);
    const mentions = this.trace(
      references.map(({ root, steps }) => ({ root, steps: steps + after })),
      {},
      depth,
    );
    if (output !== "") return mentions;
    const rivals = groupBy(mentions, ({ resource }) => resource.type);
    const unsure = ({ type }: Resource) => unique((rivals.get(type) ?? []).map(({ resource }) => resource)).length > 1;
    return mentions.map((mention) => ({ ...mention, oneOf: mention.oneOf || unsure(mention.resource) }));
  }

  /** What a variable, a local, a key or an item is, if known. */
  public valueOf({ root, steps }: Reference, { key, items }: Repetition): unknown {
    const [kind, name = ""] = root.split(".");
    if (root === "each.key" || root === "count.index") return key;
    const item = root === "each.value" && key !== undefined ? at(items, [String(key)])[0] : undefined;
    const whole = kind === "var" || kind === "local" ? this.definitions.value(kind, name) : item;
    return /^(\.\w+)*$/.test(steps) ? at(whole, steps.split(".").slice(1))[0] : undefined;
  }
}

const EACH_KEY: Reference = { root: "each.key", steps: "" };

/** Longer chains of variables, locals and outputs than anyone writes. */
const MAX_DEPTH = 20;

/** The index that steps start with: written out, or hidden behind a name. */
function splitIndex(steps: string): { index: Key; hidden: boolean; rest: string } {
  const found = /^\[(?:"([^"]*)"|(\d+)|([^\]]*))\]/.exec(steps);
  if (!found) return { index: undefined, hidden: false, rest: steps };
  const [whole, text, number, other] = found;
  const index = text ?? (number === undefined ? undefined : Number(number));
  return { index, hidden: other !== undefined && other !== "*", rest: steps.slice(whole.length) };
}

/**
 * The instances meant: the one with the index if there is an index, else the one with one of the keys, else all.
 *
 * @param hidden - whether there is an index that can't be read
 * @param keys - what else stands in the expression, and may be an index; undefined where not known
 */
function pick<T extends { key?: Key }>(
  instances: readonly T[],
  index: Key,
  hidden: boolean,
  keys: readonly unknown[],
): { found: readonly T[]; oneOf: boolean } {
  const byIndex = index === undefined ? [] : instances.filter(({ key }) => key === index);
  if (byIndex.length > 0) return { found: byIndex, oneOf: false };
  const byKey = instances.filter(({ key }) => key !== undefined && keys.includes(key));
  if (byKey.length > 0) return { found: byKey, oneOf: byKey.length > 1 };
  return { found: instances, oneOf: instances.length > 1 && (hidden || keys.includes(undefined)) };
}

/** A resource in its module. The forms differ in where values and references come from. */
abstract class Instance implements Resource {
  constructor(
    protected readonly module: Module,
    public readonly address: string,
    public readonly type: string,
    public readonly managed: boolean,
    private readonly repetition: Repetition,
  ) {}

  public get key(): Key {
    return this.repetition.key;
  }

  public abstract known(...path: string[]): unknown[];
  protected abstract references(path: string[]): Reference[];
  public abstract literals(...path: string[]): string[];

  public lost(...path: string[]): string[] {
    return this.references(path)
      .filter(({ root }) => /^(data\.|azurerm_|azapi_)/.test(root))
      .filter((reference) => this.module.trace([reference], this.repetition).length === 0)
      .map(({ root }) => root);
  }

  public text(...path: string[]): string | undefined {
    const [value, ...others] = this.known(...path);
    return typeof value === "string" && others.length === 0 ? value : undefined;
  }

  public mentions(...path: string[]): Mention[] {
    return this.module.trace(this.references(path), this.repetition);
  }
}

// Terraform JSON as synthesized: attributes are values or templates, blocks are objects or lists of objects.

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

function readSynthesized(json: Json): Configuration {
  const locals = Object.assign({}, ...objects(json.locals)) as Json;
  const root = new Module({
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

/** All templates anywhere in a value. */
function templatesIn(value: unknown): string[] {
  if (isTemplate(value)) return [value];
  return isObject(value) ? Object.values(value).flatMap(templatesIn) : [];
}

/** Names and bodies of a level of blocks, which JSON may write as an object or as a list of objects. */
function* members(block: unknown): Iterable<[string, unknown]> {
  for (const part of objects(block)) {
    for (const [name, body] of Object.entries(part)) {
      for (const one of Array.isArray(body) ? (body as unknown[]) : [body]) yield [name, one];
    }
  }
}

// Plan and state: values are as known; a plan's configuration says what each attribute refers to.

class ShownInstance extends Instance {
  constructor(
    module: Module,
    shown: ShownResource,
    private readonly configured: Json,
  ) {
    super(module, shown.address, shown.type, shown.mode !== "data", repetitionOf(configured, shown.index, module));
    this.values = shown.values ?? {};
  }

  private readonly values: Json;

  public known(...path: string[]): unknown[] {
    return at(this.values, path);
  }

  protected references(path: string[]): Reference[] {
    return at(this.configured.expressions, path).flatMap(referencesBelow);
  }

  public literals(...path: string[]): string[] {
    // A configuration in JSON is shown with its templates; one in HCL without.
    return at(this.configured.expressions, path).flatMap(templatesIn).flatMap(expressionsIn).flatMap(literalsIn);
  }
}

interface ShownResource {
  readonly address: string;
  readonly mode?: string;
  readonly type: string;
  readonly name: string;
  readonly index?: Key;
  readonly values?: Json;
}

interface ShownModule {
  readonly address?: string;
  readonly resources?: ShownResource[];
  readonly child_modules?: ShownModule[];
}

function readState(json: Json): Configuration {
  const values = json.values as { root_module?: ShownModule } | undefined;
  return { form: "state", resources: readModule(values?.root_module ?? {}, {}, () => undefined), unreadModules: [] };
}

function readPlan(json: Json): Configuration {
  const { planned_values, prior_state, configuration, variables } = json as {
    planned_values: { root_module?: ShownModule };
    prior_state?: { values?: { root_module?: ShownModule } };
    configuration?: { root_module?: Json };
    variables?: Json;
  };
  // What data sources have read already is in the prior state alone.
  const read = dataSources(prior_state?.values?.root_module ?? {});
  return {
    form: "plan",
    resources: readModule(
      merge(planned_values.root_module ?? {}, read),
      configuration?.root_module ?? {},
      (name) => at(variables, [name, "value"])[0],
    ),
    unreadModules: [],
  };
}

/** The same module with nothing but its data sources, and those of its children. */
function dataSources(module: ShownModule): ShownModule {
  return {
    ...module,
    resources: (module.resources ?? []).filter(({ mode }) => mode === "data"),
    child_modules: (module.child_modules ?? []).map(dataSources),
  };
}

function merge(module: ShownModule, other: ShownModule): ShownModule {
  const addresses = new Set((module.resources ?? []).map(({ address }) => address));
  const others = new Map((other.child_modules ?? []).map((child) => [child.address, child]));
  const children = (module.child_modules ?? []).map((child) => {
    const twin = others.get(child.address);
    others.delete(child.address);
    return twin ? merge(child, twin) : child;
  });
  return {
    ...module,
    resources: [
      ...(module.resources ?? []),
      ...(other.resources ?? []).filter(({ address }) => !addresses.has(address)),
    ],
    child_modules: [...children, ...others.values()],
  };
}

/**
 * @param configured - the module in the plan's configuration
 * @param variable - the value of one of its variables, if known
 * @param call - the call in the parent that makes this module
 */
function readModule(
  shown: ShownModule,
  configured: Json,
  variable: (name: string) => unknown,
  parent?: Module,
  call: Json = {},
): Instance[] {
  const { key, name } = lastModule(shown.address ?? "");
  const outputs = isJson(configured.outputs) ? configured.outputs : {};
  const definitions: Definitions = {
    references: (kind, wanted) => {
      if (kind === "var") return at(call.expressions, [wanted]).flatMap(referencesBelow);
      // Behind an index that is not written out, a plan does not say which output is meant.
      const meant = kind === "local" ? [] : wanted in outputs ? [outputs[wanted]] : Object.values(outputs);
      return at(meant, ["expression"]).flatMap(referencesBelow);
    },
    value: (kind, wanted) => (kind === "var" ? variable(wanted) : undefined),
  };
  const module = new Module(definitions, parent && repetitionOf(call, key, parent), parent);
  if (parent && name !== undefined) parent.children.set(name, [...(parent.children.get(name) ?? []), module]);
  const configs = new Map(objects(configured.resources).map((resource) => [resource.address, resource]));
  const calls = isJson(configured.module_calls) ? configured.module_calls : {};
  const own = (shown.resources ?? []).map((resource) => {
    const root = `${resource.mode === "data" ? "data." : ""}${resource.type}.${resource.name}`;
    const instance = new ShownInstance(module, resource, configs.get(root) ?? {});
    module.add(root, instance);
    return instance;
  });
  const below = (shown.child_modules ?? []).flatMap((child) => {
    const last = lastModule(child.address ?? "");
    const found = calls[last.name ?? ""];
    const childCall = isJson(found) ? found : {};
    const repetition = repetitionOf(childCall, last.key, module);
    const value = (wanted: string) => valueOf(at(childCall.expressions, [wanted])[0], module, repetition);
    return readModule(child, isJson(childCall.module) ? childCall.module : {}, value, module, childCall);
  });
  return [...own, ...below];
}

/** What a resource or module call of a plan's configuration, in a module, is repeated over. */
function repetitionOf({ for_each_expression: forEach }: Json, key: Key, module: Module): Repetition {
  return { key, over: referencesBelow(forEach), items: valueOf(forEach, module, {}) };
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
  return texts
    .filter(
      (text) =>
        !texts.some((longer) => longer !== text && longer.startsWith(text) && /^[.[]/.test(longer.slice(text.length))),
    )
    .flatMap(referencesIn);
}

// JSON in general.

/** All values at a path below a value; lists on the way, and at its end, stand for their elements. */
function at(value: unknown, path: readonly string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((element) => at(element, path));
  const [name, ...rest] = path;
  if (name === undefined) return value === undefined || value === null ? [] : [value];
  return isJson(value) ? at(value[name], rest) : [];
}

function objects(value: unknown): Json[] {
  return (Array.isArray(value) ? (value as unknown[]) : [value]).filter(isJson);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isJson(value: unknown): value is Json {
  return isObject(value) && !Array.isArray(value);
}
