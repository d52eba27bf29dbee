import type { Resource } from "../read/module";
import { groupBy } from "../util/collections";

/** Resource types that more than one file of this folder looks for. */
export const TYPES = {
  network: "azurerm_virtual_network",
  subnet: "azurerm_subnet",
  zone: "azurerm_private_dns_zone",
  record: "azurerm_private_dns_a_record",
  registry: "azurerm_container_registry",
  endpoint: "azurerm_private_endpoint",
} as const;

/** The resources of a file, found by their type and by what Azure calls them. */
export class Resources {
  private readonly byType: ReadonlyMap<string, Resource[]>;
  private readonly indices = new Map<string, Map<string, Resource[]>>();

  constructor(resources: readonly Resource[]) {
    this.byType = groupBy(resources, ({ type }) => type);
  }

  public ofType(type: string): readonly Resource[] {
    return this.byType.get(type) ?? [];
  }

  public byId(type: string, id: string): Resource | undefined {
    return this.index(type, "id", (resource) => resource.text("id")).get(id.toLowerCase())?.[0];
  }

  /** A resource by its name, in the resource group and subscription of the resource that names it. */
  public byName(type: string, name: string, from: Resource, among: readonly Resource[]): Resource | undefined {
    const path = (of: Resource, called?: string) => `${of.text("resource_group_name") ?? ""}/${called ?? ""}`;
    const named = this.index(type, "name", (resource) => path(resource, resource.text("name")));
    const subscription = subscriptionOf(from.text("id"));
    const [found, ...others] = (named.get(path(from, name).toLowerCase()) ?? []).filter(
      (resource) =>
        (among.length === 0 || among.includes(resource)) &&
        mayBeSame(subscriptionOf(resource.text("id")), subscription),
    );
    return others.length === 0 ? found : undefined;
  }

  private index(type: string, kind: string, key: (resource: Resource) => string | undefined): Map<string, Resource[]> {
    const known = this.indices.get(`${type} ${kind}`);
    if (known) return known;
    const index = groupBy(this.ofType(type), (resource) => key(resource)?.toLowerCase() ?? "");
    this.indices.set(`${type} ${kind}`, index);
    return index;
  }
}

/** The resources of a type that a resource mentions at a path. */
export function mentionsOf(resource: Resource, path: readonly string[], type: string): Resource[] {
  return resource.mentions(...path).flatMap((mention) => (mention.resource.type === type ? [mention.resource] : []));
}

/** The subscription in an id, in lower case; empty where it is not known. */
export function subscriptionOf(id = ""): string {
  return /^\/subscriptions\/([^/]+)\//i.exec(id)?.[1]?.toLowerCase() ?? "";
}

/** Whether two subscriptions can be the same, as far as they are known. */
export function mayBeSame(a: string, b: string): boolean {
  return a === b || a === "" || b === "";
}

/** The name at the end of an id. */
export function lastSegment(id: string): string {
  return id.split("/").at(-1) ?? id;
}

/** The texts among some values. */
export function texts(values: readonly unknown[]): string[] {
  return values.filter((value): value is string => typeof value === "string");
}

/** A member with its value; none if there is no value. */
export function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return (value === undefined ? {} : { [key]: value }) as Partial<Record<K, V>>;
}
