import { groupBy, unique } from "../util/collections";
import { at } from "../util/json";
import type { Reference } from "./expression";

/** Which instance of a resource or module: a `count` index or a `for_each` key. */
export type Key = string | number | undefined;

/** A resource or data source that something mentions, and the attribute of it that is meant, such as `.id`. */
export interface Mention {
  readonly resource: Resource;
  readonly steps: string;
  /** Whether it is one of several candidates, and the file does not show which. */
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

/** What a resource or a module call is repeated over. */
export interface Repetition {
  /** Which instance this is. */
  readonly key?: Key;
  /** What `for_each` refers to. */
  readonly over?: readonly Reference[];
  /** What `for_each` is, if known. */
  readonly items?: unknown;
}

/** Looks up what the variables, locals and outputs of a module stand for. */
export interface Definitions {
  /** Whether references lack the indices that are not plain: a plan lists `a[b].c` as `a` and `b`. */
  readonly hideIndices: boolean;
  references(kind: "var" | "local" | "output", name: string): readonly Reference[];
  /** The value of a variable or local, if known. */
  value(kind: "var" | "local", name: string): unknown;
}

/** An instance of a module: the root module, or one instance of a module call. */
export class Module {
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
    const mayBeIndices = this.definitions.hideIndices ? references.filter(({ root }) => INDEX.test(root)) : [];
    const keys = mayBeIndices.map((reference) => this.valueOf(reference, repetition));
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

/** What can be an index. */
const INDEX = /^(each|count|var|local)\./;

const EACH_KEY: Reference = { root: "each.key", steps: "" };

/** A limit for chains of variables, locals and outputs, which may be circular. */
export const MAX_DEPTH = 20;

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
export abstract class Instance implements Resource {
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
