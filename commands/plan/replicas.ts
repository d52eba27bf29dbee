import { count, joinWords, type Json, objects } from "../../packages/common/util";
import type { Effect } from "./plan";
import { differences, differencesText } from "./differences";
import type { Plan, ResourceChange } from "./plan";
import { roomNeeded, roomText } from "./room";

/** What an update of a registry does to its replicas: regions, sorted. */
export interface ReplicaChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Deleted and created again by azurerm, for another zone redundancy. */
  readonly replaced: readonly string[];
  /** Those to which the login server's name no longer leads. */
  readonly drained: readonly string[];
  /** Those to which the login server's name leads again. */
  readonly routed: readonly string[];
}

/** How the replicas of a registry change while the registry itself is updated in place. */
export function replicaChanges({ before, after }: Pick<ResourceChange, "before" | "after">): ReplicaChanges {
  const [old, young] = [replicasIn(before), replicasIn(after)];
  const where = (is: (old: Json, young: Json) => boolean) =>
    [...young]
      .filter(([region, replica]) => old.has(region) && is(old.get(region)!, replica))
      .map(([region]) => region);
  return {
    added: [...young.keys()].filter((region) => !old.has(region)),
    removed: [...old.keys()].filter((region) => !young.has(region)),
    replaced: where((one, other) => one.zone_redundancy_enabled !== other.zone_redundancy_enabled),
    drained: where((one, other) => isRouted(one) === true && isRouted(other) === false),
    routed: where((one, other) => isRouted(one) === false && isRouted(other) === true),
  };
}

/** Whether the login server's name leads to a replica: azurerm 5 has renamed the property. */
function isRouted(replica: Json): unknown {
  return replica.global_endpoint_routing_enabled ?? replica.regional_endpoint_enabled;
}

/** Replicas by region, sorted. */
export function replicasIn(registry: Json): Map<string, Json> {
  return new Map(
    objects(registry.georeplications)
      .map((replica) => [String(replica.location), replica] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** "a replica in X", "replicas in X and Y". */
export function replicasText(regions: readonly string[]): string {
  return `${regions.length === 1 ? "a replica" : "replicas"} in ${joinWords(regions)}`;
}

/** Whether a registry is updated in place, and how. */
export function isUpdatedRegistry({ type, effect }: ResourceChange): boolean {
  return type === "azurerm_container_registry" && effect === "updated";
}

/** Whether a registry is updated in place, and at least one of its replicas changes. */
export function changesReplicas(change: ResourceChange): boolean {
  return isUpdatedRegistry(change) && Object.values(replicaChanges(change)).some(({ length }) => length > 0);
}

/** What an update of replicas is as a whole. */
export function replicaEffect(registry: ResourceChange): Effect {
  const { added, removed, replaced } = replicaChanges(registry);
  if (added.length > 0 && removed.length === 0) return "created";
  if (removed.length > 0 && added.length === 0) return "destroyed";
  return replaced.length > 0 ? "replaced" : "updated";
}

/** Whether a record set is created or destroyed with a replica: it is for a host name that only one side has. */
export function isRecordOfReplica(
  { type, effect, before, after }: ResourceChange,
  address: string,
  plan: Plan,
): boolean {
  const recordsIn = ({ model }: Plan["before"]) =>
    model.registries.find((registry) => registry.address === address)?.hosts.map(({ record }) => record) ?? [];
  const [old, young] = [recordsIn(plan.before), recordsIn(plan.after)];
  const name = String(after.name ?? before.name);
  return (
    type === "azurerm_private_dns_a_record" &&
    ((effect === "created" && young.includes(name) && !old.includes(name)) ||
      (effect === "destroyed" && old.includes(name) && !young.includes(name)))
  );
}

/** What happens to the replicas of a registry, a sentence for each kind of change. */
export function replicaText(registry: ResourceChange, resources: readonly ResourceChange[], plan: Plan): string {
  const { added, removed, replaced, drained, routed } = replicaChanges(registry);
  const recordSets = (effect: Effect) => {
    const { length } = resources.filter((change) => change !== registry && change.effect === effect);
    return `${count(length, "record set")} ${length === 1 ? "is" : "are"} ${effect}`;
  };
  const room = roomText(roomNeeded(plan));
  const other = differences(registry).filter(({ path }) => !path.startsWith("georeplications"));
  const sentences: [regions: readonly unknown[], text: string][] = [
    [
      added,
      `${subject(added)} added: ${recordSets("created")}` +
        (room
          ? `, and each private endpoint takes ${addresses(hostsIn(plan.after, added), "more ")} in its subnet. ${room}.`
          : "."),
    ],
    [
      removed,
      `${subject(removed)} removed: ${recordSets("destroyed")}, and each private endpoint releases ${addresses(hostsIn(plan.before, removed))}.`,
    ],
    [replaced, `${subject(replaced)} replaced, because the zone redundancy changes.`],
    [drained, `${subject(drained)} drained: the login server's name no longer leads there.`],
    [routed, `${subject(routed)} in use again: the login server's name leads there.`],
    [other, `The registry is updated in place: ${differencesText(other)}.`],
  ];
  return sentences.flatMap(([changed, text]) => (changed.length > 0 ? [text] : [])).join(" ");
}

function addresses(number: number, more = ""): string {
  return number === 1 ? `one ${more}address` : `${number} ${more}addresses`;
}

/** How many names the registry has in some regions: two in each with regional endpoints. */
function hostsIn({ model }: Plan["before"], regions: readonly string[]): number {
  const hosts = model.registries[0]?.hosts ?? [];
  return hosts.filter(({ region }) => region !== undefined && regions.includes(region)).length;
}

function subject(regions: readonly string[]): string {
  return `The ${regions.length === 1 ? "replica" : "replicas"} in ${joinWords(regions)} ${regions.length === 1 ? "is" : "are"}`;
}
