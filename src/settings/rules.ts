import { closest } from "fastest-levenshtein";
import { CLOUDS, MAX_RECORDS, REGIONS } from "../../packages/common/azure";
import { isIn, overlap, prefixLength } from "../../packages/common/util";
import {
  AGENT_POOL_REGIONS,
  CACHE_UPSTREAMS,
  MAX_CACHE_RULES,
  MAX_ENDPOINTS,
  MAX_MESH_SPOKES,
  REGISTRY_NAME_LENGTH,
  RESERVED_ADDRESSES,
} from "../azure/limits";
import { parseId } from "../azure/resource-id";
import { registryName } from "../constructs/naming";
import {
  addressesForEndpoint,
  addressesOfEndpoint,
  AGENTS_SPOKE_PREFIX,
  BASTION_HUB_PREFIX,
  planHub,
  planSpoke,
} from "../constructs/network/address-plan";
import { asksHub } from "./asks-hub";
import { type SettingsError, show } from "./errors";
import { type Settings, settingsSchema } from "./schema";
import type { WellFormed } from "./well-formed";

/**
 * The errors that show only in several settings together.
 *
 * @param settings - as far as they are well-formed: what is not has an error of its own already
 */
export function errorsAcross(settings: WellFormed<Settings>): SettingsError[] {
  const context = contextOf(settings);
  return RULES.flatMap((rule) => [...rule(context)]);
}

/** A rule over several settings: the errors where they break it. */
type SettingsRule = (context: Context) => Iterable<SettingsError>;

/** The settings as the rules look at them. */
type Context = ReturnType<typeof contextOf>;

function contextOf({
  registry = {},
  hub: writtenHub = {},
  spokes: writtenSpokes = [],
  ...others
}: WellFormed<Settings>) {
  const hub = networkAt(writtenHub, "hub");
  // More are an error already, and to compare each of many with all others takes too long.
  const spokes = writtenSpokes
    .slice(0, MAX_ENDPOINTS)
    .flatMap((spoke, index) => (spoke ? [networkAt(spoke, "spokes", index)] : []));
  return {
    ...others,
    newRegions: present(others.newRegions),
    registry: { ...registry, replicas: registry.replicas ?? [] },
    hub,
    spokes,
    networks: [hub, ...spokes],
    /** How many private endpoints the registry would have. */
    endpoints: spokes.filter((spoke) => !asksHub(spoke, hub)).length + (hub.endpoint ? 1 : 0),
  };
}

/** A hub or spoke, with its path and with the name that messages have for it. */
function networkAt<Network extends { readonly dnsServers?: WellFormed<string[]> | undefined }>(
  network: Network,
  ...path: (string | number)[]
) {
  const label = path.map((step) => (typeof step === "number" ? `[${step}]` : step)).join("");
  const servers = network.dnsServers ?? [];
  // Where a list with a wrong server leads is not known.
  return { ...network, path, label, dnsServers: servers.includes(undefined) ? [] : present(servers) };
}

function present<Item>(items: readonly (Item | undefined)[] = []): Item[] {
  return items.filter((item) => item !== undefined);
}

function* regionsAreKnown({ cloud, newRegions, registry, networks }: Context): Iterable<SettingsError> {
  if (cloud === undefined) return;
  const known = Object.keys(REGIONS[cloud]);
  const named = [
    { path: ["registry", "location"], region: registry.location },
    ...registry.replicas.map((replica, index) => ({
      path: ["registry", "replicas", index],
      region: replica?.location,
    })),
    ...networks.map(({ path, location }) => ({ path: [...path, "location"], region: location })),
  ];
  for (const { path, region } of named) {
    if (region === undefined || known.includes(region) || newRegions.includes(region)) continue;
    const nearest = closest(region, known);
    yield {
      path,
      found: show(region),
      allowed: `a region of the Azure ${cloud} cloud (nearest: ${nearest}), or a region listed in newRegions`,
    };
  }
}

function* spokeNamesDiffer({ spokes }: Context): Iterable<SettingsError> {
  for (const [spoke, first] of repeated(spokes, ({ name }) => name)) {
    const allowed = `a name that differs from the name of ${first.label}`;
    yield { path: [...spoke.path, "name"], found: show(spoke.name), allowed };
  }
}

