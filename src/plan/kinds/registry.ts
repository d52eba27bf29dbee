import { joinWords } from "private-link-preview/util";
import { type Draft, type Kind, effectOf, nameOf } from "../change";
import { counted } from "../inventory";
import { lostRegistries } from "../lost-registries";
import { type Plan, type ResourceChange, textIn } from "../plan";
import { replicaChanges } from "../replicas";

/** A registry comes, goes or is replaced, with its resource group and what is replaced because it is. */
export const registry: Kind = (plan, open) => {
  const lost = new Map(lostRegistries(plan).map((one) => [one.address, one]));
  return open
    .filter(({ type, deposed }) => type === "azurerm_container_registry" && !deposed)
    .filter(({ action }) => action === "create" || action === "delete" || action === "replace")
    .map((change): Draft => {
      const belongs = ({ part, role, action }: ResourceChange) =>
        part !== undefined && part === change.part && role === "resource-group" && action === change.action;
      const follows = (one: ResourceChange) => change.action === "replace" && isReplacedWithRegistry(plan, one);
      const resources = [change, ...open.filter((one) => belongs(one) || follows(one))];
      const text = inWords(change, lost.get(change.address)?.reason, resources);
      return { kind: "registry", effect: effectOf(change), text, resources };
    });
};

function inWords(change: ResourceChange, reason = "", resources: readonly ResourceChange[]): string {
  const { after, action } = change;
  const name = nameOf(change);
  const regions = replicaChanges({ ...change, before: {} }).added;
  const copies = regions.length === 1 ? `a replica in ${joinWords(regions)}` : `replicas in ${joinWords(regions)}`;
  const home = `at home in ${textIn(after, "location") ?? "a region not known yet"}, ${regions.length > 0 ? `with ${copies}` : "without replicas"}`;
  if (action === "create") return `The registry ${name} comes, ${home}: ${counted(resources)}.`;
  if (action === "delete") return `The registry ${name} goes, with all its images: ${counted(resources)}.`;
  return (
    `The registry ${name} is replaced, and its images are lost (${reason}). The new one is ${textIn(after, "name") ?? "not known yet"}, ${home}. ` +
    `With what belongs to it: ${counted(resources)}.`
  );
}

/** What is made again because it holds the registry's id or name, in hubs and spokes that stay. */
const FOLLOWERS = [
  "azurerm_management_lock",
  "azurerm_monitor_diagnostic_setting",
  "azurerm_private_dns_a_record",
  "azurerm_private_endpoint",
  "azurerm_role_assignment",
];

function isReplacedWithRegistry(plan: Plan, { type, action, part }: ResourceChange): boolean {
  return action === "replace" && FOLLOWERS.includes(type) && part !== undefined && !plan.fates.has(part);
}
