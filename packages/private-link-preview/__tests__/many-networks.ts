import { type Part, part } from "./forms";
import { idOf } from "./ids";
import { endpoint, network, peered, registry, subnet } from "./parts";
import { link, view } from "./zones";

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
  const name = "privatelink.blob.core.windows.net";
  const blobs = part(
    `azurerm_private_dns_zone.blob-${key}`,
    { name, resource_group_name: `rg-${key}` },
    { id: idOf(`rg-${key}`, "Microsoft.Network/privateDnsZones", name) },
  );
  return [
    blobs,
    link(key, `blob-${key}`),
    ...Array.from({ length: count }, (_, index) => `${key}-${index}`).flatMap((one) => [
      part(`azurerm_storage_account.${one}`, {
        name: `store${one.replace(/\W/g, "")}`,
        resource_group_name: `rg-${key}`,
        location: "swedencentral",
        public_network_access_enabled: false,
      }),
      part(`azurerm_private_endpoint.blob-${one}`, {
        name: `pep-${one}`,
        resource_group_name: `rg-${key}`,
        location: "swedencentral",
        subnet_id: `\${azurerm_subnet.${key}.id}`,
        private_service_connection: [
          {
            name: "default",
            is_manual_connection: false,
            private_connection_resource_id: `\${azurerm_storage_account.${one}.id}`,
            subresource_names: ["blob"],
          },
        ],
        private_dns_zone_group: [{ name: "default", private_dns_zone_ids: [`\${${blobs.address}.id}`] }],
      }),
    ]),
  ];
}
