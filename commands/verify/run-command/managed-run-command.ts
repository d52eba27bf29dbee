import type { ComputeManagementClient, VirtualMachineRunCommandInstanceView } from "@azure/arm-compute";
import { setTimeout as sleep } from "node:timers/promises";
import { AzureError, type Vm, isBusy, isRefusal, vmFacts } from "./errors";

/** Waiting times and intervals, in seconds. */
export interface Waits {
  /** Between two requests for the state of a script or an operation. */
  readonly poll: number;
  /** Between two attempts on a busy VM. */
  readonly busyPoll: number;
  /** How long to wait for a busy VM. */
  readonly busy: number;
  /** How long to wait for the agent of a running VM. */
  readonly agent: number;
  /** How long the agent of a VM that has run for a while may not be ready. */
  readonly silent: number;
  /** Between two requests for the state of the agent while a script runs. */
  readonly agentPoll: number;
  /** How long to wait for a script to start and for its result, in addition to the script's own time limit. */
  readonly answer: number;
  /** How long to wait until a script is ended and removed. */
  readonly cleanUp: number;
  /** Before the first retry of a failed request. Azure's Retry-After header takes precedence. */
  readonly retry: number;
  /** Between two reports of progress while nothing changes. */
  readonly still: number;
}

/** What every command on a VM needs. */
export interface CommandContext {
  readonly client: ComputeManagementClient;
  readonly waits: Waits;
  readonly onProgress: (state: string) => void;
}

const FINAL_STATES = new Set<string | undefined>(["Succeeded", "Failed", "TimedOut", "Canceled"]);

/** A managed Run Command: a child resource of the VM, which exists until the result of the script is known. */
export class ManagedCommand {
  /** Whether the command may exist on the VM. It does not if Azure refused to create it. */
  mayExist = false;
  /** The last known state of the script. */
  lastState: VirtualMachineRunCommandInstanceView | undefined;
  #operation: { pollUntilDone(options: { abortSignal: AbortSignal }): Promise<unknown> } | undefined;

  /** @param name - must be new on this VM, because a Linux VM runs only one command of each name */
  constructor(
    readonly context: CommandContext,
    readonly vm: Vm,
    readonly name: string,
  ) {}

  /** Sends the script to Azure. Waits while the VM is busy. */
  async send(script: string, timeoutSeconds: number, location: string, abortSignal: AbortSignal): Promise<void> {
    await retryWhileBusy(this.vm, this.context, abortSignal, async () => {
      this.mayExist = true;
      try {
        const operation = this.context.client.virtualMachineRunCommands.createOrUpdate(
          ...this.#path,
          { location, source: { script }, timeoutInSeconds: Math.ceil(timeoutSeconds), asyncExecution: true },
          this.#options(abortSignal),
        );
        await operation.submitted();
        this.#operation = operation;
      } catch (error) {
        if (isRefusal(error)) this.mayExist = false;
        throw error;
      }
    });
  }

  /** Resolves when the VM's agent has started the script. */
  async started(abortSignal: AbortSignal): Promise<void> {
    await this.#operation?.pollUntilDone({ abortSignal });
  }

  /**
   * Resolves with the final state of the script. Reports the last line that the script prints as `progress: …` and, as long
   * as there is no other, now and then for how long.
   */
  async finished(abortSignal: AbortSignal): Promise<VirtualMachineRunCommandInstanceView> {
    const { waits, onProgress } = this.context;
    let shown = "running the script";
    let since = Date.now();
    let reported = since;
    for (;;) {
      const { instanceView } = await this.context.client.virtualMachineRunCommands.getByVirtualMachine(...this.#path, {
        expand: "instanceView",
        abortSignal,
      });
      this.lastState = instanceView;
      const [, progress] = [...(instanceView?.output ?? "").matchAll(/^progress: ([ -~]+)$/gm)].at(-1) ?? [];
      if (progress !== undefined && progress !== shown) {
        onProgress(progress);
        shown = progress;
        since = reported = Date.now();
      }
      if (instanceView && FINAL_STATES.has(instanceView.executionState)) return instanceView;
      if (Date.now() - reported >= waits.still * 1000) {
        reported = Date.now();
        onProgress(`still ${shown} (${Math.round((reported - since) / 1000)} s)`);
      }
      await sleep(waits.poll * 1000, undefined, { signal: abortSignal });
    }
  }

  /**
   * Removes the command from the VM.
   *
   * @param options.wait - whether to wait until the command is deleted, not only until Azure has accepted the request
   */
  async remove({ wait }: { wait: boolean }): Promise<void> {
    const abortSignal = AbortSignal.timeout(this.context.waits.cleanUp * 1000);
    await retryWhileBusy(this.vm, this.context, abortSignal, async () => {
      const operation = this.context.client.virtualMachineRunCommands.delete(...this.#path, this.#options(abortSignal));
      await operation.submitted();
      if (wait) await operation.pollUntilDone({ abortSignal });
    });
  }

  get #path(): [resourceGroup: string, vm: string, command: string] {
    return [this.vm.resourceGroup, this.vm.name, this.name];
  }

  #options(abortSignal: AbortSignal): { abortSignal: AbortSignal; updateIntervalInMs: number } {
    return { abortSignal, updateIntervalInMs: this.context.waits.poll * 1000 };
  }
}

/** Repeats an action on a VM until the VM is not busy with another operation. */
export async function retryWhileBusy(
  vm: Vm,
  { waits, onProgress }: CommandContext,
  signal: AbortSignal,
  action: () => Promise<void>,
): Promise<void> {
  const end = Date.now() + waits.busy * 1000;
  for (;;) {
    try {
      await action();
      return;
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (Date.now() >= end) {
        const detail = (error as Error).message.replace(/\.$/, "");
        throw new AzureError("VM busy", { ...vmFacts(vm), seconds: waits.busy, detail });
      }
      onProgress("waiting for the VM, which is busy");
      await sleep(waits.busyPoll * 1000, undefined, { signal });
    }
  }
}
