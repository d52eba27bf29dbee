import type { Resource } from "../read/module";
import { groupBy, unique } from "../util/collections";

/** Resource types that more than one file of this folder looks for. */
export const TYPES = {
  network: "azurerm_virtual_network",
  subnet: "azurerm_subnet",
  zone: "azurerm_private_dns_zone",
  record: "azurerm_private_dns_a_record",
  registry: "azurerm_container_registry",
  endpoint: "azurerm_private_endpoint",
  securityGroup: "azurerm_network_security_group",
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

  /** The one resource of a type that stands at a path of a resource: by a reference, an id or a name. */
  public at(from: Resource, type: string, ...path: string[]): Resource | undefined {
    const mentioned = unique(mentionsOf(from, path, type));
    if (mentioned.length === 1) return mentioned[0];
    const text = from.text(...path);
    if (text === undefined) return undefined;
    return text.startsWith("/") ? this.byId(type, text) : this.byName(type, text, from, mentioned);
  }

  /** A resource by its name, in the resource group and subscription of the resource that names it. */
  public byName(type: string, name: string, from: Resource, among: readonly Resource[]): Resource | undefined {
    const path = (of: Resource, called?: string) => `${of.text("resource_group_name") ?? ""}/${called ?? ""}`;
    const wanted = path(from, name).toLowerCase();
    const candidates = new Set(among);
    let found: Resource | undefined;
    for (const resource of this.named(type, path, wanted, subscriptionOf(from.text("id")))) {
      if (candidates.size > 0 && !candidates.has(resource)) continue;
      if (found) return undefined;
      found = resource;
    }
    return found;
  }

  /** The resources with a path, in a subscription as far as that is known. */
  private named(
    type: string,
    path: (of: Resource, called?: string) => string,
    wanted: string,
    subscription: string,
  ): Resource[] {
    const its = (of: Resource) => path(of, of.text("name"));
    if (subscription === "") return this.index(type, "name", its).get(wanted) ?? [];
    const bySubscription = this.index(
      type,
      "name and subscription",
      (of) => `${subscriptionOf(of.text("id"))} ${its(of)}`,
    );
    return [subscription, ""].flatMap((one) => bySubscription.get(`${one} ${wanted}`) ?? []);
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
