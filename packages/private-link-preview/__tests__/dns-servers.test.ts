import { REGISTRY, dnsZone, peer, pep, recordAddresses, ref, vnet, zoneLink } from "./addresses";
import { type Json, FORMS, change, part, stateOf, without } from "./forms";
import { idOf, networkId } from "./ids";
import { addressAt } from "./names";
import { perSpoke } from "./networks";
import { answerFor, endpointsFor, error, resolve, verdicts, warning } from "./outcome";
import { firewallInHub, network, peered, peering, registry, withEndpoint } from "./parts";
import { link, view } from "./zones";

const SPOKE2 = vnet("spoke2");
const SPOKE2_LINK = zoneLink("spoke2", "spoke2");
const IN_HUB = "10.12.1.4";

const asking = (...servers: string[]): Json => ({ dns_servers: servers });

/** Two networks that ask DNS servers in the hub, whose zone answers with the hub's endpoint. */
const central = (...servers: string[]) => [
  ...withEndpoint("hub"),
  network("spoke1", asking(...servers)),
  network("spoke2"),
  ...peered("hub", "spoke1"),
  ...peered("hub", "spoke2"),
  registry(),
  ...view("hub", ["hub", "spoke2"], ["hub"]),
];

/** A firewall in the hub, and the policy that it refers to. */
const FIREWALL = [
  // The policy comes first, and mentions another network.
  firewallInHub(IN_HUB, { firewall_policy_id: "${azurerm_firewall_policy.dns.id}" }),
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
      error("zone-bypassed", SPOKE2, SPOKE2_LINK, dnsZone("spoke2")),
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
    expect(verdicts(resolution)).toEqual([error("dns-server-unreachable", vnet("spoke1"), vnet("hub"))]);
  });

  test("is found without a zone if that network has none", () => {
    const resolution = resolve(without(central(IN_HUB), zoneLink("hub", "hub")));

    expect(verdicts(resolution)).toEqual([
      error("no-zone", vnet("hub"), REGISTRY),
      error("no-zone", vnet("spoke1"), REGISTRY),
    ]);
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
  test.each([
    ["alone", ["168.63.129.16"]],
    ["beside a server of the network's own", ["10.11.1.4", "168.63.129.16"]],
  ])("%s sees what the network sees", (_, servers) => {
    const resolution = resolve(change(perSpoke(), SPOKE2, asking(...servers)));

    expect(endpointsFor(resolution, "vnet-spoke2")).toEqual(["spoke2"]);
    expect(verdicts(resolution)).toEqual([]);
  });

  test("beside a server elsewhere leaves it open which of them answers", () => {
    const resolution = resolve(change(perSpoke(), SPOKE2, asking(IN_HUB, "168.63.129.16")));

    expect(answerFor(resolution, "vnet-spoke2").known).toBe(false);
    expect(verdicts(resolution)).toEqual([warning("dns-server-not-known", SPOKE2)]);
    expect(resolution.findings[0]!.message).toMatch(/in several networks, whose answers for .* differ/);
  });

  test("beside a server elsewhere that answers the same is known", () => {
    const parts = change([...central(IN_HUB), link("spoke1", "hub")], vnet("spoke1"), asking(IN_HUB, "168.63.129.16"));
    const resolution = resolve(parts);

    expect(answerFor(resolution, "vnet-spoke1")).toMatchObject({ reachable: true, known: true });
    expect(verdicts(resolution)).toEqual([]);
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
    const back = { virtual_network_name: "vnet-hub", remote_virtual_network_id: networkId("spoke1") };
    const parts = [
      network("spoke1", asking(IN_HUB)),
      hub,
      peering("spoke1", "hub", { remote_virtual_network_id: networkId("hub") }),
      peering("hub", "spoke1", back),
      registry(),
    ];
    const resolution = resolve(parts, stateOf);

    expect(answerFor(resolution, "vnet-spoke1")).toMatchObject({ reachable: null, known: false });
    expect(verdicts(resolution)).toEqual([warning("answer-not-known", hub.address, vnet("spoke1"))]);
    expect(resolution.findings[0]?.message).toContain("its DNS servers are in vnet-hub, which is not managed here");
  });
});

describe("where a DNS server lies", () => {
  test.each(FORMS)("is told by the subnet of the firewall that it is (%s)", (_, form) => {
    const address = form === stateOf ? IN_HUB : "${azurerm_firewall.dns.ip_configuration[0].private_ip_address}";
    const resolution = resolve([...central(address), ...FIREWALL], form);

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

  test.each(FORMS)("may be set beside the network (%s)", (_, form) => {
    const servers = part("azurerm_virtual_network_dns_servers.spoke1", {
      virtual_network_id: ref(vnet("spoke1")),
      dns_servers: [IN_HUB],
    });
    const resolution = resolve([...central(), servers], form);

    expect(endpointsFor(resolution, "vnet-spoke1")).toEqual(["hub"]);
    expect(verdicts(resolution)).toEqual([]);
  });

  test("shows in the addresses of a state", () => {
    expect(answerFor(resolve(central(IN_HUB), stateOf), "vnet-spoke1").addresses).toEqual([addressAt("hub", "login")]);
  });
});
