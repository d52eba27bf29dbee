import type { Plan } from "../plan";
import {
  addressSpaces,
  bastion,
  changedByOthers,
  deposed,
  networksReplaced,
  otherNetworksReplaced,
  peerings,
  rangesMeet,
  subnetsReplaced,
  vms,
  vmsRestart,
} from "./network";
import { lockGone, lost, noRoom, replicasGone } from "./registry";
import { endpoints, records, zoneLinks } from "./resolution";
import type { Check, Warning } from "./warning";

export type { Warning } from "./warning";

const CHECKS: readonly Check[] = [
  noRoom,
  lockGone,
  replicasGone,
  networksReplaced,
  otherNetworksReplaced,
  addressSpaces,
  rangesMeet,
  subnetsReplaced,
  peerings,
  endpoints,
  zoneLinks,
  records,
  vms,
  vmsRestart,
  bastion,
  deposed,
  changedByOthers,
];

/**
 * All that may hurt, stops first.
 *
 * @param given - names of registries that may be lost
 */
export function warningsOf(plan: Plan, given: readonly string[]): Warning[] {
  const found = [...lost(plan, given), ...CHECKS.flatMap((check) => check(plan))];
  return [
    ...found.filter(({ severity }) => severity === "stop"),
    ...found.filter(({ severity }) => severity !== "stop"),
  ];
}
