/** An emulated Azure Resource Manager for tests and rehearsals. */
export type { RoleDefinition } from "./lib/access";
export { ArmError } from "./lib/arm-error";
export { groupOf } from "./lib/arm-id";
export { type EmulatorCommandOptions, HOLD_OPTION, SLOW_OPTION, emulatorOptions, runEmulator } from "./lib/command";
export { AzureEmulator, type EmulatorOptions } from "./lib/emulator";
export type { RequestRecord } from "./lib/request-record";
export type { SavedState } from "./lib/saved-state";
export { PUBLIC_ADDRESS, type PullFrom } from "./lib/registry-access";
export type { InterceptRegistry } from "./lib/registry-data-plane/front-doors";
export type { RegistryAnswer, RegistryClient, RegistryRequest } from "./lib/registry-data-plane/registry-request";
export type { Faults } from "./lib/faults";
export { attachZoneGroups } from "./lib/policies";
export type { ArmAnswer, ArmRequest } from "./lib/arm-request";
export type { Policy } from "./lib/resources";
export type { VirtualMachineState } from "./lib/resource-types/virtual-machine";
export type { RunCommand, RunScript, ScriptRun } from "./lib/run-script";
