import { type Network, firstIn } from "../network/network";
import type { RegistryEndpoint } from "../registry/endpoint";

/** Which network holds a private DNS zone in its resource group, which are linked to it, and which endpoints its records are of. */
export interface ZoneLayout {
  readonly home: Network;
  readonly networks: readonly Network[];
  readonly endpoints: readonly RegistryEndpoint[];
}

/**
 * Each network has a zone of its own. The zone of a network with an endpoint holds that endpoint. The zone of a hub without
 * an endpoint holds that of one of its own spokes, with all of which it is peered.
 *
 * @param region - a hub prefers a spoke in this region
 */
export function zonePerNetwork(
  hubs: readonly Network[],
  region: string,
  endpoints: readonly RegistryEndpoint[],
): ZoneLayout[] {
  const own = endpoints.map((endpoint) => zoneOf(endpoint.network, endpoint));
  const ofHubs = hubs
    .filter((hub) => endpoints.every(({ network }) => network !== hub))
    .flatMap((hub) => {
      // The owners of two networks that exist peer them.
      const reachable = endpoints.filter(
        ({ network }) => network.hub === hub && (network.peeredByOwner || network.openToPeering === hub.openToPeering),
      );
      const answer = firstIn(region, reachable, ({ network }) => network);
      return answer ? [zoneOf(hub, answer)] : [];
    });
  return [...ofHubs, ...own];
}

function zoneOf(home: Network, endpoint: RegistryEndpoint): ZoneLayout {
  return { home, networks: [home], endpoints: [endpoint] };
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
