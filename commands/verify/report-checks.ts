import { count, groupBy, isPrivateRange, joinWords, unique } from "../../packages/common/util";
import { AZURE } from "../../packages/private-link-preview";
import { type Cause, type Failure, causeAdvice, causeOf, failureText } from "./cause";
import { type Check, type CheckEntry, type CheckName, CHECKS } from "./checks";
import { type Deployment, type Expected, regionOf } from "./deployment";
import type { ProbeReport, ProbeStep } from "./probe-report";
import {
  type Facts,
  type ReasonName,
  type Told,
  adviceOf,
  hostFacts,
  is,
  roleText,
  sentences,
  wordsOf,
} from "./reasons";
import { triesText } from "./tries-text";

/** What a spoke's checks are decided by, other than the report of its VM. */
export interface ReportContext {
  readonly vm: Expected;
  readonly deployment: Deployment;
  /** What texts say of the machine. @default - a VM */
  readonly on?: Facts;
  /** Whether the check _endpoint_ of the spoke has failed. */
  readonly endpointFailed?: boolean;
  /** The time of this machine when it received the report, in milliseconds since 1970. @default - the VM's clock is right */
  readonly now?: number;
}

/** A report with what its checks are decided by, and the causes that they have found so far. */
interface Judged extends ReportContext {
  readonly report: ProbeReport;
  readonly causes: Causes;
}

/** The checks that a spoke's report decides, in the order of a pull. The first that failed leads: what follows is skipped. */
export function checksOfReport(report: ProbeReport, props: ReportContext): Check[] {
  const judged = { ...props, report, causes: new Causes(props) };
  const checks = [namesCheck(judged), tlsCheck(judged), ...stepChecks(judged)];
  if (report.failed?.step !== "tools") return checks;
  const tools = stepsCheck(judged, "VM", "");
  const undecided = (check: Check) => check.status === "skipped" && check.found === "";
  return [tools, ...checks.map((check) => (undecided(check) ? followsFrom("VM", check.what) : check))];
}

/** The checks of a spoke whose VM returned no report. All others follow. */
export function checksWithoutReport(told: Told): Check[] {
  const decided = Object.keys(CHECKS).filter((what) => !NOT_BY_REPORT.has(what)) as CheckName[];
  return [{ what: "VM", status: "failed", ...told }, ...decided.map((what) => followsFrom("VM", what))];
}

const NOT_BY_REPORT = new Set<string>(["VM", "endpoint", "from here", "replicas", "addresses"] satisfies CheckName[]);

/** A check that was not done, or failed only because another one did. */
export function followsFrom(cause: CheckName, what: CheckName, found = ""): Check {
  return { what, status: "skipped", found: `follows from ${cause}${found && `: ${found}`}`, followsFrom: cause };
}

/** Which check has found why a host of the registry can't be reached as it should, as far as the checks have got. */
class Causes {
  readonly #byHost = new Map<string, CheckName>();

  constructor({ deployment, endpointFailed = false }: ReportContext) {
    if (endpointFailed) for (const { fqdn } of deployment.hosts) this.add("endpoint", fqdn);
  }

