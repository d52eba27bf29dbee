/** An emulated Azure Resource Manager for tests and rehearsals. */
export { groupOf } from "./lib/arm-id";
export { AzureEmulator, type EmulatorOptions, type RequestRecord } from "./lib/emulator";
export type { Faults } from "./lib/faults";
export { attachZoneGroups } from "./lib/policies";
export type { Policy } from "./lib/resource-manager";
