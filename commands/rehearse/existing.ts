import { attachZoneGroups, type AzureEmulator, groupOf, type Policy } from "../../packages/azure-emulator";
import { CLOUDS } from "../../packages/common/azure";
import { carve, isIn, prefixLength } from "../../packages/common/util";
import { parseId } from "../../src/terraform/resource-id";
import { Naming } from "../../src/naming";
import { planHub } from "../../src/network/address-plan";
import { hubPart } from "../../src/terraform/logical-ids";
import { existingResources } from "../../src/network/existing-resources";
import type { DnsRecord } from "../dns-records/dns-records";
import type { Settings } from "../../src/schema";

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
      addressSpace ?? rangeAround(existing) ?? `100.${64 + Math.floor(i / 256)}.${i % 256}.0/24`,
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
    const hub = hubs.find((one) => one.existing?.virtualNetworkId === id);
    const resolver = hub?.resolver ? hub.existing : undefined;
    const others = [hasAgents, hub?.gatewayTransit === true];
    // The resolver's address decides where its subnet is: in one half of the network.
    const halves = resolver ? [0, 1].map((index) => carve(range, prefixLength(range) + 1, index)) : [range];
    const rest = halves.find((half) => !isIn(resolver?.resolverAddress ?? "", half)) ?? range;
    const part = (index: number) => (others.some(Boolean) ? carve(rest, prefixLength(rest) + 2, index) : rest);
    for (const { existing } of [...hubs, ...spokes])
      if (existing?.virtualNetworkId === id && existing.endpointSubnetId !== undefined)
        putOnce(azure, existing.endpointSubnetId, { properties: { addressPrefix: part(0) } });
    if (hasAgents) putOnce(azure, agents, { properties: { addressPrefix: part(1) } });
    if (hub?.gatewayTransit) putGateway(azure, id, part(2));
    if (resolver)
      putOnce(azure, resolver.resolverSubnetId!, {
        properties: {
          addressPrefix: carve(`${resolver.resolverAddress!}/28`, 28, 0),
          delegations: [{ name: "resolver", properties: { serviceName: "Microsoft.Network/dnsResolvers" } }],
        },
      });
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

/** The range of an existing hub that the settings do not have: one with its resolver's address. */
function rangeAround(existing: object | undefined): string | undefined {
  const address = existing && "resolverAddress" in existing ? String(existing.resolverAddress) : undefined;
  return address === undefined ? undefined : carve(`${address}/24`, 24, 0);
}

/** The settings before the gateways of hubs that are created here can exist; undefined once these are there. */
export function beforeGateways(settings: Settings, azure: AzureEmulator): Settings | undefined {
  const lacking = settings.hubs.filter((hub) => {
    const network = networkOfHub(settings, hub, azure);
    const subnet = network && `${network.id}/subnets/GatewaySubnet`;
    return hub.gatewayTransit && !hub.existing && !azure.resources.some(({ id }) => id === subnet);
  });
  if (lacking.length === 0) return undefined;
  const hubs = settings.hubs.map((hub) => (lacking.includes(hub) ? { ...hub, gatewayTransit: false } : hub));
  return { ...settings, hubs, clients: [] };
}

/**
 * Creates the gateways of the hubs that are created here, as whoever connects clients does.
 *
 * @returns the ids of what it created
 */
export function putGateways(settings: Settings, azure: AzureEmulator): string[] {
  return createdBy(azure, () => {
    for (const hub of settings.hubs) {
      const network = networkOfHub(settings, hub, azure);
      if (hub.gatewayTransit && !hub.existing && network)
        putGateway(azure, network.id, planHub(hub.addressSpace!).free);
    }
  });
}

/** The network of a hub that is created here, once it is. */
function networkOfHub({ environment }: Settings, { name }: Settings["hubs"][number], azure: AzureEmulator) {
  const network = new Naming(environment).of("vnet", hubPart(name));
  return azure.resources.find(({ id }) => id.endsWith(`/virtualNetworks/${network}`));
}

/** A gateway as the emulated Azure knows one: something in the subnet of that name. */
function putGateway(azure: AzureEmulator, networkId: string, addressPrefix: string): void {
  const subnet = { id: `${networkId}/subnets/GatewaySubnet` };
  putOnce(azure, subnet.id, { properties: { addressPrefix } });
  putOnce(azure, networkId.replace(/\/virtualNetworks\/.*$/i, "/networkInterfaces/gateway"), {
    location: azure.resources.find(({ id }) => id === networkId)?.location,
    properties: { ipConfigurations: [{ name: "gateway", properties: { subnet } }] },
  });
}

const PREMIUM = { sku: { name: "Premium" } };

/** Creates a resource and its resource group, if they do not exist yet. */
function putOnce(azure: AzureEmulator, id: string, body: Record<string, unknown>): void {
  const known = new Set(azure.resources.map((resource) => resource.id.toLowerCase()));
  const group = groupOf(id);
  if (!known.has(group.toLowerCase())) azure.put(group, { location: "northeurope" });
  if (!known.has(id.toLowerCase())) azure.put(id, body);
}
