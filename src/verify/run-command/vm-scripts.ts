import {
  ComputeManagementClient,
  type ComputeManagementClientOptionalParams,
  type VirtualMachineInstanceView,
  type VirtualMachineRunCommandInstanceView,
} from "@azure/arm-compute";
import type { TokenCredential } from "@azure/identity";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { RESOURCE_MANAGERS, type ResourceManager } from "./sign-in";
import { type CommandContext, ManagedCommand, type Waits, patiently } from "./managed-run-command";
import { AzureError, type AzureFault, type Vm, agentError, explained, label, offError, vmOf } from "./errors";
import { ending, limited } from "./limited-script";

/** A script, and the VM to run it on. */
export interface RunScriptProps {
  /** Azure id of the VM. */
  readonly vmId: string;
  /** Shell script, with or without its `#!` line. Runs as root. */
  readonly script: string;
  /**
   * Positional parameters of the script, of any characters but NUL.
   *
   * @default - none
   */
  readonly args?: readonly string[];
  /** Seconds that the script may take. */
  readonly timeoutSeconds: number;
  /**
   * Ends the script.
   *
   * @default - it can't be ended from here
   */
  readonly signal?: AbortSignal;
  /**
   * Told what is going on, whenever that changes.
   *
   * @default - nobody is told
   */
  readonly onProgress?: (state: string) => void;
}

/** What came of a script. Of each stream Azure keeps the last 4,096 bytes; the cut may go through a character. */
export interface ScriptResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Not 0 if the script says so: that is no error here. */
  readonly exitCode: number;
}

/** What Azure says of a VM's power. */
export type PowerState = "running" | "starting" | "stopping" | "stopped" | "deallocating" | "deallocated" | "unknown";

/** Where and how to reach the VMs. */
export interface VmScriptsOptions {
  /** @default - that of the public cloud */
  readonly resourceManager?: ResourceManager;
  /**
   * Certificates to trust, as PEM, instead of those that Node.js trusts.
   *
   * @default - those that Node.js trusts
   */
  readonly ca?: string;
  /** @default - waits that suit Azure */
  readonly waits?: Partial<Waits>;
}

const WAITS: Waits = { poll: 3, busyPoll: 10, busy: 300, agent: 180, answer: 180, cleanUp: 120, retry: 1 };

/** Azure's time limit comes after the script's own, which also ends what the script started. */
const AZURES_EXTRA_SECONDS = 60;

/** Exit codes of `timeout` for a script that it ended: one that heeded the first signal, and one that did not. */
const TIMEOUT_EXIT_CODES = [124, 137];

const READ = "Microsoft.Compute/virtualMachines/read";
const START = "Microsoft.Compute/virtualMachines/start/action";
const RUN = "Microsoft.Compute/virtualMachines/runCommands/write";

/**
 * Runs shell scripts on Azure's Linux VMs, by managed Run Commands. VMs don't wait for each other.
 *
 * Managed, not action Run Commands (`az vm run-command create`, not `invoke`), because one that runs can be ended: "If
 * the script execution is still in progress, execution will be terminated" when the command is deleted, while of an
 * action command "you can't cancel a running script". Also several run side by side, and each tells its exit code.
 * Sources: "Run scripts in your Linux VM by using managed Run Commands", "… by using action Run Commands", and "Compare
 * feature support" in "Run scripts in your VM by using Run Command", all Microsoft's documentation of virtual machines.
 *
 * The published agent extension (Azure/run-command-handler-linux, `internal/pid/pid.go`) ends the process group that
 * has its own process id, but its start script (`misc/run-command-shim`) leaves it in another group; so what may be
 * left after a deletion is ended by a second, short command.
 */
export class VmScripts {
  readonly #clients = new Map<string, ComputeManagementClient>();
  readonly #waits: Waits;

  /** @param credential - asked for a token when one is needed, see `signIn` */
  constructor(
    private readonly credential: TokenCredential,
    private readonly options: VmScriptsOptions = {},
  ) {
    this.#waits = { ...WAITS, ...options.waits };
  }

