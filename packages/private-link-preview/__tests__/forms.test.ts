import type { Endpoint } from "../lib/model/network-model";
import { type Preview, previewOf } from "../lib/preview";
import { REGISTRY, dnsZone, peer, pep, recordAddress, recordAddresses, ref, vnet, zoneLink } from "./addresses";
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
  planOfJson,
  refs,
  shown,
  shownModule,
  shownPlan,
  shownState,
  stateOf,
  synthesized,
  withMore,
  without,
} from "./forms";
import { idOf, networkId, registryId, zoneId } from "./ids";
import { type PlainHost, EVERY_HOST, HOSTS, ZONE, addressAt, fqdn } from "./names";
import { perSpoke, selfRecorded, selfRegistered, sharedZone } from "./networks";
import { answerFor, codesOf, endpointsFor, error, resolve, verdicts, warning } from "./outcome";
import { connection, endpoint, network, peered, peering, registry, subnet, withEndpoint } from "./parts";
import { REDIRECT, link, lookUp, record, records, view, zone } from "./zones";

/** Terraform's JSON syntax takes a list of objects wherever an object may stand. */
const synthesizedAsLists: Form = (parts) => {
  const json = synthesized(parts);
  const blocks = (kind: Json) => Object.entries(kind).map(([type, named]) => ({ [type]: [named] }));
  return { resource: blocks(json.resource), data: blocks(json.data) };
};

const EVERY_FORM: [string, Form][] = [
  ["a synthesized stack", synthesized],
  ["a synthesized stack, blocks as lists", synthesizedAsLists],
  ["a plan", planOf],
  ["a plan of JSON", planOfJson],
  ["a state", stateOf],
];

describe.each(EVERY_FORM)("in %s", (_, form) => {
  test("each network is answered with an endpoint that it reaches", () => {
    const resolution = resolve(perSpoke(), form);

    for (const [key, answering] of Object.entries({ hub: "spoke1", spoke1: "spoke1", spoke2: "spoke2" }))
      for (const host of EVERY_HOST) expect(endpointsFor(resolution, `vnet-${key}`, host)).toEqual([answering]);
    expect(resolution.answers).toHaveLength(9);
    expect(resolution.answers.every(({ reachable, known }) => reachable && known)).toBe(true);
    expect(verdicts(resolution)).toEqual([]);
  });

  test("a zone that mixes endpoints for spokes that don't meet is found out", () => {
    const resolution = resolve(sharedZone(), form);

    expect(verdicts(resolution)).toEqual(verdicts(resolve(sharedZone(), synthesized)));
    expect(codesOf(resolution)).toEqual(["mixed-record", "unreachable-answer", "unreachable-answer"]);
    const reached = ["hub", "spoke1", "spoke2"].map((key) => answerFor(resolution, `vnet-${key}`).reachable);
    expect(reached).toEqual([true, false, false]);
  });

  test("an endpoint that registers itself needs no written record", () => {
    const resolution = resolve(selfRegistered(), form);

    expect(endpointsFor(resolution, "vnet-spoke1", "sweden")).toEqual(["spoke1"]);
    expect(verdicts(resolution)).toEqual([]);
  });
});

/** Changes to the records of all host names in a zone. */
function recordsOf(zoneKey: string, of: (host: PlainHost) => string[]): Record<string, Json> {
  return Object.fromEntries(EVERY_HOST.map((host) => [recordAddress(zoneKey, host), { records: of(host) }]));
}

