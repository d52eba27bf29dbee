import { count, joinWords, type Json, unique } from "../../packages/common/util";
import { ID, logicalId } from "../../src/terraform/logical-ids";
import type { Plan, ResourceChange } from "./plan";
import { roomNeeded, roomText } from "./room";

const ON = `azapi_update_resource.${logicalId(ID.registry, ID.regionalEndpoints)}`;

/** Whether a change turns the regional endpoints of the registry on or off. */
export function switchesRegionalEndpoints({ address, effect }: ResourceChange): boolean {
  return address === ON && (effect === "created" || effect === "destroyed");
}

/** Whether a region still has its regional endpoint afterwards. */
export function isRegionalEndpointKept(region: string, { changes, after }: Plan): boolean {
  const isOff = changes.some((change) => switchesRegionalEndpoints(change) && change.effect === "destroyed");
  return !isOff && after.model.registries.some(({ regions }) => regions.includes(region));
}

/** Whether a change is a part of that: what turns them off again, and the record sets of their names. */
export function belongsToRegionalEndpoints(change: ResourceChange, main: ResourceChange, plan: Plan): boolean {
  if (change.effect !== main.effect || change.part === undefined) return false;
  if (change.address === `azapi_resource_action.${logicalId(ID.registry, ID.regionalEndpoints)}-off`) return true;
  if (change.type !== "azurerm_private_dns_a_record" || plan.changedParts.has(change.part)) return false;
  // Those of a replica that is added or removed belong to the replica.
  const regions = [plan.before, plan.after].map(({ model }) =>
    model.registries.flatMap((registry) => registry.regions),
  );
  const name = nameIn(main.effect === "created" ? change.after : change.before);
  return regions.every((some) => some.some((region) => name.endsWith(`.${region}.geo`)));
}

/** What happens to the names and addresses of regional endpoints. */
export function regionalEndpointsText(main: ResourceChange, resources: readonly ResourceChange[], plan: Plan): string {
  const { length } = resources.filter(({ type }) => type === "azurerm_private_dns_a_record");
  const recordSets = `${count(length, "record set")} ${length === 1 ? "is" : "are"} ${main.effect}`;
  const model = (main.effect === "created" ? plan.after : plan.before).model;
  const regions = unique(model.registries.flatMap((registry) => registry.regions));
  const addresses = `${regions.length === 1 ? "one" : regions.length}`;
  const names = joinWords(model.registries.map(({ name }) => name));
  if (main.effect === "created") {
    const room = roomText(roomNeeded(plan));
    return (
      `The regional endpoints of the registry ${names} are turned on, in ${joinWords(regions)}: ${recordSets}` +
      (room
        ? `, and each private endpoint takes ${addresses} more ${regions.length === 1 ? "address" : "addresses"} in its subnet. ${room}. Nothing is interrupted.`
        : ".")
    );
  }
  return `The regional endpoints of the registry ${names} are turned off: ${recordSets}, and each private endpoint releases ${addresses} ${regions.length === 1 ? "address" : "addresses"}.`;
}

function nameIn({ name }: Json): string {
  return String(name);
}
