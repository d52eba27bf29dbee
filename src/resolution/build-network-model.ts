import { isIn } from "../ip-range";
import { CLOUDS, type CloudName } from "../azure/clouds";
import { REGIONS, normaliseRegion } from "../azure/regions";
import { groupBy, unique } from "../collections";
import { isJson } from "../json";
import { type RegistryHost, registryHosts } from "../naming";
import type { Mention, Resource } from "./module";
import type { Configuration } from "./configuration";
import type { VirtualNetwork, Peering, Registry, Endpoint, Zone, Link, NetworkModel } from "./network-model";

const VNET = "azurerm_virtual_network";
const SUBNET = "azurerm_subnet";
const ZONE = "azurerm_private_dns_zone";
const REGISTRY = "azurerm_container_registry";
const ENDPOINT = "azurerm_private_endpoint";

/** Builds the network from resources, by what refers to what and by names and ids. */
export function buildNetworkModel({ resources, ...configuration }: Configuration): NetworkModel {
  return new Builder(resources, configuration.form).build(configuration);
}

class Builder {
  private readonly byType: ReadonlyMap<string, Resource[]>;
  private readonly networks = new Map<string, VirtualNetwork>();
  private readonly zones = new Map<string, Zone>();
  private readonly registries = new Map<string, Registry>();
  private readonly endpoints = new Map<string, Endpoint>();
  private readonly unnamedRegistries: string[] = [];
  private readonly unplaced: string[] = [];
  private readonly elsewhere: { subscription: string; path: string; network: VirtualNetwork }[] = [];

  constructor(
    resources: readonly Resource[],
    private readonly form: Configuration["form"],
  ) {
    this.byType = groupBy(resources, ({ type }) => type);
  }

  public build(configuration: Omit<Configuration, "resources">): NetworkModel {
    for (const resource of this.all(VNET)) this.addNetwork(resource);
    for (const resource of this.all(ZONE)) {
      const name = resource.text("name")?.toLowerCase();
      if (name !== undefined) {
        this.zones.set(resource.address, { address: resource.address, name, managed: resource.managed, records: [] });
      }
    }
    for (const resource of this.all(REGISTRY).filter(({ managed }) => managed)) this.addRegistry(resource);
    for (const resource of this.all(REGISTRY).filter(({ managed }) => !managed)) this.addRegistry(resource);
    for (const resource of this.all(ENDPOINT)) this.addEndpoint(resource);
    this.readAddresses();
    for (const resource of this.all("azurerm_private_dns_a_record")) this.addRecordSet(resource);
    const links = this.all("azurerm_private_dns_zone_virtual_network_link").flatMap((resource) =>
      this.linkOf(resource),
    );
    const peerings = this.all("azurerm_virtual_network_peering").flatMap((resource) => this.peeringOf(resource));
    this.findDnsServers();
    return {
      ...configuration,
      networks: [...this.networks.values()],
      peerings,
      registries: unique(this.registries.values()),
      endpoints: [...this.endpoints.values()],
      zones: [...this.zones.values()],
      links,
      unnamedRegistries: this.unnamedRegistries,
      unplaced: this.unplaced,
    };
  }

  private all(type: string): Resource[] {
    return this.byType.get(type) ?? [];
  }

  // Networks

  private addNetwork(resource: Resource): void {
    this.networks.set(resource.address, {
      address: resource.address,
      name: resource.text("name") ?? resource.address,
      ...optional("location", resource.text("location")),
      addressSpace: texts(resource.known("address_space")),
      managed: resource.managed,
    });
  }

  /** The network whose id or name stands at a path of a resource. */
  private networkAt(resource: Resource, path: string[]): VirtualNetwork | undefined {
    const text = resource.text(...path);
    const mentioned = unique(mentionsOf(resource, path, VNET));
    if (mentioned.length === 1) return this.networks.get(mentioned[0]!.address);
    if (text === undefined) return undefined;
    if (text.startsWith("/")) return this.networkById(text);
    const group = resource.text("resource_group_name");
    const found = this.byName(VNET, text, resource, mentioned);
    if (found) return this.networks.get(found.address);
    if (group === undefined) return undefined;
    return this.networkElsewhere(`${text} in ${group}`, `${group}/${text}`, subscriptionOf(resource.text("id")));
  }

  private networkById(id: string): VirtualNetwork {
    const found = this.byId(VNET, id);
    const known = found && this.networks.get(found.address);
    const group = /\/resourcegroups\/([^/]+)\//i.exec(id)?.[1] ?? "";
    return known ?? this.networkElsewhere(id, `${group}/${lastSegment(id)}`, subscriptionOf(id));
  }

