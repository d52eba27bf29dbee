import { compare } from "../lib/compare/comparison";
import { pictureOf } from "../lib/drawing/draw";
import { diagram } from "../lib/drawing/mermaid";
import { pageData } from "../lib/html/data";
import type { PublicAccess } from "../lib/model/network-model";
import { previewOf } from "../lib/preview";
import { reportOf } from "../lib/report";
import { answerText } from "../lib/text/answers";
import { toldSteps } from "../lib/text/steps";
import { pep, recordAddress, ref, REGISTRY, vnet, zoneLink } from "./addresses";
import { type Form, type Part, change, part, without } from "./forms";
import { connection, network } from "./parts";
import { behindFirewall, selfRecorded, selfRegistered } from "./networks";
import { answerFor, codesOf, resolve } from "./outcome";
import { idOf, zoneId } from "./ids";
import { type Json, perSpoke, planOf, registry, stateOf, synthesized } from "./terraform-fixtures";

const ATTRIBUTE = "public_network_access_enabled";
const LINK = "azurerm_private_dns_zone_virtual_network_link.spoke2-to-spoke2";
const [ENABLED, DISABLED, NOT_KNOWN] = [
  "the public address",
  "the public address, which refuses clients",
  "the public address, which may refuse clients",
];

/** A network without a zone, and a registry with these attributes. */
const parts = (attributes: Json) =>
  perSpoke()
    .filter(({ address }) => address !== LINK)
    .map((part) => (part.address === registry().address ? registry(attributes) : part));

/** A configuration in which the registry is a data source, which says nothing of public access. */
function readOnly(json: Json): Json {
  const { resource, ...rest } = JSON.parse(
    JSON.stringify(json).replaceAll("${azurerm_container_registry", "${data.azurerm_container_registry"),
  ) as { resource: Json; data?: Json };
  const { azurerm_container_registry: registries, ...resources } = resource;
  const name = { registry: { name: "acmeacr", resource_group_name: "rg-registry", location: "swedencentral" } };
  expect(registries).toBeDefined();
  return { ...rest, resource: resources, data: { ...rest.data, azurerm_container_registry: name } };
}

test.each<[name: string, file: unknown, expected: string | undefined]>([
  ["a configuration that says no", synthesized(parts({ [ATTRIBUTE]: false })), DISABLED],
  ["a configuration that says yes", synthesized(parts({ [ATTRIBUTE]: true })), ENABLED],
  [
    "a configuration that leaves it out, as the provider has the default",
    synthesized(parts({ [ATTRIBUTE]: null })),
    ENABLED,
  ],
  ["a configuration with a variable", synthesized(parts({ [ATTRIBUTE]: "${var.public}" })), NOT_KNOWN],
  ["a plan that hides it", planOf(parts({ [ATTRIBUTE]: null })), NOT_KNOWN],
  ["a configuration that only reads the registry", readOnly(synthesized(parts({}))), NOT_KNOWN],
  ["a state", stateOf(parts({ [ATTRIBUTE]: false })), DISABLED],
])("table, finding and page say the same of the public address in %s", (_, file, expected) => {
  const preview = previewOf(file);
  const lookup = preview.lookups.find(({ network }) => network.name === "vnet-spoke2")!;
  expect(answerText(lookup)).toBe(expected);
  const [finding] = preview.findings;
  const isOpen = expected === ENABLED;
  expect([finding!.code, finding!.severity]).toEqual(isOpen ? ["public-answer", "warning"] : ["no-zone", "error"]);
  expect(finding!.message).toContain(
    isOpen ? "as long as its public network access is on" : `so the names resolve to ${expected!}. `,
  );
  expect(JSON.stringify(pageData(preview, { title: "", source: "", version: "" }))).toContain(
    `so public DNS answers with ${expected!}.`,
  );
});

test.each([
  ["✅", "all is known and right", stateOf(perSpoke())],
  [
    "⚠️",
    "an answer is not reached, which is no error while the public address lets clients in",
    stateOf(parts({ [ATTRIBUTE]: true })),
  ],
  [
    "⚠️",
    "an endpoint carries no traffic until it is approved",
    stateOf(
      change(selfRegistered(), pep("spoke1"), connection(ref(REGISTRY), "registry", { is_manual_connection: true })),
    ),
  ],
  ["❌", "a finding is an error", stateOf(parts({ [ATTRIBUTE]: false }))],
])("a Markdown report and the page begin with %s where %s", (sign, _, file) => {
  const { headline, state } = pageData(previewOf(file), { title: "", source: "", version: "" });
  expect([state, headline === "Each network reaches all of its answers"]).toEqual(
    { "✅": [0, true], "⚠️": [3, false], "❌": [1, false] }[sign],
  );
  expect(reportOf(previewOf(file), { format: "markdown" }).text).toMatch(new RegExp(`^### ${sign} `));
});

