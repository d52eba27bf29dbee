import { previewOf, type Preview } from "../lib/preview";
import { Reachability } from "../lib/reachability";
import { isReachable } from "../lib/resolver";
import { type Step, type StepKind, Ways } from "../lib/way";
import { dnsZone, peer, recordAddress, vnet, zoneLink } from "./addresses";
import { type Form, type Json, type Part, change, part, planOf, stateOf, synthesized, without } from "./forms";
import { idOf, networkId } from "./ids";
import { fqdn } from "./names";
import { perSpoke, regional, selfRegistered, sharedZone } from "./networks";
import { resolve } from "./outcome";
import { endpoint, network, peered, peering, registry, subnet } from "./parts";
import { link, record, view, zone } from "./zones";

const SPOKE1 = vnet("spoke1");
const SPOKE2 = vnet("spoke2");
const IN_HUB = "10.12.1.4";
const SPOKE2_LINK = zoneLink("spoke2", "spoke2");

const asking = (...servers: string[]): Json => ({ dns_servers: servers });

/** The way of each lookup of a preview. */
function waysOf({ model, lookups, findings }: Preview) {
  const ways = new Ways(model, new Reachability(model), findings);
  return lookups.map((lookup) => ({ lookup, steps: ways.of(lookup) }));
}

function wayOf(parts: Part[], from: string, form: Form = synthesized, host = fqdn("login")): Step[] {
  const found = waysOf(resolve(parts, form)).find(
    ({ lookup }) => lookup.network.name === from && lookup.host.fqdn === host,
  );
  if (!found) throw new Error(`${from} does not ask for ${host}.`);
  return found.steps;
}

/** Kinds and states of steps, as far as they are not right. */
function shape(steps: readonly Step[]): string[] {
  return steps.map(({ kind, state }) => (state === "right" ? kind : `${kind}: ${state}`));
}

function textOf(steps: readonly Step[], kind: StepKind): string {
  return steps
    .filter((step) => step.kind === kind)
    .map(({ text }) => text)
    .join(" ");
}

