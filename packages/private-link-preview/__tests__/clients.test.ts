import { type Client, type Endpoint, previewOf } from "..";
import { ref, vnet } from "./addresses";
import { Files } from "./command-support";
import { type Json, type Part, change, part, planOf, stateOf, synthesized } from "./forms";
import { networkId } from "./ids";
import { HOSTS, ZONE } from "./names";
import { NSG, perSpoke, secured } from "./networks";
import { verdicts } from "./outcome";
import { endpoint, network, peered, peering, registry, securityRule, subnet } from "./parts";
import { ruleset, view, zone } from "./zones";

const HUB = "vnet-hub";
const [RESOLVER, FIREWALL, VM, AZURE, NOWHERE] = ["10.12.2.4", "10.12.1.4", "10.12.3.4", "168.63.129.16", "192.0.2.53"];

/** The office, whose DNS forwards names to some servers. */
const office = (dnsServers: string | string[], more: Partial<Client> = {}): Client => ({
  name: "office",
  connectedTo: HUB,
  dnsServers: [dnsServers].flat(),
  ...more,
});

const preview = (parts: Part[], client: Client, form: (parts: Part[]) => Json = synthesized) =>
  previewOf(form(parts), "a file", undefined, { clients: [client] });

function withOutputs(state: Json, outputs: Json): Json {
  return { ...state, values: { ...(state.values as Json), outputs } };
}

/** What the office gets for the login server. */
function answer(parts: Part[], client: Client, form?: (parts: Part[]) => Json) {
  const found = preview(parts, client, form);
  const {
    answeredBy,
    reachable,
    client: isClient,
  } = found.answers.find(({ virtualNetwork }) => virtualNetwork === "office")!;
  expect(isClient).toBe(true);
  return { answeredBy, reachable };
}

const codes = (parts: Part[], client: Client) => [...new Set(verdicts(preview(parts, client)).map(({ code }) => code))];
const message = (parts: Part[], client: Client, code: string) =>
  preview(parts, client).findings.find((one) => one.code === code)?.message ?? "";

/** The attributes of the two sides of a peering by which a gateway is passed on. */
const transit = (passes: unknown, uses: unknown) =>
  [{ allow_gateway_transit: passes }, { use_remote_gateways: uses }] as const;

/** A spoke that is peered with the hub, whose gateway is passed on to it, or not. */
function spoke(key: string, [ours, theirs]: readonly [Json, Json] = transit(true, true)): Part[] {
  return [network(key), subnet(key), ...endpoint(key), peering("hub", key, ours), peering(key, "hub", theirs)];
}

const at = (name: string) => ({ ip_configuration: [{ name: "main", subnet_id: `\${azurerm_subnet.${name}.id}` }] });
const inHub = (name: string, range: string) =>
  part(
    `azurerm_subnet.${name}`,
    { name, resource_group_name: "rg-hub", virtual_network_name: HUB, address_prefixes: [range] },
    { id: `${networkId("hub")}/subnets/${name}` },
  );

/** Servers in the hub, whose zone returns an endpoint in a network. */
const servers = (endpointIn: string, proxy = true): Part[] => [
  inHub("resolver", "10.12.2.0/28"),
  part("azurerm_private_dns_resolver_inbound_endpoint.hub", {
    ip_configurations: [{ subnet_id: "${azurerm_subnet.resolver.id}", private_ip_address: RESOLVER }],
  }),
  inHub("AzureFirewallSubnet", "10.12.1.0/26"),
  part("azurerm_firewall.hub", { name: "fw", dns_proxy_enabled: proxy, ...at("AzureFirewallSubnet") }),
  registry(),
  ...view("hub", ["hub"], [endpointIn]),
];

const hub = (location = "northeurope") => network("hub", { location });
/** The endpoint in a spoke, with the hub's gateway passed on to it, or not. */
const inSpoke = (sides = transit(true, true)) => [hub(), ...spoke("spoke1", sides), ...servers("spoke1")];
/** The endpoint in the hub. */
const own = () => [hub(), subnet("hub"), ...endpoint("hub"), ...servers("hub")];

