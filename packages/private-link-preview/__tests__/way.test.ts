import type { Finding } from "../lib/findings/finding";
import { previewOf, type Preview } from "../lib/preview";
import { type ToldStep, toldSteps } from "../lib/text/steps";
import { isReachable } from "../lib/trace";
import { dnsZone, peer, recordAddress, ref, vnet, zoneLink } from "./addresses";
import { type Form, type Json, type Part, FORMS, change, part, stateOf, synthesized, without } from "./forms";
import { idOf, networkId } from "./ids";
import { fqdn } from "./names";
import { perSpoke, regional, secured, selfRecorded, selfRegistered, sharedZone } from "./networks";
import { resolve } from "./outcome";
import { firewallInHub, network, peered, registry, securityRule, withEndpoint } from "./parts";
import { NO_FALLBACK, link, ruleset, view, zone } from "./zones";

const IN_HUB = "10.12.1.4";

const asking = (...servers: string[]): Json => ({ dns_servers: servers });

type StepKind = ToldStep["kind"];
type Step = ToldStep & { readonly findings: readonly Finding[] };

/** The way of each lookup of a preview, each step with its findings. */
function waysOf({ lookups, findings, findingAt }: Preview) {
  return lookups.map((lookup) => ({
    lookup,
    steps: toldSteps(lookup).map((step): Step => {
      const found = step.causes.flatMap((cause) => findings[findingAt.get(cause) ?? -1] ?? []);
      return { ...step, findings: found };
    }),
  }));
}

function wayOf(parts: Part[], from: string, form: Form = synthesized, host = fqdn("login")): Step[] {
  const found = waysOf(resolve(parts, form)).find(
    ({ lookup }) => lookup.network.name === from && lookup.host.fqdn === host,
  );
  if (!found) throw new Error(`${from} does not ask for ${host}.`);
  return found.steps;
}

const codesIn = (step?: Step) => step?.findings.map(({ code }) => code);

/** Kinds and states of steps, as far as they are not right. */
function shape(steps: readonly Step[]): string[] {
  return steps.map(({ kind, state }) => (state === "right" ? kind : `${kind}: ${state}`));
}

const textOf = (steps: readonly Step[], kind: StepKind) =>
  steps.flatMap((step) => (step.kind === kind ? [step.text] : [])).join(" ");

const connectionOf = (steps: readonly Step[]) => steps.find(({ kind }) => kind === "connection");

/** Two networks, of which spoke1 asks the hub's DNS servers, and the zone and the endpoint are the hub's. */
const central = (asks: Json, ...extra: Part[]) => [
  ...withEndpoint("hub"),
  network("spoke1", asks),
  registry(),
  ...view("hub", ["hub"], ["hub"]),
  ...extra,
];

/** The steps of a question whose answer is right. */
const RIGHT: StepKind[] = ["client", "dns", "name", "zone", "record", "endpoint", "connection", "region"];

