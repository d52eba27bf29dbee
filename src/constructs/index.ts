/** The parts of the network, each a construct or what adds constructs to a stack. They know nothing of the settings. */
export { addDns } from "./dns/dns";
export { Naming, registryName } from "./naming";
export { Hub } from "./network/hub";
export type { Network } from "./network/network";
export { peerAll, peeredHub, type SpokeHub } from "./network/peering";
export { Resolver } from "./network/resolver";
export { Spoke } from "./network/spoke";
export { VirtualWanHub } from "./network/virtual-wan-hub";
export { addOutputs } from "./outputs";
export { RegistryEndpoint } from "./registry/endpoint";
export { attachedTo, lock, LogsAndRoles } from "./registry/logs-and-roles";
export { NewRegistry } from "./registry/new-registry";
export type { Registry } from "./registry/registry";
export { TasksAndCache } from "./registry/tasks-and-cache";
export { addTestVms } from "./test-vms/test-vms";
