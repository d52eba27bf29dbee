import { type Answer, type Finding, isBlocking } from "../../packages/private-link-preview";
import { type IgnoreOptions, markIgnored } from "../../packages/private-link-preview/report";
import type { Change } from "./change";
import { changesOf } from "./changes";
import { type Cost, costOf } from "../../src/azure/costs";
import { type AcceptedLosses, type PlanFinding, planFindingsOf } from "./findings";
import type { Plan } from "./plan";
import { disconnected } from "./public-access";
import { switchesRegionalEndpoints } from "./regional-endpoints";

export type { AcceptedLosses };

/** How many resources Terraform changes; one that is replaced is counted as replaced only. */
export interface Counts {
  readonly add: number;
  readonly change: number;
  readonly replace: number;
  readonly destroy: number;
}

/** What applying a plan does to the network. */
export interface PlanReport {
  readonly changes: readonly Change[];
  /** Errors and warnings: those about the plan itself, then those about the network once the plan is applied. */
  readonly findings: readonly (PlanFinding | Finding)[];
  readonly counts: Counts;
  /** What each network's DNS returns once the plan is applied. */
  readonly answers: readonly Answer[];
  /** What the resources cost a month before and after, at list prices and by time alone. */
  readonly monthlyCost: MonthlyCost;
  /** Warnings that are not about the network: what the plan says beside its resources, and about the file of ignored findings. */
  readonly notices?: readonly string[];
}

/** What the resources cost a month, in USD. */
export interface MonthlyCost {
  readonly before: Cost;
  readonly after: Cost;
}

/** What is ignored on purpose. */
export interface PlanReportOptions extends AcceptedLosses {
  /** Findings. @default - none, whatever files there are */
  readonly ignoring?: IgnoreOptions;
}

/** Reports what applying a plan does. */
export function planReport(plan: Plan, { ignoring, ...accepted }: PlanReportOptions = {}): PlanReport {
  const { after, resourcesBefore, resourcesAfter } = plan;
  // Where everything is destroyed, no network is left to have findings.
  const cutOff = disconnected(plan, accepted.disconnectNetworks ?? []);
  const findings = [
    ...planFindingsOf(plan, accepted),
    ...(resourcesAfter.size === 0 ? [] : plan.findings.filter((finding) => isStillTrue(finding, plan))).map(
      (finding) => (isAbout(finding, cutOff, plan) ? { ...finding, ignored: true } : finding),
    ),
  ];
  const { notices: told } = plan;
  const marked = ignoring ? markIgnored(findings, ignoring, after.model) : { findings, notices: [] };
  return {
    changes: changesOf(plan),
    findings: marked.findings,
    counts: countsOf(plan),
    answers: after.answers,
    monthlyCost: { before: costOf(resourcesBefore.values()), after: costOf(resourcesAfter.values()) },
    ...(told.length + marked.notices.length > 0 && { notices: [...told, ...marked.notices] }),
  };
}

/** Whether a finding of the network is still true once a plan is applied: addresses that the plan releases are gone by then. */
function isStillTrue({ code }: Finding, { changes }: Plan): boolean {
  return code !== "regional-name-without-record" || !changes.some(switchesRegionalEndpoints);
}

/** Whether a finding is that some networks, and no others, are led to the public address. */
function isAbout({ code, resources }: Finding, cutOff: ReadonlySet<string>, { after }: Plan): boolean {
  const networks = after.model.networks.filter(({ address }) => resources.includes(address));
  return code.startsWith("no-zone") && networks.length > 0 && networks.every(({ address }) => cutOff.has(address));
}

/** Whether a plan should not be applied: it has an error that is not ignored. */
export function isStopped({ findings }: PlanReport): boolean {
  return findings.some(isBlocking);
}

function countsOf({ changes }: Plan): Counts {
  const number = (effect: Change["effect"]) => changes.filter((change) => change.effect === effect).length;
  return {
    add: number("created"),
    change: number("updated"),
    replace: number("replaced"),
    destroy: number("destroyed"),
  };
}
