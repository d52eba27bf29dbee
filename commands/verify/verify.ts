import { ConnectionError } from "../../packages/common/azure-client/errors";
import { count, isIn, joinWords, printable, unique, UserError } from "../../packages/common/util";
import type { Check } from "./checks";
import type { DeployedVm, Deployment, Expected } from "./deployment";
import type { EndpointConnections } from "./endpoint-connection";
import { followsFrom, checksOfReport, checksWithoutReport } from "./report-checks";
import { type FromHere, askFromHere, checkFromHere } from "./outside";
import { type ProbeReport, REPORT_START, reportIn, reportsIn } from "./probe-report";
import { type Facts, ON, type ReasonName, type Told, adviceOf, hostFacts, sentences, told } from "./reasons";
import { type Replica, hasRegionalEndpoints, replicasCheck, replicasIn } from "./replicas";
import { AzureError, offError, vmOf } from "./run-command/errors";
import type { RunScriptProps, ScriptResult, VmScripts } from "./run-command/vm-scripts";
import { type ScriptSettings, scriptFor } from "./script";

/** The checks of one spoke. */
export interface SpokeResult {
  readonly spoke: string;
  /** Name of the VM, or of the pod. */
  readonly machine: string;
  /** The addresses that the login server's name resolved to. Empty if they are not known. */
  readonly addresses: readonly string[];
  readonly checks: readonly Check[];
}

/** The checks of a whole deployment. */
export interface Verification {
  readonly spokes: readonly SpokeResult[];
  /** The checks that concern the registry as a whole. */
  readonly checks: readonly Check[];
  /** In which replicas the image has arrived. */
  readonly replicas: readonly Replica[];
}

/** Whether no check has failed. */
export function isVerified({ spokes, checks }: Pick<Verification, "spokes" | "checks">): boolean {
  return [...spokes.flatMap((spoke) => spoke.checks), ...checks].every(({ status }) => status !== "failed");
}

/** What was found from one machine. */
interface Result extends SpokeResult {
  readonly of: Expected;
  readonly report?: ProbeReport | undefined;
}

/** What to verify and how. */
export interface VerifyProps {
  readonly deployment: Deployment;
  readonly scripts: Pick<VmScripts, "run" | "powerState" | "start">;
  readonly connections: Pick<EndpointConnections, "status">;
  /** Repository and tag to pull, such as `sample/hello-world:v1`. */
  readonly image: string;
  /** Whether to start VMs that are not running. */
  readonly start: boolean;
  /** Client id of the managed identity, where a VM has several. @default - the only one */
  readonly identity?: string;
  readonly signal: AbortSignal;
  /** Called when the state of the work on a spoke's VM changes. */
  readonly onProgress: (spoke: string, state: string) => void;
  /**
   * Sends a request to the registry from this machine.
   *
   * @default - by HTTPS
   */
  readonly ask?: (loginServer: string, signal: AbortSignal) => Promise<FromHere>;
}

/** Time limit of the probe in seconds. It includes waiting for cloud-init, for a replica, and for a new role assignment. */
export const PROBE_SECONDS = 900;

/**
 * Runs the probe on every spoke's VM at the same time, and sends a request to the registry from this machine.
 *
 * @throws the reason of the signal, when nothing is left running on the VMs
 */
export async function verify(props: VerifyProps): Promise<Verification> {
  const { deployment, signal, ask = askFromHere } = props;
  const outside = ask(deployment.loginServer, signal).then((answer) => checkFromHere(answer, deployment));
  const spokes = deployment.vms.map(async (vm): Promise<Result> => ({
    spoke: vm.spoke,
    machine: vm.id.split("/").at(-1)!,
    of: vm,
    ...(await spokeChecks(vm, props)),
  }));
  // After an interruption, wait until nothing is left on any VM, or until it is known what is.
  const settled = await Promise.allSettled([outside, ...spokes]);
  const left = settled.flatMap((one) => (one.status === "rejected" && isLeft(one.reason) ? [one.reason] : []));
  if (left.length > 0) throw new UserError(left.map(({ message }) => message).join("\n"));
  return together(await Promise.all(spokes), await outside, deployment);
}

/** The checks of all machines, and those of the registry as a whole. */
function together(results: readonly Result[], outside: Check, deployment: Deployment): Verification {
  const replicas = replicasIn(results, deployment);
  return {
    spokes: results.map(({ spoke, machine, addresses, checks }) => ({ spoke, machine, addresses, checks })),
    checks: [outside, replicasCheck(replicas, results, deployment), ...addressesCheck(results, deployment)],
    replicas,
  };
}

/** A log of Jobs, and what it is compared with. */
export interface ReadProps extends Pick<VerifyProps, "deployment" | "signal" | "ask"> {
  readonly log: string;
  /** What to call the log. */
  readonly source: string;
  /** Name of the network that the nodes are in. @default - the one in the report, or the one that has the node's address */
  readonly network?: string | undefined;
}

/**
 * Judges the reports in a log of Jobs as those of VMs.
 *
 * @throws UserError if the log has no report of this registry, or if it is not known from which network one is
 */
