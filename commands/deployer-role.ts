/** Actions of Azure RBAC that a type of Terraform resource needs, each with the call of a client or the rule of Azure that needs it. */
export type Permissions = Readonly<Record<string, string>>;

/** Reading, writing and deleting a type, for one reason. */
const all = (type: string, why: string): Permissions =>
  Object.fromEntries(["read", "write", "delete"].map((operation) => [`${type}/${operation}`, why]));

/** Why a resource needs the actions on its own type. */
export const ITSELF = "The resource itself.";

/** What a resource needs that is a type of its own in Azure. */
const managed = (type: string) => all(type, ITSELF);

const RESIZE = "azurerm stops a machine before it changes its size or its encryption, and starts it again.";
const OPERATION = "The address at which Azure reports how the operation of a write goes.";
const DELETION = "The address at which Azure reports how a deletion goes.";

/**
 * What plan, deploy, destroy, push-hello and verify need for each type of resource that the stack may hold.
 *
 * Sources: "Azure permissions", Microsoft's role-based access control documentation, for the names; the azurerm
 * provider, for the calls that it makes.
 */
export const PERMISSIONS: Readonly<Record<string, Permissions>> = {
  // Both are about properties of the registry.
  azapi_resource_action: managed("Microsoft.ContainerRegistry/registries"),
  azapi_update_resource: managed("Microsoft.ContainerRegistry/registries"),
  azurerm_bastion_host: {
    ...managed("Microsoft.Network/bastionHosts"),
    "Microsoft.Network/publicIPAddresses/join/action": "Azure asks for it on the address that a bastion takes.",
  },
  azurerm_container_registry: {
    ...managed("Microsoft.ContainerRegistry/registries"),
    "Microsoft.ContainerRegistry/locations/operationResults/read": DELETION,
    "Microsoft.ContainerRegistry/registries/operationStatuses/read": OPERATION,
    ...all(
      "Microsoft.ContainerRegistry/registries/replications",
      "azurerm creates the replicas of a registry as resources of their own.",
    ),
    "Microsoft.ContainerRegistry/registries/replications/operationStatuses/read": OPERATION,
    "Microsoft.Network/privateEndpoints/privateLinkServiceProxies/write":
      "A new replica takes an address at each private endpoint of the registry, and so do regional endpoints. Without this action a replica stays in provisioning.",
  },
  azurerm_container_registry_agent_pool: {
    ...managed("Microsoft.ContainerRegistry/registries/agentpools"),
    "Microsoft.ContainerRegistry/registries/agentpools/operationResults/status/read": DELETION,
    "Microsoft.ContainerRegistry/registries/agentpools/operationStatuses/read": OPERATION,
    "Microsoft.Network/virtualNetworks/subnets/join/action": "Azure asks for it on the subnet of an agent pool.",
  },
  azurerm_container_registry_cache_rule: {
    ...managed("Microsoft.ContainerRegistry/registries/cacheRules"),
    "Microsoft.ContainerRegistry/registries/cacheRules/operationStatuses/read": OPERATION,
  },
  azurerm_container_registry_credential_set: {
    ...managed("Microsoft.ContainerRegistry/registries/credentialSets"),
    "Microsoft.ContainerRegistry/registries/credentialSets/operationStatuses/read": OPERATION,
  },
  azurerm_dev_test_global_vm_shutdown_schedule: managed("Microsoft.DevTestLab/schedules"),
  azurerm_linux_virtual_machine: {
    ...managed("Microsoft.Compute/virtualMachines"),
    "Microsoft.Compute/virtualMachines/instanceView/read": RESIZE,
    "Microsoft.Compute/virtualMachines/vmSizes/read": RESIZE,
    "Microsoft.Compute/virtualMachines/powerOff/action": RESIZE,
    "Microsoft.Compute/virtualMachines/deallocate/action": RESIZE,
    "Microsoft.Compute/virtualMachines/start/action": RESIZE,
    ...all("Microsoft.Compute/virtualMachines/runCommands", "push-hello and verify run their scripts by them."),
    ...all("Microsoft.Compute/disks", "The disk is created with its machine; azurerm deletes it after the machine."),
    "Microsoft.Compute/locations/operations/read": OPERATION,
    "Microsoft.Compute/locations/diskOperations/read": DELETION,
    "Microsoft.Network/networkInterfaces/join/action": "Azure asks for it on the network interface of a machine.",
  },
  azurerm_log_analytics_workspace: {
    ...managed("Microsoft.OperationalInsights/workspaces"),
    "Microsoft.OperationalInsights/deletedWorkspaces/read":
      "azurerm looks for a deleted workspace of the name before it creates one.",
    "Microsoft.OperationalInsights/locations/operationStatuses/read": DELETION,
  },
  azurerm_management_lock: managed("Microsoft.Authorization/locks"),
  azurerm_monitor_diagnostic_setting: {
    ...managed("Microsoft.Insights/diagnosticSettings"),
    "Microsoft.OperationalInsights/workspaces/sharedKeys/action":
      "Azure asks for it on the workspace that a setting sends to.",
  },
  azurerm_network_interface: managed("Microsoft.Network/networkInterfaces"),
  azurerm_network_security_group: managed("Microsoft.Network/networkSecurityGroups"),
  azurerm_private_dns_a_record: managed("Microsoft.Network/privateDnsZones/A"),
  azurerm_private_dns_resolver: {
    ...managed("Microsoft.Network/dnsResolvers"),
    "Microsoft.Network/locations/dnsResolverOperationStatuses/read": OPERATION,
    "Microsoft.Network/locations/dnsResolverOperationResults/read": DELETION,
    "Microsoft.Network/virtualNetworks/join/action": "Azure asks for it on the network of a resolver.",
  },
  azurerm_private_dns_resolver_inbound_endpoint: {
    ...managed("Microsoft.Network/dnsResolvers/inboundEndpoints"),
    "Microsoft.Network/virtualNetworks/subnets/join/action":
      "Azure asks for it on the subnet of a resolver's endpoint.",
  },
  azurerm_private_dns_zone: {
    ...managed("Microsoft.Network/privateDnsZones"),
    "Microsoft.Network/privateDnsZones/SOA/read": "azurerm reads the SOA record together with its zone.",
    "Microsoft.Network/privateDnsZones/SOA/write":
      "azurerm writes the SOA record again whenever it updates its zone, such as for another tag.",
    "Microsoft.Network/privateDnsOperationResults/read": DELETION,
    "Microsoft.Network/privateDnsOperationStatuses/read": OPERATION,
  },
  azurerm_private_dns_zone_virtual_network_link: {
    ...managed("Microsoft.Network/privateDnsZones/virtualNetworkLinks"),
    "Microsoft.Network/virtualNetworks/join/action": "Azure asks for it on the network that is linked.",
  },
  azurerm_private_endpoint: {
    ...managed("Microsoft.Network/privateEndpoints"),
    "Microsoft.Network/privateEndpoints/privateDnsZoneGroups/read":
      "azurerm reads the zone groups of an endpoint, which a policy may have attached.",
    "Microsoft.Network/privateEndpoints/privateDnsZoneGroups/delete":
      "azurerm deletes the zone groups of an endpoint, which a policy may have attached, before the endpoint.",
    "Microsoft.ContainerRegistry/registries/privateEndpointConnectionsApproval/action":
      "Azure asks for it on the registry to which an endpoint connects without approval by hand.",
  },
  azurerm_public_ip: managed("Microsoft.Network/publicIPAddresses"),
  azurerm_resource_group: {
    ...managed("Microsoft.Resources/subscriptions/resourceGroups"),
    "Microsoft.Resources/subscriptions/resourceGroups/resources/read":
      "azurerm deletes no group that still has resources.",
    "Microsoft.Resources/subscriptions/operationResults/read": DELETION,
  },
  azurerm_role_assignment: {
    ...managed("Microsoft.Authorization/roleAssignments"),
    "Microsoft.Authorization/roleDefinitions/read": "azurerm looks up the roles by their names.",
  },
  azurerm_route_table: managed("Microsoft.Network/routeTables"),
  azurerm_subnet: {
    ...managed("Microsoft.Network/virtualNetworks/subnets"),
    "Microsoft.Network/virtualNetworks/subnets/join/action":
      "Azure asks for it on the subnet of an endpoint, a network interface or a bastion.",
  },
  azurerm_subnet_network_security_group_association: {
    "Microsoft.Network/networkSecurityGroups/join/action": "Azure asks for it on the group of a subnet.",
  },
  azurerm_subnet_route_table_association: {
    "Microsoft.Network/routeTables/join/action": "Azure asks for it on the route table of a subnet.",
  },
  azurerm_virtual_network: {
    ...managed("Microsoft.Network/virtualNetworks"),
    "Microsoft.Network/locations/operations/read": OPERATION,
    "Microsoft.Network/locations/operationResults/read": DELETION,
  },
  azurerm_virtual_network_peering: {
    ...managed("Microsoft.Network/virtualNetworks/virtualNetworkPeerings"),
    "Microsoft.Network/virtualNetworks/peer/action": "Azure asks for it on the network on the other side.",
  },
  azurerm_virtual_hub_connection: {
    ...managed("Microsoft.Network/virtualHubs/hubVirtualNetworkConnections"),
    "Microsoft.Network/virtualHubs/hubRouteTables/read": "Azure asks for it on the hub's default route table.",
    "Microsoft.Network/virtualNetworks/peer/action": "Azure asks for it on the network that is connected.",
  },
  "data.azapi_resource": {
    "Microsoft.Network/networkInterfaces/read": "The addresses of an endpoint are read from its network interface.",
  },
  "data.azapi_resource_action": {
    "Microsoft.Network/virtualNetworks/usages/read":
      "How many addresses an existing subnet has left is read from its network.",
  },
  "data.azapi_resource_list": {
    "Microsoft.ContainerRegistry/registries/replications/read": "The replicas of a registry that exists are listed.",
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks/read": "The links of a zone that exists are listed.",
  },
};

