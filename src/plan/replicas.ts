import { type Json, objects } from "private-link-preview/util";
import type { ResourceChange } from "./plan";

/** What an update of a registry does to its replicas: by region, sorted. */
export interface ReplicaChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Deleted and made again, as azurerm does for another zone redundancy. */
  readonly remade: readonly string[];
  /** No longer led to by the login server's name. */
  readonly drained: readonly string[];
  /** Led to by the login server's name from now on. */
  readonly routed: readonly string[];
}

/** How the replicas of a registry change in place. */
export function replicaChanges({ before, after }: ResourceChange): ReplicaChanges {
  const [old, young] = [replicasIn(before), replicasIn(after)];
  const where = (is: (old: Json, young: Json) => boolean) =>
    [...young]
      .filter(([region, replica]) => old.has(region) && is(old.get(region)!, replica))
      .map(([region]) => region);
  return {
    added: [...young.keys()].filter((region) => !old.has(region)),
    removed: [...old.keys()].filter((region) => !young.has(region)),
    remade: where((one, other) => one.zone_redundancy_enabled !== other.zone_redundancy_enabled),
    drained: where((one, other) => one[ROUTED] === true && other[ROUTED] === false),
    routed: where((one, other) => one[ROUTED] === false && other[ROUTED] === true),
  };
}

/** Whether the login server's name leads to a replica. */
const ROUTED = "regional_endpoint_enabled";

/** Replicas by region, sorted. */
function replicasIn(registry: Json): Map<string, Json> {
  return new Map(
    objects(registry.georeplications)
      .map((replica) => [String(replica.location), replica] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** Updates of registries. */
export function updatedRegistries(changes: readonly ResourceChange[]): ResourceChange[] {
  return changes.filter(({ type, action }) => type === "azurerm_container_registry" && action === "update");
}
