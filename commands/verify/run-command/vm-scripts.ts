import {
  ComputeManagementClient,
  type ComputeManagementClientOptionalParams,
  type VirtualMachine,
  type VirtualMachineInstanceView,
  type VirtualMachineRunCommandInstanceView as ScriptState,
} from "@azure/arm-compute";
import type { TokenCredential } from "@azure/identity";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { RESOURCE_MANAGERS, type ResourceManagerEndpoint } from "../../../packages/common/azure-client";
import { AzureError, type Vm, agentError, azureErrorFrom, offError, vmFacts, vmOf } from "./errors";
import type { ReasonName } from "../reasons";
import { endingScript, limitedScript } from "./limited-script";
import { type CommandContext, ManagedCommand, type Waits, retryWhileBusy } from "./managed-run-command";

/** A script, and the VM on which it runs. */
export interface RunScriptProps {
  /** Azure id of the VM. */
  readonly vmId: string;
  /** Shell script, with or without a `#!` line. Runs as root. */
  readonly script: string;
  /** Positional parameters of the script. They may contain any character except NUL. @default - none */
  readonly args?: readonly string[];
  /** Time limit of the script in seconds. */
  readonly timeoutSeconds: number;
  /** Ends the script. @default - the script can't be ended before its time limit */
  readonly signal?: AbortSignal;
  /** Called with the state of the work whenever it changes. @default - progress is not reported */
  readonly onProgress?: (state: string) => void;
}

/** The result of a script. Azure keeps the last 4,096 bytes of each stream, and may cut through a character. */
export interface ScriptResult {
  readonly stdout: string;
  readonly stderr: string;
  /** The script's own exit code. A value other than 0 does not throw. */
  readonly exitCode: number;
}

/** Power state of a VM. */
export type PowerState = "running" | "starting" | "stopping" | "stopped" | "deallocating" | "deallocated" | "unknown";

/** How to reach the VMs. */
export interface VmScriptsOptions {
  /** @default - Azure Resource Manager of the public cloud */
  readonly resourceManager?: ResourceManagerEndpoint;
  /** Certificates to trust, as PEM. @default - those that Node.js trusts */
  readonly ca?: string;
  /** @default - waiting times that suit Azure */
  readonly waits?: Partial<Waits>;
}

const WAITS: Waits = {
  poll: 3,
  busyPoll: 10,
  busy: 300,
  agent: 180,
  silent: 60,
  agentPoll: 10,
  answer: 180,
  cleanUp: 120,
  retry: 1,
  still: 30,
};

/** Azure's time limit is later than the script's own, which also ends the processes that the script started. */
const AZURES_EXTRA_SECONDS = 60;

/** Exit codes of `timeout` for a script that it ended, by SIGTERM or by SIGKILL. */
const TIMEOUT_EXIT_CODES = [124, 137];

const READ = "Microsoft.Compute/virtualMachines/read";
const START = "Microsoft.Compute/virtualMachines/start/action";
const RUN = "Microsoft.Compute/virtualMachines/runCommands/write";

/**
 * Runs shell scripts on Linux VMs in Azure by managed Run Commands. Scripts on different VMs run at the same time.
 *
 * It uses managed Run Commands (`az vm run-command create`) and not action Run Commands (`invoke`), because a managed one
 * can be ended. When it is deleted, "if the script execution is still in progress, execution will be terminated". For an
 * action Run Command, "you can't cancel a running script". Several managed Run Commands can also run at the same time,
 * and each returns its exit code. Sources: "Run scripts in your Linux VM by using managed Run Commands", "… by using
 * action Run Commands", and "Compare feature support" in "Run scripts in your VM by using Run Command", all in Microsoft's
 * documentation of virtual machines.
 *
 * The published agent extension (Azure/run-command-handler-linux, `internal/pid/pid.go`) ends the process group with its
 * own process id, but its start script (`misc/run-command-shim`) leaves it in another group. Therefore a second, short
 * command ends the processes that remain after a deletion.
 */