describe("the way of a question", () => {
  test("leads from the client to the endpoint in its own network", () => {
    const steps = wayOf(perSpoke(), "vnet-spoke1", stateOf);

    expect(shape(steps)).toEqual(RIGHT);
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
    const steps = wayOf(without(perSpoke(), zoneLink("spoke2", "spoke2")), "vnet-spoke2");

    expect(shape(steps)).toEqual(["client", "dns", "name", "zone: broken"]);
    expect(textOf(steps, "zone")).toBe(
      "vnet-spoke2 is linked to no zone privatelink.azurecr.io, so public DNS answers with the public address, which refuses clients.",
    );
    expect(codesIn(steps.at(-1))).toEqual(["no-zone"]);
  });

  test("breaks at the record where it is missing", () => {
    const parts = change(
      without(perSpoke(), recordAddress("spoke2", "login")),
      zoneLink("spoke2", "spoke2"),
      NO_FALLBACK,
    );
    const steps = wayOf(parts, "vnet-spoke2");

    expect(shape(steps)).toEqual(["client", "dns", "name", "zone", "record: broken"]);
    expect(textOf(steps, "record")).toContain("so the name does not resolve");
    expect(codesIn(steps.at(-1))).toEqual(["no-record"]);
    // The zone's other names are right, and the finding is not about them.
    expect(wayOf(parts, "vnet-spoke2", synthesized, fqdn("sweden")).flatMap(({ findings }) => findings)).toEqual([]);
  });

  test("breaks at the connection where the endpoint's network is not reached", () => {
    const steps = wayOf(
      change(perSpoke(), zoneLink("spoke2", "spoke2"), {
        private_dns_zone_name: "${azurerm_private_dns_zone.spoke1.name}",
      }),
      "vnet-spoke2",
    );

    expect(shape(steps).at(-1)).toBe("connection: broken");
    expect(textOf(steps, "connection")).toBe("vnet-spoke2 does not reach vnet-spoke1, with which it is not connected.");
    expect(codesIn(steps.at(-1))).toContain("unreachable-answer");
  });

  test("names what connects the networks in place of a peering", () => {
    const parts = [
      ...selfRecorded(),
      network("spoke2"),
      link("spoke2", "spoke1"),
      part("azurerm_virtual_hub.hub", { name: "hub" }, { id: idOf("rg-hub", "Microsoft.Network/virtualHubs", "hub") }),
      ...["spoke1", "spoke2"].map((key) =>
        part(`azurerm_virtual_hub_connection.${key}`, {
          name: key,
          virtual_hub_id: "${azurerm_virtual_hub.hub.id}",
          remote_virtual_network_id: ref(vnet(key)),
        }),
      ),
    ];

    expect(textOf(wayOf(parts, "vnet-spoke2"), "connection")).toBe("vnet-spoke2 reaches vnet-spoke1 by Virtual WAN.");
  });

  test("says that a peering is one-sided", () => {
    const parts = without(perSpoke(), peer("spoke1", "hub"));
    const connection = connectionOf(wayOf(parts, "vnet-hub"));

    expect(connection?.text).toBe(
      "vnet-hub does not reach vnet-spoke1, with which it is peered in one direction only.",
    );
    expect(connection?.resources).toContain(peer("hub", "spoke1"));
    expect(codesIn(connection)?.sort()).toEqual(["one-sided-peering", "unreachable-answer"]);
  });

  test("shows both connections of an answer with two endpoints", () => {
    const steps = wayOf(sharedZone(), "vnet-spoke1", stateOf);

    expect(shape(steps).slice(-4)).toEqual(["endpoint", "connection", "connection: broken", "region"]);
  });

  test("breaks at a record with the address of another host name", () => {
    const parts = change(perSpoke(), recordAddress("spoke1", "sweden"), {}, { records: ["10.10.0.6"] });
    const steps = wayOf(parts, "vnet-spoke1", stateOf, fqdn("sweden"));

    expect(steps.find(({ kind }) => kind === "record")).toMatchObject({
      state: "broken",
      findings: [{ code: "wrong-address" }],
    });
  });

  test("breaks at a record with an address that no endpoint has", () => {
    const parts = change(perSpoke(), recordAddress("spoke1", "login"), {}, { records: ["10.10.7.9"] });
    const steps = wayOf(parts, "vnet-spoke1", stateOf);

    expect(shape(steps).at(-1)).toBe("record: broken");
    expect(textOf(steps, "record")).toContain("10.10.7.9, which no private endpoint in this file has");
  });

  test("breaks at the connection where a network security group denies it to the network", () => {
    const fromHub = { priority: 100, source_address_prefix: "10.12.0.0/16" };
    const parts = secured([securityRule(fromHub)]);
    const found = connectionOf(wayOf(parts, "vnet-hub"));

    // It is a warning while the endpoint's own network is let in, and the way of the hub is broken all the same.
    expect(found).toMatchObject({ state: "broken", findings: [{ code: "port-denied", severity: "warning" }] });
    expect(wayOf(parts, "vnet-spoke1").flatMap(({ findings }) => findings)).toEqual([]);
    const all = secured([securityRule({ priority: 100 })]);
    expect(shape(wayOf(all, "vnet-hub"))).toContain("connection: broken");
  });

  test("names the zone group that writes the record", () => {
    const steps = wayOf(selfRegistered(), "vnet-spoke1", stateOf);

    expect(textOf(steps, "record")).toMatch(/^The DNS zone group of pep-spoke1 writes the record/);
  });

  test("names the region that a registry's regional endpoint leads to", () => {
    const parts = regional({ hub: "swedenLogin", spoke1: "swedenLogin", spoke2: "switzerlandLogin" });
    const steps = wayOf(parts, "vnet-spoke2", stateOf);

    expect(textOf(steps, "region")).toBe("The region that serves is switzerlandnorth.");
  });

  test("is not known where the file does not manage the zone", () => {
    const parts = change(perSpoke(), zoneLink("spoke2", "spoke2"), {
      private_dns_zone_name: "privatelink.azurecr.io",
      resource_group_name: "rg-elsewhere",
    });
    const steps = wayOf(parts, "vnet-spoke2");

    expect(shape(steps)).toEqual(["client", "dns", "name", "zone", "record: not known"]);
  });
});

