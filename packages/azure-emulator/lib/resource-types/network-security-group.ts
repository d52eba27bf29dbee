import type { SubnetProperties } from "../addresses";
import { ArmError } from "../arm-error";
import { equalIgnoringCase } from "../arm-id";
import { networkPolling } from "../polling";
import { resourceType, networkName } from "../resource-type";
import { refuseRulesOfBastion } from "./bastion-host";

/** A rule of a network security group, as far as the emulator uses it. */
export interface SecurityRule {
  name: string;
  properties: {
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
  securityRules?: SecurityRule[];
  defaultSecurityRules?: SecurityRule[];
}

export const networkSecurityGroup = resourceType<SecurityGroupProperties>({
  type: "Microsoft.Network/networkSecurityGroups",
  names: networkName(80),
  location: "region",
  asynchronous: true,
  polling: networkPolling,
  beforeWrite(group, store) {
    const { name, properties } = group;
    properties.securityRules ??= [];
    properties.defaultSecurityRules = [];
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
