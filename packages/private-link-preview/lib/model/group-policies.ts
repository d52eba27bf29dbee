import type { Resource } from "../read/module";
import { type Json, isJson, parseJson } from "../../../common/util";
import type { VirtualNetwork } from "./network-model";
import type { Networks } from "./networks";
import { type Resources, TYPES, texts } from "./resources";

/** What a policy of Azure says of the members of a network group. */
export interface GroupPolicy {
  /** Id of the network group in lower case; undefined where the rule is not known. */
  readonly group?: string;
  readonly networks: readonly VirtualNetwork[];
  /** Whether it may add networks of which the file does not tell. */
  readonly open: boolean;
}

/**
 * The policies that add networks to network groups of Virtual Network Manager.
 *
 * Source: "Configure Azure Policy with network groups in Azure Virtual Network Manager", Microsoft's documentation.
 */
export function groupPolicies(resources: Resources, networks: Networks): GroupPolicy[] {
  return resources.ofType("azurerm_policy_definition").flatMap((policy): GroupPolicy[] => {
    const rule = ruleOf(policy);
    if (rule === undefined) return policy.unknown("policy_rule") ? [{ networks: [], open: true }] : [];
    const then = isJson(rule.then) ? rule.then : {};
    if (String(then.effect).toLowerCase() !== "addtonetworkgroup") return [];
    const group = isJson(then.details) ? texts([then.details.networkGroupId])[0] : undefined;
    const judged = resources.ofType(TYPES.network).map((network) => ({
      network: networks.of(network),
      added: isAssigned(resources, policy, network) && holds(rule.if, network),
    }));
    return [
      {
        ...(group !== undefined && { group: group.toLowerCase() }),
        networks: judged.flatMap(({ network, added }) => (network && added === true ? [network] : [])),
        open: group === undefined || judged.some(({ added }) => added === undefined),
      },
    ];
  });
}

function ruleOf(policy: Resource): Json | undefined {
  try {
    const rule = parseJson(policy.text("policy_rule") ?? "", "policy_rule");
    return isJson(rule) ? rule : undefined;
  } catch {
    return undefined;
  }
}

/** Whether an assignment of a policy covers a network; undefined where that is not known. */
function isAssigned(resources: Resources, policy: Resource, network: Resource): boolean | undefined {
  const id = network.text("id")?.toLowerCase();
  const found = ASSIGNMENTS.flatMap(([type, scope]) =>
    resources
      .ofType(type)
      .filter((assignment) => resources.at(assignment, "azurerm_policy_definition", "policy_definition_id") === policy)
      .map((assignment) => assignment.text(scope)?.toLowerCase()),
  );
  if (found.some((scope) => scope !== undefined && id?.startsWith(`${scope}/`))) return true;
  // A management group has subscriptions that the file does not show.
  return found.length > 0 && found.every((scope) => scope?.startsWith("/subscriptions/")) && id !== undefined
    ? false
    : undefined;
}

/** Assignments of policies, and where each has its scope. */
const ASSIGNMENTS = [
  ["azurerm_resource_group_policy_assignment", "resource_group_id"],
  ["azurerm_subscription_policy_assignment", "subscription_id"],
  ["azurerm_management_group_policy_assignment", "management_group_id"],
] as const;

/** Whether a condition of a policy holds for a network; undefined for what can't be told here. */
function holds(condition: unknown, network: Resource): boolean | undefined {
  if (!isJson(condition)) return undefined;
  if (Array.isArray(condition.allOf)) return all(condition.allOf.map((one) => holds(one, network)));
  if (Array.isArray(condition.anyOf)) return not(all(condition.anyOf.map((one) => not(holds(one, network)))));
  if ("not" in condition) return not(holds(condition.not, network));
  const value = valueOf(condition.field, network);
  if (value === undefined) return undefined;
  const same = (wanted: unknown) => String(wanted).toLowerCase() === value.toLowerCase();
  if ("equals" in condition) return same(condition.equals);
  if ("notEquals" in condition) return !same(condition.notEquals);
  if (Array.isArray(condition.in)) return condition.in.some(same);
  if (Array.isArray(condition.notIn)) return !condition.notIn.some(same);
  if ("contains" in condition) return value.toLowerCase().includes(String(condition.contains).toLowerCase());
  if ("exists" in condition) return (value !== "") === (String(condition.exists).toLowerCase() === "true");
  return undefined;
}

/** A field of a network, as policies call it; empty for a tag that it does not have. */
function valueOf(field: unknown, network: Resource): string | undefined {
  const name = String(field);
  if (name === "type") return "Microsoft.Network/virtualNetworks";
  if (name === "name" || name === "location" || name === "id") return network.text(name);
  const [key] = /^tags(?:\['([^']+)'\]|\[([^\]]+)\]|\.(.+))$/.exec(name)?.slice(1).filter(Boolean) ?? [];
  if (key === undefined || network.unknown("tags")) return undefined;
  return texts(network.known("tags", key))[0] ?? "";
}

function all(values: readonly (boolean | undefined)[]): boolean | undefined {
  if (values.includes(false)) return false;
  return values.includes(undefined) ? undefined : true;
}

function not(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}