function* replicasDiffer({ registry: { location, replicas } }: Context): Iterable<SettingsError> {
  const placed = replicas.map((replica, index) => ({ index, location: replica?.location }));
  const error = (replica: (typeof placed)[number], allowed: string) => ({
    path: ["registry", "replicas", replica.index],
    found: show(replica.location),
    allowed,
  });
  for (const [replica, first] of repeated(placed, (replica) => replica.location)) {
    yield error(replica, `a region that differs from replicas[${first.index}]`);
  }
  for (const replica of placed) {
    if (location !== undefined && replica.location === location) {
      yield error(replica, "a region that differs from registry.location, the home region");
    }
  }
}

function* replicasAreFew({ cloud, newRegions, registry: { replicas } }: Context): Iterable<SettingsError> {
  if (cloud === undefined) return;
  const most = Object.keys(REGIONS[cloud]).length + newRegions.length - 1;
  if (replicas.length > most) {
    yield {
      path: ["registry", "replicas"],
      found: `${replicas.length} regions`,
      allowed: `at most ${most} regions, each of them once`,
    };
  }
}

function* addressSpacesAreGiven({ spokes }: Context): Iterable<SettingsError> {
  for (const { path, addressSpace, existing } of spokes) {
    if (addressSpace !== undefined || existing) continue;
    yield {
      path: [...path, "addressSpace"],
      found: "nothing",
      allowed: "a private IPv4 range such as 10.10.0.0/16, or nothing if existing is set",
    };
  }
}

function* addressSpacesAreApart({ networks }: Context): Iterable<SettingsError> {
  for (const [index, { path, addressSpace }] of networks.entries()) {
    if (addressSpace === undefined) continue;
    const other = networks
      .slice(0, index)
      .find((before) => before.addressSpace !== undefined && overlap(before.addressSpace, addressSpace));
    if (!other) continue;
    yield {
      path: [...path, "addressSpace"],
      found: show(addressSpace),
      allowed: `a range that does not overlap ${other.addressSpace!} of ${other.label}`,
    };
  }
}

function* hubHasRoomForBastion({ hub: { path, addressSpace, bastion } }: Context): Iterable<SettingsError> {
  if (bastion && addressSpace !== undefined && prefixLength(addressSpace) > BASTION_HUB_PREFIX) {
    yield {
      path: [...path, "addressSpace"],
      found: show(addressSpace),
      allowed: `a /${BASTION_HUB_PREFIX} or larger, to have room for Azure Bastion, or hub.bastion set to false`,
    };
  }
}

function* networksHaveRoomForEndpoints({ hub, spokes, registry }: Context): Iterable<SettingsError> {
  const needed = addressesOfEndpoint(registry.replicas.length, registry.regionalEndpoints);
  const planned = [
    ...(hub.endpoint ? [{ ...hub, carve: planHub }] : []),
    ...spokes.filter((spoke) => !asksHub(spoke, hub)).map((spoke) => ({ ...spoke, carve: planSpoke })),
  ];
  for (const { path, addressSpace, existing, carve } of planned) {
    if (addressSpace === undefined) continue;
    // The subnet of a network that exists is not in the settings. It is not larger than the network.
    const plan = existing ? (endpoints: string) => ({ endpoints }) : carve;
    const written = prefixLength(addressSpace);
    const prefixes = Array.from({ length: written - 7 }, (_, i) => written - i);
    const smallest = prefixes.find((prefix) => addressesForEndpoint(prefix, plan) >= needed);
    // Where none is large enough, there are more replicas than regions, which is an error of theirs.
    if (smallest === undefined || smallest === written) continue;
    yield {
      path: [...path, "addressSpace"],
      found: show(addressSpace),
      allowed: `a /${smallest} or larger: the private endpoint needs ${needed} addresses, and Azure reserves ${RESERVED_ADDRESSES} addresses in each subnet`,
    };
  }
}

