export const ZONE = "privatelink.azurecr.io";

/** The registry's host names, by record name. */
export const HOSTS = {
  login: "acmeacr",
  sweden: "acmeacr.swedencentral.data",
  switzerland: "acmeacr.switzerlandnorth.data",
} as const;
export type PlainHost = keyof typeof HOSTS;
export const EVERY_HOST = Object.keys(HOSTS) as PlainHost[];

/** With the host names that regional endpoints add. */
export const NAMES = {
  ...HOSTS,
  swedenLogin: "acmeacr.swedencentral.geo",
  switzerlandLogin: "acmeacr.switzerlandnorth.geo",
} as const;
export type Host = keyof typeof NAMES;

export const fqdn = (host: Host) => `${NAMES[host]}.azurecr.io`;

/** The first two octets of a network's addresses. */
export const prefixOf = (key: string) => ({ hub: "10.12", spoke1: "10.10", spoke2: "10.11" })[key] ?? "10.99";

/** Addresses come in any order, so no two endpoints have the same. */
const LAST_OCTETS: Record<string, Record<Host, number>> = {
  spoke1: { login: 4, sweden: 5, switzerland: 6, swedenLogin: 7, switzerlandLogin: 8 },
  spoke2: { login: 6, sweden: 4, switzerland: 5, swedenLogin: 8, switzerlandLogin: 7 },
  hub: { login: 5, sweden: 6, switzerland: 4, swedenLogin: 8, switzerlandLogin: 7 },
};

export function addressAt(endpoint: string, host: Host): string {
  return `${prefixOf(endpoint)}.0.${LAST_OCTETS[endpoint]?.[host] ?? 4}`;
}
