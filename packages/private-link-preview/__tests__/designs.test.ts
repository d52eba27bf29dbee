import { previewOf } from "../lib/preview";
import { dnsZone, pep, ref, vnet, zoneLink } from "./addresses";
import {
  type Form,
  type Json,
  type Part,
  FORMS,
  change,
  changeAll,
  configured,
  part,
  planOf,
  refs,
  shown,
  shownModule,
  shownPlan,
  stateOf,
  synthesized,
  without,
} from "./forms";
import { idOf, networkId } from "./ids";
import { perSpoke, routed, selfRegistered, throughAppliance } from "./networks";
import { answerFor, endpointsFor, error, resolve, verdicts, warning } from "./outcome";
import { endpoint, firewallSubnet, network, peered, registry, subnet, withEndpoint } from "./parts";
import { link, ruleset, view, zone, zoneGroup } from "./zones";

/** Two spokes that share a zone with the endpoint of the first, and whatever connects them. */
const connectedBy = (...parts: Part[]) => [
  ...withEndpoint("spoke1"),
  network("spoke2"),
  registry(),
  ...view("spoke1", ["spoke1", "spoke2"], ["spoke1"]),
  ...parts,
];

/** Whether the second spoke reaches the endpoint of the first; undefined if that is not known. */
const reaches = (parts: Part[], form: Form = synthesized) => answerFor(resolve(parts, form), "vnet-spoke2").reachable;

/** Networks with whether they reach the endpoints in their answers, one for each answer. */
const reachOf = ({ answers }: Preview) => answers.map(({ virtualNetwork, reachable }) => [virtualNetwork, reachable]);

function wan(extra: Json = {}): Part {
  const id = idOf("rg-hub", "Microsoft.Network/virtualWans", "wan");
  return part("azurerm_virtual_wan.wan", { name: "wan", ...extra }, { id });
}

const NOT_KNOWN = { reachable: null, known: false };

const hubId = (key: string) => idOf("rg-hub", "Microsoft.Network/virtualHubs", key);

function virtualHub(key: string): Part {
  const body = { name: key, virtual_wan_id: "${azurerm_virtual_wan.wan.id}" };
  return part(`azurerm_virtual_hub.${key}`, body, { id: hubId(key) });
}

function hubConnection(hub: string, key: string, extra: Json = {}): Part {
  return part(`azurerm_virtual_hub_connection.${key}`, {
    name: key,
    virtual_hub_id: `\${azurerm_virtual_hub.${hub}.id}`,
    remote_virtual_network_id: `\${azurerm_virtual_network.${key}.id}`,
    ...extra,
  });
}

/** A firewall policy with a network rule for traffic between the spokes. */
function policy(action: string, ports: string): Part[] {
  const id = idOf("rg-hub", "Microsoft.Network/firewallPolicies", "policy");
  const rule = {
    name: "spokes",
    protocols: ["TCP"],
    source_addresses: ["10.0.0.0/8"],
    destination_addresses: ["10.0.0.0/8"],
    destination_ports: [ports],
  };
  return [
    part("azurerm_firewall_policy.policy", { name: "policy" }, { id }),
    part("azurerm_firewall_policy_rule_collection_group.rules", {
      firewall_policy_id: "${azurerm_firewall_policy.policy.id}",
      priority: 100,
      network_rule_collection: [{ action, priority: 100, rule: [rule] }],
    }),
  ];
}

describe.each(FORMS)("Virtual WAN (%s)", (_, form) => {
  const oneHub = [wan(), virtualHub("east"), hubConnection("east", "spoke1"), hubConnection("east", "spoke2")];

  test("routes between the networks of a hub", () => {
    expect(reaches(connectedBy(...oneHub), form)).toBe(true);
    expect(verdicts(resolve(connectedBy(...oneHub), form))).toEqual([]);
  });

  test("does not reach a network that is on no hub", () => {
    expect(reaches(connectedBy(...oneHub.slice(0, 3)), form)).toBe(false);
  });

  test("routes between its hubs", () => {
    const west = [virtualHub("west"), hubConnection("west", "spoke2")];

    expect(reaches(connectedBy(...oneHub.slice(0, 3), ...west), form)).toBe(true);
  });

  test("of type Basic routes between no networks", () => {
    expect(reaches(connectedBy(wan({ type: "Basic" }), ...oneHub.slice(1)), form)).toBe(false);
  });

  test("sends private traffic through a firewall where the hub's routing intent says so", () => {
    const intent = part("azurerm_virtual_hub_routing_intent.east", {
      virtual_hub_id: "${azurerm_virtual_hub.east.id}",
      routing_policy: [{ name: "private", destinations: ["PrivateTraffic"], next_hop: "firewall" }],
    });
    const resolution = resolve(connectedBy(...oneHub, intent), form);

    expect(answerFor(resolution, "vnet-spoke2")).toMatchObject(NOT_KNOWN);
    expect(verdicts(resolution)).toEqual([warning("reach-not-known", vnet("spoke2"), vnet("spoke1"))]);

    const firewall = [
      part("azurerm_firewall.hub", {
        virtual_hub: [{ virtual_hub_id: "${azurerm_virtual_hub.east.id}" }],
        firewall_policy_id: "${azurerm_firewall_policy.policy.id}",
      }),
      ...policy("Allow", "*"),
    ];

    expect(reaches(connectedBy(...oneHub, intent, ...firewall), form)).toBe(true);
  });

  test("does not route to a network that propagates its routes into other tables", () => {
    const table = part(
      "azurerm_virtual_hub_route_table.isolated",
      { name: "isolated", virtual_hub_id: "${azurerm_virtual_hub.east.id}", labels: ["isolated"] },
      { id: `${hubId("east")}/hubRouteTables/isolated` },
    );
    const routing = (extra: Json) => ({ routing: [extra] });
    const isolated = "${azurerm_virtual_hub_route_table.isolated.id}";
    const into = (table: Json) => routing({ propagated_route_table: [table] });
    const both = (extra: Json) => connectedBy(...change(oneHub, "azurerm_virtual_hub_connection.spoke1", extra), table);

    expect(reaches(both(into({ route_table_ids: [isolated] })), form)).toBe(false);
    expect(reaches(both(into({ labels: ["isolated"] })), form)).toBe(false);
    expect(reaches(both(into({ labels: ["default", "isolated"] })), form)).toBe(true);
    expect(reaches(both(routing({ associated_route_table_id: isolated })), form)).toBe(false);
  });
});