function* regionalEndpointsAreAvailable({ cloud, dns, registry }: Context): Iterable<SettingsError> {
  if (!registry.regionalEndpoints) return;
  const error = (allowed: string) => ({ path: ["registry", "regionalEndpoints"], found: "true", allowed });
  if (cloud !== undefined && !CLOUDS[cloud].regionalEndpoints) {
    yield error(`false if cloud is ${show(cloud)}, which has no regional endpoints`);
  }
  if (dns === "shared") {
    yield error(
      'false if dns is "shared": one zone for all networks returns the same addresses to each, so it can\'t lead each network to its own region. Set dns to "per-spoke"',
    );
  }
}

function* regionsServeNetworks({ registry, hub, spokes, networks }: Context): Iterable<SettingsError> {
  const { location, replicas, regionalEndpoints, drained = [] } = registry;
  const named = [
    { path: ["registry", "drained"], label: "registry.drained", regions: drained },
    ...networks.map(({ path, label, servedBy = [] }) => ({
      path: [...path, "servedBy"],
      label: `${label}.servedBy`,
      regions: servedBy,
    })),
  ];
  const known = [location, ...replicas.map((replica) => replica?.location)];
  for (const { path, label, regions } of named) {
    if (regions.length === 0) continue;
    if (regionalEndpoints === false) {
      const allowed = "nothing unless registry.regionalEndpoints is true: otherwise Azure chooses the region";
      yield { path, found: show(regions), allowed };
      continue;
    }
    for (const [index, region] of regions.entries()) {
      if (region === undefined) continue;
      const first = regions.indexOf(region);
      const error = (allowed: string) => ({
        // A single one need not be in a list.
        path: regions.length === 1 ? path : [...path, index],
        found: show(region),
        allowed,
      });
      if (first < index) yield error(`a region that differs from ${label}[${first}]`);
      else if (!known.includes(undefined) && !known.includes(region))
        yield error(`a region of the registry: ${known.join(", ")}`);
    }
  }
  for (const { path, servedBy = [], ...spoke } of spokes) {
    if (servedBy.length === 0 || !asksHub(spoke, hub)) continue;
    yield {
      path: [...path, "servedBy"],
      found: show(servedBy),
      allowed: "nothing if all DNS servers of the spoke are in the hub: they return what hub.servedBy says",
    };
  }
}

function* registryNameFits({ environment, registry: { namePrefix, existing } }: Context): Iterable<SettingsError> {
  if (environment === undefined || namePrefix === undefined || existing) return;
  const name = registryName(namePrefix, environment);
  const { min, max } = REGISTRY_NAME_LENGTH;
  if (name.length >= min && name.length <= max) return;
  yield {
    path: ["registry", "namePrefix"],
    found: show(namePrefix),
    allowed: `a prefix that results in a registry name of ${min} to ${max} characters; this one results in ${name}, which has ${name.length}`,
  };
}

function* sharedZoneIsReachable({ dns, spokePeering, endpoints, networks }: Context): Iterable<SettingsError> {
  if (dns !== "shared") return;
  const closed = networks.filter(({ existing }) => existing?.peer === false);
  // Between networks that exist the peerings are their owners'; those made here take one with each.
  if (closed.length < networks.length) {
    for (const { path } of closed) {
      const allowed = 'true if dns is "shared": every network must reach every endpoint';
      yield { path: [...path, "existing", "peer"], found: "false", allowed };
    }
  }
  if (spokePeering === "hub") {
    yield {
      path: ["dns"],
      found: show(dns),
      allowed:
        '"per-spoke", or "shared" if spokePeering is "mesh": a shared zone returns the addresses of all endpoints to each ' +
        "spoke, and a spoke that is peered with the hub only cannot reach the endpoints in other spokes",
    };
  }
  if (endpoints > MAX_RECORDS) {
    yield {
      path: ["dns"],
      found: `"shared" with ${endpoints} endpoints`,
      allowed: `"per-spoke": a record set holds at most ${MAX_RECORDS} addresses, so a shared zone supports at most ${MAX_RECORDS} endpoints`,
    };
  }
}