describe("what a client gets", () => {
  const FORWARDS = {
    all: undefined,
    public: ["azurecr.io"],
    private: [ZONE],
    both: ["azurecr.io", ZONE],
    neither: ["corp.example"],
  };
  const TARGETS = { resolver: RESOLVER, firewall: FIREWALL, machine: VM, azure: AZURE, nowhere: NOWHERE };
  const WAYS = {
    "its gateway's network": { parts: own(), reached: true },
    "a spoke that uses the gateway": { parts: inSpoke(), reached: true },
    "a spoke to which it is not passed on": { parts: inSpoke(transit(false, true)), reached: false },
    "a spoke that does not use it": { parts: inSpoke(transit(true, undefined)), reached: false },
    "a spoke of which that is not known": {
      parts: inSpoke(transit(true, "${local.uses}")),
      reached: null,
      form: planOf,
    },
    "another hub, which is peered": {
      parts: [
        hub(),
        network("other"),
        subnet("other"),
        ...endpoint("other"),
        ...peered("hub", "other"),
        ...servers("other"),
      ],
      reached: false,
    },
    "a spoke of another hub": {
      parts: [
        hub(),
        network("other"),
        ...peered("hub", "other"),
        network("spoke2"),
        subnet("spoke2"),
        ...endpoint("spoke2"),
        peering("other", "spoke2", { allow_gateway_transit: true }),
        peering("spoke2", "other", { use_remote_gateways: true }),
        ...servers("spoke2"),
      ],
      reached: false,
    },
  };
  const cases = Object.entries(FORWARDS).flatMap(([zones, forwards]) =>
    Object.entries(TARGETS).flatMap(([target, address]) =>
      Object.entries(WAYS).map(([where, way]) => ({ zones, forwards, target, address, where, ...way })),
    ),
  );

  test.each(cases)("that forwards $zones to $target, of an endpoint in $where", (given) => {
    const { zones, forwards, target, address, parts, reached } = given;
    const expected =
      zones === "neither"
        ? { answeredBy: "public", reachable: false }
        : target === "azure"
          ? { answeredBy: "nothing", reachable: false }
          : target === "nowhere"
            ? { answeredBy: null, reachable: null }
            : // A server that asks a public resolver never asks for the private link name.
              { answeredBy: "zone", reachable: zones === "private" && reached ? null : reached };

    const form = "form" in given ? given.form : undefined;
    expect(answer(parts, office(address, forwards && { forwards }), form)).toEqual(expected);
  });

  test("is the public address for names that it does not forward, if public access lets it in", () => {
    const parts = change(own(), "azurerm_container_registry.registry", { public_network_access_enabled: true });

    expect(answer(parts, office(RESOLVER, { forwards: ["corp.example"] }))).toEqual({
      answeredBy: "public",
      reachable: true,
    });
  });

  test("is the public address where the private link name is forwarded, and public DNS does not lead there", () => {
    const client = office(RESOLVER, { forwards: [ZONE] });
    const azure = [
      { id: networkId("hub"), type: "Microsoft.Network/virtualNetworks", name: HUB, properties: {} },
      {
        id: "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/acmeacr",
        type: "Microsoft.ContainerRegistry/registries",
        name: HOSTS.login,
        location: "swedencentral",
        properties: { publicNetworkAccess: "Disabled", privateEndpointConnections: [] },
      },
    ];
    const found = previewOf({ version: 1, resources: azure }, "Azure", undefined, { clients: [client] });

    expect(found.answers.find((one) => one.client)).toMatchObject({ answeredBy: "public", reachable: false });
    expect(found.findings.find(({ code }) => code === "name-not-forwarded")?.message).toMatch(
      /forwards privatelink\.azurecr\.io, to which public DNS does not lead the names of acmeacr, as it has no private endpoint/,
    );
  });

  test("is not known where the private link name alone is forwarded: it depends on whether the server asks for that itself", () => {
    const one = office(RESOLVER, { forwards: [ZONE] });
    expect(message(own(), one, "answer-not-known")).toMatch(
      /forwards acmeacr\.privatelink\.azurecr\.io.*asks a public resolver.*Forward azurecr\.io in its place\./,
    );
  });

  test("does not come from a zone of public names, where the private link name is forwarded", () => {
    const capturing = [
      zone("public", "azurecr.io"),
      part("azurerm_private_dns_zone_virtual_network_link.public", {
        name: "public",
        resource_group_name: "rg-public",
        private_dns_zone_name: "azurecr.io",
        virtual_network_id: ref(vnet("hub")),
      }),
    ];
    const [all, privately] = [undefined, [ZONE]].map((forwards) =>
      answer([...own(), ...capturing], office(RESOLVER, forwards && { forwards })),
    );

    expect(all).toEqual({ answeredBy: "nothing", reachable: false });
    expect(privately).toEqual({ answeredBy: "zone", reachable: null });
  });

  test("follows the rules of the resolver's network for the name that is forwarded", () => {
    const parts = [...own(), ...ruleset("public", ref(vnet("hub")), "azurecr.io", NOWHERE)];

    // The zone of the private link name holds it before any rule does.
    expect(answer(parts, office(RESOLVER, { forwards: [ZONE] })).answeredBy).toBe("zone");
    expect(answer(parts, office(RESOLVER)).answeredBy).toBeNull();
  });
});

