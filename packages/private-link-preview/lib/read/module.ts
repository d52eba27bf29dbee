import { Budget, at, groupBy, once, unique } from "../../../common/util";
import { azureTypeOf, sourcesOf, translationOf } from "./azure-form";
import type { Reference } from "./expression";
import type { Hidden, Hider } from "./hidden";
import { Group, type Instances, type Key } from "./instances";
import type { Source, Translation } from "./translations";

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

/** The resources whose ids or names an attribute of a mentioned resource was given. */
function givenTo({ resource, steps, oneOf }: Mention): Mention[] {
  const [, attribute] = /^\.(\w+_(?:id|name))$/.exec(steps) ?? [];
  if (attribute === undefined) return [];
  return resource.given(attribute).map((mention) => ({ ...mention, oneOf: mention.oneOf || oneOf }));
}

/** What of a mention keeps the value of its expression from being known. */
function hiderIn({ resource, steps, oneOf }: Mention): Hider[] {
  if (oneOf) return [{ kind: "instance", what: resource.address.replace(/\[[^[\]]*\]/g, "") }];
  // What follows an id or a name is of the object that it was in: locals and variables are followed with their steps.
  const [own] = /^.*?\.(id|name)\b|.*/s.exec(steps)!;
  const what = resource.address + own;
  const path = /^(\.\w+|\[(\d+|\*)\])+$/.test(own) ? own.split(/[.[\]]+/).filter((step) => /^[a-z_]/i.test(step)) : [];
  if (path.length === 0) return [{ kind: "resource", what }];
  if (resource.isSecret(path)) return [{ kind: "sensitive", what }];
  return resource.unknown(...path) || resource.known(...path).length === 0 ? [{ kind: "attribute", what }] : [];
}

/**
 * One instance of a resource or data source, whichever of Terraform's JSON forms it was read from. The forms differ in where
 * values and references come from.
 *
 * A path names an attribute, or one inside blocks; where blocks or lists repeat, it stands for all of them.
 */
export abstract class Resource {
  public readonly type: string;
  /** Its type in Azure in lower case, for a resource in the form of Azure's API, as azapi has it; empty for others. */
  public readonly azureType: string;
  /** The resource of the file that this data source reads. */
  public standsFor?: Resource;
  private readonly translation: Translation | undefined;

  /**
   * @param address - as Terraform writes it: `module.network["a"].azurerm_subnet.endpoints[0]`; another file that has the
   *   resource too may give it another one
   * @param type - as the file has it
   * @param azureType - what its attribute `type` says
   * @param managed - false for a data source
   * @param subscription - that of its provider, where the configuration shows it; empty where not
   */
  constructor(
    protected readonly module: Module,
    public address: string,
    type: string,
    azureType: unknown,
    public readonly managed: boolean,
    protected readonly repetition: Repetition,
    public readonly subscription = "",
  ) {
    this.translation = translationOf(type, azureType);
    this.azureType = type === "azapi_resource" ? azureTypeOf(azureType) : "";
    this.type = this.translation?.type ?? type;
  }

  /** The attributes that are marked as sensitive and were asked for as if they were not, with the address. */
  public get withheld(): readonly string[] {
    return [];
  }

  /** Which instance of the resource it is. */
  public get key(): Key {
    return this.repetition.key;
  }

  /** The keys of the module instances that it is in, from the outermost. */
  public get moduleKeys(): Key[] {
    return this.module.keys;
  }

  protected abstract values(source: Source): unknown[];
  protected abstract isUnknown(path: readonly string[]): boolean;
  /** Whether there is nothing at a path, and nothing is hidden there. */
  protected abstract lacks(path: readonly string[]): boolean;
  /** Whether an attribute is given that may be write-only. */
  protected abstract isGiven(attribute: string): boolean;
  protected abstract references(path: readonly string[]): Reference[];
  /** The string literals in the expressions at a path, where the form still has them. */
  public abstract literals(...path: string[]): string[];
  protected abstract endingAt(path: readonly string[]): string;

  /** The values at a path that are known. */
  public known(...path: string[]): unknown[] {
    if (!this.translation) return this.values({ path });
    const found = sourcesOf(this.translation, path).map((source) => this.values(source));
    return found.find((values) => values.length > 0) ?? this.derived(path);
  }

  /** Whether the value at a path is (known after apply). */
  public unknown(...path: string[]): boolean {
    const paths = this.translation ? sourcesOf(this.translation, path).map((source) => source.path) : [path];
    return this.known(...path).length === 0 && paths.some((one) => this.isUnknown(one));
  }

