import type { WithIpConfigurations } from "../addresses";
import { ArmError } from "../arm-error";
import {
  type PrivateEndpointProperties,
  ZONE_GROUP,
  type ZoneGroupProperties,
  interfaceIdOf,
  removeRecords,
  showAddresses,
} from "../endpoint-addresses";
import { kind, networkName } from "../kind";
import type { Store } from "../store";

export const privateDnsZoneGroup = kind<ZoneGroupProperties>({
  type: ZONE_GROUP,
  names: networkName(80),
  location: "none",
  byOperation: true,
  prepare({ properties }, store) {
    for (const { properties: config } of properties.privateDnsZoneConfigs ?? [])
      if (!store.has(config.privateDnsZoneId))
        throw new ArmError(400, "InvalidResourceReference", `There is no zone ${config.privateDnsZoneId}.`);
  },
  arrived: refreshEndpoint,
  left(group, store) {
    removeRecords(endpointIdOf(group), store);
    refreshEndpoint(group, store);
  },
});

function endpointIdOf({ id }: { id: string }): string {
  return id.split("/").slice(0, -2).join("/");
}

function refreshEndpoint(group: { id: string }, store: Store): void {
  const endpoint = store.get<PrivateEndpointProperties>(endpointIdOf(group));
  if (!endpoint) return;
  const nic = store.get<WithIpConfigurations>(interfaceIdOf(endpoint));
  showAddresses(endpoint, nic?.properties.ipConfigurations ?? [], store);
}