function* meshIsSmall({ spokePeering, spokes }: Context): Iterable<SettingsError> {
  if (spokePeering !== "mesh" || spokes.length <= MAX_MESH_SPOKES) return;
  yield {
    path: ["spokePeering"],
    found: `"mesh" with ${spokes.length} spokes`,
    allowed: `"hub", or at most ${MAX_MESH_SPOKES} spokes: a mesh takes two peerings for each pair of spokes, ${spokes.length * (spokes.length - 1)} here, and Azure has some sixty regions`,
  };
}

function* endpointsAreFew({ hub, endpoints }: Context): Iterable<SettingsError> {
  if (hub.endpoint && endpoints > MAX_ENDPOINTS) {
    yield {
      path: ["hub", "endpoint"],
      found: `true with ${endpoints - 1} spokes`,
      allowed: `false, or fewer spokes: a registry supports at most ${MAX_ENDPOINTS} private endpoints`,
    };
  }
}

function* dnsServersAnswerRight({ hub, spokes, spokePeering }: Context): Iterable<SettingsError> {
  const spokeHolding = (servers: readonly string[]) =>
    spokes.find(
      ({ addressSpace }) => addressSpace !== undefined && servers.some((server) => isIn(server, addressSpace)),
    );
  const error = ({ path, dnsServers }: Context["networks"][number], allowed: string) => ({
    path: [...path, "dnsServers"],
    found: show(dnsServers),
    allowed,
  });

  const holder = spokeHolding(hub.dnsServers);
  if (holder && asksHub(holder, hub)) {
    yield error(hub, `DNS servers outside of ${holder.label}, which itself uses DNS servers in the hub`);
  }
  for (const spoke of spokes) {
    const holder = spokeHolding(spoke.dnsServers);
    if (asksHub(spoke, hub) && hub.endpoint === false) {
      yield error(
        spoke,
        "DNS servers in the hub only if hub.endpoint is true: they return what DNS returns in the hub, and without an " +
          "endpoint in the hub that is an endpoint in one spoke, which the other spokes cannot reach",
      );
    } else if (asksHub(spoke, hub) && !hub.existing && spoke.existing?.peer === false) {
      yield error(
        spoke,
        "DNS servers in the hub only if existing.peer is true: the spoke must reach these servers and the hub's endpoint",
      );
    } else if (asksHub(spoke, hub) && hub.existing?.peer === false && (spoke.existing?.peer ?? true) === true) {
      yield error(
        spoke,
        "DNS servers in the hub only if hub.existing.peer is true: the spoke must reach these servers and the hub's endpoint",
      );
    } else if (holder && holder !== spoke && spokePeering === "hub") {
      yield error(
        spoke,
        `DNS servers in the spoke's own address space, in the hub's or elsewhere, but not in ${holder.label}, which the spoke cannot reach`,
      );
    }
  }
}

/** Subnets that Azure keeps for one service each, by their names in lower case. */
export const SERVICE_SUBNETS: ReadonlySet<string> = new Set([
  "azurebastionsubnet",
  "azurefirewallmanagementsubnet",
  "azurefirewallsubnet",
  "gatewaysubnet",
  "routeserversubnet",
]);

function* existingNetworksFit({ networks }: Context): Iterable<SettingsError> {
  for (const [{ path, existing }, first] of repeated(networks, ({ existing }) =>
    existing?.virtualNetworkId?.toLowerCase(),
  )) {
    yield {
      path: [...path, "existing", "virtualNetworkId"],
      found: show(existing?.virtualNetworkId),
      allowed: `a virtual network that differs from the one of ${first.label}`,
    };
  }
  for (const { path, existing } of networks) {
    if (!existing) continue;
    const { virtualNetworkId, endpointSubnetId } = existing;
    if (
      endpointSubnetId !== undefined &&
      !(virtualNetworkId && endpointSubnetId.toLowerCase().startsWith(`${virtualNetworkId.toLowerCase()}/`))
    ) {
      yield {
        path: [...path, "existing", "endpointSubnetId"],
        found: show(endpointSubnetId),
        allowed: "a subnet of the virtual network in virtualNetworkId",
      };
    }
    const subnet = endpointSubnetId?.split("/").at(-1);
    if (subnet !== undefined && SERVICE_SUBNETS.has(subnet.toLowerCase())) {
      yield {
        path: [...path, "existing", "endpointSubnetId"],
        found: show(endpointSubnetId),
        allowed: `a subnet for private endpoints: Azure keeps ${subnet} for another service`,
      };
    }
  }
}

