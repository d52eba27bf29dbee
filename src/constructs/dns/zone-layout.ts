import type { Network } from "../network/network";
import type { RegistryEndpoint } from "../registry/endpoint";

/** Which network holds a private DNS zone in its resource group, which are linked to it, and which endpoints its records are of. */
export interface ZoneLayout {
  readonly home: Network;
  readonly networks: readonly Network[];
  readonly endpoints: readonly RegistryEndpoint[];
}

/**
 * Each network has a zone of its own. The zone of a network with an endpoint holds that endpoint. The zone of a hub without
 * an endpoint holds that of a spoke: the hub is peered with every spoke, and each spoke with the hub only.
 *
 * @param hubAnswer - the spoke's endpoint for the zone of a hub without an endpoint
 */
export function zonePerNetwork(
  hub: Network,
  hubAnswer: RegistryEndpoint | undefined,
  endpoints: readonly RegistryEndpoint[],
): ZoneLayout[] {
  const own = endpoints.map((endpoint) => ({
    home: endpoint.network,
    networks: [endpoint.network],
    endpoints: [endpoint],
  }));
  const hubHasOwn = endpoints.some(({ network }) => network === hub);
  return hubHasOwn || !hubAnswer ? own : [{ home: hub, networks: [hub], endpoints: [hubAnswer] }, ...own];
}

/**
 * One zone in the hub, linked to every network, holds every endpoint. It works only if every network reaches every endpoint.
 * Without any, there is none: in a network that is linked to a zone without records, the names may not resolve.
 */
export function sharedZone(hub: Network, endpoints: readonly RegistryEndpoint[]): ZoneLayout[] {
  if (endpoints.length === 0) return [];
  const networks = new Set([hub, ...endpoints.map(({ network }) => network)]);
  return [{ home: hub, networks: [...networks], endpoints }];
}
