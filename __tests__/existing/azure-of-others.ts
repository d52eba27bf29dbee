import type { AzureEmulator } from "../../packages/azure-emulator";

export const group = (letter: string, name: string) =>
  `/subscriptions/00000000-0000-0000-0000-00000000000${letter}/resourceGroups/${name}`;
export const networkId = (letter: string, name: string, groupName = name) =>
  `${group(letter, groupName)}/providers/Microsoft.Network/virtualNetworks/${name}`;
/** The registry of others. */
export const registryId = (name: string) =>
  `${group("d", "platform")}/providers/Microsoft.ContainerRegistry/registries/${name}`;

/** What others have created, in the form of Azure's API. */
export const azureOfOthers = (azure: AzureEmulator) => ({
  network(
    id: string,
    range: string,
    subnets: Record<string, object>,
    { location = "uksouth", dnsServers = [] }: { location?: string; dnsServers?: string[] } = {},
  ): void {
    azure.put(id.split("/providers/")[0]!, { location });
    const properties = { addressSpace: { addressPrefixes: [range] }, dhcpOptions: { dnsServers } };
    azure.put(id, { location, properties });
    for (const [name, properties] of Object.entries(subnets)) azure.put(`${id}/subnets/${name}`, { properties });
  },
  peerings(hub: string, spoke: string): void {
    for (const [from, to] of [[hub, spoke] as const, [spoke, hub] as const])
      azure.put(`${from}/virtualNetworkPeerings/to-${to.split("/").at(-1)!}`, {
        properties: { remoteVirtualNetwork: { id: to } },
      });
  },
  registry(
    id: string,
    properties: object,
    {
      location = "uksouth",
      sku = "Premium",
      replicas = [],
    }: { location?: string; sku?: string; replicas?: string[] } = {},
  ): void {
    azure.put(id.split("/providers/")[0]!, { location });
    azure.put(id, { location, sku: { name: sku }, properties });
    for (const replica of replicas) azure.put(`${id}/replications/${replica}`, { location: replica });
  },
});
