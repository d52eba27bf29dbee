import {
  IP_CONFIGURATION_JOINS,
  IP_CONFIGURATIONS_SHAPE,
  NETWORK_INTERFACE,
  SUBNET,
  type WithIpConfigurations,
  freeAddresses,
  refuseAddress,
  refuseUnfinished,
} from "../addresses";
import { badRequest } from "../arm-error";
import { networkType } from "../resource-type";
import { REFERENCE } from "../shape";
import type { Store } from "../store";
import { VIRTUAL_MACHINE } from "./virtual-machine";

interface NetworkInterfaceProperties extends WithIpConfigurations {
  dnsSettings?: { dnsServers?: string[]; appliedDnsServers?: string[]; internalDomainNameSuffix?: string };
  /** Set on the interface of a private endpoint, which is created and deleted with the endpoint. */
  privateEndpoint?: { id: string };
}

export const networkInterface = networkType<NetworkInterfaceProperties>({
  type: NETWORK_INTERFACE,
  // Source: recordings of Kubernetes' cloud provider.
  asynchronous: ({ action, apiVersion }) => action === "delete" || apiVersion < "2025",
  linkedActions: {
    ...IP_CONFIGURATION_JOINS,
    "Microsoft.Network/networkSecurityGroups/join/action": "properties.networkSecurityGroup.id",
  },
  references: {
    [SUBNET]: "properties.ipConfigurations.properties.subnet.id",
    "Microsoft.Network/networkSecurityGroups": "properties.networkSecurityGroup.id",
    "Microsoft.Network/publicIPAddresses": "properties.ipConfigurations.properties.publicIPAddress.id",
  },
  regional: [SUBNET, "Microsoft.Network/networkSecurityGroups", "Microsoft.Network/publicIPAddresses"],
  shape: {
    ...IP_CONFIGURATIONS_SHAPE,
    dnsSettings: { dnsServers: ["string"] },
    networkSecurityGroup: REFERENCE,
  },
  uuids: ["resourceGuid"],
  defaults: {
    enableIPForwarding: false,
    vnetEncryptionSupported: false,
    disableTcpStateTracking: false,
    hostedWorkloads: [],
    tapConfigurations: [],
    nicType: "Standard",
  },
  beforeWrite({ id, properties }, store, old) {
    if (old?.properties.privateEndpoint)
      throw badRequest(
        "CannotModifyNicAttachedToPrivateEndpoint",
        `Network interface ${id} is attached to private endpoint ${old.properties.privateEndpoint.id} and cannot be modified.`,
      );
    properties.dnsSettings = {
      dnsServers: [],
      appliedDnsServers: [],
      internalDomainNameSuffix: "emulated.internal.cloudapp.net",
      ...properties.dnsSettings,
    };
    refuseUnfinished(id, properties, store);
    for (const [i, ip] of (properties.ipConfigurations ?? []).entries()) {
      ip.id = `${id}/ipConfigurations/${ip.name}`;
      const subnetId = ip.properties.subnet?.id ?? "";
      ip.properties.provisioningState = "Succeeded";
      if (ip.properties.privateIPAllocationMethod === "Static" && ip.properties.privateIPAddress !== undefined)
        refuseAddress(ip.properties.privateIPAddress, subnetId, id, store);
      const before = old?.properties.ipConfigurations?.find(({ name }) => name === ip.name);
      ip.properties.privateIPAddress ??= before?.properties.privateIPAddress ?? freeAddresses(subnetId, 1, store)[0]!;
      ip.properties.privateIPAddressVersion ??= "IPv4";
      ip.properties.primary ??= i === 0;
    }
  },
  beforeDelete({ id, properties }, store) {
    const user = machineOf(id, store)?.id ?? properties.privateEndpoint?.id;
    if (user !== undefined)
      throw badRequest("NicInUse", `Network interface ${id} is used by ${user} and cannot be deleted.`);
  },
  // A machine gives its interface a hardware address.
  onRead({ id }, store) {
    const machine = machineOf(id, store);
    return machine ? { virtualMachine: { id: machine.id }, macAddress: "00-0D-3A-00-00-01" } : {};
  },
});

function machineOf(nicId: string, store: Store) {
  return store.referring(VIRTUAL_MACHINE, "networkProfile.networkInterfaces.id", nicId)[0];
}
