import type { Resource } from "../read/module";
import { groupBy, unique } from "../../../common/util";
import type { RoutingFirewall, SecurityRule, VirtualNetwork } from "./network-model";
import { INTERFACES, SUBNET, interfacesOf } from "./machines";
import type { Networks } from "./networks";
import { type Resources, blocksOf, optional, texts } from "./resources";

/** The firewalls of networks, with the network rules that the file shows of them. */
export function firewallsOf(resources: Resources, networks: Networks): RoutingFirewall[] {
  const groups = groupBy(resources.ofType("azurerm_firewall_policy_rule_collection_group"), (group) =>
    resources.at(group, "azurerm_firewall_policy", "firewall_policy_id"),
  );
  const classic = groupBy(resources.ofType("azurerm_firewall_network_rule_collection"), (collection) =>
    resources.at(collection, "azurerm_firewall", "azure_firewall_name"),
  );
  return resources.ofType("azurerm_firewall").flatMap((firewall) => {
    const { network, ranges } = networks.ofSubnetAt(firewall, "ip_configuration", "subnet_id");
    const hub = keyOfHub(resources, firewall);
    if (!network && hub === undefined) return [];
    const { resource: policy, among } = resources.find(firewall, "azurerm_firewall_policy", "firewall_policy_id");
    const own = (classic.get(firewall) ?? []).flatMap((collection) => rulesOf(collection, priorityOf(collection)));
    const rulesOfPolicy = (one: Resource) => (groups.get(one) ?? []).flatMap(rulesOfGroup);
    const policies = policy ? [policy] : among;
    const [address] = texts(firewall.known("ip_configuration", "private_ip_address"));
    return [
      {
        address: firewall.address,
        ...optional("network", network),
        ...optional("hub", network ? undefined : hub),
        ranges,
        ...optional("privateAddress", address),
        rules: (policies.length > 0 ? policies.map(rulesOfPolicy) : [own]).map((rules) =>
          rules.sort((a, b) => a.priority - b.priority),
        ),
      },
    ];
  });
}

/** The networks of the machines that forward traffic which is not meant for them. */
export function appliancesIn(resources: Resources, networks: Networks): (VirtualNetwork | undefined)[] {
  const found = INTERFACES.flatMap(([type, ...inside]) =>
    interfacesOf(resources, type)
      .filter((machine) =>
        NAMES.map((name) => [...inside, name]).some(
          (one) => machine.known(...one).includes(true) || machine.unknown(...one),
        ),
      )
      .map((machine) => networks.ofSubnetAt(machine, ...inside, ...SUBNET).network),
  );
  return unique(found);
}

/** What says that a network interface forwards traffic: the name of today, and that of version 3 of azurerm. */
const NAMES = ["ip_forwarding_enabled", "enable_ip_forwarding"];

/** The Virtual WAN hub that a firewall is in. */
function keyOfHub(resources: Resources, firewall: Resource): string | undefined {
  if (firewall.known("virtual_hub").length + firewall.mentions("virtual_hub").length === 0) return undefined;
  return resources.key(firewall, "azurerm_virtual_hub", "virtual_hub", "virtual_hub_id");
}

/** The rules of a group, in the order in which the firewall takes them: those for networks come before those for applications. */
function rulesOfGroup(group: Resource): SecurityRule[] {
  const first = priorityOf(group) * MOST_PRIORITY;
  return ["network_rule_collection", "application_rule_collection"].flatMap((blocks, index) =>
    blocksOf(group, blocks).flatMap((collection) =>
      rulesOf(collection, index * MOST_PRIORITY * MOST_PRIORITY + first + priorityOf(collection)),
    ),
  );
}

/** Above the highest priority of a collection, so that the group's priority counts before it. */
const MOST_PRIORITY = 100_000;

function priorityOf(of: Pick<Resource, "known">): number {
  return Number(of.known("priority")[0] ?? NaN);
}

/**
 * The rules of a collection, in the words of a network security group. IP groups are left out: their addresses are not known
 * here.
 */
function rulesOf(collection: Pick<Resource, "known">, priority: number): SecurityRule[] {
  return blocksOf(collection, "rule").map((rule) => {
    const all = (name: string) => texts(rule.known(name));
    // Of an application rule, the protocols are blocks with a port; that it is for all names is what can be told here.
    const ports = rule.known("protocols", "port").map(String);
    const anyName = all("destination_fqdns").includes("*") ? ["*"] : [];
    const protocols = ports.length > 0 ? ["tcp"] : all("protocols").map((one) => one.toLowerCase());
    return {
      name: all("name")[0] ?? "",
      priority,
      direction: "Outbound",
      access: texts(collection.known("action"))[0] ?? "",
      protocol: protocols.includes("any") ? "*" : protocols.includes("tcp") ? "Tcp" : "Udp",
      from: all("source_addresses"),
      fromPorts: ["*"],
      to: ports.length > 0 ? anyName : all("destination_addresses"),
      toPorts: ports.length > 0 ? ports : all("destination_ports"),
    };
  });
}
