import type { RegistryHost } from "../azure/registry-hosts";
import type { Resource } from "../read/module";
import { unique } from "../util/collections";
import { isJson } from "../util/json";
import type { Endpoint, Registry } from "./network-model";
import type { Networks } from "./networks";
import type { Registries } from "./registries";
import { type Resources, TYPES, mentionsOf, optional, texts } from "./resources";
import type { Zones } from "./zones";

/** The private endpoints of registries in a file, with their addresses as far as known. */
export class Endpoints {
  private readonly endpoints = new Map<string, Endpoint>();

  constructor(
    private readonly resources: Resources,
    networks: Networks,
    registries: Registries,
    zones: Zones,
  ) {
    for (const resource of resources.ofType(TYPES.endpoint)) {
      if (!texts(resource.known("private_service_connection", "subresource_names")).includes("registry")) continue;
      const registry = registries.at(resource, "private_service_connection", "private_connection_resource_id");
      if (!registry) continue;
      const { network, ranges } = networks.ofSubnetAt(resource, "subnet_id");
      this.endpoints.set(resource.address, {
        address: resource.address,
        name: resource.text("name") ?? resource.address,
        ...optional("location", resource.text("location")),
        ...optional("network", network),
        registry,
        addresses: new Map(),
        subnetRanges: ranges,
        registersIn: zones.at(resource, "private_dns_zone_group", "private_dns_zone_ids"),
        manual: resource.known("private_service_connection", "is_manual_connection")[0] === true,
      });
    }
    this.readAddresses();
  }

  public get all(): Endpoint[] {
    return [...this.endpoints.values()];
  }

  /** The endpoint that a resource is, or that it reads from. */
  public behind(resource: Resource, depth = 0): Endpoint[] {
    if (resource.type === TYPES.endpoint && resource.managed)
      return [this.endpoints.get(resource.address)].filter((found) => found !== undefined);
    if (resource.managed || depth > 5) return [];
    const owner = resource.type === "azapi_resource" ? this.ownerOfNic(resource) : undefined;
    return owner ? [owner] : resource.mentions().flatMap(({ resource }) => this.behind(resource, depth + 1));
  }

  /** Reads the known addresses: from the network interface if a data source reads it, otherwise from the endpoint. */
  private readAddresses(): void {
    for (const nic of this.resources.ofType("azapi_resource")) {
      const endpoint = this.ownerOfNic(nic);
      if (endpoint) readFromNic(endpoint, nic);
    }
    for (const resource of this.resources.ofType(TYPES.endpoint)) {
      const endpoint = this.endpoints.get(resource.address);
      if (endpoint?.addresses.size === 0) readFromEndpoint(endpoint, resource);
    }
  }

  private ownerOfNic(nic: Resource): Endpoint | undefined {
    const mentioned = unique(mentionsOf(nic, ["resource_id"], TYPES.endpoint));
    if (mentioned.length === 1) return this.endpoints.get(mentioned[0]!.address);
    const id = nic.text("resource_id")?.toLowerCase();
    const owner = this.resources
      .ofType(TYPES.endpoint)
      .find((endpoint) => texts(endpoint.known("network_interface", "id")).some((nicId) => nicId.toLowerCase() === id));
    return owner && this.endpoints.get(owner.address);
  }
}

function readFromNic(endpoint: Endpoint, nic: Resource): void {
  for (const configuration of nic.known("output", "properties", "ipConfigurations").filter(isJson)) {
    const properties = isJson(configuration.properties) ? configuration.properties : {};
    const connection = isJson(properties.privateLinkConnectionProperties)
      ? properties.privateLinkConnectionProperties
      : {};
    for (const host of texts(list(connection.fqdns))) addAddress(endpoint, host, properties.privateIPAddress);
  }
}

function readFromEndpoint(endpoint: Endpoint, resource: Resource): void {
  for (const config of resource.known("custom_dns_configs").filter(isJson)) {
    for (const address of list(config.ip_addresses)) addAddress(endpoint, config.fqdn, address);
  }
  // With a DNS zone group, the list above is empty, and this one has the addresses.
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

/** The host name that a member of the registry's private link resource stands for. */
function hostOfMember(registry: Registry, member: unknown): RegistryHost | undefined {
  const [, data, region] = /^registry(_data)?(?:_(\w+))?$/.exec(typeof member === "string" ? member : "") ?? [];
  const kind = data ? "data" : region ? "regional" : "global";
  return registry.hosts.find((host) => host.kind === kind && host.region === region);
}

function addAddress(endpoint: Endpoint, host: unknown, address: unknown): void {
  if (typeof host !== "string" || typeof address !== "string") return;
  const addresses = endpoint.addresses as Map<string, string[]>;
  addresses.set(host.toLowerCase(), unique([...(addresses.get(host.toLowerCase()) ?? []), address]));
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