  /**
   * Runs a script, and waits for its end.
   *
   * @throws AzureError if there is no result: each `fault` has a message of its own
   * @throws the signal's reason, once nothing of the script is left on the VM
   */
  async run(props: RunScriptProps): Promise<ScriptResult> {
    const { vmId, script: text, args = [], timeoutSeconds, signal = NEVER } = props;
    const { vm, context } = this.#on(vmId, props.onProgress);
    const command = new ManagedCommand(context, vm, `private-registry-${randomBytes(8).toString("hex")}`);
    const script = limited({ name: command.name, text, args, timeoutSeconds });
    let location = "";
    try {
      location = await this.#ready(vm, context, signal);
      context.onProgress("sending the script");
      await command.send(script, timeoutSeconds + AZURES_EXTRA_SECONDS, location, signal);
      const view = await this.#end(command, vm, context, timeoutSeconds, signal);
      return resultOf(view, vm, timeoutSeconds);
    } catch (error) {
      if (!signal.aborted) throw explained(error, vm, RUN);
      if (command.mayExist) await this.#cancel(command, vm, context, location, timeoutSeconds);
      throw signal.reason;
    } finally {
      if (command.mayExist && !signal.aborted) await discard(command, context);
    }
  }

  /**
   * What Azure says of the VM's power.
   *
   * @throws AzureError if it can't be told
   */
  async powerState(vmId: string, signal: AbortSignal = NEVER): Promise<PowerState> {
    const { vm, context } = this.#on(vmId);
    return this.#asking(vm, READ, signal, async () => powerOf((await look(vm, context, signal)).instanceView));
  }

  /**
   * Starts a VM, and waits until it runs. A VM that runs already stays as it is.
   *
   * @throws AzureError if Azure can't start it
   * @throws the signal's reason; the VM still starts if Azure was asked to
   */
  async start(vmId: string, signal: AbortSignal = NEVER, onProgress?: (state: string) => void): Promise<void> {
    const { vm, context } = this.#on(vmId, onProgress);
    const options = { abortSignal: signal, updateIntervalInMs: this.#waits.poll * 1000 };
    context.onProgress("starting the VM");
    await this.#asking(vm, START, signal, () =>
      patiently(vm, context, signal, async () => {
        const operation = context.client.virtualMachines.start(vm.resourceGroup, vm.name, options);
        await operation.submitted();
        await operation.pollUntilDone({ abortSignal: signal });
      }),
    );
  }

  #on(vmId: string, onProgress: (state: string) => void = () => undefined): { vm: Vm; context: CommandContext } {
    const vm = vmOf(vmId);
    let last = "";
    const tell = (state: string) => {
      if (state !== last) onProgress(state);
      last = state;
    };
    return { vm, context: { client: this.#client(vm), waits: this.#waits, onProgress: tell } };
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
      throw signal.aborted ? signal.reason : explained(error, vm, action);
    }
  }

  /** Waits until the VM can take a script, and returns its region. */
  async #ready(vm: Vm, context: CommandContext, signal: AbortSignal): Promise<string> {
    const end = Date.now() + context.waits.agent * 1000;
    for (;;) {
      const { location, instanceView } = await this.#asking(vm, READ, signal, () => look(vm, context, signal));
      const power = powerOf(instanceView);
      if (OFF.has(power)) throw offError(vm, power);
      if (power === "running" && agentOf(instanceView) === "Ready") return location;
      if (Date.now() >= end) {
        throw agentError(vm, `Azure says that it is ${agentOf(instanceView)}, for ${context.waits.agent} s`);
      }
      context.onProgress("waiting for the VM's agent");
      await sleep(context.waits.poll * 1000, undefined, { signal });
    }
  }

  /** Waits until a script that was sent has ended. */
  async #end(
    command: ManagedCommand,
    vm: Vm,
    context: CommandContext,
    timeoutSeconds: number,
    signal: AbortSignal,
  ): Promise<VirtualMachineRunCommandInstanceView> {
    const waited = timeoutSeconds + context.waits.answer;
    const limit = AbortSignal.timeout(waited * 1000);
    const either = AbortSignal.any([signal, limit]);
    let begun = false;
    try {
      await command.begun(either);
      begun = true;
      context.onProgress("the script runs");
      return await command.ended(either);
    } catch (error) {
      if (!limit.aborted || signal.aborted) throw error;
      const power = powerOf((await look(vm, context, signal)).instanceView);
      if (OFF.has(power)) throw offError(vm, power);
      if (!begun) throw agentError(vm, `it was given a script, and has not begun it in ${waited} s`);
      throw heardOf(command.view) ? timeoutError(vm, timeoutSeconds, command.view) : silentError(vm, waited);
    }
  }

  /** Ends a script that may be running, and leaves nothing of it. */
  async #cancel(
    command: ManagedCommand,
    vm: Vm,
    context: CommandContext,
    location: string,
    timeoutSeconds: number,
  ): Promise<void> {
    context.onProgress("ending the script");
    const end = new ManagedCommand(context, vm, `${command.name}-end`);
    try {
      await command.remove({ wait: true });
      const limit = AbortSignal.timeout(context.waits.cleanUp * 1000);
      await end.send(ending(command.name), context.waits.cleanUp, location, limit);
      await end.begun(limit);
      const { exitCode } = await end.ended(limit);
      if (exitCode !== 0) throw new Error("it runs on");
    } catch (error) {
      const reason = explained(error, vm, RUN);
      if (reason instanceof AzureError && NOTHING_RUNS.has(reason.fault)) return;
      throw new AzureError(
        "left-running",
        `The script on ${label(vm)} could not be ended, and may run for up to ${timeoutSeconds} s. To remove it: az vm run-command delete --yes --run-command-name ${command.name} --vm-name ${vm.name} --resource-group ${vm.resourceGroup}`,
      );
    } finally {
      if (end.mayExist) await discard(end, context);
    }
  }
}

