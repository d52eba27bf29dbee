import { CLOUDS, cloudOf, normaliseRegion, registryHosts } from "../../../common/azure";
import type { Resource } from "../read/module";
import { groupBy, isJson, unique } from "../../../common/util";
import type { Registry } from "./network-model";
import { publicAccessOf } from "./public-access";
import { INTERFACE } from "./machines";
import { type Resources, TYPES, lastSegment, optional, texts } from "./resources";
import type { Zones } from "./zones";

/** The registries of a file, and those that it only names. */
export class Registries {
  private readonly registries = new Map<string, Registry>();
  /** The same by name. Registry names are unique across Azure, so all mentions of one name are one registry. */
  private readonly byName = new Map<string, Registry>();
  private readonly enabling: ReadonlySet<string>;
  /** Replicas that are resources of azapi, by the address of their registry. */
  private readonly replicas: ReadonlyMap<string | undefined, readonly Resource[]>;
  /** Names of the registries with a record of a regional endpoint, and of those for which an endpoint lists one. */
  private readonly recorded: ReadonlySet<string>;
  private readonly listed: ReadonlySet<string>;
  /** For each name of a registry, the regions for which there are records. */
  private readonly regionsWithRecords: ReadonlyMap<string, readonly string[]>;

  constructor(
    private readonly resources: Resources,
    private readonly zones: Zones,
  ) {
    this.enabling = this.registriesEnabled();
    this.replicas = groupBy(
      resources.ofType("registry_replication"),
      (replica) => resources.at(replica, TYPES.registry, "container_registry_id")?.address,
    );
    const records = texts(resources.ofType(TYPES.record).map((record) => record.text("name")));
    this.recorded = registriesIn(records);
    this.regionsWithRecords = regionsByRegistry(records);
    this.listed = registriesIn([
      ...resources.ofType(TYPES.endpoint).flatMap((endpoint) => endpoint.known("custom_dns_configs", "fqdn")),
      ...resources.ofType(INTERFACE).flatMap((nic) => nic.known("private_link", "fqdns")),
    ]);
    // A resource shows more of a registry than a data source does.
    const managedFirst = [...resources.ofType(TYPES.registry)].sort((a, b) => Number(b.managed) - Number(a.managed));
    for (const resource of managedFirst) this.add(resource);
  }

  /** All that were found so far. */
  public get all(): Registry[] {
    return [...this.byName.values()];
  }

  /** The registry whose id stands at a path of a resource. */
  public at(resource: Resource, ...path: string[]): Registry | undefined {
    const id = resource.text(...path);
    const found = this.resources.at(resource, TYPES.registry, ...path);
    if (found) return this.registries.get(found.address);
    if (id === undefined || !/\/microsoft\.containerregistry\/registries\/[^/]+$/i.test(id)) return undefined;
    const name = lastSegment(id).toLowerCase();
    const registry = this.byName.get(name) ?? this.named(id, name, this.regionsWithRecords.get(name) ?? []);
    this.byName.set(name, registry);
    return registry;
  }

  private add(resource: Resource): void {
    const name = resource.text("name") ?? placeholderOf(resource);
    const regions = texts([
      ...resource.known("location"),
      ...resource.known("georeplications", "location"),
      ...(this.replicas.get(resource.address) ?? []).map((replica) => replica.text("location")),
    ]);
    const same = this.byName.get(name.toLowerCase());
    if (same) {
      this.registries.set(resource.address, same);
      return;
    }
    // A data source does not list the replicas.
    const more = resource.managed ? [] : (this.regionsWithRecords.get(name.toLowerCase()) ?? []);
    const { address } = resource;
    const regional = this.enabling.has(address) || resource.known("regional_endpoints_enabled")[0] === true;
    const registry = {
      ...this.named(address, name, [...regions, ...more], regional),
      unrouted: [...unroutedIn(resource), ...this.drainedOf(resource)],
      publicAccess: publicAccessOf(resource, this.resources),
      ...optional("isConnected", isConnected(resource)),
    };
    this.byName.set(name.toLowerCase(), registry);
    this.registries.set(address, registry);
  }

