import { CLOUDS, type CloudName } from "../azure/clouds";
import type { Resource } from "../read/module";
import { unique } from "../util/collections";
import { type Link, type Zone, isAtOrBelow } from "./network-model";
import type { Networks } from "./networks";
import { type Resources, TYPES, lastSegment, mentionsOf, texts } from "./resources";

/** The private DNS zones of a file, and those that it only names. */
export class Zones {
  /** Terraform addresses of links whose zone or network is not known. */
  public readonly unplaced: string[] = [];
  private readonly zones = new Map<string, Zone>();
  private readonly clouds = new Set<CloudName>();

  constructor(private readonly resources: Resources) {
    for (const resource of resources.ofType(TYPES.zone)) {
      const name = resource.text("name");
      if (name !== undefined)
        this.add(resource.address, { address: resource.address, name, managed: resource.managed });
    }
  }

  /** All that were found so far. */
  public get all(): Zone[] {
    return [...this.zones.values()];
  }

  /** The first cloud of which a zone that was found so far has the private-link names of registries. */
  public get cloud(): CloudName | undefined {
    return CLOUD_NAMES.find((name) => this.clouds.has(name));
  }

  /** The zones whose ids stand at a path of a resource. */
  public at(resource: Resource, ...path: string[]): Zone[] {
    const sure = resource.mentions(...path).filter(({ oneOf, resource }) => !oneOf && resource.type === TYPES.zone);
    const mentioned = sure.map(({ resource }) => this.zones.get(resource.address));
    const byId = texts(resource.known(...path)).map((id) => this.byId(id));
    return unique([...mentioned, ...byId]).filter((zone) => zone !== undefined);
  }

  /** The zone that a resource names; it lies in the resource's own resource group. */
  public namedIn(resource: Resource, attribute: string): Zone | undefined {
    const name = resource.text(attribute);
    const group = resource.text("resource_group_name");
    const mentioned = unique(mentionsOf(resource, [attribute], TYPES.zone));
    if (mentioned.length === 1) return this.zones.get(mentioned[0]!.address);
    if (name === undefined) return undefined;
    const found = this.resources.byName(TYPES.zone, name, resource, mentioned);
    if (found) return this.zones.get(found.address);
    return this.notInFile(
      `${group?.toLowerCase() ?? "?"}/${name.toLowerCase()}`,
      `${name} in ${group ?? "an unknown resource group"}`,
      name,
    );
  }

  public links(networks: Networks): Link[] {
    return this.resources.ofType("azurerm_private_dns_zone_virtual_network_link").flatMap((resource) => {
      const zone = this.namedIn(resource, "private_dns_zone_name");
      const network = networks.at(resource, "virtual_network_id");
      const fallsBack = resource.text("resolution_policy") === "NxDomainRedirect";
      if (zone && network) return [{ address: resource.address, zone, network, fallsBack }];
      if (!zone || isOfRegistries(zone)) this.unplaced.push(resource.address);
      return [];
    });
  }

  private byId(id: string): Zone {
    const found = this.resources.byId(TYPES.zone, id);
    return this.notInFile(found?.address ?? id.toLowerCase(), id, lastSegment(id));
  }

  /** The zone under a key; one that is not in the file if there is none yet. */
  private notInFile(key: string, address: string, name: string): Zone {
    return this.zones.get(key) ?? this.add(key, { address, name, managed: false });
  }

  private add(key: string, { address, name, managed }: Omit<Zone, "records" | "aliases">): Zone {
    const zone = { address, name: name.toLowerCase(), managed, records: [], aliases: new Map<string, string>() };
    this.zones.set(key, zone);
    const cloud = CLOUD_NAMES.find((cloud) => isAtOrBelow(zone.name, CLOUDS[cloud].privateLinkZone));
    if (cloud) this.clouds.add(cloud);
    return zone;
  }
}

const CLOUD_NAMES = Object.keys(CLOUDS) as CloudName[];

/** Whether a zone can have names of registries, public ones included. */
function isOfRegistries({ name }: Pick<Zone, "name">): boolean {
  return Object.values(CLOUDS).some(({ registrySuffix }) => isAtOrBelow(name, registrySuffix));
}
