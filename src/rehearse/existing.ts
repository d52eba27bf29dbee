import { attachZoneGroups, type AzureEmulator, groupOf, type Policy } from "azure-emulator";
import { CLOUDS } from "private-link-preview";
import type { Settings } from "../settings/schema";

/** Subscription in which the rehearsal deploys. */
export const SUBSCRIPTION = "00000000-0000-0000-0000-000000000001";

/** A zone of the platform's own, in which endpoints register themselves where a policy makes them. */
const CENTRAL_ZONE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-platform-dns/providers/Microsoft.Network/privateDnsZones/${CLOUDS.public.privateLinkZone}`;

/** The landing zone's policy that attaches a zone group to every private endpoint. */
export const ZONE_GROUP_POLICY: Policy = attachZoneGroups(CENTRAL_ZONE);

/** Makes the zone that the policy speaks of, and gives the ids of what it made. */
export function putCentralZone(azure: AzureEmulator): string[] {
  return made(azure, () => {
    putOnce(azure, CENTRAL_ZONE, {});
  });
}

/** Makes what the settings take for granted, and gives the ids of what it made. */
export function putExisting(settings: Settings, azure: AzureEmulator): string[] {
  return made(azure, () => {
    putAll(settings, azure);
  });
}

function made(azure: AzureEmulator, make: () => void): string[] {
  const before = new Set(azure.resources.map(({ id }) => id));
  make();
  return azure.resources.map(({ id }) => id).filter((id) => !before.has(id));
}

/** Networks, subnets, a zone, a workspace. */
function putAll({ hub, spokes, registry }: Settings, azure: AzureEmulator): void {
  for (const [i, { existing, addressSpace, location }] of [hub, ...spokes].entries()) {
    if (!existing) continue;
    // A range that the settings need not say; it has to differ from the others.
    const range = addressSpace ?? `100.${64 + Math.floor(i / 256)}.${i % 256}.0/24`;
    putOnce(azure, existing.virtualNetworkId, { location, properties: { addressSpace: { addressPrefixes: [range] } } });
    if (existing.endpointSubnetId !== undefined)
      putOnce(azure, existing.endpointSubnetId, { properties: { addressPrefix: range } });
  }
  const zone = hub.existing?.zoneId;
  if (zone !== undefined) {
    putOnce(azure, zone, {});
    putOnce(azure, `${zone}/virtualNetworkLinks/existing`, {
      properties: { virtualNetwork: { id: hub.existing!.virtualNetworkId } },
    });
  }
  if (typeof registry.diagnostics === "object")
    putOnce(azure, registry.diagnostics.workspaceId, { location: registry.location });
}

/** Makes a resource, and the group that it lies in, where they are not there yet. */
function putOnce(azure: AzureEmulator, id: string, body: Record<string, unknown>): void {
  const known = new Set(azure.resources.map((resource) => resource.id.toLowerCase()));
  const group = groupOf(id);
  if (!known.has(group.toLowerCase())) azure.put(group, { location: "northeurope" });
  if (!known.has(id.toLowerCase())) azure.put(id, body);
}
