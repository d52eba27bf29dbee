import { randomUUID } from "node:crypto";
import {
  IP_CONFIGURATION_JOINS,
  IP_CONFIGURATIONS_SHAPE,
  SUBNET,
  type Subnet,
  type WithIpConfigurations,
  publicAddressesOf,
  rangesOf,
  refuseUnfinished,
  subnet,
} from "../addresses";
import { badRequest } from "../arm-error";
import { equalIgnoringCase } from "../arm-id";
import { networkType } from "../resource-type";
import type { Store } from "../store";
import { type Rule, type SecurityRule, rulesOf } from "./security-rules";

const PUBLIC_IP_ADDRESS = "Microsoft.Network/publicIPAddresses";

interface PublicIpAddressProperties {
  ipAddress?: string;
  dnsSettings?: { readonly domainNameLabel?: string; fqdn?: string };
}

/** @see https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses */
export const publicIpAddress = networkType<PublicIpAddressProperties>({
  type: PUBLIC_IP_ADDRESS,
  defaults: {
    ipTags: [],
    publicIPAddressVersion: "IPv4",
    idleTimeoutInMinutes: 4,
    ddosSettings: { protectionMode: "VirtualNetworkInherited" },
  },
  beforeWrite(resource, _, old) {
    const { name, properties, sku } = resource;
    if (sku?.name === "Basic")
      throw badRequest("BasicSkuPublicIpRetired", `Public IP address '${name}': the Basic SKU is retired.`);
    resource.sku = { tier: "Regional", ...sku };
    delete properties.ipAddress;
    if (old?.properties.ipAddress !== undefined) properties.ipAddress = old.properties.ipAddress;
    const { dnsSettings } = properties;
    if (dnsSettings?.domainNameLabel !== undefined)
      dnsSettings.fqdn = `${dnsSettings.domainNameLabel}.${resource.location ?? ""}.cloudapp.azure.com`;
  },
  afterWrite({ properties }, store) {
    properties.ipAddress ??= nextPublicAddress(store);
  },
  beforeDelete({ id, name }, store) {
    const user = store
      .all()
      .find((resource) => publicAddressesOf(resource).some((used) => equalIgnoringCase(used, id)));
    if (user)
      throw badRequest(
        "PublicIPAddressCannotBeDeleted",
        `Public IP address ${name} can not be deleted since it is still allocated to ${user.id}.`,
      );
  },
});

/** Addresses that RFC 5737 reserves for documentation. */
function nextPublicAddress(store: Store): string {
  const taken = store.ofType(PUBLIC_IP_ADDRESS).map(({ properties }) => properties.ipAddress);
  const free = Array.from({ length: 254 }, (_, i) => `203.0.113.${i + 1}`).find((address) => !taken.includes(address));
  if (free === undefined) throw badRequest("PublicIPCountLimitReached", "No public address is left.");
  return free;
}

const BASTION_HOST = "Microsoft.Network/bastionHosts";

export const bastionHost = networkType<WithIpConfigurations & { dnsName?: string }>({
  type: BASTION_HOST,
  linkedActions: IP_CONFIGURATION_JOINS,
  references: {
    [SUBNET]: "properties.ipConfigurations.properties.subnet.id",
    [PUBLIC_IP_ADDRESS]: "properties.ipConfigurations.properties.publicIPAddress.id",
  },
  regional: [SUBNET, PUBLIC_IP_ADDRESS],
  shape: IP_CONFIGURATIONS_SHAPE,
  defaults: { scaleUnits: 2 },
  beforeWrite(resource, store, old) {
    const { id, name, properties } = resource;
    resource.sku ??= { name: "Basic" };
    const isDeveloper = resource.sku.name === "Developer";
    if (isDeveloper === (properties.ipConfigurations ?? []).length > 0)
      throw badRequest(
        isDeveloper ? "FeatureNotSupportedForDeveloperBastionSku" : "InvalidRequestFormat",
        `Bastion '${name}': a Developer bastion has a virtual network, the others have IP configurations.`,
      );
    if (old?.properties.dnsName !== undefined) properties.dnsName = old.properties.dnsName;
    refuseUnfinished(id, properties, store);
    for (const ip of properties.ipConfigurations ?? []) {
      ip.id = `${id}/bastionHostIpConfigurations/${ip.name}`;
      ip.properties.provisioningState = "Succeeded";
      ip.properties.privateIPAllocationMethod ??= "Dynamic";
      const place = subnet(ip.properties.subnet?.id ?? "", store);
      if (place.name !== "AzureBastionSubnet")
        throw badRequest("InvalidBastionSubnet", `A bastion needs the subnet AzureBastionSubnet, not ${place.name}.`);
      if (rangesOf(place).some(({ bitmask }) => bitmask > 26))
        throw badRequest("InvalidBastionSubnet", "AzureBastionSubnet has to be a /26 or larger.");
      refuseLackingRules(place, store);
      const publicIp = store.get(ip.properties.publicIPAddress?.id ?? "");
      if (publicIp?.sku?.name !== "Standard")
        throw badRequest("InvalidPublicIpSku", `Bastion '${name}' needs a public address of the Standard SKU.`);
    }
  },
  afterWrite({ properties }) {
    properties.dnsName ??= `bst-${randomUUID()}.bastion.azure.com`;
  },
});

