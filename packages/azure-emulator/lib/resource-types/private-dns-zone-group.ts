import type { WithIpConfigurations } from "../addresses";
import { ArmError } from "../arm-error";
import { parentOf } from "../arm-id";
import {
  type PrivateEndpointProperties,
  ZONE_GROUP,
  type ZoneGroupProperties,
  interfaceIdOf,
  removeRecords,
  publishAddresses,
} from "../endpoint-addresses";
import { resourceType, networkName } from "../resource-type";
import type { Store } from "../store";

export const privateDnsZoneGroup = resourceType<ZoneGroupProperties>({
  type: ZONE_GROUP,
  names: networkName(80),
  location: "none",
  asynchronous: true,
  beforeWrite({ properties }, store) {
    for (const { properties: config } of properties.privateDnsZoneConfigs ?? [])
      if (!store.has(config.privateDnsZoneId))
        throw new ArmError(400, "InvalidResourceReference", `There is no zone ${config.privateDnsZoneId}.`);
  },
  afterWrite: refreshEndpoint,
  afterDelete(group, store) {
    removeRecords(parentOf(group.id), store);
    refreshEndpoint(group, store);
  },
});

function refreshEndpoint(group: { id: string }, store: Store): void {
  const endpoint = store.get<PrivateEndpointProperties>(parentOf(group.id));
  if (!endpoint) return;
  const nic = store.get<WithIpConfigurations>(interfaceIdOf(endpoint));
  publishAddresses(endpoint, nic?.properties.ipConfigurations ?? [], store);
}
