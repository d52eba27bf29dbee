import type { Resource } from "../read/module";
import type { Machine } from "./network-model";
import type { Networks } from "./networks";
import { type Resources, optional, texts } from "./resources";

/** Where a network interface has its subnet's id. */
export const SUBNET = ["ip_configuration", "subnet_id"];
/** Its type in Terraform. */
export const INTERFACE = "azurerm_network_interface";

const SCALE_SETS = ["linux", "windows", "orchestrated"].map((kind) => `azurerm_${kind}_virtual_machine_scale_set`);

/** Network interfaces, and resources that have some inside. */
export const INTERFACES: readonly (readonly [type: string, ...inside: string[]])[] = [
  [INTERFACE],
  ...SCALE_SETS.map((type) => [type, "network_interface"] as const),
];

/** The resources of such a type that are machines' own: Azure makes the network interface of a private endpoint. */
export function interfacesOf(resources: Resources, type: string): Resource[] {
  return resources
    .ofType(type)
    .filter((one) => one.azureType === "" || (one.managed && one.known("private_endpoint_id").length === 0));
}

/** The private addresses of all network interfaces, also of those that Azure makes for private endpoints. */
export function addressesOfInterfaces(resources: Resources): string[] {
  return texts(resources.ofType(INTERFACE).flatMap((one) => one.known("ip_configuration", "private_ip_address")));
}

/** Resources in a virtual network that a picture of it shows, what each is called, and where they have their subnet's id. */
const TYPES: readonly (readonly [type: string, label: string, ...subnet: string[]])[] = [
  ["azurerm_bastion_host", "Bastion", ...SUBNET],
  ["azurerm_firewall", "Firewall", ...SUBNET],
  ["azurerm_virtual_network_gateway", "Gateway", ...SUBNET],
  ["azurerm_private_dns_resolver_inbound_endpoint", "DNS resolver inbound endpoint", "ip_configurations", "subnet_id"],
  ["azurerm_private_dns_resolver_outbound_endpoint", "DNS resolver outbound endpoint", "subnet_id"],
  ["azurerm_linux_virtual_machine", "Virtual machine"],
  ["azurerm_windows_virtual_machine", "Virtual machine"],
  ["azurerm_virtual_machine", "Virtual machine"],
  ...SCALE_SETS.map((type) => [type, "Scale set", "network_interface", ...SUBNET] as const),
  ["azurerm_kubernetes_cluster", "Kubernetes cluster", "default_node_pool", "vnet_subnet_id"],
  ["azurerm_container_app_environment", "Container Apps environment", "infrastructure_subnet_id"],
  ["azurerm_container_group", "Container group", "subnet_ids"],
];

/** The bastions, virtual machines and the like of a file, each with its network as far as that is known. */
export function findMachines(resources: Resources, networks: Networks): Machine[] {
  return TYPES.flatMap(([type, label, ...path]) =>
    resources.ofType(type).flatMap((resource) => {
      if (!resource.managed) return [];
      // A virtual machine names its network interfaces, and each of these its subnet.
      const nic = path.length === 0 ? resources.at(resource, INTERFACE, "network_interface_ids") : undefined;
      // A Bastion Developer is in a network, and in none of its subnets.
      const whole = networks.at(resource, "virtual_network_id");
      const { network = whole } =
        path.length > 0 ? networks.ofSubnetAt(resource, ...path) : nic ? networks.ofSubnetAt(nic, ...SUBNET) : {};
      const name = resource.text("name") ?? resource.address;
      return [{ address: resource.address, name, label, ...optional("network", network) }];
    }),
  );
}