  /** Keeps a cause, unless there is an earlier one. */
  public add(what: CheckName, host: string): void {
    if (!this.#byHost.has(host)) this.#byHost.set(host, what);
  }

  public of(host: string | undefined): CheckName | undefined {
    return host === undefined ? undefined : this.#byHost.get(host);
  }
}

// --- Names ---

/** A host name, what the VM's DNS returned for it, and what the state has. */
interface Resolved {
  readonly host: string;
  readonly addresses: readonly string[];
  readonly wanted: readonly string[];
  /** Whether it is a public address, as the state says. */
  readonly isPublic: boolean;
  readonly right: boolean;
}

function namesCheck({ report: { hosts, omitted }, vm, deployment, on, causes }: Judged): Check {
  const what = "names";
  if (hosts.length === 0) return { what, status: "skipped", found: "" };
  const all = deployment.hosts.map(({ fqdn }) => fqdn);
  const asked = omitted?.includes("hosts") ? all.slice(0, hosts.length) : all;
  const resolved = asked.map((host, index): Resolved => {
    const { addresses = [], more = 0 } = hosts[index] ?? {};
    const wanted = vm.expected[host] ?? [];
    const same = more > 0 ? addresses.every((address) => wanted.includes(address)) : addresses.join() === wanted.join();
    const isPublic = publicAsInState(host, addresses, vm);
    return {
      host,
      addresses,
      wanted,
      isPublic,
      right: isPublic || (wanted.length > 0 && addresses.length > 0 && same),
    };
  });
  const wrong = resolved.filter(({ right }) => !right);
  const ms = Math.max(0, ...hosts.map(({ dnsMs = 0 }) => dnsMs));
  const open = resolved.filter(({ isPublic }) => isPublic);
  if (wrong.length === 0 && open.length > 0) return { what, status: "skipped", found: publicText(open, asked), ms };
  if (wrong.length === 0)
    return { what, status: "passed", found: `${asked.length} names, each with the address in the state`, ms };
  // An endpoint that is not connected has no addresses yet, so there are no records.
  const follows = wrong.every(({ host, wanted }) => wanted.length === 0 && causes.of(host) === "endpoint");
  const [first] = wrong;
  const { reason: seen, facts } = nameReason(first!, resolved, vm, deployment);
  // What others have not written yet is missing first of all.
  const reason = deployment.recordsByOthers && LACKS_RECORD.has(seen) ? "record written by others" : seen;
  const allFacts = { ...on, ...facts };
  const { host, addresses } = first!;
  const others = wrong.length > 1 ? `; ${count(wrong.length - 1, "more name")} also failed` : "";
  const result = addresses.length === 0 ? "does not resolve" : `resolves to ${addresses.join(", ")}`;
  const words = reason === "name not resolved" ? "" : `: ${wordsOf(reason, allFacts)}`;
  const found = reason === "nothing resolves" ? wordsOf(reason) : `${host} ${result}${words}${others}`;
  if (follows) return { ...followsFrom("endpoint", what, found), ms };
  for (const name of wrong) causes.add(what, name.host);
  return { what, status: "failed", found, advice: `${adviceOf(reason, allFacts)}${byTheState(vm, host)}`, ms };
}

/** Whether a name has public addresses where the state says that the network uses the public name. */
function publicAsInState(host: string, addresses: readonly string[], { publicNames = [] }: Expected): boolean {
  return publicNames.includes(host) && addresses.length > 0 && !addresses.some(isPrivate);
}

function publicText(open: readonly Resolved[], asked: readonly string[]): string {
  const which = open.length === asked.length ? "all" : joinWords(open.map(({ host }) => host));
  return `${which} with public addresses, as in the state: this network has no private answer yet`;
}

/** How the state leads to the answer of a network for a name, as the end of an advice. */
function byTheState({ trace = {} }: Expected, host: string): string {
  const text = Object.hasOwn(trace, host) ? trace[host] : undefined;
  return text === undefined ? "" : ` By the state: ${text}`;
}

/** What a name without its record looks like. */
const LACKS_RECORD: ReadonlySet<ReasonName> = new Set([
  "nothing resolves",
  "missing record",
  "name not resolved",
  "no zone link",
  "unexpected address",
]);

/** Why a name has other addresses than the state. */
function nameReason(
  { host, addresses, wanted }: Resolved,
  resolved: readonly Resolved[],
  vm: Expected,
  { vms, networks }: Deployment,
): { reason: ReasonName; facts: Facts } {
  const expected = wanted.join(", ") || "no address";
  const othersArePrivate = resolved.some(
    (other) => other.right || (other.addresses.length > 0 && other.addresses.every(isPrivate)),
  );
  if (addresses.length === 0) {
    const nothing = resolved.every((other) => other.addresses.length === 0);
    const reason = othersArePrivate ? "missing record" : nothing ? "nothing resolves" : "name not resolved";
    return { reason, facts: { host } };
  }
  const own = addresses.filter((address) => wanted.includes(address));
  const foreign = addresses.filter((address) => !wanted.includes(address));
  // Of several networks with the same endpoint, the first is the one that it is in.
  const owners = [...groupBy([...vms, ...networks], ({ spoke, endpointId = spoke }) => endpointId).values()].flatMap(
    ([owner]) =>
      owner && owner.spoke !== vm.spoke && foreign.some((address) => owner.expected[host]?.includes(address))
        ? [owner.spoke]
        : [],
  );
  const spoke = joinWords(owners);
  const facts = { host, address: own.join(", "), others: foreign.join(", "), spoke, expected };
  if (own.length > 0 && owners.length > 0) return { reason: "addresses of two endpoints", facts };
  if (owners.length > 0) return { reason: "address of another spoke", facts };
  if (own.length > 0 && foreign.length > 0) return { reason: "one address too many", facts };
  if (addresses.every(isPrivate)) return { reason: "unexpected address", facts };
  // With the fallback to public DNS that zone links can have, a record that is missing looks like a link that is.
  return { reason: othersArePrivate ? "missing record" : "no zone link", facts };
}

function isPrivate(address: string): boolean {
  return isPrivateRange(`${address}/32`);
}

// --- TLS ---

function tlsCheck({ report: { hosts, clock }, causes, ...props }: Judged): Check {
  const what = "TLS";
  if (hosts.length === 0) return { what, status: "skipped", found: "" };
  const ms = Math.max(0, ...hosts.map(({ tlsMs = 0 }) => tlsMs));
  // Without curl, which is what the step tools fails for.
  if (hosts.some(({ tls }) => tls === "skipped")) return { what, status: "skipped", found: "" };
  const failing = hosts.flatMap(({ tls }, index) => {
    const host = props.deployment.hosts[index]?.fqdn ?? "?";
    if (tls === "ok") return [];
    const cause = causeOf({ step: host, reason: tls }, { ...props.on, host }, skewOf(clock, props));
    return [{ host, cause, text: failureText({ step: host, reason: tls }, cause), earlier: causes.of(host) }];
  });
  if (failing.length === 0) return { what, status: "passed", found: `connected to ${hosts.length} names`, ms };
  const own = failing.filter(({ earlier, cause }) => earlier === undefined || !is(cause.reason, "ofConnection"));
  if (own.length === 0) return { ...followsFrom(failing[0]!.earlier!, what, failing[0]!.text), ms };
  for (const { host } of own) causes.add(what, host);
  // Hosts with the same failure are told together: a registry can have dozens.
  const byText = unique(own.map(({ text, host }) => text.slice(host.length)));
  const found = byText.map((text) => {
    const same = own.filter((one) => one.text.slice(one.host.length) === text).map(({ host }) => host);
    return `no TLS to ${joinWords(same)}${text}`;
  });
  const advice = unique(own.map(({ cause }) => causeAdvice(cause))).join(" ");
  const loginServer = own.find(({ host }) => host === props.deployment.loginServer);
  return {
    what,
    status: "failed",
    found: found.join("; "),
    advice: withWayBack(advice, loginServer?.cause, props.vm),
    ms,
  };
}

// --- Steps ---

/** The checks that the steps of the probe decide. After the one that failed, the others are skipped. */
function stepChecks(judged: Judged): Check[] {
  const { report } = judged;
  const { steps } = report;
  const { digest, platform = "" } = steps.manifest ?? {};
  const checks = [
    stepsCheck(judged, "challenge", "401 with a Bearer challenge"),
    stepsCheck(judged, "tokens", "identity, refresh token, access token"),
    stepsCheck(judged, "manifest", `${shortDigest(digest)} ${platform}`.trim()),
    blobCheck(judged),
    regionCheck(judged),
    stepsCheck(judged, "download", `${steps.download?.bytes ?? 0} bytes, SHA-256 is correct`),
    dockerCheck(judged),
  ];
  const index = checks.findIndex(({ what }) => report.failed && has(what, report.failed.step));
  const stopped = checks[index];
  if (!stopped) return checks;
  const cause = stopped.followsFrom ?? stopped.what;
  return checks.map((check, at) =>
    check.status === "skipped" && check.found === "" && (at > index || check.what === "region")
      ? followsFrom(cause, check.what)
      : check,
  );
}

/** Whether a check is decided by a step. */
function has(what: CheckName, step: string): boolean {
  const { steps = [] }: CheckEntry = CHECKS[what];
  return steps.some((name) => name === step);
}

/**
 * A check that has passed if all its steps of the probe did.
 *
 * @param found - what to show if it has passed
 */
function stepsCheck(judged: Judged, what: CheckName, found: string): Check {
  const { report, ...props } = judged;
  const { steps, failed, notTried, clock } = report;
  const { steps: names = [] }: CheckEntry = CHECKS[what];
  const ms = names.reduce((sum, step) => sum + (steps[step]?.ms ?? 0), 0);
  const retries = names.reduce((sum, step) => sum + (steps[step]?.retries ?? 0), 0);
  if (failed && has(what, failed.step)) {
    const failure: Failure = { ...failed, retries, seconds: Math.round(ms / 1000) };
    const facts = {
      ...props.on,
      ...hostFacts(failed.step === "download" ? steps.blob?.host : undefined, props.deployment),
      role: roleText("pull"),
      place: answeringRegion(props.vm.servedBy, steps[failed.step as ProbeStep]),
    };
    const cause = causeOf(failure, facts, skewOf(clock, props));
    const text = failureText(failure, cause);
    const earlier = earlierCause(failed.step, judged);
    if (earlier && is(cause.reason, "ofConnection")) return { ...followsFrom(earlier, what, text), ms };
    const advice = failed.step === "challenge" ? withWayBack(causeAdvice(cause), cause, props.vm) : causeAdvice(cause);
    return { what, status: "failed", found: text, advice, ms };
  }
  if (names.some((step) => notTried.includes(step) || !steps[step])) return { what, status: "skipped", found: "" };
  return { what, status: "passed", found: [found, triesText(retries)].filter(Boolean).join(", "), ms };
}

/** The check that has found why the host of a step can't be reached as it should. */
function earlierCause(step: string, { report, deployment, causes }: Judged): CheckName | undefined {
  const dataEndpoint = report.steps.blob?.host;
  if (step === "identity" || step === "tools") return undefined;
  if (step === "download") return causes.of(dataEndpoint);
  // Docker asks the login server and a data endpoint.
  if (["pull", "run"].includes(step)) return causes.of(deployment.loginServer) ?? causes.of(dataEndpoint);
  return causes.of(deployment.loginServer);
}

function blobCheck(judged: Judged): Check {
  const what = "blob";
  const { report, causes, ...props } = judged;
  const { host = "", addresses = [] } = report.steps.blob ?? {};
  const found = `307 to ${host}, at ${addresses.join(", ")}`;
  const check = stepsCheck(judged, what, found);
  if (check.status !== "passed") return check;
  const wanted = props.vm.expected[host];
  if (!wanted || regionOf(host, props.deployment) === undefined) {
    const reason = "no data endpoint";
    return {
      ...check,
      status: "failed",
      found: `307 to ${host}: ${wordsOf(reason)}`,
      advice: adviceOf(reason, { ...props.on, ...hostFacts(host, props.deployment) }),
    };
  }
  if (addresses.join() === wanted.join() || publicAsInState(host, addresses, props.vm)) return check;
  const reason = "other data address";
  const facts = { expected: wanted.join(", ") || "no address" };
  const text = `${found}: ${wordsOf(reason, facts)}`;
  const earlier = causes.of(host);
  const advice = `${adviceOf(reason, facts)}${byTheState(props.vm, host)}`;
  return earlier ? followsFrom(earlier, what, text) : { ...check, status: "failed", found: text, advice };
}

function dockerCheck(judged: Judged): Check {
  const { report, on } = judged;
  const check = stepsCheck(judged, "docker run", report.steps.run?.output ?? "");
  // After a failure, the check follows from that.
  return report.docker === false && !report.failed ? { ...check, found: wordsOf("no docker", on) } : check;
}

function regionCheck({ report: { steps, failed }, vm, deployment }: Judged): Check {
  const { servedBy, region: own } = vm;
  const what = "region";
  const region = failed?.step === "blob" ? undefined : regionOf(steps.blob?.host, deployment);
  if (region === undefined) return { what, status: "skipped", found: "" };
  if (servedBy === AZURE) return { what, status: "passed", found: chosenByAzure(region, own, deployment) };
  if (servedBy === region) return { what, status: "passed", found: `served by ${region}, as DNS promises` };
  if (servedBy === null) {
    const found = `served by ${region}; the state does not show to which region DNS leads the login server`;
    return { what, status: "skipped", found };
  }
  const reason = "other region";
  const advice = `${adviceOf(reason)} ${backToAzureAdvice(servedBy)}`;
  return { what, status: "failed", found: wordsOf(reason, { region, expected: servedBy }), advice };
}

/**
 * What is found about the region if Azure chooses it.
 *
 * @param region - the region that served
 * @param own - the region of the spoke
 */
function chosenByAzure(region: string, own: string | undefined, { hosts }: Deployment): string {
  if (own === undefined) return `served by ${region}: Azure chooses`;
  if (own === region) return `served by ${region}, where the spoke is: Azure chooses`;
  if (hosts.every((host) => host.region !== own)) {
    return `served by ${region}: Azure chooses, and the registry is not in ${own}, where the spoke is`;
  }
  // With regional endpoints, the settings leave the choice to Azure on purpose.
  const hint = hosts.some(({ kind }) => kind === "regional")
    ? ""
    : ". To settle it, set registry.regionalEndpoints to true";
  return `served by ${region}, although the registry is in ${own}, where the spoke is: Azure chooses${hint}`;
}

/**
 * Adds how to lead the login server's name back to the global endpoint, if DNS leads it to a region that does not answer.
 *
 * This project has not seen yet that the login server of a region answers for the registry's own name.
 */
function withWayBack(advice: string, cause: Cause | undefined, { servedBy }: Expected): string {
  if (servedBy === null || servedBy === AZURE || !cause || !is(cause.reason, "ofRegion")) return advice;
  return sentences({ found: advice, advice: backToAzureAdvice(servedBy) });
}

/** How to go back, if the login server of a region does not serve the registry's own name. */
function backToAzureAdvice(region: string): string {
  return `DNS leads the login server to the regional endpoint of ${region}, which may not answer for the registry's own name. In that case, set "servedBy": "azure" for the spoke, or for the hub if the spoke uses the hub's DNS: the name then leads to the global endpoint again.`;
}

/**
 * Where an image is missing, and for how long it was waited for.
 *
 * @param servedBy - the region to which DNS leads, `azure` if Azure chooses, null if that is not known
 */
function answeringRegion(
  servedBy: string | null,
  { ms = 0, retries = 0 }: { ms?: number | undefined; retries?: number | undefined } = {},
): string {
  const where =
    servedBy === AZURE ? "the region that Azure chose" : (servedBy ?? "the region that answered, which is not known");
  return retries > 0 ? `${where}, even after ${count(Math.round(ms / 1000), "second")}` : where;
}

/** By how many seconds the VM's clock was ahead of this machine's when it made its report. */
export function skewOf(clock: number | undefined, { now = clock }: Pick<ReportContext, "now">): number {
  return clock === undefined || now === undefined ? 0 : (clock - now) / 1000;
}

function shortDigest(digest = ""): string {
  return digest.slice(0, "sha256:".length + 12);
}
