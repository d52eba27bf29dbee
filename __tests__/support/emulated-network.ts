import { type AzureEmulator, groupOf } from "../../packages/azure-emulator";
import { CLOUDS, registryHosts } from "../../packages/common/azure";

const GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg";
const id = (path: string) => `${GROUP}/providers/Microsoft.${path}`;

const REGISTRY = id("ContainerRegistry/registries/hello");
export const REGIONS = ["swedencentral", "switzerlandnorth"] as const;
export const endpointOf = (spoke: string) => id(`Network/privateEndpoints/pep-${spoke}`);
export const vmOf = (spoke: string) => id(`Compute/virtualMachines/vm-${spoke}`);
/** The zone of a spoke, which has a group of its own. */
const zoneOf = (spoke: string) =>
  `${GROUP}-${spoke}/providers/Microsoft.Network/privateDnsZones/privatelink.azurecr.io`;

/** The host names of the registry. */
export const hostsOf = (regional: boolean) => registryHosts("hello", REGIONS, CLOUDS.public, regional);

/** A spoke: its region, and the addresses of its private endpoint by host name. */
interface Spoke {
  readonly region: string;
  readonly addresses: Readonly<Record<string, string>>;
}

/** Puts a registry with a replica into an emulated Azure, and spokes, each with an endpoint, a zone and a machine. */
export function putNetwork(azure: AzureEmulator, spokes: Readonly<Record<string, Spoke>>, regional = false): void {
  const [home, replica] = REGIONS;
  azure.put(GROUP, { location: home });
  putRegistry(azure, { regionalEndpoints: regional ? "Enabled" : "Disabled" });
  azure.put(`${REGISTRY}/replications/${replica}`, { location: replica });
  for (const [name, spoke] of Object.entries(spokes)) putSpoke(azure, name, spoke, regional);
}

export function putRegistry(azure: AzureEmulator, more: object = {}): void {
  const properties = { publicNetworkAccess: "Disabled", dataEndpointEnabled: true, adminUserEnabled: true, ...more };
  azure.put(REGISTRY, { location: REGIONS[0], sku: { name: "Premium" }, properties });
}

/** Writes the record of a spoke for a host name. */
export function lead(azure: AzureEmulator, spoke: string, record: string, address: string): void {
  azure.put(`${zoneOf(spoke)}/A/${record}`, { properties: { ttl: 10, aRecords: [{ ipv4Address: address }] } });
}

const ROLES = { pull: "7f951dda-4ed3-4680-a7ca-43fe172d538d", push: "8311e382-0749-4cb8-b61a-304f252e45ec" };

/** Lets an identity pull or push, and returns the id of the role assignment. */
export function allow(azure: AzureEmulator, to: keyof typeof ROLES, principalId: string): string {
  const name = principalId.replace(/^.{8}/, ROLES[to].slice(0, 8));
  const assignment = `${REGISTRY}/providers/Microsoft.Authorization/roleAssignments/${name}`;
  const roleDefinitionId = `/providers/Microsoft.Authorization/roleDefinitions/${ROLES[to]}`;
  azure.put(assignment, { properties: { principalId, roleDefinitionId } });
  return assignment;
}

function putSpoke(
  azure: AzureEmulator,
  spoke: string,
  { region: location, addresses }: Spoke,
  regional: boolean,
): void {
  const hosts = hostsOf(regional);
  const range = Object.values(addresses)[0]!.replace(/\d+$/, "0/24");
  const network = id(`Network/virtualNetworks/${spoke}`);
  const subnet = { id: `${network}/subnets/all` };
  azure.put(network, { location, properties: { addressSpace: { addressPrefixes: [range] } } });
  azure.put(subnet.id, { properties: { addressPrefix: range } });
  azure.put(endpointOf(spoke), {
    location,
    properties: {
      subnet,
      privateLinkServiceConnections: [
        { name: "registry", properties: { privateLinkServiceId: REGISTRY, groupIds: ["registry"] } },
      ],
      ipConfigurations: hosts.map(({ kind, region = "", fqdn }) => {
        const memberName = { global: "registry", data: `registry_data_${region}`, regional: `registry_${region}` }[
          kind
        ];
        const properties = { groupId: "registry", memberName, privateIPAddress: addresses[fqdn] };
        return { name: memberName, properties };
      }),
    },
  });
  const nic = id(`Network/networkInterfaces/nic-${spoke}`);
  azure.put(nic, { location, properties: { ipConfigurations: [{ name: "ip", properties: { subnet } }] } });
  const networkProfile = { networkInterfaces: [{ id: nic }] };
  azure.put(vmOf(spoke), { location, identity: { type: "SystemAssigned" }, properties: { networkProfile } });
  const vm = azure.resources.find((one) => one.id === vmOf(spoke))!;
  const { principalId } = vm.identity as { principalId: string };
  for (const to of ["pull", "push"] as const) allow(azure, to, principalId);
  azure.put(groupOf(zoneOf(spoke)), { location });
  azure.put(zoneOf(spoke), { location: "global" });
  const link = { virtualNetwork: { id: network } };
  azure.put(`${zoneOf(spoke)}/virtualNetworkLinks/${spoke}`, { location: "global", properties: link });
  for (const { fqdn, record } of hosts) lead(azure, spoke, record, addresses[fqdn]!);
}