describe("the way to custom DNS servers", () => {
  test("leads through the network that they are in", () => {
    const steps = wayOf(central(asking(IN_HUB), ...peered("hub", "spoke1")), "vnet-spoke1");

    expect(shape(steps)).toEqual(RIGHT);
    expect(textOf(steps, "dns")).toBe(
      `vnet-spoke1 uses the DNS servers ${IN_HUB} in vnet-hub, which it reaches by a peering. They answer with the zones that are linked to vnet-hub.`,
    );
    expect(textOf(steps, "zone")).toMatch(/^vnet-hub is linked to/);
  });

  test("breaks there where the network is not reached", () => {
    const steps = wayOf(central(asking(IN_HUB)), "vnet-spoke1");

    expect(shape(steps)).toEqual(["client", "dns: broken"]);
    expect(codesIn(steps[1])).toEqual(["dns-server-unreachable"]);
  });

  test("is not known where they are in no network of the file", () => {
    const steps = wayOf(change(perSpoke(), vnet("spoke2"), asking("192.168.7.7")), "vnet-spoke2");

    expect(shape(steps)).toEqual(["client", "dns: not known"]);
    expect(textOf(steps, "dns")).toContain("192.168.7.7, which are in no network of this file");
    expect(codesIn(steps[1])).toContain("dns-server-not-known");
  });

  test("breaks at a firewall whose DNS proxy is off", () => {
    const parts = central(asking(IN_HUB), ...peered("hub", "spoke1"), firewallInHub(IN_HUB));
    const steps = wayOf(parts, "vnet-spoke1", stateOf);

    expect(shape(steps)).toEqual(["client", "dns: broken"]);
    expect(textOf(steps, "dns")).toContain("its DNS proxy is off");
  });
});

