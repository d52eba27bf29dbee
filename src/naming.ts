/** Abbreviations of Azure resource types, with which names start (Cloud Adoption Framework). */
export type Abbreviation =
  | "bas"
  | "con"
  | "dnspr"
  | "in"
  | "link"
  | "log"
  | "nic"
  | "nsg"
  | "osdisk"
  | "peer"
  | "pep"
  | "pip"
  | "rg"
  | "rt"
  | "snet"
  | "vm"
  | "vnet";

/** Names resources `ABBREVIATION-PART-ENVIRONMENT`, as in `vnet-spoke1-dev`. */
export class Naming {
  constructor(private readonly environment: string) {}

  public of(kind: Abbreviation, part: string): string {
    return `${kind}-${part}-${this.environment}`;
  }
}

/** The registry's name, unique across Azure: 5 to 50 letters and digits. */
export function registryName(prefix: string, environment: string): string {
  return `${prefix}acr${environment}`.toLowerCase();
}