function* existingZonesFit({ cloud, dns, networks }: Context): Iterable<SettingsError> {
  const zone = cloud && CLOUDS[cloud].privateLinkZone;
  for (const { path, existing } of networks) {
    const zoneId = existing?.zoneId;
    if (zoneId === undefined) continue;
    const error = (allowed: string) => ({ path: [...path, "existing", "zoneId"], found: show(zoneId), allowed });
    if (zone && parseId("privateDnsZone", zoneId)?.names[0]?.toLowerCase() !== zone)
      yield error(`a private DNS zone named ${zone}`);
    if (dns === "external") yield error('nothing if dns is "external": others write the records, into any zone');
  }
  for (const [{ path, existing }, first] of repeated(networks, ({ existing }) => existing?.zoneId?.toLowerCase())) {
    yield {
      path: [...path, "existing", "zoneId"],
      found: show(existing?.zoneId),
      allowed: `a zone that differs from the one of ${first.label}: the records of one zone are the same for every network that is linked to it`,
    };
  }
}

function* existingSpokesFit({ hub, spokes, dns }: Context): Iterable<SettingsError> {
  for (const { path, existing, ...spoke } of spokes) {
    if (!existing) continue;
    const at = (member: string) => [...path, "existing", member];
    const asks = asksHub(spoke, hub);
    if (existing.endpointSubnetId === undefined && existing.virtualNetworkId !== undefined && !asks) {
      yield {
        path: at("endpointSubnetId"),
        found: "nothing",
        allowed: "the ID of the subnet for the private endpoint, or DNS servers that are all in the hub",
      };
    }
    if (existing.peer === "existing" && !hub.existing) {
      yield {
        path: at("peer"),
        found: show(existing.peer),
        allowed: "true or false: the hub is created here, so nothing is peered with it yet",
      };
    }
    if (existing.zoneId !== undefined && (asks || dns === "shared")) {
      yield {
        path: at("zoneId"),
        found: show(existing.zoneId),
        allowed: asks
          ? "nothing: the DNS servers of the spoke are in the hub, so no record is written for it"
          : 'nothing if dns is "shared": all records are in the zone of the hub',
      };
    }
  }
}

/** Settings that would change a registry that exists. */
const CHANGES_REGISTRY = [
  "retentionDays",
  "exports",
  "trustedServices",
  "deletionProtection",
  "diagnostics",
  "agentPool",
  "tasksBypassNetworkRules",
  "cacheRules",
  "cacheCredentials",
] as const;

function* existingRegistryFits({ registry }: Context): Iterable<SettingsError> {
  const { existing, location, replicas } = registry;
  if (!existing) return;
  if (location === undefined) {
    yield {
      path: ["registry", "location"],
      found: "nothing",
      allowed: "the home region of the registry in registry.existing",
    };
  }
  const refused = (path: (string | number)[], value: unknown, why: string) => ({
    path: ["registry", ...path],
    found: show(value),
    allowed: `nothing if registry.existing is set: ${why}`,
  });
  const standard = settingsSchema.parse({}).registry;
  const differs = (name: keyof typeof standard) => registry[name] !== undefined && registry[name] !== standard[name];
  if (differs("namePrefix")) yield refused(["namePrefix"], registry.namePrefix, "its ID has the name of the registry");
  if (existing.import !== false) return;
  const why = "this project does not change a registry that exists, unless existing.import is true";
  for (const name of CHANGES_REGISTRY) if (differs(name)) yield refused([name], registry[name], why);
  for (const [index, replica = {}] of replicas.entries()) {
    if (replica.routed === false) yield refused(["replicas", index, "routed"], false, why);
    if ("zoneRedundancy" in replica && replica.zoneRedundancy !== undefined)
      yield refused(["replicas", index, "zoneRedundancy"], replica.zoneRedundancy, why);
  }
}

