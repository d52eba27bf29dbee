import { previewOf, type PublicUse, publicUseOf } from "../index";
import { vnet, zoneLink } from "./addresses";
import { part, stateOf } from "./forms";
import { network, subnet } from "./parts";
import { type Json, change, perSpoke, registry, without } from "./terraform-fixtures";

const PUBLIC = { public_network_access_enabled: true };
const cluster = (name: string, of: string) =>
  part(`azurerm_kubernetes_cluster.${name}`, {
    name,
    resource_group_name: "rg",
    default_node_pool: [{ name: "default", vnet_subnet_id: `\${azurerm_subnet.${of}.id}` }],
  });
const bastion = (of: string) =>
  part("azurerm_bastion_host.bastion", {
    name: "bas",
    resource_group_name: "rg",
    ip_configuration: [{ name: "a", subnet_id: `\${azurerm_subnet.${of}.id}` }],
  });
const job = part("azurerm_container_group.job", { name: "job", resource_group_name: "rg" });

/** Who uses the registry of a file: the networks with what is in them, and all others by name. */
function used(parts: Parameters<typeof stateOf>[0]): Record<string, unknown> {
  const preview = previewOf(stateOf(parts));
  const use: PublicUse = publicUseOf(preview, preview.model.registries[0]!);
  const named = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);
  return {
    networks: Object.fromEntries(
      use.networks.map(({ network: { name }, isCertain, machines }) => [name, [isCertain, ...named(machines)]]),
    ),
    notKnown: named(use.notKnown),
    elsewhere: named(use.elsewhere),
  };
}

const withoutLink = (attributes: Json) => [
  ...without(change(perSpoke(), registry().address, attributes), zoneLink("spoke2", "spoke2")),
  cluster("aks1", "spoke1"),
  cluster("aks2", "spoke2"),
  bastion("spoke2"),
];

test("a network whose DNS returns the public address is named with its clusters, and those with a private answer are not", () => {
  expect(used([...withoutLink(PUBLIC), job])).toEqual({
    networks: { "vnet-spoke2": [true, "aks2"] },
    notKnown: [],
    elsewhere: ["job"],
  });
});

test("where the public address lets some addresses in, and it is not known which the network has, it is not certain", () => {
  const rules = { default_action: "Deny", ip_rule: [{ action: "Allow", ip_range: "203.0.113.0/24" }] };
  expect(used(withoutLink({ ...PUBLIC, network_rule_set: [rules] }))).toEqual({
    networks: { "vnet-spoke2": [false, "aks2"] },
    notKnown: [],
    elsewhere: [],
  });
});

test("where the public address refuses everybody, nobody uses it", () => {
  expect(used([...withoutLink({ public_network_access_enabled: false }), job])).toEqual({
    networks: {},
    notKnown: [],
    elsewhere: [],
  });
});

test("without a private endpoint, all networks use the public name", () => {
  const parts = [registry(PUBLIC), network("hub"), network("spoke1"), subnet("spoke1"), cluster("aks", "spoke1")];
  expect(used(parts)).toEqual({
    networks: { "vnet-hub": [true], "vnet-spoke1": [true, "aks"] },
    notKnown: [],
    elsewhere: [],
  });
});

test("of a network whose DNS servers are elsewhere, it is not known", () => {
  const parts = change(change(perSpoke(), registry().address, PUBLIC), vnet("spoke1"), {
    dns_servers: ["192.168.7.7"],
  });
  expect(used(parts)).toEqual({ networks: {}, notKnown: ["vnet-spoke1"], elsewhere: [] });
});
