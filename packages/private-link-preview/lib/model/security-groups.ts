import type { Resource } from "../read/module";
import { groupBy, isJson } from "../../../common/util";
import type { Endpoint, SecuredSubnet, SecurityRule } from "./network-model";
import { INTERFACES, SUBNET, interfacesOf } from "./machines";
import type { Networks } from "./networks";
import { type Resources, TYPES, blocksOf, optional, texts } from "./resources";

/** Resources that place machines into a subnet, and where they have its id. */
const MACHINES: readonly (readonly [type: string, ...path: string[]])[] = [
  ...INTERFACES.map((path) => [...path, ...SUBNET] as const),
  ["azurerm_kubernetes_cluster", "default_node_pool", "vnet_subnet_id"],
  ["azurerm_kubernetes_cluster_node_pool", "vnet_subnet_id"],
  ["azurerm_container_app_environment", "infrastructure_subnet_id"],
  ["azurerm_container_group", "subnet_ids"],
];

/** The values of a subnet's policies with which security rules apply to its private endpoints. By default they do not. */
const POLICIES = ["Enabled", "NetworkSecurityGroupEnabled"];

/** The subnets with a network security group of which the file shows all rules. */
export function findSecuredSubnets(
  resources: Resources,
  networks: Networks,
  endpoints: readonly Endpoint[],
): SecuredSubnet[] {
  const rules = rulesByGroup(resources);
  const inSubnet = groupBy(endpoints, ({ subnet }) => subnet);
  const withMachines = subnetsWithMachines(resources, networks);
  const associated = [
    ...resources.ofType("azurerm_subnet_network_security_group_association").map((association) => ({
      subnet: resources.at(association, TYPES.subnet, "subnet_id"),
      group: resources.at(association, TYPES.securityGroup, GROUP),
    })),
    // As Azure has it, the subnet names its group.
    ...resources
      .ofType(TYPES.subnet)
      .flatMap((subnet) =>
        subnet.azureType === "" ? [] : [{ subnet, group: resources.at(subnet, TYPES.securityGroup, GROUP) }],
      ),
  ];
  const groups = new Map(associated.map(({ subnet, group }) => [subnet, group]));
  return [...groups].flatMap(([subnet, group]) => {
    const ofGroup = group && rules.get(group);
    if (!subnet || !ofGroup) return [];
    const network = networks.at(subnet, "virtual_network_name");
    const applies =
      POLICIES.includes(subnet.text("private_endpoint_network_policies") ?? "") ||
      subnet.known("private_endpoint_network_policies_enabled")[0] === true;
    return [
      {
        address: subnet.address,
        name: subnet.text("name") ?? subnet.address,
        group: group.address,
        rules: ofGroup,
        ...optional("network", network),
        endpoints: applies ? (inSubnet.get(subnet.address) ?? []) : [],
        hasMachines: withMachines.has(subnet.address),
      },
    ];
  });
}

/** Terraform addresses of the subnets with machines; undefined for those whose subnet is not known. */
export function subnetsWithMachines(resources: Resources, networks: Networks): ReadonlySet<string | undefined> {
  return new Set(
    MACHINES.flatMap(([type, ...path]) =>
      interfacesOf(resources, type).map((machine) => networks.ofSubnetAt(machine, ...path).subnet),
    ),
  );
}

const GROUP = "network_security_group_id";

/** The rules of each group by priority; none for a group that may have rules which the file does not show. */
function rulesByGroup(resources: Resources): Map<Resource, SecurityRule[]> {
  const separate = groupBy(resources.ofType("azurerm_network_security_rule"), (rule) =>
    resources.at(rule, TYPES.securityGroup, "network_security_group_name"),
  );
  // A rule of a group that is not known may allow what another rule denies.
  if (separate.has(undefined)) return new Map();
  return new Map(
    resources.ofType(TYPES.securityGroup).flatMap((group) => {
      const rules = [...blocksOf(group, "security_rule"), ...(separate.get(group) ?? [])].map(ruleOf);
      const complete = group.known("security_rule").every(isJson) && group.known("dynamic").length === 0;
      if (!complete || rules.some(({ priority }) => Number.isNaN(priority))) return [];
      return [[group, rules.sort((a, b) => a.priority - b.priority)]];
    }),
  );
}

function ruleOf(rule: Pick<Resource, "known">): SecurityRule {
  const one = (attribute: string) => texts(rule.known(attribute))[0] ?? "";
  const all = (attribute: string) => texts([...rule.known(attribute), ...rule.known(`${attribute}s`)]);
  return {
    name: one("name"),
    priority: Number(rule.known("priority")[0] ?? NaN),
    direction: one("direction"),
    access: one("access"),
    protocol: one("protocol"),
    from: all("source_address_prefix"),
    fromPorts: all("source_port_range"),
    to: all("destination_address_prefix"),
    toPorts: all("destination_port_range"),
  };
}