export class VmScripts {
  readonly #clients = new Map<string, ComputeManagementClient>();
  readonly #waits: Waits;
  /** What to say of the scripts that may be running, by the names of their commands. */
  readonly #running = new Map<string, AzureError>();

  /** @param credential - provides a token when one is needed, see `signIn` */
  constructor(
    private readonly credential: TokenCredential,
    private readonly options: VmScriptsOptions = {},
  ) {
    this.#waits = { ...WAITS, ...options.waits };
  }

  /**
   * Runs a script and waits until it has ended.
   *
   * @throws AzureError if there is no result, with its `reason` and a message for it
   * @throws the reason of the signal, when nothing of the script is left on the VM
   */
  async run(props: RunScriptProps): Promise<ScriptResult> {
    const { vmId, script: text, args = [], timeoutSeconds, signal = NEVER } = props;
    const { vm, context } = this.#on(vmId, props.onProgress);
    const command = new ManagedCommand(context, vm, `private-registry-${randomBytes(8).toString("hex")}`);
    const script = limitedScript({ name: command.name, text, args, timeoutSeconds });
    let location = "";
    try {
      location = await this.#ready(vm, context, signal);
      context.onProgress("sending the script");
      this.#running.set(command.name, leftRunning(command, timeoutSeconds));
      await command.send(script, timeoutSeconds + AZURES_EXTRA_SECONDS, location, signal);
      const state = await this.#end(command, timeoutSeconds, signal);
      return resultOf(state, vm, timeoutSeconds);
    } catch (error) {
      if (!signal.aborted) throw azureErrorFrom(error, vm, RUN);
      if (command.mayExist) await this.#cancel(command, location, timeoutSeconds);
      throw signal.reason;
    } finally {
      if (command.mayExist && !signal.aborted) await removeFinished(command);
      this.#running.delete(command.name);
    }
  }

  /** What is left on which VMs, and how to end it, if this process ends now. Undefined if nothing is. */
  get leaves(): string | undefined {
    return this.#running.size === 0 ? undefined : [...this.#running.values()].map(({ message }) => message).join("\n");
  }

  /**
   * Power state of a VM.
   *
   * @throws AzureError if Azure does not return it
   */
  async powerState(vmId: string, signal: AbortSignal = NEVER): Promise<PowerState> {
    const { vm, context } = this.#on(vmId);
    return this.#asking(vm, READ, signal, async () => powerStateOf((await vmState(vm, context, signal)).instanceView));
  }

  /**
   * Starts a VM and waits until it is running. A running VM is left as it is.
   *
   * @throws AzureError if Azure can't start it
   * @throws the reason of the signal. If the request was already sent, the VM still starts
   */
  async start(vmId: string, signal: AbortSignal = NEVER, onProgress?: (state: string) => void): Promise<void> {
    const { vm, context } = this.#on(vmId, onProgress);
    const options = { abortSignal: signal, updateIntervalInMs: this.#waits.poll * 1000 };
    context.onProgress("starting the VM");
    await this.#asking(vm, START, signal, () =>
      retryWhileBusy(vm, context, signal, async () => {
        const operation = context.client.virtualMachines.start(vm.resourceGroup, vm.name, options);
        await operation.submitted();
        await operation.pollUntilDone({ abortSignal: signal });
      }),
    );
  }

