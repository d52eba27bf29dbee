import { count, isJson, joinWords, type Json, unique } from "../../packages/common/util";
import { hubName, ID, isMadeBy, logicalId, subnetIds, TEST_VM_KEY } from "../../src/terraform/logical-ids";
import { nameOf, partName } from "./change";
import { type Difference, differences, differencesText } from "./differences";
import { inventory, noun } from "./inventory";
import { linkedZones, peeredNetworks } from "./joined";
import { lostRegistries } from "./lost-registries";
import { AZURES_CHOICE } from "./network-index";
import { isManaged, partLocation, partReason, wholePartOf } from "./parts";
import { type Effect, type Plan, type ResourceChange, textIn } from "./plan";
import { answerChange, isServedByAnother, relevantDifferences } from "./record-sets";
import {
  belongsToRegionalEndpoints,
  isRegionalEndpointKept,
  regionalEndpointsText,
  switchesRegionalEndpoints,
} from "./regional-endpoints";
import {
  changesReplicas,
  isRecordOfReplica,
  replicaChanges,
  replicaEffect,
  replicasText,
  replicaText,
} from "./replicas";

/** How changes of resources become one change of the network, and what the sentence about it says. */
export interface ChangeRule {
  readonly kind: string;
  /** What a change of this kind is about, for docs/plan.md. */
  readonly about: string;
  /** Whether a change of a resource that no earlier rule has claimed is what the change is about. */
  readonly isMain: (change: ResourceChange, plan: Plan) => boolean;
  /** Main resources with the same key are in one change. @default - each is in a change of its own */
  readonly key?: (main: ResourceChange, plan: Plan) => string;
  /** Whether another resource belongs to the change. @default - none does */
  readonly belongs?: (change: ResourceChange, main: Main, plan: Plan) => boolean;
  /** @default - the effect on the first main resource */
  readonly effect?: (main: Main, plan: Plan) => Effect;
  /** What is created, updated in place, replaced or destroyed. */
  readonly subject: (main: Main, plan: Plan) => string;
  /** Whether several main resources make the subject a plural. @default false */
  readonly plural?: boolean;
  /** What follows directly: " in swedencentral". @default - the reason in parentheses, where it is replaced */
  readonly detail?: (main: Main, plan: Plan) => string | undefined;
  /** What follows a colon. @default - the resources, counted by type, where there are several */
  readonly content?: (main: Main, plan: Plan) => string;
  /** The whole text, in place of a sentence of the parts above. */
  readonly text?: (main: Main, plan: Plan, resources: readonly ResourceChange[]) => string;
}

/** The changes of resources that a change of the network is about: at least one. */
export type Main = readonly [ResourceChange, ...ResourceChange[]];

const REGISTRY = "azurerm_container_registry";
const VM = "azurerm_linux_virtual_machine";
const RECORD_SET = "azurerm_private_dns_a_record";

/** A resource of one of some types that is created, replaced or destroyed. Updates in place have rules of their own. */
function isOfType(...types: readonly string[]): (change: ResourceChange) => boolean {
  return ({ type, effect }) => effect !== "updated" && types.includes(type);
}

/** A group of resources in one part that is created, replaced or destroyed together with the main one. */
function groupRule(
  kind: string,
  about: string,
  mainRole: string,
  ids: readonly string[],
  subject: (part: string) => string,
): ChangeRule {
  return {
    kind,
    about,
    isMain: ({ role, effect }) => role === mainRole && effect !== "updated",
    belongs: ({ part, role, effect }, [main]) => part === main.part && effect === main.effect && isMadeBy(role, ...ids),
    subject: ([{ part }]) => subject(partName(part)),
  };
}