describe("addresses", () => {
  test("are in a state", () => {
    const resolution = resolve(perSpoke(), stateOf);

    for (const host of EVERY_HOST) {
      expect(answerFor(resolution, "vnet-spoke2", host).addresses).toEqual([addressAt("spoke2", host)]);
    }
  });

  test.each(EVERY_FORM.slice(0, -1))("are not known in %s", (_, form) => {
    expect(resolve(perSpoke(), form).answers.flatMap(({ addresses }) => addresses)).toEqual([]);
  });

  test("come from the endpoint where nothing reads its network interface", () => {
    const resolution = resolve(without(perSpoke(), "data.azapi_resource.spoke2"), stateOf);

    expect(endpointsFor(resolution, "vnet-spoke2", "switzerland")).toEqual(["spoke2"]);
    expect(verdicts(resolution)).toEqual([]);
  });

  test("come from what a zone group wrote, where the endpoint's own list is empty", () => {
    const record_sets = EVERY_HOST.map((host) => ({
      fqdn: `${HOSTS[host]}.${ZONE}`,
      ip_addresses: [addressAt("spoke1", host)],
    }));
    const written = { custom_dns_configs: [], private_dns_zone_configs: [{ name: ZONE, record_sets }] };
    const parts = change(without(selfRegistered(), "data.azapi_resource.spoke1"), pep("spoke1"), {}, written);
    const resolution = resolve(parts, stateOf);

    expect(answerFor(resolution, "vnet-spoke1", "sweden").addresses).toEqual([addressAt("spoke1", "sweden")]);
    expect(verdicts(resolution)).toEqual([]);
  });

  test("that are set by hand are known before they are applied", () => {
    const members = ["registry", "registry_data_swedencentral", "registry_data_switzerlandnorth"];
    const ip_configuration = members.map((member_name, index) => ({
      member_name,
      private_ip_address: `10.10.0.2${index}`,
    }));
    const resolution = resolve(change(selfRegistered(), pep("spoke1"), { ip_configuration }));

    expect(answerFor(resolution, "vnet-spoke1", "login").addresses).toEqual(["10.10.0.20"]);
    expect(answerFor(resolution, "vnet-spoke1", "switzerland").addresses).toEqual(["10.10.0.22"]);
  });

  test("of a new replica are not held against the endpoint's old list", () => {
    // Given a plan that adds a replica: the endpoint has no change of its own, so its list is known and stale.
    const names = EVERY_HOST.filter((host) => host !== "switzerland");
    const old = names.map((host) => ({ fqdn: fqdn(host), ip_addresses: [addressAt("spoke1", host)] }));
    const body = { custom_dns_configs: old, network_interface: [{ id: "nic" }] };

    const resolution = resolve(change(perSpoke(), pep("spoke1"), body), planOf);

    expect(endpointsFor(resolution, "vnet-spoke1", "switzerland")).toEqual(["spoke1"]);
    expect(verdicts(resolution)).toEqual([]);
  });

  test("come from the network interface where the endpoint's own list is stale", () => {
    const stale = { custom_dns_configs: [{ fqdn: fqdn("login"), ip_addresses: ["10.11.0.99"] }] };
    const resolution = resolve(change(selfRegistered(), pep("spoke1"), {}, stale), stateOf);

    expect(answerFor(resolution, "vnet-spoke1", "login").addresses).toEqual([addressAt("spoke1", "login")]);
  });

  describe("that are written out", () => {
    const written = (parts: Part[], address: string) =>
      change(parts, recordAddress("spoke1", "login"), { records: [address] });
    const inline = { subnet_id: "${azurerm_virtual_network.spoke1.subnet}" };
    const elsewhere = { subnet_id: `${networkId("elsewhere")}/subnets/endpoints` };
    const own = without(perSpoke(), "data.azapi_resource.spoke1");

    test("are an endpoint's in whose network they lie, where its subnet is not known", () => {
      const parts = change(own, pep("spoke1"), inline);

      expect(endpointsFor(resolve(written(parts, "10.10.7.4")), "vnet-spoke1")).toEqual(["spoke1"]);
      // In no network of the file, it may be of an endpoint of others.
      const elsewhere = warning("answer-not-known", recordAddress("spoke1", "login"));
      expect(verdicts(resolve(written(parts, "10.77.7.4")))).toContainEqual(elsewhere);
    });

    test("are the one endpoint's of which nothing is known", () => {
      const parts = change(own, pep("spoke1"), elsewhere);

      expect(endpointsFor(resolve(written(parts, "10.77.7.4")), "vnet-spoke1")).toEqual(["spoke1"]);
    });

    test("are not held against several endpoints of which nothing is known", () => {
      const both = change(own, pep("spoke1"), elsewhere);
      const parts = change(both, pep("spoke2"), elsewhere);
      const resolution = resolve(written(parts, "10.77.7.4"));

      expect(answerFor(resolution, "vnet-spoke1")).toMatchObject({ addresses: ["10.77.7.4"], known: false });
      expect(verdicts(resolution)).toContainEqual(warning("answer-not-known", recordAddress("spoke1", "login")));
      expect(codesOf(resolution)).not.toContain("unknown-address");
    });
  });

  test("are told apart by what a record reads from, where two networks use one range", () => {
    const written = changeAll(perSpoke(), {
      [vnet("spoke2")]: { address_space: ["10.10.0.0/16"] },
      "azurerm_subnet.spoke2": { address_prefixes: ["10.10.0.0/24"] },
      ...recordsOf("spoke2", (host) => ["10.10.0.9", lookUp("spoke2", host)]),
    });

    expect(endpointsFor(resolve(written), "vnet-spoke2")).toEqual(["spoke2"]);
  });
});

