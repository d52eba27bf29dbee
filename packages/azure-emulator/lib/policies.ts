import { PRIVATE_ENDPOINT, ZONE_GROUP } from "./endpoint-addresses";
import { PRIVATE_LINK_ZONE } from "./registry-names";
import type { Policy } from "./resources";

/**
 * A policy of a landing zone: attaches a DNS zone group to every private endpoint, with which the endpoint registers
 * itself in a central zone.
 *
 * Source: "Private Link and DNS integration at scale", Microsoft's Cloud Adoption Framework.
 */
export function attachZoneGroups(zoneId: string): Policy {
  return ({ id, type }, store) =>
    type !== PRIVATE_ENDPOINT || store.ofType(ZONE_GROUP, id).length > 0
      ? undefined
      : {
          id: `${id}/privateDnsZoneGroups/deployedByPolicy`,
          body: {
            properties: {
              privateDnsZoneConfigs: [
                { name: PRIVATE_LINK_ZONE.replaceAll(".", "-"), properties: { privateDnsZoneId: zoneId } },
              ],
            },
          },
        };
}
