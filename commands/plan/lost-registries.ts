import { TAINTED } from "../engine/left-behind";
import { nameOf } from "./change";
import { type Difference, differences, differencesText, reasonText } from "./differences";
import { type Plan, type ResourceChange, textIn } from "./plan";

/** A registry that a plan replaces or destroys, with its images. */
export interface LostRegistry {
  readonly name: string;
  readonly address: string;
  /** Name of the registry that is created in its place, if one is. */
  readonly successor?: string;
  /** Why: the attributes that can't be updated in place, with their values before and after. */
  readonly reason: string;
  /** Whether the only reason is that its creation did not finish. */
  readonly isTainted: boolean;
}

/** The registries that a plan replaces or destroys: replaced as such, or one deleted and another created. */
export function lostRegistries({ changes }: Plan): LostRegistry[] {
  const registries = changes.filter(({ type, deposed }) => type === "azurerm_container_registry" && !deposed);
  const [created, ...more] = registries.filter(({ effect }) => effect === "created");
  return registries
    .filter(({ effect }) => effect === "replaced" || effect === "destroyed")
    .map((registry) => {
      const { address, reason } = registry;
      const lost = { name: textIn(registry.before, "name") ?? address, address, isTainted: reason === TAINTED };
      if (registry.effect === "replaced")
        return {
          ...lost,
          successor: textIn(registry.after, "name") ?? registry.address,
          reason: reasonText(registry),
        };
      if (!created || more.length > 0) return { ...lost, reason: "it is no longer in the configuration" };
      const why = differencesText(identityDifferences(registry, created)) || "it has another address in Terraform";
      return { ...lost, successor: nameOf(created), reason: why };
    });
}

/** What tells two registries apart. */
function identityDifferences(before: ResourceChange, after: ResourceChange): Difference[] {
  const named = (values: ResourceChange["before"]) =>
    Object.fromEntries(["name", "location", "resource_group_name"].map((name) => [name, values[name]]));
  return differences({ ...after, before: named(before.before), after: named(after.after), unknown: {} });
}
