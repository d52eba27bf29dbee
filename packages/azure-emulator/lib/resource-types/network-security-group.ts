import { randomUUID } from "node:crypto";
import type { SubnetProperties } from "../addresses";
import { ArmError } from "../arm-error";
import { equalIgnoringCase } from "../arm-id";
import { networkPolling } from "../polling";
import { resourceType, networkName } from "../resource-type";
import { refuseRulesOfBastion } from "./bastion-host";

/** A rule of a network security group, as far as the emulator uses it. */
export interface SecurityRule {
  name: string;
  id?: string;
  properties: {
    provisioningState?: string;
    protocol?: string;
    sourcePortRange?: string;
    access: "Allow" | "Deny";
    direction: "Inbound" | "Outbound";
    priority: number;
    sourceAddressPrefix?: string;
    destinationAddressPrefix?: string;
    destinationPortRange?: string;
    destinationPortRanges?: string[];
  };
}

/** Properties of a network security group. */
export interface SecurityGroupProperties {
  resourceGuid?: string;
  securityRules?: SecurityRule[];
  defaultSecurityRules?: SecurityRule[];
}

export const networkSecurityGroup = resourceType<SecurityGroupProperties>({
  type: "Microsoft.Network/networkSecurityGroups",
  names: networkName(80),
  location: "region",
  asynchronous: true,
  polling: networkPolling,
  beforeWrite(group, store, old) {
    const { id, name, properties } = group;
    properties.securityRules ??= [];
    properties.resourceGuid = old?.properties.resourceGuid ?? randomUUID();
    properties.defaultSecurityRules = defaultRules(id);
    const places = properties.securityRules.map(
      ({ properties: { direction, priority } }) => `${direction} ${priority}`,
    );
    const twice = places.find((place, i) => places.indexOf(place) !== i);
    if (twice !== undefined)
      throw new ArmError(
        400,
        "SecurityRuleConflict",
        `Two rules of '${name}' have the same direction and priority: ${twice}.`,
      );
    refuseRulesOfBastion(group, store);
  },
  beforeDelete({ id, name }, store) {
    const user = store
      .ofType<SubnetProperties>("Microsoft.Network/virtualNetworks/subnets")
      .find(({ properties }) => equalIgnoringCase(properties.networkSecurityGroup?.id ?? "", id));
    if (user)
      throw new ArmError(
        400,
        "InUseNetworkSecurityGroupCannotBeDeleted",
        `Network security group ${name} cannot be deleted because it is in use by ${user.id}.`,
      );
  },
});

/** The rules that every security group has: name, direction, priority, access, source, destination. */
const DEFAULT_RULES: readonly (readonly [string, "Inbound" | "Outbound", number, "Allow" | "Deny", string, string])[] =
  [
    ["AllowVnetInBound", "Inbound", 65_000, "Allow", "VirtualNetwork", "VirtualNetwork"],
    ["AllowAzureLoadBalancerInBound", "Inbound", 65_001, "Allow", "AzureLoadBalancer", "*"],
    ["DenyAllInBound", "Inbound", 65_500, "Deny", "*", "*"],
    ["AllowVnetOutBound", "Outbound", 65_000, "Allow", "VirtualNetwork", "VirtualNetwork"],
    ["AllowInternetOutBound", "Outbound", 65_001, "Allow", "*", "Internet"],
    ["DenyAllOutBound", "Outbound", 65_500, "Deny", "*", "*"],
  ];

function defaultRules(groupId: string): SecurityRule[] {
  return DEFAULT_RULES.map(([name, direction, priority, access, source, destination]) => ({
    name,
    id: `${groupId}/defaultSecurityRules/${name}`,
    properties: {
      provisioningState: "Succeeded",
      protocol: "*",
      sourcePortRange: "*",
      destinationPortRange: "*",
      sourceAddressPrefix: source,
      destinationAddressPrefix: destination,
      access,
      priority,
      direction,
    },
  }));
}