  /** A network that is not in the file: one by its id, or one by its name, which leaves the subscription open. */
  private networkElsewhere(address: string, path: string, subscription: string): VirtualNetwork {
    const known = this.elsewhere.find(
      (one) => one.path === path.toLowerCase() && mayBeSame(one.subscription, subscription),
    );
    if (known) return known.network;
    const network = { address, name: lastSegment(path), addressSpace: [], managed: false };
    this.elsewhere.push({ path: path.toLowerCase(), subscription, network });
    this.networks.set(address, network);
    return network;
  }

  /** The network in which the subnet at a path lies, with the subnet's ranges. */
  private subnetAt(resource: Resource, path: string[]): { network?: VirtualNetwork; ranges: string[] } {
    const mentioned = unique(mentionsOf(resource, path, SUBNET));
    const id = resource.text(...path);
    const subnet = id === undefined ? undefined : this.byId(SUBNET, id);
    const candidates = mentioned.length !== 1 && subnet ? [subnet] : mentioned;
    // Where it is not clear which subnet is meant, they may at least lie in one network.
    const [network, ...others] = unique(candidates.map((one) => this.networkAt(one, ["virtual_network_name"])));
    if (network && others.length === 0) {
      return { network, ranges: texts(candidates.flatMap((one) => one.known("address_prefixes"))) };
    }
    // A subnet that its network defines itself, or one that is not in the file.
    const inline = unique(mentionsOf(resource, path, VNET));
    const networkId = /^(.*\/virtualnetworks\/[^/]+)\/subnets\//i.exec(id ?? "")?.[1];
    const holder =
      inline.length === 1
        ? this.networks.get(inline[0]!.address)
        : networkId === undefined
          ? undefined
          : this.networkById(networkId);
    return { ...optional("network", holder), ranges: [] };
  }

  private peeringOf(resource: Resource): Peering[] {
    const from = this.networkAt(resource, ["virtual_network_name"]);
    const to = this.networkAt(resource, ["remote_virtual_network_id"]);
    const allowed = resource.known("allow_virtual_network_access")[0] !== false;
    if (from && to) return [{ address: resource.address, from, to, allowed }];
    this.unplaced.push(resource.address);
    return [];
  }

  // DNS servers

  private findDnsServers(): void {
    for (const resource of this.all(VNET)) this.setDnsServers(this.networks.get(resource.address), resource);
    for (const resource of this.all("azurerm_virtual_network_dns_servers")) {
      this.setDnsServers(this.networkAt(resource, ["virtual_network_id"]), resource);
    }
  }

  private setDnsServers(network: VirtualNetwork | undefined, resource: Resource): void {
    const addresses = texts(resource.known("dns_servers"));
    const mentioned = resource.mentions("dns_servers").map(({ resource }) => resource);
    if (!network || addresses.length + mentioned.length === 0) return;
    if (addresses.length > 0 && addresses.every((address) => address === AZURE_DNS)) return;
    const homes = new Set([
      ...addresses.map((address) => (address === AZURE_DNS ? network : this.networkHolding(address, network))),
      ...(addresses.length > 0 ? [] : mentioned.map((server) => this.networkOf(server))),
    ]);
    const [home] = homes;
    network.dnsServers = { addresses, ...optional("network", homes.size === 1 ? home : undefined) };
  }

  /** The network with an address in its address space: this one, or the only other. */
  private networkHolding(address: string, own: VirtualNetwork): VirtualNetwork | undefined {
    const holds = ({ addressSpace }: VirtualNetwork) => addressSpace.some((range) => isIn(address, range));
    if (holds(own)) return own;
    const [found, ...others] = [...this.networks.values()].filter(holds);
    return others.length === 0 ? found : undefined;
  }

  /** The network in which a resource, such as a firewall, has its subnet, directly or by what it refers to. */
  private networkOf(resource: Resource, depth = 0): VirtualNetwork | undefined {
    if (resource.type === VNET) return this.networks.get(resource.address);
    if (resource.type === SUBNET) return this.networkAt(resource, ["virtual_network_name"]);
    if (depth > 5) return undefined;
    // A firewall refers to its policy too, and that may refer to anything: its own subnets come first.
    for (const { resource: next } of [...NESTED_SUBNETS, []].flatMap((path) => resource.mentions(...path))) {
      const found = this.networkOf(next, depth + 1);
      if (found) return found;
    }
    const subnetIds = texts(NESTED_SUBNETS.flatMap((path) => resource.known(...path)));
    return subnetIds.map((id) => this.byId(SUBNET, id)).map((subnet) => subnet && this.networkOf(subnet))[0];
  }

