import { UserError, withoutSensitive } from "../../common/util";
import { previewOf } from "../lib/preview";
import { dnsZone, peer, pep, vnet, zoneLink } from "./addresses";
import { type Form, type Json, type Part, change, part, planOf, stateOf, synthesized, without } from "./forms";
import { behindFirewall, perSpoke, selfRecorded } from "./networks";
import { answerFor } from "./outcome";
import { connection } from "./parts";
import { registryId } from "./ids";

const manual = (is_manual_connection: unknown) => {
  const [{ private_service_connection }] = [connection(registryId("acmeacr"))] as [Json];
  return { private_service_connection: { ...(private_service_connection as Json), is_manual_connection } };
};

/** A fact of a network: the answer of a network if it is so, if it is not, and if a variable without a value decides. */
const FACTS: Record<
  string,
  [network: string, of: (value: unknown) => Part[], whenFalse: boolean | null, reason: string]
> = {
  "a peering allows access": [
    "vnet-hub",
    (value) => change(perSpoke(), peer("spoke1", "hub"), { allow_virtual_network_access: value }),
    false,
    "reach-not-known",
  ],
  "a connection needs no approval": [
    "vnet-spoke1",
    (value) => change(selfRecorded(), pep("spoke1"), manual(typeof value === "string" ? value : !value)),
    null,
    "manual-approval",
  ],
  "a firewall answers DNS": [
    "vnet-spoke1",
    (value) => behindFirewall({ dns_proxy_enabled: value }),
    false,
    "dns-server-not-known",
  ],
};

describe.each(Object.entries(FACTS))("whether %s", (_, [asking, of, whenFalse, reason]) => {
  const reachable = (value: unknown, form: Form = synthesized) => {
    const answer = answerFor(previewOf(form(of(value))), asking);
    return [answer.reachable, answer.reason];
  };

  test("is yes or no where it is given", () => {
    expect(reachable(true)).toEqual([true, null]);
    expect(reachable(false)[0]).toBe(whenFalse);
  });

  test("is not known where a variable has no value, and no default stands for it", () => {
    expect(reachable("${var.unset}")).toEqual([null, reason]);
  });
});

test.each<[string, Form]>([
  ["configuration", synthesized],
  ["plan", planOf],
])("what a write-only part of azapi's body may hold is not known in a %s", (_, form) => {
  const access = (more: Json) => {
    const peering = part("azapi_resource.peering", {
      type: "Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2024-05-01",
      name: "peering",
      parent_id: `\${${vnet("spoke1")}.id}`,
      body: { properties: { remoteVirtualNetwork: { id: `\${${vnet("hub")}.id}` } } },
      ...more,
    });
    const parts = [...without(perSpoke(), peer("spoke1", "hub")), peering];
    return answerFor(previewOf(form(parts)), "vnet-hub").reachable;
  };
  expect(access({})).toBe(true);
  expect(access({ sensitive_body: { properties: { allowVirtualNetworkAccess: false } } })).toBeNull();
});

test("DNS servers that a variable without a value decides are not Azure's", () => {
  const parts = change(selfRecorded(), vnet("spoke1"), { dns_servers: "${var.servers}" });
  const { reachable, reason } = answerFor(previewOf(synthesized(parts)), "vnet-spoke1");

  expect([reachable, reason]).toEqual([null, "dns-server-not-known"]);
});

