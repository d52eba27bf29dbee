import { UserError } from "private-link-preview/util";
import { CHECK_ADVICE } from "./advice";
import type { Check } from "./checks";
import type { DeployedVm, Deployment } from "./deployment";
import type { EndpointConnections } from "./endpoint-connection";
import { judge } from "./judge";
import { askFromHere, judgeOutside } from "./outside";
import { reportIn } from "./probe-report";
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
const PROBE_SECONDS = 900;

/**
 * Runs the probe on every spoke's VM at the same time, and sends a request to the registry from this machine.
 *
 * @throws the reason of the signal, when nothing is left running on the VMs
 */
export async function verify(props: VerifyProps): Promise<Verification> {
  const { deployment, signal, ask = askFromHere } = props;
  const script = scriptFor("probe");
  const outside = ask(deployment.loginServer, signal).then(judgeOutside);
  const spokes = deployment.vms.map(async (vm) => ({
    spoke: vm.spoke,
    machine: vm.id.split("/").at(-1)!,
    ...(await spokeChecks(vm, script, props)),
  }));
  // After an interruption, wait until nothing is left on any VM.
  await Promise.allSettled([outside, ...spokes]);
  const results = await Promise.all(spokes);
  return { spokes: results, checks: [await outside, ...addressesCheck(results, deployment)] };
}

async function spokeChecks(
  vm: DeployedVm,
  script: string,
  props: VerifyProps,
): Promise<Pick<SpokeResult, "addresses" | "checks">> {
  const [endpoint, probed] = await Promise.all([endpointCheck(vm, props), probe(vm, script, props)]);
  return { ...probed, checks: [...endpoint, ...probed.checks] };
}

/** The check that the endpoint of a spoke is connected to the registry. Empty if no single endpoint serves the spoke. */
async function endpointCheck({ endpointId }: DeployedVm, { connections, signal }: VerifyProps): Promise<Check[]> {
  const what = "endpoint";
  if (endpointId === undefined) return [];
  const status = await connections.status(endpointId, signal).catch((error: unknown) => (error as Error).message);
  if (status === "Approved") return [{ what, status: "passed", found: "its connection is approved" }];
  const name = endpointId.split("/").at(-1)!;
  if (typeof status === "number" || !/^\w+$/.test(status)) {
    return [{ what, status: "skipped", found: `Azure did not return ${name}: ${status}` }];
  }
  const advice = status === "Pending" ? CHECK_ADVICE["endpoint pending"] : CHECK_ADVICE["endpoint disconnected"];
  return [{ what, status: "failed", found: `the connection of ${name} is ${status}`, advice }];
}

async function probe(
  vm: DeployedVm,
  script: string,
  props: VerifyProps,
): Promise<Pick<SpokeResult, "addresses" | "checks">> {
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
    if (report) return { addresses: report.hosts[0]?.addresses ?? [], checks: judge(report, vm, deployment) };
    return vmFailed(
      `the probe returned no report: ${(stderr || stdout).trim().slice(-200)}`,
      CHECK_ADVICE["VM without report"],
    );
  } catch (error) {
    if (signal.aborted || !(error instanceof UserError)) throw error;
    return vmFailed(error.message);
  }
}

/**
 * Makes sure that a VM is running.
 *
 * @throws UserError if it is not running and `start` is false
 */
export async function ensureRunning(
  { id, spoke }: DeployedVm,
  { scripts, start, signal, onProgress }: Pick<VerifyProps, "scripts" | "start" | "signal" | "onProgress">,
): Promise<void> {
  const state = await scripts.powerState(id, signal);
  if (state === "running") return;
  if (!start)
    throw new UserError(
      `The VM of ${spoke} is ${state}. Test VMs shut down every day on a schedule. To start it, add: -- --start`,
    );
  await scripts.start(id, signal, (progress) => {
    onProgress(spoke, progress);
  });
}

function vmFailed(found: string, advice?: string): Pick<SpokeResult, "addresses" | "checks"> {
  const check: Check = { what: "VM", status: "failed", found, ...(advice !== undefined && { advice }) };
  return { addresses: [], checks: [check] };
}

/** The check that spokes with different endpoints resolve the login server to different addresses. */
function addressesCheck(results: readonly SpokeResult[], { vms }: Deployment): Check[] {
  const what = "addresses";
  const own = results.filter(({ addresses }, index) => vms[index]?.endpointId !== undefined && addresses.length > 0);
  const endpointOf = (spoke: string) => vms.find((vm) => vm.spoke === spoke)?.endpointId;
  const sameAddress = own.flatMap((one, index) =>
    own
      .slice(index + 1)
      .filter(
        (other) =>
          endpointOf(one.spoke) !== endpointOf(other.spoke) &&
          one.addresses.some((address) => other.addresses.includes(address)),
      )
      .map((other) => `${one.spoke} and ${other.spoke} both resolve the login server to ${one.addresses.join(", ")}`),
  );
  if (own.length < 2) return [];
  return sameAddress.length === 0
    ? [{ what, status: "passed", found: `${own.length} spokes, each with different addresses` }]
    : [
        {
          what,
          status: "failed",
          found: sameAddress.join("; "),
          advice: CHECK_ADVICE.addresses,
        },
      ];
}
