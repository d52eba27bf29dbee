import { HOSTS, ZONE } from "./names";

/** An Azure id. */
export function idOf(group: string, kind: string, name: string): string {
  return `/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/${group}/providers/${kind}/${name}`;
}
export const networkId = (key: string) => idOf(`rg-${key}`, "Microsoft.Network/virtualNetworks", `vnet-${key}`);
export const zoneId = (key: string, name = ZONE) => idOf(`rg-${key}`, "Microsoft.Network/privateDnsZones", name);
export const registryId = (name: string = HOSTS.login) =>
  idOf("rg-registry", "Microsoft.ContainerRegistry/registries", name);