describe("reach", () => {
  /** Whether spoke2 reaches an endpoint in spoke1, given these peerings. */
  function reaches(...peerings: Part[]): boolean | null {
    const networks = [...withEndpoint("spoke1"), network("hub"), network("spoke2")];
    const parts = [...networks, registry(), ...view("spoke1", ["spoke2"], ["spoke1"]), ...peerings];
    return answerFor(resolve(parts), "vnet-spoke2").reachable;
  }

  test("needs a peering in both directions", () => {
    expect(reaches(...peered("spoke1", "spoke2"))).toBe(true);
    expect(reaches(peering("spoke1", "spoke2"))).toBe(false);
    expect(reaches(peering("spoke2", "spoke1"))).toBe(false);
    expect(reaches()).toBe(false);
  });

  test("needs both sides to let traffic in", () => {
    const closed = { allow_virtual_network_access: false };

    expect(reaches(peering("spoke1", "spoke2"), peering("spoke2", "spoke1", closed))).toBe(false);
    expect(reaches(peering("spoke1", "spoke2", closed), peering("spoke2", "spoke1"))).toBe(false);
  });

  test("takes the other side of a peering on trust where it is not in the file", () => {
    const inHub = { subnet_id: `${networkId("hub")}/subnets/endpoints` };
    const parts = [
      network("spoke1"),
      ...endpoint("hub", inHub),
      registry(),
      ...view("spoke1", ["spoke1"], ["hub"]),
      peering("spoke1", "hub", { remote_virtual_network_id: networkId("hub") }),
    ];

    const reached = (all: Part[]) => answerFor(resolve(all), "vnet-spoke1").reachable;

    expect(reached(parts)).toBe(true);
    expect(reached(without(parts, peer("spoke1", "hub")))).toBe(false);
  });

  test("is not known where it is not known what a peering joins", () => {
    const unknown = { remote_virtual_network_id: "${local.spoke1_network_id}" };
    const resolution = resolve(change(perSpoke(), peer("hub", "spoke1"), unknown), planOf);

    expect(answerFor(resolution, "vnet-hub")).toMatchObject({ reachable: null, known: false });
    expect(answerFor(resolution, "vnet-spoke1")).toMatchObject({ reachable: true, known: true });
  });

  test("never goes by way of a third network", () => {
    expect(reaches(...peered("hub", "spoke1"), ...peered("hub", "spoke2"))).toBe(false);
  });
});

describe("instances as synthesized", () => {
  /** Two spokes, with everything in them repeated; `own` stands for the instance of the same key. */
  function repeated(repeat: Json, own: string, records: string): Part[] {
    const each = (parts: Part[]) => parts.map(({ address, body }) => part(address, { ...body, ...repeat }));
    return [
      ...each([
        part(vnet("spoke"), { name: `vnet-\${${own}}`, resource_group_name: `rg-\${${own}}` }),
        part("azurerm_subnet.spoke", { virtual_network_name: `\${azurerm_virtual_network.spoke[${own}].name}` }),
        part(pep("spoke"), { ...endpoint("spoke")[0]!.body, subnet_id: `\${azurerm_subnet.spoke[${own}].id}` }),
        part("data.azapi_resource.spoke", {
          resource_id: `\${azurerm_private_endpoint.spoke[${own}].network_interface[0].id}`,
        }),
        part(dnsZone("spoke"), { name: ZONE, resource_group_name: `rg-\${${own}}` }),
        part("azurerm_private_dns_zone_virtual_network_link.spoke", {
          private_dns_zone_name: `\${azurerm_private_dns_zone.spoke[${own}].name}`,
          virtual_network_id: `\${azurerm_virtual_network.spoke[${own}].id}`,
          ...REDIRECT,
        }),
        ...EVERY_HOST.map((host) =>
          part(recordAddress("spoke", host), {
            name: HOSTS[host],
            zone_name: `\${azurerm_private_dns_zone.spoke[${own}].name}`,
            records: [lookUp("spoke", host).replaceAll("azapi_resource.spoke", `azapi_resource.spoke${records}`)],
          }),
        ),
      ]),
      registry(),
    ];
  }

  /** Two of each, of which the records read from the endpoint with an index. */
  const twice = (index: string) => resolve(repeated({ count: 2 }, "count.index", index));

  test("of count refer to the instance of the same index", () => {
    const resolution = twice("[count.index]");

    expect(endpointsFor(resolution, "vnet-0")).toEqual(["spoke[0]"]);
    expect(endpointsFor(resolution, "vnet-1", "sweden")).toEqual(["spoke[1]"]);
    expect(verdicts(resolution)).toEqual([]);
  });

  test.each([
    ["a set", '${toset(["north", "south"])}'],
    ["a map", { north: 1, south: 2 }],
  ])("of for_each over %s refer to the instance of the same key", (_, items) => {
    const resolution = resolve(repeated({ for_each: items }, "each.key", "[each.key]"));

    expect(endpointsFor(resolution, "vnet-north")).toEqual(['spoke["north"]']);
    expect(endpointsFor(resolution, "vnet-south", "sweden")).toEqual(['spoke["south"]']);
    expect(verdicts(resolution)).toEqual([]);
  });

  test("of for_each refer to what their item says", () => {
    const items = { north: { answer: "south" }, south: { answer: "south" } };
    const resolution = resolve(repeated({ for_each: items }, "each.key", "[each.value.answer]"));

    expect(endpointsFor(resolution, "vnet-north")).toEqual(['spoke["south"]']);
    expect(verdicts(resolution).map(({ code, resources }) => [code, resources[0]])).toEqual([
      ["endpoint-in-no-zone", 'azurerm_private_endpoint.spoke["north"]'],
      ["unreachable-answer", 'azurerm_virtual_network.spoke["north"]'],
    ]);
  });

  test("are referred to one by one", () => {
    const resolution = twice("[1]");

    expect(endpointsFor(resolution, "vnet-0")).toEqual(["spoke[1]"]);
    expect(answerFor(resolution, "vnet-0").reachable).toBe(false);
  });

  test.each(["[*]", ""])("are all meant where the index is %p", (index) => {
    const resolution = twice(index);

    expect(endpointsFor(resolution, "vnet-0")).toEqual(["spoke[0]", "spoke[1]"]);
    expect(codesOf(resolution)).toContain("mixed-record");
  });

  test("are all meant whatever else stands in the expression", () => {
    const found = "${[for e in azurerm_private_endpoint.spoke : lookup(local.found, var.name)]}";
    const parts = repeated({ count: 2 }, "count.index", "[*]");
    const withVariable = changeAll(
      parts,
      recordsOf("spoke", () => [found]),
    );

    expect(endpointsFor(resolve(withVariable), "vnet-0")).toEqual(["spoke[0]", "spoke[1]"]);
  });

  test("are one of several where the index can't be read", () => {
    const resolution = twice("[var.primary]");

    expect(answerFor(resolution, "vnet-0")).toMatchObject({ endpoints: [], reachable: null, known: false });
    expect(new Set(verdicts(resolution).map(({ code, severity }) => `${severity} ${code}`))).toEqual(
      new Set(["warning answer-not-known"]),
    );
  });

  test("are none where the count is 0", () => {
    expect(resolve(repeated({ count: 0 }, "count.index", "[0]")).answers).toEqual([]);
  });
});