/** The hub, or a spoke, as a whole. */
function partRule(kind: "hub" | "spoke", about: string): ChangeRule {
  const partOf = ([main]: Main, plan: Plan) => wholePartOf(plan, main)!;
  return {
    kind,
    about,
    isMain: (change, plan) => {
      const part = wholePartOf(plan, change);
      return part !== undefined && (hubName(part) !== undefined) === (kind === "hub");
    },
    key: (change, plan) => wholePartOf(plan, change)!,
    effect: (main, plan) => plan.changedParts.get(partOf(main, plan))!,
    subject: (main, plan) => {
      const part = partOf(main, plan);
      return isManaged(plan, part) ? partName(part) : `the private access of ${partName(part)}`;
    },
    detail: (main, plan) => {
      const part = partOf(main, plan);
      if (plan.changedParts.get(part) === "replaced") return ` (${partReason(plan, part)})`;
      const location = partLocation(plan, part);
      return location === undefined ? "" : ` in ${location}`;
    },
  };
}

/** What is replaced with a registry because it has the registry's id or name, in a hub or spoke that stays. */
const WITH_REGISTRY = [
  "azurerm_management_lock",
  "azurerm_monitor_diagnostic_setting",
  RECORD_SET,
  "azurerm_private_endpoint",
  "azurerm_role_assignment",
];