describe("the way of a question", () => {
  test("leads from the client to the endpoint in its own network", () => {
    const steps = wayOf(perSpoke(), "vnet-spoke1", stateOf);

    expect(shape(steps)).toEqual(["client", "dns", "name", "zone", "record", "endpoint", "connection", "region"]);
    expect(steps.map(({ text }) => text)).toEqual([
      "A machine in vnet-spoke1 asks for acmeacr.azurecr.io.",
      "vnet-spoke1 uses Azure's DNS, which looks in the private DNS zones that are linked to the network.",
      "Public DNS leads acmeacr.azurecr.io to acmeacr.privatelink.azurecr.io.",
      "vnet-spoke1 is linked to the zone privatelink.azurecr.io.",
      "The record of acmeacr.privatelink.azurecr.io holds 10.10.0.4.",
      "The address is that of its own endpoint pep-spoke1.",
      "The endpoint is in the network of the client.",
      "Azure chooses the region that serves, of swedencentral and switzerlandnorth.",
    ]);
    expect(steps[3]?.resources).toEqual([dnsZone("spoke1"), zoneLink("spoke1", "spoke1")]);
  });

  test("leads over a peering to the endpoint of another network", () => {
    const steps = wayOf(perSpoke(), "vnet-hub");

    expect(shape(steps)).not.toContain("connection: broken");
    expect(textOf(steps, "connection")).toBe("vnet-hub reaches vnet-spoke1 by a peering.");
  });

  test("breaks at the zone where the link is missing", () => {
    const steps = wayOf(without(perSpoke(), SPOKE2_LINK), "vnet-spoke2");

    expect(shape(steps)).toEqual(["client", "dns", "name", "zone: broken"]);
    expect(textOf(steps, "zone")).toBe(
      "vnet-spoke2 is linked to no zone privatelink.azurecr.io, so public DNS answers with the public address, which refuses clients.",
    );
    expect(steps.at(-1)?.findings.map(({ code }) => code)).toEqual(["no-zone"]);
  });

  test("breaks at the record where it is missing", () => {
    const parts = without(perSpoke(), recordAddress("spoke2", "login"));
    const steps = wayOf(parts, "vnet-spoke2");

    expect(shape(steps)).toEqual(["client", "dns", "name", "zone", "record: broken"]);
    expect(textOf(steps, "record")).toContain("so the name does not resolve");
    expect(steps.at(-1)?.findings.map(({ code }) => code)).toEqual(["no-record"]);
    // The zone's other names are right, and the finding is not about them.
    expect(wayOf(parts, "vnet-spoke2", synthesized, fqdn("sweden")).flatMap(({ findings }) => findings)).toEqual([]);
  });

  test("breaks at the connection where the endpoint's network is not reached", () => {
    const steps = wayOf(
      change(perSpoke(), SPOKE2_LINK, { private_dns_zone_name: "${azurerm_private_dns_zone.spoke1.name}" }),
      "vnet-spoke2",
    );

    expect(shape(steps).at(-1)).toBe("connection: broken");
    expect(textOf(steps, "connection")).toBe("vnet-spoke2 does not reach vnet-spoke1, with which it is not connected.");
    expect(steps.at(-1)?.findings.map(({ code }) => code)).toContain("unreachable-answer");
  });

  test("names what connects the networks in place of a peering", () => {
    const connection = (key: string) =>
      part(`azurerm_virtual_hub_connection.${key}`, {
        name: key,
        virtual_hub_id: "${azurerm_virtual_hub.hub.id}",
        remote_virtual_network_id: `\${azurerm_virtual_network.${key}.id}`,
      });
    const parts = [
      network("spoke1"),
      subnet("spoke1"),
      ...endpoint("spoke1"),
      network("spoke2"),
      registry(),
      ...view("spoke1", ["spoke1", "spoke2"], ["spoke1"]),
      part("azurerm_virtual_hub.hub", { name: "hub" }, { id: idOf("rg-hub", "Microsoft.Network/virtualHubs", "hub") }),
      connection("spoke1"),
      connection("spoke2"),
    ];

    expect(textOf(wayOf(parts, "vnet-spoke2"), "connection")).toBe("vnet-spoke2 reaches vnet-spoke1 by Virtual WAN.");
  });

  test("says that a peering is one-sided", () => {
    const parts = without(perSpoke(), peer("spoke1", "hub"));
    const connection = wayOf(parts, "vnet-hub").find(({ kind }) => kind === "connection");

    expect(connection?.text).toBe(
      "vnet-hub does not reach vnet-spoke1, with which it is peered in one direction only.",
    );
    expect(connection?.resources).toContain(peer("hub", "spoke1"));
    expect(connection?.findings.map(({ code }) => code).sort()).toEqual(["one-sided-peering", "unreachable-answer"]);
  });

  test("shows both connections of an answer with two endpoints", () => {
    const steps = wayOf(sharedZone(), "vnet-spoke1", stateOf);

    expect(shape(steps).slice(-4)).toEqual(["endpoint", "connection", "connection: broken", "region"]);
  });

  test("breaks at a record with the address of another host name", () => {
    const parts = [
      ...without(perSpoke(), recordAddress("spoke1", "sweden")),
      change(
        [record("spoke1", "sweden", ["spoke1"])],
        recordAddress("spoke1", "sweden"),
        {},
        { records: ["10.10.0.6"] },
      )[0]!,
    ];
    const steps = wayOf(parts, "vnet-spoke1", stateOf, fqdn("sweden"));

    expect(steps.find(({ kind }) => kind === "record")).toMatchObject({
      state: "broken",
      findings: [{ code: "wrong-address" }],
    });
  });

  test("breaks at a record with an address that no endpoint has", () => {
    const parts = change(perSpoke(), recordAddress("spoke1", "login"), {}, { records: ["10.77.0.9"] });
    const steps = wayOf(parts, "vnet-spoke1", stateOf);

    expect(shape(steps).at(-1)).toBe("record: broken");
    expect(textOf(steps, "record")).toContain("10.77.0.9, which no private endpoint in this file has");
  });

  test("breaks at the connection where a network security group denies it to the network", () => {
    const group = "azurerm_network_security_group.nsg";
    const rule = {
      name: "deny-hub",
      priority: 100,
      direction: "Inbound",
      access: "Deny",
      protocol: "*",
      source_address_prefix: "10.12.0.0/16",
      source_port_range: "*",
      destination_address_prefix: "*",
      destination_port_range: "*",
    };
    const parts = [
      ...change(perSpoke(), "azurerm_subnet.spoke1", { private_endpoint_network_policies: "Enabled" }),
      part(
        group,
        { name: "nsg", resource_group_name: "rg-spoke1", security_rule: [rule] },
        { id: idOf("rg-spoke1", "Microsoft.Network/networkSecurityGroups", "nsg") },
      ),
      part("azurerm_subnet_network_security_group_association.spoke1", {
        subnet_id: "${azurerm_subnet.spoke1.id}",
        network_security_group_id: `\${${group}.id}`,
      }),
    ];
    const found = wayOf(parts, "vnet-hub").find(({ kind }) => kind === "connection");

    // It is a warning while the endpoint's own network is let in, and the way of the hub is broken all the same.
    expect(found).toMatchObject({ state: "broken", findings: [{ code: "port-denied", severity: "warning" }] });
    expect(wayOf(parts, "vnet-spoke1").flatMap(({ findings }) => findings)).toEqual([]);
    const all = change(parts, group, { security_rule: [{ ...rule, source_address_prefix: "*" }] });
    expect(shape(wayOf(all, "vnet-hub"))).toContain("connection: broken");
  });

  test("names the zone group that writes the record", () => {
    const steps = wayOf(selfRegistered(), "vnet-spoke1", stateOf);

    expect(textOf(steps, "record")).toMatch(/^The DNS zone group of pep-spoke1 writes the record/);
  });

  test("names the region that a registry's regional endpoint leads to", () => {
    const steps = wayOf(
      regional({ hub: "swedenLogin", spoke1: "swedenLogin", spoke2: "switzerlandLogin" }),
      "vnet-spoke2",
      stateOf,
    );

    expect(textOf(steps, "region")).toBe("The region that serves is switzerlandnorth.");
  });

  test("is not known where the file does not manage the zone", () => {
    const parts = change(perSpoke(), SPOKE2_LINK, {
      private_dns_zone_name: "privatelink.azurecr.io",
      resource_group_name: "rg-elsewhere",
    });
    const steps = wayOf(parts, "vnet-spoke2");

    expect(shape(steps)).toEqual(["client", "dns", "name", "zone", "record: not known"]);
  });
});

