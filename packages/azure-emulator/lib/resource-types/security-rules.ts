import { badRequest } from "../arm-error";
import { isAddressRange } from "../addresses";
import type { Store } from "../store";
import { isServiceTag } from "./service-tags";

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
    sourceAddressPrefixes?: string[];
    destinationAddressPrefix?: string;
    destinationAddressPrefixes?: string[];
    sourcePortRange?: string;
    sourcePortRanges?: string[];
    destinationPortRange?: string;
    destinationPortRanges?: string[];
  };
}

/** What a rule looks like. */
export const RULE_SHAPE = {
  "access!": "string",
  "direction!": "string",
  "priority!": "number",
  sourceAddressPrefix: "string",
  sourceAddressPrefixes: ["string"],
  destinationAddressPrefix: "string",
  destinationAddressPrefixes: ["string"],
  sourcePortRange: "string",
  sourcePortRanges: ["string"],
  destinationPortRange: "string",
  destinationPortRanges: ["string"],
} as const;

/** The lists of a rule without any. */
export const NO_LISTS = {
  sourceAddressPrefixes: [],
  destinationAddressPrefixes: [],
  sourcePortRanges: [],
  destinationPortRanges: [],
};

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

/**
 * Source: "Network security groups", Microsoft's virtual network documentation; the codes are those of public issues.
 *
 * @throws ArmError if a rule has a priority, ports or addresses that there are not
 */
export function refuseInvalidRule({ properties: rule }: Rule): void {
  const { priority } = rule;
  if (!Number.isInteger(priority) || priority < 100 || priority > 4096)
    throw badRequest(
      "SecurityRuleInvalidPriority",
      `Security rule has invalid Priority. Value provided: ${priority} Allowed range 100-4096.`,
    );
  for (const end of ["source", "destination"] as const) {
    // Clients send an empty text beside a list.
    const values = (one: string | undefined, several: string[] = []) => [...(one ? [one] : []), ...several];
    const port = values(rule[`${end}PortRange`], rule[`${end}PortRanges`]).find((text) => !isPortRange(text));
    if (port !== undefined)
      throw badRequest(
        "SecurityRuleInvalidPortRange",
        `Security rule has invalid Port range. Value provided: ${port}. Value should be an integer OR integer range with '-' delimiter. Valid range 0-65535.`,
      );
    const prefix = values(rule[`${end}AddressPrefix`], rule[`${end}AddressPrefixes`]).find(
      (text) => text !== "*" && !isAddressRange(text) && !isServiceTag(text),
    );
    if (prefix !== undefined)
      throw badRequest(
        "SecurityRuleInvalidAddressPrefix",
        `Security rule has invalid Address prefix. Value provided: ${prefix}. It is neither an address, nor a range, nor a service tag that is known here.`,
      );
  }
}

function isPortRange(text: string): boolean {
  if (text === "*") return true;
  const [, from = "", to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  return from !== "" && Number(from) <= Number(to) && Number(to) <= 65_535;
}
