import { type Difference, differences, inWords, reasonInWords } from "./differences";
import { nameOf } from "./change";
import { type Plan, type ResourceChange, textIn } from "./plan";

/** A registry that a plan takes away, with its images. */
export interface LostRegistry {
  readonly name: string;
  readonly address: string;
  /** What is made in its place, if anything is. */
  readonly successor?: string;
  /** Why, in words: the attributes that can't be changed in place, with their values before and after. */
  readonly reason: string;
}

/** The registries that a plan replaces or destroys: replaced as such, or one deleted and another created. */
export function lostRegistries({ changes }: Plan): LostRegistry[] {
  const registries = changes.filter(({ type, deposed }) => type === "azurerm_container_registry" && !deposed);
  const [created, ...more] = registries.filter(({ action }) => action === "create");
  return registries
    .filter(({ action }) => action === "replace" || action === "delete")
    .map((registry) => {
      const lost = { name: textIn(registry.before, "name") ?? registry.address, address: registry.address };
      if (registry.action === "replace")
        return {
          ...lost,
          successor: textIn(registry.after, "name") ?? registry.address,
          reason: reasonInWords(registry),
        };
      if (!created || more.length > 0) return { ...lost, reason: "it is not in the configuration any more" };
      const reason = inWords(identityDifferences(registry, created)) || "it has another address in Terraform";
      return { ...lost, successor: nameOf(created), reason };
    });
}

/** What tells two registries apart. */
function identityDifferences(before: ResourceChange, after: ResourceChange): Difference[] {
  const named = (values: ResourceChange["before"]) =>
    Object.fromEntries(["name", "location", "resource_group_name"].map((name) => [name, values[name]]));
  return differences({ ...after, before: named(before.before), after: named(after.after), unknown: {} });
}