  /** Whether the value at a path is given and not known, so that no default stands for it. */
  public hides(...path: string[]): boolean {
    // Terraform shows an attribute that is not set and that Azure may set as (known after apply) too: then no resource decides
    // it. What a body of azapi leaves out can't be told from what is unknown in it, and counts as left out.
    const decided = this.mentions(...path).length + this.lost(...path).length + this.hiddenBy(...path).by.length > 0;
    if (this.isInSecretBody(path)) return true;
    return this.unknown(...path) && decided && this.known("body").length === 0;
  }

  /** Whether a path may be in the part of azapi's body that is write-only, which no plan and no state shows. */
  private isInSecretBody(path: readonly string[]): boolean {
    if (!this.translation || !this.isGiven("sensitive_body") || this.known(...path).length > 0) return false;
    return sourcesOf(this.translation, path).some(({ path: [first] }) => first === "body");
  }

  /** Whether a configuration leaves the attribute out, so that the default of the azurerm provider applies. */
  public leavesOut(...path: string[]): boolean {
    return !this.translation && this.lacks(path);
  }

  /** What azurerm has as an attribute, and azapi only in an id. */
  private derived([attribute, ...rest]: readonly string[]): unknown[] {
    if (rest.length > 0 || (attribute !== "name" && attribute !== "resource_group_name")) return [];
    const ids = ["resource_id", "id", "parent_id"].flatMap((one) => this.text(one) ?? []);
    if (attribute === "name") return ids.slice(0, 1).map((id) => id.split("/").at(-1));
    const [found] = ids.flatMap((id) => /\/resourcegroups\/([^/]+)/i.exec(id)?.[1] ?? []);
    const group = () =>
      this.mentions("parent_id").find(({ resource }) => resource.type === "azurerm_resource_group")?.resource;
    const name = found ?? group()?.text("name");
    return name === undefined ? [] : [name];
  }

  /** The text at the end of a template at a path, after what is not known; empty where there is none, or it is not shown. */
  public ending(...path: string[]): string {
    return this.translation ? "" : this.endingAt(path);
  }

  /** What keeps the value at a path from being known, as far as the file shows it. */
  public hiddenBy(...path: string[]): Hidden {
    const [place = path] = this.translation ? sourcesOf(this.translation, path).map((source) => source.path) : [path];
    const { address } = this;
    if (this.hidesBlocks(place)) return { address, attribute: place[0]!, by: [{ kind: "blocks", what: "" }] };
    const attribute = place.join(".");
    if (this.isSecret(place))
      return { address, attribute, by: [{ kind: "sensitive", what: `${address}.${attribute}` }] };
    const ends: Hider[] = [];
    const mentions = this.module.trace(this.referencesAt(path), this.repetition, new Trail(ends));
    // Where any output of a module may be meant, what it leads to is one of several for that reason alone.
    const isAnyOutput = ends.some(({ kind }) => kind === "output");
    const told = mentions.filter(({ oneOf }) => !(isAnyOutput && oneOf));
    return { address, attribute, by: [...ends, ...told.flatMap(hiderIn)] };
  }

  /** Whether it is not known how many blocks there are at the start of a path. */
  protected abstract hidesBlocks(path: readonly string[]): boolean;

  /** Whether what stands at a path is marked as sensitive. */
  public isSecret(path: readonly string[]): boolean {
    return this.isInSecretBody(path);
  }

  /** The resources of a type to which an expression at a path can lead that the file does not show. */
  public scope(type: string, ...path: string[]): readonly Resource[] {
    return this.module.hiding(this.referencesAt(path)).scope(type);
  }

  /** References at a path to resources that are not in the file, where the form still has them. */
  public lost(...path: string[]): string[] {
    return this.referencesAt(path)
      .filter(({ root }) => /^(data\.|azurerm_|azapi_)/.test(root))
      .filter((reference) => this.module.trace([reference], this.repetition).length === 0)
      .map(({ root }) => root);
  }

  /** The one known text at a path. */
  public text(...path: string[]): string | undefined {
    const [value, ...others] = this.known(...path);
    return typeof value === "string" && others.length === 0 ? value : undefined;
  }

  /** What the expressions at a path refer to, through variables, locals, and modules' outputs. */
  public mentions(...path: string[]): Mention[] {
    return this.module
      .trace(this.referencesAt(path), this.repetition)
      .flatMap((mention) => [mention, ...givenTo(mention)])
      .map((mention) => ({ ...mention, resource: mention.resource.standsFor ?? mention.resource }));
  }

  /** What an attribute that this resource was given refers to: `peering.parent_id` is the id of the network it was given. */
  public given(attribute: string): Mention[] {
    return this.module.trace(this.references([attribute]), this.repetition);
  }

  private referencesAt(path: readonly string[]): Reference[] {
    if (!this.translation) return this.references(path);
    return sourcesOf(this.translation, path).flatMap(({ path }) => this.references(path));
  }
}
