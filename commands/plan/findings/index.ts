import type { Plan } from "../plan";
import {
  addressSpacesMoved,
  addressSpacesReused,
  bastions,
  changedByOthers,
  deposedObjects,
  otherNetworksReplaced,
  partsReplaced,
  peerings,
  subnetsReplaced,
  vmsReplaced,
  vmsRestarted,
} from "./network";
import type { PlanFinding, PlanRule } from "./plan-finding";
import {
  keptByLock,
  locksRemoved,
  noRoomForReplica,
  regionalEndpointsInUse,
  regionsInUse,
  registriesLost,
  replicasRemoved,
  replicasReplaced,
} from "./registry";
import { endpointNamesTaken, endpoints, records, recordsOfOthers, zoneLinks, zones } from "./resolution";

export type { PlanFinding } from "./plan-finding";

/** In the order of their importance, errors first. */
const RULES: readonly PlanRule[] = [
  noRoomForReplica,
  regionsInUse,
  regionalEndpointsInUse,
  replicasReplaced,
  keptByLock,
  endpointNamesTaken,
  locksRemoved,
  replicasRemoved,
  partsReplaced,
  otherNetworksReplaced,
  addressSpacesMoved,
  addressSpacesReused,
  subnetsReplaced,
  peerings,
  endpoints,
  zoneLinks,
  zones,
  records,
  recordsOfOthers,
  vmsReplaced,
  vmsRestarted,
  bastions,
  deposedObjects,
  changedByOthers,
];

/**
 * All findings about a plan, errors first.
 *
 * @param replaceRegistry - name of a registry whose loss is ignored
 */
export function planFindingsOf(plan: Plan, replaceRegistry?: string): PlanFinding[] {
  return [...registriesLost(plan, replaceRegistry), ...RULES.flatMap((rule) => rule(plan))];
}
