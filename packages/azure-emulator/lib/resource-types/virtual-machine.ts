import { randomUUID } from "node:crypto";
import { conflict } from "../arm-error";
import { groupOf } from "../arm-id";
import { isJson } from "../../../common/util/json";
import { computePolling } from "../polling";
import { resourceType } from "../resource-type";
import { REFERENCE } from "../shape";
import { IDENTITY } from "../sign-in";
import type { Resource } from "../store";

/** Properties of a virtual machine, as far as the emulator uses them. */
export interface VirtualMachineProperties {
  hardwareProfile?: { vmSize?: string };
  networkProfile?: { networkInterfaces: { id: string }[] };
  storageProfile?: { osDisk?: OsDisk; dataDisks?: unknown[] };
  osProfile?: { adminPassword?: string; customData?: string; allowExtensionOperations?: boolean };
  additionalCapabilities?: Record<string, unknown>;
  /** What the instance view shows of it. */
  state?: VirtualMachineState;
}

/** State of a virtual machine that Azure reports. */
export interface VirtualMachineState {
  readonly power: "running" | "starting" | "stopping" | "stopped" | "deallocating" | "deallocated";
  /** Whether the agent on the machine is ready to run scripts. */
  readonly agentReady: boolean;
  /** When the last operation on the machine ended. @default - not reported */
  readonly provisioned?: string;
}

type Power = VirtualMachineState["power"];
type Machine = Pick<Resource<VirtualMachineProperties>, "properties">;

interface OsDisk {
  name?: string;
  osType?: string;
  diskSizeGB?: number;
  managedDisk?: { id?: string; storageAccountType?: string };
}

export const VIRTUAL_MACHINE = "Microsoft.Compute/virtualMachines";
const DISK = "Microsoft.Compute/disks";

export const virtualMachine = resourceType<VirtualMachineProperties>({
  type: VIRTUAL_MACHINE,
  names: { form: /^[a-z0-9]([\w.-]{0,62}[\w-])?$/i, allowed: "1 to 64 letters, digits, underscores, dots and hyphens" },
  asynchronous: true,
  polling: computePolling(),
  creatingState: "Creating",
  linkedActions: {
    "Microsoft.Network/networkInterfaces/join/action": "properties.networkProfile.networkInterfaces.id",
    // Azure creates the disk with the rights of the client.
    [`${DISK}/write`]: (id, { properties }) => (isJson(properties) && properties.storageProfile ? [id] : []),
  },
  actions: {
    "GET instanceView": instanceViewOf,
    // The sizes to which a running machine can be resized: only its own, so that it has to be deallocated first.
    "GET vmSizes": ({ properties }) => ({ value: [{ name: properties.hardwareProfile?.vmSize }] }),
    "POST start": (vm) => changePower(vm, "starting", "running"),
    "POST deallocate": (vm) => changePower(vm, "deallocating", "deallocated"),
    "POST powerOff": (vm) => changePower(vm, "stopping", "stopped"),
  },
  references: { "Microsoft.Network/networkInterfaces": "properties.networkProfile.networkInterfaces.id" },
  missingReference: "NotFound",
  shape: {
    networkProfile: { networkInterfaces: [REFERENCE] },
    storageProfile: {
      osDisk: { name: "string", managedDisk: { storageAccountType: "string" } },
      dataDisks: ["object"],
    },
    osProfile: "object",
    additionalCapabilities: "object",
  },
  uuids: ["vmId"],
  beforeWrite(resource, _, old) {
    const { id, name, properties } = resource;
    identify(resource, old);
    properties.osProfile ??= {};
    properties.osProfile.allowExtensionOperations ??= true;
    // Azure accepts these and never returns them.
    delete properties.osProfile.adminPassword;
    delete properties.osProfile.customData;
    const on = Object.values(properties.additionalCapabilities ?? {}).some(Boolean);
    if (!on) delete properties.additionalCapabilities;
    properties.storageProfile = { dataDisks: [], ...properties.storageProfile };
    properties.storageProfile.osDisk = withDefaults(properties.storageProfile.osDisk ?? {}, id, name);
    properties.state = old?.properties.state ?? { power: "running", agentReady: true };
  },
  afterWrite(vm, store) {
    const disk = vm.properties.storageProfile?.osDisk;
    if (disk?.managedDisk?.id !== undefined) store.set(diskOf(vm, disk, disk.managedDisk.id));
  },
  onRead(vm, _, expand) {
    return { state: undefined, instanceView: expand === "instanceView" ? instanceViewOf(vm) : undefined };
  },
});

