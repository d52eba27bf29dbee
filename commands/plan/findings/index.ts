import { PLAN_FINDING_CODES } from "../finding-codes";
import type { Plan } from "../plan";
import * as networkRules from "./network";
import type { PlanFinding, PlanRule } from "./plan-finding";
import * as registryRules from "./registry";
import * as resolutionRules from "./resolution";

export type { PlanFinding } from "./plan-finding";

/** Everything that these files export. */
const RULES: readonly PlanRule[] = [
  ...Object.values(registryRules),
  ...Object.values(networkRules),
  ...Object.values(resolutionRules),
];

const CODES = Object.keys(PLAN_FINDING_CODES);

/**
 * All findings about a plan, in the order of their codes: errors first.
 *
 * @param replaceRegistry - name of a registry whose loss is ignored
 */
export function planFindingsOf(plan: Plan, replaceRegistry?: string): PlanFinding[] {
  return RULES.flatMap((rule) => rule(plan, replaceRegistry)).sort(
    (a, b) => CODES.indexOf(a.code) - CODES.indexOf(b.code),
  );
}
