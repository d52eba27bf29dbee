import { type Finding } from "../lib/findings/finding";
import { type Answer, type Preview, previewOf } from "../lib/preview";

/** Small networks as Terraform JSON: each part is written once and shown as synthesized, as a plan or as a state. */
export type Json = Record<string, unknown>;

/** A resource or data source. */
export interface Part {
  readonly address: string;
  /** As it is synthesized, references as `${…}`. */
  readonly body: Json;
  /** What is known besides, or in place of `body`, once it exists. */
  readonly applied: Json;
}

export const ZONE = "privatelink.azurecr.io";
export const REGISTRY = "azurerm_container_registry.registry";

/** The registry's host names, by record name. */
export const HOSTS = {
  login: "acmeacr",
  sweden: "acmeacr.swedencentral.data",
  switzerland: "acmeacr.switzerlandnorth.data",
} as const;
export type PlainHost = keyof typeof HOSTS;

/** The host names that regional endpoints add. */
const REGIONAL_HOSTS = {
  swedenLogin: "acmeacr.swedencentral.geo",
  switzerlandLogin: "acmeacr.switzerlandnorth.geo",
} as const;
const NAMES = { ...HOSTS, ...REGIONAL_HOSTS };
export type Host = keyof typeof NAMES;
const ALL_HOSTS = Object.keys(HOSTS) as PlainHost[];

export function fqdn(host: Host): string {
  return `${NAMES[host]}.azurecr.io`;
}

/** The networks' first two octets. */
const PREFIXES: Record<string, string> = { hub: "10.12", spoke1: "10.10", spoke2: "10.11" };

/** Addresses come in any order, so no two endpoints have the same. */
const LAST_OCTETS: Record<string, Record<Host, number>> = {
  spoke1: { login: 4, sweden: 5, switzerland: 6, swedenLogin: 7, switzerlandLogin: 8 },
  spoke2: { login: 6, sweden: 4, switzerland: 5, swedenLogin: 8, switzerlandLogin: 7 },
  hub: { login: 5, sweden: 6, switzerland: 4, swedenLogin: 8, switzerlandLogin: 7 },
};

export function addressAt(endpoint: string, host: Host): string {
  return `${PREFIXES[endpoint] ?? "10.99"}.0.${LAST_OCTETS[endpoint]?.[host] ?? 4}`;
}

/** An Azure id. */
export function idOf(group: string, kind: string, name: string): string {
  return `/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/${group}/providers/${kind}/${name}`;
}

export function networkId(key: string): string {
  return idOf(`rg-${key}`, "Microsoft.Network/virtualNetworks", `vnet-${key}`);
}

export function zoneId(key: string, name: string = ZONE): string {
  return idOf(`rg-${key}`, "Microsoft.Network/privateDnsZones", name);
}

// Parts.

export function part(address: string, body: Json, applied: Json = {}): Part {
  return { address, body, applied };
}

export function network(key: string, extra: Json = {}): Part {
  const body = { name: `vnet-${key}`, resource_group_name: `rg-${key}`, location: "swedencentral" };
  const range = `${PREFIXES[key] ?? "10.99"}.0.0/16`;
  return part(`azurerm_virtual_network.${key}`, { ...body, address_space: [range], ...extra }, { id: networkId(key) });
}

export function subnet(key: string): Part {
  const body = {
    name: "endpoints",
    resource_group_name: `rg-${key}`,
    virtual_network_name: `\${azurerm_virtual_network.${key}.name}`,
    address_prefixes: [`${PREFIXES[key] ?? "10.99"}.0.0/24`],
  };
  return part(`azurerm_subnet.${key}`, body, { id: `${networkId(key)}/subnets/endpoints` });
}

export function peering(from: string, to: string, extra: Json = {}): Part {
  return part(`azurerm_virtual_network_peering.${from}-to-${to}`, {
    name: `to-${to}`,
    resource_group_name: `rg-${from}`,
    virtual_network_name: `\${azurerm_virtual_network.${from}.name}`,
    remote_virtual_network_id: `\${azurerm_virtual_network.${to}.id}`,
    ...extra,
  });
}

/** Both sides of a peering. */
export function peered(a: string, b: string): Part[] {
  return [peering(a, b), peering(b, a)];
}

export function registry(extra: Json = {}): Part {
  const body = {
    name: HOSTS.login,
    resource_group_name: "rg-registry",
    location: "swedencentral",
    georeplications: [{ location: "Switzerland North" }],
    public_network_access_enabled: false,
  };
  const id = idOf("rg-registry", "Microsoft.ContainerRegistry/registries", HOSTS.login);
  return part(REGISTRY, { ...body, ...extra }, { id });
}

