import type { RegistryHost } from "../azure/registry-hosts";
import type { Resource } from "../read/module";
import { groupBy, once, unique } from "../util/collections";
import { isJson } from "../util/json";
import type { Endpoint } from "./network-model";
import type { Networks } from "./networks";
import type { Registries } from "./registries";
import { type Resources, TYPES, mentionsOf, optional, texts } from "./resources";
import type { Zones } from "./zones";

/** The private endpoints of registries in a file, with their addresses as far as known. */
export class Endpoints {
  private readonly endpoints = new Map<string, Endpoint>();
  /** By the lower-case id of their network interface. */
  private readonly byNic = new Map<string, Endpoint>();
  /** Terraform addresses of endpoints of a registry that is not known. */
  public readonly unplaced: string[] = [];

  constructor(
    private readonly resources: Resources,
    networks: Networks,
    registries: Registries,
    zones: Zones,
  ) {
    for (const resource of resources.ofType(TYPES.endpoint)) {
      if (!texts(resource.known("private_service_connection", "subresource_names")).includes("registry")) continue;
      const registry = registries.at(resource, "private_service_connection", "private_connection_resource_id");
      if (!registry) {
        // Of a registry without a known name, no endpoint can be placed.
        if (registries.unnamed.length === 0) this.unplaced.push(resource.address);
        continue;
      }
      const { network, subnet, ranges } = networks.ofSubnetAt(resource, "subnet_id");
      const endpoint = {
        address: resource.address,
        name: resource.text("name") ?? resource.address,
        ...optional("location", resource.text("location")),
        ...optional("network", network),
        registry,
        addresses: new Map(),
        ...optional("subnet", subnet),
        subnetRanges: ranges,
        registersIn: zones.at(resource, "private_dns_zone_group", "private_dns_zone_ids"),
        manual: resource.known("private_service_connection", "is_manual_connection")[0] === true,
      };
      this.endpoints.set(resource.address, endpoint);
      for (const id of texts(resource.known("network_interface", "id"))) this.byNic.set(id.toLowerCase(), endpoint);
    }
    this.readAddresses();
  }

  public get all(): Endpoint[] {
    return [...this.endpoints.values()];
  }

  /** The endpoint that a resource is, or that it reads from. */
  public readonly behind: (resource: Resource) => Endpoint[] = once([], (resource) => {
    if (resource.type === TYPES.endpoint && resource.managed)
      return [this.endpoints.get(resource.address)].filter((found) => found !== undefined);
    if (resource.managed) return [];
    const owner = resource.type === "azapi_resource" ? this.ownerOfNic(resource) : undefined;
    return owner ? [owner] : unique(resource.mentions().flatMap(({ resource }) => this.behind(resource)));
  });

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
    return this.byNic.get(nic.text("resource_id")?.toLowerCase() ?? "");
  }
}

function readFromNic(endpoint: Endpoint, nic: Resource): void {
  const configurations = nic.known("output", "properties", "ipConfigurations", "properties").filter(isJson);
  addAddresses(
    endpoint,
    configurations.flatMap(({ privateLinkConnectionProperties: connection, privateIPAddress }) =>
      (isJson(connection) ? list(connection.fqdns) : []).map((host) => ({ host, address: privateIPAddress })),
    ),
  );
}

function readFromEndpoint(endpoint: Endpoint, resource: Resource): void {
  const { hosts, cloud } = endpoint.registry;
  const byRecord = new Map<unknown, RegistryHost>(
    hosts.map((host) => [`${host.record}.${cloud.privateLinkZone}`, host]),
  );
  const byMember = new Map<unknown, RegistryHost>(hosts.map((host) => [memberOf(host), host]));
  const written = (host: unknown, addresses: unknown) => list(addresses).map((address) => ({ host, address }));
  addAddresses(endpoint, [
    ...resource
      .known("custom_dns_configs")
      .filter(isJson)
      .flatMap(({ fqdn, ip_addresses }) => written(fqdn, ip_addresses)),
    // With a DNS zone group, the list above is empty, and this one has the addresses.
    ...resource
      .known("private_dns_zone_configs", "record_sets")
      .filter(isJson)
      .flatMap(({ fqdn, ip_addresses }) => written(byRecord.get(fqdn)?.fqdn, ip_addresses)),
    ...resource
      .known("ip_configuration")
      .filter(isJson)
      .map(({ member_name, private_ip_address }) => ({
        host: byMember.get(member_name)?.fqdn,
        address: private_ip_address,
      })),
  ]);
}

/** The member of the registry's private link resource that stands for a host name. */
function memberOf({ kind, region }: RegistryHost): string {
  return ["registry", ...(kind === "data" ? ["data"] : []), ...(region === undefined ? [] : [region])].join("_");
}

function addAddresses(endpoint: Endpoint, found: readonly { host: unknown; address: unknown }[]): void {
  const known = found.flatMap(({ host, address }) =>
    typeof host === "string" && typeof address === "string" ? [{ host: host.toLowerCase(), address }] : [],
  );
  const addresses = endpoint.addresses as Map<string, string[]>;
  for (const [host, its] of groupBy(known, ({ host }) => host))
    addresses.set(host, unique([...(addresses.get(host) ?? []), ...its.map(({ address }) => address)]));
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