const LINK = "azurerm_private_dns_zone_virtual_network_link";
const RECORD = "azurerm_private_dns_a_record";
/** That an endpoint connects to a registry, as a plan shows it. */
const TO_REGISTRY = { private_service_connection: [{ subresource_names: ["registry"] }] };

describe("modules in a plan", () => {
  interface Given {
    /** What the `dns` module of each spoke gets as its endpoint's addresses, and as its network. */
    readonly configs?: Json;
    readonly network?: Json;
    /** What a record is looked up in. */
    readonly records?: Json;
    /** The value of `var.spokes`. */
    readonly spokes?: Json;
    /** What the modules are repeated over, in place of that variable. */
    readonly over?: Json;
  }

  /**
   * Spokes `one` and `two`, each made by modules as people write them: a network with an endpoint in a module of its
   * own below, and its DNS, which gets what it needs of the network through variables and outputs.
   */
  function spokesByModules(given: Given = {}): Preview {
    const { configs = refs("module.spoke", "each.key"), records = refs("var.configs", "each.key") } = given;
    const { network = refs("module.spoke", "each.key"), spokes = { one: {}, two: {} } } = given;
    const bySpokes = given.over ?? refs("var.spokes");
    const keys = ["one", "two"];
    const dns = (name: string) => [
      shown(dnsZone("this"), { name: ZONE }),
      shown(`${LINK}.this`, { name, ...REDIRECT }),
      ...EVERY_HOST.map((host) => shown(`${RECORD}.this["${HOSTS[host]}"]`, { name: HOSTS[host] })),
    ];
    const zoneName = refs(`${dnsZone("this")}.name`);
    const dnsModule = {
      resources: [
        configured(dnsZone("this"), { name: { constant_value: ZONE } }),
        configured(`${LINK}.this`, { private_dns_zone_name: zoneName, virtual_network_id: refs("var.network_id") }),
        configured(`${RECORD}.this`, { name: refs("each.key"), zone_name: zoneName, records }, refs("local.hosts")),
      ],
    };
    const endpointModule = {
      outputs: { configs: { expression: refs("azurerm_private_endpoint.this.custom_dns_configs") } },
      resources: [
        configured(pep("this"), {
          subnet_id: refs("var.subnet_id"),
          private_service_connection: [{ private_connection_resource_id: refs("var.registry_id") }],
        }),
      ],
    };
    const spokeModule = {
      outputs: {
        configs: { expression: refs("module.endpoint.configs") },
        network: { expression: refs(vnet("this")) },
        subnets: { expression: refs("azurerm_subnet.this") },
      },
      resources: [
        configured(vnet("this"), {}),
        configured("azurerm_subnet.this", { virtual_network_name: refs("azurerm_virtual_network.this.name") }),
      ],
      module_calls: {
        endpoint: {
          expressions: { subnet_id: refs('azurerm_subnet.this["endpoints"].id'), registry_id: refs("var.registry_id") },
          module: endpointModule,
        },
      },
    };
    const plan = shownPlan({
      resources: [
        shown(REGISTRY, registry().body),
        shown(vnet("hub"), { name: "vnet-hub" }),
        ...keys.flatMap((key) => [
          shown(`azurerm_virtual_network_peering.to_hub["${key}"]`, { name: "to-hub" }),
          shown(`azurerm_virtual_network_peering.from_hub["${key}"]`, { name: `to-${key}` }),
        ]),
      ],
      modules: [
        ...keys.map((key) =>
          shownModule(
            `module.spoke["${key}"]`,
            [
              shown(vnet("this"), { name: `vnet-${key}` }),
              ...["endpoints", "workloads"].map((name) => shown(`azurerm_subnet.this["${name}"]`, { name })),
            ],
            [shownModule("module.endpoint", [shown(pep("this"), { name: `pep-${key}`, ...TO_REGISTRY })])],
          ),
        ),
        ...keys.map((key) => shownModule(`module.dns["${key}"]`, dns(key))),
        shownModule("module.hub_dns", dns("hub")),
      ],
      configuration: [
        configured(REGISTRY, {}),
        configured(vnet("hub"), {}),
        configured(
          "azurerm_virtual_network_peering.to_hub",
          {
            virtual_network_name: refs("module.spoke", "each.key"),
            remote_virtual_network_id: refs(`${vnet("hub")}.id`),
          },
          bySpokes,
        ),
        configured(
          "azurerm_virtual_network_peering.from_hub",
          {
            virtual_network_name: refs(`${vnet("hub")}.name`),
            remote_virtual_network_id: refs("each.value.network.id"),
          },
          refs("module.spoke"),
        ),
      ],
      calls: {
        spoke: {
          for_each_expression: bySpokes,
          expressions: { name: refs("each.key"), registry_id: refs(`${REGISTRY}.id`) },
          module: spokeModule,
        },
        dns: { for_each_expression: bySpokes, expressions: { network_id: network, configs }, module: dnsModule },
        hub_dns: {
          expressions: { network_id: refs(`${vnet("hub")}.id`), configs: refs('module.spoke["one"].configs') },
          module: dnsModule,
        },
      },
    });
    return previewOf({ ...plan, variables: { spokes: { value: spokes } } });
  }

  const endpointOf = (key: string) => `module.spoke["${key}"].module.endpoint.azurerm_private_endpoint.this`;
  const networkOf = (key: string) => `module.spoke["${key}"].azurerm_virtual_network.this`;
  const recordsOf = (key: string) =>
    EVERY_HOST.map((host) => `module.dns["${key}"].azurerm_private_dns_a_record.this["${HOSTS[host]}"]`);

  test("are followed through variables and outputs, for_each by for_each", () => {
    const resolution = spokesByModules();

    expect(answerFor(resolution, "vnet-one").endpoints).toEqual([endpointOf("one")]);
    expect(answerFor(resolution, "vnet-two", "sweden").endpoints).toEqual([endpointOf("two")]);
    expect(answerFor(resolution, "vnet-hub").endpoints).toEqual([endpointOf("one")]);
    expect(verdicts(resolution)).toEqual([]);
  });

  test("are told apart where one instance of a module is meant", () => {
    const resolution = spokesByModules({ configs: refs('module.spoke["one"].configs') });

    expect(verdicts(resolution)).toEqual([
      error("endpoint-in-no-zone", endpointOf("two")),
      error("unreachable-answer", networkOf("two"), ...recordsOf("two"), endpointOf("one")),
    ]);
  });

  test("are all meant where no instance is named", () => {
    const resolution = spokesByModules({ configs: refs("module.spoke") });

    expect(answerFor(resolution, "vnet-two").endpoints).toEqual([endpointOf("one"), endpointOf("two")]);
    expect(codesOf(resolution)).toEqual(["mixed-record", "mixed-record", "unreachable-answer", "unreachable-answer"]);
  });

  test("are all meant beside the local that they are repeated over, as in [for key in local.spokes : module.spoke[key]]", () => {
    const resolution = spokesByModules({ configs: refs("module.spoke", "local.spokes"), over: refs("local.spokes") });

    expect(answerFor(resolution, "vnet-two").endpoints).toEqual([endpointOf("one"), endpointOf("two")]);
  });

  test("are told apart by what an item of a variable says", () => {
    const resolution = spokesByModules({
      configs: refs("module.spoke", "each.value.answer"),
      spokes: { one: { answer: "two" }, two: { answer: "two" } },
    });

    expect(answerFor(resolution, "vnet-one").endpoints).toEqual([endpointOf("two")]);
  });

  test("are one of several where the plan does not tell which", () => {
    const resolution = spokesByModules({ configs: refs("module.spoke", "local.answers") });

    expect(answerFor(resolution, "vnet-one")).toMatchObject({ endpoints: [], reachable: null, known: false });
    expect(verdicts(resolution)).toEqual([
      warning("answer-not-known", ...recordsOf("one")),
      warning("answer-not-known", ...recordsOf("two")),
    ]);
  });

  test("may have a position hidden in a variable", () => {
    const resolution = spokesByModules({
      configs: refs('module.spoke["one"].configs'),
      records: refs("var.configs[0].ip_addresses[0]"),
      network: refs("azurerm_virtual_network.hub.id"),
    });

    expect(codesOf(resolution)).toContain("record-by-position");
  });

  test("are read from a state by ids and names alone", () => {
    const { resources } = (stateOf(perSpoke()).values as { root_module: { resources: Json[] } }).root_module;
    const nested = shownModule('module.outer["a"]', [], [shownModule("module.inner[0]", resources)]);

    const resolution = previewOf(shownState([], [nested]));

    expect(answerFor(resolution, "vnet-spoke2").endpoints).toEqual([
      'module.outer["a"].module.inner[0].azurerm_private_endpoint.spoke2',
    ]);
    expect(verdicts(resolution)).toEqual([]);
  });
});

