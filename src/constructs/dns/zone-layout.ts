import type { RegistryEndpoint } from "../registry/endpoint";
import type { Network } from "../network/network";

/** A DNS view to be: whose resource group holds its zone, who looks there, and which endpoints answer. */
export interface View {
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
export function viewPerNetwork(
  hub: Network,
  hubAnswer: RegistryEndpoint | undefined,
  endpoints: readonly RegistryEndpoint[],
): View[] {
  const own = endpoints.map((endpoint) => ({
    home: endpoint.network,
    networks: [endpoint.network],
    endpoints: [endpoint],
  }));
  const hubHasOwn = endpoints.some(({ network }) => network === hub);
  return hubHasOwn || !hubAnswer ? own : [{ home: hub, networks: [hub], endpoints: [hubAnswer] }, ...own];
}

/** One zone in the hub answers everyone with every endpoint: right only where every network reaches every endpoint. */
export function oneView(hub: Network, endpoints: readonly RegistryEndpoint[]): View[] {
  const networks = new Set([hub, ...endpoints.map(({ network }) => network)]);
  return [{ home: hub, networks: [...networks], endpoints }];
}
