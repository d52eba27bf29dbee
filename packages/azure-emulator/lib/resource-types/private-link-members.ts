import { REGISTRY_SUFFIX } from "../registry-names";
import type { Resource, Store } from "../store";

export const REGISTRY = "Microsoft.ContainerRegistry/registries";
export const REPLICATION = `${REGISTRY}/replications`;

/** A host name of a registry, and the name of its Private Link member. */
export interface PrivateLinkMember {
  readonly fqdn: string;
  readonly member: string;
}

/** Properties of a registry that add host names. */
interface WithRegionalEndpoints {
  regionalEndpoints?: "Enabled" | "Disabled";
}

/** The regions of a registry: its home region, and those of its replicas. */
export function regionsOf(registry: Pick<Resource, "id" | "location">, store: Store): string[] {
  return [...new Set([registry, ...store.ofType(REPLICATION, registry.id)].map(({ location = "" }) => location))];
}

/** The host name of a region's data. */
export function dataHost({ name }: { name: string }, region: string): string {
  return `${name.toLowerCase()}.${region}.data.${REGISTRY_SUFFIX}`;
}

/** The login server of a region, where regional endpoints are on. */
export function regionalHost({ name }: { name: string }, region: string): string {
  return `${name.toLowerCase()}.${region}.geo.${REGISTRY_SUFFIX}`;
}

/**
 * The host names that a registry has now: one for the registry, one for the data of each region, and where regional
 * endpoints are on, one login server for each region.
 */
export function privateLinkMembers(registryId: string, store: Store): PrivateLinkMember[] {
  const registry = store.get<WithRegionalEndpoints>(registryId);
  if (!registry) return [];
  const regions = regionsOf(registry, store);
  const regional = registry.properties.regionalEndpoints === "Enabled" ? regions : [];
  return [
    { fqdn: `${registry.name.toLowerCase()}.${REGISTRY_SUFFIX}`, member: "registry" },
    ...regions.map((region) => ({ fqdn: dataHost(registry, region), member: `registry_data_${region}` })),
    ...regional.map((region) => ({ fqdn: regionalHost(registry, region), member: `registry_${region}` })),
  ];
}
