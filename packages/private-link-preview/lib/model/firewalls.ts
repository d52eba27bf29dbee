import type { Resource } from "../read/module";
import { type Json, at, isJson } from "../util/json";
import type { RoutingFirewall, SecurityRule } from "./network-model";
import type { Networks } from "./networks";
import { type Resources, optional, texts } from "./resources";

/** The firewalls of networks, with the network rules that the file shows of them. */
export function firewallsOf(resources: Resources, networks: Networks): RoutingFirewall[] {
  const groups = resources
    .ofType("azurerm_firewall_policy_rule_collection_group")
    .map((group) => ({ group, policy: resources.at(group, "azurerm_firewall_policy", "firewall_policy_id") }));
  const classic = resources.ofType("azurerm_firewall_network_rule_collection").map((collection) => ({
    collection,
    firewall: resources.at(collection, "azurerm_firewall", "azure_firewall_name"),
  }));
  return resources.ofType("azurerm_firewall").flatMap((firewall) => {
    const { network, ranges } = networks.ofSubnetAt(firewall, "ip_configuration", "subnet_id");
    if (!network) return [];
    const policy = resources.at(firewall, "azurerm_firewall_policy", "firewall_policy_id");
    const rules = [
      ...groups.filter((one) => policy && one.policy === policy).flatMap(({ group }) => rulesOfGroup(group)),
      ...classic
        .filter((one) => one.firewall === firewall)
        .flatMap(({ collection }) =>
          collection
            .known("rule")
            .filter(isJson)
            .map((rule) => ruleOf(rule, textsOf(collection))),
        ),
    ];
    const [address] = texts(firewall.known("ip_configuration", "private_ip_address"));
    return [
      {
        address: firewall.address,
        network,
        ranges,
        ...optional("privateAddress", address),
        rules: rules.sort((a, b) => a.priority - b.priority),
      },
    ];
  });
}

/** The rules of a group's network rule collections, in the order in which the firewall takes them. */
function rulesOfGroup(group: Resource): SecurityRule[] {
  const first = Number(group.known("priority")[0] ?? NaN);
  return group
    .known("network_rule_collection")
    .filter(isJson)
    .flatMap((collection) =>
      at(collection, ["rule"])
        .filter(isJson)
        .map((rule) => {
          const priority = first * MOST_PRIORITY + Number(collection.priority ?? NaN);
          return ruleOf(rule, { action: texts([collection.action])[0] ?? "", priority });
        }),
    );
}

/** Above the highest priority of a collection, so that the group's priority counts before it. */
const MOST_PRIORITY = 100_000;

function textsOf(collection: Resource): { action: string; priority: number } {
  return { action: collection.text("action") ?? "", priority: Number(collection.known("priority")[0] ?? NaN) };
}

/** A network rule, in the words of a network security group. IP groups are left out: their addresses are not known here. */
function ruleOf(rule: Json, { action, priority }: { action: string; priority: number }): SecurityRule {
  const all = (name: string) => texts(at(rule, [name]));
  const protocols = all("protocols").map((one) => one.toLowerCase());
  return {
    name: texts([rule.name])[0] ?? "",
    priority,
    direction: "Outbound",
    access: action,
    protocol: protocols.includes("any") ? "*" : protocols.includes("tcp") ? "Tcp" : "Udp",
    from: all("source_addresses"),
    fromPorts: ["*"],
    to: all("destination_addresses"),
    toPorts: all("destination_ports"),
  };
}
