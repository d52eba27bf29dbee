import type { WithIpConfigurations } from "../addresses";
import { parentOf } from "../arm-id";
import {
  type PrivateEndpointProperties,
  ZONE_GROUP,
  type ZoneGroupProperties,
  interfaceIdOf,
  removeRecords,
  publishAddresses,
} from "../endpoint-addresses";
import { networkType } from "../resource-type";
import { duplicateName } from "../shape";
import type { Store } from "../store";

export const privateDnsZoneGroup = networkType<ZoneGroupProperties>({
  type: ZONE_GROUP,
  linkedActions: {
    "Microsoft.Network/privateDnsZones/join/action": "properties.privateDnsZoneConfigs.properties.privateDnsZoneId",
  },
  references: { "Microsoft.Network/privateDnsZones": "properties.privateDnsZoneConfigs.properties.privateDnsZoneId" },
  shape: { privateDnsZoneConfigs: [{ "name!": "string", "properties!": { "privateDnsZoneId!": "string" } }] },
  beforeWrite({ id, properties }) {
    const zones = (properties.privateDnsZoneConfigs ?? []).map((config) => zoneNameOf(config));
    const twice = zones.find((zone, i) => zones.indexOf(zone) !== i);
    // azurerm gives each the name of its zone.
    if (twice !== undefined) throw duplicateName(id, twice);
    for (const config of properties.privateDnsZoneConfigs ?? []) {
      config.id = `${id}/privateDnsZoneConfigs/${config.name}`;
      config.properties.recordSets = [];
      config.properties.provisioningState = "Updating";
    }
  },
  afterWrite(group, store) {
    for (const config of group.properties.privateDnsZoneConfigs ?? [])
      config.properties.provisioningState = "Succeeded";
    refreshEndpoint(group, store);
  },
  afterDelete(group, store) {
    const endpoint = store.get<PrivateEndpointProperties>(parentOf(group.id));
    // An endpoint that is deleted removes its records itself.
    if (endpoint) removeRecords(endpoint, store);
    refreshEndpoint(group, store);
  },
});

function zoneNameOf({ properties }: { readonly properties: { readonly privateDnsZoneId: string } }): string {
  return properties.privateDnsZoneId.split("/").at(-1)!.toLowerCase();
}

function refreshEndpoint(group: { id: string }, store: Store): void {
  const endpoint = store.get<PrivateEndpointProperties>(parentOf(group.id));
  if (!endpoint) return;
  const nic = store.get<WithIpConfigurations>(interfaceIdOf(endpoint));
  publishAddresses(endpoint, nic?.properties.ipConfigurations ?? [], store);
}
