import { previewOf } from "../lib/preview";
import { dnsZone, pep, ref, vnet, zoneLink } from "./addresses";
import {
  type Json,
  type Part,
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
  without,
} from "./forms";
import { zoneId } from "./ids";
import { ZONE } from "./names";
import { selfRegistered } from "./networks";
import { answerFor, codesOf, endpointsFor, resolve, verdicts } from "./outcome";
import { zoneGroup } from "./zones";

/** A network with an endpoint that registers itself in a zone of another configuration, to which it may be linked there. */
const READ = part(`data.${dnsZone("corp")}`, { name: ZONE, resource_group_name: "rg-corp" }, { id: zoneId("corp") });
const inZoneOfOthers = [
  ...change(
    without(selfRegistered(), zoneLink("spoke1", "spoke1"), dnsZone("spoke1")),
    pep("spoke1"),
    zoneGroup(ref(READ.address)),
  ),
  READ,
];

describe.each([
  ["synthesized", synthesized],
  ["planned", planOf],
  ["applied", stateOf],
])("what others manage (%s)", (_, form) => {
  test("a zone that is only read may be linked to any network", () => {
    const resolution = resolve(inZoneOfOthers, form);
    expect(answerFor(resolution, "vnet-spoke1")).toMatchObject({
      reachable: null,
      reason: "answer-not-known",
      answeredBy: null,
    });
    expect(resolution.findings[0]!.message).toMatch(/is not managed here, so it may be linked elsewhere/);
  });

  test("a data source that reads a zone of the file is that zone", () => {
    const own = part(
      `data.${dnsZone("own")}`,
      { name: ZONE, resource_group_name: "rg-spoke1" },
      { id: zoneId("spoke1") },
    );
    const resolution = resolve([...change(selfRegistered(), pep("spoke1"), zoneGroup(ref(own.address))), own], form);
    expect(endpointsFor(resolution, "vnet-spoke1")).toEqual(["spoke1"]);
    expect(verdicts(resolution)).toEqual([]);
  });
});

describe("policies that attach DNS zone groups", () => {
  const withoutGroup = change(selfRegistered(), pep("spoke1"), { private_dns_zone_group: undefined });
  const assignment = (zone: Json | string, group: string): Part =>
    part("azurerm_resource_group_policy_assignment.dns", {
      resource_group_id: `/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/${group}`,
      parameters: JSON.stringify({ privateDnsZoneId: { value: zone } }),
    });

  test("in the file make what they write not known", () => {
    const resolution = resolve([...withoutGroup, assignment(ref(dnsZone("spoke1")), "rg-spoke1")]);
    expect(answerFor(resolution, "vnet-spoke1")).toMatchObject({ reachable: null, known: false });
    expect(codesOf(resolution)).toEqual(["answer-not-known"]);
    expect(resolution.findings[0]!.message).toContain("azurerm_resource_group_policy_assignment.dns writes it");
  });

  test("are found in a state by the ids in their parameters, in their resource group alone", () => {
    const of = (group: string) => codesOf(resolve([...withoutGroup, assignment(zoneId("spoke1"), group)], stateOf));
    expect(of("rg-spoke1")).toEqual(["answer-not-known"]);
    expect(of("rg-other")).toEqual(["no-record", "endpoint-in-no-zone"]);
  });

  test("outside of the file can be told of: each endpoint then registers in the zone of its names", () => {
    const preview = (parts: Part[]) => previewOf(stateOf(parts), undefined, undefined, { zoneGroups: true });
    expect(endpointsFor(preview(withoutGroup), "vnet-spoke1")).toEqual(["spoke1"]);
    const elsewhere = preview(without(withoutGroup, dnsZone("spoke1"), zoneLink("spoke1", "spoke1")));
    expect(answerFor(elsewhere, "vnet-spoke1").reachable).toBeNull();
    expect(codesOf(elsewhere)).toEqual(["answer-not-known"]);
  });
});