const IP_RULES = [{ action: "Allow", ip_range: "192.0.2.0/24" }, { ip_range: "198.51.100.7" }];
const RANGES = { ranges: ["192.0.2.0/24", "198.51.100.7"] };
const PUBLIC = { [ATTRIBUTE]: true };

test.each<[rules: Json, access: PublicAccess, form?: Form]>([
  [{ default_action: "Deny" }, "disabled"],
  [{ default_action: "Deny", ip_rule: IP_RULES }, RANGES],
  [{ default_action: "Deny", ip_rule: IP_RULES }, RANGES, planOf],
  [{ default_action: "Deny", ip_rule: IP_RULES }, RANGES, stateOf],
  [{ default_action: "Deny", ip_rule: [{ ip_range: "${var.office}" }] }, "limited"],
  [{ default_action: "Deny", ip_rule: [{ ip_range: "2001:db8::/32" }] }, "limited"],
  [{ default_action: "Deny", dynamic: { ip_rule: { for_each: "${var.offices}" } } }, "limited"],
  [{ default_action: "Deny", ip_rule: IP_RULES, virtual_network: [{ subnet_id: "/subnet" }] }, "limited"],
  [{ default_action: "${var.action}", ip_rule: IP_RULES }, "limited"],
  [{ default_action: "${local.action}", ip_rule: IP_RULES }, "limited", planOf],
  [{ default_action: "Deny", ip_rule: "${local.rules}" }, "limited", planOf],
  [{ default_action: "Allow", ip_rule: IP_RULES }, "enabled"],
])("public access to a registry with the rules %j is %j", (network_rule_set, access, form = synthesized) => {
  const parts = change(selfRegistered(), REGISTRY, { ...PUBLIC, network_rule_set: [network_rule_set] });
  expect(resolve(parts, form).model.registries[0]!.publicAccess).toEqual(access);
});

const AZURE_TYPES = {
  blob: "Microsoft.Storage/storageAccounts",
  vault: "Microsoft.KeyVault/vaults",
  sqlServer: "Microsoft.Sql/servers",
};

test("whom a dynamic block of rules lets in is not known", () => {
  const dynamic = { network_rule_set: { for_each: "${var.rules}", content: { default_action: "Deny" } } };
  const parts = change(selfRegistered(), REGISTRY, { ...PUBLIC, dynamic });
  expect(resolve(parts).model.registries[0]!.publicAccess).toBe("limited");
});

test("rules whose subnets are (known after apply) may let in more than the ranges that they show", () => {
  const access = (subnets: Json) => {
    const network_acls = [{ default_action: "Deny", ip_rules: ["192.0.2.1"], ...subnets }];
    const plan = planOf(endpointOf("azurerm_key_vault", "vault", { ...PUBLIC, network_acls }));
    // A plan shows a dynamic block with its values, and without its expressions.
    for (const { expressions } of plan.configuration.root_module.resources as { expressions: Json }[])
      delete expressions.network_acls;
    return previewOf(plan).model.services.find(({ name }) => name === "contoso")!.publicAccess;
  };
  expect(access({ virtual_network_subnet_ids: null })).toEqual({ ranges: ["192.0.2.1"] });
  expect(access({})).toBe("limited");
});

/** An endpoint that connects to a service, which exists. */
function endpointOf(type: string, subresource: keyof typeof AZURE_TYPES, body: Json): Part[] {
  const id = idOf("rg", AZURE_TYPES[subresource], "contoso");
  const of = part(`${type}.one`, { name: "contoso", resource_group_name: "rg", ...body }, { id });
  return [...change(selfRegistered(), pep("spoke1"), connection(ref(of.address), subresource)), of];
}

const BLOB = ["azurerm_storage_account", "blob"] as const;
const VAULT = ["azurerm_key_vault", "vault"] as const;
const AZAPI = (type: string, properties: Json) => ({ type: `${type}@2024-01-01`, body: { properties } });

test.each<
  [what: string, type: string, subresource: keyof typeof AZURE_TYPES, body: Json, access: PublicAccess, more?: Json]