describe("a forwarder", () => {
  test("to Azure's own DNS is an error, and a warning where another server answers", () => {
    expect(verdicts(preview(own(), office(AZURE)))).toContainEqual({
      code: "azure-dns-from-outside",
      severity: "error",
      resources: ["client.office"],
    });
    const beside = preview(own(), office([AZURE, RESOLVER]));
    expect(verdicts(beside)).toEqual([
      { code: "azure-dns-from-outside", severity: "warning", resources: ["client.office"] },
    ]);
    expect(beside.answers.find((one) => one.client)?.reachable).toBe(true);
  });

  test("to a firewall whose DNS proxy is off, or to servers that nothing here has, is told as for networks", () => {
    const off = [hub(), subnet("hub"), ...endpoint("hub"), ...servers("hub", false)];

    expect(codes(off, office(FIREWALL))).toEqual(["dns-proxy-off"]);
    expect(codes(own(), office(NOWHERE))).toEqual(["dns-server-not-known"]);
  });

  test("to servers that the gateway does not lead to says what the peering lacks", () => {
    const parts = [hub(), ...spoke("spoke1", transit(false, false)), registry(), ...view("hub", ["hub"], ["spoke1"])];

    expect(message(parts, office("10.10.0.9"), "dns-server-unreachable")).toMatch(
      /because allow_gateway_transit of azurerm_virtual_network_peering\.hub-to-spoke1 and use_remote_gateways of azurerm_virtual_network_peering\.spoke1-to-hub are off/,
    );
  });

  test("of the public zone alone leaves it open what a server does with a private link name elsewhere", () => {
    const parts = [
      hub(),
      subnet("hub"),
      part("azurerm_key_vault.kv", { name: "kv", resource_group_name: "g", public_network_access_enabled: false }),
      part("azurerm_private_endpoint.kv", {
        name: "pep-kv",
        resource_group_name: "g",
        subnet_id: "${azurerm_subnet.hub.id}",
        private_service_connection: {
          private_connection_resource_id: "${azurerm_key_vault.kv.id}",
          subresource_names: ["vault"],
          is_manual_connection: false,
        },
        private_dns_zone_group: { name: "default", private_dns_zone_ids: ["${azurerm_private_dns_zone.vault.id}"] },
      }),
      zone("vault", "privatelink.vaultcore.azure.net"),
      part("azurerm_private_dns_zone_virtual_network_link.vault", {
        name: "vault",
        resource_group_name: "rg-vault",
        private_dns_zone_name: "privatelink.vaultcore.azure.net",
        virtual_network_id: ref(vnet("hub")),
      }),
    ];
    const one = office(RESOLVER, { forwards: ["vault.azure.net"] });
    const both = office(RESOLVER, { forwards: ["vault.azure.net", "vaultcore.azure.net"] });

    expect(answer(parts, one)).toEqual({ answeredBy: "zone", reachable: null });
    expect(message(parts, one, "answer-not-known")).toMatch(/Forward privatelink\.vaultcore\.azure\.net too/);
    expect(answer(parts, both)).toEqual({ answeredBy: "zone", reachable: true });
  });
});

