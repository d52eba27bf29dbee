import { type CloudName, CLOUDS, normaliseRegion } from "../../packages/common/azure";
import { type AzureAnswer, type ResourceManager, wordsOf } from "../../packages/common/azure-client";
import { at, eachAtOnce, isJson, type Json, objects, unique, UsageError, UserError } from "../../packages/common/util";
import { type IdType, idForm, isSameId, parseId } from "../../src/terraform/resource-id";
import { usableAddresses } from "../../src/network/address-plan";

/** A subnet of a network that exists. */
export interface FoundSubnet {
  readonly id: string;
  readonly name: string;
  /** Addresses that nothing uses yet. */
  readonly free: number;
  /** Ids of the addresses that are in use, in lower case. */
  readonly addresses: readonly string[];
  /** The services that it is delegated to. */
  readonly delegations: readonly string[];
  /** How many private endpoints are in it. */
  readonly endpoints: number;
}

/** A peering, as its network has it. */
export interface FoundPeering {
  readonly remoteId: string;
  /** `Connected`, or `Initiated` or `Disconnected` if the other side is missing. */
  readonly state: string;
}

/** A private DNS zone for registries, with its links to networks. */
export interface FoundZone {
  readonly id: string;
  readonly links: readonly { readonly name: string; readonly networkId: string }[];
}

/** A virtual network that exists. */
export interface FoundNetwork {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly ranges: readonly string[];
  readonly dnsServers: readonly string[];
  readonly subnets: readonly FoundSubnet[];
  readonly peerings: readonly FoundPeering[];
  /** The zone for registries that is linked to it. */
  readonly zone?: FoundZone;
}

/** A registry that exists. */
export interface FoundRegistry {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly sku: string;
  /** Who can reach it over its public name: everybody, nobody, or these public IPv4 addresses and ranges. */
  readonly publicAccess: boolean | readonly string[];
  readonly regionalEndpoints: boolean;
  /** Whether it has permissions for each repository, and so does not honor AcrPull and AcrPush. */
  readonly perRepository: boolean;
  /** Whether it has private endpoints, with which its data endpoints are on and its name is one of a private link zone. */
  readonly hasEndpoints: boolean;
  /** Ids of its private endpoints that ask for addresses, as far as the login may read them. */
  readonly asking: readonly string[];
  /** Regions beside the home region. */
  readonly replicas: readonly string[];
}

/** What exists in Azure. */
export interface Found {
  readonly hubs: readonly FoundNetwork[];
  readonly spokes: readonly FoundNetwork[];
  readonly registry?: FoundRegistry;
  /** What could not be read, each with the reason. */
  readonly unread: readonly string[];
}

/** Ids of what to read. */
export interface Wanted {
  readonly cloud: CloudName;
  readonly hubs: readonly string[];
  readonly spokes: readonly string[];
  readonly registry?: string;
}

const NETWORK_VERSION = "2024-05-01";
const DNS_VERSION = "2020-06-01";
const REGISTRY_VERSION = "2023-07-01";
/** The first version that says whether a registry has regional endpoints. */
const REGIONAL_VERSION = "2026-03-01-preview";

/**
 * Reads networks, the zones that are linked to them, and a registry.
 *
 * @param onProgress - called with what is read, often
 * @throws UsageError if an id is not one of its type; then nothing is read
 * @throws UserError if Azure does not return one of them
 */
export async function readAzure(
  azure: ResourceManager,
  wanted: Wanted,
  onProgress: (text: string) => void,
): Promise<Found> {
  const { cloud, hubs, spokes, registry } = wanted;
  requireIds(wanted);
  onProgress("Reading the private DNS zones of all subscriptions that this login can see.");
  const { zones, unread } = await readZones(azure, CLOUDS[cloud].privateLinkZone);
  const read = async (id: string) => {
    onProgress(`Reading ${id}`);
    return readNetwork(azure, id, zones);
  };
  return {
    hubs: await eachAtOnce(AT_ONCE, hubs, read),
    spokes: await eachAtOnce(AT_ONCE, spokes, read),
    ...(registry !== undefined && { registry: await readRegistry(azure, registry) }),
    unread,
  };
}

/** @throws UsageError with a line for each id that is not one of its type */
function requireIds({ hubs, spokes, registry }: Wanted): void {
  const given: [IdType, string][] = [...hubs, ...spokes].map((id) => ["virtualNetwork", id]);
  if (registry !== undefined) given.push(["registry", registry]);
  const wrong = given.filter(([type, id]) => !parseId(type, id));
  if (wrong.length > 0)
    throw new UsageError(wrong.map(([type, id]) => `${id} is not an ID of the form ${idForm(type)}.`).join("\n"));
}

/** How many requests are under way at once. */
const AT_ONCE = 8;

async function readZones(azure: ResourceManager, name: string): Promise<{ zones: FoundZone[]; unread: string[] }> {
  const subscriptions = await azure.list("/subscriptions", "2022-12-01");
  if (subscriptions.status !== 200) throw refused("the subscriptions", subscriptions);
  const unread: string[] = [];
  const found = await eachAtOnce(AT_ONCE, subscriptions.items, async ({ subscriptionId }) => {
    const path = `/subscriptions/${String(subscriptionId)}/providers/Microsoft.Network/privateDnsZones`;
    const zones = await azure.list(path, DNS_VERSION);
    if (zones.status !== 200)
      unread.push(`the private DNS zones of the subscription ${String(subscriptionId)}: ${wordsOf(zones)}`);
    return zones.items.flatMap(({ id, name: its }) =>
      typeof id === "string" && typeof its === "string" && its.toLowerCase() === name ? [id] : [],
    );
  });
  const zones = await eachAtOnce(AT_ONCE, found.flat(), async (id) => {
    const links = await azure.list(`${id}/virtualNetworkLinks`, DNS_VERSION);
    if (links.status !== 200) unread.push(`the links of ${id}: ${wordsOf(links)}`);
    return {
      id,
      links: links.items.map((link) => ({
        name: String(link.name),
        networkId: textsAt(link, "properties.virtualNetwork.id")[0] ?? "",
      })),
    };
  });
  return { zones, unread };
}

