import type { Cloud } from "./clouds";

/** A host name of the registry, which every private endpoint of it has an address for. */
export interface RegistryHost {
  /** Short and stable: `login-server`, or `data-REGION`. */
  readonly id: string;
  /** What it is called in texts: `login server`, or `data REGION`. */
  readonly label: string;
  /** Region of a data endpoint; absent for the login server. */
  readonly region?: string;
  /** The public name that clients ask for. */
  readonly fqdn: string;
  /** The name of its A record, relative to the private-link zone, such as `NAME` or `NAME.REGION.data`. */
  readonly record: string;
}

/**
 * The registry's host names: the login server, then the data endpoint of each region.
 *
 * Source: "Connect privately to a container registry using private link", Microsoft's registry documentation.
 */
export function registryHosts(registry: string, regions: readonly string[], cloud: Cloud): RegistryHost[] {
  const fqdnOf = (record: string) => `${record}.${cloud.registrySuffix}`;
  return [
    { id: "login-server", label: "login server", record: registry, fqdn: fqdnOf(registry) },
    ...regions.map((region) => {
      const record = `${registry}.${region}.data`;
      return { id: `data-${region}`, label: `data ${region}`, region, record, fqdn: fqdnOf(record) };
    }),
  ];
}
