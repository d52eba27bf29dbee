import { createColors } from "picocolors";
import { previewOf } from "../lib/preview";
import { literalsIn, referencesIn } from "../lib/read/expression";
import { previewText } from "../lib/text/preview-text";
import { Budget } from "../../common/util/budget";
import { parseJson } from "../../common/util/json-file";
import { UserError } from "../../common/util/user-error";
import { printable, printableJson, wrap } from "../../common/util/words";
import { dnsZone, pep, recordAddress, ref, vnet } from "./addresses";
import {
  type Json,
  change,
  changeAll,
  configured,
  part,
  planOf,
  refs,
  shown,
  shownPlan,
  stateOf,
  synthesized,
} from "./forms";
import { idOf } from "./ids";
import { perSpoke } from "./networks";
import { network, registry } from "./parts";
import { link, ruleset } from "./zones";
import { callsIn } from "./work";

const plain = createColors(false);

/** A copy of Terraform's JSON with another value at a path. */
function withValue(json: Json, path: readonly (string | number)[], value: unknown): Json {
  const copy = structuredClone(json);
  const parent = path.slice(0, -1).reduce<Json>((inside, step) => (inside[step] ??= {}) as Json, copy);
  parent[path.at(-1)!] = value;
  return copy;
}

describe("a part of the wrong type is refused with its place", () => {
  const plan = shownPlan({
    resources: [{ address: "azurerm_subnet.a", type: "azurerm_subnet", name: "a", values: {} }],
    modules: [{ address: "module.m" }],
    configuration: [{ address: "azurerm_subnet.a", expressions: {} }],
    calls: { m: { module: { outputs: {} } } },
  });
  const files = { plan, state: stateOf(perSpoke()), configuration: synthesized(perSpoke()) };
  const BLOCKS = "an object, or a list of objects";

  test.each<[keyof typeof files, string, unknown, string]>([
    ["plan", "planned_values", 5, "an object"],
    ["plan", "planned_values.root_module.resources", "x", "a list"],
    ["plan", "planned_values.root_module.resources[0]", null, "an object"],
    ["plan", "planned_values.root_module.resources[0].address", 1, "a string"],
    ["plan", "planned_values.root_module.resources[0].type", [], "a string"],
    ["plan", "planned_values.root_module.resources[0].index", {}, "a string or a number"],
    ["plan", "planned_values.root_module.resources[0].values", "x", "an object"],
    ["plan", "planned_values.root_module.child_modules", {}, "a list"],
    ["plan", "planned_values.root_module.child_modules[0].address", 7, "a string"],
    ["plan", "prior_state", [], "an object"],
    ["plan", "prior_state.values.root_module", 1, "an object"],
    ["plan", "configuration", true, "an object"],
    ["plan", "configuration.root_module.resources", {}, "a list"],
    ["plan", "configuration.root_module.module_calls.m", "x", "an object"],
    ["plan", "configuration.root_module.module_calls.m.module.outputs", [1], "an object"],
    ["plan", "variables", "x", "an object"],
    ["state", "values", "x", "an object"],
    ["state", "values.root_module.resources[0]", 1, "an object"],
    ["configuration", "resource", 5, BLOCKS],
    ["configuration", "resource.azurerm_subnet", "x", BLOCKS],
    ["configuration", "data.x", 1, BLOCKS],
    ["configuration", "data.x.a", 1, BLOCKS],
    ["configuration", "locals", 1, BLOCKS],
    ["configuration", "module", "x", BLOCKS],
    ["configuration", "resource.azurerm_subnet.hub.count", 1.5, "a whole number from 0"],
    ["configuration", "resource.azurerm_subnet.hub.count", -1, "a whole number from 0"],
  ])("in a %s, %s: %j", (file, place, value, allowed) => {
    const path = place.split(/[.[\]]+/).filter((step) => step !== "");
    const message = `file.json: ${place}: found ${JSON.stringify(value)}, allowed: ${allowed}`;
    expect(() => previewOf(withValue(files[file], path, value), "file.json")).toThrow(new UserError(message));
  });

  test("and a comment, which JSON has as //, is none", () => {
    const json = synthesized(perSpoke());
    const commented = { ...json, resource: { "//": "why", ...(json.resource as Json) } };
    expect(previewOf(commented).answers).toEqual(previewOf(json).answers);
  });
});