export async function verifyLog(props: ReadProps): Promise<Verification> {
  const { deployment, signal, log, source, ask = askFromHere } = props;
  const failure = (reason: ReasonName, facts: Facts) =>
    new UserError(`The log was not judged: ${sentences(told(reason, facts))}`);
  const facts = { log: source };
  if (log.trim() === "") throw failure("empty log", facts);
  const reports = reportsIn(log);
  if (reports.length === 0) {
    if (log.includes(REPORT_START)) throw failure("log cut", facts);
    const last = printable(log.trim().split("\n").at(-1)!.slice(0, 200));
    throw failure("log without report", { ...facts, detail: `; its last line is: ${last}` });
  }
  const results = reports.map((report): Result => {
    const found = report.hosts[0]?.host ?? deployment.loginServer;
    if (found !== deployment.loginServer)
      throw failure("log of another registry", { ...facts, found, loginServer: deployment.loginServer });
    const of = networkOf(report, props);
    const place = report.node === undefined ? "the machine" : `the node ${report.node}`;
    const known = joinWords(deployment.networks.map(({ virtualNetwork }) => virtualNetwork)) || "none";
    if (!of) throw failure("network not known", { place, known });
    const endpoint = of.endpointId === undefined ? undefined : NOT_ASKED;
    const judged = checksOfReport(report, { vm: of, deployment, on: report.node === undefined ? ON.VM : ON.pod });
    const checks = withEndpoint(endpoint, judged);
    const addresses = report.hosts[0]?.addresses ?? [];
    return { spoke: of.spoke, machine: report.machine ?? "", addresses, checks, of, report };
  });
  return together(results, checkFromHere(await ask(deployment.loginServer, signal), deployment), deployment);
}

const NOT_ASKED: Check = {
  what: "endpoint",
  status: "skipped",
  found: "not checked: a log is judged without a request to Azure",
};

/** The network that a report is from: the one that was named, or the only one that has the address of the pod's node. */
function networkOf(report: ProbeReport, { deployment, network = report.network }: ReadProps): Expected | undefined {
  const { networks } = deployment;
  const { node } = report;
  const named = networks.filter(({ spoke, virtualNetwork }) => [spoke, virtualNetwork].includes(network ?? ""));
  const having = networks.filter(
    ({ addressSpace }) => node !== undefined && addressSpace.some((range) => isIn(node, range)),
  );
  const found = network === undefined ? having : named;
  return found.length === 1 ? found[0] : undefined;
}

/** Whether an error says that a script is left on a VM. */
function isLeft(error: unknown): error is AzureError {
  return error instanceof AzureError && error.reason === "left running";
}

async function spokeChecks(
  vm: DeployedVm,
  props: VerifyProps,
): Promise<Pick<Result, "addresses" | "checks" | "report">> {
  const [endpoint, probed] = await Promise.all([endpointCheck(vm, props), probe(vm, props)]);
  const { report } = probed;
  const endpointFailed = endpoint?.status === "failed";
  const checks = report
    ? checksOfReport(report, { vm, deployment: props.deployment, endpointFailed, now: probed.now })
    : checksWithoutReport(probed.told);
  return { report, addresses: report?.hosts[0]?.addresses ?? [], checks: withEndpoint(endpoint, checks) };
}

/** The checks in order: that of the endpoint comes first, or after that of the VM. */
function withEndpoint(endpoint: Check | undefined, checks: readonly Check[]): Check[] {
  const [first, ...others] = checks;
  const inOrder = first?.what === "VM" ? [first, endpoint, ...others] : [endpoint, ...checks];
  return inOrder.filter((check) => check !== undefined);
}

/** The check that the endpoint of a spoke is connected to the registry. Undefined if no single endpoint serves the spoke. */
async function endpointCheck(
  { endpointId }: DeployedVm,
  { connections, signal }: VerifyProps,
): Promise<Check | undefined> {
  const what = "endpoint";
  if (endpointId === undefined) return undefined;
  const status = await connections.status(endpointId, signal).catch((error: unknown) => error as Error);
  if (status === "Approved") return { what, status: "passed", found: "its connection is approved" };
  const endpoint = endpointId.split("/").at(-1)!;
  // The sign-in failed, which the VM's check says too.
  if (status instanceof ConnectionError) return followsFrom("VM", what);
  if (status instanceof Error || typeof status === "number" || !/^\w+$/.test(status)) {
    const answer =
      status instanceof Error ? status.message : typeof status === "number" ? `HTTP status ${status}` : "no status";
    return { what, status: "skipped", found: `Azure did not return ${endpoint}: ${answer}` };
  }
  const reason = status === "Pending" ? "endpoint pending" : "endpoint disconnected";
  return { what, status: "failed", ...told(reason, { endpoint, status }) };
}

/** The report of a VM, and when it arrived, or why there is none. */
type Probed =
  { readonly report: ProbeReport; readonly now: number } | { readonly report?: undefined; readonly told: Told };