describe("instances in a plan", () => {
  const both = pep("both");

  /** Two endpoints of a count, in one network, and a record for each host name. */
  function counted(records: Json, repetition: Json = { count_expression: { constant_value: 3 } }): Preview {
    const others = [network("hub"), subnet("hub"), registry(), zone("hub"), link("hub", "hub")];
    const recordSets = configured(`${RECORD}.all`, { zone_name: refs(`${dnsZone("hub")}.name`), records });
    const plan = withMore(
      planOf(others),
      [
        ...[0, 1].map((index) => shown(`${both}[${index}]`, { name: `pep-${index}`, ...TO_REGISTRY })),
        ...EVERY_HOST.map((host, index) =>
          shown(`${RECORD}.all[${index}]`, { name: HOSTS[host], resource_group_name: "rg-hub" }),
        ),
      ],
      configured(both, {
        subnet_id: refs("azurerm_subnet.hub.id"),
        private_service_connection: [{ private_connection_resource_id: refs(`${REGISTRY}.id`) }],
      }),
      { ...recordSets, ...repetition },
    );
    return previewOf(plan);
  }

  test("are all meant by a splat, whatever the index of the record that has it", () => {
    expect(endpointsFor(counted(refs(both)), "vnet-hub")).toEqual(["both[0]", "both[1]"]);
    // Beside a local, it may be an index as well.
    expect(answerFor(counted(refs(both, "local.hosts")), "vnet-hub")).toMatchObject({ endpoints: [], known: false });
  });

  test("are meant by the index of the record, where it is mentioned", () => {
    const resolution = counted(refs(both, "count.index"));

    expect(endpointsFor(resolution, "vnet-hub")).toEqual(["both[0]"]);
    expect(endpointsFor(resolution, "vnet-hub", "sweden")).toEqual(["both[1]"]);
  });

  test("are meant by an index that is written out", () => {
    const resolution = counted(refs(`${both}[1].custom_dns_configs`), {});

    expect(endpointsFor(resolution, "vnet-hub")).toEqual(["both[1]"]);
    expect(verdicts(resolution)).toEqual([error("endpoint-in-no-zone", `${both}[0]`)]);
  });
});