describe("a size that can't be is refused", () => {
  test.each([1e9, 1e12])("count: %d", (count) => {
    const given = synthesized(change(perSpoke(), vnet("hub"), { count }));
    expect(() => previewOf(given)).toThrow(/^the stack: found more than 200000 instances of resources/);
  });

  test.each([
    ["lists", "[".repeat(300_000) + "]".repeat(300_000)],
    ["lists that are not closed", "[".repeat(300_000)],
    ["modules", `{"values":{"root_module":${'{"child_modules":['.repeat(300_000)}${"]}".repeat(300_000)}}}`],
  ])("%s inside each other", (_, text) => {
    expect(() => parseJson(text, "deep.json")).toThrow(/^deep\.json has more than 500 levels/);
  });

  test("values inside each other that were not read from a file", () => {
    const deep = [...Array(2000).keys()].reduce<unknown>((inside) => [inside], 1);
    expect(() => previewOf({ ...synthesized([]), locals: { deep } }, "it")).toThrow(/^it has more than 500 levels/);
  });

  test("modules inside each other as deep as can be", () => {
    const modules = [...Array(200).keys()].reduce<Json>((inside) => ({ child_modules: [inside] }), {});
    expect(previewOf({ format_version: "1", values: { root_module: modules } }).answers).toEqual([]);
  });
});

const upTo = (size: number) => [...Array(size).keys()];

/** A configuration of the right design with more resources of a type. */
function withResources(type: string, bodies: Json[]): Json {
  const { resource, ...rest } = synthesized(perSpoke());
  const more = Object.fromEntries(bodies.map((body, i) => [`more${i}`, body]));
  return { ...rest, resource: { ...resource, [type]: { ...resource[type], ...more } } };
}

