import { unique } from "../../../packages/common/util";
import type { Finding } from "../../../packages/private-link-preview";
import { peeredPart } from "../../../src/terraform/logical-ids";
import { PLAN_FINDING_CODES, type PlanFindingCode } from "../finding-codes";
import type { Plan, ResourceChange } from "../plan";

/** An error or a warning about a plan: what is lost, refused or interrupted when it is applied. */
export interface PlanFinding extends Omit<Finding, "code"> {
  readonly code: PlanFindingCode;
}

/** What may be lost on purpose. */
export interface AcceptedLosses {
  /** Name of a registry, with its images. */
  readonly replaceRegistry?: string | undefined;
  /** Names of networks that stop reaching the registry. */
  readonly disconnectNetworks?: readonly string[] | undefined;
}

/** Looks for findings of one sort. */
export type PlanRule = (plan: Plan, accepted: AcceptedLosses) => PlanFinding[];

/** A finding of the severity that its code has. */
export function planFinding(code: PlanFindingCode, message: string, addresses: readonly string[]): PlanFinding {
  const { severity } = PLAN_FINDING_CODES[code];
  return { code, severity, message, resources: unique(addresses), page: `docs/plan.md#${code}` };
}

/** A finding about changes of resources. */
export function findingAbout(
  code: PlanFindingCode,
  message: string,
  ...changes: readonly ResourceChange[]
): PlanFinding {
  return planFinding(
    code,
    message,
    changes.map(({ address }) => address),
  );
}

/** The changes in parts that stay: findings about parts that are destroyed or replaced cover everything in them. */
export function changesInStayingParts({ changes, changedParts }: Plan): ResourceChange[] {
  return changes.filter(
    ({ part = "", role, deposed }) => !deposed && !changedParts.has(part) && !changedParts.has(peeredPart(role) ?? ""),
  );
}

/** The changes of a type in which a resource is destroyed or replaced. */
export function destroyedOrReplaced(changes: readonly ResourceChange[], type: string): ResourceChange[] {
  return changes.filter((change) => change.type === type && /^(destroyed|replaced)$/.test(change.effect));
}
