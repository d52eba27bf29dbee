/**
 * Logical ids: how they are made of construct ids, and how they are taken apart again.
 *
 * A logical id is the path of construct ids below the stack, joined by underscores: `spoke1_vm_nic`. No construct id has
 * an underscore, so no two paths have the same logical id. The first construct id is the part (the hub, the registry or
 * a spoke) and the rest is the role that the resource has in it.
 */

/** Construct ids by which a plan recognizes what a construct has made. All others are known to their construct only. */
export const ID = {
  /** The one resource that a construct is about: it has the construct's logical id. */
  main: "main",
  hub: "hub",
  registry: "registry",
  /** The property of the registry that gives each region a login server of its own. */
  regionalEndpoints: "regional-endpoints",
  /** The property of the registry's home region that keeps the login server's name from leading there. */
  homeDrained: "home-drained",
  resourceGroup: "resource-group",
  network: "network",
  /** A private endpoint of the registry. */
  endpoint: "endpoint",
  bastion: "bastion",
  bastionAddress: "bastion-address",
  /** A DNS private resolver, which has its inbound endpoint below it. */
  resolver: "resolver",
  /** The private DNS zone of a part, with its record sets. */
  dns: "dns",
  zone: "zone",
  zoneLink: "zone-link",
  /** The connection of a spoke with a Virtual WAN hub, in place of a peering. */
  hubConnection: "hub-connection",
  vm: "vm",
  testVmKey: "TestVmKey",
} as const;

/** The subnets that a hub or a spoke has. */
export type SubnetId = "agents" | "bastion" | "endpoints" | "resolver" | "workloads";

/** Construct ids of a subnet, its security group, its route table, and the associations with them. */
export function subnetIds(id: SubnetId): {
  subnet: string;
  securityGroup: string;
  association: string;
  routeTable: string;
  routeTableAssociation: string;
} {
  return {
    subnet: `${id}-subnet`,
    securityGroup: `${id}-nsg`,
    association: `${id}-nsg-association`,
    routeTable: `${id}-route-table`,
    routeTableAssociation: `${id}-route-table-association`,
  };
}

/** Construct id of a hub, by its name in the settings. The names of spokes do not start so. */
export function hubPart(name: string): string {
  return name === ID.hub ? name : `${HUB_PREFIX}${name}`;
}

/** The name of a hub in the settings, by its part; undefined for any other part. */
export function hubName(part: string): string | undefined {
  if (part === ID.hub) return part;
  return part.startsWith(HUB_PREFIX) ? part.slice(HUB_PREFIX.length) : undefined;
}

const HUB_PREFIX = `${ID.hub}-`;
const SEPARATOR = "_";
const PEERING = "peering-to-";

/** Construct id of a network's own side of its peering with another part's network. */
export function peeringId(part: string): string {
  return PEERING + part;
}

/** The part that the peering of a role leads to; undefined for any other role. */
export function peeredPart(role: string): string | undefined {
  return role.startsWith(PEERING) ? role.slice(PEERING.length) : undefined;
}

/** The logical id of a path of construct ids. */
export function logicalId(...path: readonly string[]): string {
  return (path.at(-1) === ID.main ? path.slice(0, -1) : path).join(SEPARATOR);
}

/** Takes a logical id apart. */
export function partAndRole(id: string): { readonly part: string; readonly role: string } {
  const [part = "", ...role] = id.split(SEPARATOR);
  return { part, role: role.join(SEPARATOR) };
}

/** Whether a resource of a role is made by one of the constructs of these ids. */
export function isMadeBy(role: string, ...ids: readonly string[]): boolean {
  return ids.includes(role.split(SEPARATOR)[0]!);
}

/** Terraform address of a part's resource group. Every part has one. */
export function resourceGroupOf(part: string): string {
  return `azurerm_resource_group.${logicalId(part, ID.resourceGroup)}`;
}

/** Terraform address of the virtual network of the hub or a spoke, if it is made by this project. */
export function networkOf(part: string): string {
  return `azurerm_virtual_network.${logicalId(part, ID.network)}`;
}

/** The part whose resource group is at a Terraform address. */
export function partOfResourceGroup(address: string): string | undefined {
  const { part } = partAndRole(address.slice(address.indexOf(".") + 1));
  return address === resourceGroupOf(part) ? part : undefined;
}

/** Terraform address of the SSH key that is generated for the test VMs. */
export const TEST_VM_KEY = `tls_private_key.${ID.testVmKey}`;
