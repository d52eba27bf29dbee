import type { CloudName } from "../../../common/azure/clouds";
import { hostsToCome, listedHost } from "../../../common/azure/listed-hosts";
import { cloudOf, normaliseRegion } from "../../../common/azure/regions";
import {
  type ServiceHost,
  type ValueOf,
  serviceByAzureType,
  serviceByTerraformType,
  serviceHosts,
  serviceOfId,
  subresourceOf,
} from "../../../common/azure/service-names";
import { SERVICES, type ServiceType } from "../../../common/azure/services";
import type { Resource } from "../read/module";
import { once, unique } from "../../../common/util/collections";
import type { Host, Service, UnreadEndpoint } from "./network-model";
import { publicAccessOf } from "./public-access";
import { type Registries, placeholderOf } from "./registries";
import { type Resources, TYPES, texts } from "./resources";
import type { Zones } from "./zones";

/** What a private endpoint connects to, with the host names that it has addresses for. */
export interface Target {
  readonly service: Service;
  readonly hosts: readonly Host[];
}

/** A resource that private endpoints connect to, of which the endpoints tell the names one by one. */
interface Found {
  readonly service: Service & { readonly hosts: Host[] };
  readonly type: ServiceType;
  readonly valueOf: ValueOf;
}

/** What the private endpoints of a file connect to. */
export class Services {
  /** By the type, and the name or the placeholder for it. */
  private readonly found = new Map<string, Found>();
  /** By a list of azapi's resources and by subresources, those that have one of these. */
  private readonly azapi = new Map<readonly Resource[], Map<string, readonly Resource[]>>();
  /** By the first of several lists of resources, all of them in one list. */
  private readonly joined = new Map<readonly Resource[], readonly Resource[]>();

  constructor(
    private readonly resources: Resources,
    private readonly registries: Registries,
    private readonly zones: Zones,
  ) {}

  public get all(): Service[] {
    return [...this.registries.all, ...[...this.found.values()].map(({ service }) => service)];
  }

  /** What an endpoint connects to, or of what kind it is if its names are not known. */
  public targetOf(endpoint: Resource): Target | UnreadEndpoint {
    const subresources = texts(endpoint.known(CONNECTION, "subresource_names"));
    const registry = subresources.includes("registry") ? this.registries.at(endpoint, ...TARGET) : undefined;
    if (registry) return { service: registry, hosts: registry.hosts };
    const { address } = endpoint;
    const found = this.at(endpoint, subresources);
    if (!found) {
      const of = unknownAt(endpoint);
      return of === undefined ? { address, hidden: endpoint.hiddenBy(...TARGET) } : { address, of };
    }
    const { type, service } = found;
    // What has no names, such as a private link service, needs none here.
    if (type.subresources.length === 0) return { service, hosts: [] };
    const named = subresources.length > 0 ? subresources : type.subresources.slice(0, 1).map(({ name }) => name);
    const hosts = this.hostsOf(endpoint, found, named);
    if (hosts.length === 0) return { address, of: `${type.label} (${named.join(", ")})` };
    const known = new Map(service.hosts.map((host) => [host.fqdn, host]));
    for (const host of hosts) {
      if (known.has(host.fqdn)) continue;
      known.set(host.fqdn, host);
      service.hosts.push(host);
    }
    return { service, hosts: unique(hosts.map((host) => known.get(host.fqdn)!)) };
  }

  /** The names of an endpoint: those that it lists itself, once it exists, otherwise those that follow from the service. */
  private hostsOf(endpoint: Resource, found: Found, subresources: readonly string[]): ServiceHost[] {
    const { type, service, valueOf } = found;
    const cloud = this.cloudOf(endpoint);
    const following = subresources.flatMap((one) => serviceHosts(type, one, cloud, valueOf));
    const byName = new Map(following.flatMap((host) => [host.fqdn, host.privateName].map((name) => [name, host])));
    const toHosts = (names: readonly unknown[]) =>
      unique(
        texts(names).flatMap((name) => {
          const lower = name.toLowerCase();
          const listed = () => subresources.flatMap((one) => listedHost(type, one, cloud, lower) ?? []).slice(0, 1);
          return byName.get(lower) ?? listed();
        }),
      );
    const all = toHosts(endpoint.known("custom_dns_configs", "fqdn"));
    if (all.length > 0) return all;
    // With a DNS zone group, an endpoint lists only the names for which the group has a zone.
    const some = toHosts(endpoint.known("private_dns_zone_configs", "record_sets", "fqdn"));
    const names = new Set(following.map(({ privateName }) => privateName));
    const hosts = [...following, ...some.filter(({ privateName }) => !names.has(privateName))];
    if (hosts.length > 0) return hosts;
    const placeholder = service.name.startsWith("(") ? service.name : `(${service.name})`;
    return subresources.flatMap((one) => hostsToCome(type, one, cloud, valueOf, placeholder));
  }