describe("the gateway", () => {
  test("whose network's peering lacks a side says which", () => {
    expect(message(inSpoke(transit(true, false)), office(RESOLVER), "unreachable-answer")).toMatch(
      /does not lead to vnet-spoke1, because use_remote_gateways of azurerm_virtual_network_peering\.spoke1-to-hub is off\. Turn it on, or return an endpoint in vnet-hub\./,
    );
    expect(
      message([...own(), network("far")], office(RESOLVER, { connectedTo: "vnet-far" }), "dns-server-unreachable"),
    ).toMatch(
      /The gateway of vnet-far, to which office is connected, does not lead to vnet-hub: it leads to the network itself/,
    );
  });

  test("of a network that others manage is used where a peering says so", () => {
    const spokeAlone = (uses: boolean) => [
      network("spoke1"),
      subnet("spoke1"),
      ...endpoint("spoke1"),
      peering("spoke1", "hub", { remote_virtual_network_id: networkId("hub"), use_remote_gateways: uses }),
      registry(),
      ...view("spoke1", ["spoke1"], ["spoke1"]),
    ];
    const client = office("10.10.0.9", { connectedTo: networkId("hub") });

    expect(answer(spokeAlone(true), client)).toEqual({ answeredBy: "zone", reachable: true });
    expect(answer(spokeAlone(false), client)).toEqual({ answeredBy: "nothing", reachable: false });
  });

  test("whose subnet has a route to an appliance leaves it to the appliance", () => {
    const routed = (rules?: Json[]) => [
      ...inSpoke(),
      inHub("GatewaySubnet", "10.12.9.0/27"),
      part("azurerm_route_table.gateway", {
        name: "rt",
        route: [
          { address_prefix: "10.10.0.0/16", next_hop_type: "VirtualAppliance", next_hop_in_ip_address: FIREWALL },
        ],
      }),
      part("azurerm_subnet_route_table_association.gateway", {
        subnet_id: "${azurerm_subnet.GatewaySubnet.id}",
        route_table_id: "${azurerm_route_table.gateway.id}",
      }),
      ...(rules
        ? [
            part("azurerm_firewall_network_rule_collection.hub", {
              name: "c",
              azure_firewall_name: "fw",
              priority: 100,
              action: "Allow",
              rule: rules,
            }),
          ]
        : []),
    ];
    const rule = {
      name: "https",
      protocols: ["TCP"],
      source_addresses: ["192.168.0.0/16"],
      destination_addresses: ["10.10.0.0/16"],
      destination_ports: ["443"],
    };
    const ranges = ["192.168.7.0/24"];

    expect(answer(routed(), office(RESOLVER)).reachable).toBeNull();
    expect(codes(routed(), office(RESOLVER))).toContain("reach-not-known");
    expect(answer(routed([rule]), office(RESOLVER)).reachable).toBeNull();
    expect(answer(routed([rule]), office(RESOLVER, { ranges })).reachable).toBe(true);
  });

  test("of a Virtual WAN hub leads to the networks of that hub and of others of the WAN", () => {
    const wanHub = (name: string, extra: Json = {}) =>
      part(`azurerm_virtual_hub.${name}`, { name, virtual_wan_id: "${azurerm_virtual_wan.wan.id}", ...extra });
    const connected = (key: string, to: string, extra: Json = {}) =>
      part(`azurerm_virtual_hub_connection.${key}`, {
        name: key,
        virtual_hub_id: `\${azurerm_virtual_hub.${to}.id}`,
        remote_virtual_network_id: `\${azurerm_virtual_network.${key}.id}`,
        ...extra,
      });
    const parts = (to: string, extra: Json = {}) => [
      part("azurerm_virtual_wan.wan", { name: "wan" }),
      wanHub("north"),
      wanHub("east"),
      network("spoke1"),
      subnet("spoke1"),
      ...endpoint("spoke1"),
      connected("spoke1", to, extra),
      registry(),
      ...view("spoke1", ["spoke1"], ["spoke1"]),
    ];
    const isolated = { routing: [{ propagated_route_table: [{ labels: ["none"] }] }] };
    const client = office("10.10.0.9", { connectedTo: "north" });

    expect(answer(parts("north"), client)).toEqual({ answeredBy: "zone", reachable: true });
    expect(answer(parts("east"), client)).toEqual({ answeredBy: "zone", reachable: true });
    expect(answer(parts("north", isolated), client)).toEqual({ answeredBy: "nothing", reachable: false });
  });
});