describe("the way to custom DNS servers", () => {
  const central = (...extra: Part[]) => [
    network("hub"),
    subnet("hub"),
    ...endpoint("hub"),
    network("spoke1", asking(IN_HUB)),
    registry(),
    ...view("hub", ["hub"], ["hub"]),
    ...extra,
  ];

  test("leads through the network that they are in", () => {
    const steps = wayOf(central(...peered("hub", "spoke1")), "vnet-spoke1");

    expect(shape(steps)).toEqual(["client", "dns", "name", "zone", "record", "endpoint", "connection", "region"]);
    expect(textOf(steps, "dns")).toBe(
      `vnet-spoke1 uses the DNS servers ${IN_HUB} in vnet-hub, which it reaches by a peering. They answer with the zones that are linked to vnet-hub.`,
    );
    expect(textOf(steps, "zone")).toMatch(/^vnet-hub is linked to/);
  });

  test("breaks there where the network is not reached", () => {
    const steps = wayOf(central(), "vnet-spoke1");

    expect(shape(steps)).toEqual(["client", "dns: broken"]);
    expect(steps[1]?.findings.map(({ code }) => code)).toEqual(["dns-server-unreachable"]);
  });

  test("is not known where they are in no network of the file", () => {
    const steps = wayOf(change(perSpoke(), SPOKE2, asking("192.168.7.7")), "vnet-spoke2");

    expect(shape(steps)).toEqual(["client", "dns: not known"]);
    expect(textOf(steps, "dns")).toContain("192.168.7.7, which are in no network of this file");
    expect(steps[1]?.findings.map(({ code }) => code)).toContain("dns-server-not-known");
  });

  test("breaks at a firewall whose DNS proxy is off", () => {
    const firewall = part(
      "azurerm_firewall.dns",
      { name: "fw", ip_configuration: [{ name: "main", subnet_id: "${azurerm_subnet.hub.id}" }] },
      {
        ip_configuration: [
          { name: "main", subnet_id: `${networkId("hub")}/subnets/endpoints`, private_ip_address: IN_HUB },
        ],
      },
    );
    const steps = wayOf(central(...peered("hub", "spoke1"), firewall), "vnet-spoke1", stateOf);

    expect(shape(steps)).toEqual(["client", "dns: broken"]);
    expect(textOf(steps, "dns")).toContain("its DNS proxy is off");
  });
});

