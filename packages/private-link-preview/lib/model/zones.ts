import { type CloudName, CLOUDS } from "../../../common/azure";
import { isOfOutput } from "../read/existing";
import type { Hidden } from "../read/hidden";
import type { Resource } from "../read/module";
import { groupBy, unique } from "../../../common/util";
import { type Link, type Unplaced, type Zone, isAtOrBelow } from "./network-model";
import type { Networks } from "./networks";
import { type Resources, TYPES, baseOf, lastSegment, mentionsOf, texts } from "./resources";

/** The private DNS zones of a file, and those that it only names. */
export class Zones {
  /** Links whose zone or network is not known. */
  public readonly unplaced: Unplaced[] = [];
  private readonly zones = new Map<string, Zone>();
  private readonly clouds = new Set<CloudName>();
  /** The id by which a zone that is not in the file is known, by its group and name. */
  private readonly ids = new Map<string, string>();

  constructor(private readonly resources: Resources) {
    for (const resource of resources.ofType(TYPES.zone)) {
      const { address, managed } = resource;
      const name = resource.text("name");
      if (name !== undefined) this.add(address, { address, name, managed });
    }
  }

  /** All that were found so far. */
  public get all(): Zone[] {
    return unique([...this.zones.values()]);
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

  /** The zones of which the ids are among the parameters of a policy assignment. */
  public ofPolicy(assignment: Resource): Zone[] {
    const given = texts(assignment.known("parameters")).join();
    const ids = [...given.matchAll(/\/subscriptions\/[^"\s]+\/privateDnsZones\/[^"\s/]+/gi)];
    return unique([...this.at(assignment, "parameters"), ...ids.map(([id]) => this.byId(id))]);
  }

  /** The zones that may stand at a path of a resource, where what stands there is not known: those that the file creates. */
  public mayBeAt(resource: Resource, ...path: string[]): Zone[] {
    const { among } = this.resources.find(resource, TYPES.zone, ...path);
    return among.flatMap((one) => this.zones.get(one.address) ?? []);
  }

  /**
   * The zone of a link or record: by its id, from version 5 of azurerm, or by its name in the resource's own resource group.
   *
   * @param attribute - what the name is called
   */
  public of(resource: Resource, attribute: "zone_name" | "private_dns_zone_name"): Zone | undefined {
    const id = resource.text("private_dns_zone_id");
    if (id !== undefined) return this.byId(id);
    const name = resource.text(attribute);
    const byId = unique(mentionsOf(resource, ["private_dns_zone_id"], TYPES.zone));
    const mentioned = byId.length > 0 ? byId : unique(mentionsOf(resource, [attribute], TYPES.zone));
    if (mentioned.length === 1) return this.zones.get(mentioned[0]!.address);
    if (name === undefined) {
      const found = this.resources.at(resource, TYPES.zone, byId.length > 0 ? "private_dns_zone_id" : attribute);
      return found && this.zones.get(found.address);
    }
    const group = resource.text("resource_group_name");
    const found = this.resources.byName(TYPES.zone, name, resource, mentioned);
    if (found) return this.zones.get(found.address);
    const ofName = group === undefined ? this.all.filter((zone) => zone.name === name.toLowerCase()) : [];
    if (ofName.length === 1) return ofName[0];
    return this.notInFile(
      `${group?.toLowerCase() ?? "?"}/${name.toLowerCase()}`,
      `${name} in ${group ?? "an unknown resource group"}`,
      name,
    );
  }

  /** What hides which zone a link or record is of: the name of the zone that it refers to, or what it refers to. */
  public hiddenAt(resource: Resource, attribute: string): Hidden[] {
    const [path = attribute] = ["private_dns_zone_id", attribute].filter((one) => resource.unknown(one));
    const unnamed = mentionsOf(resource, [path], TYPES.zone).filter((zone) => zone.text("name") === undefined);
    return unnamed.length > 0 ? unnamed.map((zone) => zone.hiddenBy("name")) : [resource.hiddenBy(path)];
  }

  public links(networks: Networks): Link[] {
    const ends = this.resources.ofType("azurerm_private_dns_zone_virtual_network_link").map((resource) => ({
      resource,
      zone: this.of(resource, "private_dns_zone_name"),
      ...networks.find(resource, "virtual_network_id"),
    }));
    const whole = ends.flatMap(({ resource, zone, network }) => (zone && network ? [{ resource, zone, network }] : []));
    const linked = groupBy(whole, ({ zone }) => zone);
    const open = groupBy(
      ends.filter(({ zone, network }) => !(zone && network)),
      ({ resource, zone }) => `${baseOf(resource)} ${zone?.address ?? ""}`,
    );
    for (const same of open.values()) {
      const { zone, among } = same[0]!;
      const already = new Set((zone ? linked.get(zone) : [])?.map(({ network }) => network));
      const others = among.filter((network) => !already.has(network));
      // A network has one link to a zone: as many links as networks are one for each, in whatever order.
      if (zone && others.length === same.length)
        whole.push(...same.map(({ resource }, index) => ({ resource, zone, network: others[index]! })));
      else
        this.unplaced.push(
          ...same.map(({ resource, zone, network, among }) => ({
            kind: "link" as const,
            address: resource.address,
            ends: [network ? [network] : among],
            ...(zone && { zone: zone.name }),
            hidden: [
              ...(network ? [] : [resource.hiddenBy("virtual_network_id")]),
              ...(zone ? [] : this.hiddenAt(resource, "private_dns_zone_name")),
            ],
          })),
        );
    }
    return whole.map(({ resource, zone, network }) => {
      const { address } = resource;
      const policy = resource.text("resolution_policy");
      // Of a link of others, the outputs say no more than what it joins.
      const known = policy !== undefined || !(resource.hides("resolution_policy") || isOfOutput(address));
      return { address, zone, network, fallsBack: known ? policy === "NxDomainRedirect" : undefined };
    });
  }

  private byId(id: string): Zone {
    const found = this.resources.byId(TYPES.zone, id);
    const key = found?.address ?? id.toLowerCase();
    const known = this.zones.get(key);
    if (known) return known;
    // A link or a record may name the same zone by its group and name.
    const path = `${/\/resourcegroups\/([^/]+)\//i.exec(id)?.[1] ?? "?"}/${lastSegment(id)}`.toLowerCase();
    const zone = this.zones.get(path) ?? this.notInFile(key, id, lastSegment(id));
    // In another subscription, the same group and name are another zone.
    const other = this.ids.get(path);
    if (other !== undefined && other !== key) return this.notInFile(key, id, lastSegment(id));
    this.ids.set(path, key);
    this.zones.set(key, zone).set(path, zone);
    return zone;
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