/** All rules, from whole parts of the network to single resources. A resource belongs to the first rule that claims it. */
export const CHANGE_RULES: readonly ChangeRule[] = [
  {
    kind: "imported",
    about: "A resource that is imported and updated in place.",
    isMain: ({ imported, effect }) => imported && effect === "updated",
    subject: ([main]) => `the ${noun(main.type)} ${nameOf(main)}`,
    // Whoever takes a resource over wants to know all that changes in it.
    detail: ([main]) => ` after it is imported: ${differencesText(differences(main), Infinity)}`,
  },
  {
    kind: "registry",
    about: "The registry, its resource group, and what is replaced with it.",
    isMain: (change) => change.type === REGISTRY && change.effect !== "updated" && !change.deposed,
    belongs: ({ part, role, effect, type }, [registry], plan) =>
      part !== undefined &&
      effect === registry.effect &&
      ((part === registry.part && role === ID.resourceGroup) ||
        (effect === "replaced" && WITH_REGISTRY.includes(type) && !plan.changedParts.has(part))),
    subject: ([registry]) => `the registry ${nameOf(registry)}`,
    detail: ([registry], plan) => {
      const { effect, after, address } = registry;
      if (effect === "destroyed") return ", with all its images";
      const { added } = replicaChanges({ before: {}, after });
      const where = `in ${textIn(after, "location") ?? UNKNOWN} ${added.length > 0 ? `with ${replicasText(added)}` : "without replicas"}`;
      if (effect !== "replaced") return ` ${where}`;
      const reason = lostRegistries(plan).find((lost) => lost.address === address)?.reason ?? "";
      return ` by ${textIn(after, "name") ?? UNKNOWN} ${where}, and all its images are lost (${reason})`;
    },
  },
  partRule("spoke", "A spoke as a whole, with both sides of its peerings."),
  partRule("hub", "The hub as a whole."),
  {
    kind: "regional-endpoints",
    about: "Regional endpoints turned on or off, with their record sets.",
    isMain: switchesRegionalEndpoints,
    belongs: (change, [main], plan) => belongsToRegionalEndpoints(change, main, plan),
    subject: () => "the regional endpoints of the registry",
    text: ([main], plan, resources) => regionalEndpointsText(main, resources, plan),
  },
  {
    kind: "agent-pool",
    about: "The machines of the registry's tasks, with their subnet.",
    isMain: isOfType("azurerm_container_registry_agent_pool"),
    belongs: ({ role, effect, part }, [main], plan) =>
      effect === main.effect &&
      part !== undefined &&
      !plan.changedParts.has(part) &&
      isMadeBy(role, ...Object.values(subnetIds("agents"))),
    subject: () => "the agent pool of the registry",
  },
  {
    kind: "cache",
    about: "Cache rules, and their credentials.",
    isMain: isOfType("azurerm_container_registry_cache_rule", "azurerm_container_registry_credential_set"),
    subject: ([main]) => `the ${noun(main.type)} ${nameOf(main)}`,
    content: ([{ before, after, type }]) =>
      ["source_repo", "target_repo", "login_server"]
        .flatMap((member) => textIn(after, member) ?? textIn(before, member) ?? [])
        .join(type === "azurerm_container_registry_cache_rule" ? " to " : ""),
  },
  {
    kind: "replicas",
    about: "Replicas added, removed, replaced, drained or used again.",
    isMain: changesReplicas,
    belongs: (change, [registry], plan) => isRecordOfReplica(change, registry.address, plan),
    effect: ([registry]) => replicaEffect(registry),
    subject: ([registry]) => `the registry ${nameOf(registry)}`,
    text: ([registry], plan, resources) => replicaText(registry, resources, plan),
  },
  {
    kind: "home-routing",
    about: "Whether Azure routes clients to the home region.",
    isMain: ({ address, effect }) => address === HOME_DRAINED && effect !== "replaced",
    belongs: ({ address, effect }, [main]) => address === `${HOME_DRAINED}-off` && effect === main.effect,
    subject: () => "the routing to the home region of the registry",
    text: ([{ effect }]) =>
      effect === "destroyed"
        ? "The home region of the registry is in use again: the login server's name leads there."
        : "The home region of the registry is drained: the login server's name no longer leads there.",
  },
  {
    kind: "test-vms",
    about: "Test VMs of spokes that stay.",
    isMain: ({ type, role, effect }) => type === VM && role === ID.vm && effect !== "updated",
    key: ({ effect }) => effect,
    belongs: ({ address, part, role, effect }, main) =>
      effect === main[0].effect &&
      (address === TEST_VM_KEY || (isMadeBy(role, ID.vm) && main.some((vm) => vm.part === part))),
    subject: (main) => `the test ${main.length === 1 ? "VM" : "VMs"} ${joinWords(main.map(nameOf))}`,
    plural: true,
  },
  {
    kind: "test-vms",
    about: "Their generated SSH key alone.",
    isMain: ({ address, effect }) => address === TEST_VM_KEY && effect !== "updated",
    subject: () => "the SSH key generated for the test VMs",
  },
  groupRule(
    "bastion",
    "The bastion with its subnet and address, or that of a spoke.",
    ID.bastion,
    [ID.bastion, ID.bastionAddress, ...Object.values(subnetIds("bastion"))],
    (part) => (part === partName(ID.hub) ? "the bastion" : `the bastion of ${part}`),
  ),
  groupRule(
    "resolver",
    "The DNS private resolver of a hub, with its inbound endpoint, subnet and security group.",
    ID.resolver,
    [ID.resolver, ...Object.values(subnetIds("resolver"))],
    (part) => `the DNS resolver of ${part}`,
  ),
  groupRule(
    "endpoint",
    "The private endpoint of a network that stays.",
    ID.endpoint,
    [ID.endpoint, ...Object.values(subnetIds("endpoints"))],
    (part) => `the private endpoint of ${part}`,
  ),
  groupRule(
    "zone",
    "The private DNS zone of a network that stays.",
    logicalId(ID.dns, ID.zone),
    [ID.dns],
    (part) => `the private DNS zone of ${part}`,
  ),
  {
    kind: "zone-link",
    about: "A network's link to a private DNS zone.",
    isMain: isOfType("azurerm_private_dns_zone_virtual_network_link"),
    subject: ([link], plan) => {
      const { network, from, to } = linkedZones(plan, link);
      return `the link of ${network} to ${from ?? to ?? "its private DNS zone"}`;
    },
    detail: ([link], plan) => {
      const { from, to } = linkedZones(plan, link);
      return from === undefined || to === undefined || from === to ? undefined : ` by a link to ${to}`;
    },
  },
  {
    kind: "peering",
    about: "The peering of two networks that stay.",
    isMain: isOfType("azurerm_virtual_network_peering"),
    key: (side, plan) => `${side.effect} ${peeredNetworks(plan, side).join(" and ")}`,
    subject: ([side], plan) => `the peering of ${peeredNetworks(plan, side).join(" and ")}`,
  },
  {
    kind: "peering-sync",
    about: "Peerings updated because an address space changes.",
    isMain: (change, plan) =>
      change.type === "azurerm_virtual_network_peering" &&
      change.effect === "updated" &&
      plan.after.peering(change.address) !== undefined &&
      differences(change).every(({ path }) => path.startsWith("triggers")),
    key: (side, plan) => `${plan.after.peering(side.address)!.to.address} ${rangesIn(side.before)}`,
    subject: ([side], plan) => `the peerings with ${plan.after.peering(side.address)!.to.name}`,
    text: (main, plan) => {
      const [side] = main;
      const from = main.map(({ address }) => plan.after.peering(address)!.from.name).sort();
      const [old, young] = [rangesIn(side.before), rangesIn(side.after)];
      return (
        `The ${main.length === 1 ? "peering" : "peerings"} of ${joinWords(from)} with ${plan.after.peering(side.address)!.to.name} ` +
        `${main.length === 1 ? "is" : "are"} updated in place, to route to its address space ${young || UNKNOWN}` +
        `${old === "" ? "" : ` instead of ${old}`}. Nothing is interrupted.`
      );
    },
  },
  {
    kind: "lock",
    about: "The lock on the registry.",
    isMain: isOfType("azurerm_management_lock"),
    subject: () => "the lock that keeps the registry from being deleted",
  },
  {
    kind: "diagnostics",
    about: "The registry's logs and their workspace.",
    isMain: isOfType("azurerm_monitor_diagnostic_setting", "azurerm_log_analytics_workspace"),
    key: ({ effect }) => effect,
    subject: () => "the diagnostic logging of the registry",
  },
  {
    kind: "roles",
    about: "Who may pull and push.",
    isMain: isOfType("azurerm_role_assignment"),
    key: (assignment) => `${roleOf(assignment)} ${assignment.effect} ${repositoriesOf(assignment)}`,
    subject: (main) => `the role assignment ${roleOf(main[0])}${repositoriesOf(main[0])} for ${principals(main)}`,
    detail: ([{ effect, before, after }]) => {
      const old = repositoriesIn(textIn(before, "condition"));
      if (effect !== "replaced" || old === repositoriesIn(textIn(after, "condition"))) return undefined;
      return ` (instead of${old === "" ? " in all repositories" : old})`;
    },
  },
  {
    kind: "tags",
    about: "Resources in which only tags change.",
    isMain: (change, plan) => {
      const found = relevantDifferences(plan, change);
      return change.effect === "updated" && found.length > 0 && found.every(isTag);
    },
    key: tagsText,
    subject: (main) => `the tags of ${count(main.length, "resource")}`,
    plural: true,
    content: ([first]) => tagsText(first),
  },
  {
    kind: "served-by",
    about: "Record sets that lead networks to another region, and how long clients may keep the old answer.",
    isMain: (change, plan) =>
      change.type === RECORD_SET &&
      change.effect === "updated" &&
      isServedByAnother(plan, change) &&
      differences(change).every(({ path }) => path === "records"),
    key: ({ address }, plan) => `${plan.before.regionsServing(address)} | ${plan.after.regionsServing(address)}`,
    subject: (main, plan) => joinWords(unique(main.flatMap(({ address }) => plan.after.networksLedBy(address))).sort()),
    text: (main, plan) => {
      const [{ address }] = main;
      const networks = joinWords(unique(main.flatMap((change) => plan.after.networksLedBy(change.address))).sort());
      const [from, to] = [plan.before.regionsServing(address), plan.after.regionsServing(address)];
      const stays = from === AZURES_CHOICE || isRegionalEndpointKept(from, plan);
      const ttl = Math.max(...main.map(({ before }) => Number(before.ttl)));
      return (
        `The login server leads ${networks} to ${to} instead of ${from}: ` +
        `${count(main.length, "record set")} ${main.length === 1 ? "is" : "are"} updated in place. ` +
        `${stays ? "Nothing is interrupted; clients" : "Clients"} may use the old answer for up to ${count(ttl, "second")}.`
      );
    },
  },
  {
    kind: "records",
    about: "Record sets that answer with other private endpoints, or whose addresses are (known after apply).",
    isMain: (change, plan) => {
      if (change.type !== RECORD_SET || change.effect !== "updated") return false;
      if (!differences(change).every(({ path }) => path === "records")) return false;
      const { from, to } = answerChange(plan, change);
      // Another address of the same endpoint is an update like any other.
      return from !== to || relevantDifferences(plan, change).length === 0;
    },
    key: (change, plan) => {
      const { zone, from, to } = answerChange(plan, change);
      return from === to ? "" : `${zone} | ${from} | ${to}`;
    },
    subject: (main, plan) => {
      const { zone = "a zone", from, to } = answerChange(plan, main[0]);
      return count(main.length, "record set") + (from === to ? "" : ` in ${zone}`);
    },
    plural: true,
    content: (main, plan) => {
      const { from, to } = answerChange(plan, main[0]);
      const [their, answers] = main.length === 1 ? ["its", "it answers"] : ["their", "they answer"];
      return from === to
        ? `${their} addresses are ${UNKNOWN}, and belong to the same private endpoints as before`
        : `${answers} with ${to || "no private endpoint"} instead of ${from || "no private endpoint"}`;
    },
  },
  {
    kind: "updated",
    about: "Any other resource that is updated in place.",
    isMain: ({ effect }) => effect === "updated",
    key: (change, plan) => `${change.type} ${updatedText(change, plan)}`,
    subject: (main) => (main.length === 1 ? `the ${noun(main[0].type)} ${nameOf(main[0])}` : inventory(main)),
    plural: true,
    content: ([first], plan) => updatedText(first, plan),
  },
  {
    kind: "replaced",
    about: "Any other resource that is replaced, and why.",
    isMain: ({ effect }) => effect === "replaced",
    subject: ([main]) => `the ${noun(main.type)} ${nameOf(main)}`,
  },
  {
    kind: "other",
    about: "All others, by their Terraform addresses.",
    isMain: () => true,
    key: ({ effect }) => effect,
    subject: (main) => count(main.length, "other resource"),
    plural: true,
    content: (main) => main.map(({ address }) => address).join(", "),
  },
];