/** The disk of a machine. It is created with the machine, and stays when the machine is deleted. */
export const disk = resourceType({
  type: DISK,
  polling: computePolling("DiskOperations"),
  names: { form: /^[\w.-]{1,80}$/, allowed: "1 to 80 letters, digits, underscores, dots and hyphens" },
  asynchronous: true,
  createdStatus: 202,
  updatedStatus: 202,
  beforeDelete({ id, name }, store) {
    const [vm] = ["osDisk", "dataDisks"].flatMap((of) =>
      store.referring(VIRTUAL_MACHINE, `storageProfile.${of}.managedDisk.id`, id),
    );
    if (vm) throw conflict("OperationNotAllowed", `Disk ${name} is attached to VM ${vm.id}.`);
  },
});

export const shutdownSchedule = resourceType({
  type: "Microsoft.DevTestLab/schedules",
  names: { form: /^[\w-]{1,100}$/, allowed: "1 to 100 letters, digits, underscores and hyphens" },
  updatedStatus: 201,
  uuids: ["uniqueIdentifier"],
  beforeWrite(schedule) {
    // In its answers Azure spells the type in lower case.
    Object.assign(schedule, { type: schedule.type.toLowerCase() });
  },
});

/** Sets the state that Azure reports of a virtual machine; what is left out stays. */
export function setState({ properties }: Machine, state: Partial<VirtualMachineState>): void {
  properties.state = { ...properties.state!, ...state };
}

function instanceViewOf({ properties }: Machine): object {
  const { power, agentReady, provisioned: time } = properties.state!;
  // As Azure reports an agent from which nothing has come: WALinuxAgent's issue 652.
  const agent = agentReady
    ? { code: "ProvisioningState/succeeded", displayStatus: "Ready" }
    : { code: "ProvisioningState/Unavailable", level: "Warning", displayStatus: "Not Ready" };
  return {
    vmAgent: { statuses: [agent] },
    statuses: [
      { code: "ProvisioningState/succeeded", ...(time !== undefined && { time }) },
      { code: `PowerState/${power}` },
    ],
  };
}

function changePower(vm: Machine, during: Power, after: Power): () => void {
  setState(vm, { power: during });
  return () => {
    setState(vm, { power: after });
  };
}

/** Gives a resource's own identity what Microsoft Entra ID knows of it, once. */
export function identify(resource: Resource<unknown>, old: Resource<unknown> | undefined): void {
  const identity = resource.identity as { type?: string } | undefined;
  if (/systemassigned/i.test(identity?.type ?? ""))
    resource.identity = {
      ...identity,
      ...(old?.identity ?? { principalId: randomUUID(), tenantId: IDENTITY.tenantId }),
    };
}

function withDefaults(disk: OsDisk, vmId: string, vmName: string): OsDisk {
  const name = disk.name ?? `${vmName}_OsDisk`;
  const group = groupOf(vmId);
  return {
    osType: "Linux",
    diskSizeGB: 30,
    ...disk,
    name,
    managedDisk: { ...disk.managedDisk, id: `${group}/providers/${DISK}/${name}` },
  };
}

function diskOf(vm: Resource<VirtualMachineProperties>, disk: OsDisk, id: string): Resource {
  return {
    id,
    name: disk.name!,
    type: DISK,
    ...(vm.location !== undefined && { location: vm.location }),
    sku: { name: disk.managedDisk?.storageAccountType ?? "Standard_LRS" },
    properties: {
      provisioningState: "Succeeded",
      diskSizeGB: disk.diskSizeGB,
      diskState: "Attached",
      creationData: { createOption: "FromImage" },
    },
  };
}
