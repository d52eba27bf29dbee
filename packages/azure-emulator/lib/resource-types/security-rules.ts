import type { Store } from "../store";

/** Type of the rules of a network security group. */
export const SECURITY_RULE = "Microsoft.Network/networkSecurityGroups/securityRules";

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

/** What a rule says, whatever it is called. */
export type Rule = Pick<SecurityRule, "properties">;

/** Properties of a network security group. */
export interface SecurityGroupProperties {
  securityRules?: SecurityRule[];
  defaultSecurityRules?: object[];
}

/** The rules of a network security group, without those that every group has. */
export function rulesOf(groupId: string, store: Store) {
  return store.ofType<SecurityRule["properties"]>(SECURITY_RULE, groupId);
}