>([
  ["no rules", ...BLOB, PUBLIC, "enabled"],
  [
    "addresses",
    ...BLOB,
    { ...PUBLIC, network_rules: [{ default_action: "Deny", ip_rules: ["192.0.2.1"] }] },
    { ranges: ["192.0.2.1"] },
  ],
  [
    "subnets beside addresses",
    ...BLOB,
    {
      ...PUBLIC,
      network_rules: [{ default_action: "Deny", ip_rules: ["192.0.2.1"], virtual_network_subnet_ids: ["/s"] }],
    },
    "limited",
  ],
  ["rules that are a resource of their own", ...BLOB, PUBLIC, { ranges: ["192.0.2.1"] }, { ip_rules: ["192.0.2.1"] }],
  ["no address in these", ...BLOB, PUBLIC, "disabled", {}],
  [
    "addresses of a key vault",
    ...VAULT,
    { ...PUBLIC, network_acls: [{ default_action: "Deny", ip_rules: ["192.0.2.1/32"] }] },
    { ranges: ["192.0.2.1/32"] },
  ],
  [
    "addresses as Azure has them",
    "azapi_resource",
    "vault",
    AZAPI("Microsoft.KeyVault/vaults", {
      publicNetworkAccess: "Enabled",
      networkAcls: { defaultAction: "Deny", ipRules: [{ value: "192.0.2.0/24" }] },
    }),
    { ranges: ["192.0.2.0/24"] },
  ],
  [
    "addresses where it is not known whether it is enabled",
    "azapi_resource",
    "vault",
    AZAPI("Microsoft.KeyVault/vaults", {
      networkAcls: { defaultAction: "Deny", ipRules: [{ value: "192.0.2.0/24" }] },
    }),
    "not known",
  ],
  ["a data source, which does not show all rules", "data.azurerm_key_vault", "vault", PUBLIC, "limited"],
  ["a database, which has firewall rules of its own", "azurerm_mssql_server", "sqlServer", PUBLIC, "limited"],
  ["a database that is closed", "azurerm_mssql_server", "sqlServer", { [ATTRIBUTE]: false }, "disabled"],
])("public access with %s", (_, type, subresource, body, access, ...[more]) => {
  const storage_account_id = ref("azurerm_storage_account.one");
  const rules = () =>
    part("azurerm_storage_account_network_rules.one", { storage_account_id, default_action: "Deny", ...more });
  const { model } = resolve([...endpointOf(type, subresource, body), ...(more ? [rules()] : [])], stateOf);
  expect(model.services.find(({ name }) => name === "contoso")!.publicAccess).toEqual(access);
});

const OPEN = { ...PUBLIC };
const SOME = { ...PUBLIC, network_rule_set: [{ default_action: "Deny", ip_rule: IP_RULES }] };
const CLOSED = { [ATTRIBUTE]: false };
const UNKNOWN = { [ATTRIBUTE]: "${var.public}" };

test.each<
  [
    fallsBack: string,
    policy: unknown,
    access: Json,
    answeredBy: string | null,
    reachable: boolean | null,
    reason: string,
  ]
>([
  ["falls back, and all are let in", "NxDomainRedirect", OPEN, "public", true, "public-answer"],
  ["falls back, and some are let in", "NxDomainRedirect", SOME, "public", null, "public-answer"],
  ["falls back, and whether any is let in is not known", "NxDomainRedirect", UNKNOWN, "public", null, "no-record"],
  ["falls back, and nobody is let in", "NxDomainRedirect", CLOSED, "public", false, "no-record"],
  ["may fall back, and all are let in", "${var.policy}", OPEN, null, null, "no-record"],
  ["may fall back, and nobody is let in", "${var.policy}", CLOSED, null, false, "no-record"],
  ["does not fall back, and all are let in", undefined, OPEN, "nothing", false, "no-record"],
])("a zone lacks a name, and its link %s", (_, resolution_policy, access, answeredBy, reachable, reason) => {
  const lacking = without(selfRecorded(), recordAddress("spoke1", "login"));
  const preview = resolve(
    change(change(lacking, zoneLink("spoke1", "spoke1"), { resolution_policy }), REGISTRY, access),
  );
  expect(answerFor(preview, "vnet-spoke1")).toMatchObject({ answeredBy, reachable, reason, known: reachable !== null });
  const lookup = preview.lookups.find(({ host }) => host.kind === "global")!;
  const told = toldSteps(lookup).at(-1)!.text;
  expect(told).toMatch(/^The zone has no record of acmeacr\.privatelink\.azurecr\.io(\.|, so)/);
  expect(told.includes("The link falls back to public DNS, which answers with the public address")).toBe(
    answeredBy === "public",
  );
  const fails = reason === "no-record" ? "error" : "warning";
  expect(preview.findings.find(({ code }) => code === reason)!.severity).toBe(fails);
});

test("what a zone lacks that a firewall asks is not known where the firewall may ask other servers", () => {
  const parts = behindFirewall({ firewall_policy_id: "${var.policy}" });
  const lacking = change(without(parts, recordAddress("hub", "login")), REGISTRY, OPEN);
  expect(answerFor(resolve(lacking), "vnet-hub")).toMatchObject({ answeredBy: "public", reachable: true });
  const policy = change(lacking, "azurerm_firewall.hub", {
    firewall_policy_id: idOf("rg", "Microsoft.Network/firewallPolicies", "p"),
  });
  expect(answerFor(resolve(policy), "vnet-spoke1")).toMatchObject({ answeredBy: null, reachable: null });
});

