import type { Configuration } from "../read/configuration";
import type { Resource } from "../read/module";
import { at, groupBy, isJson, once, unique } from "../../../common/util";

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

/** What stands at a path of a resource: one resource, or one of several. */
export interface Found {
  readonly resource?: Resource;
  /** Those that it may be, where the file does not show which. */
  readonly among: readonly Resource[];
}

/** The resources of a file, found by their type and by what Azure calls them. */
export class Resources {
  private readonly byType: ReadonlyMap<string, Resource[]>;
  private readonly indices = new Map<string, Map<string, Resource[]>>();
  /** The subscriptions of which the file shows an id, in lower case. */
  private readonly subscriptions: ReadonlySet<string>;

  private readonly form: Configuration["form"];

  constructor({ resources, form, subscriptions = [] }: Configuration) {
    this.form = form;
    this.byType = groupBy(resources, ({ type }) => type);
    this.subscriptions = new Set(
      resources
        .flatMap((resource) => [
          subscriptionOf(resource.text("id")),
          ...(SUBSCRIPTION_SOURCES.includes(resource.type) ? texts(resource.known("subscription_id")) : []),
        ])
        .concat(subscriptions)
        .filter((subscription) => subscription !== "")
        .map((subscription) => subscription.toLowerCase()),
    );
  }

  public ofType(type: string): readonly Resource[] {
    return this.byType.get(type) ?? [];
  }

  /** The resource with an id. Before it exists its own id is not known, so its names in Azure are compared. */
  public byId(type: string, id: string): Resource | undefined {
    const found = this.index(type, "id", (resource) => resource.text("id")).get(id.toLowerCase())?.[0];
    if (found || this.form === "state") return found;
    const [, subscription = "", group = "", names = ""] =
      /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/providers\/[^/]+\/(.+)$/i.exec(id) ?? [];
    // Another subscription may have resources of the same names.
    const [only, ...others] = this.subscriptions;
    if (names === "" || only !== subscription.toLowerCase() || others.length > 0) return undefined;
    const segments = names.split("/").filter((_, index) => index % 2 === 1);
    const path = `${group}/${segments.at(-1)!}`.toLowerCase();
    const candidates = (this.index(type, "name", pathOf).get(path) ?? []).filter(
      (one) =>
        one.text("id") === undefined && (segments.length < 2 || one.text("virtual_network_name") === segments[0]),
    );
    return candidates.length === 1 ? candidates[0] : undefined;
  }

  /** The one resource of a type that stands at a path of a resource: by a reference, an id or a name. */
  public at(from: Resource, type: string, ...path: string[]): Resource | undefined {
    return this.find(from, type, ...path).resource;
  }

  /** What stands at a path of a resource: the address of a resource of the file, or an id in lower case. */
  public key(from: Resource, type: string, ...path: string[]): string | undefined {
    return this.at(from, type, ...path)?.address ?? from.text(...path)?.toLowerCase();
  }

  /** The resources of a type in a list at a path of a resource: by references, then by ids. */
  public allAt(from: Resource, type: string, ...path: string[]): Resource[] {
    const byId = texts(from.known(...path)).flatMap((id) => this.byId(type, id) ?? []);
    return unique([...mentionsOf(from, path, type), ...byId]);
  }

  /** The resource of a type that stands at a path of a resource, or those that it may be. */
  public find(from: Resource, type: string, ...path: string[]): Found {
    const mentioned = unique(mentionsOf(from, path, type));
    if (mentioned.length === 1) return { resource: mentioned[0]!, among: mentioned };
    const text = from.text(...path);
    if (text !== undefined) {
      const named = text.startsWith("/") ? this.byId(type, text) : this.byName(type, text, from, mentioned);
      return { ...optional("resource", named), among: named ? [named] : mentioned };
    }
    if (this.form !== "plan" || !from.unknown(...path)) return { among: mentioned };
    // What is not known yet is of a resource that this plan creates.
    const among = mentioned.length > 0 ? mentioned : this.createdFor(from, type, ...path);
    const resource = among.length === 1 ? among[0] : this.withKeyOf(from, among);
    return { ...optional("resource", resource), among };
  }

  /** The one of several resources with the same key as another, or with that name: `azurerm_virtual_network.this["a"]` for a link `["a"]`. */
  public withKeyOf(from: Resource, among: readonly Resource[]): Resource | undefined {
    const keys = keysOf(from);
    if (keys.length === 0) return undefined;
    const { same, alike } = this.byKeys(among);
    const found = same.get(keys.join("/")) ?? alike.get(keys.at(-1)!) ?? [];
    return found.length === 1 ? found[0] : undefined;
  }