const MANAGER = "Microsoft.Network/networkManagers/manager";
const GROUP_ID = idOf("rg-hub", `${MANAGER}/networkGroups`, "spokes");
const GROUP = part("azurerm_network_manager_network_group.spokes", { name: "spokes" }, { id: GROUP_ID });

/** A configuration that connects the networks in the group. */
function configuration(extra: Json, appliesTo: Json = {}): Part {
  const group = { network_group_id: ref(GROUP.address), group_connectivity: "None", ...appliesTo };
  return part(
    "azurerm_network_manager_connectivity_configuration.it",
    { name: "it", applies_to_group: [group], ...extra },
    { id: idOf("rg-hub", `${MANAGER}/connectivityConfigurations`, "mesh") },
  );
}
const MESH = configuration({ connectivity_topology: "Mesh" });
const DEPLOYED = part("azurerm_network_manager_deployment.it", {
  scope_access: "Connectivity",
  configuration_ids: [ref(MESH.address)],
});

describe.each(FORMS)("Virtual Network Manager (%s)", (_, form) => {
  const members = ["spoke1", "spoke2"].map((key) =>
    part(`azurerm_network_manager_static_member.${key}`, {
      network_group_id: ref(GROUP.address),
      target_virtual_network_id: ref(vnet(key)),
    }),
  );
  const [first, second] = members as [Part, Part];

  test("connects the members of a mesh, once it is deployed", () => {
    expect(reaches(connectedBy(GROUP, ...members, MESH, DEPLOYED), form)).toBe(true);
    expect(reaches(connectedBy(GROUP, ...members, MESH), form)).toBe(null);
  });

  test("connects no others", () => {
    const policy = part("azurerm_policy_definition.members", {
      policy_rule: '{"then":{"effect":"addToNetworkGroup"}}',
    });

    expect(reaches(connectedBy(GROUP, first, MESH, DEPLOYED), form)).toBe(false);
    expect(reaches(connectedBy(GROUP, first, MESH, DEPLOYED, policy), form)).toBe(null);
  });

  test("connects a hub with its spokes, and these with each other only if that is asked for", () => {
    const hub = (id: string) => ({ connectivity_topology: "HubAndSpoke", hub: [{ resource_id: id }] });
    const own = hub(ref(vnet("spoke1")));
    const other = hub(networkId("elsewhere"));
    const direct = { group_connectivity: "DirectlyConnected" };

    expect(reaches(connectedBy(GROUP, second, configuration(own), DEPLOYED), form)).toBe(true);
    expect(reaches(connectedBy(GROUP, ...members, configuration(other), DEPLOYED), form)).toBe(false);
    expect(reaches(connectedBy(GROUP, ...members, configuration(other, direct), DEPLOYED), form)).toBe(true);
  });

  test("connects regions only by a global mesh", () => {
    const far = (extra: Json) => {
      const mesh = configuration({ connectivity_topology: "Mesh", ...extra });
      const parts = connectedBy(GROUP, ...members, mesh, DEPLOYED);
      return change(parts, vnet("spoke2"), { location: "switzerlandnorth" });
    };

    expect(reaches(far({}), form)).toBe(false);
    expect(reaches(far({ global_mesh_enabled: true }), form)).toBe(true);
  });
});