const HOME_DRAINED = `azapi_resource_action.${logicalId(ID.registry, ID.homeDrained)}`;
const UNKNOWN = "(known after apply)";

/** The ranges of the other network with which a peering was written. */
function rangesIn({ triggers }: Json): string {
  return isJson(triggers) ? Object.values(triggers).join(",").replaceAll(",", ", ") : "";
}

function roleOf({ before, after }: ResourceChange): string {
  return String(after.role_definition_name ?? before.role_definition_name);
}

/** " in the repositories team-a/*": those that the condition of a role assignment names. */
function repositoriesOf({ before, after }: ResourceChange): string {
  return repositoriesIn(textIn(after, "condition") ?? textIn(before, "condition"));
}

function repositoriesIn(condition = ""): string {
  const names = [...condition.matchAll(/String(Equals|StartsWith)IgnoreCase '([^']+)'/g)].map(([, how, name = ""]) =>
    how === "Equals" ? name : `${name}*`,
  );
  return names.length === 0
    ? ""
    : ` in ${names.length === 1 ? "the repository" : "the repositories"} ${joinWords(names)}`;
}

function principals(assignments: readonly ResourceChange[]): string {
  const ids = assignments.map(({ part, before, after }) =>
    part !== undefined && part !== ID.registry
      ? `the test VM of ${partName(part)}`
      : (textIn(after, "principal_id") ?? textIn(before, "principal_id") ?? `a principal ${UNKNOWN}`),
  );
  return ids.length > 3 ? `${ids.length} principals` : joinWords(ids);
}

/** Whether a difference is one of tags: the resource's own, or those of a registry's replica. */
function isTag({ path }: Difference): boolean {
  return /(^|\.)tags(\.|$)/.test(path);
}

function tagsText(change: ResourceChange): string {
  const own = differences(change).filter(isTag);
  const named = own.map((difference) => ({ ...difference, path: difference.path.replace(/^.*\btags\.?/, "") }));
  return unique(named.map((difference) => differencesText([difference])))
    .sort()
    .join("; ");
}

function updatedText(change: ResourceChange, plan: Plan): string {
  return differencesText(relevantDifferences(plan, change)) || "Terraform shows no attribute that differs";
}