describe("what may be meant of several", () => {
  /** A plan of an endpoint whose subnet and zone stand behind an index that the plan does not tell. */
  function behindIndex(networkOfSubnets: Json): Endpoint {
    const each = (type: string, values: (key: string) => Json) =>
      ["one", "two"].map((key) => shown(`${type}["${key}"]`, values(key)));
    const plan = shownPlan({
      resources: [
        shown(REGISTRY, registry().body),
        ...each(vnet("net"), (key) => ({ name: `vnet-${key}` })),
        ...each("azurerm_subnet.sub", (key) => ({ name: key })),
        ...each(dnsZone("acr"), () => ({ name: ZONE })),
        shown(pep("acr"), { name: "pep-acr", ...TO_REGISTRY }),
      ],
      configuration: [
        configured(REGISTRY, {}),
        configured(vnet("net"), {}),
        configured("azurerm_subnet.sub", { virtual_network_name: networkOfSubnets }),
        configured(dnsZone("acr"), {}),
        configured(pep("acr"), {
          subnet_id: refs("azurerm_subnet.sub", "local.key"),
          private_service_connection: [{ private_connection_resource_id: refs(`${REGISTRY}.id`) }],
          private_dns_zone_group: [{ private_dns_zone_ids: refs(dnsZone("acr"), "local.key") }],
        }),
      ],
    });
    return previewOf(plan).model.endpoints[0]!;
  }

  test("is a subnet, whose network is known if it is the same for all", () => {
    const inOne = behindIndex(refs('azurerm_virtual_network.net["one"].name'));
    const inEither = behindIndex(refs(vnet("net"), "each.key"));

    expect(inOne.network?.name).toBe("vnet-one");
    expect(inEither.network).toBeUndefined();
  });

  test("is a zone, of which no endpoint is said to register itself in all", () => {
    expect(behindIndex(refs('azurerm_virtual_network.net["one"].name')).registersIn).toEqual([]);
  });
});

