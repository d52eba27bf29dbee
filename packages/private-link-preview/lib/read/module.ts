import { Budget, at, groupBy, once, unique } from "../../../common/util";
import type { Reference } from "./expression";
import type { Hider } from "./hidden";
import type { Resource } from "./resource";

/** Which instance of a resource or module: a `count` index or a `for_each` key. */
export type Key = string | number | undefined;

/** A resource or data source that something mentions, and the attribute of it that is meant, such as `.id`. */
export interface Mention {
  readonly resource: Resource;
  readonly steps: string;
  /** Whether it is one of several candidates, and the file does not show which. */
  readonly oneOf: boolean;
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
  /** The locals and variables that resources or modules are repeated over, which are no indices. */
  readonly collections: ReadonlySet<string>;
  references(kind: "var" | "local" | "output", name: string): readonly Reference[];
  /** The variables of the module that its call gives. */
  readonly given: readonly string[];
  /** The value of a variable or local, if known. */
  value(kind: "var" | "local", name: string): unknown;
}

/** What was followed since an expression. The same again adds nothing, nor does what leads in a circle. */
export class Trail {
  /** @param ends - takes what the file does not show more of */
  constructor(
    public readonly ends: Hider[] = [],
    private readonly followed = new Map<Module, Set<string>>(),
    private readonly depth = 0,
    private readonly before?: { readonly trail: Trail; readonly module: Module; readonly root: string },
  ) {}

  /** The trail behind a variable, local or output of a module; undefined if it need not be followed. */
  public behind(module: Module, root: string, steps: string): Trail | undefined {
    const known = this.followed.get(module) ?? new Set();
    this.followed.set(module, known);
    const size = known.size;
    if (this.depth >= MAX_DEPTH || known.add(root + steps).size === size || this.isBehind(module, root))
      return undefined;
    return new Trail(this.ends, this.followed, this.depth + 1, { trail: this, module, root });
  }

  private isBehind(module: Module, root: string): boolean {
    for (let { before } = this as Trail; before; before = before.trail.before) {
      if (before.module === module && before.root === root) return true;
    }
    return false;
  }
}

/** The instances of resources or modules, by name. */
class Group<T extends { key?: Key }> {
  private readonly byName = new Map<string, Instances<T>>();
  private readonly none = new Instances<T>();

  public add(name: string, instance: T): void {
    const instances = this.byName.get(name) ?? new Instances<T>();
    this.byName.set(name, instances);
    instances.add(instance);
  }

  public all(): T[] {
    return [...this.byName.values()].flatMap((instances) => instances.all);
  }

  public named(name: string): Instances<T> {
    return this.byName.get(name) ?? this.none;
  }
}

/** The instances of one resource or module, by key. */
class Instances<T extends { key?: Key }> {
  public readonly all: T[] = [];
  private readonly byKey = new Map<Key, T[]>();

  public add(instance: T): void {
    this.all.push(instance);
    const same = this.byKey.get(instance.key);
    if (same) same.push(instance);
    else this.byKey.set(instance.key, [instance]);
  }

  public withKey(key: Key): readonly T[] {
    return this.byKey.get(key) ?? [];
  }
}

/** Most references that are followed in a file. */
const MAX_REFERENCES = 1_000_000;

/** Instances that are looked through in the time in which one reference is followed. */
const INSTANCES_PER_REFERENCE = 10;

/** An instance of a module: the root module, or one instance of a module call. */
export class Module {
  public readonly instances = new Group<Resource>();
  public readonly children = new Group<Module>();
  private readonly budget: Budget;

  constructor(
    public readonly definitions: Definitions,
    private readonly repetition: Repetition = {},
    private readonly parent?: Module,
    private readonly address = "",
  ) {
    this.budget =
      parent?.budget ??
      new Budget(
        MAX_REFERENCES,
        `More than ${MAX_REFERENCES} references would have to be followed, because the expressions of this file refer to each other many times. Check its locals, variables and outputs.`,
      );
  }

  public get key(): Key {
    return this.repetition.key;
  }

  /** The keys of the module instances that lead to it, and its own. */
  public get keys(): Key[] {
    return [...(this.parent?.keys ?? []), this.key];
  }

  /**
   * The resources of a type to which an expression of this module can lead that the file does not show, such as that of a
   * local: those of the module, of the modules that it calls, and those that its own call names; if there are none, those
   * that its call may give it by an expression that the file does not show either.
   */
  public readonly scope: (type: string) => readonly Resource[] = once([], (type) => {
    const given = [
      ...this.definitions.given.flatMap((name) => this.definitions.references("var", name)),
      ...(this.repetition.over ?? []),
    ];
    const named = this.parent?.trace(given).map(({ resource }) => resource) ?? [];
    const near = unique([...this.below(type), ...named.filter((instance) => instance.type === type)]);
    return near.length > 0 ? near : unique(this.parent?.givenBy(given, type) ?? []);
  });

  /** What tells a local of this module from those of others. */
  private get where(): string {
    return this.address === "" ? "" : ` of ${this.address}`;
  }

  /** The module in which references to variables lead to what the file does not show. */
  public hiding(references: readonly Reference[]): Module {
    const names = references
      .map(({ root }) => root.split("."))
      .flatMap(([kind, name]) => (kind === "var" ? [name!] : []));
    if (!this.parent || references.length === 0 || names.length < references.length) return this;
    return this.parent.hiding(names.flatMap((name) => this.definitions.references("var", name)));
  }

