import { UserError } from "../user-error";
import { type Reference, expressionsIn, isTemplate, literalsIn, referencesIn, substitute } from "./expression";

type Json = Record<string, unknown>;
/** Which instance of a resource or module: a `count` index or a `for_each` key. */
type Key = string | number | undefined;

/** A resource or data source that something mentions, and the attribute of it that is meant, such as `.id`. */
export interface Mention {
  readonly resource: Resource;
  readonly steps: string;
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
    if ("values" in json || ("format_version" in json && "terraform_version" in json)) return readState(json);
    if ("resource" in json || "data" in json || "terraform" in json || "module" in json) return readSynthesized(json);
    if (json.version === 4 && "lineage" in json) {
      throw new UserError(`${source} is a raw state file. Give the output of: terraform show -json`);
    }
  }
  throw new UserError(
    `${source} is not Terraform JSON. Give a configuration such as cdk.tf.json, or the output of terraform show -json for a plan or a state.`,
  );
}

/** A module instance: the root, or what a module call makes. */
class Module {
  public readonly instances = new Map<string, Instance[]>();
  public readonly children = new Map<string, Module[]>();

  constructor(
    public readonly parent?: Module,
    public readonly key?: Key,
    /** References in the values that a variable, local or output of this module stands for. */
    private readonly definitions: (kind: "var" | "local" | "output", name: string) => Reference[] = () => [],
    /** The text of a local value, if it has one. */
    public readonly local: (name: string) => unknown = () => undefined,
  ) {}

  public add(root: string, instance: Instance): void {
    const instances = this.instances.get(root);
    if (instances) instances.push(instance);
    else this.instances.set(root, [instance]);
  }

  /** The resources that a reference in this module leads to. */
  public trace({ root, steps }: Reference, key: Key = this.key, depth = 0): Mention[] {
    if (depth > MAX_DEPTH) return [];
    const [kind = "", name = ""] = root.split(".");
    if (kind === "var") {
      return this.definitions("var", name).flatMap((found) => this.parent?.trace(found, this.key, depth + 1) ?? []);
    }
    if (kind === "local") return this.definitions("local", name).flatMap((found) => this.trace(found, key, depth + 1));
    if (kind === "module") {
      const { index, rest } = splitIndex(steps);
      const output = /^\.([\w-]+)/.exec(rest)?.[1] ?? "";
      return pick(this.children.get(name) ?? [], index, key).flatMap((child) =>
        child.definitions("output", output).flatMap((found) => child.trace(found, child.key, depth + 1)),
      );
    }
    const { index, rest } = splitIndex(steps);
    return pick(this.instances.get(root) ?? [], index, key).map((resource) => ({ resource, steps: rest }));
  }
}

/** Longer chains of variables, locals and outputs than anyone writes. */
const MAX_DEPTH = 20;

function splitIndex(steps: string): { index: Key; rest: string } {
  const found = /^\[(?:"([^"]*)"|(\d+)|[^\]]*)\]/.exec(steps);
  if (!found) return { index: undefined, rest: steps };
  const index = found[1] ?? (found[2] === undefined ? undefined : Number(found[2]));
  return { index, rest: steps.slice(found[0].length) };
}

/** The instances meant: the one with the index if there is an index, else the one with the same key, else all. */
function pick<T extends { key?: Key }>(instances: T[], index: Key, key: Key): T[] {
  for (const wanted of [index, key]) {
    const found = wanted === undefined ? [] : instances.filter((instance) => instance.key === wanted);
    if (found.length > 0) return found;
  }
  return instances;
}

/** A resource in its module. The forms differ in where values and references come from. */
abstract class Instance implements Resource {
  constructor(
    protected readonly module: Module,
    public readonly address: string,
    public readonly type: string,
    public readonly managed: boolean,
    public readonly key: Key,
  ) {}

