import type { RegistryEndpoint } from "../registry/endpoint";
import type { Network } from "../network/network";

/** Which network holds a private DNS zone in its resource group, which are linked to it, and which endpoints its records are of. */
export interface ZoneLayout {
  readonly home: Network;
  readonly networks: readonly Network[];
  readonly endpoints: readonly RegistryEndpoint[];
}

/**
 * Each network has a zone of its own. A network with an endpoint is answered with that; a hub without one with that of
 * a spoke, since the hub is peered with every spoke and the spokes with the hub only.
 *
 * @param hubAnswer - the spoke's endpoint for a hub without one
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

/** One zone in the hub answers everyone with every endpoint: right only where every network reaches every endpoint. */
export function sharedZone(hub: Network, endpoints: readonly RegistryEndpoint[]): ZoneLayout[] {
  const networks = new Set([hub, ...endpoints.map(({ network }) => network)]);
  return [{ home: hub, networks: [...networks], endpoints }];
}