describe("security rules for address ranges", () => {
  const gateway = (connections: [name: string, ranges: string[]][]): Part[] => [
    inHub("GatewaySubnet", "10.12.9.0/27"),
    part("azurerm_virtual_network_gateway.hub", { name: "vpn", ...at("GatewaySubnet") }),
    ...connections.flatMap(([name, address_space]) => [
      part(`azurerm_local_network_gateway.${name}`, { name, address_space }),
      part(`azurerm_virtual_network_gateway_connection.${name}`, {
        name: `to-${name}`,
        type: "IPsec",
        virtual_network_gateway_id: "${azurerm_virtual_network_gateway.hub.id}",
        local_network_gateway_id: `\${azurerm_local_network_gateway.${name}.id}`,
      }),
    ]),
  ];
  const sides = { "hub-to-spoke1": { allow_gateway_transit: true }, "spoke1-to-hub": { use_remote_gateways: true } };
  const allowing = (range: string) =>
    Object.entries(sides).reduce(
      (parts, [key, body]) => change(parts, `azurerm_virtual_network_peering.${key}`, body),
      secured([securityRule({ priority: 100, access: "Allow", source_address_prefix: range }), securityRule()]),
    );
  const reachable = (parts: Part[], client = office("10.12.3.4")) => answer(parts, client).reachable;

  test("decide by the ranges of the client, where these are known", () => {
    const allowed = allowing("192.168.0.0/16");

    expect(reachable(allowed)).toBeNull();
    expect(codes(allowed, office("10.12.3.4"))).toContain("reach-not-known");
    expect(message(allowed, office("10.12.3.4"), "reach-not-known")).toContain(
      `Whether ${NSG} lets office in is not known`,
    );
    expect(reachable(allowed, office("10.12.3.4", { ranges: ["192.168.1.0/24"] }))).toBe(true);
    expect(reachable(allowed, office("10.12.3.4", { ranges: ["172.16.1.0/24"] }))).toBe(false);
    expect(reachable(allowing("VirtualNetwork"))).toBe(true);
  });

  test("decide by the ranges of the local network gateway, if that is the only one or has the client's name", () => {
    const allowed = allowing("192.168.0.0/16");

    expect(reachable([...allowed, ...gateway([["site", ["192.168.1.0/24"]]])])).toBe(true);
    expect(reachable([...allowed, ...gateway([["site", ["172.16.1.0/24"]]])])).toBe(false);
    const two: [string, string[]][] = [
      ["office", ["192.168.1.0/24"]],
      ["site", ["172.16.1.0/24"]],
    ];
    expect(reachable([...allowed, ...gateway(two)])).toBe(true);
    expect(reachable([...allowed, ...gateway(two)], office("10.12.3.4", { name: "office" }))).toBe(true);
    expect(
      reachable([
        ...allowed,
        ...gateway([
          ["a", ["192.168.1.0/24"]],
          ["b", ["172.16.1.0/24"]],
        ]),
      ]),
    ).toBeNull();
  });

  test("of other networks are as they were", () => {
    const [before, after] = [[], [office("10.12.3.4")]].map((clients) =>
      previewOf(synthesized(allowing("192.168.0.0/16")), "a file", undefined, { clients }),
    );

    expect(after!.answers.filter((one) => !one.client)).toEqual(before!.answers);
  });
});

