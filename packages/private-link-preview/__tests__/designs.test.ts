import { type Preview, previewOf } from "../lib/preview";
import { REGISTRY, dnsZone, pep, ref, vnet, zoneLink } from "./addresses";
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
  withMore,
  without,
} from "./forms";
import { idOf, networkId } from "./ids";
import { ZONE } from "./names";
import { perSpoke, routed, selfRegistered, throughAppliance } from "./networks";
import { answerFor, codesOf, endpointsFor, resolve, verdicts, warning } from "./outcome";
import { connection, firewallSubnet, network, peered, registry, subnet, withEndpoint } from "./parts";
import { REDIRECT, link, ruleset, view, zone, zoneGroup } from "./zones";

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

/** Whether the endpoints in each answer are reached. */
const reachOf = ({ answers }: Preview) => answers.map(({ reachable }) => reachable);
const networksOf = ({ answers }: Preview) => answers.map(({ virtualNetwork }) => virtualNetwork);

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

  test.each(["azurecr.io.", "io."])("for %s leads to what the servers' network gets", (domain) => {
    const resolution = resolve(forwarding(domain), form);

    expect(endpointsFor(resolution, "vnet-spoke2")).toEqual(["hub"]);
    expect(answerFor(resolution, "vnet-spoke2")).toMatchObject({ reachable: true, known: true });
    expect(verdicts(resolution)).toEqual([]);
  });

  test.each([
    ["it is for another domain", forwarding("vault.azure.net.")],
    ["it is disabled", forwarding("azurecr.io.", INBOUND, false)],
    ["it is for all names, which are not those of Azure's services", forwarding(".")],
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
  const GROUP_OF_ALL = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-a";
  const azapi = (key: string) => `azapi_resource.${key}`;

  /** A resource with an id of its own, in a resource group or below another resource, with the properties of its body. */
  function made(key: string, type: string, properties: Json, parent?: string, name = key): Part {
    const where = { parent_id: parent === undefined ? GROUP_OF_ALL : ref(azapi(parent)), location: "westeurope" };
    const id = parent === undefined ? idOf("rg-a", type, name) : `${idOf("rg-a", type, parent)}/children/${name}`;
    return part(azapi(key), { type: `${type}@2024-05-01`, name, ...where, body: { properties } }, { id });
  }

  const NETWORK = "Microsoft.Network/virtualNetworks";
  const ZONES = "Microsoft.Network/privateDnsZones";
  const ENDPOINTS = "Microsoft.Network/privateEndpoints";
  const peer = (from: string, to: string) =>
    made(`${from}-${to}`, `${NETWORK}/virtualNetworkPeerings`, { remoteVirtualNetwork: { id: ref(azapi(to)) } }, from);
  const linked = (key: string) =>
    made(
      `link-${key}`,
      `${ZONES}/virtualNetworkLinks`,
      { virtualNetwork: { id: ref(azapi(key)) }, resolutionPolicy: "NxDomainRedirect" },
      "zone",
    );
  const connectionTo = { privateLinkServiceId: ref(azapi("vault")), groupIds: ["vault"] };

  /** Two spokes with everything in them, the second reading from the first's endpoint. */
  const APART = [
    made("one", NETWORK, { addressSpace: { addressPrefixes: ["10.0.0.0/16"] } }),
    made("two", NETWORK, { addressSpace: { addressPrefixes: ["10.1.0.0/16"] } }),
    part(azapi("subnet"), made("subnet", `${NETWORK}/subnets`, { addressPrefix: "10.0.0.0/24" }, "one").body, {
      id: `${idOf("rg-a", NETWORK, "one")}/subnets/subnet`,
    }),
    made("zone", ZONES, {}, undefined, "privatelink.vaultcore.azure.net"),
    linked("one"),
    linked("two"),
    made("vault", "Microsoft.KeyVault/vaults", { publicNetworkAccess: "Disabled" }),
    made("endpoint", ENDPOINTS, {
      subnet: { id: ref(azapi("subnet")) },
      privateLinkServiceConnections: [{ properties: connectionTo }],
    }),
    made(
      "group",
      `${ENDPOINTS}/privateDnsZoneGroups`,
      { privateDnsZoneConfigs: [{ properties: { privateDnsZoneId: ref(azapi("zone")) } }] },
      "endpoint",
    ),
  ];
  const CONNECTED = [...APART, peer("one", "two"), peer("two", "one")];

  test.each(FORMS)("are read as those of azurerm (%s)", (_, form) => {
    const connected = resolve(CONNECTED, form);

    expect(connected.answers.map(({ virtualNetwork, host, reachable }) => [virtualNetwork, host, reachable])).toEqual([
      ["one", "vault.vault.azure.net", true],
      ["two", "vault.vault.azure.net", true],
    ]);
    expect(verdicts(connected)).toEqual([]);
    expect(reachOf(resolve(APART, form))).toEqual([true, false]);
  });

  test("are read from a plan that describes each body as one expression", () => {
    const plan = planOf(CONNECTED);
    for (const resource of plan.configuration.root_module.resources) {
      const expressions = resource.expressions as Json;
      const references = JSON.stringify(expressions.body).match(/azapi_resource\.\w+(?:\.id)?/g) ?? [];
      if (references.length > 0) expressions.body = { references: [...new Set(references)] };
    }

    expect(reachOf(previewOf(plan))).toEqual([true, true]);
  });

  test("may have their body as text, as in version 1 of the provider", () => {
    const ids = new Map(CONNECTED.map(({ address, applied }) => [address, String(applied.id)]));
    const asText = CONNECTED.map(({ address, body, applied }) => {
      const text = JSON.stringify(body.body).replace(/\$\{(\S+?)\.id\}/g, (_, to: string) => ids.get(to) ?? "");
      return part(address, { ...body, body: text }, applied);
    });

    expect(reachOf(resolve(asText, stateOf))).toEqual([true, true]);
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

test.each(FORMS)("version 5 of azurerm names the zone of a link and of a record by its id (%s)", (_, form) => {
  const parts = perSpoke().map(({ address, body, applied }) => {
    const { zone_name, private_dns_zone_name, ...rest } = body;
    const named = zone_name ?? private_dns_zone_name;
    if (typeof named !== "string") return part(address, body, applied);
    const byId = { private_dns_zone_id: named.replace(".name}", ".id}"), resource_group_name: undefined };
    return part(address, { ...rest, ...byId }, applied);
  });
  const resolution = resolve(parts, form);

  expect(verdicts(resolution)).toEqual([]);
  expect(endpointsFor(resolution, "vnet-spoke2")).toEqual(["spoke2"]);
});

describe("a plan that does not show all", () => {
  test("has names that stand for those which are (known after apply)", () => {
    const { answers, findings } = resolve(change(selfRegistered(), REGISTRY, { name: undefined }), planOf);

    expect(answers).toHaveLength(3);
    expect(answers[0]).toMatchObject({ host: "(azurerm_container_registry registry).azurecr.io", reachable: true });
    expect(findings).toEqual([]);
  });

  test("has ids that are composed of names", () => {
    const subscribed = (digit: number) => [
      part("data.azurerm_client_config.current", { subscription_id: `00000000-0000-0000-0000-00000000000${digit}` }),
      ...change(selfRegistered(), zoneLink("spoke1", "spoke1"), { virtual_network_id: networkId("spoke1") }),
    ];

    expect(reachOf(resolve(subscribed(1), planOf))).toEqual([true, true, true]);
    expect(resolve(subscribed(9), planOf).answers).not.toHaveLength(3);
  });

  test("has the zones of a zone group in a dynamic block, which its configuration leaves out", () => {
    const plan = planOf(selfRegistered());
    for (const { expressions } of plan.configuration.root_module.resources)
      delete (expressions as Json).private_dns_zone_group;
    const resolution = previewOf(plan);

    expect(endpointsFor(resolution, "vnet-spoke1")).toEqual(["spoke1"]);
    expect(verdicts(resolution)).toEqual([]);
  });

  /** A hub that is peered with spokes, and linked to a zone with them, by blocks that are repeated over a list of objects. */
  function listed(spokes: readonly string[], peerings = spokes) {
    const repeated = (name: string, over: readonly string[], values: Json, expressions: Json) => ({
      resources: over.map((_, index) => shown(`${name}["item${index}"]`, values)),
      configuration: configured(name, expressions, refs(...over.map((key) => `${vnet(key)}.id`), "local.items")),
    });
    const all = [
      repeated(
        "azurerm_private_dns_zone_virtual_network_link.all",
        ["hub", ...spokes],
        { private_dns_zone_name: ZONE, resource_group_name: "rg-hub", ...REDIRECT },
        { virtual_network_id: refs("each.value.id"), private_dns_zone_name: refs(`${dnsZone("hub")}.name`) },
      ),
      repeated(
        "azurerm_virtual_network_peering.out",
        peerings,
        { virtual_network_name: "vnet-hub", resource_group_name: "rg-hub", allow_virtual_network_access: true },
        { virtual_network_name: refs(`${vnet("hub")}.name`), remote_virtual_network_id: refs("each.value.id") },
      ),
      repeated(
        "azurerm_virtual_network_peering.back",
        peerings,
        { allow_virtual_network_access: true },
        { virtual_network_name: refs("each.value.name"), remote_virtual_network_id: refs(`${vnet("hub")}.id`) },
      ),
    ];
    const parts = [
      ...spokes.map((key) => network(key)),
      ...withEndpoint("hub", zoneGroup(ref(dnsZone("hub")))),
      registry(),
      zone("hub"),
    ];
    return withMore(
      planOf(parts),
      all.flatMap(({ resources }) => resources),
      ...all.map(({ configuration }) => configuration),
    );
  }

  test("has as many links and peerings from a list as there are networks", () => {
    const resolution = previewOf(listed(["spoke1", "spoke2"]));

    expect(reachOf(resolution)).toEqual(Array(9).fill(true));
    expect(verdicts(resolution)).toEqual([]);
  });

  test("has as many peerings, each with two unknown ends, as there are pairs of networks", () => {
    const address = "azurerm_virtual_network_peering.all";
    const resources = ["a", "b"].map((key) => shown(`${address}["${key}"]`, { allow_virtual_network_access: true }));
    const ends = { virtual_network_name: refs("local.a"), remote_virtual_network_id: refs("local.b") };
    const plan = withMore(listed(["spoke1"], []), resources, configured(address, ends));

    expect(reachOf(previewOf(plan)).filter((reachable) => reachable)).toHaveLength(6);
  });

  test("never has a network that is peered with itself", () => {
    const out = "azurerm_virtual_network_peering.out";
    const spokes = ["spoke1", "spoke2"];
    const resources = spokes.map((key) =>
      shown(`${out}["vnet-${key}"]`, { virtual_network_name: `vnet-${key}`, resource_group_name: `rg-${key}` }),
    );
    const end = configured(out, { remote_virtual_network_id: refs("local.networks") });
    const resolution = previewOf(withMore(listed(spokes, []), resources, end));

    expect(codesOf(resolution)).toEqual(["answer-not-known"]);
    expect(reachOf(resolution)).not.toContain(false);
  });

  test("does not show which of several networks a lone peering of a list is for", () => {
    const plan = listed(["spoke1", "spoke2"], ["spoke1"]);
    for (const resource of plan.configuration.root_module.resources)
      if (String(resource.address).includes("peering"))
        resource.for_each_expression = refs(`${vnet("spoke1")}.id`, `${vnet("spoke2")}.id`);
    const { answers } = previewOf(plan);
    const ofSpokes = answers.filter(({ virtualNetwork }) => virtualNetwork !== "vnet-hub");

    expect(ofSpokes.map(({ reachable }) => reachable)).toEqual(Array(6).fill(null));
  });

  test("has one network for what leads there by a local", () => {
    const parts = change(selfRegistered(), zoneLink("spoke1", "spoke1"), { virtual_network_id: "${local.network_id}" });

    expect(verdicts(resolve(parts, planOf))).toEqual([]);
  });

  const VAULT_ZONE = "privatelink.vaultcore.azure.net";
  const LINK = "azurerm_private_dns_zone_virtual_network_link.it";
  const linkTo = { private_dns_zone_name: VAULT_ZONE, resource_group_name: "rg", ...REDIRECT };

  /** A key vault with a zone, and with an endpoint in a network. */
  const vaultIn = (virtual_network_name: string) => ({
    resources: [
      shown(dnsZone("vault"), { name: VAULT_ZONE, resource_group_name: "rg" }),
      shown("azurerm_key_vault.kv", { name: "kv", public_network_access_enabled: false }),
      shown("azurerm_subnet.pe", { name: "pe", resource_group_name: "rg", virtual_network_name }),
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
  });

  test("has what is in the same module, or what the call of the module names", () => {
    const network = (key: string) => shown(vnet("it"), { name: `vnet-${key}`, resource_group_name: "rg" });
    const hidden = configured(LINK, { virtual_network_id: refs("local.network_id") });
    const outputs = { network_id: { expression: refs(`${vnet("it")}.id`) } };
    const plan = shownPlan({
      ...vaultIn("vnet-own"),
      modules: [
        shownModule("module.own", [network("own"), shown(LINK, linkTo)]),
        shownModule("module.given", [shown(LINK, linkTo)]),
        shownModule("module.other", [network("other")]),
      ],
      calls: {
        own: { module: { resources: [hidden] } },
        given: { expressions: { network: refs("module.other.network_id") }, module: { resources: [hidden] } },
        other: { module: { outputs } },
      },
    });
    const { model } = previewOf(plan);

    expect(model.links.map(({ address, network }) => [address.split(".")[1], network.name])).toEqual([
      ["own", "vnet-own"],
      ["given", "vnet-other"],
    ]);
  });

  test("has the instance with the same key", () => {
    const values = (key: string) => ({
      name: `vnet-${key}`,
      resource_group_name: "rg",
      address_space: ["10.0.0.0/16"],
    });
    const networks = ["a", "b"].map((key) => shownModule(`module.spoke["${key}"]`, [shown(vnet("it"), values(key))]));
    const plan = withMore(
      shownPlan({ ...vaultIn("vnet-a"), modules: networks }),
      [shown(`${LINK}["a"]`, linkTo)],
      configured(LINK, { virtual_network_id: refs("local.networks") }),
    );
    const resolution = previewOf(plan);

    expect([networksOf(resolution), reachOf(resolution)]).toEqual([["vnet-a"], [true]]);
    expect(resolution.findings).toEqual([]);
  });
});

describe("services other than registries", () => {
  const STORAGE = part(
    "azurerm_storage_account.data",
    { name: "contosodata", location: "swedencentral", public_network_access_enabled: false },
    { id: idOf("rg-spoke1", "Microsoft.Storage/storageAccounts", "contosodata") },
  );
  const endpointOf = (subresource: string, zoneKey: string, extra: Json = {}) =>
    part(pep(subresource), {
      name: `pep-${subresource}`,
      location: "swedencentral",
      subnet_id: "${azurerm_subnet.spoke1.id}",
      ...connection(ref(STORAGE.address), subresource),
      ...zoneGroup(ref(dnsZone(zoneKey))),
      ...extra,
    });

  const blobIn = (...others: Part[]) => [
    network("spoke1"),
    subnet("spoke1"),
    STORAGE,
    endpointOf("blob", "blob"),
    zone("blob", "privatelink.blob.core.windows.net"),
    link("spoke1", "blob"),
    ...others,
  ];
  /** With networks that spoke1 and others are peered with. */
  const amongNetworks = (...peerings: Part[]) => resolve(blobIn(network("hub"), network("spoke2"), ...peerings));

  test.each(FORMS)("have the names of the subresources that have an endpoint (%s)", (_, form) => {
    const { answers, findings } = resolve(blobIn(), form);

    expect(answers).toMatchObject([
      {
        virtualNetwork: "vnet-spoke1",
        service: STORAGE.address,
        host: "contosodata.blob.core.windows.net",
        zone: dnsZone("blob"),
        endpoints: [pep("blob")],
        reachable: true,
      },
    ]);
    expect(findings).toEqual([]);
  });

  test("are not asked for in networks that have nothing to do with them, nor in the hub of the spoke that has them", () => {
    const resolution = amongNetworks(...peered("hub", "spoke1"), ...peered("hub", "spoke2"));

    expect(networksOf(resolution)).toEqual(["vnet-spoke1"]);
    expect(resolution.findings).toEqual([]);
  });

  test("are asked for in networks that reach an endpoint which other networks use, and it is a warning if they get none", () => {
    const peerings = [...peered("spoke1", "spoke2"), ...peered("spoke1", "hub")];
    const resolution = amongNetworks(...peerings, link("spoke2", "blob"));

    expect(networksOf(resolution)).toEqual(["vnet-spoke1", "vnet-hub", "vnet-spoke2"]);
    expect(reachOf(resolution)).toEqual([true, false, true]);
    expect(verdicts(resolution)).toEqual([warning("no-zone", vnet("hub"), STORAGE.address)]);
  });

  test("are asked for in networks that are peered with that of the endpoint, in one warning for all", () => {
    const resolution = amongNetworks(...peered("spoke1", "hub"), ...peered("spoke1", "spoke2"));

    expect(networksOf(resolution)).toEqual(["vnet-spoke1", "vnet-hub", "vnet-spoke2"]);
    expect(reachOf(resolution)).toEqual([true, false, false]);
    expect(verdicts(resolution)).toEqual([warning("no-zone", vnet("hub"), vnet("spoke2"), STORAGE.address)]);
  });

  test("are an error where the network's own endpoint is not used", () => {
    const { findings } = resolve(without(blobIn(), zoneLink("spoke1", "blob")));

    expect(findings).toMatchObject([{ code: "no-zone", severity: "error" }]);
    expect(findings[0]?.message).toContain("Link it to a zone privatelink.blob.core.windows.net");
  });

  test("need the zone of each subresource", () => {
    const resolution = resolve(blobIn(endpointOf("dfs", "blob")));

    expect(resolution.answers.map(({ host, reachable }) => [host, reachable])).toEqual([
      ["contosodata.blob.core.windows.net", true],
      ["contosodata.dfs.core.windows.net", false],
    ]);
    expect(codesOf(resolution)).toEqual(["zone-of-other-names"]);
  });

  test("have the names that the endpoint lists, once it exists", () => {
    const cognitive = part(
      "azurerm_cognitive_account.ai",
      { name: "ai", kind: "AIServices", location: "swedencentral", custom_subdomain_name: "contoso" },
      { id: idOf("rg-spoke1", "Microsoft.CognitiveServices/accounts", "ai") },
    );
    const { address, body } = endpointOf("account", "ai", connection(ref(cognitive.address), "account"));
    const custom_dns_configs = [{ fqdn: "contoso.openai.azure.com", ip_addresses: ["10.10.0.9"] }];
    const parts = [
      network("spoke1"),
      subnet("spoke1"),
      cognitive,
      part(address, body, { custom_dns_configs }),
      zone("ai", "privatelink.openai.azure.com"),
      link("spoke1", "ai"),
    ];

    expect(resolve(parts, stateOf).answers).toMatchObject([
      { host: "contoso.openai.azure.com", addresses: ["10.10.0.9"], reachable: true },
    ]);
  });

  test("have records whose names are (known after apply), one for each name", () => {
    const recordNamed = (key: string) =>
      part(`azurerm_private_dns_a_record.${key}`, {
        name: ref(STORAGE.address, "name"),
        zone_name: ref(dnsZone("blob"), "name"),
        resource_group_name: "rg-blob",
        records: [ref(pep("blob"), "private_service_connection[0].private_ip_address")],
      });
    const unnamed = changeAll(blobIn(recordNamed("blob")), {
      [STORAGE.address]: { name: undefined },
      [pep("blob")]: { private_dns_zone_group: [] },
    });
    const resolution = resolve(unnamed, planOf);

    expect(resolution.answers).toMatchObject([
      { host: "(azurerm_storage_account data).blob.core.windows.net", reachable: true },
    ]);
    expect(resolution.findings).toEqual([]);
    expect(reachOf(resolve([...unnamed, recordNamed("other")], planOf))).toEqual([null]);
  });

  test("that are not in the file are known by their ids", () => {
    const { id } = STORAGE.applied;
    const parts = change(without(blobIn(), STORAGE.address), pep("blob"), connection(id, "blob"));

    expect(resolve(parts).answers).toMatchObject([
      { service: id, host: "contosodata.blob.core.windows.net", reachable: true },
    ]);
  });
});

test("what is not known always has a finding that tells why", () => {
  const parts = change(selfRegistered(), pep("spoke1"), zoneGroup("${local.zone}"));
  const resolution = resolve([...parts, zone("other")], planOf);

  expect(reachOf(resolution)).toEqual([null, null, null]);
  expect(verdicts(resolution)).toEqual([warning("answer-not-known", vnet("spoke1"), REGISTRY)]);
});
