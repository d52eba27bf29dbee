import { previewOf } from "../packages/private-link-preview";
import { costOf, resourcesIn } from "../src/azure/costs";
import { errorsIn } from "./support/settings-errors";
import { differences, synthesize } from "./support/synth";

const OFFICE = { name: "office", connectedTo: "hub" };
const RESOLVER = { resolver: true, gatewayTransit: true };
const NETWORK =
  "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/platform/providers/Microsoft.Network/virtualNetworks/hub";
const IN_EXISTING = { resolverSubnetId: `${NETWORK}/subnets/resolver`, resolverAddress: "10.50.0.5" };
const EXISTING = { addressSpace: "10.50.0.0/16", existing: { virtualNetworkId: NETWORK, peer: true, ...IN_EXISTING } };

function answersOf(settings: object) {
  const { answers, findings } = previewOf(synthesize(settings));
  const own = answers.filter(({ client, host }) => client && /^\w+\.azurecr\.io$/.test(host));
  return {
    answers: own.map(({ virtualNetwork, endpoints, reachable }) => [virtualNetwork, endpoints[0], reachable]),
    findings: findings.map(({ code }) => code),
  };
}

test("a resolver is added to a hub without a change of what exists, at an address that stays", () => {
  const json = synthesize({ hub: { resolver: true } });

  expect(differences(synthesize({}), json)).toEqual([
    "azurerm_network_security_group.hub_resolver-nsg",
    "azurerm_private_dns_resolver.hub_resolver",
    "azurerm_private_dns_resolver_inbound_endpoint.hub_resolver_inbound",
    "azurerm_subnet.hub_resolver-subnet",
    "azurerm_subnet_network_security_group_association.hub_resolver-nsg-association",
    // They wait for the new subnet, and are written as they were.
    "azurerm_virtual_network_peering.hub_peering-to-spoke1",
    "azurerm_virtual_network_peering.hub_peering-to-spoke2",
    "azurerm_virtual_network_peering.spoke1_peering-to-hub",
    "azurerm_virtual_network_peering.spoke2_peering-to-hub",
  ]);
  expect(json.resource.azurerm_subnet!["hub_resolver-subnet"]).toMatchObject({
    address_prefixes: ["10.12.3.0/28"],
    delegation: [{ service_delegation: { name: "Microsoft.Network/dnsResolvers" } }],
  });
  expect(json.resource.azurerm_private_dns_resolver_inbound_endpoint!.hub_resolver_inbound).toMatchObject({
    ip_configurations: { private_ip_address: "10.12.3.4", private_ip_allocation_method: "Static" },
  });
  const { resolver, endpoint } = costOf(resourcesIn(json)).parts;
  expect({ resolver, endpoint }).toEqual({ resolver: 1, endpoint: 2 });
});

test("only DNS reaches the resolver's subnet, from the networks that the hub is connected with", () => {
  const { "hub_resolver-nsg": group } = synthesize({ hub: { resolver: true } }).resource
    .azurerm_network_security_group as Record<string, { security_rule: Record<string, unknown>[] }>;
  const allowed = group!.security_rule.filter(({ access }) => access === "Allow");

  expect(allowed).toEqual([
    expect.objectContaining({
      direction: "Inbound",
      source_address_prefix: "VirtualNetwork",
      destination_port_range: "53",
    }),
  ]);
});

test("gateway transit is for the spokes of a hub alone, on the right sides, and neither for other hubs nor in a mesh", () => {
  const hubs = [
    { name: "hub", location: "northeurope", addressSpace: "10.12.0.0/16", gatewayTransit: true },
    { name: "east", location: "eastasia", addressSpace: "10.32.0.0/16" },
  ];
  const spokes = ["hub", "hub", "east"].map((hub, i) => ({
    name: `s${i}`,
    location: "swedencentral",
    addressSpace: `10.2${i}.0.0/16`,
    hub,
  }));
  const peerings = synthesize({ hubs, spokes, spokePeering: "mesh" }).resource.azurerm_virtual_network_peering!;
  const withFlag = (flag: string) => Object.keys(peerings).filter((name) => peerings[name]![flag] === true);

  expect(withFlag("allow_gateway_transit")).toEqual(["hub_peering-to-s0", "hub_peering-to-s1"]);
  expect(withFlag("use_remote_gateways")).toEqual(["s0_peering-to-hub", "s1_peering-to-hub"]);
});