describe("--client", () => {
  const files = new Files();
  const plan = files.write("plan.json", synthesized(perSpoke()));
  const OFFICE = "name=office,network=vnet-hub,dns=10.12.3.4,forwards=azurecr.io";

  test("adds the rows of clients, to every format", async () => {
    for (const [format, shown] of [
      ["table", /office +│ privatelink\.azurecr\.io/],
      ["json", /"virtualNetwork": "office"/],
      ["markdown", /office/],
      ["junit", /<testsuite name="office"/],
      ["html", /"region":"outside Azure"/],
    ] as const) {
      const { stdout, stderr } = await files.run(plan, "--client", OFFICE, "--format", format);

      expect(stderr).toBe("");
      expect(stdout).toMatch(shown);
    }
  });

  test("has all that is wrong told together", async () => {
    const wrong = "name=a/b,network=,dns=x,dns=10.0.0.1,forwards=a..b,ranges=10.0.0.1/8,colour=red";
    const { status, stderr } = await files.run(plan, "--client", wrong, "--client", "office");

    expect(status).toBe(2);
    expect(
      stderr
        .trim()
        .split("\n")
        .map((line) => line.replace(/^--client \S+: /, "")),
    ).toEqual([
      'found "colour=red", allowed: name=, network=, dns=, forwards=, ranges=',
      'found "office", allowed: name=, network=, dns=, forwards=, ranges=',
      "name: found none, allowed: one",
      "network: found none, allowed: one",
      'name: found "a/b", allowed: letters, digits, spaces, hyphens, underscores and periods',
      'network: found "", allowed: the name, address or id of a virtual network or Virtual WAN hub',
      'dns: found "x", allowed: IPv4 addresses',
      'forwards: found "a..b", allowed: domain names',
      'ranges: found "10.0.0.1/8", allowed: IPv4 ranges in CIDR notation',
      "dns: found none, allowed: one IPv4 address or several",
    ]);
  });

  test("has to name a network of the file, and a name of its own", async () => {
    const { status, stderr } = await files.run(
      plan,
      ...["--client", "name=vnet-spoke1,network=vnet-far,dns=10.0.0.1", "--client", "name=b,network=x,dns=10.0.0.1"],
    );

    expect(status).toBe(2);
    expect(stderr).toBe(
      [
        "The client vnet-spoke1: another network has that name, allowed: a name of its own.",
        'The client vnet-spoke1 is connected to "vnet-far": found no such virtual network or Virtual WAN hub, allowed: vnet-hub, vnet-spoke1 and vnet-spoke2.',
        'The client b is connected to "x": found no such virtual network or Virtual WAN hub, allowed: vnet-hub, vnet-spoke1 and vnet-spoke2.',
        "",
      ].join("\n"),
    );
  });

  test("is new in a comparison where its network is", async () => {
    const before = files.write("before.json", synthesized([registry(), ...view("spoke1", [], []), network("spoke1")]));
    const { stdout } = await files.run(plan, "--compare", before, "--client", OFFICE, "--json");
    const { changes } = JSON.parse(stdout) as { changes: { virtualNetwork: string; before: unknown }[] };

    expect(changes.filter(({ virtualNetwork }) => virtualNetwork === "office").map((one) => one.before)).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe("the output dns_clients", () => {
  const clients = [
    {
      name: "office",
      virtual_network: HUB,
      virtual_network_id: ref(vnet("hub")),
      dns_servers: [RESOLVER],
      forwards: ["azurecr.io"],
    },
  ];
  const known = [{ ...clients[0], virtual_network_id: networkId("hub") }];
  const parts = inSpoke();

  test.each<[string, Json]>([
    ["a configuration", { ...synthesized(parts), output: { dns_clients: { value: clients } } }],
    [
      "a plan that creates the network",
      {
        ...planOf(parts),
        output_changes: { dns_clients: { after: [{ ...known[0], virtual_network_id: undefined }] } },
      },
    ],
    ["a state", withOutputs(stateOf(parts), { dns_clients: { value: known } })],
  ])("adds clients to %s", (_, json) => {
    const { answers, findings } = previewOf(json);

    expect(
      answers.filter(({ client }) => client).map(({ reachable, virtualNetwork }) => ({ reachable, virtualNetwork })),
    ).toEqual(Array(3).fill({ reachable: true, virtualNetwork: "office" }));
    expect(findings.filter(({ resources }) => resources.includes("client.office"))).toEqual([]);
  });

  test.each<[Json, string]>([
    [{ dns_servers: "10.0.0.1" }, 'dns_servers: found "10.0.0.1", allowed: a list of strings'],
    [{ dns_servers: ["x"] }, 'dns_servers: found "x", allowed: IPv4 addresses'],
    [{ virtual_network: undefined }, "virtual_network: found nothing, allowed: a string"],
  ])("is refused with %j, with its place", (wrong, message) => {
    const json = { ...synthesized(parts), output: { dns_clients: { value: [{ ...clients[0], ...wrong }] } } };

    expect(() => previewOf(json, "x.json")).toThrow(`x.json: output.dns_clients[0].${message}`);
  });
});

test("a client is drawn with its gateway, and with the servers that it asks", () => {
  const { model } = preview(own(), office(RESOLVER));
  const [client] = model.networks.filter(({ outside }) => outside);

  expect(client).toMatchObject({ address: "client.office", outside: { gateway: { address: vnet("hub") } } });
  expect(model.endpoints.map(({ network: home }: Endpoint) => home?.name)).toEqual([HUB]);
});