  public abstract known(...path: string[]): unknown[];
  protected abstract references(path: string[]): Reference[];
  public abstract literals(...path: string[]): string[];

  public lost(...path: string[]): string[] {
    return this.references(path)
      .filter(({ root }) => /^(data\.|azurerm_|azapi_)/.test(root))
      .filter((reference) => this.module.trace(reference, this.key).length === 0)
      .map(({ root }) => root);
  }

  public text(...path: string[]): string | undefined {
    const [value, ...others] = this.known(...path);
    return typeof value === "string" && others.length === 0 ? value : undefined;
  }

  public mentions(...path: string[]): Mention[] {
    return this.references(path).flatMap((reference) => this.module.trace(reference, this.key ?? this.module.key));
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
    super(module, address, type, managed, key);
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
      const value = this.module.local(reference.root.slice("local.".length));
      return isTemplate(value) ? this.evaluate(value, depth + 1) : typeof value === "string" ? value : undefined;
    }
    const [found, ...others] = this.module.trace(reference, this.key);
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
  const root = new Module(
    undefined,
    undefined,
    (kind, name) => (kind === "local" ? templatesIn(locals[name]).flatMap(expressionsIn).flatMap(referencesIn) : []),
    (name) => locals[name],
  );
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
    private readonly configured: unknown,
  ) {
    super(module, shown.address, shown.type, shown.mode !== "data", shown.index);
    this.values = shown.values ?? {};
  }

  private readonly values: Json;

  public known(...path: string[]): unknown[] {
    return at(this.values, path);
  }

  protected references(path: string[]): Reference[] {
    return at(this.configured, path).flatMap(referencesBelow);
  }

  public literals(...path: string[]): string[] {
    // A configuration in JSON is shown with its templates; one in HCL without.
    return at(this.configured, path).flatMap(templatesIn).flatMap(expressionsIn).flatMap(literalsIn);
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
  return { form: "state", resources: readModule(values?.root_module ?? {}, {}), unreadModules: [] };
}

function readPlan(json: Json): Configuration {
  const { planned_values, prior_state, configuration } = json as {
    planned_values: { root_module?: ShownModule };
    prior_state?: { values?: { root_module?: ShownModule } };
    configuration?: { root_module?: Json };
  };
  // What data sources have read already is in the prior state alone.
  const read = dataSources(prior_state?.values?.root_module ?? {});
  return {
    form: "plan",
    resources: readModule(merge(planned_values.root_module ?? {}, read), configuration?.root_module ?? {}),
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

function readModule(shown: ShownModule, configured: Json, parent?: Module, call: Json = {}): Instance[] {
  const { key, name } = lastModule(shown.address ?? "");
  const outputs = isJson(configured.outputs) ? configured.outputs : {};
  const module = new Module(parent, key, (kind, wanted) => {
    const definition =
      kind === "var" ? at(call.expressions, [wanted]) : kind === "output" ? at(outputs, [wanted, "expression"]) : [];
    return definition.flatMap(referencesBelow);
  });
  if (parent && name !== undefined) parent.children.set(name, [...(parent.children.get(name) ?? []), module]);
  const configs = new Map(objects(configured.resources).map((resource) => [resource.address, resource.expressions]));
  const calls = isJson(configured.module_calls) ? configured.module_calls : {};
  const own = (shown.resources ?? []).map((resource) => {
    const root = `${resource.mode === "data" ? "data." : ""}${resource.type}.${resource.name}`;
    const instance = new ShownInstance(module, resource, configs.get(root));
    module.add(root, instance);
    return instance;
  });
  const below = (shown.child_modules ?? []).flatMap((child) => {
    const childCall = calls[lastModule(child.address ?? "").name ?? ""];
    const childConfiguration = isJson(childCall) && isJson(childCall.module) ? childCall.module : {};
    return readModule(child, childConfiguration, module, isJson(childCall) ? childCall : {});
  });
  return [...own, ...below];
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
