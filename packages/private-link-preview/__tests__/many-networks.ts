import { dnsZone, pep, ref } from "./addresses";
import { type Part, part } from "./forms";
import { connection, endpoint, network, peered, registry, subnet } from "./parts";
import { link, view, zone, zoneGroup } from "./zones";

/** A hub and spokes, each with an endpoint and a zone of its own; the last spoke is linked to no zone if so wished. */
export function manyNetworks(spokes: number, lastIsLinked = true): Part[] {
  const keys = Array.from({ length: spokes }, (_, index) => `spoke${index + 1}`);
  const range = (index: number) => ({ address_space: [`10.${index + 1}.0.0/16`] });
  return [
    network("hub", { address_space: ["172.16.0.0/16"] }),
    registry(),
    ...view("hub", ["hub"], ["spoke1"]),
    ...keys.flatMap((key, index) => [
      network(key, { ...range(index), location: index % 2 === 0 ? "swedencentral" : "westeurope" }),
      subnet(key),
      ...endpoint(key),
      ...peered("hub", key),
      ...view(key, lastIsLinked || index < spokes - 1 ? [key] : [], [key]),
    ]),
  ];
}

/** Private endpoints of many storage accounts in a network, with zone groups: a service, a name and an endpoint each. */
export function manyServices(key: string, count: number): Part[] {
  const blobs = `blob-${key}`;
  const place = { resource_group_name: `rg-${key}`, location: "swedencentral" };
  return [
    zone(blobs, "privatelink.blob.core.windows.net"),
    link(key, blobs),
    ...Array.from({ length: count }, (_, index) => `${key}-${index}`).flatMap((one) => [
      part(`azurerm_storage_account.${one}`, {
        ...place,
        name: `store${one.replace(/\W/g, "")}`,
        public_network_access_enabled: false,
      }),
      part(pep(`blob-${one}`), {
        ...place,
        name: `pep-${one}`,
        subnet_id: `\${azurerm_subnet.${key}.id}`,
        ...connection(ref(`azurerm_storage_account.${one}`), "blob"),
        ...zoneGroup(ref(dnsZone(blobs))),
      }),
    ]),
  ];
}
