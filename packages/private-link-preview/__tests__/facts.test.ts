import { previewOf } from "../lib/preview";
import { dnsZone, peer, pep, vnet, zoneLink } from "./addresses";
import { type Form, type Json, type Part, change, planOf, stateOf, synthesized } from "./forms";
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
    ["all of a peering", perSpoke(), peer("spoke1", "hub"), true],
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
  const parts = change(selfRecorded(), vnet("spoke1"), { dns_servers: "${local.servers}" });
  const { reachable, reason } = answerFor(previewOf(planOf(parts)), "vnet-spoke1");

  expect([reachable, reason]).toEqual([true, null]);
});