async function readNetwork(azure: ResourceManager, id: string, zones: readonly FoundZone[]): Promise<FoundNetwork> {
  const { name, location, properties } = await read(azure, id, NETWORK_VERSION);
  const usages = await azure.list(`${id}/usages`, NETWORK_VERSION);
  const free = new Map(
    usages.items.map(({ id, limit, currentValue }) => [String(id).toLowerCase(), Number(limit) - Number(currentValue)]),
  );
  const zone = zones.find(({ links }) => links.some(({ networkId }) => isSameId(networkId, id)));
  return {
    id,
    name,
    location,
    ranges: textsAt(properties, "addressSpace.addressPrefixes"),
    dnsServers: textsAt(properties, "dhcpOptions.dnsServers"),
    subnets: objects(properties.subnets ?? []).map((subnet) => subnetOf(subnet, free)),
    peerings: objects(properties.virtualNetworkPeerings ?? []).map((peering) => ({
      remoteId: textsAt(peering, "properties.remoteVirtualNetwork.id")[0] ?? "",
      state: textsAt(peering, "properties.peeringState")[0] ?? "Disconnected",
    })),
    ...(zone && { zone }),
  };
}

function subnetOf(subnet: Json, free: ReadonlyMap<string, number>): FoundSubnet {
  const [id, name] = [String(subnet.id), String(subnet.name)];
  const range = [...textsAt(subnet, "properties.addressPrefix"), ...textsAt(subnet, "properties.addressPrefixes")].find(
    (one) => !one.includes(":"),
  );
  const addresses = textsAt(subnet, "properties.ipConfigurations.id").map((one) => one.toLowerCase());
  const usable = range === undefined ? 0 : usableAddresses(range);
  return {
    id,
    name,
    // Where the login may not read the usage, the addresses that the subnet lists are counted.
    free: free.get(id.toLowerCase()) ?? Math.max(0, usable - addresses.length),
    addresses,
    delegations: textsAt(subnet, "properties.delegations.properties.serviceName"),
    endpoints: at(subnet, ["properties", "privateEndpoints", "id"]).length,
  };
}

async function readRegistry(azure: ResourceManager, id: string): Promise<FoundRegistry> {
  const { name, location, properties, sku } = await read(azure, id, REGISTRY_VERSION);
  const [newer, replications] = await Promise.all([
    azure.get(id, REGIONAL_VERSION),
    azure.list(`${id}/replications`, REGISTRY_VERSION),
  ]);
  if (replications.status !== 200) throw refused(`the replicas of ${id}`, replications);
  const regions = textsAt(replications.items, "location").map(normaliseRegion);
  const endpoints = textsAt(properties, "privateEndpointConnections.properties.privateEndpoint.id");
  const asking = await eachAtOnce(AT_ONCE, endpoints, async (endpoint) => {
    // Those of other teams may not be for this login to read.
    const { body } = await azure.get(endpoint, NETWORK_VERSION);
    return at(body, ["properties", "ipConfigurations"]).length > 0 ? [endpoint] : [];
  });
  return {
    id,
    name,
    location,
    sku: textsAt(sku, "name")[0] ?? "not known",
    publicAccess: publicAccessIn(properties),
    // A cloud without them does not know the version.
    regionalEndpoints: newer.status === 200 && textsAt(newer.body, "properties.regionalEndpoints")[0] === "Enabled",
    perRepository:
      newer.status === 200 && textsAt(newer.body, "properties.roleAssignmentMode")[0] === "AbacRepositoryPermissions",
    hasEndpoints: endpoints.length > 0,
    asking: asking.flat(),
    replicas: regions.filter((region) => region !== location).sort(),
  };
}

/** Who is let in over the public name. Rules refuse everybody whom they do not name, where that is their default. */
function publicAccessIn(properties: Json): boolean | readonly string[] {
  if (textsAt(properties, "publicNetworkAccess")[0] === "Disabled") return false;
  if (textsAt(properties, "networkRuleSet.defaultAction")[0] !== "Deny") return true;
  const ranges = textsAt(properties, "networkRuleSet.ipRules.value");
  return ranges.length > 0 && unique(ranges);
}

async function read(azure: ResourceManager, id: string, version: string) {
  const answer = await azure.get(id, version);
  if (answer.status !== 200) throw refused(id, answer);
  const { name, location, properties, sku } = answer.body;
  return {
    name: String(name),
    location: normaliseRegion(String(location)),
    properties: isJson(properties) ? properties : {},
    sku,
  };
}

function refused(what: string, answer: AzureAnswer): UserError {
  return new UserError(`Azure did not return ${what}: ${wordsOf(answer)}`);
}

function textsAt(value: unknown, path: string): string[] {
  return at(value, path.split(".")).filter((one): one is string => typeof one === "string");
}