  private at(endpoint: Resource, subresources: readonly string[]): Found | undefined {
    const id = endpoint.text(...TARGET);
    const ending = id === undefined ? endpoint.ending(...TARGET) : "";
    const byEnding = serviceOfId(ending);
    if (byEnding && !subresources.includes("registry")) return this.named(byEnding, `…${ending}`);
    const mentions = endpoint.mentions(...TARGET).filter(({ resource }) => typeOf(resource));
    const named = unique(mentions.map(({ resource }) => resource));
    // Of several, such as those of a condition, the subresource decides.
    const fitting = named.filter((one) => hasSubresource(one, subresources));
    // An id that is put together with something else of a resource is not that of the resource.
    const isOwn = mentions.some(({ steps }) => steps === ".id") || mentions.every(({ steps }) => steps === "");
    if (fitting.length === 0 && !isOwn && id === undefined) return this.unnamed(endpoint, subresources);
    const mentioned = fitting.length > 0 ? fitting : named;
    const among =
      mentioned.length > 0 || !endpoint.unknown(...TARGET) ? mentioned : this.createdWith(endpoint, subresources);
    const resource = among.length === 1 ? among[0] : this.resources.withKeyOf(endpoint, among);
    if (resource) return this.of(resource);
    const byId = id === undefined ? undefined : serviceOfId(id);
    if (id === undefined || !byId) return undefined;
    const inFile = [...byId.service.terraformTypes, "azapi_resource"]
      .map((type) => this.resources.byId(type, id))
      .find((one) => one !== undefined);
    return inFile ? this.of(inFile) : this.keep(byId.service, ...nameOnly(byId.name, id));
  }

  /** A service by its kind and name, which DNS has once: the resource of the file, or one that is not in it. */
  private named({ service, name }: { service: ServiceType; name: string }, address: string): Found | undefined {
    const [resource, ...others] = [...service.terraformTypes, "azapi_resource"]
      .flatMap((type) => this.resources.ofType(type))
      .filter((one) => typeOf(one) === service && one.text("name")?.toLowerCase() === name.toLowerCase());
    if (resource && others.length === 0) return this.of(resource);
    return this.keep(service, ...nameOnly(name, address));
  }

  /**
   * What an endpoint connects to by an id that is put together from parts which the file does not show. It is a service of
   * which only the name is not known, where one kind of service alone has the subresource and the zone of the endpoint's DNS
   * zone group, and nothing else in the file can be of that service: no resource, other endpoint or record set.
   */
  private unnamed(endpoint: Resource, subresources: readonly string[]): Found | undefined {
    const name = placeholderOf(endpoint);
    const [valueOf] = nameOnly(name, endpoint.address);
    const zones = new Set(this.zones.at(endpoint, ...GROUP).map((zone) => zone.name));
    const hosts = (type: ServiceType) =>
      subresources.flatMap((one) => serviceHosts(type, one, this.cloudOf(endpoint), valueOf));
    const [type, ...rivals] = SERVICES.filter((one) => hosts(one).some(({ zone }) => zones.has(zone)));
    if (!type || rivals.length > 0) return undefined;
    const isAlike = (one: Resource) =>
      texts(one.known(CONNECTION, "subresource_names")).some((name) => subresources.includes(name));
    const isOnly =
      this.resources.ofType(TYPES.endpoint).filter(isAlike).length === 1 &&
      [...type.terraformTypes, ...RECORDS].every((one) => this.resources.ofType(one).length === 0) &&
      this.resources.ofType("azapi_resource").every((one) => typeOf(one) !== type);
    return isOnly ? this.keep(type, ...nameOnly(name, endpoint.address)) : undefined;
  }

  /** The resources that a plan creates, that have one of some subresources, and to which an endpoint can refer. */
  private createdWith(endpoint: Resource, subresources: readonly string[]): readonly Resource[] {
    const lists = this.typesWith(subresources.join(" "))
      .map((type) => this.resources.createdFor(endpoint, type, ...TARGET))
      .concat([this.azapiWith(this.resources.createdFor(endpoint, "azapi_resource", ...TARGET), subresources)])
      .filter(({ length }) => length > 0);
    const [first = [], ...others] = lists;
    if (others.length === 0) return first;
    // What can be referred to is the same for all endpoints of a module, so one list serves them all.
    const joined = this.joined.get(first) ?? lists.flat();
    this.joined.set(first, joined);
    return joined;
  }

