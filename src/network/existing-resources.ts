import { parseId } from "../terraform/resource-id";
import type { Settings } from "../schema";

/** A resource in the form of Azure's API, as far as the settings say what it is like. */
export interface ExistingResource {
  readonly id: string;
  readonly location?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/**
 * The resources that exist according to the settings, and that the stack does not manage. The preview takes what they are
 * like from here, every plan checks it, and a rehearsal creates them.
 */
export function existingResources({ hubs, spokes, registry }: Settings): ExistingResource[] {
  const networks = [...hubs, ...spokes].filter(({ existing }) => existing);
  const hubOf = new Map(hubs.map((hub) => [hub.name, hub]));
  return [
    ...hubs.flatMap(({ location, virtualHubId }) =>
      virtualHubId === undefined ? [] : [{ id: virtualHubId, location }],
    ),
    ...networks.map(({ location, addressSpace, dnsServers, existing }) => ({
      id: existing!.virtualNetworkId,
      location,
      properties: {
        ...(addressSpace !== undefined && { addressSpace: { addressPrefixes: [addressSpace] } }),
        ...(dnsServers.length > 0 && { dhcpOptions: { dnsServers } }),
      },
    })),
    ...spokes.flatMap(({ hub, existing }) => {
      if (existing?.peer !== "existing") return [];
      const { existing: hubNetwork, virtualHubId, gatewayTransit } = hubOf.get(hub)!;
      const id = existing.virtualNetworkId;
      if (virtualHubId !== undefined) return [connection(virtualHubId, id)];
      return hubNetwork ? peerings(hubNetwork.virtualNetworkId, id, gatewayTransit) : [];
    }),
    ...networks.flatMap(({ existing }) => zoneAndLink(existing!)),
    ...(registry.existing && !registry.existing.import ? registryAndReplicas(registry) : []),
  ];
}

function connection(virtualHubId: string, virtualNetworkId: string): ExistingResource {
  return {
    id: `${virtualHubId}/hubVirtualNetworkConnections/${parseId("virtualNetwork", virtualNetworkId)!.names[0]!}`,
    properties: { remoteVirtualNetwork: { id: virtualNetworkId } },
  };
}

function peerings(hub: string, spoke: string, gatewayTransit: boolean): ExistingResource[] {
  const sides = [
    [hub, spoke, { allowGatewayTransit: true }],
    [spoke, hub, { useRemoteGateways: true }],
  ] as const;
  return sides.map(([from, to, transit]) => ({
    id: `${from}/virtualNetworkPeerings/${parseId("virtualNetwork", to)!.names[0]!}`,
    properties: {
      remoteVirtualNetwork: { id: to },
      allowVirtualNetworkAccess: true,
      ...(gatewayTransit && transit),
    },
  }));
}

function zoneAndLink(network: { virtualNetworkId: string; zoneId?: string | undefined }): ExistingResource[] {
  const { virtualNetworkId, zoneId } = network;
  if (zoneId === undefined) return [];
  return [
    { id: zoneId },
    { id: `${zoneId}/virtualNetworkLinks/existing`, properties: { virtualNetwork: { id: virtualNetworkId } } },
  ];
}

function registryAndReplicas({
  existing,
  location,
  replicas,
  regionalEndpoints,
  repositoryPermissions,
  publicAccess,
}: Settings["registry"]): ExistingResource[] {
  const id = existing!.registryId;
  const properties = {
    ...(regionalEndpoints && { regionalEndpoints: "Enabled" }),
    ...(repositoryPermissions && { roleAssignmentMode: "AbacRepositoryPermissions" }),
    ...(publicAccess !== false && {
      publicNetworkAccess: "Enabled",
      networkRuleSet: {
        defaultAction: publicAccess === true ? "Allow" : "Deny",
        ipRules: publicAccess === true ? [] : publicAccess.map((value) => ({ action: "Allow", value })),
      },
    }),
  };
  return [
    { id, location, ...(Object.keys(properties).length > 0 && { properties }) },
    ...replicas.map((replica) => ({ id: `${id}/replications/${replica.location}`, location: replica.location })),
  ];
}
