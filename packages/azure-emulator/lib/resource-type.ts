import type { Json } from "./json";
import type { Resource, Store } from "./store";

/** What Azure lets a name of a resourceType be. */
export interface NameRule {
  readonly form: RegExp;
  /** In words, for the refusal. */
  readonly allowed: string;
}

/**
 * What is particular about one resourceType of resource. What all have in common, the resource manager does: names, groups,
 * parents, tags, locks, provisioning states, operations.
 */
export interface ResourceType<Properties = Json> {
  /** Type as Azure spells it: `Microsoft.Network/privateEndpoints`. */
  readonly type: string;
  readonly names: NameRule;
  /** Whether it lies in a region, in none, or has no location at all. */
  readonly location: "region" | "global" | "none";
  /** Whether Azure writes it by an operation that the client polls. @default false */
  readonly byOperation?: boolean;
  /** What Azure answers a first PUT with. @default 201 */
  readonly created?: 200;
  /** What can be asked of a resource beyond reading, writing and deleting it, by method and name: `POST start`. */
  readonly actions?: Record<string, (resource: Resource<Properties>) => unknown>;
  /** Most tags that it takes. @default 50 */
  readonly tagLimit?: number;
  /**
   * Completes what a client wrote with what Azure adds to it, before it is kept.
   *
   * @throws ArmError if Azure refuses it
   */
  prepare?(resource: Resource<Properties>, store: Store, old: Resource<Properties> | undefined): void;
  /**
   * Does what its coming or change brings about elsewhere.
   *
   * @throws ArmError if that fails: the resource goes back to what it was
   */
  arrived?(resource: Resource<Properties>, store: Store): void;
  /** What keeps it from being deleted. */
  refuseDeletion?(resource: Resource<Properties>, store: Store): void;
  /** Does what its going brings about elsewhere; it and what lay below it are gone already. */
  left?(resource: Resource<Properties>, store: Store): void;
  /** What a GET shows beyond what is kept. */
  shown?(resource: Resource<Properties>, store: Store): Json;
}

/** Declares a resourceType: gives its methods the type of its properties, and lets it be listed with kinds of other ones. */
export function resourceType<Properties>(definition: ResourceType<Properties>): ResourceType {
  return definition as unknown as ResourceType;
}

/** A rule for names of `min` to `max` letters, digits, dots, underscores and hyphens, as most of Microsoft.Network has. */
export function networkName(max: number): NameRule {
  return {
    form: new RegExp(`^(?=.{1,${max}}$)[a-z0-9]([\\w.-]*\\w)?$`, "i"),
    allowed: `1 to ${max} letters, digits, underscores, dots and hyphens, starting with a letter or digit, ending with one or an underscore`,
  };
}
