import { SUBNET, freeAddresses, refuseAddress, retryableError, subnet } from "../addresses";
import { badRequest } from "../arm-error";
import { equalIgnoringCase, parentOf } from "../arm-id";
import { resolverPolling } from "../polling";
import { networkType } from "../resource-type";
import { REFERENCE } from "../shape";
import { isProvisioned } from "../store";
import { VIRTUAL_NETWORK } from "./virtual-network";

const RESOLVER = "Microsoft.Network/dnsResolvers";

interface ResolverProperties {
  virtualNetwork: { id: string };
}

interface InboundEndpointProperties {
  ipConfigurations: { subnet: { id: string }; privateIpAddress?: string; privateIpAllocationMethod?: string }[];
}

/** What resolvers and their endpoints have in common. Source: recordings of Azure Service Operator. */
const OF_RESOLVERS = {
  location: "region",
  missingCode: "ResourceNotFound",
  polling: resolverPolling,
  acceptsWrites: true,
  uuids: ["resourceGuid"],
} as const;

/** @see https://learn.microsoft.com/azure/dns/dns-private-resolver-overview */
export const dnsResolver = networkType<ResolverProperties>({
  type: RESOLVER,
  ...OF_RESOLVERS,
  linkedActions: { "Microsoft.Network/virtualNetworks/join/action": "properties.virtualNetwork.id" },
  references: { [VIRTUAL_NETWORK]: "properties.virtualNetwork.id" },
  regional: [VIRTUAL_NETWORK],
  shape: { "virtualNetwork!": REFERENCE },
  fixed: { dnsResolverState: "Connected" },
  beforeWrite({ id, properties: { virtualNetwork } }, store) {
    const other = store.referring(RESOLVER, "virtualNetwork.id", virtualNetwork.id);
    // That these are refused is documented, their codes are not.
    if (other.some((resolver) => !equalIgnoringCase(resolver.id, id)))
      throw badRequest("InvalidRequestFormat", `The virtual network ${virtualNetwork.id} has a DNS resolver already.`);
  },
  beforeDelete({ id }, store) {
    const [endpoint] = store.ofType(INBOUND, id);
    if (endpoint)
      throw badRequest("CannotDeleteResource", `DNS resolver ${id} cannot be deleted before ${endpoint.id}.`);
  },
});

const INBOUND = `${RESOLVER}/inboundEndpoints`;

export const inboundEndpoint = networkType<InboundEndpointProperties>({
  type: INBOUND,
  ...OF_RESOLVERS,
  linkedActions: { "Microsoft.Network/virtualNetworks/subnets/join/action": "properties.ipConfigurations.subnet.id" },
  references: { [SUBNET]: "properties.ipConfigurations.subnet.id" },
  regional: [SUBNET],
  shape: {
    "ipConfigurations!": [{ "subnet!": REFERENCE, privateIpAddress: "string", privateIpAllocationMethod: "string" }],
  },
  beforeWrite({ id, properties: { ipConfigurations } }, store, old) {
    const { virtualNetwork } = store.get<ResolverProperties>(parentOf(id))!.properties;
    for (const [i, ip] of ipConfigurations.entries()) {
      const place = subnet(ip.subnet.id, store);
      if (!isProvisioned(place)) throw retryableError(place, id);
      if (!equalIgnoringCase(parentOf(place.id), virtualNetwork.id))
        throw badRequest("InvalidRequestFormat", `The subnet ${place.id} is not in the resolver's virtual network.`);
      const delegated = (place.properties.delegations ?? []).map(({ properties }) => properties?.serviceName ?? "");
      if (!delegated.some((service) => equalIgnoringCase(service, RESOLVER)))
        throw badRequest("InvalidRequestFormat", `The subnet ${place.id} is not delegated to ${RESOLVER}.`);
      ip.privateIpAllocationMethod ??= "Dynamic";
      if (ip.privateIpAllocationMethod === "Static" && ip.privateIpAddress !== undefined)
        refuseAddress(ip.privateIpAddress, place.id, id, store);
      ip.privateIpAddress ??=
        old?.properties.ipConfigurations[i]?.privateIpAddress ?? freeAddresses(place.id, 1, store)[0]!;
    }
  },
});