const WAITS_ITSELF = "azurerm asks for what it has deleted, until that is gone; other clients ask at this address.";
const REGISTERED = "In the emulated Azure all resource providers are registered.";
const LOCKED =
  "Only a rehearsal with registry.deletionProtection uses it, which takes minutes: azurerm waits until a lock is in effect.";
const PROVES = "push-hello and verify use it, whose tests run under this role.";

/** Actions of the role that a rehearsal of all that the stack may deploy does not use, each with the reason. */
export const UNUSED_IN_REHEARSALS: Permissions = {
  "Microsoft.Compute/register/action": REGISTERED,
  "Microsoft.ContainerRegistry/register/action": REGISTERED,
  "Microsoft.DevTestLab/register/action": REGISTERED,
  "Microsoft.Insights/register/action": REGISTERED,
  "Microsoft.Network/register/action": REGISTERED,
  "Microsoft.OperationalInsights/register/action": REGISTERED,
  ...all("Microsoft.Authorization/locks", LOCKED),
  "Microsoft.Compute/locations/diskOperations/read": WAITS_ITSELF,
  ...all("Microsoft.Compute/virtualMachines/runCommands", PROVES),
  "Microsoft.ContainerRegistry/locations/operationResults/read": WAITS_ITSELF,
  "Microsoft.ContainerRegistry/registries/agentpools/operationResults/status/read":
    "The emulated Azure reports all deletions of a registry and its parts at one address.",
  "Microsoft.Network/locations/dnsResolverOperationResults/read": WAITS_ITSELF,
  "Microsoft.Network/locations/operationResults/read": WAITS_ITSELF,
  "Microsoft.Network/privateDnsOperationResults/read": WAITS_ITSELF,
  "Microsoft.Network/virtualHubs/hubRouteTables/read": "The emulated Azure does not ask for it.",
  "Microsoft.OperationalInsights/locations/operationStatuses/read": WAITS_ITSELF,
  "Microsoft.Resources/subscriptions/operationResults/read": WAITS_ITSELF,
};

/** Resource providers that every subscription has registered. */
const ALWAYS_REGISTERED = ["Microsoft.Authorization", "Microsoft.Resources"];

/** The custom role of the identity that deploys, as `az role definition create` takes it. */
export function deployerRole(): { readonly Actions: string[] } & Record<string, unknown> {
  const actions = Object.values(PERMISSIONS).flatMap(Object.keys);
  const providers = actions.map((action) => action.split("/")[0]!).filter((name) => !ALWAYS_REGISTERED.includes(name));
  return {
    Name: "Private Registry Deployer",
    Description: "Plans, deploys, proves and destroys a private container registry in a hub-and-spoke network.",
    IsCustom: true,
    Actions: [
      ...new Set([
        ...actions,
        ...providers.map((name) => `${name}/register/action`),
        "Microsoft.Resources/subscriptions/providers/read",
      ]),
    ].sort(),
    NotActions: [],
    DataActions: [],
    NotDataActions: [],
    AssignableScopes: ["/subscriptions/00000000-0000-0000-0000-000000000000"],
  };
}
