import type { CloudName } from "./clouds";

/** An Azure region. */
export interface Region {
  /** As Azure shows it: "Sweden Central". Without spaces and in lower case it is the name that the API takes. */
  readonly displayName: string;
  /** Whether the region has availability zones. */
  readonly zones: boolean;
}

/** The API's name of a region, however it is written: "Sweden Central" is `swedencentral`. */
export function normaliseRegion(written: string): string {
  return written.replace(/[^A-Za-z0-9]+/g, "").toLowerCase();
}

/** Regions by the name that the API takes, in the order of these names. */
function regions(withZones: string, withoutZones: string): Record<string, Region> {
  const found = [withZones, withoutZones].flatMap((names, index) =>
    names
      .split(/,\s+/)
      .map((displayName): [string, Region] => [normaliseRegion(displayName), { displayName, zones: index === 0 }]),
  );
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Regions by the name that the API takes, such as `swedencentral`, per cloud: those with availability zones, and those without.
 *
 * Source: "Azure regions list" and "Azure regions with availability zone support", Microsoft's reliability documentation, August 2026.
 */
export const REGIONS: Record<CloudName, Record<string, Region>> = {
  public: regions(
    `Australia East, Austria East, Belgium Central, Brazil South, Canada Central, Central India, Central US,
    Chile Central, Denmark East, East Asia, East US, East US 2, France Central, Germany West Central,
    India South Central, Indonesia Central, Israel Central, Italy North, Japan East, Japan West, Korea Central,
    Malaysia West, Mexico Central, New Zealand North, North Europe, Norway East, Poland Central, Qatar Central,
    South Africa North, South Central US, Southeast Asia, Spain Central, Sweden Central, Switzerland North,
    UAE North, UK South, West Europe, West US 2, West US 3`,
    `Australia Central, Australia Central 2, Australia Southeast, Brazil Southeast, Canada East, France South,
    Germany North, Jio India Central, Jio India West, Korea South, North Central US, Norway West,
    South Africa West, South India, Sweden South, Switzerland West, UAE Central, UK West, West Central US,
    West India, West US`,
  ),
  usgovernment: regions("USGov Virginia", "USDoD Central, USDoD East, USGov Arizona, USGov Texas"),
  china: regions("China North 3", "China East, China East 2, China East 3, China North, China North 2"),
};

/** The cloud that one of some regions is in, by API name; undefined where none is known. */
export function cloudOf(regions: readonly string[]): CloudName | undefined {
  const clouds = Object.keys(REGIONS) as CloudName[];
  return clouds.find((cloud) => regions.some((region) => Object.hasOwn(REGIONS[cloud], region)));
}

/** Whether a region has availability zones, across which Azure then distributes a registry. */
export function hasAvailabilityZones(region: string): boolean {
  return Object.values(REGIONS).some((cloud) => cloud[region]?.zones);
}
