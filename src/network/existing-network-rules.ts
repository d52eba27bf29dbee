import { isIn } from "../../packages/common/util";
import type { SettingsError } from "../settings/errors";
import { type Context, errorAt, repeated } from "../rule-context";

/** Subnets that Azure keeps for one service each, by their names in lower case. */
export const SERVICE_SUBNETS: ReadonlySet<string> = new Set([
  "azurebastionsubnet",
  "azurefirewallmanagementsubnet",
  "azurefirewallsubnet",
  "gatewaysubnet",
  "routeserversubnet",
]);

export function* existingNetworksFit({ networks }: Context): Iterable<SettingsError> {
  for (const [{ path, existing }, first] of repeated(networks, ({ existing }) =>
    existing?.virtualNetworkId?.toLowerCase(),
  )) {
    yield errorAt(
      [...path, "existing", "virtualNetworkId"],
      existing?.virtualNetworkId,
      `a virtual network that differs from the one of ${first.label}`,
    );
  }
  for (const { path, existing } of networks) {
    if (!existing) continue;
    const { virtualNetworkId } = existing;
    const subnets = [
      ["endpointSubnetId", existing.endpointSubnetId, "private endpoints"],
      [
        "resolverSubnetId",
        "resolverSubnetId" in existing ? existing.resolverSubnetId : undefined,
        "the resolver alone",
      ],
    ] as const;
    for (const [key, id, use] of subnets) {
      if (id === undefined) continue;
      const error = (allowed: string) => errorAt([...path, "existing", key], id, allowed);
      if (!(virtualNetworkId && id.toLowerCase().startsWith(`${virtualNetworkId.toLowerCase()}/`)))
        yield error("a subnet of the virtual network in virtualNetworkId");
      const name = id.split("/").at(-1)!;
      if (SERVICE_SUBNETS.has(name.toLowerCase()))
        yield error(`a subnet for ${use}: Azure keeps ${name} for another service`);
    }
  }
}

export function* existingHubsFit({ hubs }: Context): Iterable<SettingsError> {
  for (const { path, label, existing, bastion, endpoint, resolver, addressSpace } of hubs) {
    if (!existing) continue;
    if (bastion === "basic") {
      const allowed = `"developer", which is in the spokes that are created here, or false if ${label}.existing is set: Azure Bastion is not created in an existing network`;
      yield errorAt([...path, "bastion"], bastion, allowed);
    }
    if (endpoint && existing.endpointSubnetId === undefined) {
      yield errorAt(
        [...path, "existing", "endpointSubnetId"],
        undefined,
        `the ID of the subnet for the hub's endpoint, or ${label}.endpoint set to false`,
      );
    }
    if (!resolver) continue;
    const { resolverSubnetId, resolverAddress, endpointSubnetId } = existing;
    const error = (key: string, found: unknown, allowed: string) => errorAt([...path, "existing", key], found, allowed);
    const otherwise = `or ${label}.resolver set to false`;
    if (resolverSubnetId === undefined)
      yield error(
        "resolverSubnetId",
        undefined,
        `the ID of a subnet that is delegated to Microsoft.Network/dnsResolvers, ${otherwise}`,
      );
    else if (resolverSubnetId.toLowerCase() === endpointSubnetId?.toLowerCase())
      yield error("resolverSubnetId", resolverSubnetId, "a subnet that differs from the one in endpointSubnetId");
    if (resolverAddress === undefined)
      yield error("resolverAddress", undefined, `an address in the subnet of resolverSubnetId, ${otherwise}`);
    else if (addressSpace !== undefined && !isIn(resolverAddress, addressSpace))
      yield error("resolverAddress", resolverAddress, `an address in ${addressSpace}`);
  }
}

/** What a Virtual WAN hub can't have. */
export function* virtualWanHubsFit({ hubs, dns }: Context): Iterable<SettingsError> {
  for (const hub of hubs) {
    const { path, virtualHubId, existing, endpoint, bastion, firewallAddress, dnsServers, servedBy } = hub;
    const { resolver, gatewayTransit } = hub;
    if (virtualHubId === undefined) continue;
    const refused = {
      existing,
      endpoint,
      bastion: bastion === "basic" && bastion,
      resolver,
      gatewayTransit,
      firewallAddress,
      dnsServers,
      servedBy,
    };
    for (const [key, value] of Object.entries(refused)) {
      if (value === undefined || value === false || (Array.isArray(value) && value.length === 0)) continue;
      yield errorAt([...path, key], value, `nothing if virtualHubId is set: a Virtual WAN hub is no virtual network`);
    }
    if (dns === "shared") yield errorAt(["dns"], dns, '"per-spoke": no zone can be linked to a Virtual WAN hub');
  }
  for (const [one, first] of repeated(hubs, ({ virtualHubId }) => virtualHubId?.toLowerCase()))
    yield errorAt([...one.path, "virtualHubId"], one.virtualHubId, `a hub that differs from the one of ${first.label}`);
}

export function* existingSpokesFit({ spokes, dns }: Context): Iterable<SettingsError> {
  for (const { path, existing, hub, asksHub } of spokes) {
    if (!existing) continue;
    const at = (member: string) => [...path, "existing", member];
    if (existing.endpointSubnetId === undefined && existing.virtualNetworkId !== undefined && !asksHub) {
      yield errorAt(
        at("endpointSubnetId"),
        undefined,
        "the ID of the subnet for the private endpoint, or DNS servers that are all in the hub",
      );
    }
    if (existing.peer === "existing" && !hub.existing && hub.virtualHubId === undefined) {
      yield errorAt(
        at("peer"),
        existing.peer,
        "true or false: the hub is created here, so nothing is peered with it yet",
      );
    }
    if (existing.zoneId !== undefined && (asksHub || dns === "shared")) {
      yield errorAt(
        at("zoneId"),
        existing.zoneId,
        asksHub
          ? "nothing: the DNS servers of the spoke are in the hub, so no record is written for it"
          : 'nothing if dns is "shared": all records are in the zone of the hub',
      );
    }
  }
}