describe("the way through a forwarding ruleset", () => {
  const RESOLVER = idOf("rg-hub", "Microsoft.Network/dnsResolvers", "resolver");
  /** spoke1 with a ruleset, whose outbound endpoint is in the hub. */
  function forwarded(server: string, domain = "azurecr.io."): Step[] {
    const outbound = "azurerm_private_dns_resolver_outbound_endpoint.hub";
    const [rules, ...others] = ruleset("registry", ref(vnet("spoke1")), domain, server) as [Part, ...Part[]];
    const parts = [
      ...peered("hub", "spoke1"),
      part(
        "azurerm_private_dns_resolver.hub",
        { name: "resolver", virtual_network_id: ref(vnet("hub")) },
        { id: RESOLVER },
      ),
      part(
        outbound,
        { private_dns_resolver_id: "${azurerm_private_dns_resolver.hub.id}", subnet_id: "${azurerm_subnet.hub.id}" },
        { id: `${RESOLVER}/outboundEndpoints/out` },
      ),
      ...change([rules], rules.address, { private_dns_resolver_outbound_endpoint_ids: [ref(outbound)] }),
      ...others,
    ];
    return wayOf(central({}, ...parts), "vnet-spoke1", stateOf);
  }

  test("leads to the servers that the rule names", () => {
    const steps = forwarded(IN_HUB);

    expect(shape(steps)).toEqual([...RIGHT.slice(0, 2), "rule", ...RIGHT.slice(2)]);
    expect(textOf(steps, "rule")).toMatch(
      /^A rule of a DNS forwarding ruleset forwards names in azurecr.io to the DNS servers 10.12.1.4 in vnet-hub/,
    );
  });

  test("leads through public DNS first where the rule is for the private name", () => {
    const steps = forwarded(IN_HUB, "privatelink.azurecr.io.");

    expect(shape(steps).slice(0, 5)).toEqual(["client", "dns", "name", "rule", "zone"]);
  });

  test("is not known where these are in no network of the file", () => {
    const steps = forwarded("192.168.7.7");

    expect(shape(steps)).toEqual(["client", "dns", "rule: not known"]);
  });
});

test("a zone of public names answers in place of the private link zone", () => {
  const parts = [...perSpoke(), zone("public", "azurecr.io"), link("spoke1", "public", NO_FALLBACK)];
  const steps = wayOf(parts, "vnet-spoke1");

  expect(shape(steps)).toEqual(["client", "dns", "zone: broken", "record: broken"]);
  expect(textOf(steps, "zone")).toMatch(/never gets to privatelink\.azurecr\.io\.$/);
  expect(textOf(steps, "record")).toMatch(/^The zone has no record of acmeacr\.azurecr\.io/);
  expect(codesIn(steps[2])).toEqual(["captured-name"]);
});

const NETWORKS: Record<string, Part[]> = {
  "a zone for each spoke": perSpoke(),
  "one zone for all": sharedZone(),
  "an endpoint that registers itself": selfRegistered(),
  "regional endpoints": regional({ hub: "swedenLogin", spoke1: "swedenLogin", spoke2: "swedenLogin" }),
  "servers that are not known": change(perSpoke(), vnet("spoke1"), asking("192.168.7.7")),
  "servers in the hub": change(perSpoke(), vnet("spoke2"), asking(IN_HUB)),
  "no link": without(perSpoke(), zoneLink("spoke2", "spoke2")),
  "a peering that is not allowed": change(perSpoke(), peer("hub", "spoke1"), { allow_virtual_network_access: false }),
  "a peering to a network that is not in the file": change(perSpoke(), peer("spoke1", "hub"), {
    remote_virtual_network_id: networkId("far"),
  }),
};

describe.each(Object.entries(NETWORKS))("with %s", (_, parts) => {
  test.each(FORMS)("the steps agree with each answer, as %s", (_, form) => {
    const ways = waysOf(previewOf(form(parts)));
    for (const { lookup, steps } of ways) {
      const { fqdn } = lookup.host;
      const found = [fqdn, steps.map(({ state }) => state)];
      const expected = isReachable(lookup);
      if (expected === false) expect(found).toEqual([fqdn, expect.arrayContaining(["broken"])]);
      if (expected === undefined) expect(found).toEqual([fqdn, expect.arrayContaining(["not known"])]);
      if (expected === true) expect(new Set(found[1])).toEqual(new Set(["right"]));
      expect(steps[0]?.kind).toBe("client");
      for (const { text } of steps) expect(text).toMatch(/^\S.*\.$/);
    }
    expect(ways.length).toBeGreaterThan(0);
  });
});