/** Files of any size. Of each there was once a size that took more than twenty seconds, or did not end. */
const GROWING: Record<string, (size: number) => Json> = {
  "locals in circles": (size) => {
    const all = upTo(size).map((i) => `\${local.l${i}}`);
    return locals(Object.fromEntries(all.map((_, i) => [`l${i}`, all])), ["${local.l0}"]);
  },
  "locals that double each other": (size) => {
    const doubling = upTo(size).map((i) => [`l${i}`, `\${local.l${i + 1}}\${local.l${i + 1}}`]);
    const given = locals({ ...(Object.fromEntries(doubling) as Json), [`l${size}`]: "x" }, []);
    return withValue(given, ["resource", "azurerm_virtual_network", "hub", "name"], "${local.l0}");
  },
  "attributes in circles": (size) => {
    const keys = ["hub", "spoke1", "spoke2"];
    const name = keys.map((key) => `\${azurerm_virtual_network.${key}.name}`.repeat(size)).join("");
    return synthesized(changeAll(perSpoke(), Object.fromEntries(keys.map((key) => [vnet(key), { name }]))));
  },
  "variables and outputs of modules in circles": (size) => {
    const all = upTo(size);
    const outputs = Object.fromEntries(all.map((i) => [`o${i}`, { expression: refs(...all.map((j) => `var.v${j}`)) }]));
    const expressions = Object.fromEntries(all.map((i) => [`v${i}`, refs(...all.map((j) => `module.m.o${j}`))]));
    return shownPlan({
      modules: [{ address: "module.m" }],
      resources: [
        shown("azurerm_subnet.a", {}),
        shown(pep("a"), { private_service_connection: [{ subresource_names: ["registry"] }] }),
      ],
      configuration: [
        configured(pep("a"), { private_service_connection: [{ private_connection_resource_id: refs("module.m.o0") }] }),
      ],
      calls: { m: { expressions, module: { outputs } } },
    });
  },
  "data sources in circles": (size) => {
    const names = upTo(size).map((i) => `data.x.d${i}`);
    const all = names.map((name) => `\${${name}.id}`);
    return synthesized([
      ...change(perSpoke(), recordAddress("hub", "login"), { records: all }),
      ...names.map((name) => part(name, { all })),
    ]);
  },
  "a chain of data sources": (size) => {
    const chain = upTo(size).map((i) => part(`data.x.d${i}`, { next: `\${data.x.d${i + 1}.id}` }));
    const json = synthesized(change(perSpoke(), recordAddress("hub", "login"), { records: ["${data.x.d0.id}"] }));
    return {
      ...json,
      data: { ...(json.data as Json), x: Object.fromEntries(chain.map((one, i) => [`d${i}`, one.body])) },
    };
  },
  "references in one list": (size) => {
    const plan = planOf(perSpoke());
    const all = { references: upTo(size).map((i) => `local.x${i}.y`) };
    const index = perSpoke().findIndex(({ address }) => address === recordAddress("hub", "login"));
    return withValue(plan, ["configuration", "root_module", "resources", index, "expressions", "records"], all);
  },
  networks: (size) => networks(size),
  "networks that ask one server": (size) => networks(size, { dns_servers: ["10.12.0.4"] }),
  "networks of other configurations": (size) =>
    withResources(
      "azurerm_virtual_network_peering",
      upTo(size).map((i) => ({
        virtual_network_name: ref(vnet("hub"), "name"),
        remote_virtual_network_id: idOf("rg", "Microsoft.Network/virtualNetworks", `n${i}`),
      })),
    ),
  "networks whose links, peerings and endpoints hide their ends": (size) => {
    const hidden = refs("local.x");
    const each = (type: string, values: (i: number) => Json) =>
      upTo(size).map((i) => shown(`${type}.x[${i}]`, values(i)));
    const connection = [{ private_connection_resource_id: hidden }];
    return shownPlan({
      resources: [
        ...each("azurerm_virtual_network", (i) => ({ name: `n${i}`, resource_group_name: "rg" })),
        ...each("azurerm_subnet", () => ({ name: "s", resource_group_name: "rg" })),
        ...each("azurerm_private_dns_zone_virtual_network_link", () => ({
          private_dns_zone_name: "privatelink.azurecr.io",
          resource_group_name: "rg",
        })),
        ...each("azurerm_virtual_network_peering", () => ({ resource_group_name: "rg" })),
        ...each("azurerm_private_endpoint", () => ({ private_service_connection: [{ subresource_names: ["blob"] }] })),
        ...each("azurerm_storage_account", (i) => ({ name: `a${i}` })),
        shown(dnsZone("x"), { name: "x" }),
      ],
      configuration: [
        configured("azurerm_subnet.x", { virtual_network_name: hidden }),
        configured("azurerm_private_dns_zone_virtual_network_link.x", { virtual_network_id: hidden }),
        configured("azurerm_virtual_network_peering.x", {
          virtual_network_name: hidden,
          remote_virtual_network_id: hidden,
        }),
        configured(pep("x"), { subnet_id: hidden, private_service_connection: connection }),
      ],
    });
  },
  "forwarding rules that lead networks to each other in circles": (size) => {
    const address = (i: number) => `10.${100 + (i >> 8)}.${i & 255}`;
    const ringed = upTo(size).flatMap((i) => [
      network(`n${i}`, { address_space: [`${address(i)}.0/24`] }),
      ...ruleset(`r${i}`, ref(vnet(`n${i}`)), "azurecr.io.", `${address((i + 1) % size)}.4`),
    ]);
    return synthesized([...perSpoke(), ...ringed]);
  },
  "networks on one Virtual WAN hub that share a zone": (size) => {
    const all = upTo(size);
    return synthesized([
      ...perSpoke(),
      part("azurerm_virtual_wan.w", { name: "w" }),
      part("azurerm_virtual_hub.h", { name: "h", virtual_wan_id: "${azurerm_virtual_wan.w.id}" }),
      ...all.flatMap((i) => [
        network(`n${i}`),
        part(`azurerm_virtual_hub_connection.n${i}`, {
          virtual_hub_id: "${azurerm_virtual_hub.h.id}",
          remote_virtual_network_id: `\${azurerm_virtual_network.n${i}.id}`,
        }),
        link(`n${i}`, "spoke1"),
      ]),
    ]);
  },
  "registries, each with a record": (size) => {
    const all = upTo(size).map((i) => `r${i}`);
    const recordOf = (name: string) => ({ name, zone_name: ref(dnsZone("hub"), "name"), records: ["10.1.1.1"] });
    return synthesized([
      ...perSpoke(),
      ...all.map((name) => part(`azurerm_container_registry.${name}`, { ...registry().body, name })),
      ...all.map((name) => part(`azurerm_private_dns_a_record.${name}`, recordOf(name))),
    ]);
  },
};

/** A network whose hub looks the login server up by these records, with locals. */
function locals(values: Json, records: string[]): Json {
  return { ...synthesized(change(perSpoke(), recordAddress("hub", "login"), { records })), locals: values };
}