  #on(vmId: string, onProgress: (state: string) => void = () => undefined): { vm: Vm; context: CommandContext } {
    const vm = vmOf(vmId);
    let last = "";
    const onChange = (state: string) => {
      if (state !== last) onProgress(state);
      last = state;
    };
    return { vm, context: { client: this.#client(vm), waits: this.#waits, onProgress: onChange } };
  }

  #client({ subscriptionId }: Vm): ComputeManagementClient {
    const known = this.#clients.get(subscriptionId);
    if (known) return known;
    const { resourceManager = RESOURCE_MANAGERS.public, ca } = this.options;
    const options: ComputeManagementClientOptionalParams = {
      endpoint: resourceManager.endpoint,
      credentials: { scopes: [resourceManager.scope] },
      retryOptions: { maxRetries: 5, retryDelayInMs: this.#waits.retry * 1000 },
      ...(ca !== undefined && { tlsOptions: { ca } }),
    };
    const client = new ComputeManagementClient(this.credential, subscriptionId, options);
    this.#clients.set(subscriptionId, client);
    return client;
  }

  async #asking<T>(vm: Vm, action: string, signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw signal.aborted ? signal.reason : azureErrorFrom(error, vm, action);
    }
  }

  /** Waits until the VM can run a script, and returns its region. */
  async #ready(vm: Vm, context: CommandContext, signal: AbortSignal): Promise<string> {
    const began = Date.now();
    for (;;) {
      const { location, instanceView } = await this.#asking(vm, READ, signal, () => vmState(vm, context, signal));
      const power = powerStateOf(instanceView);
      if (OFF.has(power)) throw offError(vm, power);
      if (power === "running" && agentOf(instanceView) === "Ready") return location;
      const wait = hasJustStarted(instanceView, context.waits) ? context.waits.agent : context.waits.silent;
      if (Date.now() - began >= wait * 1000)
        throw agentError(vm, `its status has been ${agentOf(instanceView)} for ${wait} s`);
      context.onProgress("waiting for the VM's agent");
      await sleep(context.waits.poll * 1000, undefined, { signal });
    }
  }

  /** Waits until a script that was sent has ended. */
  async #end(command: ManagedCommand, timeoutSeconds: number, signal: AbortSignal): Promise<ScriptState> {
    const { vm, context } = command;
    const waited = timeoutSeconds + context.waits.answer;
    const limit = AbortSignal.timeout(waited * 1000);
    const over = new AbortController();
    const either = AbortSignal.any([signal, limit, over.signal]);
    const heard: { silence?: AzureError | undefined } = {};
    void this.#silence(command, either).then((error) => {
      heard.silence = error;
      if (error) over.abort();
    });
    let started = false;
    try {
      await command.started(either);
      started = true;
      context.onProgress("running the script");
      return await command.finished(either);
    } catch (error) {
      if (heard.silence && !signal.aborted) throw heard.silence;
      if (!limit.aborted || signal.aborted) throw error;
      const power = powerStateOf((await vmState(vm, context, signal)).instanceView);
      if (OFF.has(power)) throw offError(vm, power);
      if (!started) throw agentError(vm, `it did not start the script within ${waited} s`);
      if (hasReported(command.lastState)) throw timeoutError(vm, timeoutSeconds, command.lastState);
      throw new AzureError("VM silent", { ...vmFacts(vm), seconds: waited });
    } finally {
      over.abort();
    }
  }

  /**
   * Resolves with an error when the agent of the VM does not report any more, while nothing has come of the script. Azure
   * knows that at once, and a script may take many minutes. Never rejects.
   */
  async #silence(command: ManagedCommand, signal: AbortSignal): Promise<AzureError | undefined> {
    const { context, vm } = command;
    const { waits } = context;
    try {
      for (let since: number | undefined; !hasReported(command.lastState);) {
        await sleep(waits.agentPoll * 1000, undefined, { signal });
        const { instanceView } = await vmState(vm, context, signal);
        const status = agentOf(instanceView);
        const power = powerStateOf(instanceView);
        if (OFF.has(power)) return offError(vm, power);
        since = status === "Ready" ? undefined : (since ?? Date.now());
        const seconds = Math.round((Date.now() - (since ?? Date.now())) / 1000);
        if (since !== undefined && Date.now() - since >= waits.silent * 1000)
          return agentError(vm, `its status has been ${status} for ${seconds} s while the script was to run`);
      }
    } catch {
      // The script has ended, or what it waits for fails in the same way.
    }
    return undefined;
  }

  /** Ends a script that may be running, and removes everything of it from the VM. */
  async #cancel(command: ManagedCommand, location: string, timeoutSeconds: number): Promise<void> {
    const { vm, context } = command;
    context.onProgress("ending the script");
    const end = new ManagedCommand(context, vm, `${command.name}-end`);
    try {
      await command.remove({ wait: true });
      const limit = AbortSignal.timeout(context.waits.cleanUp * 1000);
      await end.send(endingScript(command.name), context.waits.cleanUp, location, limit);
      await end.started(limit);
      const { exitCode } = await end.finished(limit);
      if (exitCode !== 0) throw new Error("the script is still running");
    } catch (error) {
      const failure = azureErrorFrom(error, vm, RUN);
      if (failure instanceof AzureError && NOTHING_RUNS.has(failure.reason)) return;
      throw leftRunning(command, timeoutSeconds);
    } finally {
      if (end.mayExist) await removeFinished(end);
    }
  }
}

