import type { Resource } from "../read/module";
import { at, isJson } from "../../../common/util";
import type { PublicAccess } from "./network-model";
import { TYPES } from "./resources";

/** The attributes that say it, by their names in azurerm and azapi. */
const ATTRIBUTES = [
  "public_network_access_enabled",
  "public_network_enabled",
  "public_network_access",
  "body.properties.publicNetworkAccess",
];

/** The blocks of rules for clients from public addresses, by their names in azurerm and azapi. */
const RULES = [
  "network_rule_set",
  "network_rules",
  "network_acls",
  "network_rulesets",
  "body.properties.networkRuleSet",
  "body.properties.networkAcls",
];
/** Whom such rules let in although all others are refused. */
const EXCEPTIONS = [
  "ip_rule",
  "ip_rules",
  "ipRules",
  "virtual_network",
  "virtual_network_rule",
  "virtual_network_rules",
  "virtual_network_subnet_ids",
  "virtualNetworkRules",
];

/** The paths of all of it in a resource of Azure. */
export const PUBLIC_ACCESS = [
  ...ATTRIBUTES,
  ...RULES.flatMap((rules) => ["defaultAction", ...EXCEPTIONS].map((inside) => `${rules}.${inside}`)),
].flatMap((path) => (path.startsWith("body.") ? [path.slice("body.".length)] : []));

/** Whether public network access is enabled, as far as the resource says it. */
export function publicAccessOf(resource: Resource): PublicAccess {
  const access = withoutRules(resource);
  const blocks = RULES.flatMap((path) => resource.known(...path.split("."))).filter(isJson);
  const denying = blocks.filter(({ default_action: action = "", defaultAction = action }) =>
    /^deny$/i.test(String(defaultAction)),
  );
  if (access === "disabled" || denying.length === 0) return access;
  const lets = denying.some((block) => EXCEPTIONS.some((name) => at(block, [name]).length > 0));
  return lets ? "not known" : "disabled";
}

function withoutRules(resource: Resource): PublicAccess {
  const [value] = ATTRIBUTES.flatMap((path) => resource.known(...path.split(".")));
  if (value === true || (typeof value === "string" && value.toLowerCase() === "enabled")) return "enabled";
  if (typeof value === "boolean" || typeof value === "string") return "disabled";
  // Of a registry, azurerm has the default true.
  const isDefault = resource.type === TYPES.registry && resource.managed && resource.leavesOut(ATTRIBUTES[0]!);
  return isDefault ? "enabled" : "not known";
}