describe("a policy that adds networks to a group of Virtual Network Manager", () => {
  const subscription = (digit: number) => `/subscriptions/00000000-0000-0000-0000-00000000000${digit}`;

  /** Two spokes with a tag, in a mesh whose members a policy adds. */
  function added(condition: Json, assignedTo = subscription(1)): Part[] {
    const rule = { if: condition, then: { effect: "addToNetworkGroup", details: { networkGroupId: GROUP_ID } } };
    const id = "/providers/Microsoft.Authorization/policyDefinitions/members";
    const parts = connectedBy(
      GROUP,
      MESH,
      DEPLOYED,
      part("azurerm_policy_definition.members", { policy_rule: JSON.stringify(rule) }, { id }),
      part("azurerm_subscription_policy_assignment.it", { policy_definition_id: id, subscription_id: assignedTo }),
    );
    return changeAll(parts, {
      [vnet("spoke1")]: { tags: { role: "Spoke" } },
      [vnet("spoke2")]: { tags: { role: "spoke" } },
    });
  }

  const HAS_TAG = { field: "tags['role']", equals: "spoke" };
  const IS_NETWORK = { field: "type", equals: "Microsoft.Network/virtualNetworks" };
  const named = (text: string) => ({ field: "name", contains: text });

  test.each([
    [HAS_TAG, true],
    [{ allOf: [IS_NETWORK, { field: "tags[role]", in: ["spoke", "x"] }] }, true],
    [{ anyOf: [named("spoke1"), named("spoke2")] }, true],
    [{ not: { field: "tags.role", exists: "false" } }, true],
    [{ field: "name", notIn: ["vnet-spoke1"] }, false],
    [{ field: "tags['role']", notEquals: "spoke" }, false],
    [{ field: "Microsoft.Network/virtualNetworks/subnets[*].name", equals: "x" }, null],
  ])("adds those for which its condition holds: %j", (condition, expected) => {
    expect(reaches(added(condition), stateOf)).toBe(expected);
  });

  test("adds none outside of what it is assigned to, and may be assigned elsewhere", () => {
    const everywhere = "/providers/Microsoft.Management/managementGroups/all";

    expect(reaches(added(HAS_TAG, subscription(9)), stateOf)).toBe(false);
    expect(reaches(added(HAS_TAG, everywhere), stateOf)).toBe(null);
    expect(reaches(without(added(HAS_TAG), "azurerm_subscription_policy_assignment.it"), stateOf)).toBe(null);
  });
});

describe("a route through an appliance", () => {
  test("leaves it to the appliance", () => {
    expect(reaches(throughAppliance(true))).toBe(null);
  });

  /** Routes in both directions through a firewall in the hub, of which a rule allows or denies some traffic. */
  const firewalled = (action: string, ports: string, nextHop?: string) => [
    ...throughAppliance(true, "10.0.0.0/8", nextHop),
    routed("spoke1"),
    firewallSubnet,
    part("azurerm_firewall.hub", {
      firewall_policy_id: "${azurerm_firewall_policy.policy.id}",
      ip_configuration: [{ subnet_id: ref(firewallSubnet.address) }],
    }),
    ...policy(action, ports),
  ];

  test("reaches what a firewall's rules allow", () => {
    expect(reaches(firewalled("Allow", "443"))).toBe(true);
    expect(reaches(firewalled("Allow", "*"))).toBe(true);
  });

  test("reaches what an application rule for all names allows", () => {
    const byRuleFor = (name: string) => {
      const protocols = [{ port: 443, type: "Https" }];
      const rule = { name: "all", protocols, source_addresses: ["*"], destination_fqdns: [name] };
      return change(firewalled("Allow", "443"), "azurerm_firewall_policy_rule_collection_group.rules", {
        network_rule_collection: [],
        application_rule_collection: [{ action: "Allow", priority: 1, rule: [rule] }],
      });
    };

    expect(reaches(byRuleFor("*"))).toBe(true);
    expect(reaches(byRuleFor("x"))).toBe(null);
  });

  test("leaves it to the firewall where its rules do not allow it for certain", () => {
    expect(reaches(firewalled("Allow", "80"))).toBe(null);
    expect(reaches(firewalled("Deny", "443"))).toBe(null);
    expect(reaches(firewalled("Allow", "443", "10.12.9.9"))).toBe(null);
  });

  test("leads nowhere if the other network lets no forwarded traffic in, or it is for other addresses", () => {
    expect(reaches(throughAppliance(false))).toBe(false);
    expect(reaches(throughAppliance(true, "192.168.0.0/16"))).toBe(false);
  });
});

describe.each(FORMS)("a DNS forwarding ruleset (%s)", (_, form) => {
  const INBOUND = "10.12.0.20";

  /** A spoke without a zone, linked to a ruleset with a rule for a domain, and a hub with an endpoint of its own. */
  const forwarding = (domain: string, target = INBOUND, enabled = true) => [
    ...withEndpoint("hub"),
    network("spoke2"),
    ...peered("hub", "spoke2"),
    registry(),
    ...view("hub", ["hub"], ["hub"]),
    ...ruleset("registry", ref(vnet("spoke2")), domain, target, { enabled }),
  ];

  test.each(["azurecr.io.", "io.", "."])("for %s leads to what the servers' network gets", (domain) => {
    const resolution = resolve(forwarding(domain), form);

    expect(endpointsFor(resolution, "vnet-spoke2")).toEqual(["hub"]);
    expect(answerFor(resolution, "vnet-spoke2")).toMatchObject({ reachable: true, known: true });
    expect(verdicts(resolution)).toEqual([]);
  });

  test.each([
    ["it is for another domain", forwarding("vault.azure.net.")],
    ["it is disabled", forwarding("azurecr.io.", INBOUND, false)],
  ])("leads nowhere where %s", (_, parts) => {
    expect(answerFor(resolve(parts, form), "vnet-spoke2")).toMatchObject({ zone: null, reachable: false });
  });

  test("is followed from the private name too, unless a linked zone has it", () => {
    const parts = forwarding("privatelink.azurecr.io.");
    const resolution = resolve(parts, form);
    const linked = resolve([...parts, zone("spoke2"), link("spoke2", "spoke2")], form);

    expect(endpointsFor(resolution, "vnet-spoke2")).toEqual(["hub"]);
    expect(answerFor(linked, "vnet-spoke2")).toMatchObject({ zone: dnsZone("spoke2"), endpoints: [] });
  });

  test("to a server that is not in the file is not known", () => {
    const resolution = resolve(forwarding("azurecr.io.", "192.0.2.53"), form);

    expect(answerFor(resolution, "vnet-spoke2")).toMatchObject(NOT_KNOWN);
    expect(verdicts(resolution)).toEqual([
      warning("dns-server-not-known", "azurerm_private_dns_resolver_forwarding_rule.registry", vnet("spoke2")),
    ]);
  });

  test("counts before a zone of the private names that is linked too", () => {
    const both = [...forwarding("azurecr.io."), zone("spoke2"), link("spoke2", "spoke2")];

    expect(endpointsFor(resolve(both, form), "vnet-spoke2")).toEqual(["hub"]);
  });
});