async function probe(
  vm: DeployedVm,
  props: Omit<VerifyProps, "connections" | "ask">,
  settings: ScriptSettings = {},
  timeoutSeconds = PROBE_SECONDS,
): Promise<Probed> {
  const { deployment, image, signal, identity } = props;
  const script = scriptFor("probe", {
    ...(vm.own && { PROBE_INSTALL: "no" }),
    ...(identity !== undefined && { PROBE_CLIENT_ID: identity }),
    ...settings,
  });
  const [, ...otherHosts] = deployment.hosts.map(({ fqdn }) => fqdn);
  const args = [deployment.loginServer, image, ...otherHosts];
  try {
    const output = await runOn(vm, { script, args, timeoutSeconds }, props);
    const report = reportIn(output.stdout);
    return report ? { report, now: Date.now() } : { told: noReport(output) };
  } catch (error) {
    if (signal.aborted || !(error instanceof AzureError)) throw error;
    return { told: error.told };
  }
}

/**
 * Waits until an image has arrived: in every region, with regional endpoints; otherwise in the replicas that Azure chooses
 * for the networks of the VMs.
 *
 * @param digest - the image
 * @param seconds - for how long
 */
export async function waitForReplicas(
  props: Omit<VerifyProps, "connections" | "ask">,
  digest: string,
  seconds: number,
): Promise<Replica[]> {
  const { deployment } = props;
  // One VM can ask every region. Without their login servers, each VM sees another replica.
  const [vm, ...others] = [...deployment.vms].sort((a, b) => Number(b.mayPush) - Number(a.mayPush));
  const asking = hasRegionalEndpoints(deployment) ? [vm!] : [vm!, ...others];
  const settings = {
    PROBE_STEPS: "tools challenge identity exchange token manifest blob",
    PROBE_DIGEST: digest,
    PROBE_RETRY_LIMIT: String(seconds),
    PROBE_TIME_LIMIT: String(seconds + PROBE_SECONDS - 60),
  };
  const seen = await Promise.all(
    asking.map(async (one) => {
      const probed = await probe(one, props, settings, seconds + PROBE_SECONDS);
      if (!probed.report) props.onProgress(one.spoke, sentences(probed.told));
      return { spoke: one.spoke, report: probed.report };
    }),
  );
  return replicasIn(seen, deployment, digest);
}

/**
 * Runs a script on a VM, which is started if that is asked for.
 *
 * @throws AzureError if it is not running and `start` is false, or if there is no result
 */
export async function runOn(
  { id, spoke }: DeployedVm,
  script: Pick<RunScriptProps, "script" | "args" | "timeoutSeconds">,
  { scripts, start, signal, ...props }: Pick<VerifyProps, "scripts" | "start" | "signal" | "onProgress">,
): Promise<ScriptResult> {
  const onProgress = (progress: string) => {
    props.onProgress(spoke, progress);
  };
  const state = await scripts.powerState(id, signal);
  if (state !== "running" && !start) throw offError(vmOf(id), state, `The VM of ${spoke}`);
  if (state !== "running") await scripts.start(id, signal, onProgress);
  return scripts.run({ vmId: id, ...script, signal, onProgress });
}

/** What to say of a script without a report: the end of what it printed instead. */
export function noReport({ stdout, stderr }: ScriptResult): Told {
  const output = (stderr || stdout).trim().slice(-200);
  const { found, advice } = told("no report");
  return { found: `${found}${output && `: ${output}`}`, advice };
}

/** The check that spokes with different endpoints resolve the login server to different addresses. */
function addressesCheck(results: readonly Result[], { loginServer }: Deployment): Check[] {
  const what = "addresses";
  const own = results.filter(({ of, addresses }) => of.endpointId !== undefined && addresses.length > 0);
  const same = own.flatMap((one, index) =>
    own
      .slice(index + 1)
      .filter(
        (other) =>
          one.of.endpointId !== other.of.endpointId &&
          one.addresses.some((address) => other.addresses.includes(address)),
      )
      .map((other) => ({ spokes: [one.spoke, other.spoke], addresses: one.addresses })),
  );
  if (own.length < 2) return [];
  const spokes = count(unique(own.map(({ spoke }) => spoke)).length, "spoke");
  if (same.length === 0) return [{ what, status: "passed", found: `${spokes}, each with different addresses` }];
  const found = same
    .map(({ spokes, addresses }) => `${spokes.join(" and ")} both resolve the login server to ${addresses.join(", ")}`)
    .join("; ");
  const failed = ({ checks }: SpokeResult) =>
    checks.some(({ what, status }) => what === "names" && status === "failed");
  const wrong = unique(same.flatMap(({ spokes }) => spokes)).filter((spoke) =>
    results.some((result) => result.spoke === spoke && failed(result)),
  );
  return [
    same.every(({ spokes }) => spokes.some((spoke) => wrong.includes(spoke)))
      ? followsFrom("names", what, `${found}, where the names of ${joinWords(wrong)} are wrong`)
      : { what, status: "failed", found, advice: adviceOf("same address", hostFacts(undefined, { loginServer })) },
  ];
}
