import { type Host, EVERY_HOST } from "./names";

/** Terraform addresses of the parts of a network. */
export const REGISTRY = "azurerm_container_registry.registry";
export const vnet = (key: string) => `azurerm_virtual_network.${key}`;
export const pep = (key: string) => `azurerm_private_endpoint.${key}`;
export const peer = (from: string, to: string) => `azurerm_virtual_network_peering.${from}-to-${to}`;
export const dnsZone = (key: string) => `azurerm_private_dns_zone.${key}`;
export const zoneLink = (from: string, to: string) => `azurerm_private_dns_zone_virtual_network_link.${from}-to-${to}`;
export const recordAddress = (zoneKey: string, host: Host) => `azurerm_private_dns_a_record.${zoneKey}-${host}`;
export const recordAddresses = (zoneKey: string) => EVERY_HOST.map((host) => recordAddress(zoneKey, host));

/** A reference to an attribute of a resource, as it stands in a configuration. */
export const ref = (address: string, attribute = "id") => `\${${address}.${attribute}}`;
