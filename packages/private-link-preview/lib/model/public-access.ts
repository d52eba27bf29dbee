import type { Resource } from "../read/module";
import type { PublicAccess } from "./network-model";
import { TYPES } from "./resources";

/** The attributes that say it, by their names in azurerm and azapi. */
const ATTRIBUTES = [
  "public_network_access_enabled",
  "public_network_enabled",
  "public_network_access",
  "body.properties.publicNetworkAccess",
];

/** Whether public network access is enabled, as far as the resource says it. */
export function publicAccessOf(resource: Resource): PublicAccess {
  const [value] = ATTRIBUTES.flatMap((path) => resource.known(...path.split(".")));
  if (value === true || (typeof value === "string" && value.toLowerCase() === "enabled")) return "enabled";
  if (typeof value === "boolean" || typeof value === "string") return "disabled";
  // Of a registry, azurerm has the default true.
  const isDefault = resource.type === TYPES.registry && resource.managed && resource.leavesOut(ATTRIBUTES[0]!);
  return isDefault ? "enabled" : "not known";
}