function* rolesDiffer({ registry }: Context): Iterable<SettingsError> {
  const { pullPrincipals = [], pushPrincipals = [], repositoryPermissions = [] } = registry;
  const permissions = repositoryPermissions.flatMap((permission, index) =>
    permission ? [{ ...permission, index }] : [],
  );
  const path = (index: number, member: string) => ["registry", "repositoryPermissions", index, member];
  const key = (role: string, principalId: string | undefined) => principalId && `${role} ${principalId.toLowerCase()}`;
  for (const { index, role, repositories } of permissions) {
    if (role === undefined || (role === "catalogLister") === (repositories === undefined)) continue;
    yield {
      path: path(index, "repositories"),
      found: show(repositories),
      allowed:
        role === "catalogLister"
          ? "nothing if role is catalogLister, which can't be limited to repositories"
          : "a list of repositories. Add identities that need all repositories to pullPrincipals or pushPrincipals",
    };
  }
  // Azure refuses a second assignment of a role to an identity.
  const assigned = [
    ...pullPrincipals.map((principalId) => ({
      key: key("reader", principalId),
      label: "pullPrincipals",
      at: undefined,
    })),
    ...pushPrincipals.map((principalId) => ({
      key: key("writer", principalId),
      label: "pushPrincipals",
      at: undefined,
    })),
    ...permissions.map(({ index, role, principalId }) => ({
      key: role && key(role, principalId),
      label: `repositoryPermissions[${index}]`,
      at: { index, principalId },
    })),
  ];
  for (const [{ at }, first] of repeated(assigned, (one) => one.key)) {
    if (!at) continue;
    yield {
      path: path(at.index, "principalId"),
      found: show(at.principalId),
      allowed: `an identity that does not have this role by ${first.label} already: one role assignment lists all its repositories`,
    };
  }
}

function* agentPoolFits({ cloud, newRegions, egress, registry, networks, spokes }: Context): Iterable<SettingsError> {
  const { agentPool, location } = registry;
  if (!agentPool) return;
  const { spoke: name, subnetId } = agentPool;
  const error = (member: string[], found: unknown, allowed: string) => ({
    path: ["registry", "agentPool", ...member],
    found: show(found),
    allowed,
  });
  if (cloud !== undefined && location !== undefined) {
    const regions: readonly string[] = AGENT_POOL_REGIONS[cloud];
    if (![...regions, ...newRegions].includes(location))
      yield error(
        [],
        agentPool,
        `nothing if registry.location is ${location}, which has no agent pools: ${regions.length > 0 ? `they are in ${regions.join(", ")}, or in a region listed in newRegions` : `the Azure ${cloud} cloud has none`}`,
      );
  }
  if ((name === undefined) === (subnetId === undefined)) {
    yield error([], agentPool, "an object with either spoke or subnetId");
    return;
  }
  if (name !== undefined) {
    const spoke = spokes.find((one) => one.name === name);
    if (!spoke) {
      yield error(["spoke"], name, `the name of a spoke: ${spokes.flatMap((one) => one.name ?? []).join(", ")}`);
      return;
    }
    if (spoke.existing) yield error(["spoke"], name, "a spoke that is created here. In an existing one, give subnetId");
    if (location !== undefined && spoke.location !== undefined && spoke.location !== location)
      yield error(["spoke"], name, `a spoke in ${location}, the registry's home region, in which the pool is`);
    if (spoke.addressSpace !== undefined && prefixLength(spoke.addressSpace) > AGENTS_SPOKE_PREFIX)
      yield error(["spoke"], name, `a spoke with an address space of /${AGENTS_SPOKE_PREFIX} or larger`);
    if (egress === "none")
      yield error(
        ["spoke"],
        name,
        'nothing if egress is "none": the pool depends on Azure services with public addresses',
      );
    return;
  }
  const network = networks.find(
    ({ existing }) =>
      existing?.virtualNetworkId !== undefined &&
      subnetId!.toLowerCase().startsWith(`${existing.virtualNetworkId.toLowerCase()}/`),
  );
  if (!network)
    yield error(["subnetId"], subnetId, "a subnet of an existing hub or spoke, whose DNS returns its private endpoint");
  else if (location !== undefined && network.location !== undefined && network.location !== location)
    yield error(["subnetId"], subnetId, `a subnet in ${location}, the registry's home region, in which the pool is`);
  if (network?.existing?.endpointSubnetId?.toLowerCase() === subnetId!.toLowerCase())
    yield error(["subnetId"], subnetId, "another subnet than that of the private endpoint");
}

