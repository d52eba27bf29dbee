import { azureTypeOf, sourcesOf, translationOf } from "./azure-form";
import type { Source, Translation } from "./translations";
import type { Reference } from "./expression";
import type { Hidden, Hider } from "./hidden";
import { type Key, type Mention, type Module, type Repetition, Trail } from "./module";

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