/** What turns the regional endpoints of the registry on. */
export const REGIONAL_ENDPOINTS = part("azapi_update_resource.regional", {
  type: "Microsoft.ContainerRegistry/registries@2026-03-01-preview",
  resource_id: `\${${REGISTRY}.id}`,
  body: { properties: { regionalEndpoints: "Enabled" } },
});

/** An endpoint in the network of the same name, and the data source that reads its network interface. */
export function endpoint(key: string, extra: Json = {}, hosts: readonly Host[] = ALL_HOSTS): Part[] {
  const nicId = idOf(`rg-${key}`, "Microsoft.Network/networkInterfaces", `nic-${key}`);
  const body = {
    name: `pep-${key}`,
    resource_group_name: `rg-${key}`,
    subnet_id: `\${azurerm_subnet.${key}.id}`,
    private_service_connection: {
      private_connection_resource_id: `\${${REGISTRY}.id}`,
      subresource_names: ["registry"],
      is_manual_connection: false,
    },
    ...extra,
  };
  const ipConfigurations = hosts.map((host) => ({
    properties: {
      privateIPAddress: addressAt(key, host),
      privateLinkConnectionProperties: { fqdns: [fqdn(host)] },
    },
  }));
  return [
    part(`azurerm_private_endpoint.${key}`, body, {
      id: idOf(`rg-${key}`, "Microsoft.Network/privateEndpoints", `pep-${key}`),
      network_interface: [{ id: nicId }],
      custom_dns_configs: hosts.map((host) => ({ fqdn: fqdn(host), ip_addresses: [addressAt(key, host)] })),
    }),
    part(
      `data.azapi_resource.${key}`,
      { resource_id: `\${azurerm_private_endpoint.${key}.network_interface[0].id}` },
      { resource_id: nicId, output: { properties: { ipConfigurations } } },
    ),
  ];
}

/** A zone group by which an endpoint registers itself. */
export function zoneGroup(...zoneIds: string[]): Json {
  return { private_dns_zone_group: { name: "default", private_dns_zone_ids: zoneIds } };
}

export function zone(key: string, name: string = ZONE): Part {
  return part(`azurerm_private_dns_zone.${key}`, { name, resource_group_name: `rg-${key}` }, { id: zoneId(key, name) });
}

export function link(from: string, to: string, extra: Json = {}): Part {
  return part(`azurerm_private_dns_zone_virtual_network_link.${from}-to-${to}`, {
    name: from,
    resource_group_name: `rg-${to}`,
    private_dns_zone_name: `\${azurerm_private_dns_zone.${to}.name}`,
    virtual_network_id: `\${azurerm_virtual_network.${from}.id}`,
    ...extra,
  });
}

/** The address of a host name at an endpoint, looked up by name in what its network interface says. */
export function lookUp(endpointKey: string, host: Host): string {
  const configurations = `data.azapi_resource.${endpointKey}.output.properties.ipConfigurations`;
  const names = "c.properties.privateLinkConnectionProperties.fqdns";
  return `\${one([for c in ${configurations} : c.properties.privateIPAddress if contains(${names}, "${fqdn(host)}")])}`;
}

export function record(zoneKey: string, host: Host, endpoints: string[], extra: Json = {}): Part {
  const body = {
    name: NAMES[host],
    resource_group_name: `rg-${zoneKey}`,
    zone_name: `\${azurerm_private_dns_zone.${zoneKey}.name}`,
    records: endpoints.map((key) => lookUp(key, host)),
    ...extra,
  };
  return part(recordAddress(zoneKey, host), body, { records: endpoints.map((key) => addressAt(key, host)) });
}

export function recordAddress(zoneKey: string, host: Host): string {
  return `azurerm_private_dns_a_record.${zoneKey}-${host}`;
}

export function recordAddresses(zoneKey: string): string[] {
  return ALL_HOSTS.map((host) => recordAddress(zoneKey, host));
}

/** A zone, the networks linked to it, and a record set for each host name, which answers with the endpoints. */
export function view(home: string, networks: string[], endpoints: string[]): Part[] {
  return [
    zone(home),
    ...ALL_HOSTS.map((host) => record(home, host, endpoints)),
    ...networks.map((key) => link(key, home)),
  ];
}

// Networks.

function hubAndSpokes(): Part[] {
  return [
    network("hub"),
    ...["spoke1", "spoke2"].flatMap((key) => [network(key), subnet(key), ...endpoint(key), ...peered("hub", key)]),
    registry(),
  ];
}

/** The right design: each network has a zone of its own, with an endpoint that it reaches. */
export function perSpoke(): Part[] {
  return [
    ...hubAndSpokes(),
    ...view("hub", ["hub"], ["spoke1"]),
    ...view("spoke1", ["spoke1"], ["spoke1"]),
    ...view("spoke2", ["spoke2"], ["spoke2"]),
  ];
}