describe.each<[string, Form]>([
  ["plan", planOf],
  ["state", stateOf],
])("what a %s marks as sensitive", (_, form) => {
  /** The file with an attribute of a resource marked. */
  function marked(parts: Part[], address: string, marks: unknown) {
    const json = structuredClone(form(parts)) as Record<string, { root_module: { resources: Json[] } }>;
    const { resources } = (json.planned_values ?? json.values)!.root_module;
    resources.find((resource) => resource.address === address)!.sensitive_values = marks;
    return previewOf(json);
  }

  test.each<[string, Part[], string, unknown]>([
    ["the access of a peering", perSpoke(), peer("spoke1", "hub"), { allow_virtual_network_access: true }],
    [
      "DNS servers",
      change(perSpoke(), vnet("hub"), { dns_servers: ["10.12.1.4"] }),
      vnet("hub"),
      { dns_servers: [true] },
    ],
  ])("is not known: %s", (_, parts, address, marks) => {
    const preview = marked(parts, address, marks);

    expect(answerFor(preview, "vnet-hub").reachable).toBeNull();
    expect(preview.findings.map(({ severity }) => severity)).not.toContain("error");
  });

  test("is told nowhere", () => {
    const parts = change(perSpoke(), vnet("hub"), { dns_servers: ["10.99.98.97"] });
    const { findings, answers, lookups } = marked(parts, vnet("hub"), { dns_servers: [true] });

    expect(JSON.stringify([findings, answers, lookups.map(({ network }) => network)])).not.toContain("10.99.98.97");
  });

  test("is refused where it decides an answer, and never makes one wrong", () => {
    const json = form(perSpoke()) as Record<string, { root_module: { resources: (Json & { values: Json })[] } }>;
    const { resources } = (json.planned_values ?? json.values)!.root_module;
    const refused = resources
      .filter(({ address }) => String(address).includes("spoke1"))
      .flatMap(({ address, values }) => Object.keys(values).map((name) => [String(address), name] as const))
      .filter(([address, name]) => {
        try {
          const { answers } = marked(perSpoke(), address, { [name]: true });
          expect([address, name, answers.filter(({ reachable }) => reachable === false)]).toEqual([address, name, []]);
          return false;
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          expect(error.message).toContain(`${address}.${name}`);
          return true;
        }
      });
    expect(refused).toContainEqual([vnet("spoke1"), "address_space"]);
    expect(refused).not.toContainEqual([vnet("spoke1"), "resource_group_name"]);
    expect(() => marked(perSpoke(), peer("spoke1", "hub"), true)).toThrow(/sensitive that decide what networks get/);
  });

  test("is told nowhere else that the same value is without a mark, and names and IDs still lead where they did", () => {
    const SECRETS = { a: "vnet-spoke1", b: registryId("acmeacr").split("/")[2]!, c: "Standard" };
    const parts = change(perSpoke(), vnet("hub"), { tags: SECRETS });
    const preview = marked(parts, vnet("hub"), { tags: { a: true, b: true, c: true } });

    expect(JSON.stringify(preview)).not.toMatch(new RegExp(`${SECRETS.a}\\b|${SECRETS.b}`));
    expect(preview.answers.map(({ reachable }) => reachable)).toEqual(Array(9).fill(true));
    expect(answerFor(preview, "(sensitive value)").addresses).toEqual(
      answerFor(previewOf(form(parts)), SECRETS.a).addresses,
    );
  });
});

test("a link whose policy is not known may fall back to public DNS", () => {
  const parts = change(selfRecorded(), zoneLink("spoke1", "spoke1"), { resolution_policy: "${var.policy}" });
  const [link] = previewOf(synthesized(parts)).model.links;

  expect([link?.zone.address, link?.fallsBack]).toEqual([dnsZone("spoke1"), undefined]);
});

test("the model is frozen once it is built", () => {
  const { model } = previewOf(stateOf(perSpoke()));
  const lists = Object.values(model).filter(Array.isArray) as Json[][];

  expect([model, ...lists, ...lists.flat().filter((thing) => typeof thing === "object")].every(Object.isFrozen)).toBe(
    true,
  );
});

test("what no resource decides is not set in a plan, which shows it as (known after apply) where Azure may set it", () => {
  const plan = planOf(selfRecorded());
  const [own] = plan.configuration.root_module.resources.filter(({ address }) => address === vnet("spoke1"));
  Object.assign(own!.expressions as Json, { dns_servers: { references: ["var.servers"] } });
  const { reachable, reason } = answerFor(previewOf(plan), "vnet-spoke1");

  expect([reachable, reason]).toEqual([true, null]);
});

const LONG = "s3cr3t-word";
test.each<[what: string, json: Json, shown: Json]>([
  ["nothing where nothing is marked", { values: { a: LONG } }, { values: { a: LONG } }],
  [
    "an output, and its value as a word of others",
    { o: { value: LONG, sensitive: true }, p: { value: `a ${LONG}, ${LONG}er` } },
    { o: { sensitive: true }, p: { value: `a (sensitive value), ${LONG}er` } },
  ],
  [
    "a variable, in keys of instances and not in names",
    {
      variables: { v: { value: LONG } },
      configuration: { root_module: { variables: { v: { ephemeral: true } } } },
      address: `a.${LONG}["${LONG}"]`,
      index: LONG,
    },
    {
      variables: { v: { value: "(sensitive value)" } },
      configuration: { root_module: { variables: { v: { ephemeral: true } } } },
      address: `a.${LONG}["(sensitive value)"]`,
      index: "(sensitive value)",
    },
  ],
  [
    "a write-only attribute, in messages and changes",
    { expressions: { key_wo: { constant_value: LONG } }, problems: [{ message: LONG }], before: { [LONG]: 1 } },
    {
      expressions: { key_wo: { constant_value: "(sensitive value)" } },
      problems: [{ message: "(sensitive value)" }],
      before: { "(sensitive value)": 1 },
    },
  ],
  [
    "short texts, words of Azure, regions, numbers and lists of them where they are marked alone",
    {
      address: "a",
      values: { a: ["abc", 7, "Standard", "swedencentral", true], b: "swedencentral" },
      sensitive_values: { a: [true, true, true, true, true] },
    },
    {
      address: "a",
      values: { a: [undefined, undefined, undefined, undefined, undefined], b: "swedencentral" },
      sensitive_values: { a: [true, true, true, true, true], b: false },
    },
  ],
])("withholds %s", (_, json, shown) => {
  expect(withoutSensitive(json)).toEqual(shown);
});
