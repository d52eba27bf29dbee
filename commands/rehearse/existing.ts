import { attachZoneGroups, type AzureEmulator, groupOf, type Policy } from "../../packages/azure-emulator";
import { CLOUDS } from "../../packages/common/azure";
import { carve, prefixLength } from "../../packages/common/util";
import { parseId } from "../../src/azure/resource-id";
import { existingResources } from "../../src/settings/existing-resources";
import type { DnsRecord } from "../dns-records/dns-records";
import type { Settings } from "../../src/settings/schema";

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

/**
 * Writes record sets into a zone for each network, linked to it, and deletes those that are no longer needed.
 *
 * @returns the ids of what it created
 */
export function putRecords(records: readonly DnsRecord[], azure: AzureEmulator): string[] {
  const zoneOf = ({ network, zone }: DnsRecord) =>
    `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-dns-team-${network}/providers/Microsoft.Network/privateDnsZones/${zone}`;
  const idOf = (record: DnsRecord) => `${zoneOf(record)}/A/${record.name}`;
  const needed = new Set(records.map((record) => idOf(record).toLowerCase()));
  const written = azure.resources.filter(({ id }) => /\/resourcegroups\/rg-dns-team-.*\/a\//i.test(id));
  for (const { id } of written) if (!needed.has(id.toLowerCase())) azure.delete(id);
  return createdBy(azure, () => {
    for (const record of records) {
      putOnce(azure, zoneOf(record), {});
      putOnce(azure, `${zoneOf(record)}/virtualNetworkLinks/${record.network}`, {
        properties: { virtualNetwork: { id: record.virtual_network_id }, registrationEnabled: false },
      });
      azure.put(idOf(record), {
        properties: {
          ttl: record.ttl,
          aRecords: record.addresses.map((ipv4Address) => ({ ipv4Address })),
        },
      });
    }
  });
}

function createdBy(azure: AzureEmulator, create: () => void): string[] {
  const before = new Set(azure.resources.map(({ id }) => id));
  create();
  return azure.resources.map(({ id }) => id).filter((id) => !before.has(id));
}

/** Creates what the settings say exists, and what they only name: subnets, a workspace, a registry to import. */
function putAll(settings: Settings, azure: AzureEmulator): void {
  const { hubs, spokes, registry } = settings;
  // The settings need not have the ranges of networks; they have to differ.
  const ranges = new Map(
    [...hubs, ...spokes].map(({ existing, addressSpace }, i) => [
      existing?.virtualNetworkId,
      addressSpace ?? `100.${64 + Math.floor(i / 256)}.${i % 256}.0/24`,
    ]),
  );
  for (const { id, location, properties } of existingResources(settings)) {
    const range = ranges.get(id);
    const space = range !== undefined && { addressSpace: { addressPrefixes: [range] } };
    putOnce(azure, id, {
      ...(location !== undefined && { location }),
      properties: { ...properties, ...space },
      ...(parseId("registry", id) && PREMIUM),
    });
    if (range === undefined) continue;
    const agents = registry.agentPool?.subnetId;
    const hasAgents = agents?.toLowerCase().startsWith(`${id.toLowerCase()}/`) === true;
    const half = (index: number) => (hasAgents ? carve(range, prefixLength(range) + 1, index) : range);
    for (const { existing } of [...hubs, ...spokes])
      if (existing?.virtualNetworkId === id && existing.endpointSubnetId !== undefined)
        putOnce(azure, existing.endpointSubnetId, { properties: { addressPrefix: half(0) } });
    if (hasAgents) putOnce(azure, agents, { properties: { addressPrefix: half(1) } });
  }
  if (registry.existing?.import) {
    const { registryId } = registry.existing;
    // What it is like is not in the settings. If they close it, it is taken to be closed already.
    const properties = { publicNetworkAccess: registry.publicAccess === false ? "Disabled" : "Enabled" };
    putOnce(azure, registryId, { location: registry.location, ...PREMIUM, properties });
    for (const { location } of registry.replicas)
      putOnce(azure, `${registryId}/replications/${location}`, { location });
  }
  if (typeof registry.diagnostics === "object")
    putOnce(azure, registry.diagnostics.workspaceId, { location: registry.location });
}

const PREMIUM = { sku: { name: "Premium" } };

/** Creates a resource and its resource group, if they do not exist yet. */
function putOnce(azure: AzureEmulator, id: string, body: Record<string, unknown>): void {
  const known = new Set(azure.resources.map((resource) => resource.id.toLowerCase()));
  const group = groupOf(id);
  if (!known.has(group.toLowerCase())) azure.put(group, { location: "northeurope" });
  if (!known.has(id.toLowerCase())) azure.put(id, body);
}
