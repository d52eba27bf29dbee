import type { Json } from "../../common/util/json";

/** A managed Run Command that a client has created. */
export interface RunCommand {
  /** Id of the Run Command. */
  readonly id: string;
  /** Id of the virtual machine. */
  readonly vmId: string;
  readonly script: string;
}

/** A script that has started. */
export interface ScriptRun {
  /** Instance view of the Run Command at this moment: `executionState`, `exitCode`, `output`, `error` and so on. */
  readonly instanceView: Json;
  /** Resolves when the script has ended, however it ended. */
  readonly ended: Promise<unknown>;
  /** Called when the Run Command or its virtual machine is deleted. */
  cancel(): void;
}

/**
 * Runs the scripts of managed Run Commands, which the emulator does not. The promise resolves when the virtual machine
 * has started the script; until then the write of the Run Command is in progress.
 *
 * @throws ArmError if the virtual machine can't start it
 */
export type RunScript = (command: RunCommand) => Promise<ScriptRun>;