  private azapiWith(resources: readonly Resource[], subresources: readonly string[]): readonly Resource[] {
    const key = subresources.join(" ");
    const known = this.azapi.get(resources) ?? new Map<string, readonly Resource[]>();
    this.azapi.set(resources, known);
    const found = known.get(key) ?? resources.filter((one) => hasSubresource(one, subresources));
    known.set(key, found);
    return found;
  }

  /** The types of resources of the file that have one of some subresources. */
  private readonly typesWith = once<string, readonly string[]>([], (subresources) => {
    const wanted = new Set(subresources.toLowerCase().split(" "));
    const services = SERVICES.filter((service) =>
      service.subresources.some(({ name }) => wanted.has(name.toLowerCase())),
    );
    return services
      .flatMap(({ terraformTypes }) => terraformTypes)
      .filter((type) => this.resources.ofType(type).length > 0);
  });

  private of(resource: Resource): Found | undefined {
    const type = typeOf(resource);
    if (!type) return undefined;
    const name = resource.text("name") ?? placeholderOf(resource);
    const valueOf = (placeholder: string): readonly string[] => {
      if (placeholder === "name") return [name];
      const implied = type.implied?.[resource.type]?.[placeholder];
      if (implied !== undefined) return [implied];
      const known = texts(resource.known(...placeholder.split(".")));
      // A subdomain that is given and not known yet is not the name.
      if (placeholder === "custom_subdomain_name" && resource.hides(placeholder)) return [placeholderOf(resource)];
      if (resource.azureType === "" || known.length > 0) return known;
      const path = (type.armPaths?.[placeholder] ?? placeholder).split(".");
      const found = ["output", "body"].map((part) => texts(resource.known(part, ...path)));
      return found.find(({ length }) => length > 0) ?? [];
    };
    const publicAccess = publicAccessOf(resource, this.resources);
    return this.keep(type, valueOf, { address: resource.address, name, publicAccess });
  }

  private keep(type: ServiceType, valueOf: ValueOf, service: Omit<Service, "label" | "hosts">): Found {
    const key = `${type.azureType}/${service.name}`.toLowerCase();
    const found = this.found.get(key) ?? { type, valueOf, service: { ...service, label: type.label, hosts: [] } };
    this.found.set(key, found);
    return found;
  }

  /** The cloud of an endpoint: that of its region, otherwise that of the zones in the file. */
  private cloudOf(endpoint: Resource): CloudName {
    return cloudOf([normaliseRegion(endpoint.text("location") ?? "")]) ?? this.zones.cloud ?? "public";
  }
}

const CONNECTION = "private_service_connection";
const GROUP = ["private_dns_zone_group", "private_dns_zone_ids"];
const RECORDS = [TYPES.record, "azurerm_private_dns_cname_record"];
const TARGET = [CONNECTION, "private_connection_resource_id"];

/** A service of which nothing but the name is known. */
function nameOnly(name: string, address: string): [ValueOf, Omit<Service, "label" | "hosts">] {
  return [
    (placeholder: string) => (placeholder === "name" ? [name] : []),
    { address, name, publicAccess: "not known" },
  ];
}

/** What a resource is a kind of; undefined if private endpoints do not connect to such. */
function typeOf(resource: Resource): ServiceType | undefined {
  return resource.azureType === "" ? serviceByTerraformType(resource.type) : serviceByAzureType(resource.azureType);
}

/** Whether a resource has one of some subresources. */
function hasSubresource(resource: Resource, subresources: readonly string[]): boolean {
  const type = typeOf(resource);
  return type !== undefined && subresources.some((name) => subresourceOf(type, name) !== undefined);
}

/** What an endpoint connects to, as far as the file shows it: a type of Azure or of Terraform. */
function unknownAt(endpoint: Resource): string | undefined {
  const azureType = /\/providers\/([^/]+\/[^/]+)\/[^/]+$/i.exec(endpoint.text(...TARGET) ?? "")?.[1];
  const types = unique(endpoint.mentions(...TARGET).map(({ resource }) => resource.type));
  // Names of a type that is known are not known where the file does not show which resource is meant.
  const [type, ...others] = types;
  return azureType ?? (others.length > 0 || (type && serviceByTerraformType(type)) ? undefined : type);
}