describe("the way through a forwarding ruleset", () => {
  const RESOLVER = idOf("rg-hub", "Microsoft.Network/dnsResolvers", "resolver");
  const ruleset = (server: string, domain = "azurecr.io."): Part[] => [
    part(
      "azurerm_private_dns_resolver.hub",
      { name: "resolver", virtual_network_id: "${azurerm_virtual_network.hub.id}" },
      { id: RESOLVER },
    ),
    part(
      "azurerm_private_dns_resolver_outbound_endpoint.hub",
      {
        name: "out",
        private_dns_resolver_id: "${azurerm_private_dns_resolver.hub.id}",
        subnet_id: "${azurerm_subnet.hub.id}",
      },
      { id: `${RESOLVER}/outboundEndpoints/out` },
    ),
    part(
      "azurerm_private_dns_resolver_dns_forwarding_ruleset.rules",
      {
        name: "rules",
        private_dns_resolver_outbound_endpoint_ids: ["${azurerm_private_dns_resolver_outbound_endpoint.hub.id}"],
      },
      { id: idOf("rg-hub", "Microsoft.Network/dnsForwardingRulesets", "rules") },
    ),
    part("azurerm_private_dns_resolver_forwarding_rule.registry", {
      name: "registry",
      dns_forwarding_ruleset_id: "${azurerm_private_dns_resolver_dns_forwarding_ruleset.rules.id}",
      domain_name: domain,
      target_dns_servers: [{ ip_address: server, port: 53 }],
    }),
    part("azurerm_private_dns_resolver_virtual_network_link.spoke1", {
      name: "spoke1",
      dns_forwarding_ruleset_id: "${azurerm_private_dns_resolver_dns_forwarding_ruleset.rules.id}",
      virtual_network_id: "${azurerm_virtual_network.spoke1.id}",
    }),
  ];
  const forwarded = (...rules: Part[]) => [
    network("hub"),
    subnet("hub"),
    ...endpoint("hub"),
    network("spoke1"),
    ...peered("hub", "spoke1"),
    registry(),
    ...view("hub", ["hub"], ["hub"]),
    ...rules,
  ];

  test("leads to the servers that the rule names", () => {
    const steps = wayOf(forwarded(...ruleset(IN_HUB)), "vnet-spoke1", stateOf);

    expect(shape(steps)).toEqual([
      "client",
      "dns",
      "rule",
      "name",
      "zone",
      "record",
      "endpoint",
      "connection",
      "region",
    ]);
    expect(textOf(steps, "rule")).toMatch(
      /^A rule of a DNS forwarding ruleset forwards names in azurecr.io to the DNS servers 10.12.1.4 in vnet-hub/,
    );
  });

  test("leads through public DNS first where the rule is for the private name", () => {
    const steps = wayOf(forwarded(...ruleset(IN_HUB, "privatelink.azurecr.io.")), "vnet-spoke1", stateOf);

    expect(shape(steps).slice(0, 5)).toEqual(["client", "dns", "name", "rule", "zone"]);
  });

  test("is not known where these are in no network of the file", () => {
    const steps = wayOf(forwarded(...ruleset("192.168.7.7")), "vnet-spoke1", stateOf);

    expect(shape(steps)).toEqual(["client", "dns", "rule: not known"]);
  });
});

test("a zone of public names answers in place of the private link zone", () => {
  const parts = [...perSpoke(), zone("public", "azurecr.io"), link("spoke1", "public")];
  const steps = wayOf(parts, "vnet-spoke1");

  expect(shape(steps)).toEqual(["client", "dns", "zone: broken"]);
  expect(steps[2]?.text).toMatch(
    /never gets to privatelink\.azurecr\.io\. The zone has no record of acmeacr\.azurecr\.io/,
  );
  expect(steps[2]?.findings.map(({ code }) => code)).toEqual(["captured-name"]);
});

const NETWORKS: Record<string, Part[]> = {
  "a zone for each spoke": perSpoke(),
  "one zone for all": sharedZone(),
  "an endpoint that registers itself": selfRegistered(),
  "regional endpoints": regional({ hub: "swedenLogin", spoke1: "swedenLogin", spoke2: "swedenLogin" }),
  "servers that are not known": change(perSpoke(), SPOKE1, asking("192.168.7.7")),
  "servers in the hub": change(perSpoke(), SPOKE2, asking(IN_HUB)),
  "no link": without(perSpoke(), SPOKE2_LINK),
  "a peering that is not allowed": change(perSpoke(), peer("hub", "spoke1"), { allow_virtual_network_access: false }),
  "a peering to a network that is not in the file": [
    ...perSpoke(),
    peering("spoke1", "hub", { remote_virtual_network_id: networkId("far") }),
  ].filter(({ address }, index, all) => all.findIndex((one) => one.address === address) === index),
};

describe.each(Object.entries(NETWORKS))("with %s", (_, parts) => {
  test.each([
    ["synthesized", synthesized],
    ["planned", planOf],
    ["applied", stateOf],
  ] as const)("the steps agree with each answer, as %s", (_, form) => {
    const ways = waysOf(previewOf(form(parts)));
    for (const { lookup, steps } of ways) {
      const states = steps.map(({ state }) => state);
      const expected = isReachable(lookup);
      // A record may be reported as wrong although its address is reached, so a way that is broken may be reachable.
      if (expected === false)
        expect([lookup.host.fqdn, states]).toEqual([lookup.host.fqdn, expect.arrayContaining(["broken"])]);
      if (expected === undefined)
        expect([lookup.host.fqdn, states]).toEqual([lookup.host.fqdn, expect.arrayContaining(["not known"])]);
      if (expected === true)
        expect([lookup.host.fqdn, states]).not.toEqual([lookup.host.fqdn, expect.arrayContaining(["not known"])]);
      expect(steps[0]?.kind).toBe("client");
      for (const { text } of steps) expect(text).toMatch(/^\S.*\.$/);
    }
    expect(ways.length).toBeGreaterThan(0);
  });
});
