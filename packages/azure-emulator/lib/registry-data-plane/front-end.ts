import { normaliseRegion } from "../../../common/azure/regions";
import { equalIgnoringCase } from "../arm-id";
import { PUBLIC_ADDRESS, type PullFrom, addressesIn, endpointAt, networkOf, publicRefusal } from "../registry-access";
import { REGISTRY_SUFFIX } from "../registry-names";
import { REGISTRY, REPLICATION, hostsOf } from "../resource-types/private-link-members";
import type { RegistryProperties } from "../resource-types/registry";
import type { Resource, Store } from "../store";
import { type FrontEnd, type RegistryClient, RegistryError } from "./registry-request";

/** Storage accounts of Azure's, in which the blobs of registries without data endpoints are. */
export const STORAGE = /^managed(?<region>[a-z0-9]+)\.blob\.core\.windows\.net$/;

/** Whether a host name is one of a registry, or of the storage that it redirects to. */
export function isRegistryHost(host: string): boolean {
  return host.endsWith(`.${REGISTRY_SUFFIX}`) || STORAGE.test(host);
}

/**
 * The part of a registry that answers a client; undefined if nothing does.
 *
 * @param outages - regions that do not serve
 * @throws RegistryError if the registry refuses the client
 */
export function frontEnd(
  host: string,
  { from, to }: RegistryClient,
  store: Store,
  outages: ReadonlySet<string>,
): FrontEnd | undefined {
  const network = "network" in from ? networkOf(from.network, store) : undefined;
  if ("network" in from && !network) return undefined;
  // A private address belongs to a host name of the registry, which says what is behind it. At the login server of a
  // region, the global name is served too: "Use regional endpoints with DNS-based routing", Microsoft's documentation.
  const endpoint = to === undefined ? undefined : network && endpointAt(to, network, store);
  if (to !== undefined && !endpoint) return undefined;
  const registry = endpoint ? store.get<RegistryProperties>(endpoint.serviceId) : registryAt(host, store);
  const names = registry ? hostsOf(registry, store) : [];
  const asked = names.find(({ fqdn }) => fqdn === host);
  const behind = endpoint ? names.find(({ fqdn }) => fqdn === endpoint.fqdn) : asked;
  if (!registry || !asked || !behind || (asked.kind === "data") !== (behind.kind === "data")) return undefined;
  const refusal = endpoint ? undefined : publicRefusal(registry, from.address);
  if (refusal !== undefined) throw new RegistryError(403, "DENIED", refusal);
  const region = behind.region ?? servingRegion(registry, network?.location, store, outages);
  if (region === undefined || outages.has(region))
    throw new RegistryError(503, "UNAVAILABLE", "The service is temporarily unavailable.");
  return { registry, kind: behind.kind === "data" ? "data" : "login", region, host };
}

/** The addresses that DNS returns for a host name of a registry to a client; none where it does not resolve. */
export function addressesFor(host: string, from: PullFrom, store: Store): string[] {
  const network = "network" in from ? networkOf(from.network, store) : undefined;
  const registry = registryAt(host, store);
  const isKnown = registry && hostsOf(registry, store).some(({ fqdn }) => fqdn === host);
  if (!isKnown) return STORAGE.test(host) ? [PUBLIC_ADDRESS] : [];
  return network ? addressesIn(network, host, registry, store) : [PUBLIC_ADDRESS];
}

function registryAt(host: string, store: Store): Resource<RegistryProperties> | undefined {
  return store.ofType<RegistryProperties>(REGISTRY).find(({ name }) => equalIgnoringCase(name, host.split(".")[0]!));
}

/**
 * The region to which Azure routes the global name: the one of the client if it has a replica that takes part in the routing,
 * else the home region, else the first. Azure's choice is by network performance, and no promise.
 */
function servingRegion(
  registry: Resource<RegistryProperties>,
  near: string | undefined,
  store: Store,
  outages: ReadonlySet<string>,
): string | undefined {
  const home = normaliseRegion(registry.location ?? "");
  const replicas = store.ofType<{ regionEndpointEnabled?: boolean }>(REPLICATION, registry.id);
  const drained = replicas.filter(({ properties }) => properties.regionEndpointEnabled === false).map(regionOf);
  const regions = [home, ...replicas.map(regionOf)].filter((one) => !drained.includes(one) && !outages.has(one));
  return [normaliseRegion(near ?? ""), home].find((one) => regions.includes(one)) ?? regions.sort()[0];
}

function regionOf({ location = "" }: Resource<unknown>): string {
  return normaliseRegion(location);
}