const NEVER = new AbortController().signal;

/** Faults of a VM on which no script can be running. */
const NOTHING_RUNS = new Set<AzureFault>(["gone", "off"]);

const OFF = new Set<PowerState>(["stopping", "stopped", "deallocating", "deallocated"]);

async function look(
  vm: Vm,
  { client }: CommandContext,
  abortSignal: AbortSignal,
): Promise<{ location: string; instanceView?: VirtualMachineInstanceView }> {
  return client.virtualMachines.get(vm.resourceGroup, vm.name, { expand: "instanceView", abortSignal });
}

function powerOf(view: VirtualMachineInstanceView | undefined): PowerState {
  const code = view?.statuses?.find((status) => status.code?.startsWith("PowerState/"))?.code;
  return (code?.replace("PowerState/", "") ?? "unknown") as PowerState;
}

function agentOf(view: VirtualMachineInstanceView | undefined): string {
  return view?.vmAgent?.statuses?.[0]?.displayStatus ?? "Not Ready";
}

/** The result is known, or the failure is: what is left of the command does not change that. */
async function discard(command: ManagedCommand, { onProgress }: CommandContext): Promise<void> {
  await command.remove({ wait: false }).catch(() => {
    onProgress(`could not remove the command ${command.name} from the VM`);
  });
}

function resultOf(view: VirtualMachineRunCommandInstanceView, vm: Vm, timeoutSeconds: number): ScriptResult {
  const { executionState, executionMessage, exitCode = 0, output = "", error = "", startTime, endTime } = view;
  // Azure tells times in whole seconds.
  const took = startTime && endTime ? (endTime.getTime() - startTime.getTime()) / 1000 + 1 : 0;
  const endedByTimeout = TIMEOUT_EXIT_CODES.includes(exitCode) && took >= timeoutSeconds;
  if (executionState === "TimedOut" || endedByTimeout) throw timeoutError(vm, timeoutSeconds, view);
  if (executionState === "Canceled") {
    throw new AzureError("refused", `Someone else ended the script on ${label(vm)}. Run it again.`);
  }
  // A script's exit code is never negative: these are of Azure's extension (its internal/constants/exitcodes.go).
  if (exitCode < 0) {
    throw new AzureError("refused", `${label(vm)} could not run the script: ${executionMessage ?? String(exitCode)}`);
  }
  return { stdout: output, stderr: error, exitCode };
}

/** Whether anything at all came back from the VM. */
function heardOf(view: VirtualMachineRunCommandInstanceView | undefined): boolean {
  return view?.executionState === "Running" || Boolean(view?.output) || Boolean(view?.error);
}

function timeoutError(
  vm: Vm,
  timeoutSeconds: number,
  view: VirtualMachineRunCommandInstanceView | undefined,
): AzureError {
  const last = `${view?.output ?? ""}\n${view?.error ?? ""}`.trimEnd().split("\n").at(-1)!.slice(0, 200);
  return new AzureError(
    "timeout",
    `The script on ${label(vm)} was not done after ${timeoutSeconds} s, and was ended. ${last ? `Its last line was: ${last}` : "It had written nothing."} Try again; if that does not help, run it by hand over the bastion to see where it waits.`,
  );
}

function silentError(vm: Vm, seconds: number): AzureError {
  return new AzureError(
    "silent",
    `${label(vm)} began the script, and then nothing came back for ${seconds} s: no state, no output. It needs a way out to Azure: allow TCP 443 to the service tag AzureCloud in its subnet's network security group, firewall and routes.`,
  );
}