describe("other people's stacks", () => {
  const REGISTRY_DATA = "data.azurerm_container_registry.acr";
  const CORP = part(
    "data.azurerm_private_dns_zone.corp",
    { name: ZONE, resource_group_name: "rg-corp" },
    { id: zoneId("corp") },
  );
  const HUB_VALUES = { name: "vnet-hub", resource_group_name: "rg-hub" };

  /** A spoke team's plan: the hub and its zone are read, the spoke is made with its subnet inside. */
  function spokeTeam(isLinked = true): Json {
    const spoke = `${vnet("spoke")}[0]`;
    const place = { name: "vnet-spoke", resource_group_name: "rg-spoke", address_space: ["10.20.0.0/16"] };
    const toHub = "azurerm_virtual_network_peering.to_hub";
    const fromHub = "azurerm_virtual_network_peering.from_hub";
    return shownPlan({
      resources: [
        shown(spoke, { ...place, subnet: [{ name: "endpoints" }] }),
        shown(toHub, {
          virtual_network_name: "vnet-spoke",
          remote_virtual_network_id: networkId("hub"),
          resource_group_name: "rg-spoke",
        }),
        shown(fromHub, { virtual_network_name: "vnet-hub", resource_group_name: "rg-hub" }),
        ...(isLinked
          ? [shown(`${LINK}.spoke`, { private_dns_zone_name: ZONE, resource_group_name: "rg-corp", ...REDIRECT })]
          : []),
        shown(pep("acr"), {
          name: "pep-acr",
          private_service_connection: [connection(registryId()).private_service_connection],
          private_dns_zone_group: [{ private_dns_zone_ids: [zoneId("corp")] }],
        }),
      ],
      configuration: [
        configured(vnet("spoke"), {}),
        configured(toHub, {
          virtual_network_name: refs(`${spoke}.name`),
          remote_virtual_network_id: refs("data.azurerm_virtual_network.hub.id"),
        }),
        configured(fromHub, {
          virtual_network_name: { constant_value: "vnet-hub" },
          remote_virtual_network_id: refs(`${spoke}.id`),
        }),
        configured(`${LINK}.spoke`, {
          private_dns_zone_name: refs(`${CORP.address}.name`),
          virtual_network_id: refs(`${spoke}.id`),
        }),
        configured(pep("acr"), {
          // As in tolist(azurerm_virtual_network.spoke[0].subnet)[0].id
          subnet_id: refs(`${spoke}.subnet`),
          private_dns_zone_group: [{ private_dns_zone_ids: refs(`${CORP.address}.id`) }],
        }),
      ],
      read: [
        shown("data.azurerm_virtual_network.hub", {
          ...HUB_VALUES,
          id: networkId("hub"),
          address_space: ["10.12.0.0/16"],
        }),
        shown(CORP.address, { ...CORP.body, ...CORP.applied }),
      ],
    });
  }

  test("may read the hub and its zone, and define subnets inside the network", () => {
    const resolution = previewOf(spokeTeam());

    expect(answerFor(resolution, "vnet-spoke")).toMatchObject({
      virtualNetworkAddress: `${vnet("spoke")}[0]`,
      zone: CORP.address,
      endpoints: [pep("acr")],
      known: true,
    });
    expect(verdicts(resolution)).toEqual([]);
  });

  test("may have their network linked to a zone that is only read here", () => {
    const resolution = previewOf(spokeTeam(false));

    expect(answerFor(resolution, "vnet-spoke")).toMatchObject({ zone: null, reachable: null, known: false });
    expect(verdicts(resolution)).toEqual([warning("answer-not-known", CORP.address, `${vnet("spoke")}[0]`)]);
    expect(resolution.findings[0]!.message).toContain("is not managed here, so it may be linked elsewhere");
  });

  test("may know networks by their ids alone", () => {
    const inCapitals = networkId("spoke1").toUpperCase().replace("/SUBSCRIPTIONS", "/subscriptions");
    const parts = changeAll(without(selfRegistered(), vnet("spoke1"), "azurerm_subnet.spoke1"), {
      [pep("spoke1")]: { subnet_id: `${networkId("spoke1")}/subnets/endpoints` },
      [zoneLink("spoke1", "spoke1")]: { virtual_network_id: inCapitals },
    });
    const resolution = resolve(parts);

    expect(resolution.answers).toHaveLength(3);
    // Their DNS servers are not in the file.
    expect(resolution.answers[0]).toMatchObject({ endpoints: [], reachable: null, reason: "answer-not-known" });
    expect(verdicts(resolution)).toEqual([warning("answer-not-known", networkId("spoke1"))]);
  });

  test.each(FORMS.filter(([, form]) => form !== planOf))(
    "may have networks of one name and group in several subscriptions (%s)",
    (_, form) => {
      const elsewhere = networkId("spoke1").replace("000000000001", "000000000002");
      const parts = change(selfRegistered(), pep("spoke1"), { subnet_id: `${elsewhere}/subnets/endpoints` });
      const resolution = resolve(parts, form);
      const asking = resolution.answers.find(({ virtualNetworkAddress }) => virtualNetworkAddress === vnet("spoke1"));

      expect(asking).toMatchObject({ endpoints: [pep("spoke1")], reachable: false });
      expect(codesOf(resolution)).toContain("unreachable-answer");
    },
  );

  test("may have zones of one name and group in several subscriptions", () => {
    // Children are in the zone's subscription.
    const parts = selfRecorded().map(({ address, body, applied }) =>
      part(address, body, { id: `${zoneId("spoke1")}/child/${address}`, ...applied }),
    );
    const id = zoneId("spoke1").replace("000000000001", "000000000002");
    const other = part(dnsZone("twin"), zone("spoke1").body, { id });

    for (const all of [
      [...parts, other],
      [other, ...parts],
    ]) {
      const resolution = resolve(all, stateOf);

      expect(answerFor(resolution, "vnet-spoke1").zone).toBe(dnsZone("spoke1"));
      expect(verdicts(resolution)).toEqual([]);
    }
  });

  test.each(FORMS)("may read the registry, which does not list its replicas (%s)", (_, form) => {
    const data = part(
      REGISTRY_DATA,
      { name: HOSTS.login, resource_group_name: "rg-registry" },
      { id: registryId(), location: "swedencentral" },
    );
    const parts = changeAll(without(perSpoke(), REGISTRY), {
      [pep("spoke1")]: connection(ref(REGISTRY_DATA)),
      [pep("spoke2")]: connection(ref(REGISTRY_DATA)),
    });
    const resolution = resolve([...parts, data], form);

    expect(endpointsFor(resolution, "vnet-spoke2", "switzerland")).toEqual(["spoke2"]);
    expect(verdicts(resolution)).toEqual([]);
  });

  test.each([
    ["call it by its id", idOf("RG-Registry", "Microsoft.ContainerRegistry/registries", "AcmeACR")],
    ["read it as well", ref(REGISTRY_DATA)],
  ])("may make the registry and %s", (_, id) => {
    const data = part(REGISTRY_DATA, { name: HOSTS.login, location: "swedencentral" });
    const resolution = resolve([data, ...change(perSpoke(), pep("spoke2"), connection(id))]);

    expect(resolution.answers).toHaveLength(9);
    expect(verdicts(resolution)).toEqual([]);
  });

  test.each(FORMS)("may write records into a zone that is only read (%s)", (_, form) => {
    const zone_name = ref(CORP.address, "name");
    const parts = [
      ...withEndpoint("spoke1"),
      registry(),
      CORP,
      ...records("corp", ["spoke1"], { zone_name }),
      link("spoke1", "corp", { private_dns_zone_name: zone_name }),
    ];
    const resolution = resolve(parts, form);

    expect(answerFor(resolution, "vnet-spoke1")).toMatchObject({ zone: CORP.address, reachable: true, known: true });
    expect(verdicts(resolution)).toEqual([]);
  });
});

