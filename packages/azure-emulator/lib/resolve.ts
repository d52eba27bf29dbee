import { netmasks } from "./addresses";
import { parentOf, equalIgnoringCase } from "./arm-id";
import { REGISTRY_SUFFIX, PRIVATE_LINK_ZONE } from "./registry-names";
import { A_RECORD, type ARecordProperties, LINK, type LinkProperties } from "./resource-types/private-dns-zone";
import { VIRTUAL_NETWORK, type VirtualNetworkProperties } from "./resource-types/virtual-network";
import type { Resource, Store } from "./store";

/**
 * Addresses that private DNS returns for a registry's host name in a virtual network; none where public DNS would have to
 * answer.
 */
export function resolve(network: Resource<VirtualNetworkProperties>, host: string, store: Store): string[] {
  return lookUp(network, host, store).addresses;
}

/** The same, with the link to the zone that is asked; absent where none is, so that public DNS answers. */
export function lookUp(
  network: Resource<VirtualNetworkProperties>,
  host: string,
  store: Store,
): { readonly addresses: string[]; readonly link?: Resource<LinkProperties> } {
  const name = host.slice(0, -`.${REGISTRY_SUFFIX}`.length);
  const answering = answeringNetwork(network, store);
  const link = store
    .referring<LinkProperties>(LINK, "virtualNetwork.id", answering.id)
    .find(({ id }) => equalIgnoringCase(id.split("/").at(-3)!, PRIVATE_LINK_ZONE));
  if (!link) return { addresses: [] };
  const zone = parentOf(link.id);
  const records = store.get<ARecordProperties>(`${zone}/${A_RECORD.split("/").at(-1)!}/${name}`);
  return { addresses: (records?.properties.aRecords ?? []).map(({ ipv4Address }) => ipv4Address), link };
}

/** The network whose zones answer: the one that contains the network's DNS server, or the network itself. */
function answeringNetwork(
  network: Resource<VirtualNetworkProperties>,
  store: Store,
): Resource<VirtualNetworkProperties> {
  const server = network.properties.dhcpOptions?.dnsServers?.[0];
  if (server === undefined) return network;
  const holder = store
    .ofType<VirtualNetworkProperties>(VIRTUAL_NETWORK)
    .find(({ properties }) =>
      netmasks(properties.addressSpace.addressPrefixes).some((range) => range.contains(server)),
    );
  return holder ?? network;
}
