import { randomUUID } from "node:crypto";
import { ArmError } from "../arm-error";
import { groupOf } from "../arm-id";
import { resourceType } from "../resource-type";
import type { Resource } from "../store";

/** What a virtual machine is made of, as far as its neighbours need it. */
export interface VirtualMachineProperties {
  vmId?: string;
  hardwareProfile?: { vmSize?: string };
  networkProfile?: { networkInterfaces: { id: string }[] };
  storageProfile?: { osDisk?: OsDisk; dataDisks?: unknown[] };
  osProfile?: { adminPassword?: string; customData?: string; allowExtensionOperations?: boolean };
  additionalCapabilities?: Record<string, unknown>;
  instanceView?: { statuses: { code: string }[] };
}

interface OsDisk {
  name?: string;
  osType?: string;
  diskSizeGB?: number;
  managedDisk?: { id?: string; storageAccountType?: string };
}

const DISK = "Microsoft.Compute/disks";

export const virtualMachine = resourceType<VirtualMachineProperties>({
  type: "Microsoft.Compute/virtualMachines",
  names: { form: /^[a-z0-9]([\w.-]{0,62}[\w-])?$/i, allowed: "1 to 64 letters, digits, underscores, dots and hyphens" },
  location: "region",
  byOperation: true,
  actions: {
    "GET instanceView": ({ properties }) => properties.instanceView,
    // Whether another size is at hand where the machine runs: no, so it has to be stopped for that.
    "GET vmSizes": ({ properties }) => ({ value: [{ name: properties.hardwareProfile?.vmSize }] }),
    "POST start": (vm) => power(vm, "running"),
    "POST deallocate": (vm) => power(vm, "deallocated"),
    "POST powerOff": (vm) => power(vm, "stopped"),
  },
  prepare(resource, store, old) {
    const { id, name, properties, identity } = resource;
    for (const nic of properties.networkProfile?.networkInterfaces ?? [])
      if (!store.has(nic.id)) throw new ArmError(400, "InvalidResourceReference", `There is no ${nic.id}.`);
    properties.vmId = old?.properties.vmId ?? randomUUID();
    if (isSystemAssigned(identity)) resource.identity = { ...identity, ...(old?.identity ?? newIdentity()) };
    properties.osProfile ??= {};
    properties.osProfile.allowExtensionOperations ??= true;
    // Azure takes them and never shows them again.
    delete properties.osProfile.adminPassword;
    delete properties.osProfile.customData;
    const on = Object.values(properties.additionalCapabilities ?? {}).some(Boolean);
    if (!on) delete properties.additionalCapabilities;
    properties.storageProfile = { dataDisks: [], ...properties.storageProfile };
    properties.storageProfile.osDisk = completed(properties.storageProfile.osDisk ?? {}, id, name);
    properties.instanceView = { statuses: [{ code: "PowerState/running" }, { code: "ProvisioningState/succeeded" }] };
  },
  arrived(vm, store) {
    const disk = vm.properties.storageProfile?.osDisk;
    if (disk?.managedDisk?.id !== undefined) store.set(diskOf(vm, disk, disk.managedDisk.id));
  },
});

/** A disk that came with a machine and stays when that goes. */
export const disk = resourceType({
  type: DISK,
  names: { form: /^[\w.-]{1,80}$/, allowed: "1 to 80 letters, digits, underscores, dots and hyphens" },
  location: "region",
  byOperation: true,
});

export const shutdownSchedule = resourceType({
  type: "Microsoft.DevTestLab/schedules",
  names: { form: /^[\w-]{1,100}$/, allowed: "1 to 100 letters, digits, underscores and hyphens" },
  location: "region",
});

function power({ properties }: Resource<VirtualMachineProperties>, state: string): object {
  properties.instanceView = { statuses: [{ code: `PowerState/${state}` }, { code: "ProvisioningState/succeeded" }] };
  return {};
}

function isSystemAssigned(identity: unknown): identity is { type: string } {
  return /systemassigned/i.test((identity as { type?: string } | undefined)?.type ?? "");
}

function newIdentity(): object {
  return { principalId: randomUUID(), tenantId: "00000000-0000-0000-0000-0000000000aa" };
}

function completed(disk: OsDisk, vmId: string, vmName: string): OsDisk {
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
