import { NETWORK_INTERFACE, SUBNET } from "../addresses";
import { badRequest } from "../arm-error";
import { parentOf } from "../arm-id";
import { replaceChildren } from "../child-resources";
import { networkType } from "../resource-type";
import { refuseRulesOfBastion } from "./bastion-host";
import {
  NO_LISTS,
  RULE_SHAPE,
  type Rule,
  SECURITY_RULE,
  type SecurityGroupProperties,
  type SecurityRule,
  refuseInvalidRule,
  rulesOf,
} from "./security-rules";

export const networkSecurityGroup = networkType<SecurityGroupProperties>({
  type: "Microsoft.Network/networkSecurityGroups",
  uuids: ["resourceGuid"],
  shape: { securityRules: [{ "name!": "string", "properties!": RULE_SHAPE }] },
  defaults: { securityRules: [] },
  beforeWrite(group, store) {
    const { id, name, properties } = group;
    properties.defaultSecurityRules = defaultRules(id);
    for (const rule of properties.securityRules!) {
      refuseInvalidRule(rule);
      rule.properties = { ...NO_LISTS, ...rule.properties };
    }
    refuseSamePriority(name, properties.securityRules!);
    refuseRulesOfBastion(id, properties.securityRules!, store);
  },
  // The rules of a group are written with it or one by one, and are the same resources.
  afterWrite({ id, properties }, store) {
    replaceChildren(SECURITY_RULE, id, properties.securityRules!, store);
  },
  onRead({ id }, store) {
    return { securityRules: rulesOf(id, store) };
  },
  beforeDelete({ id, name }, store) {
    const [user] = [SUBNET, NETWORK_INTERFACE].flatMap((type) => store.referring(type, "networkSecurityGroup.id", id));
    if (user)
      throw badRequest(
        "InUseNetworkSecurityGroupCannotBeDeleted",
        `Network security group ${name} cannot be deleted because it is in use by ${user.id}.`,
      );
  },
});

/** A rule that is written by itself. */
export const securityRule = networkType<SecurityRule["properties"]>({
  type: SECURITY_RULE,
  shape: RULE_SHAPE,
  defaults: NO_LISTS,
  beforeWrite(rule, store) {
    refuseInvalidRule(rule);
    const groupId = parentOf(rule.id);
    const rules = [...store.siblings(rule), rule];
    refuseSamePriority(groupId.split("/").at(-1)!, rules);
    refuseRulesOfBastion(groupId, rules, store);
  },
  beforeDelete(rule, store) {
    refuseRulesOfBastion(parentOf(rule.id), store.siblings(rule), store);
  },
});

/** @throws ArmError if two rules have the same direction and priority */
function refuseSamePriority(groupName: string, rules: readonly Rule[]): void {
  const places = rules.map(({ properties: { direction, priority } }) => `${direction} ${priority}`);
  const twice = places.find((place, i) => places.indexOf(place) !== i);
  if (twice === undefined) return;
  throw badRequest(
    "SecurityRuleConflict",
    `Two rules of '${groupName}' have the same direction and priority: ${twice}.`,
  );
}

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

function defaultRules(groupId: string): object[] {
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