/** One zone for all, with every endpoint in each record set: wrong unless the spokes are peered with each other. */
export function sharedZone(): Part[] {
  return [...hubAndSpokes(), ...view("hub", ["hub", "spoke1", "spoke2"], ["spoke1", "spoke2"])];
}

/** One network with one endpoint and no written records: the endpoint registers itself. */
export function selfRegistered(): Part[] {
  return [
    network("spoke1"),
    subnet("spoke1"),
    ...endpoint("spoke1", zoneGroup("${azurerm_private_dns_zone.spoke1.id}")),
    registry(),
    zone("spoke1"),
    link("spoke1", "spoke1"),
  ];
}

/**
 * The right design with regional endpoints: each zone has the regional names too, and leads its login server to the region
 * that serves its network.
 */
export function regional(served: Record<"hub" | "spoke1" | "spoke2", Host>): Part[] {
  const hosts = Object.keys(NAMES) as Host[];
  const answering = { hub: "spoke1", spoke1: "spoke1", spoke2: "spoke2" };
  return [
    network("hub", { location: "northeurope" }),
    network("spoke1"),
    network("spoke2", { location: "switzerlandnorth" }),
    ...["spoke1", "spoke2"].flatMap((key) => [subnet(key), ...endpoint(key, {}, hosts), ...peered("hub", key)]),
    registry(),
    REGIONAL_ENDPOINTS,
    ...Object.entries(answering).flatMap(([home, key]) => [
      zone(home),
      link(home, home),
      leadTo(home, key, served[home as keyof typeof served]),
      ...hosts.filter((host) => host !== "login").map((host) => record(home, host, [key])),
    ]),
  ];
}

/** The record of the login server in a zone, with the address that an endpoint has for another host name. */
export function leadTo(home: string, endpointKey: string, host: Host): Part {
  const { address, body } = record(home, "login", []);
  return part(address, { ...body, records: [lookUp(endpointKey, host)] }, { records: [addressAt(endpointKey, host)] });
}

export function without(parts: Part[], ...addresses: string[]): Part[] {
  for (const address of addresses) findPart(parts, address);
  return parts.filter(({ address }) => !addresses.includes(address));
}

/** The parts with some attributes of one of them changed; what is in `applied` is so in a state alone. */
export function change(parts: Part[], address: string, body: Json, applied: Json = {}): Part[] {
  const { body: oldBody, applied: oldApplied } = findPart(parts, address);
  const changed = part(address, { ...oldBody, ...body }, { ...oldApplied, ...applied });
  return parts.map((old) => (old.address === address ? changed : old));
}

function findPart(parts: readonly Part[], address: string): Part {
  const found = parts.find((candidate) => candidate.address === address);
  if (!found) throw new Error(`The fixture has no ${address}.`);
  return found;
}

// The forms.

export type Form = (parts: Part[]) => Json;

export function synthesized(parts: Part[]): Json {
  const json: Record<"resource" | "data", Record<string, Json>> = { resource: {}, data: {} };
  for (const { address, body } of parts) {
    const { mode, type, name } = split(address);
    const kind = json[mode === "data" ? "data" : "resource"];
    kind[type] = { ...kind[type], [name]: body };
  }
  return { terraform: {}, ...json };
}

/** A first plan of a configuration in Terraform's own language: names are known, ids are not. */
export function planOf(parts: Part[]): Json {
  return plan(parts, (references) => ({ references }));
}

/** A first plan of a configuration in JSON: Terraform then shows the raw template beside its references. */
export function planOfJson(parts: Part[]): Json {
  return plan(parts, (references, value) => ({ constant_value: value, references }));
}

function plan(parts: Part[], expression: (references: string[], value: unknown) => Json): Json {
  return shownPlan({
    resources: parts.map(({ address, body }) => shown(address, known(body, parts, ({ body }) => body) as Json)),
    configuration: parts.map(({ address, body }) => configured(address, describe(body, expression))),
  });
}

export function stateOf(parts: Part[]): Json {
  const values = (of: Part): Json => ({ ...of.body, ...of.applied });
  return shownState(parts.map((of) => shown(of.address, known(values(of), parts, values) as Json)));
}

/** The plan of resources and child modules that are shown and configured as given. */
export function shownPlan(given: {
  resources?: Json[];
  modules?: Json[];
  configuration?: Json[];
  calls?: Json;
  read?: Json[];
}): Json {
  const { resources = [], modules = [], configuration = [], calls = {}, read = [] } = given;
  return {
    format_version: "1.2",
    terraform_version: "1.11.4",
    planned_values: { root_module: { resources, child_modules: modules } },
    prior_state: { values: { root_module: { resources: read } } },
    configuration: { root_module: { resources: configuration, module_calls: calls } },
  };
}

