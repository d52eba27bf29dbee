import { REGISTRY, dnsZone, peer, pep, recordAddresses, vnet, zoneLink } from "./addresses";
import { type Json, type Part, change, part, planOf, stateOf, synthesized, without } from "./forms";
import { idOf, networkId } from "./ids";
import { addressAt } from "./names";
import { perSpoke } from "./networks";
import { answerFor, endpointsFor, error, resolve, verdicts, warning } from "./outcome";
import { endpoint, network, peered, registry, subnet } from "./parts";
import { link, view } from "./zones";

const SPOKE2 = vnet("spoke2");
const HUB = vnet("hub");
const SPOKE2_LINK = zoneLink("spoke2", "spoke2");
const SPOKE2_ZONE = dnsZone("spoke2");
const IN_HUB = "10.12.1.4";

const asking = (...servers: string[]): Json => ({ dns_servers: servers });

/** Two networks that ask DNS servers in the hub, whose zone answers with the hub's endpoint. */
function central(...servers: string[]): Part[] {
  return [
    network("hub"),
    subnet("hub"),
    ...endpoint("hub"),
    network("spoke1", asking(...servers)),
    network("spoke2"),
    ...peered("hub", "spoke1"),
    ...peered("hub", "spoke2"),
    registry(),
    ...view("hub", ["hub", "spoke2"], ["hub"]),
  ];
}

/** A firewall in the hub, and the policy that it refers to. */
const FIREWALL = [
  part(
    "azurerm_firewall.dns",
    {
      // The policy comes first, and mentions another network.
      firewall_policy_id: "${azurerm_firewall_policy.dns.id}",
      ip_configuration: [{ name: "main", subnet_id: "${azurerm_subnet.hub.id}" }],
    },
    {
      ip_configuration: [
        { name: "main", subnet_id: `${networkId("hub")}/subnets/endpoints`, private_ip_address: IN_HUB },
      ],
    },
  ),
  part(
    "azurerm_firewall_policy.dns",
    { name: "dns", location: "${azurerm_virtual_network.spoke2.location}", dns: [{ proxy_enabled: true }] },
    { id: idOf("rg-hub", "Microsoft.Network/firewallPolicies", "dns") },
  ),
];

