import type { RegistryEndpoint } from "../registry/endpoint";
import type { Network } from "../network/network";

/** A DNS view to be: whose resource group holds its zone, who looks there, and which endpoints answer. */
export interface View {
  readonly home: Network;
  readonly networks: readonly Network[];
  readonly endpoints: readonly RegistryEndpoint[];
}

/**
 * Each network has a zone of its own. A spoke's answers with the spoke's endpoint, the hub's with that of one spoke:
 * the hub is peered with every spoke, the spokes with the hub only.
 */
export function viewPerNetwork(
  hub: Network,
  hubAnswer: RegistryEndpoint,
  endpoints: readonly RegistryEndpoint[],
): View[] {
  return [
    { home: hub, networks: [hub], endpoints: [hubAnswer] },
    ...endpoints.map((endpoint) => ({
      home: endpoint.network,
      networks: [endpoint.network],
      endpoints: [endpoint],
    })),
  ];
}

/** One zone in the hub answers everyone with every endpoint: right only where every network reaches every endpoint. */
export function oneView(hub: Network, endpoints: readonly RegistryEndpoint[]): View[] {
  return [{ home: hub, networks: [hub, ...endpoints.map((endpoint) => endpoint.network)], endpoints }];
}
