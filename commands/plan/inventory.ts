import { count, groupBy } from "../../packages/common/util";

/** What a type of resource is called: one of it, and several. What matters most comes first. */
const NOUNS: Readonly<Record<string, readonly [string, string]>> = {
  azurerm_container_registry: ["registry", "registries"],
  azurerm_container_registry_agent_pool: ["agent pool", "agent pools"],
  azurerm_container_registry_cache_rule: ["cache rule", "cache rules"],
  azurerm_container_registry_credential_set: ["credential set", "credential sets"],
  azapi_update_resource: ["property of a resource", "properties of resources"],
  azurerm_virtual_network: ["virtual network", "virtual networks"],
  azurerm_subnet: ["subnet", "subnets"],
  azurerm_private_endpoint: ["private endpoint", "private endpoints"],
  azurerm_private_dns_zone: ["DNS zone", "DNS zones"],
  azurerm_private_dns_a_record: ["record set", "record sets"],
  azurerm_private_dns_zone_virtual_network_link: ["zone link", "zone links"],
  azurerm_virtual_network_peering: ["peering", "peerings"],
  azurerm_linux_virtual_machine: ["VM", "VMs"],
  azurerm_bastion_host: ["bastion", "bastions"],
  azurerm_private_dns_resolver: ["DNS resolver", "DNS resolvers"],
  azurerm_private_dns_resolver_inbound_endpoint: ["inbound endpoint", "inbound endpoints"],
  azurerm_network_interface: ["network interface", "network interfaces"],
  azurerm_public_ip: ["public address", "public addresses"],
  azurerm_network_security_group: ["security group", "security groups"],
  azurerm_subnet_network_security_group_association: ["security group association", "security group associations"],
  azurerm_route_table: ["route table", "route tables"],
  azurerm_subnet_route_table_association: ["route table association", "route table associations"],
  azurerm_role_assignment: ["role assignment", "role assignments"],
  azurerm_management_lock: ["lock", "locks"],
  azurerm_log_analytics_workspace: ["workspace", "workspaces"],
  azurerm_monitor_diagnostic_setting: ["diagnostic setting", "diagnostic settings"],
  azurerm_dev_test_global_vm_shutdown_schedule: ["shutdown schedule", "shutdown schedules"],
  tls_private_key: ["SSH key", "SSH keys"],
  azurerm_resource_group: ["resource group", "resource groups"],
};

const ORDER = Object.keys(NOUNS);

/** What one resource of a type is called: the type itself where this project has no word for it. */
export function noun(type: string): string {
  return NOUNS[type]?.[0] ?? type;
}

/** Resources by type: "2 subnets, 1 private endpoint". */
export function inventory(resources: readonly { readonly type: string }[]): string {
  const place = (type: string) => (type in NOUNS ? ORDER.indexOf(type) : ORDER.length);
  return [...groupBy(resources, ({ type }) => type)]
    .sort(([a], [b]) => place(a) - place(b))
    .map(([type, { length }]) => {
      const [one, several] = NOUNS[type] ?? [type, type];
      return `${length} ${length === 1 ? one : several}`;
    })
    .join(", ");
}

/** "12 resources (2 subnets, …)"; of one type only what they are. */
export function counted(resources: readonly { readonly type: string }[]): string {
  const all = inventory(resources);
  return all.includes(",") ? `${count(resources.length, "resource")} (${all})` : all;
}