  /** Resources by all of their keys, and by each of them. */
  private readonly byKeys = once<
    readonly Resource[],
    Record<"same" | "alike", ReadonlyMap<string, readonly Resource[]>>
  >({ same: new Map(), alike: new Map() }, (resources) => {
    const each = resources.flatMap((resource) =>
      unique([...keysOf(resource), ...namesOf(resource)]).map((key) => ({ key, resource })),
    );
    return {
      same: groupBy(resources, (resource) => keysOf(resource).join("/")),
      alike: groupBy(
        each,
        ({ key }) => key,
        ({ resource }) => resource,
      ),
    };
  });

  /** The resources of a type that a plan creates, and to which a resource can refer at a path. */
  public createdFor(from: Resource, type: string, ...path: string[]): readonly Resource[] {
    const inScope = this.createdAmong(from.scope(type, ...path));
    return inScope.length > 0 ? inScope : this.created(type);
  }

  private readonly createdAmong = once<readonly Resource[], readonly Resource[]>([], (resources) =>
    resources.filter(isCreated),
  );

  /** The resources of a type that a plan creates. */
  private readonly created = once<string, readonly Resource[]>([], (type) => this.ofType(type).filter(isCreated));

  /** A resource by its name, in the resource group and subscription of the resource that names it. */
  public byName(type: string, name: string, from: Resource, among: readonly Resource[]): Resource | undefined {
    const wanted = pathOf(from, name).toLowerCase();
    const candidates = new Set(among);
    let found: Resource | undefined;
    for (const resource of this.named(type, wanted, ownSubscription(from))) {
      if (candidates.size > 0 && !candidates.has(resource)) continue;
      if (found) return undefined;
      found = resource;
    }
    return found;
  }

  /** The resources with a path, in a subscription as far as that is known. */
  private named(type: string, wanted: string, subscription: string): Resource[] {
    if (subscription === "") return this.index(type, "name", pathOf).get(wanted) ?? [];
    const bySubscription = this.index(type, "name and subscription", (of) => `${ownSubscription(of)} ${pathOf(of)}`);
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

/** Data sources that show the subscription of a provider. */
const SUBSCRIPTION_SOURCES = ["azurerm_client_config", "azurerm_subscription", "azapi_client_config"];

function isCreated(resource: Resource): boolean {
  return resource.managed && resource.text("id") === undefined;
}

/** Resource group and name. */
function pathOf(of: Resource, name: string | undefined = of.text("name")): string {
  return `${of.text("resource_group_name") ?? ""}/${name ?? ""}`;
}

/** What a resource and the modules that it is in are called in Terraform, and what it is called in Azure. */
function namesOf(resource: Resource): string[] {
  // In module.a.azurerm_x.b, the names of modules are those after the word module.
  const parts = resource.address.replace(/\[[^[\]]*\]/g, "").split(".");
  const labels = parts.filter((_, index) => index === parts.length - 1 || parts[index - 1] === "module");
  return [...labels.filter((label) => !COMMON.includes(label)), ...texts([resource.text("name")])];
}

/** Names that many resources have in Terraform. */
const COMMON = ["this", "main", "default", "example", "primary"];

/** The text keys of a resource and of the module instances that it is in. */
function keysOf({ moduleKeys, key }: Resource): string[] {
  return [...moduleKeys, key].filter((one) => typeof one === "string");
}

/** The address of a resource without any key: the same for all that one block makes. */
export function baseOf({ address }: Resource): string {
  return address.replace(/\[[^[\]]*\]/g, "");
}

/** The resources of a type that a resource mentions at a path. */
export function mentionsOf(resource: Resource, path: readonly string[], type: string): Resource[] {
  return resource.mentions(...path).flatMap((mention) => (mention.resource.type === type ? [mention.resource] : []));
}

/** The subscription in an id, in lower case; empty where it is not known. */
export function subscriptionOf(id = ""): string {
  return /^\/subscriptions\/([^/]+)\//i.exec(id)?.[1]?.toLowerCase() ?? "";
}

/** The subscription of a resource, in lower case: that of its id, or of its provider; empty where it is not known. */
function ownSubscription(of: Resource): string {
  return subscriptionOf(of.text("id")) || of.subscription.toLowerCase();
}

/** The name at the end of an id. */
export function lastSegment(id: string): string {
  return id.split("/").at(-1) ?? id;
}

/** The blocks of a name in a resource, to be read as a resource is. */
export function blocksOf(resource: Pick<Resource, "known">, name: string): Pick<Resource, "known">[] {
  const blocks = resource.known(name).filter(isJson);
  return blocks.map((block) => ({ known: (...path) => at(block, path) }));
}

/** The texts among some values. */
export function texts(values: readonly unknown[]): string[] {
  return values.filter((value): value is string => typeof value === "string");
}

/** A member with its value; none if there is no value. */
export function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return (value === undefined ? {} : { [key]: value }) as Partial<Record<K, V>>;
}