describe("a network that asks DNS servers of its own", () => {
  test("gets what the network sees in which they lie", () => {
    const resolution = resolve(central(IN_HUB));

    expect(endpointsFor(resolution, "vnet-spoke1")).toEqual(["hub"]);
    expect(answerFor(resolution, "vnet-spoke1")).toMatchObject({ zone: dnsZone("hub"), reachable: true, known: true });
    expect(verdicts(resolution)).toEqual([]);
  });

  test("gets an endpoint that it can't reach, if that network does", () => {
    const resolution = resolve(without(change(perSpoke(), SPOKE2, asking(IN_HUB)), SPOKE2_LINK));

    expect(endpointsFor(resolution, "vnet-spoke2")).toEqual(["spoke1"]);
    expect(answerFor(resolution, "vnet-spoke2").reachable).toBe(false);
    expect(verdicts(resolution)).toEqual([
      error("unreachable-answer", SPOKE2, ...recordAddresses("hub"), pep("spoke1")),
    ]);
    expect(resolution.findings[0]?.message).toContain(
      "Give the network of its DNS servers, vnet-hub, an endpoint of its own",
    );
  });

  test("is told that its own zone link does nothing", () => {
    const resolution = resolve(change(perSpoke(), SPOKE2, asking(IN_HUB)));

    expect(endpointsFor(resolution, "vnet-spoke2")).toEqual(["spoke1"]);
    expect(verdicts(resolution)).toEqual([
      error("zone-bypassed", SPOKE2, SPOKE2_LINK, SPOKE2_ZONE),
      error("unreachable-answer", SPOKE2, ...recordAddresses("hub"), pep("spoke1")),
    ]);
    expect(resolution.findings[0]?.message).toContain(`vnet-spoke2 uses custom DNS servers (${IN_HUB})`);
  });

  test("is only warned of its idle zone link while the answers are good", () => {
    const resolution = resolve([...central(IN_HUB), link("spoke1", "hub")]);

    expect(verdicts(resolution)).toEqual([
      warning("zone-bypassed", vnet("spoke1"), zoneLink("spoke1", "hub"), dnsZone("hub")),
    ]);
  });

  test("gets nothing from servers in a network that it is not peered with", () => {
    const resolution = resolve(without(central(IN_HUB), peer("hub", "spoke1"), peer("spoke1", "hub")));

    expect(answerFor(resolution, "vnet-spoke1")).toMatchObject({ endpoints: [], reachable: false, known: true });
    expect(verdicts(resolution)).toEqual([error("dns-server-unreachable", vnet("spoke1"), HUB)]);
  });

  test("is found without a zone if that network has none", () => {
    const resolution = resolve(without(central(IN_HUB), zoneLink("hub", "hub")));

    expect(verdicts(resolution)).toEqual([error("no-zone", HUB, REGISTRY), error("no-zone", vnet("spoke1"), REGISTRY)]);
    expect(resolution.findings[1]?.message).toContain(
      "vnet-hub, in which the DNS servers of vnet-spoke1 are, is linked to no private DNS zone",
    );
  });

  test("sees its own zone if the servers are its own", () => {
    // Another network that it never meets may use the same addresses.
    const parts = [...perSpoke(), network("twin", { address_space: ["10.11.0.0/16"], ...asking("192.0.2.53") })];
    const resolution = resolve(change(parts, SPOKE2, asking("10.11.1.4")));

    expect(endpointsFor(resolution, "vnet-spoke2")).toEqual(["spoke2"]);
    expect(verdicts(resolution)).toEqual([warning("dns-server-not-known", vnet("twin"))]);
  });
});

describe("Azure's own DNS", () => {
  test("is what a network asks that names 168.63.129.16", () => {
    const resolution = resolve(change(perSpoke(), SPOKE2, asking("168.63.129.16")));

    expect(endpointsFor(resolution, "vnet-spoke2")).toEqual(["spoke2"]);
    expect(verdicts(resolution)).toEqual([]);
  });

  test("beside a server of the network's own sees what the network sees", () => {
    const resolution = resolve(change(perSpoke(), SPOKE2, asking("10.11.1.4", "168.63.129.16")));

    expect(endpointsFor(resolution, "vnet-spoke2")).toEqual(["spoke2"]);
    expect(verdicts(resolution)).toEqual([]);
  });

  test("beside a server elsewhere leaves it open which of them answers", () => {
    const resolution = resolve(change(perSpoke(), SPOKE2, asking(IN_HUB, "168.63.129.16")));

    expect(answerFor(resolution, "vnet-spoke2").known).toBe(false);
    expect(verdicts(resolution)).toContainEqual(warning("dns-server-not-known", SPOKE2));
  });
});