/**
 * Traffic that the subnet of a bastion must allow: direction, ports, source, destination.
 *
 * Source: "Working with NSG access and Azure Bastion", Microsoft's Bastion documentation.
 */
const BASTION_NEEDS: readonly (readonly [SecurityRule["properties"]["direction"], string[], string, string])[] = [
  ["Inbound", ["443"], "Internet", "*"],
  ["Inbound", ["443"], "GatewayManager", "*"],
  ["Inbound", ["443"], "AzureLoadBalancer", "*"],
  ["Inbound", ["8080", "5701"], "VirtualNetwork", "VirtualNetwork"],
  ["Outbound", ["22", "3389"], "*", "VirtualNetwork"],
  ["Outbound", ["443"], "*", "AzureCloud"],
  ["Outbound", ["8080", "5701"], "VirtualNetwork", "VirtualNetwork"],
  ["Outbound", ["80"], "*", "Internet"],
];

/**
 * A subnet for bastions is refused with a security group that lacks rules, even without a bastion in it.
 *
 * Source: Azure/bicep-ptn-aiml-landing-zone#168, where a network without a bastion could not be deployed.
 *
 * @throws ArmError if its security group blocks traffic that a bastion needs
 */
export function refuseLackingRules({ properties }: Subnet, store: Store): void {
  const groupId = properties.networkSecurityGroup?.id;
  if (groupId !== undefined && store.has(groupId)) refuseLacking(groupId, rulesOf(groupId, store));
}

/** @throws ArmError if a bastion is in a subnet of the security group, and needs traffic that these rules would block */
export function refuseRulesOfBastion(groupId: string, rules: readonly Rule[], store: Store): void {
  const places = store.referring(SUBNET, "networkSecurityGroup.id", groupId);
  const bastions = places.flatMap(({ id }) =>
    store.referring(BASTION_HOST, "ipConfigurations.properties.subnet.id", id),
  );
  if (bastions.length > 0) refuseLacking(groupId, rules);
}

function refuseLacking(groupId: string, rules: readonly Rule[]): void {
  const missing = BASTION_NEEDS.filter(([direction, ports, source, destination]) =>
    ports.some((port) => !rules.some((rule) => allows(rule, direction, port, source, destination))),
  );
  if (missing.length > 0)
    throw badRequest(
      "NetworkSecurityGroupNotCompliantForAzureBastionSubnet",
      `Network security group ${groupId} does not have necessary rules for Azure Bastion Subnet AzureBastionSubnet: ${missing.map(([direction, ports, source, destination]) => `${direction} ${ports.join(", ")} from ${source} to ${destination}`).join("; ")}.`,
    );
}

function allows(
  { properties: rule }: Rule,
  direction: string,
  port: string,
  source: string,
  destination: string,
): boolean {
  const ports = [rule.destinationPortRange, ...(rule.destinationPortRanges ?? [])];
  const covers = (found: string | undefined, wanted: string) => found === "*" || found === wanted;
  return (
    rule.access === "Allow" &&
    rule.direction === direction &&
    ports.some((found) => covers(found, port)) &&
    covers(rule.sourceAddressPrefix, source) &&
    covers(rule.destinationAddressPrefix, destination)
  );
}