test("a ruleset that may be linked to a network leaves its answers open", () => {
  const unlinked = without(perSpoke(), zoneLink("spoke2", "spoke2"));
  const plan = planOf([...unlinked, ...ruleset("any", "${local.network}", "azurecr.io.", "10.12.0.4")]);

  expect(answerFor(previewOf(plan), "vnet-spoke2")).toMatchObject({ reachable: null });
});

describe("networks that azapi makes", () => {
  const azapi = (name: string, type: string, body: Json, parent: string, applied: Json = {}) =>
    part(`azapi_resource.${name}`, { type: `${type}@2024-05-01`, name, parent_id: parent, ...body }, applied);

  /** Two spokes with everything in them, the second reading from the first's endpoint. */
  function made(peered: boolean): Part[] {
    const id = (kind: string, name: string) => idOf("rg-a", `Microsoft.Network/${kind}`, name);
    const group = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-a";
    const networks = ["one", "two"].map((key, index) =>
      azapi(
        key,
        "Microsoft.Network/virtualNetworks",
        { location: "westeurope", body: { properties: { addressSpace: { addressPrefixes: [`10.${index}.0.0/16`] } } } },
        group,
        { id: id("virtualNetworks", key) },
      ),
    );
    const peer = (from: string, to: string) =>
      azapi(
        `${from}-${to}`,
        "Microsoft.Network/virtualNetworks/virtualNetworkPeerings",
        { body: { properties: { remoteVirtualNetwork: { id: `\${azapi_resource.${to}.id}` } } } },
        `\${azapi_resource.${from}.id}`,
      );
    const linked = (key: string) =>
      azapi(
        `link-${key}`,
        "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
        { body: { properties: { virtualNetwork: { id: `\${azapi_resource.${key}.id}` } } } },
        "${azapi_resource.zone.id}",
      );
    return [
      ...networks,
      azapi(
        "subnet",
        "Microsoft.Network/virtualNetworks/subnets",
        { body: { properties: { addressPrefix: "10.0.0.0/24" } } },
        "${azapi_resource.one.id}",
        { id: `${id("virtualNetworks", "one")}/subnets/subnet` },
      ),
      azapi("zone", "Microsoft.Network/privateDnsZones", {}, group, {
        id: id("privateDnsZones", "privatelink.vaultcore.azure.net"),
      }),
      linked("one"),
      linked("two"),
      azapi(
        "vault",
        "Microsoft.KeyVault/vaults",
        { body: { properties: { publicNetworkAccess: "Disabled" } } },
        group,
        { id: idOf("rg-a", "Microsoft.KeyVault/vaults", "vault") },
      ),
      azapi(
        "endpoint",
        "Microsoft.Network/privateEndpoints",
        {
          location: "westeurope",
          body: {
            properties: {
              subnet: { id: "${azapi_resource.subnet.id}" },
              privateLinkServiceConnections: [
                { properties: { privateLinkServiceId: "${azapi_resource.vault.id}", groupIds: ["vault"] } },
              ],
            },
          },
        },
        group,
        { id: id("privateEndpoints", "endpoint") },
      ),
      azapi(
        "group",
        "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
        {
          body: {
            properties: { privateDnsZoneConfigs: [{ properties: { privateDnsZoneId: "${azapi_resource.zone.id}" } }] },
          },
        },
        "${azapi_resource.endpoint.id}",
      ),
      ...(peered ? [peer("one", "two"), peer("two", "one")] : []),
    ].map((one) =>
      one.address === "azapi_resource.zone"
        ? part(one.address, { ...one.body, name: "privatelink.vaultcore.azure.net" }, one.applied)
        : one,
    );
  }

  test.each(FORMS)("are read as those of azurerm (%s)", (_, form) => {
    const connected = resolve(made(true), form);
    const apart = resolve(made(false), form);

    expect(connected.answers.map(({ virtualNetwork, host, reachable }) => [virtualNetwork, host, reachable])).toEqual([
      ["one", "vault.vault.azure.net", true],
      ["two", "vault.vault.azure.net", true],
    ]);
    expect(verdicts(connected)).toEqual([]);
    expect(apart.answers.map(({ reachable }) => reachable)).toEqual([true, false]);
  });

  test("are read from a plan that describes each body as one expression", () => {
    const plan = planOf(made(true));
    const { configuration } = plan as { configuration: { root_module: { resources: Json[] } } };
    for (const resource of configuration.root_module.resources) {
      const expressions = resource.expressions as Json;
      const references = JSON.stringify(expressions.body ?? {}).match(/azapi_resource\.\w+(?:\.id)?/g) ?? [];
      if (references.length > 0) expressions.body = { references: [...new Set(references)] };
    }

    expect(previewOf(plan).answers.map(({ reachable }) => reachable)).toEqual([true, true]);
  });

  test("may have their body as text, as in version 1 of the provider", () => {
    const ids = new Map(made(true).map(({ address, applied }) => [address, String(applied.id)]));
    const asText = made(true).map(({ address, body, applied }) => {
      const text = JSON.stringify(body.body ?? {}).replace(/\$\{(\S+?)\.id\}/g, (_, to: string) => ids.get(to) ?? "");
      return part(address, { ...body, body: text }, applied);
    });

    expect(resolve(asText, stateOf).answers.map(({ reachable }) => reachable)).toEqual([true, true]);
  });

  test("may get their DNS servers by an update", () => {
    const update = part("azapi_update_resource.dns", {
      type: "Microsoft.Network/virtualNetworks@2024-05-01",
      resource_id: "${azurerm_virtual_network.spoke2.id}",
      body: { properties: { dhcpOptions: { dnsServers: ["10.12.0.4"] } } },
    });

    expect(endpointsFor(resolve([...perSpoke(), update]), "vnet-spoke2")).toEqual(["spoke1"]);
  });
});