  // The registry and its endpoints

  private addRegistry(resource: Resource): void {
    const name = resource.text("name");
    if (name === undefined) {
      this.unnamedRegistries.push(resource.address);
      return;
    }
    const regions = texts([...resource.known("location"), ...resource.known("georeplications", "location")]);
    const same = this.registryCalled(name);
    if (same) {
      this.registries.set(resource.address, same);
      return;
    }
    // A data source does not list the replicas.
    if (!resource.managed) regions.push(...this.regionsWithRecords(name));
    // Left out of a configuration it is on, as azurerm has it.
    const publicAccess =
      resource.known("public_network_access_enabled")[0] ?? (this.form === "configuration" || undefined);
    this.registries.set(resource.address, {
      ...this.registryNamed(resource.address, name, regions),
      ...optional("publicAccess", typeof publicAccess === "boolean" ? publicAccess : undefined),
    });
  }

  private registryNamed(address: string, name: string, regions: readonly string[]): Registry {
    const sorted = unique(regions.map(normaliseRegion)).sort();
    const names = [...this.zones.values()].map((zone) => zone.name);
    const cloudNames = Object.keys(CLOUDS) as CloudName[];
    const cloud =
      CLOUDS[
        cloudNames.find((cloud) => sorted.some((region) => region in REGIONS[cloud])) ??
          cloudNames.find((cloud) => names.some((zone) => `.${zone}`.endsWith(`.${CLOUDS[cloud].privateLinkZone}`))) ??
          "public"
      ];
    return { address, name, cloud, regions: sorted, hosts: registryHosts(name.toLowerCase(), sorted, cloud) };
  }

  private registryAt(resource: Resource, path: string[]): Registry | undefined {
    const id = resource.text(...path);
    const mentioned = unique(mentionsOf(resource, path, REGISTRY));
    const found = mentioned.length === 1 ? mentioned[0] : id === undefined ? undefined : this.byId(REGISTRY, id);
    if (found) return this.registries.get(found.address);
    if (id === undefined || !/\/microsoft\.containerregistry\/registries\/[^/]+$/i.test(id)) return undefined;
    const name = lastSegment(id).toLowerCase();
    const known = this.registryCalled(name);
    if (known) return known;
    const registry = this.registryNamed(id, name, this.regionsWithRecords(name));
    this.registries.set(id.toLowerCase(), registry);
    return registry;
  }

  /** No two registries have one name, however many resources and ids lead to it. */
  private registryCalled(name: string): Registry | undefined {
    return [...this.registries.values()].find((registry) => registry.name.toLowerCase() === name.toLowerCase());
  }

  /** The regions of a registry for whose data endpoints there are records: the best guess where nothing lists them. */
  private regionsWithRecords(name: string): string[] {
    return this.all("azurerm_private_dns_a_record").flatMap((record) => {
      const [label, region, data] = (record.text("name")?.toLowerCase() ?? "").split(".");
      return label === name.toLowerCase() && data === "data" && region !== undefined ? [region] : [];
    });
  }

  private addEndpoint(resource: Resource): void {
    const groups = texts(resource.known("private_service_connection", "subresource_names"));
    if (!groups.includes("registry")) return;
    const registry = this.registryAt(resource, ["private_service_connection", "private_connection_resource_id"]);
    if (!registry) return;
    const { network, ranges } = this.subnetAt(resource, ["subnet_id"]);
    this.endpoints.set(resource.address, {
      address: resource.address,
      name: resource.text("name") ?? resource.address,
      ...optional("location", resource.text("location")),
      ...optional("network", network),
      registry,
      addresses: new Map(),
      subnetRanges: ranges,
      registersIn: this.zonesAt(resource, ["private_dns_zone_group", "private_dns_zone_ids"]),
      manual: resource.known("private_service_connection", "is_manual_connection")[0] === true,
    });
  }

