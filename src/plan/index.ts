import type { Answer, Finding } from "private-link-preview";
import type { Change, Draft, Kind } from "./change";
import { bastion, diagnostics, endpoint, lock, roles, zone } from "./kinds/groups";
import { records, zoneLinks } from "./kinds/dns";
import { parts } from "./kinds/parts";
import { peerings } from "./kinds/peerings";
import { registry } from "./kinds/registry";
import { replicas } from "./kinds/replicas";
import { inPlace, other, replaced } from "./kinds/rest";
import { tags } from "./kinds/tags";
import { testVms } from "./kinds/test-vms";
import type { Plan } from "./plan";
import { type Warning, warningsOf } from "./warnings";

/** From what is told of whole parts to what is told of single resources. */
const KINDS: readonly Kind[] = [
  registry,
  parts,
  replicas,
  testVms,
  bastion,
  endpoint,
  zone,
  zoneLinks,
  peerings,
  lock,
  diagnostics,
  roles,
  tags,
  records,
  inPlace,
  replaced,
  other,
];

/** How many resources are touched; one that is replaced is neither among the added nor among the destroyed. */
export interface Counts {
  readonly add: number;
  readonly change: number;
  readonly replace: number;
  readonly destroy: number;
}

/** What a plan does, in the domain's words. */
export interface PlanReport {
  readonly changes: readonly Change[];
  readonly warnings: readonly Warning[];
  readonly counts: Counts;
  /** Who resolves the registry to what once it is applied. */
  readonly answers: readonly Answer[];
  /** What is wrong with that. */
  readonly findings: readonly Finding[];
}

/**
 * Says what a plan does.
 *
 * @param given - names of registries that may be lost: that is a warning then, and no stop
 */
export function describe(plan: Plan, given: readonly string[] = []): PlanReport {
  const { after, findings } = plan;
  return {
    changes: draftsOf(plan).map((draft) => ({ ...draft, resources: draft.resources.map(({ address }) => address) })),
    warnings: warningsOf(plan, given),
    counts: countsOf(plan),
    answers: after.answers,
    // Where all goes there is nothing left to be wrong.
    findings: plan.resourcesAfter.size === 0 ? [] : findings,
  };
}

/** Whether a plan should not be applied: a registry is lost, it could not work, or an answer would be wrong. */
export function isStopped({ warnings, findings }: PlanReport): boolean {
  return warnings.some(({ severity }) => severity === "stop") || findings.some(({ severity }) => severity === "error");
}

/** Each kind claims its resources, and the next gets what is left. */
function draftsOf(plan: Plan): Draft[] {
  let open = plan.changes;
  return KINDS.flatMap((kind) => {
    const drafts = kind(plan, open);
    const claimed = new Set(drafts.flatMap(({ resources }) => resources));
    open = open.filter((change) => !claimed.has(change));
    return drafts;
  });
}

function countsOf({ changes }: Plan): Counts {
  const counted = (action: string) => changes.filter((change) => change.action === action).length;
  return { add: counted("create"), change: counted("update"), replace: counted("replace"), destroy: counted("delete") };
}
