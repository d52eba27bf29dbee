import type { Resource } from "../read/module";
import { groupBy, isJson, once, unique } from "../../../common/util";
import { draft } from "./draft";
import { type Endpoint, type Host, type UnreadEndpoint, type Zone, isAtOrBelow } from "./network-model";
import type { Networks } from "./networks";
import { INTERFACE } from "./machines";
import type { Services, Target } from "./services";
import { type Resources, TYPES, mentionsOf, optional, texts } from "./resources";
import type { Zones } from "./zones";

/** The private endpoints of a file, with their addresses as far as known. */
export class Endpoints {
  private readonly endpoints = new Map<string, Endpoint>();
  /** By the lower-case id of their network interface. */
  private readonly byNic = new Map<string, Endpoint>();
  /** Endpoints of services whose names are not known. */
  public readonly unread: UnreadEndpoint[] = [];
  /** The policies of the file that attach DNS zone groups, or may. */
  private readonly policies: readonly { readonly assignment: Resource; readonly zones: readonly Zone[] }[];

  constructor(
    private readonly resources: Resources,
    private readonly networks: Networks,
    services: Services,
    private readonly zones: Zones,
    private readonly zoneGroups: boolean,
  ) {
    this.policies = POLICY_ASSIGNMENTS.flatMap((type) =>
      resources.ofType(type).flatMap((assignment) => {
        const zones = this.zones.ofPolicy(assignment);
        return zones.length > 0 ? [{ assignment, zones }] : [];
      }),
    );
    const groups = groupBy(resources.ofType("private_dns_zone_group"), (group) =>
      resources.at(group, TYPES.endpoint, "private_endpoint_id"),
    );
    for (const resource of resources.ofType(TYPES.endpoint)) {
      const target = services.targetOf(resource);
      if ("service" in target) this.add(resource, target, groups.get(resource) ?? []);
      else this.unread.push(target);
    }
    this.readAddresses();
  }

  private add(resource: Resource, { service, hosts }: Target, groups: readonly Resource[]): void {
    const { network, subnet, ranges, hidden } = this.networks.ofSubnetAt(resource, "subnet_id");
    const path = ["private_dns_zone_group", "private_dns_zone_ids"];
    const registersIn = unique([
      ...this.zones.at(resource, ...path),
      ...groups.flatMap((group) => this.zones.at(group, "private_dns_zone_ids")),
    ]);
    const fits = (zone: Zone) => hosts.some(({ privateName }) => isAtOrBelow(privateName, zone.name));
    // A dynamic block of which the number is not known: the endpoint may have a group or not.
    const isOpen = resource.unknown(...path) && resource.known(path[0]!).length === 0;
    const holders = [
      ...(resource.unknown(...path) ? [{ of: resource, at: path }] : []),
      ...groups.flatMap((of) => (of.unknown(path[1]!) ? [{ of, at: path.slice(1) }] : [])),
    ];
    const mayBe = registersIn.length > 0 ? [] : holders.flatMap(({ of, at }) => this.zones.mayBeAt(of, ...at));
    const fitting = mayBe.filter(fits);
    // Each name is written into one zone: where only one of each name can be meant, it is.
    const sure = !isOpen && new Set(fitting.map(({ name }) => name)).size === fitting.length;
    const hasGroup = registersIn.length > 0 || groups.length > 0 || resource.known(path[0]!).length > 0;
    const byPolicy = hasGroup || fitting.length > 0 ? undefined : this.byPolicy(resource, fits);
    const endpoint: Endpoint = {
      address: resource.address,
      name: resource.text("name") ?? resource.address,
      ...optional("location", resource.text("location")),
      ...optional("network", network),
      service,
      hosts,
      addresses: new Map(),
      staticMembers: resource
        .known("ip_configuration")
        .filter(isJson)
        .map(({ member_name: member, subresource_name: subresource }) => texts([member, subresource])[0] ?? ""),
      ...optional("subnet", subnet),
      subnetRanges: ranges,
      registersIn: sure && registersIn.length === 0 ? fitting : registersIn,
      mayRegisterIn: sure ? [] : fitting,
      zonesHidden:
        registersIn.length > 0 || (sure && mayBe.length > 0) ? [] : holders.map(({ of, at }) => of.hiddenBy(...at)),
      ...optional("networkHidden", hidden),
      otherZones:
        hosts.length > 0 && !isOpen && ![...registersIn, ...fitting].some(fits) ? [...registersIn, ...mayBe] : [],
      ...byPolicy,
      ...approvalOf(resource),
    };
    this.endpoints.set(resource.address, endpoint);
    for (const id of texts(resource.known("network_interface", "id"))) this.byNic.set(id.toLowerCase(), endpoint);
  }

