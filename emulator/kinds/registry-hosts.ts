import { CLOUDS } from "../../src/azure/clouds";
import { unique } from "../../src/collections";
import type { Store } from "../store";

export const REGISTRY = "Microsoft.ContainerRegistry/registries";
export const REPLICATION = `${REGISTRY}/replications`;

/** A host name of a registry, and what private link calls it. */
export interface EmulatedHost {
  readonly fqdn: string;
  readonly member: string;
}

/** The host names of a registry as it stands: one for all of it, and one for the data of each region. */
export function registryHosts(registryId: string, store: Store): EmulatedHost[] {
  const registry = store.get(registryId);
  if (!registry) return [];
  const name = registry.name.toLowerCase();
  const { registrySuffix } = CLOUDS.public;
  const regions = [registry, ...store.ofType(REPLICATION, registryId)].map(({ location = "" }) => location);
  return [
    { fqdn: `${name}.${registrySuffix}`, member: "registry" },
    ...unique(regions).map((region) => ({
      fqdn: `${name}.${region}.data.${registrySuffix}`,
      member: `registry_data_${region}`,
    })),
  ];
}
