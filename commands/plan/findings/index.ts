import { PLAN_FINDING_CODES } from "../finding-codes";
import type { Plan } from "../plan";
import * as networkRules from "./network";
import type { AcceptedLosses, PlanFinding, PlanRule } from "./plan-finding";
import * as publicAccessRules from "./public-access";
import * as registryRules from "./registry";
import * as resolutionRules from "./resolution";

export type { AcceptedLosses, PlanFinding } from "./plan-finding";

/** Everything that these files export. */
const RULES: readonly PlanRule[] = [
  ...Object.values(registryRules),
  ...Object.values(publicAccessRules),
  ...Object.values(networkRules),
  ...Object.values(resolutionRules),
];

const CODES = Object.keys(PLAN_FINDING_CODES);

/**
 * All findings about a plan, in the order of their codes: errors first.
 *
 * @param accepted - errors about these are ignored
 */
export function planFindingsOf(plan: Plan, accepted: AcceptedLosses): PlanFinding[] {
  return RULES.flatMap((rule) => rule(plan, accepted)).sort((a, b) => CODES.indexOf(a.code) - CODES.indexOf(b.code));
}
