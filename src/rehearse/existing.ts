import { attachZoneGroups, type AzureEmulator, groupOf, type Policy } from "azure-emulator";
import { CLOUDS } from "private-link-preview";
import type { Settings } from "../settings/schema";

/** Subscription in which the rehearsal deploys. */
export const SUBSCRIPTION = "00000000-0000-0000-0000-000000000001";

/** The zone of the platform team, in which a policy has private endpoints register themselves. */
const CENTRAL_ZONE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-platform-dns/providers/Microsoft.Network/privateDnsZones/${CLOUDS.public.privateLinkZone}`;

/** The landing zone's policy that attaches a zone group to every private endpoint. */
export const ZONE_GROUP_POLICY: Policy = attachZoneGroups(CENTRAL_ZONE);

/** Creates the zone of the policy. @returns the ids of what it created */
export function putCentralZone(azure: AzureEmulator): string[] {
  return createdBy(azure, () => {
    putOnce(azure, CENTRAL_ZONE, {});
  });
}

/** Creates the resources that exist according to the settings. @returns the ids of what it created */
export function putExisting(settings: Settings, azure: AzureEmulator): string[] {
  return createdBy(azure, () => {
    putAll(settings, azure);
  });
}

function createdBy(azure: AzureEmulator, create: () => void): string[] {
  const before = new Set(azure.resources.map(({ id }) => id));
  create();
  return azure.resources.map(({ id }) => id).filter((id) => !before.has(id));
}

/** Creates networks, subnets, a zone, a workspace. */
function putAll({ hub, spokes, registry }: Settings, azure: AzureEmulator): void {
  for (const [i, { existing, addressSpace, location }] of [hub, ...spokes].entries()) {
    if (!existing) continue;
    // The settings need not have the range; it has to differ from the others.
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

/** Creates a resource and its resource group, if they do not exist yet. */
function putOnce(azure: AzureEmulator, id: string, body: Record<string, unknown>): void {
  const known = new Set(azure.resources.map((resource) => resource.id.toLowerCase()));
  const group = groupOf(id);
  if (!known.has(group.toLowerCase())) azure.put(group, { location: "northeurope" });
  if (!known.has(id.toLowerCase())) azure.put(id, body);
}
