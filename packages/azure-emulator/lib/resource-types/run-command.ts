import { badRequest, conflict } from "../arm-error";
import { parentOf } from "../arm-id";
import { computePolling } from "../polling";
import { resourceType } from "../resource-type";
import type { ScriptRun } from "../run-script";
import type { Resource } from "../store";
import { VIRTUAL_MACHINE, type VirtualMachineProperties } from "./virtual-machine";

interface RunCommandProperties {
  source?: { script?: string };
  asyncExecution?: boolean;
}

/** The scripts that have started, which are no part of what is stored. */
const runs = new WeakMap<Resource<RunCommandProperties>, ScriptRun>();

/** @see https://learn.microsoft.com/azure/virtual-machines/linux/run-command-managed */
export const runCommand = resourceType<RunCommandProperties>({
  type: `${VIRTUAL_MACHINE}/runCommands`,
  names: { form: /^[\w.-]{1,80}$/, allowed: "1 to 80 letters, digits, underscores, dots and hyphens" },
  location: "region",
  asynchronous: true,
  polling: computePolling(),
  creatingState: "Creating",
  shape: { source: { script: "string" }, asyncExecution: "boolean" },
  // "If the script execution is still in progress, execution will be terminated."
  deletionPreempts: true,
  beforeWrite({ id }, store) {
    if (store.get<VirtualMachineProperties>(parentOf(id))!.properties.state!.power !== "running")
      throw conflict("OperationNotAllowed", "Cannot modify extensions in the VM when the VM is not running.");
  },
  async work(command, store, runScript) {
    const { id, properties } = command;
    if (!runScript)
      throw badRequest("ScriptsNotRun", `This emulator runs no scripts: it was started without runScript. ${id}`);
    const run = await runScript({ id, vmId: parentOf(id), script: properties.source?.script ?? "" });
    if (store.get(id) !== command) {
      run.cancel();
      return;
    }
    runs.set(command, run);
    // Without asyncExecution the operation ends with the script, not with its start.
    if (!properties.asyncExecution) await run.ended;
  },
  afterDelete(command) {
    runs.get(command)?.cancel();
  },
  onRead(command, _, expand) {
    if (expand !== "instanceView") return {};
    return { instanceView: runs.get(command)?.instanceView ?? { executionState: "Pending" } };
  },
});
