import { UserError, joinWords, unique } from "private-link-preview/util";
import type { Check } from "./checks";
import type { DeployedVm, Deployment } from "./deployment";
import type { EndpointConnections } from "./endpoint-connection";
import { followsFrom, judge, judgeNothing } from "./judge";
import { askFromHere, judgeOutside } from "./outside";
import { type ProbeReport, reportIn } from "./probe-report";
import { adviceOf, hostFacts, wordsOf } from "./reasons";
import { AzureError, offError, vmOf } from "./run-command/errors";
import type { VmScripts } from "./run-command/vm-scripts";
import { scriptFor } from "./script";

/** The checks of one spoke. */
export interface SpokeResult {
  readonly spoke: string;
  /** Name of the VM. */
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
}

/** What to verify and how. */
export interface VerifyProps {
  readonly deployment: Deployment;
  readonly scripts: VmScripts;
  readonly connections: EndpointConnections;
  /** Repository and tag to pull, such as `sample/hello-world:v1`. */
  readonly image: string;
  /** Whether to start VMs that are not running. */
  readonly start: boolean;
  readonly signal: AbortSignal;
  /** Called when the state of the work on a spoke's VM changes. */
  readonly onProgress: (spoke: string, state: string) => void;
  /**
   * Sends a request to the registry from this machine. Returns its HTTP status, or a word for why there is none.
   *
   * @default - by HTTPS
   */
  readonly ask?: (loginServer: string, signal: AbortSignal) => Promise<number | string>;
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
  const script = scriptFor("probe");
  const outside = ask(deployment.loginServer, signal).then((answer) => judgeOutside(answer, deployment));
  const spokes = deployment.vms.map(async (vm) => ({
    spoke: vm.spoke,
    machine: vm.id.split("/").at(-1)!,
    ...(await spokeChecks(vm, script, props)),
  }));
  // After an interruption, wait until nothing is left on any VM, or until it is known what is.
  const settled = await Promise.allSettled([outside, ...spokes]);
  const left = settled.flatMap((one) => (one.status === "rejected" && isLeft(one.reason) ? [one.reason] : []));
  if (left.length > 0) throw new UserError(left.map(({ message }) => message).join("\n"));
  const results = await Promise.all(spokes);
  return { spokes: results, checks: [await outside, ...addressesCheck(results, deployment)] };
}

/** Whether an error says that a script is left on a VM. */
function isLeft(error: unknown): error is AzureError {
  return error instanceof AzureError && error.reason === "left running";
}

async function spokeChecks(
  vm: DeployedVm,
  script: string,
  props: VerifyProps,
): Promise<Pick<SpokeResult, "addresses" | "checks">> {
  const [endpoint, probed] = await Promise.all([endpointCheck(vm, props), probe(vm, script, props)]);
  const { report, now } = probed;
  const checks = report
    ? judge(report, { vm, deployment: props.deployment, endpointFailed: endpoint?.status === "failed", now })
    : judgeNothing(probed.found, probed.advice);
  const [first, ...others] = checks;
  const inOrder = first?.what === "VM" ? [first, endpoint, ...others] : [endpoint, ...checks];
  return {
    addresses: report?.hosts[0]?.addresses ?? [],
    checks: inOrder.filter((check) => check !== undefined),
  };
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
  if (status instanceof AzureError) return followsFrom("VM", what);
  if (status instanceof Error || typeof status === "number" || !/^\w+$/.test(status)) {
    const answer =
      status instanceof Error ? status.message : typeof status === "number" ? `HTTP status ${status}` : "no status";
    return { what, status: "skipped", found: `Azure did not return ${endpoint}: ${answer}` };
  }
  const reason = status === "Pending" ? "endpoint pending" : "endpoint disconnected";
  const facts = { endpoint, status };
  return { what, status: "failed", found: wordsOf(reason, facts), advice: adviceOf(reason, facts) };
}

/** The report of a VM, and when it arrived, or why there is none. */
type Probed =
  | { readonly report: ProbeReport; readonly now: number }
  | { readonly report?: undefined; readonly now?: undefined; readonly found: string; readonly advice: string };

async function probe(vm: DeployedVm, script: string, props: VerifyProps): Promise<Probed> {
  const { deployment, scripts, image, signal } = props;
  const onProgress = (state: string) => {
    props.onProgress(vm.spoke, state);
  };
  try {
    await ensureRunning(vm, props);
    const [, ...otherHosts] = deployment.hosts.map(({ fqdn }) => fqdn);
    const args = [deployment.loginServer, image, ...otherHosts];
    const { stdout, stderr } = await scripts.run({
      vmId: vm.id,
      script,
      args,
      timeoutSeconds: PROBE_SECONDS,
      signal,
      onProgress,
    });
    const report = reportIn(stdout);
    if (report) return { report, now: Date.now() };
    const output = (stderr || stdout).trim().slice(-200);
    return { found: `${wordsOf("no report")}${output && `: ${output}`}`, advice: adviceOf("no report") };
  } catch (error) {
    if (signal.aborted || !(error instanceof AzureError)) throw error;
    return { found: error.found, advice: error.advice };
  }
}

/**
 * Makes sure that a VM is running.
 *
 * @throws AzureError if it is not running and `start` is false
 */
export async function ensureRunning(
  { id, spoke }: DeployedVm,
  { scripts, start, signal, onProgress }: Pick<VerifyProps, "scripts" | "start" | "signal" | "onProgress">,
): Promise<void> {
  const state = await scripts.powerState(id, signal);
  if (state === "running") return;
  if (!start) throw offError(vmOf(id), state, `The VM of ${spoke}`);
  await scripts.start(id, signal, (progress) => {
    onProgress(spoke, progress);
  });
}

/** The check that spokes with different endpoints resolve the login server to different addresses. */
function addressesCheck(results: readonly SpokeResult[], { vms, loginServer }: Deployment): Check[] {
  const what = "addresses";
  const own = results.filter(({ addresses }, index) => vms[index]?.endpointId !== undefined && addresses.length > 0);
  const endpointOf = (spoke: string) => vms.find((vm) => vm.spoke === spoke)?.endpointId;
  const same = own.flatMap((one, index) =>
    own
      .slice(index + 1)
      .filter(
        (other) =>
          endpointOf(one.spoke) !== endpointOf(other.spoke) &&
          one.addresses.some((address) => other.addresses.includes(address)),
      )
      .map((other) => ({ spokes: [one.spoke, other.spoke], addresses: one.addresses })),
  );
  if (own.length < 2) return [];
  if (same.length === 0)
    return [{ what, status: "passed", found: `${own.length} spokes, each with different addresses` }];
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
