import type { Cloud } from "./azure/clouds";

/** Azure resource kinds by the abbreviation with which their names start (Cloud Adoption Framework). */
export type Abbreviation =
  "bas" | "link" | "log" | "nic" | "nsg" | "osdisk" | "peer" | "pep" | "pip" | "rg" | "snet" | "vm" | "vnet";

/** Names resources `KIND-PART-ENVIRONMENT`, as in `vnet-spoke1-dev`. */
export class Naming {
  constructor(private readonly environment: string) {}

  public of(kind: Abbreviation, part: string): string {
    return `${kind}-${part}-${this.environment}`;
  }
}

/** The registry's name, global across Azure: 5 to 50 letters and digits. */
export function registryName(prefix: string, environment: string): string {
  return `${prefix}acr${environment}`.toLowerCase();
}

/** A host name of the registry, which every private endpoint of it has an address for. */
export interface RegistryHost {
  /** Short and stable: `login-server`, or `data-REGION`. */
  readonly id: string;
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
  const host = (id: string, record: string): RegistryHost => ({
    id,
    record,
    fqdn: `${record}.${cloud.registrySuffix}`,
  });
  return [
    host("login-server", registry),
    ...regions.map((region) => host(`data-${region}`, `${registry}.${region}.data`)),
  ];
}
