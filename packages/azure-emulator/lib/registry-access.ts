import { Netmask } from "netmask";
import type { WithIpConfigurations } from "./addresses";
import { equalIgnoringCase, parentOf } from "./arm-id";
import {
  PRIVATE_ENDPOINT,
  type PrivateEndpoint,
  type PrivateEndpointProperties,
  connectionsOf,
  endpointsOf,
  interfaceIdOf,
} from "./endpoint-addresses";
import { lookUp } from "./resolve";
import { hostsOf } from "./resource-types/private-link-members";
import type { RegistryProperties } from "./resource-types/registry";
import { VIRTUAL_NETWORK, type VirtualNetworkProperties, reaches } from "./resource-types/virtual-network";
import type { Resource, Store } from "./store";

/**
 * Where a client is that pulls: in a virtual network, by its name, or elsewhere. The public address is the one that it comes
 * from over the internet; of a network without one, Azure chooses it.
 */
export type PullFrom = { readonly network: string; readonly address?: string } | { readonly address: string };

/**
 * How a client pulls from a registry, by the names that a pull asks for: `private by ENDPOINT`, `public`, or `refused: WHY`.
 * Undefined if there is no such registry or network.
 */
export function pull(registryId: string, from: PullFrom, store: Store): string | undefined {
  const registry = store.get<RegistryProperties>(registryId);
  const network = "network" in from ? networkOf(from.network, store) : undefined;
  if (!registry || ("network" in from && !network)) return undefined;
  const ways = hostsOf(registry, store)
    // Without data endpoints, the blobs are in storage accounts.
    .filter(({ kind }) => kind === "global" || (kind === "data" && registry.properties.dataEndpointEnabled))
    .map(({ fqdn }) => (network && privateWay(registry, network, fqdn, store)) ?? publicWay(registry, from.address));
  return ways.find((way) => way.startsWith(REFUSED)) ?? [...new Set(ways)].join(", ");
}

const REFUSED = "refused: ";

/** The way of a name that private DNS has a say in; undefined where the network asks for the public address. */
function privateWay(
  registry: Resource<RegistryProperties>,
  network: Resource<VirtualNetworkProperties>,
  host: string,
  store: Store,
): string | undefined {
  const addresses = addressesIn(network, host, registry, store);
  if (addresses.includes(PUBLIC_ADDRESS)) return undefined;
  if (addresses.length === 0) return `${REFUSED}${host} does not resolve`;
  const endpoints = endpointsOf(registry.id, store);
  const endpoint = endpoints.find((one) => addresses.some((address) => answersAt(one, address, host, store)));
  const isReached =
    endpoint && reaches(network.id, parentOf(endpoint.properties.subnet.id), store) && isApproved(endpoint);
  return isReached ? `private by ${endpoint.name}` : `${REFUSED}no answer from ${addresses.join(", ")} for ${host}`;
}

/** The public address of all registries: one of those that stand for any in documentation (RFC 5737). */
export const PUBLIC_ADDRESS = "198.51.100.1";

/** The addresses that DNS returns for a host name of a registry in a network; none where it does not resolve. */
export function addressesIn(
  network: Resource<VirtualNetworkProperties>,
  host: string,
  registry: Pick<Resource, "id">,
  store: Store,
): string[] {
  // The public name leads to that of the private link zone once there is a private endpoint.
  if (endpointsOf(registry.id, store).length === 0) return [PUBLIC_ADDRESS];
  const { addresses, link } = lookUp(network, host, store);
  if (addresses.length > 0) return addresses;
  return !link || link.properties.resolutionPolicy === "NxDomainRedirect" ? [PUBLIC_ADDRESS] : [];
}

function answersAt(endpoint: PrivateEndpoint, address: string, host: string, store: Store): boolean {
  const nic = store.get<WithIpConfigurations>(interfaceIdOf(endpoint));
  return (nic?.properties.ipConfigurations ?? []).some(
    ({ properties }) =>
      properties.privateIPAddress === address && properties.privateLinkConnectionProperties?.fqdns.includes(host),
  );
}

/** The private endpoint that a network reaches at an address, and the host name that the address is for. */
export function endpointAt(
  address: string,
  network: Resource<VirtualNetworkProperties>,
  store: Store,
): { readonly serviceId: string; readonly fqdn: string } | undefined {
  for (const endpoint of store.ofType<PrivateEndpointProperties>(PRIVATE_ENDPOINT)) {
    const ip = store
      .get<WithIpConfigurations>(interfaceIdOf(endpoint))
      ?.properties.ipConfigurations?.find(({ properties }) => properties.privateIPAddress === address);
    const [fqdn] = ip?.properties.privateLinkConnectionProperties?.fqdns ?? [];
    const [connection] = connectionsOf(endpoint);
    const isReached = reaches(network.id, parentOf(endpoint.properties.subnet.id), store) && isApproved(endpoint);
    if (fqdn !== undefined && connection && isReached)
      return { serviceId: connection.properties.privateLinkServiceId, fqdn };
  }
  return undefined;
}

/** The network of a name. */
export function networkOf(name: string, store: Store): Resource<VirtualNetworkProperties> | undefined {
  return store.ofType<VirtualNetworkProperties>(VIRTUAL_NETWORK).find((one) => equalIgnoringCase(one.name, name));
}

function isApproved(endpoint: PrivateEndpoint): boolean {
  return connectionsOf(endpoint).some(
    ({ properties }) => properties.privateLinkServiceConnectionState?.status === "Approved",
  );
}

/** The way over the registry's public address. The refusal is in Azure's words. */
function publicWay(registry: Resource<RegistryProperties>, address: string | undefined): string {
  const refusal = publicRefusal(registry, address);
  return refusal === undefined ? "public" : `${REFUSED}denied: ${refusal}`;
}

/** Why a registry refuses a client at its public address, in Azure's words; undefined if it does not. */
export function publicRefusal(
  { properties }: Resource<RegistryProperties>,
  address: string | undefined,
): string | undefined {
  const { publicNetworkAccess, networkRuleSet: rules } = properties;
  const isAllowed =
    rules?.defaultAction !== "Deny" ||
    rules.ipRules.some(({ value }) => address !== undefined && new Netmask(value).contains(address));
  return publicNetworkAccess !== "Disabled" && isAllowed
    ? undefined
    : `client with IP '${address ?? "that Azure chooses"}' is not allowed access. Refer https://aka.ms/acr/firewall to grant access.`;
}
