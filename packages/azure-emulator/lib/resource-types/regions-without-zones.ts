/**
 * Regions of the public cloud without availability zones.
 *
 * Source: "Azure regions list", Microsoft's reliability documentation, August 2026.
 */
const WITHOUT_ZONES = new Set([
  "australiacentral",
  "australiacentral2",
  "australiasoutheast",
  "brazilsoutheast",
  "canadaeast",
  "francesouth",
  "germanynorth",
  "jioindiacentral",
  "jioindiawest",
  "koreasouth",
  "northcentralus",
  "norwaywest",
  "southafricawest",
  "southindia",
  "swedensouth",
  "switzerlandwest",
  "uaecentral",
  "ukwest",
  "westcentralus",
  "westindia",
  "westus",
]);

/**
 * Zone redundancy of a registry or a replica: on in every region with availability zones, whatever a client asks for.
 *
 * @see https://learn.microsoft.com/azure/container-registry/zone-redundancy
 */
export function zoneRedundancyIn(region: string): "Enabled" | "Disabled" {
  return WITHOUT_ZONES.has(region) ? "Disabled" : "Enabled";
}