describe("version 5 of azurerm", () => {
  test.each(FORMS)("names the zone of a link and of a record by its id (%s)", (_, form) => {
    const parts = perSpoke().map(({ address, body, applied }) => {
      const { zone_name, private_dns_zone_name, resource_group_name, ...rest } = body;
      const named = zone_name ?? private_dns_zone_name;
      return typeof named === "string"
        ? part(address, { ...rest, private_dns_zone_id: named.replace(".name}", ".id}") }, applied)
        : part(address, { ...rest, ...(resource_group_name !== undefined && { resource_group_name }) }, applied);
    });
    const resolution = resolve(parts, form);

    expect(verdicts(resolution)).toEqual([]);
    expect(endpointsFor(resolution, "vnet-spoke2")).toEqual(["spoke2"]);
  });
});

describe("a plan that does not show all", () => {
  test("has names that stand for those which are (known after apply)", () => {
    const { name, ...unnamed } = registry().body;
    const parts = selfRegistered().map((one) =>
      one.address === registry().address ? part(one.address, unnamed) : one,
    );
    const { answers, findings } = resolve(parts, planOf);

    expect(name).toBeDefined();
    expect(answers).toHaveLength(3);
    expect(answers[0]).toMatchObject({ host: "(azurerm_container_registry registry).azurecr.io", reachable: true });
    expect(findings).toEqual([]);
  });

  test("has ids that are composed of names", () => {
    const parts = [
      part("data.azurerm_client_config.current", { subscription_id: "00000000-0000-0000-0000-000000000001" }),
      ...change(selfRegistered(), zoneLink("spoke1", "spoke1"), { virtual_network_id: networkId("spoke1") }),
    ];
    const known = resolve(parts, planOf);
    const elsewhere = resolve(
      change(parts, "data.azurerm_client_config.current", { subscription_id: "00000000-0000-0000-0000-000000000009" }),
      planOf,
    );

    expect(known.answers.map(({ reachable }) => reachable)).toEqual([true, true, true]);
    expect(elsewhere.answers).not.toHaveLength(3);
  });

  test("has the zones of a zone group in a dynamic block, which its configuration leaves out", () => {
    const plan = planOf(selfRegistered());
    const { configuration } = plan as { configuration: { root_module: { resources: Json[] } } };
    for (const { expressions } of configuration.root_module.resources)
      delete (expressions as Json).private_dns_zone_group;
    const resolution = previewOf(plan);

    expect(endpointsFor(resolution, "vnet-spoke1")).toEqual(["spoke1"]);
    expect(verdicts(resolution)).toEqual([]);
  });

  /** A hub that is peered with spokes, and linked to a zone with them, by blocks that are repeated over a list of objects. */
  function listed(spokes: readonly string[], peerings = spokes): Json {
    const parts = [
      ...["hub", ...spokes].map((key) => network(key)),
      subnet("hub"),
      ...endpoint("hub", zoneGroup("${azurerm_private_dns_zone.hub.id}")),
      registry(),
      zone("hub"),
    ];
    const plan = planOf(parts) as {
      planned_values: { root_module: { resources: Json[] } };
      configuration: { root_module: { resources: Json[] } };
    };
    const add = (name: string, over: readonly string[], values: Json, expressions: Json) => {
      const resources = over.map((_, index) => shown(`${name}["item${index}"]`, values));
      plan.planned_values.root_module.resources.push(...resources);
      const forEach = refs(...over.map((key) => `azurerm_virtual_network.${key}.id`), "local.items");
      plan.configuration.root_module.resources.push(configured(name, expressions, forEach));
    };
    add(
      "azurerm_private_dns_zone_virtual_network_link.all",
      ["hub", ...spokes],
      { private_dns_zone_name: "privatelink.azurecr.io", resource_group_name: "rg-hub" },
      { virtual_network_id: refs("each.value.id"), private_dns_zone_name: refs("azurerm_private_dns_zone.hub.name") },
    );
    const [one, other] = [
      { virtual_network_name: "vnet-hub", resource_group_name: "rg-hub", allow_virtual_network_access: true },
      { allow_virtual_network_access: true },
    ];
    add("azurerm_virtual_network_peering.out", peerings, one, {
      virtual_network_name: refs("azurerm_virtual_network.hub.name"),
      remote_virtual_network_id: refs("each.value.id"),
    });
    add("azurerm_virtual_network_peering.back", peerings, other, {
      virtual_network_name: refs("each.value.name"),
      remote_virtual_network_id: refs("azurerm_virtual_network.hub.id"),
    });
    return plan;
  }

  test("has as many links and peerings from a list as there are networks", () => {
    const resolution = previewOf(listed(["spoke1", "spoke2"]));

    expect(resolution.answers).toHaveLength(9);
    expect(resolution.answers.filter(({ reachable }) => reachable)).toHaveLength(9);
    expect(verdicts(resolution)).toEqual([]);
  });

  test("has as many peerings, each with two unknown ends, as there are pairs of networks", () => {
    const plan = listed(["spoke1"], []) as {
      planned_values: { root_module: { resources: Json[] } };
      configuration: { root_module: { resources: Json[] } };
    };
    const address = "azurerm_virtual_network_peering.all";
    const resources = ["a", "b"].map((key) => shown(`${address}["${key}"]`, { allow_virtual_network_access: true }));
    plan.planned_values.root_module.resources.push(...resources);
    plan.configuration.root_module.resources.push(
      configured(address, { virtual_network_name: refs("local.a"), remote_virtual_network_id: refs("local.b") }),
    );

    expect(previewOf(plan).answers.filter(({ reachable }) => reachable)).toHaveLength(6);
  });

  test("never has a network that is peered with itself", () => {
    const plan = listed(["spoke1", "spoke2"], []) as {
      planned_values: { root_module: { resources: Json[] } };
      configuration: { root_module: { resources: Json[] } };
    };
    const out = "azurerm_virtual_network_peering.out";
    for (const key of ["spoke1", "spoke2"]) {
      plan.planned_values.root_module.resources.push(
        shown(`${out}["vnet-${key}"]`, { virtual_network_name: `vnet-${key}`, resource_group_name: `rg-${key}` }),
      );
    }
    plan.configuration.root_module.resources.push(
      configured(out, { remote_virtual_network_id: refs("local.networks") }),
    );
    const resolution = previewOf(plan);

    expect(resolution.findings.map(({ code }) => code)).toEqual(["answer-not-known"]);
    expect(resolution.answers.filter(({ reachable }) => reachable === false)).toEqual([]);
  });

  test("does not show which of several networks a lone peering of a list is for", () => {
    const plan = listed(["spoke1", "spoke2"], ["spoke1"]) as { configuration: { root_module: { resources: Json[] } } };
    for (const resource of plan.configuration.root_module.resources) {
      if (String(resource.address).includes("peering"))
        resource.for_each_expression = refs("azurerm_virtual_network.spoke1.id", "azurerm_virtual_network.spoke2.id");
    }
    const { answers } = previewOf(plan);

    expect(
      answers.filter(({ virtualNetwork }) => virtualNetwork !== "vnet-hub").map(({ reachable }) => reachable),
    ).toEqual(Array(6).fill(null));
  });

  test("has one network for what leads there by a local", () => {
    const parts = change(selfRegistered(), zoneLink("spoke1", "spoke1"), { virtual_network_id: "${local.network_id}" });
    const plan = planOf(parts) as { configuration: { root_module: { resources: Json[] } } };
    const found = plan.configuration.root_module.resources.find(({ type }) => String(type).endsWith("network_link"));
    (found!.expressions as Json).virtual_network_id = refs("local.network_id");

    expect(verdicts(previewOf(plan))).toEqual([]);
  });

  test("has what is in the same module, or what the call of the module names", () => {
    const zoneValues = { name: "privatelink.vaultcore.azure.net", resource_group_name: "rg" };
    const network = (key: string) => shown(vnet("it"), { name: `vnet-${key}`, resource_group_name: "rg" });
    const zoneLink = shown("azurerm_private_dns_zone_virtual_network_link.it", {
      private_dns_zone_name: "privatelink.vaultcore.azure.net",
      resource_group_name: "rg",
    });
    const hidden = configured("azurerm_private_dns_zone_virtual_network_link.it", {
      virtual_network_id: refs("local.network_id"),
    });
    const plan = shownPlan({
      modules: [
        shownModule("module.own", [network("own"), zoneLink]),
        shownModule("module.given", [zoneLink]),
        shownModule("module.other", [network("other")]),
      ],
      resources: [
        shown(dnsZone("vault"), zoneValues),
        shown("azurerm_key_vault.kv", { name: "kv", public_network_access_enabled: false }),
        shown("azurerm_subnet.pe", { name: "pe", resource_group_name: "rg", virtual_network_name: "vnet-own" }),
        shown(pep("kv"), {
          name: "pe",
          private_service_connection: [{ subresource_names: ["vault"], is_manual_connection: false }],
          private_dns_zone_group: [{ name: "default" }],
        }),
      ],
      configuration: [
        configured(pep("kv"), {
          subnet_id: refs("azurerm_subnet.pe.id"),
          private_service_connection: [{ private_connection_resource_id: refs("azurerm_key_vault.kv.id") }],
        }),
      ],
      calls: {
        own: { module: { resources: [hidden] } },
        given: { expressions: { network: refs("module.other.network_id") }, module: { resources: [hidden] } },
        other: { module: { outputs: { network_id: { expression: refs("azurerm_virtual_network.it.id") } } } },
      },
    });
    const { model } = previewOf(plan);

    expect(model.links.map(({ address, network }) => [address.split(".")[1], network.name])).toEqual([
      ["own", "vnet-own"],
      ["given", "vnet-other"],
    ]);
  });

  test("has the instance with the same key", () => {
    const spokes = ["a", "b"];
    const plan = shownPlan({
      modules: spokes.map((key) =>
        shownModule(`module.spoke["${key}"]`, [
          shown(vnet("it"), { name: `vnet-${key}`, resource_group_name: "rg", address_space: ["10.0.0.0/16"] }),
        ]),
      ),
      resources: [
        shown("azurerm_subnet.pe", { name: "pe", resource_group_name: "rg", virtual_network_name: "vnet-a" }),
        shown(dnsZone("vault"), { name: "privatelink.vaultcore.azure.net", resource_group_name: "rg" }),
        shown('azurerm_private_dns_zone_virtual_network_link.it["a"]', {
          private_dns_zone_name: "privatelink.vaultcore.azure.net",
          resource_group_name: "rg",
        }),
        shown("azurerm_key_vault.kv", { name: "kv", public_network_access_enabled: false }),
        shown(pep("kv"), {
          name: "pe",
          private_service_connection: [{ subresource_names: ["vault"], is_manual_connection: false }],
          private_dns_zone_group: [{ name: "default" }],
        }),
      ],
      configuration: [
        configured("azurerm_private_dns_zone_virtual_network_link.it", { virtual_network_id: refs("local.networks") }),
        configured(pep("kv"), {
          subnet_id: refs("azurerm_subnet.pe.id"),
          private_service_connection: [{ private_connection_resource_id: refs("azurerm_key_vault.kv.id") }],
        }),
      ],
    });
    const { answers, findings } = previewOf(plan);

    expect(answers.map(({ virtualNetwork, reachable }) => [virtualNetwork, reachable])).toEqual([["vnet-a", true]]);
    expect(findings).toEqual([]);
  });
});