test.each([
  ["zone", selfRegistered()],
  ["public", without(selfRegistered(), zoneLink("spoke1", "spoke1"))],
  ["public", change(selfRegistered(), pep("spoke1"), { private_dns_zone_group: undefined })],
  [
    "nothing",
    changeAll(selfRegistered(), {
      [pep("spoke1")]: { private_dns_zone_group: undefined },
      [zoneLink("spoke1", "spoke1")]: { resolution_policy: "Default" },
    }),
  ],
])("JSON says what answers a name: %s", (answeredBy, parts) => {
  expect(answerFor(resolve(parts), "vnet-spoke1").answeredBy).toBe(answeredBy);
});

test("endpoints that overwrite each other's records leave one of them, which is known where the network reaches all", () => {
  const two = [
    ...selfRegistered(),
    part(pep("two"), { ...selfRegistered().find(({ address }) => address === pep("spoke1"))!.body, name: "pep-two" }),
  ];
  const resolution = resolve(two);
  expect(codesOf(resolution)).toEqual(["endpoints-overwrite"]);
  expect(answerFor(resolution, "vnet-spoke1")).toMatchObject({ reachable: true, addresses: [] });
});

describe("what a plan does not show", () => {
  const subnet = shown("azurerm_subnet.s", { name: "s" });
  const plan = (target: Json, target2: Json[], more: Json[] = []) =>
    previewOf(
      shownPlan({
        resources: [
          shown(vnet("v"), { name: "v" }),
          subnet,
          ...target2,
          shown(pep("one"), {
            name: "one",
            private_service_connection: [{ subresource_names: ["vault"], is_manual_connection: false }],
          }),
        ],
        configuration: [
          configured("azurerm_subnet.s", { virtual_network_name: refs(`${vnet("v")}.name`) }),
          configured(pep("one"), {
            subnet_id: refs("azurerm_subnet.s.id"),
            private_service_connection: [{ private_connection_resource_id: target }],
          }),
          ...more,
        ],
      }),
    );

  test("of two resources in a condition, the one with the subresource is meant", () => {
    const { answers } = plan(refs("each.key", "azurerm_key_vault.k.id", "azurerm_storage_account.s.id"), [
      shown("azurerm_key_vault.k", { name: "vault1" }),
      shown("azurerm_storage_account.s", { name: "store1" }),
    ]);
    expect(answers.map(({ host }) => host)).toEqual(["vault1.vault.azure.net"]);
  });

  test("an id that is put together with another attribute of a resource is not that of the resource", () => {
    const parts = refs("azurerm_databricks_workspace.w.managed_resource_group_id", "azurerm_databricks_workspace.w");
    const { findings } = plan(parts, [shown("azurerm_databricks_workspace.w", { name: "w" })]);
    expect(findings.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^What azurerm_private_endpoint\.one connects to is not known/),
    );
  });

  test("of two with it, nothing is said but that it is not known", () => {
    const { findings } = plan(refs("local.key", "azurerm_key_vault.k.id", "azurerm_key_vault.l.id"), [
      shown("azurerm_key_vault.k", { name: "vault1" }),
      shown("azurerm_key_vault.l", { name: "vault2" }),
    ]);
    expect(findings.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^What azurerm_private_endpoint\.one connects to is not known/),
    );
  });
});

test("a subdomain that is not known yet is not the name of the account", () => {
  const account = "azurerm_ai_services.ai";
  const preview = previewOf(
    shownPlan({
      resources: [
        shown(vnet("v"), { name: "v" }),
        shown("azurerm_subnet.s", { name: "s" }),
        shown("random_string.r", {}),
        shown(account, { name: "ai" }),
        shown(pep("one"), {
          name: "one",
          private_service_connection: [{ subresource_names: ["account"], is_manual_connection: false }],
        }),
      ],
      configuration: [
        configured("azurerm_subnet.s", { virtual_network_name: refs(`${vnet("v")}.name`) }),
        configured("random_string.r", {}),
        configured(account, { custom_subdomain_name: refs("random_string.r.result") }),
        configured(pep("one"), {
          subnet_id: refs("azurerm_subnet.s.id"),
          private_service_connection: [{ private_connection_resource_id: refs(`${account}.id`) }],
        }),
      ],
    }),
  );
  expect(preview.answers.map(({ host }) => host)).toContain("(azurerm_ai_services ai).cognitiveservices.azure.com");
});
