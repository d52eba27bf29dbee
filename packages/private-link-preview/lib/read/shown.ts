import { type Json, at, isJson, isObject, objects } from "../util/json";
import type { Configuration } from "./configuration";
import { type Reference, expressionsIn, literalsIn, referencesIn, templatesIn } from "./expression";
import { type Definitions, Instance, type Key, Module, type Repetition } from "./module";

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
    // A plan of a configuration in JSON shows its templates; a plan of one in HCL does not.
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

/** Reads a state as Terraform shows it: all values are known, and no expression is left. */
export function readStateJson(json: Json): Configuration {
  const values = json.values as { root_module?: ShownModule } | undefined;
  return { form: "state", resources: readModule(values?.root_module ?? {}, {}, () => undefined), unreadModules: [] };
}

/** Reads a plan as Terraform shows it: values as far as known, and what each attribute refers to. */
export function readPlanJson(json: Json): Configuration {
  const { planned_values, prior_state, configuration, variables } = json as {
    planned_values: { root_module?: ShownModule };
    prior_state?: { values?: { root_module?: ShownModule } };
    configuration?: { root_module?: Json };
    variables?: Json;
  };
  // What data sources read while planning is only in the prior state.
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
    hideIndices: true,
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
  const own = (objects(shown.resources) as unknown as ShownResource[]).map((resource) => {
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