describe("services other than registries", () => {
  const STORAGE = part(
    "azurerm_storage_account.data",
    {
      name: "contosodata",
      resource_group_name: "rg-spoke1",
      location: "swedencentral",
      public_network_access_enabled: false,
    },
    { id: idOf("rg-spoke1", "Microsoft.Storage/storageAccounts", "contosodata") },
  );
  const endpointOf = (subresource: string, zoneKey: string, extra: Json = {}): Part =>
    part(`azurerm_private_endpoint.${subresource}`, {
      name: `pep-${subresource}`,
      location: "swedencentral",
      subnet_id: "${azurerm_subnet.spoke1.id}",
      private_service_connection: [
        {
          private_connection_resource_id: "${azurerm_storage_account.data.id}",
          subresource_names: [subresource],
          is_manual_connection: false,
        },
      ],
      private_dns_zone_group: [
        { name: "default", private_dns_zone_ids: [`\${azurerm_private_dns_zone.${zoneKey}.id}`] },
      ],
      ...extra,
    });
  const BLOB = zone("blob", "privatelink.blob.core.windows.net");

  const blobIn = (...others: Part[]) => [
    network("spoke1"),
    subnet("spoke1"),
    STORAGE,
    endpointOf("blob", "blob"),
    BLOB,
    link("spoke1", "blob"),
    ...others,
  ];

  test.each(FORMS)("have the names of the subresources that have an endpoint (%s)", (_, form) => {
    const { answers, findings } = resolve(blobIn(), form);

    expect(answers).toMatchObject([
      {
        virtualNetwork: "vnet-spoke1",
        service: "azurerm_storage_account.data",
        host: "contosodata.blob.core.windows.net",
        zone: dnsZone("blob"),
        endpoints: [pep("blob")],
        reachable: true,
      },
    ]);
    expect(findings).toEqual([]);
  });

  test("are not asked for in networks that have nothing to do with them, nor in the hub of the spoke that has them", () => {
    const { answers, findings } = resolve(
      blobIn(network("hub"), network("spoke2"), ...peered("hub", "spoke1"), ...peered("hub", "spoke2")),
    );

    expect(answers.map(({ virtualNetwork }) => virtualNetwork)).toEqual(["vnet-spoke1"]);
    expect(findings).toEqual([]);
  });

  test("are asked for in networks that reach an endpoint which other networks use, and it is a warning if they get none", () => {
    const { answers, findings } = resolve(
      blobIn(
        network("hub"),
        network("spoke2"),
        ...peered("spoke1", "spoke2"),
        ...peered("spoke1", "hub"),
        link("spoke2", "blob"),
      ),
    );

    expect(answers.map(({ virtualNetwork, reachable }) => [virtualNetwork, reachable])).toEqual([
      ["vnet-spoke1", true],
      ["vnet-hub", false],
      ["vnet-spoke2", true],
    ]);
    expect(findings.map(({ code, severity, resources }) => [code, severity, resources])).toEqual([
      ["no-zone", "warning", [vnet("hub"), "azurerm_storage_account.data"]],
    ]);
  });

  test("are asked for in networks that are peered with that of the endpoint, in one warning for all", () => {
    const { answers, findings } = resolve(
      blobIn(network("hub"), network("spoke2"), ...peered("spoke1", "hub"), ...peered("spoke1", "spoke2")),
    );

    expect(answers.map(({ virtualNetwork, reachable }) => [virtualNetwork, reachable])).toEqual([
      ["vnet-spoke1", true],
      ["vnet-hub", false],
      ["vnet-spoke2", false],
    ]);
    expect(verdicts({ findings })).toEqual([
      warning("no-zone", vnet("hub"), vnet("spoke2"), "azurerm_storage_account.data"),
    ]);
  });

  test("are an error where the network's own endpoint is not used", () => {
    const { findings } = resolve(without(blobIn(), zoneLink("spoke1", "blob")));

    expect(findings).toMatchObject([{ code: "no-zone", severity: "error" }]);
    expect(findings[0]?.message).toContain("Link it to a zone privatelink.blob.core.windows.net");
  });

  test("need the zone of each subresource", () => {
    const { answers, findings } = resolve(blobIn(endpointOf("dfs", "blob")));

    expect(answers.map(({ host, reachable }) => [host, reachable])).toEqual([
      ["contosodata.blob.core.windows.net", true],
      ["contosodata.dfs.core.windows.net", false],
    ]);
    expect(findings.map(({ code }) => code)).toEqual(["no-zone"]);
  });

  test("have the names that the endpoint lists, once it exists", () => {
    const cognitive = part(
      "azurerm_cognitive_account.ai",
      { name: "ai", kind: "AIServices", location: "swedencentral", custom_subdomain_name: "contoso" },
      { id: idOf("rg-spoke1", "Microsoft.CognitiveServices/accounts", "ai") },
    );
    const { body } = endpointOf("account", "ai", {
      private_service_connection: [
        {
          private_connection_resource_id: "${azurerm_cognitive_account.ai.id}",
          subresource_names: ["account"],
          is_manual_connection: false,
        },
      ],
    });
    const listed = [{ fqdn: "contoso.openai.azure.com", ip_addresses: ["10.10.0.9"] }];
    const parts = [
      network("spoke1"),
      subnet("spoke1"),
      cognitive,
      part(pep("account"), body, { custom_dns_configs: listed }),
      zone("ai", "privatelink.openai.azure.com"),
      link("spoke1", "ai"),
    ];

    expect(resolve(parts, stateOf).answers).toMatchObject([
      { host: "contoso.openai.azure.com", addresses: ["10.10.0.9"], reachable: true },
    ]);
  });

  test("have records whose names are (known after apply), one for each name", () => {
    const { name, ...unnamed } = STORAGE.body;
    const record = (key: string): Part =>
      part(`azurerm_private_dns_a_record.${key}`, {
        name: "${azurerm_storage_account.data.name}",
        zone_name: `\${azurerm_private_dns_zone.${key}.name}`,
        resource_group_name: `rg-${key}`,
        records: [`\${azurerm_private_endpoint.${key}.private_service_connection[0].private_ip_address}`],
      });
    const parts = [
      ...without(blobIn(), STORAGE.address, pep("blob")),
      part(STORAGE.address, unnamed),
      endpointOf("blob", "blob", { private_dns_zone_group: [] }),
      record("blob"),
    ];
    const resolution = resolve(parts, planOf);
    const [twice] = resolve(
      [...parts, part("azurerm_private_dns_a_record.other", record("blob").body)],
      planOf,
    ).answers;

    expect(name).toBeDefined();
    expect(resolution.answers).toMatchObject([
      { host: "(azurerm_storage_account data).blob.core.windows.net", reachable: true },
    ]);
    expect(resolution.findings).toEqual([]);
    expect(twice).toMatchObject({ reachable: null });
  });

  test("that are not in the file are known by their ids", () => {
    const parts = change(without(blobIn(), STORAGE.address), pep("blob"), {
      private_service_connection: [
        {
          private_connection_resource_id: STORAGE.applied.id,
          subresource_names: ["blob"],
          is_manual_connection: false,
        },
      ],
    });

    expect(resolve(parts).answers).toMatchObject([
      { service: STORAGE.applied.id, host: "contosodata.blob.core.windows.net", reachable: true },
    ]);
  });
});

describe("what is not known", () => {
  test("always has a finding that tells why", () => {
    const parts = change(selfRegistered(), pep("spoke1"), {
      private_dns_zone_group: [{ name: "default", private_dns_zone_ids: ["${local.zone}"] }],
    });
    const twice = [...parts, zone("other")];
    const plan = planOf(twice) as { configuration: { root_module: { resources: Json[] } } };
    for (const { type, expressions } of plan.configuration.root_module.resources)
      if (type === "azurerm_private_endpoint")
        (expressions as Json).private_dns_zone_group = [{ private_dns_zone_ids: refs("local.zone") }];
    const resolution = previewOf(plan);

    expect(resolution.answers.map(({ reachable }) => reachable)).toEqual([null, null, null]);
    expect(verdicts(resolution)).toEqual([warning("answer-not-known", vnet("spoke1"), registry().address)]);
  });

  test("is an error in a file of which nothing could be read", () => {
    expect(verdicts(previewOf({ format_version: "1.0", values: { root_module: {} } }))).toEqual([
      error("no-endpoint"),
      error("no-network"),
    ]);
  });
});
