import { type Difference, differences } from "./differences";
import type { Plan, ResourceChange } from "./plan";

/** What a record set answers with before and after. */
export interface AnswerChange {
  /** The zone that it is in, as a place in Terraform; undefined where that is not known. */
  readonly zone: string | undefined;
  /** Names of endpoints, as text. */
  readonly from: string;
  readonly to: string;
}

/** What a change of a record set means to whoever looks its name up. */
export function answerChange({ before, after }: Plan, { address }: ResourceChange): AnswerChange {
  return { zone: before.zoneOf(address), from: before.endpointsOf(address), to: after.endpointsOf(address) };
}

/** Whether a record set of the login server leads to another region afterwards, at the same private endpoints. */
export function isServedByAnother(plan: Plan, change: ResourceChange): boolean {
  const [from, to] = [plan.before, plan.after].map((network) => network.regionsServing(change.address));
  const { from: before, to: after } = answerChange(plan, change);
  return from !== "" && to !== "" && from !== to && before === after;
}

/**
 * What differs in a resource, without the addresses of a record set that answers with the same endpoints as before:
 * Terraform reads these again whenever the registry changes, so they are (known after apply).
 */
export function relevantDifferences(plan: Plan, change: ResourceChange): Difference[] {
  const found = differences(change);
  if (change.type !== "azurerm_private_dns_a_record" || change.effect !== "updated") return found;
  const { from, to } = answerChange(plan, change);
  return found.filter(({ path, known }) => path !== "records" || known || from !== to);
}