  /** Where a policy writes the addresses of an endpoint without a DNS zone group. */
  private byPolicy(
    endpoint: Resource,
    fits: (zone: Zone) => boolean,
  ): Partial<Pick<Endpoint, "registersIn" | "mayRegisterIn" | "policy">> {
    if (this.zoneGroups) {
      const zones = this.zones.all.filter(fits);
      // Of several zones of a name, the policy decides; and it may have zones that are not in the file.
      return new Set(zones.map(({ name }) => name)).size === zones.length && zones.length > 0
        ? { registersIn: zones }
        : { mayRegisterIn: zones, policy: "a policy" };
    }
    const found = this.policies
      .filter(({ assignment }) => isInScope(assignment, endpoint))
      .map(({ assignment, zones }) => ({ assignment, zones: zones.filter(fits) }))
      .filter(({ zones }) => zones.length > 0);
    const [first] = found;
    return first
      ? { mayRegisterIn: unique(found.flatMap(({ zones }) => zones)), policy: first.assignment.address }
      : {};
  }

  public get all(): Endpoint[] {
    return [...this.endpoints.values()];
  }

  /** The endpoint that a resource is, or that it reads from. */
  public readonly behind: (resource: Resource) => Endpoint[] = once([], (resource) => {
    if (resource.managed) return [this.endpoints.get(resource.address) ?? []].flat();
    const owner = resource.type === INTERFACE ? this.ownerOfNic(resource) : undefined;
    return owner ? [owner] : unique(resource.mentions().flatMap(({ resource }) => this.behind(resource)));
  });

  /** Reads the known addresses: from the network interface if a data source reads it, otherwise from the endpoint. */
  private readAddresses(): void {
    for (const nic of this.resources.ofType(INTERFACE)) {
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
    const [id] = texts([...nic.known("resource_id"), ...nic.known("id")]);
    return this.byNic.get(id?.toLowerCase() ?? "");
  }
}

/** Azure Policy attaches DNS zone groups to private endpoints without one, with zones that an assignment names. */
const POLICY_ASSIGNMENTS = [
  "azurerm_management_group_policy_assignment",
  "azurerm_resource_group_policy_assignment",
  "azurerm_resource_policy_assignment",
  "azurerm_subscription_policy_assignment",
];

/** Whether an endpoint may be in the scope of a policy assignment: it is not if that is another resource group. */
function isInScope(assignment: Resource, endpoint: Resource): boolean {
  const group = /\/resourcegroups\/([^/]+)$/i.exec(assignment.text("resource_group_id") ?? "")?.[1];
  const own = endpoint.text("resource_group_name");
  return group === undefined || own === undefined || group.toLowerCase() === own.toLowerCase();
}

/** A connection is approved with the endpoint's creation, unless it is requested; then Azure alone says what its owner did. */
function approvalOf(resource: Resource): Pick<Endpoint, "approval" | "approvalHidden"> {
  const at = (attribute: string) => ["private_service_connection", attribute];
  const [status] = texts(resource.known(...at("status")));
  if (status !== undefined) return { approval: status === "Approved" ? "approved" : "not approved" };
  const path = at("is_manual_connection");
  if (resource.known(...path)[0] === true) return { approval: "not known" };
  return resource.hides(...path)
    ? { approval: "not known", approvalHidden: resource.hiddenBy(...path) }
    : { approval: "approved" };
}

function readFromNic(endpoint: Endpoint, nic: Resource): void {
  addAddresses(
    endpoint,
    nic
      .known("private_link")
      .filter(isJson)
      .flatMap(({ fqdns, private_ip_address: address }) => list(fqdns).map((host) => ({ host, address }))),
  );
}

function readFromEndpoint(endpoint: Endpoint, resource: Resource): void {
  const { hosts } = endpoint;
  const byPrivateName = new Map<unknown, Host>(hosts.map((host) => [host.privateName, host]));
  const written = (path: readonly string[], hostOf: (fqdn: unknown) => unknown) => {
    const blocks = resource.known(...path).filter(isJson);
    return blocks.flatMap(({ fqdn, ip_addresses: all }) =>
      list(all).map((address) => ({ host: hostOf(fqdn), address })),
    );
  };
  const configurations = resource.known("ip_configuration").filter(isJson);
  addAddresses(endpoint, [
    ...written(["custom_dns_configs"], (fqdn) => fqdn),
    // With a DNS zone group, the list above is empty, and this one has the addresses.
    ...written(["private_dns_zone_configs", "record_sets"], (fqdn) => byPrivateName.get(fqdn)?.fqdn),
    ...configurations.flatMap(({ member_name: member, private_ip_address: address }) =>
      hosts
        // A single member stands for all names; the members of a registry stand for one each.
        .filter((host) =>
          host.kind === undefined
            ? configurations.length === 1 || host.subresource === member
            : memberOf(host) === member,
        )
        .map((host) => ({ host: host.fqdn, address })),
    ),
  ]);
}

/** The member of the registry's private link resource that stands for a host name. */
export function memberOf({ kind, region }: Host): string {
  return ["registry", ...(kind === "data" ? ["data"] : []), ...(region === undefined ? [] : [region])].join("_");
}

function addAddresses(endpoint: Endpoint, found: readonly { host: unknown; address: unknown }[]): void {
  const known = found.flatMap(({ host, address }) =>
    typeof host === "string" && typeof address === "string" ? [{ host: host.toLowerCase(), address }] : [],
  );
  const { addresses } = draft(endpoint);
  for (const { host, address } of known) addresses.set(host, unique([...(addresses.get(host) ?? []), address]));
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
