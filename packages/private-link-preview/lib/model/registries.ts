import { CLOUDS, type CloudName } from "../azure/clouds";
import { REGIONS, normaliseRegion } from "../azure/regions";
import { registryHosts } from "../azure/registry-hosts";
import type { Configuration } from "../read/configuration";
import type { Resource } from "../read/module";
import { unique } from "../util/collections";
import type { Registry } from "./network-model";
import { type Resources, TYPES, lastSegment, mentionsOf, optional, texts } from "./resources";
import type { Zones } from "./zones";

/** The registries of a file, and those that it only names. */
export class Registries {
  /** Terraform addresses of those whose name is (known after apply). */
  public readonly unnamed: string[] = [];
  private readonly registries = new Map<string, Registry>();

  constructor(
    private readonly resources: Resources,
    private readonly zones: Zones,
    private readonly form: Configuration["form"],
  ) {
    // A resource shows more of a registry than a data source does.
    for (const resource of resources.ofType(TYPES.registry).filter(({ managed }) => managed)) this.add(resource);
    for (const resource of resources.ofType(TYPES.registry).filter(({ managed }) => !managed)) this.add(resource);
  }

  /** All that were found so far. */
  public get all(): Registry[] {
    return unique(this.registries.values());
  }

  /** The registry whose id stands at a path of a resource. */
  public at(resource: Resource, ...path: string[]): Registry | undefined {
    const id = resource.text(...path);
    const mentioned = unique(mentionsOf(resource, path, TYPES.registry));
    const found =
      mentioned.length === 1 ? mentioned[0] : id === undefined ? undefined : this.resources.byId(TYPES.registry, id);
    if (found) return this.registries.get(found.address);
    if (id === undefined || !/\/microsoft\.containerregistry\/registries\/[^/]+$/i.test(id)) return undefined;
    const name = lastSegment(id).toLowerCase();
    const known = this.called(name);
    if (known) return known;
    const registry = this.named(id, name, this.regionsWithRecords(name));
    this.registries.set(id.toLowerCase(), registry);
    return registry;
  }

  private add(resource: Resource): void {
    const name = resource.text("name");
    if (name === undefined) {
      this.unnamed.push(resource.address);
      return;
    }
    const regions = texts([...resource.known("location"), ...resource.known("georeplications", "location")]);
    const same = this.called(name);
    if (same) {
      this.registries.set(resource.address, same);
      return;
    }
    // A data source does not list the replicas.
    if (!resource.managed) regions.push(...this.regionsWithRecords(name));
    // In a configuration, leaving it out means enabled: the default of azurerm.
    const publicAccess =
      resource.known("public_network_access_enabled")[0] ?? (this.form === "configuration" || undefined);
    this.registries.set(resource.address, {
      ...this.named(resource.address, name, regions),
      ...optional("publicAccess", typeof publicAccess === "boolean" ? publicAccess : undefined),
    });
  }

  private named(address: string, name: string, regions: readonly string[]): Registry {
    const sorted = unique(regions.map(normaliseRegion)).sort();
    const cloud = CLOUDS[this.cloudOf(sorted)];
    return { address, name, cloud, regions: sorted, hosts: registryHosts(name.toLowerCase(), sorted, cloud) };
  }

  /** The cloud of a registry: that of its regions, otherwise that of the zones in the file. */
  private cloudOf(regions: readonly string[]): CloudName {
    const clouds = Object.keys(CLOUDS) as CloudName[];
    const zoneNames = this.zones.all.map(({ name }) => `.${name}`);
    return (
      clouds.find((cloud) => regions.some((region) => region in REGIONS[cloud])) ??
      clouds.find((cloud) => zoneNames.some((zone) => zone.endsWith(`.${CLOUDS[cloud].privateLinkZone}`))) ??
      "public"
    );
  }

  /** Registry names are unique across Azure, so all mentions of one name are one registry. */
  private called(name: string): Registry | undefined {
    return this.all.find((registry) => registry.name.toLowerCase() === name.toLowerCase());
  }

  /** The regions of a registry for whose data endpoints there are records: used where nothing lists the regions. */
  private regionsWithRecords(name: string): string[] {
    return this.resources.ofType(TYPES.record).flatMap((record) => {
      const [label, region, data] = (record.text("name")?.toLowerCase() ?? "").split(".");
      return label === name.toLowerCase() && data === "data" && region !== undefined ? [region] : [];
    });
  }
}