  /** The resources of a type in this module and in those that it calls. */
  private readonly below: (type: string) => readonly Resource[] = once([], (type) => [
    ...this.instances.all().filter((instance) => instance.type === type),
    ...this.children.all().flatMap((child) => child.below(type)),
  ]);

  /** The resources of a type to which references in this module can lead. */
  private givenBy(references: readonly Reference[], type: string): readonly Resource[] {
    return unique(references.map(({ root }) => root)).flatMap((root): readonly Resource[] => {
      const [kind = "", name = ""] = root.split(".");
      if (kind === "local") return this.scope(type);
      if (kind === "module") return this.children.named(name).all.flatMap((child) => child.below(type));
      if (kind === "var") return this.parent?.givenBy(this.definitions.references("var", name), type) ?? [];
      if (kind === "each") return this.parent?.givenBy(this.repetition.over ?? [], type) ?? [];
      return this.instances.named(root).all.filter((instance) => instance.type === type);
    });
  }

  /** The resources that the references of one expression in this module lead to. */
  public trace(references: readonly Reference[], repetition: Repetition = {}, trail = new Trail()): Mention[] {
    this.budget.spend(references.length);
    const { hideIndices, collections } = this.definitions;
    const mayBeIndices = hideIndices
      ? references.filter(({ root, steps }) => INDEX.test(root) && !collections.has(root + steps))
      : [];
    const keys = new Set(mayBeIndices.map((reference) => this.valueOf(reference, repetition)));
    return references.flatMap(({ root, steps }): Mention[] => {
      const [kind = "", name = ""] = root.split(".");
      const further = (found: readonly Reference[]) => found.map((one) => ({ ...one, steps: one.steps + steps }));
      if (kind === "var") {
        const behind = trail.behind(this, root, steps);
        if (!this.parent || !behind) return [];
        return this.parent.trace(further(this.definitions.references("var", name)), this.repetition, behind);
      }
      if (kind === "local") {
        const behind = trail.behind(this, root, steps);
        const found = this.definitions.references("local", name);
        if (found.length === 0) trail.ends.push({ kind: "local", what: root + this.where });
        return behind ? this.trace(further(found), repetition, behind) : [];
      }
      if (root === "each.value") {
        // What a map of resources or modules is repeated over has their keys.
        const { key, over = [] } = repetition;
        return this.trace([...further(over), EACH_KEY], key === undefined ? {} : { key }, trail);
      }
      const { index, hidden, rest } = splitIndex(steps);
      if (kind === "module") {
        const [, output = "", after = ""] = /^\.([\w-]+)((?:[^\w-].*)?)$/s.exec(rest) ?? [];
        const { found, oneOf } = this.pick(this.children.named(name), index, hidden, keys);
        if (output === "") trail.ends.push({ kind: "output", what: root + this.where });
        return found.flatMap((child) =>
          child.traceOutput(output, after, trail).map((mention) => ({ ...mention, oneOf: mention.oneOf || oneOf })),
        );
      }
      const { found, oneOf } = this.pick(this.instances.named(root), index, hidden, keys);
      return found.map((resource) => ({ resource, steps: rest, oneOf }));
    });
  }

  /**
   * The instances meant: the one with the index if there is an index, else the one with one of the keys, else all.
   *
   * @param hidden - whether there is an index that can't be read
   * @param keys - what else stands in the expression, and may be an index; undefined where not known
   */
  private pick<T extends { key?: Key }>(
    instances: Instances<T>,
    index: Key,
    hidden: boolean,
    keys: ReadonlySet<unknown>,
  ): { found: readonly T[]; oneOf: boolean } {
    const byIndex = index === undefined ? [] : instances.withKey(index);
    if (byIndex.length > 0) return { found: byIndex, oneOf: false };
    this.budget.spend((keys.size + instances.all.length) / INSTANCES_PER_REFERENCE);
    const byKey = [...keys].flatMap((key) => (key === undefined ? [] : instances.withKey(key as Key)));
    if (byKey.length > 0) return { found: byKey, oneOf: byKey.length > 1 };
    return { found: instances.all, oneOf: instances.all.length > 1 && (hidden || keys.has(undefined)) };
  }

  /** The resources that an output leads to, and the steps after it; without a name, any output may be meant. */
  private traceOutput(output: string, after: string, trail: Trail): Mention[] {
    const behind = trail.behind(this, `output.${output}`, after);
    if (!behind) return [];
    const references = this.definitions.references("output", output);
    const mentions = this.trace(
      references.map(({ root, steps }) => ({ root, steps: steps + after })),
      {},
      behind,
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

/** Most variables, locals and outputs that lead to each other in a chain. */
const MAX_DEPTH = 100;

/** The index that steps start with: written out, or hidden behind a name. */
function splitIndex(steps: string): { index: Key; hidden: boolean; rest: string } {
  const found = /^\[(?:"([^"]*)"|(\d+)|([^\]]*))\]/.exec(steps);
  if (!found) return { index: undefined, hidden: false, rest: steps };
  const [whole, text, number, other] = found;
  const index = text ?? (number === undefined ? undefined : Number(number));
  return { index, hidden: other !== undefined && other !== "*", rest: steps.slice(whole.length) };
}