describe("what a DNS server answers is not known", () => {
  test.each([
    ["it lies in no network of the file", ["192.0.2.53"]],
    ["one server lies here and one there", [IN_HUB, "10.10.1.4"]],
    ["it is no address", ["${var.dns_server}", "fd00::1"]],
  ])("where %s", (_, servers) => {
    const resolution = resolve(without(change(perSpoke(), SPOKE2, asking(...servers)), SPOKE2_LINK));

    expect(answerFor(resolution, "vnet-spoke2")).toMatchObject({
      zone: null,
      endpoints: [],
      addresses: [],
      reachable: null,
      known: false,
    });
    expect(verdicts(resolution)).toEqual([warning("dns-server-not-known", SPOKE2)]);
  });

  test("where two networks have its address", () => {
    const parts = [...perSpoke(), network("twin", { address_space: ["10.12.0.0/16"] })];
    const resolution = resolve(change(parts, SPOKE2, asking(IN_HUB)));

    expect(verdicts(resolution)).toContainEqual(warning("dns-server-not-known", SPOKE2));
  });

  test("where it lies in a network that is only read, whose links are not in the file", () => {
    const hub = part(
      "data.azurerm_virtual_network.hub",
      { name: "vnet-hub", resource_group_name: "rg-hub" },
      { id: networkId("hub"), address_space: ["10.12.0.0/16"] },
    );
    const peering = { resource_group_name: "rg-spoke1", virtual_network_name: "vnet-spoke1" };
    const resolution = resolve(
      [
        network("spoke1", asking(IN_HUB)),
        hub,
        part("azurerm_virtual_network_peering.out", { ...peering, remote_virtual_network_id: networkId("hub") }),
        part("azurerm_virtual_network_peering.back", {
          resource_group_name: "rg-hub",
          virtual_network_name: "vnet-hub",
          remote_virtual_network_id: networkId("spoke1"),
        }),
        registry(),
      ],
      stateOf,
    );

    expect(answerFor(resolution, "vnet-spoke1")).toMatchObject({ reachable: null, known: false });
    expect(verdicts(resolution)).toEqual([warning("answer-not-known", hub.address, vnet("spoke1"))]);
    expect(resolution.findings[0]?.message).toContain("its DNS servers are in vnet-hub, which is not managed here");
  });
});

describe("where a DNS server lies", () => {
  const PEER = (reference: string) => [...central(reference), ...FIREWALL];

  test.each([
    ["synthesized", synthesized],
    ["planned", planOf],
    ["applied", stateOf],
  ])("is told by the subnet of the firewall that it is (%s)", (_, form) => {
    const address = "${azurerm_firewall.dns.ip_configuration[0].private_ip_address}";
    const parts = form === stateOf ? PEER(IN_HUB) : PEER(address);
    const resolution = resolve(parts, form);

    expect(endpointsFor(resolution, "vnet-spoke1")).toEqual(["hub"]);
    expect(verdicts(resolution)).toEqual([]);
  });

  test("is told by the subnet of the resolver's inbound endpoint that it is", () => {
    const inbound = part("azurerm_private_dns_resolver_inbound_endpoint.dns", {
      private_dns_resolver_id: "${azurerm_private_dns_resolver.dns.id}",
      ip_configurations: { subnet_id: "${azurerm_subnet.hub.id}" },
    });
    const address = "${azurerm_private_dns_resolver_inbound_endpoint.dns.ip_configurations[0].private_ip_address}";
    const resolution = resolve([...central(address), inbound]);

    expect(endpointsFor(resolution, "vnet-spoke1")).toEqual(["hub"]);
  });

  test("is told by the network interface of the machine that it is", () => {
    const nic = part("azurerm_network_interface.dns", { ip_configuration: { subnet_id: "${azurerm_subnet.hub.id}" } });
    const machine = part("azurerm_linux_virtual_machine.dns", {
      network_interface_ids: ["${azurerm_network_interface.dns.id}"],
    });
    const resolution = resolve([...central("${azurerm_linux_virtual_machine.dns.private_ip_address}"), nic, machine]);

    expect(endpointsFor(resolution, "vnet-spoke1")).toEqual(["hub"]);
  });

  test("may be set beside the network", () => {
    const servers = part("azurerm_virtual_network_dns_servers.spoke1", {
      virtual_network_id: "${azurerm_virtual_network.spoke1.id}",
      dns_servers: [IN_HUB],
    });

    for (const form of [synthesized, planOf, stateOf]) {
      const resolution = resolve([...central(), servers], form);

      expect(endpointsFor(resolution, "vnet-spoke1")).toEqual(["hub"]);
      expect(verdicts(resolution)).toEqual([]);
    }
  });

  test("shows in the addresses of a state", () => {
    expect(answerFor(resolve(central(IN_HUB), stateOf), "vnet-spoke1").addresses).toEqual([addressAt("hub", "login")]);
  });
});