  /** The regions of a registry whose replications, as resources of azapi, keep Azure from routing to them. */
  private drainedOf(registry: Resource): string[] {
    const isDrained = (one: Resource) => one.known("body", "properties", "regionEndpointEnabled")[0] === false;
    const replicas = (this.replicas.get(registry.address) ?? []).filter(isDrained);
    // The home region's replication is Azure's own, and can only be changed.
    const home = ["azapi_update_resource", "azapi_resource_action"]
      .flatMap((type) => this.resources.ofType(type))
      .filter((one) => REPLICATION.test(one.text("type") ?? "") && one.text("when") !== "destroy" && isDrained(one))
      .filter((one) => {
        const [id = ""] = (one.text("resource_id") ?? "").split(/\/replications\//i);
        const named = this.resources.byId(TYPES.registry, id);
        return (named ?? this.resources.at(one, TYPES.registry, "resource_id")) === registry;
      });
    return texts([...replicas.map((one) => one.text("location")), ...home.map(() => registry.text("location"))]).map(
      normaliseRegion,
    );
  }

  /** @param enabled - whether a resource turns its regional endpoints on */
  private named(address: string, name: string, written: readonly string[], enabled = false): Registry {
    const regions = unique(written.map(normaliseRegion)).sort();
    const cloud = CLOUDS[cloudOf(regions) ?? this.zones.cloud ?? "public"];
    const key = name.toLowerCase();
    const regionalForSure = enabled || this.recorded.has(key);
    const regional = regionalForSure || this.listed.has(key);
    const hosts = registryHosts(key, regions, cloud, regional);
    return {
      address,
      name,
      label: "container registry",
      cloud,
      regions,
      hosts,
      regional,
      regionalForSure,
      unrouted: [],
      publicAccess: "not known",
    };
  }

  /**
   * Terraform addresses of the registries whose regional endpoints a resource of azapi turns on; azurerm has no property
   * for them.
   */
  private registriesEnabled(): Set<string> {
    return new Set(
      ["azapi_update_resource", "azapi_resource_action"]
        .flatMap((type) => this.resources.ofType(type))
        .filter((resource) => /^microsoft\.containerregistry\/registries@/i.test(resource.text("type") ?? ""))
        .filter((resource) => resource.known("body", "properties", "regionalEndpoints").includes("Enabled"))
        .flatMap((resource) => this.resources.allAt(resource, TYPES.registry, "resource_id"))
        .map(({ address }) => address),
    );
  }
}

/** Whether a registry has private endpoints, which Azure shows and Terraform does not. */
function isConnected(registry: Resource): boolean | undefined {
  const [connections] = registry
    .known("body", "properties")
    .filter(isJson)
    .map(({ privateEndpointConnections }) => privateEndpointConnections);
  return Array.isArray(connections) ? connections.length > 0 : undefined;
}

const REPLICATION = /^microsoft\.containerregistry\/registries\/replications@/i;

/** Stands for a name that is (known after apply): the Terraform name of what has it. */
export function placeholderOf({ address }: Resource): string {
  return `(${address.replaceAll(".", " ")})`;
}

/** The regions of each registry in names of records: of `NAME.REGION.data` and `NAME.REGION.geo`, by `NAME`. */
function regionsByRegistry(records: readonly string[]): Map<string, string[]> {
  const found = records.flatMap((record) => {
    const [name = "", region, kind = ""] = record.toLowerCase().split(".", 3);
    return /^(data|geo)$/.test(kind) && region !== undefined ? [{ name, region }] : [];
  });
  return groupBy(
    found,
    ({ name }) => name,
    ({ region }) => region,
  );
}

/** The names of registries in names of regional endpoints: `NAME` in `NAME.REGION.geo`, with or without a suffix. */
function registriesIn(names: readonly unknown[]): Set<string> {
  return new Set(
    texts(names).flatMap((name) => /^([a-z0-9]+)\.[a-z0-9]+\.geo(\.|$)/i.exec(name)?.[1]?.toLowerCase() ?? []),
  );
}

/** The property was renamed in version 5 of azurerm. */
const ROUTED = ["regional_endpoint_enabled", "global_endpoint_routing_enabled"];

/** The regions of replicas to which the login server's name does not lead. */
function unroutedIn(registry: Resource): string[] {
  return registry
    .known("georeplications")
    .filter(isJson)
    .filter((replica) => ROUTED.some((property) => replica[property] === false))
    .flatMap(({ location }) => (typeof location === "string" ? [normaliseRegion(location)] : []));
}
