import { REGISTRY_SUFFIX } from "../registry-names";
import type { Store } from "../store";

export const REGISTRY = "Microsoft.ContainerRegistry/registries";
export const REPLICATION = `${REGISTRY}/replications`;

/** A host name of a registry, and the name of its Private Link member. */
export interface PrivateLinkMember {
  readonly fqdn: string;
  readonly member: string;
}

/** The host names that a registry has now: one for the registry, and one for the data of each region. */
export function privateLinkMembers(registryId: string, store: Store): PrivateLinkMember[] {
  const registry = store.get(registryId);
  if (!registry) return [];
  const name = registry.name.toLowerCase();
  const regions = [registry, ...store.ofType(REPLICATION, registryId)].map(({ location = "" }) => location);
  return [
    { fqdn: `${name}.${REGISTRY_SUFFIX}`, member: "registry" },
    ...[...new Set(regions)].map((region) => ({
      fqdn: `${name}.${region}.data.${REGISTRY_SUFFIX}`,
      member: `registry_data_${region}`,
    })),
  ];
}
