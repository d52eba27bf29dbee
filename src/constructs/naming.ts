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
