import { UserError } from "private-link-preview/util";
import type { DeployedVm, Deployment } from "./deployment";
import type { EndpointConnections } from "./endpoint-connection";
import { type Check, judge } from "./judge";
import { askFromHere, judgeOutside } from "./outside";
import { reportIn } from "./probe-report";
import type { VmScripts } from "./run-command/vm-scripts";
import { scriptFor } from "./script";

/** What was found on one spoke's VM. */
export interface SpokeResult {
  readonly spoke: string;
  /** Name of the VM. */
  readonly machine: string;
  /** What the login server's name resolved to; empty if that is not known. */
  readonly addresses: readonly string[];
  readonly checks: readonly Check[];
}

/** What was found of a whole deployment. */
export interface Verification {
  readonly spokes: readonly SpokeResult[];
  /** What concerns the registry as seen from here. */
  readonly checks: readonly Check[];
}

/** What to verify, and how. */
export interface VerifyProps {
  readonly deployment: Deployment;
  readonly scripts: VmScripts;
  readonly connections: EndpointConnections;
  /** Repository and tag to pull, such as `sample/hello-world:v1`. */
  readonly image: string;
  /** Whether VMs that are off are started. */
  readonly start: boolean;
  readonly signal: AbortSignal;
  /** Told what is going on on a spoke's VM. */
  readonly onProgress: (spoke: string, state: string) => void;
  /**
   * Asks the registry from here, and gives its status, or a word for why there is none.
   *
   * @default - by HTTPS
   */
  readonly ask?: (loginServer: string, signal: AbortSignal) => Promise<number | string>;
}

/** Seconds that the probe may take, cloud-init's end and a late replica included. */
const PROBE_SECONDS = 300;

/**
 * Runs the probe on every spoke's VM, side by side, and asks the registry from here.
 *
 * @throws the signal's reason, once nothing is left running on the VMs
 */
export async function verify(props: VerifyProps): Promise<Verification> {
  const { deployment, signal, ask = askFromHere } = props;
  const script = scriptFor("probe");
  const outside = ask(deployment.loginServer, signal).then(judgeOutside);
  const spokes = deployment.vms.map(async (vm) => ({
    spoke: vm.spoke,
    machine: vm.id.split("/").at(-1)!,
    ...(await proofOf(vm, script, props)),
  }));
  // When interrupted, each VM is left clean before this ends.
  await Promise.allSettled([outside, ...spokes]);
  const results = await Promise.all(spokes);
  return { spokes: results, checks: [await outside, ...differences(results, deployment)] };
}

async function proofOf(
  vm: DeployedVm,
  script: string,
  props: VerifyProps,
): Promise<Pick<SpokeResult, "addresses" | "checks">> {
  const [endpoint, probed] = await Promise.all([connection(vm, props), probe(vm, script, props)]);
  return { ...probed, checks: [...endpoint, ...probed.checks] };
}

/** Whether the endpoint that answers a spoke is connected to the registry. */
async function connection({ endpointId }: DeployedVm, { connections, signal }: VerifyProps): Promise<Check[]> {
  const what = "endpoint";
  if (endpointId === undefined) return [];
  const status = await connections.status(endpointId, signal).catch((error: unknown) => (error as Error).message);
  if (status === "Approved") return [{ what, verdict: "holds", found: "its connection is approved" }];
  const name = endpointId.split("/").at(-1)!;
  if (typeof status === "number" || !/^\w+$/.test(status)) {
    return [{ what, verdict: "not tried", found: `Azure does not tell of ${name}: ${status}` }];
  }
  const advice =
    status === "Pending"
      ? "The registry's owner has to approve it."
      : "An endpoint that was rejected or disconnected does not come back: replace it, terraform apply -replace.";
  return [{ what, verdict: "fails", found: `the connection of ${name} is ${status}`, advice }];
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
    await ready(vm, props);
    const args = [deployment.loginServer, image, ...deployment.dataEndpoints];
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
    return failing(
      `the probe gave no report: ${(stderr || stdout).trim().slice(-200)}`,
      "Run the probe by hand, over the bastion: docs/proof.md.",
    );
  } catch (error) {
    if (signal.aborted || !(error instanceof UserError)) throw error;
    return failing(error.message);
  }
}

/**
 * Sees that a VM runs.
 *
 * @throws UserError if it does not, and is not to be started
 */
export async function ready(
  { id, spoke }: DeployedVm,
  { scripts, start, signal, onProgress }: Pick<VerifyProps, "scripts" | "start" | "signal" | "onProgress">,
): Promise<void> {
  const state = await scripts.powerState(id, signal);
  if (state === "running") return;
  if (!start)
    throw new UserError(
      `The VM of ${spoke} is ${state}: it stops each day by its schedule. Add -- --start to start it.`,
    );
  await scripts.start(id, signal, (progress) => {
    onProgress(spoke, progress);
  });
}

function failing(found: string, advice?: string): Pick<SpokeResult, "addresses" | "checks"> {
  const check: Check = { what: "VM", verdict: "fails", found, ...(advice !== undefined && { advice }) };
  return { addresses: [], checks: [check] };
}

/** Spokes with endpoints of their own must be answered with addresses of their own. */
function differences(results: readonly SpokeResult[], { vms }: Deployment): Check[] {
  const what = "addresses";
  const own = results.filter(({ addresses }, index) => vms[index]?.endpointId !== undefined && addresses.length > 0);
  const endpointOf = (spoke: string) => vms.find((vm) => vm.spoke === spoke)?.endpointId;
  const alike = own.flatMap((one, index) =>
    own
      .slice(index + 1)
      .filter(
        (other) =>
          endpointOf(one.spoke) !== endpointOf(other.spoke) &&
          one.addresses.some((address) => other.addresses.includes(address)),
      )
      .map((other) => `${one.spoke} and ${other.spoke} are both answered with ${one.addresses.join(", ")}`),
  );
  if (own.length < 2) return [];
  return alike.length === 0
    ? [{ what, verdict: "holds", found: `${own.length} spokes, no two answered alike` }]
    : [
        {
          what,
          verdict: "fails",
          found: alike.join("; "),
          advice: "Each needs a zone with its own endpoint: npm run preview.",
        },
      ];
}
