import type { CloudName } from "./clouds";

/** An Azure region. */
export interface Region {
  /** As Azure shows it: "Sweden Central". Without spaces and in lower case it is the name that the API takes. */
  readonly displayName: string;
  /** Whether the region has availability zones. */
  readonly zones: boolean;
}

/**
 * Regions by the name that the API takes, such as `swedencentral`, per cloud.
 *
 * Source: "Azure regions list" and "Azure regions with availability zone support", Microsoft's reliability documentation, August 2026.
 */
export const REGIONS: Record<CloudName, Record<string, Region>> = {
  public: {
    australiacentral: { displayName: "Australia Central", zones: false },
    australiacentral2: { displayName: "Australia Central 2", zones: false },
    australiaeast: { displayName: "Australia East", zones: true },
    australiasoutheast: { displayName: "Australia Southeast", zones: false },
    austriaeast: { displayName: "Austria East", zones: true },
    belgiumcentral: { displayName: "Belgium Central", zones: true },
    brazilsouth: { displayName: "Brazil South", zones: true },
    brazilsoutheast: { displayName: "Brazil Southeast", zones: false },
    canadacentral: { displayName: "Canada Central", zones: true },
    canadaeast: { displayName: "Canada East", zones: false },
    centralindia: { displayName: "Central India", zones: true },
    centralus: { displayName: "Central US", zones: true },
    chilecentral: { displayName: "Chile Central", zones: true },
    denmarkeast: { displayName: "Denmark East", zones: true },
    eastasia: { displayName: "East Asia", zones: true },
    eastus: { displayName: "East US", zones: true },
    eastus2: { displayName: "East US 2", zones: true },
    francecentral: { displayName: "France Central", zones: true },
    francesouth: { displayName: "France South", zones: false },
    germanynorth: { displayName: "Germany North", zones: false },
    germanywestcentral: { displayName: "Germany West Central", zones: true },
    indiasouthcentral: { displayName: "India South Central", zones: true },
    indonesiacentral: { displayName: "Indonesia Central", zones: true },
    israelcentral: { displayName: "Israel Central", zones: true },
    italynorth: { displayName: "Italy North", zones: true },
    japaneast: { displayName: "Japan East", zones: true },
    japanwest: { displayName: "Japan West", zones: true },
    jioindiacentral: { displayName: "Jio India Central", zones: false },
    jioindiawest: { displayName: "Jio India West", zones: false },
    koreacentral: { displayName: "Korea Central", zones: true },
    koreasouth: { displayName: "Korea South", zones: false },
    malaysiawest: { displayName: "Malaysia West", zones: true },
    mexicocentral: { displayName: "Mexico Central", zones: true },
    newzealandnorth: { displayName: "New Zealand North", zones: true },
    northcentralus: { displayName: "North Central US", zones: false },
    northeurope: { displayName: "North Europe", zones: true },
    norwayeast: { displayName: "Norway East", zones: true },
    norwaywest: { displayName: "Norway West", zones: false },
    polandcentral: { displayName: "Poland Central", zones: true },
    qatarcentral: { displayName: "Qatar Central", zones: true },
    southafricanorth: { displayName: "South Africa North", zones: true },
    southafricawest: { displayName: "South Africa West", zones: false },
    southcentralus: { displayName: "South Central US", zones: true },
    southeastasia: { displayName: "Southeast Asia", zones: true },
    southindia: { displayName: "South India", zones: false },
    spaincentral: { displayName: "Spain Central", zones: true },
    swedencentral: { displayName: "Sweden Central", zones: true },
    swedensouth: { displayName: "Sweden South", zones: false },
    switzerlandnorth: { displayName: "Switzerland North", zones: true },
    switzerlandwest: { displayName: "Switzerland West", zones: false },
    uaecentral: { displayName: "UAE Central", zones: false },
    uaenorth: { displayName: "UAE North", zones: true },
    uksouth: { displayName: "UK South", zones: true },
    ukwest: { displayName: "UK West", zones: false },
    westcentralus: { displayName: "West Central US", zones: false },
    westeurope: { displayName: "West Europe", zones: true },
    westindia: { displayName: "West India", zones: false },
    westus: { displayName: "West US", zones: false },
    westus2: { displayName: "West US 2", zones: true },
    westus3: { displayName: "West US 3", zones: true },
  },
  usgovernment: {
    usdodcentral: { displayName: "USDoD Central", zones: false },
    usdodeast: { displayName: "USDoD East", zones: false },
    usgovarizona: { displayName: "USGov Arizona", zones: false },
    usgovtexas: { displayName: "USGov Texas", zones: false },
    usgovvirginia: { displayName: "USGov Virginia", zones: true },
  },
  china: {
    chinaeast: { displayName: "China East", zones: false },
    chinaeast2: { displayName: "China East 2", zones: false },
    chinaeast3: { displayName: "China East 3", zones: false },
    chinanorth: { displayName: "China North", zones: false },
    chinanorth2: { displayName: "China North 2", zones: false },
    chinanorth3: { displayName: "China North 3", zones: true },
  },
};

/** The API's name of a region, however it is written: "Sweden Central" is `swedencentral`. */
export function normaliseRegion(written: string): string {
  return written.replace(/[^A-Za-z0-9]+/g, "").toLowerCase();
}

/** The cloud that one of some regions is in, by API name; undefined where none is known. */
export function cloudOf(regions: readonly string[]): CloudName | undefined {
  const clouds = Object.keys(REGIONS) as CloudName[];
  return clouds.find((cloud) => regions.some((region) => Object.hasOwn(REGIONS[cloud], region)));
}

/** Whether a region has availability zones, across which Azure then distributes a registry. */
export function hasAvailabilityZones(region: string): boolean {
  return Object.values(REGIONS).some((cloud) => cloud[region]?.zones);
}