  /** Addresses that are known: from the network interface where something reads it, else from the endpoint itself. */
  private readAddresses(): void {
    for (const nic of this.all("azapi_resource")) {
      const endpoint = this.endpointOfNic(nic);
      if (!endpoint) continue;
      for (const configuration of nic.known("output", "properties", "ipConfigurations").filter(isJson)) {
        const properties = isJson(configuration.properties) ? configuration.properties : {};
        const connection = isJson(properties.privateLinkConnectionProperties)
          ? properties.privateLinkConnectionProperties
          : {};
        for (const host of texts(list(connection.fqdns))) addAddress(endpoint, host, properties.privateIPAddress);
      }
    }
    for (const resource of this.all(ENDPOINT)) {
      const endpoint = this.endpoints.get(resource.address);
      if (!endpoint || endpoint.addresses.size > 0) continue;
      for (const config of resource.known("custom_dns_configs").filter(isJson)) {
        for (const address of list(config.ip_addresses)) addAddress(endpoint, config.fqdn, address);
      }
      // Where a zone group writes the records, the list above is empty and this one tells.
      for (const written of resource.known("private_dns_zone_configs", "record_sets").filter(isJson)) {
        const host = endpoint.registry.hosts.find(
          ({ record }) => written.fqdn === `${record}.${endpoint.registry.cloud.privateLinkZone}`,
        );
        for (const address of list(written.ip_addresses)) addAddress(endpoint, host?.fqdn, address);
      }
      for (const fixed of resource.known("ip_configuration").filter(isJson)) {
        const host = hostOfMember(endpoint.registry, fixed.member_name);
        if (host) addAddress(endpoint, host.fqdn, fixed.private_ip_address);
      }
    }
  }

  private endpointOfNic(nic: Resource): Endpoint | undefined {
    const mentioned = unique(mentionsOf(nic, ["resource_id"], ENDPOINT));
    if (mentioned.length === 1) return this.endpoints.get(mentioned[0]!.address);
    const id = nic.text("resource_id")?.toLowerCase();
    const owner = this.all(ENDPOINT).find((endpoint) =>
      texts(endpoint.known("network_interface", "id")).some((nicId) => nicId.toLowerCase() === id),
    );
    return owner && this.endpoints.get(owner.address);
  }

  // Zones, links and records

  private zonesAt(resource: Resource, path: string[]): Zone[] {
    const sure = resource.mentions(...path).filter(({ oneOf, resource }) => !oneOf && resource.type === ZONE);
    const mentioned = sure.map(({ resource }) => this.zones.get(resource.address));
    const byId = texts(resource.known(...path)).map((id) => this.zoneById(id));
    return unique([...mentioned, ...byId]).filter((zone) => zone !== undefined);
  }

  private zoneById(id: string): Zone {
    const address = this.byId(ZONE, id)?.address ?? id.toLowerCase();
    const known = this.zones.get(address);
    if (known) return known;
    const zone = { address: id, name: lastSegment(id).toLowerCase(), managed: false, records: [] };
    this.zones.set(address, zone);
    return zone;
  }

  /** The zone that a resource names; it lies in the resource's own resource group. */
  private zoneNamedIn(resource: Resource, attribute: string): Zone | undefined {
    const name = resource.text(attribute);
    const group = resource.text("resource_group_name");
    const mentioned = unique(mentionsOf(resource, [attribute], ZONE));
    if (mentioned.length === 1) return this.zones.get(mentioned[0]!.address);
    if (name === undefined) return undefined;
    const found = this.byName(ZONE, name, resource, mentioned);
    if (found) return this.zones.get(found.address);
    const address = `${group?.toLowerCase() ?? "?"}/${name.toLowerCase()}`;
    const known = this.zones.get(address);
    if (known) return known;
    const zone = {
      address: `${name} in ${group ?? "an unknown resource group"}`,
      name: name.toLowerCase(),
      managed: false,
      records: [],
    };
    this.zones.set(address, zone);
    return zone;
  }

  private linkOf(resource: Resource): Link[] {
    const zone = this.zoneNamedIn(resource, "private_dns_zone_name");
    const network = this.networkAt(resource, ["virtual_network_id"]);
    const fallsBack = resource.text("resolution_policy") === "NxDomainRedirect";
    if (zone && network) return [{ address: resource.address, zone, network, fallsBack }];
    const ofRegistries = (name: string) => Object.values(CLOUDS).some((cloud) => name.endsWith(cloud.privateLinkZone));
    if (!zone || ofRegistries(zone.name)) this.unplaced.push(resource.address);
    return [];
  }

  private addRecordSet(resource: Resource): void {
    const name = resource.text("name");
    const zone = this.zoneNamedIn(resource, "zone_name");
    if (name === undefined || !zone) return;
    const addresses = texts(resource.known("records"));
    const mentions = resource.mentions("records");
    const sources = unique(mentions.flatMap(({ resource }) => this.endpointsBehind(resource)));
    const unsure =
      sources.length > 1 && mentions.some(({ oneOf, resource }) => oneOf && this.endpointsBehind(resource).length > 0);
    const readFrom = unsure ? [] : sources;
    zone.records.push({
      address: resource.address,
      name: name.toLowerCase(),
      addresses,
      size: Math.max(addresses.length, readFrom.length),
      readFrom,
      readFromOneOf: unsure ? sources : [],
      lost: unique([
        ...resource.lost("records"),
        ...mentions.flatMap(({ resource: source }) =>
          (source.managed && source.type !== ENDPOINT) || this.endpointsBehind(source).length > 0
            ? []
            : [source.address],
        ),
      ]),
      picksBy: resource.literals("records").map((literal) => literal.toLowerCase()),
      byPosition: mentions.filter(isByPosition).map(({ resource, steps }) => resource.address + steps),
    });
  }