export function shownState(resources: Json[], modules: Json[] = []): Json {
  const root_module = { resources, child_modules: modules };
  return { format_version: "1.0", terraform_version: "1.11.4", values: { root_module } };
}

/** An instance of a resource, as a plan or a state shows it. */
export function shown(address: string, values: Json): Json {
  return { address, ...split(address), values };
}

/** An instance of a module, as a plan or a state shows it. */
export function shownModule(address: string, resources: Json[], modules: Json[] = []): Json {
  const inside = (one: Json): Json => ({ ...one, address: `${address}.${String(one.address)}` });
  const deeper = (one: Json): Json => ({
    ...inside(one),
    resources: (one.resources as Json[]).map(inside),
    child_modules: (one.child_modules as Json[]).map(deeper),
  });
  return { address, resources: resources.map(inside), child_modules: modules.map(deeper) };
}

/** A resource, as a plan shows its configuration. */
export function configured(address: string, expressions: Json, forEach?: Json): Json {
  return { address, ...split(address), expressions, ...(forEach ? { for_each_expression: forEach } : {}) };
}

/** References, as Terraform lists them: each with all that it starts with. */
export function refs(...references: string[]): { references: string[] } {
  return { references: references.flatMap(prefixes) };
}

function prefixes(reference: string): string[] {
  const steps = reference.match(/^(?:data\.|module\.)?[\w-]+(?:\.[\w-]+)?|\[[^\]]*\]|\.[\w-]+/g) ?? [];
  return steps.map((_, index) => steps.slice(0, index + 1).join("")).reverse();
}

function split(address: string): { mode: string; type: string; name: string; index?: string | number } {
  const found = /^(data\.)?(\w+)\.([\w-]+)(?:\[(.+)\])?$/.exec(address);
  if (!found) throw new Error(`${address} is no address.`);
  const [, data, type = "", name = "", index] = found;
  const mode = data ? "data" : "managed";
  return { mode, type, name, ...(index ? { index: JSON.parse(index) as string | number } : {}) };
}

/** What of a value is known, given what is known of the parts that it refers to. Unknown is left out. */
function known(value: unknown, parts: Part[], of: (found: Part) => Json): unknown {
  if (typeof value === "string" && value.includes("${")) {
    const [, address, attribute] = /^\$\{((?:data\.)?[\w-]+\.[\w-]+)\.(\w+)\}$/.exec(value) ?? [];
    return address && attribute ? of(findPart(parts, address))[attribute] : undefined;
  }
  if (Array.isArray(value)) {
    const elements = value.map((element) => known(element, parts, of));
    return elements.includes(undefined) ? undefined : elements;
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [key, known(inner, parts, of)]);
  return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined));
}

function describe(body: Json, expression: (references: string[], value: unknown) => Json): Json {
  const one = (value: unknown): unknown => {
    if (isBlock(value)) return [describe(value, expression)];
    if (Array.isArray(value) && value.some(isBlock)) return value.map((block) => describe(block as Json, expression));
    const references = JSON.stringify(value).match(/(?:data\.)?azu?[a-z]+_[a-z_]+\.[\w-]+(?:\.\w+|\[\d+\])*/g) ?? [];
    return references.length > 0 ? expression(references.flatMap(prefixes), value) : { constant_value: value };
  };
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, one(value)]));
}

function isBlock(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// What comes out.

/** A finding without its words. */
export type Verdict = Pick<Finding, "code" | "severity" | "resources">;

export function error(code: Finding["code"], ...resources: string[]): Verdict {
  return { code, severity: "error", resources };
}

export function warning(code: Finding["code"], ...resources: string[]): Verdict {
  return { code, severity: "warning", resources };
}

export function verdicts({ findings }: Preview): Verdict[] {
  return findings.map(({ code, severity, resources }) => ({ code, severity, resources }));
}

export function resolve(parts: Part[], form: Form = synthesized): Preview {
  return previewOf(form(parts));
}

/** What a network gets when it asks for a host. */
export function answerFor(resolution: Preview, virtualNetwork: string, host: Host = "login"): Answer {
  const found = resolution.answers.find(
    (answer) => answer.virtualNetwork === virtualNetwork && answer.host === fqdn(host),
  );
  if (!found) throw new Error(`${virtualNetwork} is not among those that ask.`);
  return found;
}

/** Short names of the endpoints that a network gets, by host: the first of "data-source.key". */
export function endpointsFor(resolution: Preview, virtualNetwork: string, host: Host = "login"): string[] {
  return answerFor(resolution, virtualNetwork, host).endpoints.map((address) =>
    address.replace("azurerm_private_endpoint.", ""),
  );
}