const NEVER = new AbortController().signal;

/** Reasons that mean that no script can be running on the VM. */
const NOTHING_RUNS = new Set<ReasonName>(["VM missing", "VM off"]);

const OFF = new Set<PowerState>(["stopping", "stopped", "deallocating", "deallocated"]);

async function vmState(vm: Vm, { client }: CommandContext, abortSignal: AbortSignal): Promise<VirtualMachine> {
  return client.virtualMachines.get(vm.resourceGroup, vm.name, { expand: "instanceView", abortSignal });
}

function powerStateOf(instanceView: VirtualMachineInstanceView | undefined): PowerState {
  const code = instanceView?.statuses?.find((status) => status.code?.startsWith("PowerState/"))?.code;
  return (code?.replace("PowerState/", "") ?? "unknown") as PowerState;
}

/** Whether a VM was created, changed or started so shortly ago, or at a time that is not known, that its agent needs more time. */
function hasJustStarted(instanceView: VirtualMachineInstanceView | undefined, { agent }: Waits): boolean {
  const provisioned = instanceView?.statuses?.find(({ code }) => code?.startsWith("ProvisioningState/"));
  const time = provisioned?.time;
  return time === undefined || Date.now() - time.getTime() < agent * 1000;
}

function agentOf(instanceView: VirtualMachineInstanceView | undefined): string {
  return instanceView?.vmAgent?.statuses?.[0]?.displayStatus ?? "Not Ready";
}

/** Removes a command whose outcome is known. A failure to remove it is reported, but does not change the outcome. */
async function removeFinished(command: ManagedCommand): Promise<void> {
  await command.remove({ wait: false }).catch(() => {
    command.context.onProgress(`could not remove the command ${command.name} from the VM`);
  });
}

function resultOf(state: ScriptState, vm: Vm, timeoutSeconds: number): ScriptResult {
  const { executionState, executionMessage, exitCode = 0, output = "", error = "", startTime, endTime } = state;
  // Azure returns times in whole seconds.
  const took = startTime && endTime ? (endTime.getTime() - startTime.getTime()) / 1000 + 1 : 0;
  const endedByTimeout = TIMEOUT_EXIT_CODES.includes(exitCode) && took >= timeoutSeconds;
  if (executionState === "TimedOut" || endedByTimeout) throw timeoutError(vm, timeoutSeconds, state);
  if (executionState === "Canceled") throw new AzureError("script ended", vmFacts(vm));
  // A script's exit code is never negative. These come from Azure's extension (its internal/constants/exitcodes.go).
  if (exitCode < 0) {
    const detail = executionMessage ?? `its code is ${exitCode}`;
    throw new AzureError("Run Command failed", { ...vmFacts(vm), detail });
  }
  return { stdout: output, stderr: error, exitCode };
}

/** Whether the VM has reported anything about the script. */
function hasReported(state: ScriptState | undefined): boolean {
  return state?.executionState === "Running" || Boolean(state?.output) || Boolean(state?.error);
}

function timeoutError(vm: Vm, timeoutSeconds: number, state: ScriptState | undefined): AzureError {
  const last = `${state?.output ?? ""}\n${state?.error ?? ""}`.trimEnd().split("\n").at(-1)!.slice(0, 200);
  const detail = last ? `Its last line was: ${last}` : "It had no output";
  return new AzureError("time limit", { ...vmFacts(vm), seconds: timeoutSeconds, detail });
}

function leftRunning({ name: command, vm }: ManagedCommand, seconds: number): AzureError {
  return new AzureError("left running", { ...vmFacts(vm), seconds, command });
}