function* cacheRulesFit({ registry }: Context): Iterable<SettingsError> {
  const { cacheRules = [], cacheCredentials = [], trustedServices } = registry;
  const rules = cacheRules.flatMap((rule, index) => (rule ? [{ ...rule, index }] : []));
  const credentials = cacheCredentials.flatMap((one, index) => (one ? [{ ...one, index }] : []));
  const error = (list: string, index: number, member: string, found: unknown, allowed: string) => ({
    path: ["registry", list, index, member],
    found: show(found),
    allowed,
  });
  if (cacheRules.length > MAX_CACHE_RULES)
    yield {
      path: ["registry", "cacheRules"],
      found: `${cacheRules.length} rules`,
      allowed: `at most ${MAX_CACHE_RULES}`,
    };
  if (cacheRules.length > 0 && trustedServices === false)
    yield {
      path: ["registry", "trustedServices"],
      found: "false",
      allowed: "true if there are cacheRules: Azure fetches their images as a trusted service",
    };
  for (const [{ index, name }, first] of repeated(rules, (rule) => rule.name?.toLowerCase()))
    yield error("cacheRules", index, "name", name, `a name that differs from the one of cacheRules[${first.index}]`);
  for (const [{ index, loginServer }, first] of repeated(credentials, (one) => one.loginServer))
    yield error(
      "cacheCredentials",
      index,
      "loginServer",
      loginServer,
      `a login server that differs from the one of cacheCredentials[${first.index}]`,
    );
  for (const { index, loginServer } of credentials) {
    if (loginServer !== undefined && upstreamOf(loginServer)?.credentials === "none")
      yield error("cacheCredentials", index, "loginServer", loginServer, "a registry that takes credentials");
  }
  for (const { index, source, target } of rules) {
    if (source === undefined) continue;
    const [server = "", ...path] = source.split("/");
    const upstream = upstreamOf(server);
    const at = (found: unknown, allowed: string, member = "source") =>
      error("cacheRules", index, member, found, allowed);
    if (!upstream) yield at(source, `a repository in one of: ${Object.keys(CACHE_UPSTREAMS).join(", ")}`);
    else if (path.length === 0) yield at(source, "a repository of the registry, or all of them with /* at the end");
    else if (server === "docker.io" && path.length < 2 && path[0] !== "*")
      yield at(source, `docker.io/library/${path[0]!}: Azure adds library, and every plan would replace the rule`);
    if (upstream?.credentials === "required" && credentials.every(({ loginServer }) => loginServer !== server))
      yield at(source, `a source with credentials: add ${server} to cacheCredentials`);
    if (target !== undefined && target.endsWith("/*") !== source.endsWith("/*"))
      yield at(target, "a target that ends with /* if the source does, and only then", "target");
  }
  for (const [i, { index, target }] of rules.entries()) {
    const first = rules.slice(0, i).find((rule) => targetsOverlap(rule.target, target));
    if (first)
      yield error(
        "cacheRules",
        index,
        "target",
        target,
        `a target that does not overlap ${first.target!} of cacheRules[${first.index}]`,
      );
  }
}

/** The entry of a registry that can be cached. */
function upstreamOf(server: string) {
  const found = Object.entries(CACHE_UPSTREAMS).find(([end]) => server === end || server.endsWith(`.${end}`));
  return found && { credentials: found[1] };
}

/** Whether two cache rules would write the same repositories. A single repository may be within a prefix. */
function targetsOverlap(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  if (one === other) return true;
  const [a, b] = [one, other].map((target) => target.replace(/\*$/, "")) as [string, string];
  return one.endsWith("/*") && other.endsWith("/*") && (a.startsWith(b) || b.startsWith(a));
}