describe("zones", () => {
  /** The preview of a registry in a region, with a zone for the names of a cloud. */
  const registryIn = (location: string, suffix: string) => {
    const name = `privatelink.${suffix}`;
    const bodies = { [REGISTRY]: { location, georeplications: [] }, [dnsZone("spoke1")]: { name } };
    return resolve(changeAll(selfRegistered(), bodies));
  };

  test("of one region's data endpoint win over the zone of all", () => {
    // Given a zone for Sweden's data endpoint alone, which answers with the hub's endpoint.
    const parts = [
      ...without(perSpoke(), ...recordAddresses("hub")),
      ...records("hub", ["hub"]),
      subnet("hub"),
      ...endpoint("hub"),
      zone("region", "swedencentral.data.privatelink.azurecr.io"),
      link("spoke2", "region"),
      record("region", "sweden", ["hub"], { name: HOSTS.login }),
    ];

    const resolution = resolve(parts);

    expect(answerFor(resolution, "vnet-spoke2", "sweden").zone).toBe(dnsZone("region"));
    expect(endpointsFor(resolution, "vnet-spoke2", "sweden")).toEqual(["hub"]);
    expect(endpointsFor(resolution, "vnet-spoke2", "switzerland")).toEqual(["spoke2"]);
    expect(endpointsFor(resolution, "vnet-spoke2", "login")).toEqual(["spoke2"]);
    expect(verdicts(resolution)).toEqual([warning("answers-by-other-endpoint", vnet("spoke2"), pep("hub"))]);
  });

  test.each([
    ["usgovvirginia", "USGov Virginia", "azurecr.us"],
    ["chinanorth3", "chinanorth3", "azurecr.cn"],
    ["westeurope", "West Europe", "azurecr.io"],
  ])("and host names of a registry in %s have their cloud's suffix", (region, location, suffix) => {
    const resolution = registryIn(location, suffix);

    expect(resolution.answers.map(({ host, reachable }) => [host, reachable])).toEqual([
      [`acmeacr.${suffix}`, true],
      [`acmeacr.${region}.data.${suffix}`, true],
    ]);
    expect(verdicts(resolution)).toEqual([]);
  });

  test("tell the cloud of a registry whose region is not known", () => {
    const resolution = registryIn("${var.location}", "azurecr.us");

    expect(resolution.answers.map(({ host }) => host)).toEqual(["acmeacr.azurecr.us"]);
  });
});

describe("what is not read", () => {
  test("is a raw state file", () => {
    const raw = { version: 4, terraform_version: "1.11.4", serial: 1, lineage: "f00", outputs: {}, resources: [] };

    expect(() => previewOf(raw, "terraform.tfstate")).toThrow(
      "terraform.tfstate is a raw state file. Give the output of: terraform show -json",
    );
  });

  test.each([[null], ["text"], [[]], [{}], [{ name: "package", version: "1.0.0" }], [4]])(
    "is %j, which is no Terraform JSON",
    (json) => {
      expect(() => previewOf(json, "package.json")).toThrow("package.json is not Terraform JSON. Give a configuration");
    },
  );
});

test("a wildcard record answers the names without a record of their own", () => {
  const others = [recordAddress("spoke2", "sweden"), recordAddress("spoke2", "switzerland")];
  const wildcard = record("spoke2", "sweden", ["spoke2"], { name: "*" });
  const resolution = resolve([...without(perSpoke(), ...others), wildcard]);

  expect(endpointsFor(resolution, "vnet-spoke2", "switzerland")).toEqual(["spoke2"]);
  expect(verdicts(resolution)).toEqual([]);
});
