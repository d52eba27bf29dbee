import { groupBy } from "../../../common/util";
import type { Configuration } from "./configuration";
import type { Resource } from "./module";

/** What a resource is called in Azure, as far as a file shows it. */
const IDENTITY = ["resource_group_name", "virtual_network_name"];

/**
 * Leaves out the data sources that read what the file itself manages: what refers to one of them refers to the resource.
 * They have the same id, or before they exist the same name and group, where only one resource is meant.
 */
export function withoutOwnData(configuration: Configuration): Configuration {
  const managed = groupBy(
    configuration.resources.filter((resource) => resource.managed),
    keyOf,
  );
  const resources = configuration.resources.filter((resource) => {
    if (resource.managed || resource.text("name") === undefined) return true;
    const [own, ...others] = (managed.get(keyOf(resource)) ?? []).filter((one) => isSame(one, resource));
    if (!own || others.length > 0) return true;
    resource.standsFor = own;
    return false;
  });
  return { ...configuration, resources };
}

function keyOf(resource: Resource): string {
  return `${resource.type} ${resource.text("name")?.toLowerCase() ?? ""}`;
}

function isSame(one: Resource, other: Resource): boolean {
  // What exists already is not what is still to be created.
  const [id, otherId] = [one.text("id"), other.text("id")];
  if (id !== undefined || otherId !== undefined) return id?.toLowerCase() === otherId?.toLowerCase();
  return IDENTITY.every((attribute) => one.text(attribute)?.toLowerCase() === other.text(attribute)?.toLowerCase());
}