function networks(count: number, extra: Json = {}): Json {
  const bodies = upTo(count).map((i) => ({ ...network(`n${i}`).body, ...extra }));
  return withResources("azurerm_virtual_network", bodies);
}

/** Calls of functions that showing the preview of each of some files takes. */
function callsFor(...files: Json[]): number[] {
  return callsIn(files.map((json) => () => previewText(previewOf(json), plain)));
}

describe("work grows with the file, and not faster", () => {
  test.each(Object.entries(GROWING))("%s", (_, ofSize) => {
    const files = [24, 48, 96].map(ofSize) as [Json, Json, Json];
    const [small, middle, large] = files.map((json) => JSON.stringify(json).length) as [number, number, number];
    const [forSmall, forMiddle, forLarge] = callsFor(...files) as [number, number, number];
    // Calls for each character that the file is longer. They would double if the work grew with the square of the size.
    const before = (forMiddle - forSmall) / (middle - small);
    const after = (forLarge - forMiddle) / (large - middle);
    expect(after).toBeLessThan(1.15 * before);
  });

  test.each(Object.entries(GROWING))("no limit of work is near: %s", (name, ofSize) => {
    const spend = jest.spyOn(Budget.prototype, "spend");
    previewOf(ofSize(96));
    const spent = new Map<Budget, number>();
    for (const [i, budget] of (spend.mock.contexts as Budget[]).entries())
      spent.set(budget, (spent.get(budget) ?? 0) + (spend.mock.calls[i]![0] ?? 1));
    spend.mockRestore();
    const shares = [...spent].map(([budget, its]) => its / (its + (budget as unknown as { left: number }).left));
    // A file that is a hundred times longer is within the limits; references in circles are as many as the square of the size.
    expect(Math.max(...shares)).toBeLessThan(name.includes("circles") ? 0.1 : 0.01);
  });

  test.each<[string, Json]>([
    ["a chain of 10,000 data sources", GROWING["a chain of data sources"]!(10_000)],
    [
      "locals in circles with growing steps",
      locals({ a: ["${local.b.x}", "${local.b.y}"], b: ["${local.a.x}", "${local.a.y}"] }, ["${local.a}"]),
    ],
    ["a million quotes that are not closed", locals({}, [`\${${'"\\'.repeat(1_000_000)}}`])],
    ["a name of a million characters", synthesized(change(perSpoke(), vnet("hub"), { name: "x".repeat(1_000_000) }))],
  ])("%s: there is an end, and the call stack is not exceeded", (_, json) => {
    expect(callsFor(json)).toEqual([expect.any(Number)]);
  });

  test("a circle of locals still leads to what is beside it", () => {
    const given = locals({ a: ["${local.b}", "${data.azapi_resource.spoke1.output}"], b: ["${local.a}"] }, [
      "${local.b}",
    ]);
    const { answers } = previewOf(given);
    expect(answers[0]).toMatchObject({ virtualNetwork: "vnet-hub", endpoints: [pep("spoke1")] });
  });
});

const EVIL = "a\u001b[31m\u009b2J\rb\u202ec\nd\u2028e";

describe("text of a foreign file", () => {
  test("stays the same value in JSON", () => {
    expect(JSON.parse(printableJson({ [EVIL]: EVIL }))).toEqual({ [EVIL]: EVIL });
  });

  test("is without control characters in errors, too", () => {
    expect(() => previewOf({ resource: { [EVIL]: 1 } })).toThrow(
      "the stack: resource.a\\u001b[31m\\u009b2J\\u000db\\u202ec",
    );
    expect(new UserError("one\n::error::two\nthree ##[group]").message).toBe("one\n\\::error::two\nthree ##\\[group]");
  });

  test("begins no line like a workflow command, wherever it is wrapped", () => {
    expect(wrap("aaaa ::error::b", 6)).toEqual(["aaaa", "\\::error::b"]);
    expect(wrap("a-::error::b", 6)).toEqual(["a-", "\\::error::b"]);
    expect(printable("fe80::1 a::b")).toBe("fe80::1 a::b");
  });
});

test("a literal that is not closed is none, and words in literals are no references", () => {
  expect(literalsIn('f("a", "b\\"c", "d')).toEqual(["a", 'b\\"c']);
  expect(referencesIn('f("var.a", var.b)').map(({ root }) => root)).toEqual(["var.b"]);
});
