import { serviceByAzureType, serviceByTerraformType } from "../../../common/azure/service-names";
import type { Resource } from "../read/module";
import { type Json, at, isJson, unique } from "../../../common/util";
import type { PublicAccess } from "./network-model";
import { type Resources, TYPES } from "./resources";

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
/** Whether they refuse all others. */
const ACTIONS = ["default_action", "defaultAction"];
/** The addresses and ranges that such rules let in although all others are refused: texts, or objects with one. */
const IP_RULES = ["ip_rule", "ip_rules", "ipRules"];
const IN_IP_RULE = ["ip_range", "ip_mask", "value", "ipMask", "ipAddressOrRange"];
/** The subnets that they let in. */
const SUBNET_RULES = [
  "virtual_network",
  "virtual_network_rule",
  "virtual_network_rules",
  "virtual_network_subnet_ids",
  "virtualNetworkRules",
  "network_rules",
];

/** The paths of all of it in a resource of Azure. */
export const PUBLIC_ACCESS = [
  ...ATTRIBUTES,
  ...RULES.flatMap((rules) => ["defaultAction", ...IP_RULES, ...SUBNET_RULES].map((inside) => `${rules}.${inside}`)),
].flatMap((path) => (path.startsWith("body.") ? [path.slice("body.".length)] : []));

/**
 * The services that refuse no clients but by these rules, and the attribute of azurerm for the subnets that they let in. Others
 * have more rules, as databases have.
 */
const WITHOUT_OTHER_RULES: ReadonlyMap<string, string> = new Map([
  ["Microsoft.ContainerRegistry/registries", ""],
  ["Microsoft.Storage/storageAccounts", "virtual_network_subnet_ids"],
  ["Microsoft.KeyVault/vaults", "virtual_network_subnet_ids"],
  ["Microsoft.CognitiveServices/accounts", "virtual_network_rules"],
  ["Microsoft.AppConfiguration/configurationStores", ""],
]);

/** Rules of a service that are a resource of their own, and where they have its id. */
const RULES_APART = { type: "azurerm_storage_account_network_rules", of: "storage_account_id" };

/** Whether public network access is enabled, and for whom, as far as the file says it. */
export function publicAccessOf(resource: Resource, resources: Resources): PublicAccess {
  const access = withoutRules(resource);
  if (access === "disabled") return access;
  const apart = resources.ofType(RULES_APART.type).filter((one) => {
    return resources.at(one, resource.type, RULES_APART.of) === resource;
  });
  const hidden = hidesRules(resource) || apart.some((one) => hidesAny(one, []));
  const blocks = [...RULES.flatMap((path) => resource.known(...path.split("."))).filter(isJson), ...apart.map(blockOf)];
  const denying = blocks.filter((block) => ACTIONS.some((name) => at(block, [name]).some(isDeny)));
  const isRead = !hidden && showsRules(resource);
  if (denying.length === 0) return access === "enabled" && !isRead ? "limited" : access;
  const ranges = denying.flatMap(rangesIn);
  if (ranges.length === 0 && !hidden) return "disabled";
  if (access !== "enabled") return access;
  const known = unique(ranges.filter((range) => range !== undefined));
  return isRead && known.length > 0 && !ranges.includes(undefined) ? { ranges: known } : "limited";
}

function withoutRules(resource: Resource): "enabled" | "disabled" | "not known" {
  const [value] = ATTRIBUTES.flatMap((path) => resource.known(...path.split(".")));
  if (value === true || (typeof value === "string" && value.toLowerCase() === "enabled")) return "enabled";
  if (typeof value === "boolean" || typeof value === "string") return "disabled";
  // Of a registry, azurerm has the default true.
  const isDefault = resource.type === TYPES.registry && resource.managed && resource.leavesOut(ATTRIBUTES[0]!);
  return isDefault ? "enabled" : "not known";
}

/** Whether a resource shows all rules by which its service refuses clients. Data sources of azurerm leave some out. */
function showsRules(resource: Resource): boolean {
  const { type, azureType, managed } = resource;
  const service = azureType === "" ? serviceByTerraformType(type) : serviceByAzureType(azureType);
  const subnets = service && WITHOUT_OTHER_RULES.get(service.azureType);
  if (subnets === undefined || !(managed || azureType !== "")) return false;
  // Subnets that are (known after apply) may be none.
  return subnets === "" || !RULES.some((path) => resource.known(path).length > 0 && resource.unknown(path, subnets));
}

/** Whether there are rules that the file does not show. */
function hidesRules(resource: Resource): boolean {
  return (
    resource.known("dynamic").length > 0 ||
    RULES.filter((path) => !path.includes(".")).some(
      (path) => resource.hides(path) || (resource.known(path).length > 0 && hidesAny(resource, [path])),
    )
  );
}

function hidesAny(resource: Resource, path: readonly string[]): boolean {
  return ["default_action", ...IP_RULES, ...SUBNET_RULES].some((inside) => resource.hides(...path, inside));
}

/** Rules that are a resource of their own, as a block of the service. */
function blockOf(resource: Resource): Json {
  const names = ["default_action", ...IP_RULES, ...SUBNET_RULES, "dynamic"];
  return Object.fromEntries(names.map((name) => [name, resource.known(name)]));
}

function isDeny(action: unknown): boolean {
  return typeof action === "string" && /^deny$/i.test(action);
}

/** Whom rules let in that refuse all others: ranges, and undefined for each that is none or is not known. */
function rangesIn(block: Json): (string | undefined)[] {
  const others = [...SUBNET_RULES, "dynamic"].flatMap((name) => at(block, [name]));
  return [
    ...others.map(() => undefined),
    ...IP_RULES.flatMap((name) => at(block, [name])).map((rule) => {
      const [range] = isJson(rule) ? IN_IP_RULE.flatMap((name) => at(rule, [name])) : [rule];
      return typeof range === "string" && IPV4.test(range) ? range : undefined;
    }),
  ];
}

/** An address or a range in CIDR notation. */
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}(\/\d{1,2})?$/;
