import { type WithIpConfigurations, freeAddresses, retryableError } from "../addresses";
import { ArmError } from "../arm-error";
import { equalIgnoringCase } from "../arm-id";
import { networkPolling } from "../polling";
import { resourceType, networkName } from "../resource-type";
import type { VirtualMachineProperties } from "./virtual-machine";

interface NetworkInterfaceProperties extends WithIpConfigurations {
  macAddress?: string;
  dnsSettings?: { dnsServers: string[]; appliedDnsServers: string[] };
  /** Set on the interface of a private endpoint, which is created and deleted with the endpoint. */
  privateEndpoint?: { id: string };
}

export const networkInterface = resourceType<NetworkInterfaceProperties>({
  type: "Microsoft.Network/networkInterfaces",
  names: networkName(80),
  location: "region",
  asynchronous: true,
  polling: networkPolling,
  beforeWrite({ id, properties }, store, old) {
    properties.dnsSettings ??= { dnsServers: [], appliedDnsServers: [] };
    properties.macAddress = old?.properties.macAddress ?? "00-0D-3A-00-00-01";
    for (const [i, ip] of (properties.ipConfigurations ?? []).entries()) {
      ip.id = `${id}/ipConfigurations/${ip.name}`;
      const subnetId = ip.properties.subnet?.id ?? "";
      const error = retryableError(subnetId, id, store);
      if (error) throw error;
      const before = old?.properties.ipConfigurations?.find(({ name }) => name === ip.name);
      ip.properties.privateIPAddress ??= before?.properties.privateIPAddress ?? freeAddresses(subnetId, 1, store)[0]!;
      ip.properties.privateIPAddressVersion ??= "IPv4";
      ip.properties.primary ??= i === 0;
    }
  },
  beforeDelete({ id, properties }, store) {
    const vm = store
      .ofType<VirtualMachineProperties>("Microsoft.Compute/virtualMachines")
      .find((vm) => vm.properties.networkProfile?.networkInterfaces.some((nic) => equalIgnoringCase(nic.id, id)));
    const user = vm?.id ?? properties.privateEndpoint?.id;
    if (user !== undefined)
      throw new ArmError(400, "NicInUse", `Network interface ${id} is used by ${user} and cannot be deleted.`);
  },
});
