import type { ComputeManagementClient, VirtualMachineRunCommandInstanceView } from "@azure/arm-compute";
import { setTimeout as sleep } from "node:timers/promises";
import { AzureError, type Vm, isBusy, isRefusal, label } from "./errors";

/** How long to wait for what, in seconds. */
export interface Waits {
  /** Between two looks at what goes on. */
  readonly poll: number;
  /** Between two tries of a VM that is busy. */
  readonly busyPoll: number;
  /** For a VM that is busy. */
  readonly busy: number;
  /** For the agent of a VM that runs. */
  readonly agent: number;
  /** For a script to begin and its result to come back, on top of the script's own time. */
  readonly answer: number;
  /** For a script to be ended and removed. */
  readonly cleanUp: number;
  /** Before the first retry of a request that failed; Azure's Retry-After goes before it. */
  readonly retry: number;
}

/** What commands on VMs have in common. */
export interface CommandContext {
  readonly client: ComputeManagementClient;
  readonly waits: Waits;
  readonly onProgress: (state: string) => void;
}

const FINAL_STATES = new Set<string | undefined>(["Succeeded", "Failed", "TimedOut", "Canceled"]);

/** One managed Run Command on a VM: a resource below the VM, for as long as the script is of interest. */
export class ManagedCommand {
  /** Whether the VM may have the script: not if Azure refused to take it. */
  mayExist = false;
  /** What was last heard of the script. */
  view: VirtualMachineRunCommandInstanceView | undefined;
  #operation: { pollUntilDone(options: { abortSignal: AbortSignal }): Promise<unknown> } | undefined;

  /** @param name - used by no command before: a Linux VM does not run a second one of the same name */
  constructor(
    private readonly context: CommandContext,
    private readonly vm: Vm,
    readonly name: string,
  ) {}

  /** Hands the script to Azure; waits for a VM that is busy. */
  async send(script: string, timeoutSeconds: number, location: string, abortSignal: AbortSignal): Promise<void> {
    await patiently(this.vm, this.context, abortSignal, async () => {
      this.mayExist = true;
      try {
        const operation = this.context.client.virtualMachineRunCommands.createOrUpdate(
          this.vm.resourceGroup,
          this.vm.name,
          this.name,
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

  /** Resolves once the VM's agent has begun the script. */
  async begun(abortSignal: AbortSignal): Promise<void> {
    await this.#operation?.pollUntilDone({ abortSignal });
  }

  /** Resolves with how the script ended. */
  async ended(abortSignal: AbortSignal): Promise<VirtualMachineRunCommandInstanceView> {
    for (;;) {
      const { instanceView } = await this.context.client.virtualMachineRunCommands.getByVirtualMachine(
        this.vm.resourceGroup,
        this.vm.name,
        this.name,
        { expand: "instanceView", abortSignal },
      );
      this.view = instanceView;
      if (instanceView && FINAL_STATES.has(instanceView.executionState)) return instanceView;
      await sleep(this.context.waits.poll * 1000, undefined, { signal: abortSignal });
    }
  }

  /**
   * Removes the command from the VM.
   *
   * @param options.wait - until it is gone, not only until Azure has agreed
   */
  async remove({ wait }: { wait: boolean }): Promise<void> {
    const abortSignal = AbortSignal.timeout(this.context.waits.cleanUp * 1000);
    await patiently(this.vm, this.context, abortSignal, async () => {
      const operation = this.context.client.virtualMachineRunCommands.delete(
        this.vm.resourceGroup,
        this.vm.name,
        this.name,
        this.#options(abortSignal),
      );
      await operation.submitted();
      if (wait) await operation.pollUntilDone({ abortSignal });
    });
  }

  #options(abortSignal: AbortSignal): { abortSignal: AbortSignal; updateIntervalInMs: number } {
    return { abortSignal, updateIntervalInMs: this.context.waits.poll * 1000 };
  }
}

/** Does something with a VM, again and again while the VM is busy with something else. */
export async function patiently(
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
        throw new AzureError(
          "busy",
          `${label(vm)} is busy with something else, and still was after ${waits.busy} s (${(error as Error).message}). Try again later; what runs on it: az vm run-command list --vm-name ${vm.name} --resource-group ${vm.resourceGroup}`,
        );
      }
      onProgress("waiting for the VM, which is busy");
      await sleep(waits.busyPoll * 1000, undefined, { signal });
    }
  }
}