  /** The endpoint that a resource is, or that it reads from. */
  private endpointsBehind(resource: Resource, depth = 0): Endpoint[] {
    if (resource.type === ENDPOINT && resource.managed)
      return [this.endpoints.get(resource.address)].filter((found) => found !== undefined);
    if (resource.managed || depth > 5) return [];
    const nic = resource.type === "azapi_resource" ? this.endpointOfNic(resource) : undefined;
    return nic ? [nic] : resource.mentions().flatMap(({ resource }) => this.endpointsBehind(resource, depth + 1));
  }

  // Finding things by what Azure calls them

  private byId(type: string, id: string): Resource | undefined {
    return this.index(type, "id", (resource) => resource.text("id")).get(id.toLowerCase())?.[0];
  }

  /** A resource by its name, in the resource group and subscription of the one that names it, maybe among some only. */
  private byName(type: string, name: string, from: Resource, among: readonly Resource[]): Resource | undefined {
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

  private readonly indices = new Map<string, Map<string, Resource[]>>();

  private index(type: string, kind: string, key: (resource: Resource) => string | undefined): Map<string, Resource[]> {
    const known = this.indices.get(`${type} ${kind}`);
    if (known) return known;
    const index = groupBy(this.all(type), (resource) => key(resource)?.toLowerCase() ?? "");
    this.indices.set(`${type} ${kind}`, index);
    return index;
  }
}

/** The subscription in an id, in lower case; empty where it is not known. */
function subscriptionOf(id = ""): string {
  return /^\/subscriptions\/([^/]+)\//i.exec(id)?.[1]?.toLowerCase() ?? "";
}

/** Whether two subscriptions can be one, as far as they are known. */
function mayBeSame(a: string, b: string): boolean {
  return a === b || a === "" || b === "";
}

/** Azure's own resolver: asking it is the same as having no DNS servers. */
const AZURE_DNS = "168.63.129.16";

/** Where resources that can be DNS servers keep their subnet's id. */
const NESTED_SUBNETS = [["subnet_id"], ["ip_configuration", "subnet_id"], ["ip_configurations", "subnet_id"]];

/** The host name that a member of the registry's private link resource stands for. */
function hostOfMember(registry: Registry, member: unknown): RegistryHost | undefined {
  const region = /^registry_data_(\w+)$/.exec(typeof member === "string" ? member : "")?.[1];
  const id = region === undefined ? "login-server" : `data-${region}`;
  return registry.hosts.find((host) => host.id === id);
}

/**
 * Whether a record reads an endpoint's addresses by position: they come in any order, and
 * `private_service_connection` shows but one of them.
 */
function isByPosition({ resource, steps }: Mention): boolean {
  if (resource.type === ENDPOINT) {
    return /\b(custom_dns_configs|private_dns_zone_configs|record_sets)(\[\d+\]|\.\d+)|\bprivate_service_connection\b.*\.private_ip_address$/.test(
      steps,
    );
  }
  return (
    !resource.managed &&
    /\b(ip_configuration|ipConfigurations|private_ip_addresses)(\[\d+\]|\.\d+)|\bprivate_ip_address$/.test(steps)
  );
}

function addAddress(endpoint: Endpoint, host: unknown, address: unknown): void {
  if (typeof host !== "string" || typeof address !== "string") return;
  const addresses = endpoint.addresses as Map<string, string[]>;
  addresses.set(host.toLowerCase(), unique([...(addresses.get(host.toLowerCase()) ?? []), address]));
}

function mentionsOf(resource: Resource, path: string[], type: string): Resource[] {
  return resource.mentions(...path).flatMap((mention) => (mention.resource.type === type ? [mention.resource] : []));
}

function lastSegment(id: string): string {
  return id.split("/").at(-1) ?? id;
}

function texts(values: readonly unknown[]): string[] {
  return values.filter((value): value is string => typeof value === "string");
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return (value === undefined ? {} : { [key]: value }) as Partial<Record<K, V>>;
}