test("an answer that another configuration may decide is not known, whoever is let in", () => {
  const open = change([...selfRecorded(), network("office")], REGISTRY, OPEN);
  const known = { answeredBy: "public", reachable: true, reason: "public-answer" };
  const notKnown = { answeredBy: null, reachable: null, reason: "answer-not-known" };
  expect(answerFor(resolve(open), "vnet-office")).toMatchObject(known);
  const zone = part("data.azurerm_private_dns_zone.corp", { name: "privatelink.azurecr.io" }, { id: zoneId("corp") });
  expect(answerFor(resolve([...open, zone]), "vnet-office")).toMatchObject(notKnown);
  const link = part(zoneLink("office", "x"), {
    virtual_network_id: "${var.network}",
    private_dns_zone_name: "${var.zone}",
  });
  expect(answerFor(resolve([...open, link]), "vnet-office")).toMatchObject(notKnown);
});

describe("every format marks what is reached by the public address", () => {
  const preview = (attributes: Json) => previewOf(stateOf(parts(attributes)));
  const as = (format: "table" | "markdown" | "junit" | "sarif", attributes: Json) =>
    reportOf(preview(attributes), { format }).text;
  const pictured = (attributes: Json) => JSON.stringify(pictureOf(preview(attributes)));

  test("as reachable, with a warning, where all are let in", () => {
    expect(as("table", OPEN)).toMatch(/vnet-spoke2 .* all 3 names: the public address +│ yes /);
    expect(as("table", OPEN)).toContain("3 networks, 9 answers: 9 reachable, 0 not. 0 errors, 1 warning.");
    expect(as("markdown", OPEN)).toContain("| the public address | ✅ yes |");
    expect(as("junit", OPEN)).toMatch(/tests="3" failures="0" errors="0" skipped="0"/);
    expect(as("sarif", OPEN)).toMatch(/"ruleId": "public-answer",\s+"ruleIndex": \d+,\s+"level": "warning"/);
    expect(diagram(preview(OPEN))).toMatch(/spoke2 -\.->\|by the public address\| registry/);
    expect(pictured(OPEN)).toMatch(/DNS returns the public address"/);
    expect(pictured(OPEN)).not.toContain("no private endpoint");
  });

  test("as not known where some are let in", () => {
    const text = "the public address, which lets in 192.0.2.0/24 and 198.51.100.7 alone";
    expect(as("table", SOME)).toContain("9 answers: 6 reachable, 0 not, 3 not known. 0 errors, 1 warning.");
    expect(as("markdown", SOME)).toContain(`| ${text} | ❔ not known |`);
    expect(as("junit", SOME)).toContain('<skipped message="not known from this file"/>');
    expect(diagram(preview(SOME))).toContain("by the public address");
    expect(pictured(SOME)).toContain("3 answers not known from this file");
  });

  test("as broken where nobody is let in", () => {
    expect(as("table", CLOSED)).toContain("9 answers: 6 reachable, 3 not. 1 error, 0 warnings.");
    expect(diagram(preview(CLOSED))).not.toContain("by the public address");
    expect(pictured(CLOSED)).toContain("DNS returns no private endpoint");
  });
});

test("to turn public access off is an error for the networks that it stops, and for no other", () => {
  const comparison = compare(previewOf(stateOf(parts(OPEN))), previewOf(stateOf(parts(CLOSED))));
  const changes = comparison.answers.map(({ virtualNetwork, before, after }) => [
    virtualNetwork,
    ...[before, after].map((side) => [side!.answer.answeredBy, side!.answer.reachable]),
  ]);
  expect(changes).toEqual(Array(3).fill(["vnet-spoke2", ["public", true], ["public", false]]));
  expect([comparison.findings.new, comparison.findings.gone].map((findings) => codesOf({ findings }))).toEqual([
    ["no-zone"],
    ["public-answer"],
  ]);
});

test("a public registry without private endpoints is looked up, so that it is told who loses it when it is closed", () => {
  const world = (attributes: Json) => previewOf(stateOf([network("office"), registry(attributes)]));
  const { answers } = compare(world(OPEN), world(CLOSED));
  expect(
    answers.map(({ virtualNetworkAddress, before, after }) => [
      virtualNetworkAddress,
      before!.answer.reachable,
      after!.answer.reachable,
    ]),
  ).toEqual(Array(3).fill([vnet("office"), true, false]));
});