function* existingHubFits({ hub }: Context): Iterable<SettingsError> {
  if (!hub.existing) return;
  const { endpointSubnetId } = hub.existing;
  if (hub.bastion) {
    const allowed = "false if hub.existing is set: Azure Bastion is not created in an existing network";
    yield { path: ["hub", "bastion"], found: "true", allowed };
  }
  if (hub.endpoint && endpointSubnetId === undefined) {
    yield {
      path: ["hub", "existing", "endpointSubnetId"],
      found: "nothing",
      allowed: "the ID of the subnet for the hub's endpoint, or hub.endpoint set to false",
    };
  }
}

function* hubReachesAnEndpoint({ hub, spokes }: Context): Iterable<SettingsError> {
  if (hub.endpoint !== false) return;
  const otherwise = "otherwise the hub cannot reach any endpoint";
  if (!hub.existing && spokes.length > 0 && spokes.every(({ existing }) => existing?.peer === false)) {
    yield {
      path: ["hub", "endpoint"],
      found: "false",
      allowed: `true, or existing.peer set to true in a spoke: ${otherwise}`,
    };
  }
  if (hub.existing?.peer === false && spokes.every(({ existing }) => !existing)) {
    yield {
      path: ["hub", "existing", "peer"],
      found: "false",
      allowed: `true, or hub.endpoint set to true: ${otherwise}`,
    };
  }
}

function* egressFits({ egress, testVms, hub, spokes }: Context): Iterable<SettingsError> {
  const created = spokes.filter(({ existing }) => !existing);
  if (egress === "none" && testVms && created.length > 0) {
    yield {
      path: ["egress"],
      found: show(egress),
      allowed:
        '"default" or an object with firewallAddress, or testVms set to false: the test VMs install Docker from the internet',
    };
  }
  const address = typeof egress === "object" ? egress.firewallAddress : undefined;
  if (address === undefined) return;
  const error = (allowed: string) => ({ path: ["egress", "firewallAddress"], found: show(address), allowed });
  const holds = ({ addressSpace }: Context["networks"][number]) =>
    addressSpace !== undefined && isIn(address, addressSpace);

  const spoke = spokes.find(holds);
  if (spoke) {
    yield error(
      `an address outside of ${spoke.addressSpace!} of ${spoke.label}: every spoke must reach the firewall, in the hub or in another network that it is peered with`,
    );
  }
  if (!holds(hub)) return;
  if (hub.existing?.peer === false) {
    yield error("an address in the hub only if hub.existing.peer is true: the spokes must reach the firewall");
  }
  // The subnets of a network that exists are not in the settings.
  if (hub.existing) return;
  const { endpoints, bastion } = planHub(hub.addressSpace!);
  const taken = [
    ...(hub.endpoint ? [{ range: endpoints, what: "the hub's private endpoint" }] : []),
    ...(hub.bastion ? [{ range: bastion, what: "Azure Bastion" }] : []),
  ].find(({ range }) => isIn(address, range));
  if (taken) yield error(`an address outside of ${taken.range}, the subnet of ${taken.what}`);
}

const RULES: readonly SettingsRule[] = [
  regionsAreKnown,
  spokeNamesDiffer,
  replicasDiffer,
  replicasAreFew,
  addressSpacesAreGiven,
  addressSpacesAreApart,
  hubHasRoomForBastion,
  networksHaveRoomForEndpoints,
  regionalEndpointsAreAvailable,
  regionsServeNetworks,
  registryNameFits,
  sharedZoneIsReachable,
  meshIsSmall,
  endpointsAreFew,
  dnsServersAnswerRight,
  existingNetworksFit,
  existingHubFits,
  existingSpokesFit,
  existingZonesFit,
  existingRegistryFits,
  rolesDiffer,
  agentPoolFits,
  cacheRulesFit,
  hubReachesAnEndpoint,
  egressFits,
];

/** Each item whose text an earlier item has too, with the first of these. */
function repeated<Item>(
  items: readonly Item[],
  textOf: (item: Item) => string | undefined,
): [item: Item, first: Item][] {
  const firsts = new Map<string, Item>();
  return items.flatMap((item): [Item, Item][] => {
    const text = textOf(item);
    if (text === undefined) return [];
    const first = firsts.get(text);
    if (first !== undefined) return [[item, first]];
    firsts.set(text, item);
    return [];
  });
}
