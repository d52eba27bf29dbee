/** A list price of Azure, pay as you go, without tax. */
export interface Price {
  /** What is paid for, as the page of costs names it. */
  readonly of: string;
  readonly usd: number;
  readonly per: keyof typeof PERIODS;
  /** The setting that decides how many there are; empty if there is always one. */
  readonly setting: string;
  /** Microsoft's page with the current price. */
  readonly page: string;
}

/** How many periods a month has: of 730 hours, as Azure's pricing calculator counts, or 30.4 days. */
export const PERIODS = { hour: 730, day: 30.4, month: 1 } as const;

/** When the prices were last revised. Raise it only together with a look at every price on Microsoft's page. */
export const PRICES_AS_OF = "November 2026";

/** Region of the prices that differ between regions. */
export const PRICES_REGION = "East US";

/** The one VM size that has a price here, the default. */
export const PRICED_VM_SIZE = "Standard_B2ats_v2";

const PRICING = "https://azure.microsoft.com/pricing/details";

/** What a deployment pays for by time. What it pays for by use is in docs/costs.md. */
export const PRICES = {
  registry: {
    of: "Registry, Premium, home region",
    usd: 1.667,
    per: "day",
    setting: "",
    page: `${PRICING}/container-registry/`,
  },
  replica: {
    of: "Replica of the registry",
    usd: 1.667,
    per: "day",
    setting: "`registry.replicas`",
    page: `${PRICING}/container-registry/`,
  },
  bastion: {
    of: "Bastion, Basic",
    usd: 0.19,
    per: "hour",
    setting: "`hub.bastion`",
    page: `${PRICING}/azure-bastion/`,
  },
  publicAddress: {
    of: "Public address of the bastion",
    usd: 0.005,
    per: "hour",
    setting: "`hub.bastion`",
    page: `${PRICING}/ip-addresses/`,
  },
  endpoint: {
    of: "Private endpoint",
    usd: 0.01,
    per: "hour",
    setting: "`spokes`, `hub.endpoint`",
    page: `${PRICING}/private-link/`,
  },
  resolver: {
    of: "Inbound endpoint of a DNS private resolver",
    usd: 180,
    per: "month",
    setting: "`hub.resolver`",
    page: `${PRICING}/dns/`,
  },
  vm: {
    of: `Test VM, \`${PRICED_VM_SIZE}\``,
    usd: 0.0094,
    per: "hour",
    setting: "`testVms`",
    page: `${PRICING}/virtual-machines/linux/`,
  },
  disk: {
    of: "Disk of a test VM, standard HDD",
    usd: 1.5,
    per: "month",
    setting: "`testVms`",
    page: `${PRICING}/managed-disks/`,
  },
  zone: {
    of: "Private DNS zone",
    usd: 0.5,
    per: "month",
    setting: "`dns`: `shared` needs only one zone",
    page: `${PRICING}/dns/`,
  },
} as const satisfies Record<string, Price>;

/** Name of a price. */
export type PriceName = keyof typeof PRICES;

/** The price of one for a month, in USD. */
export function monthly(name: PriceName): number {
  const { usd, per } = PRICES[name];
  return usd * PERIODS[per];
}