describe("a client", () => {
  test("changes nothing but what is previewed, in the configuration and in what is deployed", () => {
    const json = synthesize({ hub: RESOLVER, clients: [OFFICE] });

    expect(differences(synthesize({ hub: RESOLVER }), json)).toEqual([]);
    expect((json as unknown as { output: object }).output).toMatchObject({
      dns_clients: {
        value: [
          {
            name: "office",
            virtual_network: "${azurerm_virtual_network.hub_network.name}",
            dns_servers: ["10.12.3.4"],
          },
        ],
      },
    });
  });

  test.each([
    ["asks the hub's resolver by default, and reaches a spoke's endpoint by the gateway", { hub: RESOLVER }, true, []],
    ["reaches the hub's own endpoint without gateway transit", { hub: { resolver: true, endpoint: true } }, true, []],
    ["does not reach a spoke's endpoint without it", { hub: { resolver: true } }, false, ["unreachable-answer"]],
    [
      "asks the resolver of an existing hub",
      {
        hub: { ...EXISTING, ...RESOLVER },
        spokes: [{ name: "spoke1", location: "swedencentral", addressSpace: "10.10.0.0/16" }],
      },
      true,
      [],
    ],
  ] as const)("%s", (_, settings, reachable, codes) => {
    const { answers, findings } = answersOf({ ...settings, clients: [OFFICE] });

    expect(answers.map(([name, , reached]) => [name, reached])).toEqual([["office", reachable]]);
    expect(findings).toEqual(codes);
  });

  test("of each hub gets that hub's answer", () => {
    const hubs = [
      { name: "hub", location: "northeurope", addressSpace: "10.12.0.0/16", ...RESOLVER },
      { name: "east", location: "eastasia", addressSpace: "10.32.0.0/16", ...RESOLVER },
    ];
    const spokes = ["hub", "east"].map((hub, i) => ({
      name: `of-${hub}`,
      location: "swedencentral",
      addressSpace: `10.1${i}.0.0/16`,
      hub,
    }));
    const clients = [OFFICE, { name: "plant", connectedTo: "east" }];

    expect(answersOf({ hubs, spokes, clients }).answers).toEqual([
      ["office", "azurerm_private_endpoint.of-hub_endpoint", true],
      ["plant", "azurerm_private_endpoint.of-east_endpoint", true],
    ]);
  });
});

test("settings that do not fit are refused together, with what is allowed", () => {
  const clients = [
    { name: "Office", connectedTo: "hub" },
    { name: "a", connectedTo: "hub", dnsServers: [] },
    { name: "a", connectedTo: "north", dnsServers: ["10.0.0.1"], forwards: ["azurecr"] },
    { name: "b", connectedTo: "hub" },
  ];

  expect(errorsIn({ clients })).toEqual([
    'clients[0].name: found "Office", allowed: 1 to 24 lowercase letters, digits and hyphens, starting with a letter and not ending with a hyphen',
    "clients[1].dnsServers: found [], allowed: a list of one IPv4 address or several",
    'clients[2].forwards[0]: found "azurecr", allowed: a domain name, such as azurecr.io',
    'clients[2].name: found "a", allowed: a name that differs from the name of clients[1]',
    "clients[0].dnsServers: found nothing, allowed: the addresses to which its DNS forwards names, or hub.resolver set to true",
    'clients[2].connectedTo: found "north", allowed: the name of a hub: hub',
    "clients[3].dnsServers: found nothing, allowed: the addresses to which its DNS forwards names, or hub.resolver set to true",
  ]);
  expect(errorsIn({ hub: { addressSpace: "10.12.0.0/27", bastion: false, resolver: true } })).toEqual([
    'hub.addressSpace: found "10.12.0.0/27", allowed: a /26 or larger, to have room for the DNS resolver, or hub.resolver set to false',
  ]);
  const existing = { virtualNetworkId: NETWORK, endpointSubnetId: IN_EXISTING.resolverSubnetId, peer: true };
  const hub = { addressSpace: "10.50.0.0/16", endpoint: true, resolver: true };
  expect(errorsIn({ hub: { ...hub, existing } })).toEqual([
    "hub.existing.resolverSubnetId: found nothing, allowed: the ID of a subnet that is delegated to Microsoft.Network/dnsResolvers, or hub.resolver set to false",
    "hub.existing.resolverAddress: found nothing, allowed: an address in the subnet of resolverSubnetId, or hub.resolver set to false",
  ]);
  expect(
    errorsIn({ hub: { ...hub, existing: { ...existing, ...IN_EXISTING, resolverAddress: "10.60.0.4" } } }),
  ).toEqual([
    `hub.existing.resolverSubnetId: found "${IN_EXISTING.resolverSubnetId}", allowed: a subnet that differs from the one in endpointSubnetId`,
    'hub.existing.resolverAddress: found "10.60.0.4", allowed: an address in 10.50.0.0/16',
  ]);
});

test("a client of a Virtual WAN hub reaches the spokes that are connected to it", () => {
  const virtualHubId = NETWORK.replace("virtualNetworks", "virtualHubs");
  const spokes = [
    { name: "spoke1", location: "swedencentral", addressSpace: "10.10.0.0/16", dnsServers: ["10.10.0.9"] },
  ];
  const clients = [{ ...OFFICE, dnsServers: ["10.10.0.9"] }];

  expect(answersOf({ hub: { virtualHubId }, spokes, clients }).answers).toEqual([
    ["office", "azurerm_private_endpoint.spoke1_endpoint", true],
  ]);
  expect(errorsIn({ hub: { virtualHubId, resolver: true, gatewayTransit: true }, spokes, clients: [OFFICE] })).toEqual([
    "hub.resolver: found true, allowed: nothing if virtualHubId is set: a Virtual WAN hub is no virtual network",
    "hub.gatewayTransit: found true, allowed: nothing if virtualHubId is set: a Virtual WAN hub is no virtual network",
  ]);
  expect(errorsIn({ hub: { virtualHubId }, spokes, clients: [OFFICE] })).toEqual([
    "clients[0].dnsServers: found nothing, allowed: the addresses to which its DNS forwards names",
  ]);
});
