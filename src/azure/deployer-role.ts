/** What a deployment does with one type of Terraform resource, in the terms of Azure RBAC. */
export interface Permissions {
  /** The type in Azure, to be read, written and deleted; absent if the resource is part of another. */
  readonly type?: string;
  /** Further actions, on this type or on others that it takes hold of. */
  readonly also?: readonly string[];
}

const readWriteDelete = (type: string) => ["read", "write", "delete"].map((operation) => `${type}/${operation}`);

/**
 * What plan, deploy, destroy, push-hello and verify need for each type of resource that the stack may hold.
 *
 * Sources: "Azure permissions", Microsoft's role-based access control documentation, for the names; the azurerm
 * provider, for the calls that it makes.
 */
export const PERMISSIONS: Readonly<Record<string, Permissions>> = {
  azurerm_bastion_host: {
    type: "Microsoft.Network/bastionHosts",
    also: ["Microsoft.Network/publicIPAddresses/join/action"],
  },
  azurerm_container_registry: {
    type: "Microsoft.ContainerRegistry/registries",
    also: [
      "Microsoft.ContainerRegistry/checkNameAvailability/read",
      "Microsoft.ContainerRegistry/locations/operationResults/read",
      "Microsoft.ContainerRegistry/registries/operationStatuses/read",
      ...readWriteDelete("Microsoft.ContainerRegistry/registries/replications"),
      "Microsoft.ContainerRegistry/registries/replications/operationStatuses/read",
    ],
  },
  azurerm_dev_test_global_vm_shutdown_schedule: { type: "Microsoft.DevTestLab/schedules" },
  azurerm_linux_virtual_machine: {
    type: "Microsoft.Compute/virtualMachines",
    also: [
      "Microsoft.Compute/virtualMachines/instanceView/read",
      // A change of size or of encryption stops the machine, and starts it again.
      "Microsoft.Compute/virtualMachines/vmSizes/read",
      "Microsoft.Compute/virtualMachines/powerOff/action",
      "Microsoft.Compute/virtualMachines/deallocate/action",
      "Microsoft.Compute/virtualMachines/start/action",
      ...readWriteDelete("Microsoft.Compute/virtualMachines/runCommands"),
      ...readWriteDelete("Microsoft.Compute/disks"),
      "Microsoft.Compute/locations/operations/read",
      "Microsoft.Compute/locations/diskOperations/read",
      "Microsoft.Network/networkInterfaces/join/action",
    ],
  },
  azurerm_log_analytics_workspace: {
    type: "Microsoft.OperationalInsights/workspaces",
    also: [
      "Microsoft.OperationalInsights/deletedWorkspaces/read",
      "Microsoft.OperationalInsights/locations/operationStatuses/read",
    ],
  },
  azurerm_management_lock: { type: "Microsoft.Authorization/locks" },
  azurerm_monitor_diagnostic_setting: {
    type: "Microsoft.Insights/diagnosticSettings",
    // Azure asks for it on the workspace that a setting sends to.
    also: ["Microsoft.OperationalInsights/workspaces/sharedKeys/action"],
  },
  azurerm_network_interface: { type: "Microsoft.Network/networkInterfaces" },
  azurerm_network_security_group: { type: "Microsoft.Network/networkSecurityGroups" },
  azurerm_private_dns_a_record: { type: "Microsoft.Network/privateDnsZones/A" },
  azurerm_private_dns_zone: {
    type: "Microsoft.Network/privateDnsZones",
    also: [
      "Microsoft.Network/privateDnsZones/SOA/read",
      "Microsoft.Network/privateDnsOperationResults/read",
      "Microsoft.Network/privateDnsOperationStatuses/read",
    ],
  },
  azurerm_private_dns_zone_virtual_network_link: {
    type: "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
    also: ["Microsoft.Network/virtualNetworks/join/action"],
  },
  azurerm_private_endpoint: {
    type: "Microsoft.Network/privateEndpoints",
    also: [
      "Microsoft.Network/privateEndpoints/privateDnsZoneGroups/read",
      "Microsoft.ContainerRegistry/registries/privateEndpointConnectionsApproval/action",
    ],
  },
  azurerm_public_ip: { type: "Microsoft.Network/publicIPAddresses" },
  azurerm_resource_group: {
    type: "Microsoft.Resources/subscriptions/resourceGroups",
    also: [
      // azurerm deletes no group that still holds something.
      "Microsoft.Resources/subscriptions/resourceGroups/resources/read",
      "Microsoft.Resources/subscriptions/operationResults/read",
    ],
  },
  azurerm_role_assignment: {
    type: "Microsoft.Authorization/roleAssignments",
    also: ["Microsoft.Authorization/roleDefinitions/read"],
  },
  azurerm_subnet: {
    type: "Microsoft.Network/virtualNetworks/subnets",
    also: ["Microsoft.Network/virtualNetworks/subnets/join/action"],
  },
  azurerm_subnet_network_security_group_association: {
    also: ["Microsoft.Network/networkSecurityGroups/join/action"],
  },
  azurerm_virtual_network: {
    type: "Microsoft.Network/virtualNetworks",
    also: ["Microsoft.Network/locations/operations/read", "Microsoft.Network/locations/operationResults/read"],
  },
  azurerm_virtual_network_peering: {
    type: "Microsoft.Network/virtualNetworks/virtualNetworkPeerings",
    also: ["Microsoft.Network/virtualNetworks/peer/action"],
  },
  "data.azapi_resource": { also: ["Microsoft.Network/networkInterfaces/read"] },
};

/** Resource providers that every subscription has registered. */
const ALWAYS_REGISTERED = ["Microsoft.Authorization", "Microsoft.Resources"];

/** The custom role of the identity that deploys, as `az role definition create` takes it. */
export function deployerRole(): object {
  const actions = Object.values(PERMISSIONS).flatMap(({ type, also = [] }) => [
    ...(type === undefined ? [] : readWriteDelete(type)),
    ...also,
  ]);
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
