import { previewOf } from "../lib/preview";
import { dnsZone, peer, pep, recordAddress, ref, vnet, zoneLink } from "./addresses";
import {
  type Json,
  change,
  configured,
  part,
  planOf,
  planOfJson,
  refs,
  shown,
  shownModule,
  synthesized,
  without,
} from "./forms";
import { idOf } from "./ids";
import { behindFirewall, perSpoke, selfRegistered } from "./networks";
import { answerFor, codesOf, endpointsFor, resolve } from "./outcome";
import { connection, network, peered, registry, subnet, withEndpoint } from "./parts";
import { link, ruleset, view, zone, zoneGroup } from "./zones";

type Plan = ReturnType<typeof planOf>;

const OR_AFTER = "or preview the state after the apply.";
const DIRECTLY = `Refer to one resource directly, ${OR_AFTER}`;
const local = (name: string) => `local.${name}, whose expression a plan does not show.`;
const SPOKE2_LINK = zoneLink("spoke2", "spoke2");
const ENDS_OF_LINK = "The ends of 1 link are not known from this file, so some answers are not known.";
const ENDS_OF_PEERING = ENDS_OF_LINK.replace("link", "peering");

/** A plan in which an expression of a resource has some references, and its value is not known. */
function referring(plan: Plan, address: string, attribute: string, ...references: string[]): Plan {
  const changed = structuredClone(plan);
  const { planned_values, configuration } = changed;
  const own = ({ address: one }: Json) => one === address;
  const resource = planned_values.root_module.resources.find(own)!;
  resource.values = Object.fromEntries(Object.entries(resource.values as Json).filter(([name]) => name !== attribute));
  Object.assign(configuration.root_module.resources.find(own)!.expressions as Json, {
    [attribute]: refs(...references),
  });
  return changed;
}

/** A network with a zone, whose link has some references, among networks that are repeated. */
function amongNetworks(...references: string[]): Plan {
  const plan = planOf(selfRegistered());
  const networks = ["a", "b"].map((key) => shown(`azurerm_virtual_network.this["${key}"]`, { name: `vnet-${key}` }));
  plan.planned_values.root_module.resources.push(...networks);
  plan.configuration.root_module.resources.push(configured(vnet("this"), {}));
  return referring(plan, zoneLink("spoke1", "spoke1"), "virtual_network_id", ...references);
}

/** A network with a zone, whose link has some references, beside an instance of a module with two networks as outputs. */
function besideModule(...references: string[]): Plan {
  const plan = planOf(selfRegistered());
  const networks = [vnet("one"), vnet("two")];
  const values = networks.map((address) => shown(address, { name: `vnet-${address.slice(-3)}` }));
  Object.assign(plan.planned_values.root_module, { child_modules: [shownModule('module.more["a"]', values)] });
  const outputs = Object.fromEntries(
    networks.map((address) => [address.slice(-3), { expression: refs(`${address}.id`) }]),
  );
  const module = { outputs, resources: networks.map((address) => configured(address, {})) };
  Object.assign(plan.configuration.root_module, { module_calls: { more: { module } } });
  return referring(plan, zoneLink("spoke1", "spoke1"), "virtual_network_id", ...references);
}

/** A network whose endpoint has a zone group in a dynamic block. */
function dynamicGroup(isKnown: boolean): Plan {
  const plan = planOf(selfRegistered());
  const [own] = plan.planned_values.root_module.resources.filter(({ address }) => address === pep("spoke1"));
  const [described] = plan.configuration.root_module.resources.filter(({ address }) => address === pep("spoke1"));
  delete (described!.expressions as Json).private_dns_zone_group;
  if (!isKnown) delete (own!.values as Json).private_dns_zone_group;
  return plan;
}

/** A network behind a firewall, whose DNS servers are marked as sensitive. */
function marked(): Plan {
  const plan = planOf(behindFirewall({ dns_proxy_enabled: true }));
  const [own] = plan.planned_values.root_module.resources.filter(({ address }) => address === vnet("spoke1"));
  own!.sensitive_values = { dns_servers: true };
  return plan;
}

const forwarding = (extra: Json = {}, to = ref(vnet("spoke2"))) => [
  ...withEndpoint("hub"),
  network("spoke2"),
  ...peered("hub", "spoke2"),
  registry(),
  ...view("hub", ["hub"], ["hub"]),
  ...ruleset("registry", to, "azurecr.io.", "10.12.0.20", extra),
];
const RULE = "azurerm_private_dns_resolver_forwarding_rule.registry";
const RULESET_LINK = "azurerm_private_dns_resolver_virtual_network_link.registry";
const UNKNOWN_RULE = `Whether the rule ${RULE} forwards acmeacr.azurecr.io, acmeacr.swedencentral.data.azurecr.io and acmeacr.switzerlandnorth.data.azurecr.io from vnet-spoke2 is not known from this file.`;

const MANUAL = "private_service_connection.is_manual_connection";
const UNKNOWN_SERVERS =
  "vnet-spoke1 uses custom DNS servers that are not known from this file, so what they return is not known either.";

const subnetOf = (virtual_network_name: string) =>
  change(selfRegistered(), "azurerm_subnet.spoke1", { virtual_network_name });

const STORAGE = part(
  "azurerm_storage_account.data",
  { name: "contosodata", location: "swedencentral", public_network_access_enabled: false },
  { id: idOf("rg-spoke1", "Microsoft.Storage/storageAccounts", "contosodata") },
);

/** The id of something in a resource group that a Databricks workspace makes. */
const COMPOSED = '${join("", [azurerm_databricks_workspace.dbx.managed_resource_group_id, local.account])}';

/** An endpoint of a storage account that a Databricks workspace makes in a resource group of its own. */
const databricks = () => [
  network("spoke1"),
  subnet("spoke1"),
  part("azurerm_databricks_workspace.dbx", { name: "dbx" }),
  part(pep("dbfs"), {
    name: "pep-dbfs",
    subnet_id: "${azurerm_subnet.spoke1.id}",
    ...connection(COMPOSED, "blob"),
    ...zoneGroup(ref(dnsZone("blob"))),
  }),
  zone("blob", "privatelink.blob.core.windows.net"),
  link("spoke1", "blob"),
];

/** A case: what hides a value, the plan in which it does, what is said, and the plan with the change that this asks for. */
const CASES: readonly (readonly [what: string, given: Plan, says: string, shown: Plan])[] = [
  [
    "a local, of the network of a link",
    planOf(change(perSpoke(), SPOKE2_LINK, { virtual_network_id: "${local.spoke2}" })),
    `${ENDS_OF_LINK} ${SPOKE2_LINK}.virtual_network_id depends on ${local("spoke2")} ${DIRECTLY}`,
    planOf(perSpoke()),
  ],
  [
    "a local, of the zone of a link",
    planOf(change(perSpoke(), SPOKE2_LINK, { private_dns_zone_name: "${local.zone}" })),
    `${ENDS_OF_LINK} ${SPOKE2_LINK}.private_dns_zone_name depends on ${local("zone")} ${DIRECTLY}`,
    planOf(perSpoke()),
  ],
  [
    "a local, of the name of the zone of a link",
    planOf(change(perSpoke(), dnsZone("spoke2"), { name: "${local.zone}" })),
    `${ENDS_OF_LINK} ${dnsZone("spoke2")}.name depends on ${local("zone")} Give ${dnsZone("spoke2")}.name a value that is known before the apply, ${OR_AFTER}`,
    planOf(perSpoke()),
  ],
  [
    "a local, of the other end of a peering",
    planOf(change(perSpoke(), peer("hub", "spoke1"), { remote_virtual_network_id: "${local.spoke1}" })),
    `${ENDS_OF_PEERING} ${peer("hub", "spoke1")}.remote_virtual_network_id depends on ${local("spoke1")} ${DIRECTLY}`,
    planOf(perSpoke()),
  ],
  [
    "a condition",
    referring(planOf(perSpoke()), SPOKE2_LINK, "virtual_network_id", `${vnet("spoke2")}.id`, `${vnet("hub")}.id`),
    `${ENDS_OF_LINK} ${SPOKE2_LINK}.virtual_network_id depends on ${vnet("spoke2")}.id and ${vnet("hub")}.id, which are (known after apply). ${DIRECTLY}`,
    planOf(perSpoke()),
  ],
  [
    "a mark",
    marked(),
    `${UNKNOWN_SERVERS} ${vnet("spoke1")}.dns_servers is marked as sensitive. Take the mark away with nonsensitive(…), ${OR_AFTER}`,
    planOf(behindFirewall({ dns_proxy_enabled: true })),
  ],
  [
    "an index of a resource",
    amongNetworks("azurerm_virtual_network.this", "local.key"),
    `${ENDS_OF_LINK} ${zoneLink("spoke1", "spoke1")}.virtual_network_id depends on local.key, whose expression a plan does not show, and on azurerm_virtual_network.this, of which the file does not show which instance is meant. Refer to one resource directly and write out the index, ${OR_AFTER}`,
    amongNetworks(`${vnet("spoke1")}.id`),
  ],
  [
    "an index of a module",
    besideModule("module.more", "each.key"),
    `${ENDS_OF_LINK} ${zoneLink("spoke1", "spoke1")}.virtual_network_id depends on module.more, of which the file does not show which output is meant. Write out the index of the module, ${OR_AFTER}`,
    besideModule('module.more["a"].one'),
  ],
  [
    "the number of dynamic blocks",
    dynamicGroup(false),
    `${pep("spoke1")}.private_dns_zone_group depends on the for_each of a dynamic block, which is (known after apply) and which a plan does not show. Let the for_each of the dynamic block depend on what is known before the apply, such as a variable, ${OR_AFTER}`,
    dynamicGroup(true),
  ],
  [
    "a local, of the zones of a zone group",
    planOf([...change(selfRegistered(), pep("spoke1"), zoneGroup("${local.zone}")), zone("other")]),
    `${pep("spoke1")}.private_dns_zone_group.private_dns_zone_ids depends on ${local("zone")} ${DIRECTLY}`,
    planOf([...selfRegistered(), zone("other")]),
  ],
  [
    "a local, of the addresses of a record",
    planOf(change(perSpoke(), recordAddress("hub", "login"), { records: ["${local.addresses}"] })),
    `The addresses that the records of acmeacr.azurecr.io in ${dnsZone("hub")} will hold are not known from this file. ${recordAddress("hub", "login")}.records depends on ${local("addresses")} ${DIRECTLY}`,
    planOf(perSpoke()),
  ],
  [
    "a local, of the subnet of an endpoint",
    planOf(
      change([...selfRegistered(), network("spare"), subnet("spare")], pep("spoke1"), { subnet_id: "${local.subnet}" }),
    ),
    `The network of pep-spoke1 is not known, so it is not known which networks reach it. ${pep("spoke1")}.subnet_id depends on ${local("subnet")} ${DIRECTLY}`,
    planOf([...selfRegistered(), network("spare"), subnet("spare")]),
  ],
  [
    "a local, of the network of that subnet",
    planOf([...subnetOf("${local.network}"), network("spare")]),
    `The network of pep-spoke1 is not known, so it is not known which networks reach it. azurerm_subnet.spoke1.virtual_network_name depends on ${local("network")} ${DIRECTLY}`,
    planOf([...selfRegistered(), network("spare")]),
  ],
  [
    "an id that is put together",
    planOf([...databricks(), STORAGE]),
    `What ${pep("dbfs")} connects to is not known from this file, so its names are not looked up. ${pep("dbfs")}.private_service_connection.private_connection_resource_id depends on local.account, whose expression a plan does not show, and on azurerm_databricks_workspace.dbx.managed_resource_group_id, which is (known after apply). ${DIRECTLY}`,
    planOf([...change(databricks(), pep("dbfs"), connection(ref(STORAGE.address), "blob")), STORAGE]),
  ],
  [
    "a local, of what a peering allows",
    planOf(change(perSpoke(), peer("spoke1", "hub"), { allow_virtual_network_access: "${local.access}" })),
    `${peer("spoke1", "hub")}.allow_virtual_network_access depends on ${local("access")} Give ${peer("spoke1", "hub")}.allow_virtual_network_access a value that is known before the apply, ${OR_AFTER}`,
    planOf(perSpoke()),
  ],
  [
    "a local, of whether a connection has to be approved",
    planOf(
      change(
        selfRegistered(),
        pep("spoke1"),
        connection(undefined, undefined, { is_manual_connection: "${local.manual}" }),
      ),
    ),
    `Whether the owner of acmeacr has to approve the connection of pep-spoke1 is not known from this file. ${pep("spoke1")}.${MANUAL} depends on ${local("manual")} Give ${pep("spoke1")}.${MANUAL} a value that is known before the apply, ${OR_AFTER}`,
    planOf(selfRegistered()),
  ],
  [
    "a local, of DNS servers",
    planOf(change(behindFirewall({ dns_proxy_enabled: true }), vnet("spoke1"), { dns_servers: "${local.servers}" })),
    `${UNKNOWN_SERVERS} ${vnet("spoke1")}.dns_servers depends on ${local("servers")} ${DIRECTLY}`,
    planOf(behindFirewall({ dns_proxy_enabled: true })),
  ],
  [
    "a local, of a DNS proxy",
    planOf(behindFirewall({ dns_proxy_enabled: "${local.proxy}" })),
    `vnet-spoke1 uses the firewall azurerm_firewall.hub as its DNS server, and whether it answers DNS is not known from this file. azurerm_firewall.hub.dns_proxy_enabled depends on ${local("proxy")} Give azurerm_firewall.hub.dns_proxy_enabled a value that is known before the apply, ${OR_AFTER}`,
    planOf(behindFirewall({ dns_proxy_enabled: true })),
  ],
  [
    "a local, of the network of a ruleset",
    planOf([...forwarding({}, "${local.network}")]),
    `${RULESET_LINK}.virtual_network_id depends on ${local("network")} ${DIRECTLY}`,
    planOf(forwarding()),
  ],
  [
    "a local, of whether a rule is in effect",
    planOf(forwarding({ enabled: "${local.enabled}" })),
    `${UNKNOWN_RULE} ${RULE}.enabled depends on ${local("enabled")} Give ${RULE}.enabled a value that is known before the apply, ${OR_AFTER}`,
    planOf(forwarding({ enabled: true })),
  ],
];

const findingsOf = (plan: Json, says: string) =>
  previewOf(plan).findings.filter(({ message }) => message.includes(says));

describe("what hides a value in a plan is told", () => {
  test.each(CASES)("%s", (_, given, says) => {
    expect(findingsOf(given, says)).toHaveLength(1);
  });
});

describe("what the finding asks for shows the value", () => {
  test.each(CASES)("%s", (_, given, says, remedied) => {
    const [finding] = findingsOf(given, says);

    expect(codesOf(previewOf(remedied))).not.toContain(finding?.code);
  });
});

test("a network whose DNS servers a local hides is not said to use Azure's DNS", () => {
  const plan = planOf(change(perSpoke(), vnet("spoke2"), { dns_servers: "${local.servers}" }));

  expect(answerFor(previewOf(plan), "vnet-spoke2")).toMatchObject({ known: false, reachable: null });
});

test("an endpoint with a zone group of which the plan does not show the zone may be in one", () => {
  const unnamed = change(selfRegistered(), dnsZone("spoke1"), { name: "${local.zone}" });

  expect(codesOf(resolve(unnamed, planOf))).not.toContain("endpoint-in-no-zone");
  expect(codesOf(resolve(without(unnamed, zoneLink("spoke1", "spoke1")), planOf))).not.toContain("endpoint-in-no-zone");
});

test("a peering that refers to what another was given leads there", () => {
  const back = { remote_virtual_network_id: "${azurerm_virtual_network_peering.spoke1-to-hub.virtual_network_name}" };
  const resolution = resolve(change(perSpoke(), peer("hub", "spoke1"), back), planOf);

  expect(endpointsFor(resolution, "vnet-hub")).toEqual(["spoke1"]);
  expect(answerFor(resolution, "vnet-hub")).toMatchObject({ known: true, reachable: true });
});

describe("an endpoint whose target is put together of parts that the plan does not show", () => {
  test("has a name that stands for the one that is (known after apply), where its zone group tells the service", () => {
    const { answers, findings } = resolve(databricks(), planOf);

    expect(answers).toMatchObject([
      {
        service: pep("dbfs"),
        host: "(azurerm_private_endpoint dbfs).blob.core.windows.net",
        zone: dnsZone("blob"),
        endpoints: [pep("dbfs")],
        reachable: true,
        known: true,
      },
    ]);
    expect(findings).toEqual([]);
  });

  const NAMED =
    "${azurerm_databricks_workspace.dbx.managed_resource_group_id}/providers/Microsoft.Storage/storageAccounts/contosodata";
  const JOINED =
    '${join("", [azurerm_databricks_workspace.dbx.managed_resource_group_id, "/providers/Microsoft.Storage/storageAccounts/", "contosodata"])}';
  const named = (id: string) => change(databricks(), pep("dbfs"), connection(id, "blob"));

  test.each([
    ["synthesized, in a template", synthesized(named(NAMED))],
    ["synthesized, in a list that is joined", synthesized(named(JOINED))],
    [
      "synthesized, by a local",
      { ...synthesized(named(JOINED.replace('"contosodata"', "local.account"))), locals: { account: "contosodata" } },
    ],
    ["in a plan of a configuration in JSON", planOfJson(named(JOINED))],
    [
      "in such a plan, by a variable",
      {
        ...planOfJson(named(JOINED.replace('"contosodata"', "var.account"))),
        variables: { account: { value: "contosodata" } },
      },
    ],
  ])("has the name that the file shows: %s", (_, given) => {
    const { answers, findings } = previewOf(given);

    expect(answers).toMatchObject([
      { host: "contosodata.blob.core.windows.net", zone: dnsZone("blob"), endpoints: [pep("dbfs")], known: true },
    ]);
    expect(findings).toEqual([]);
  });

  test.each([
    ["synthesized", synthesized],
    ["planned", planOfJson],
  ])("is of the service of the file with that name (%s)", (_, form) => {
    const { answers } = resolve([...named(NAMED), STORAGE], form);

    expect(answers).toMatchObject([{ service: STORAGE.address, endpoints: [pep("dbfs")] }]);
  });

  const record = (zone_name: string) =>
    part("azurerm_private_dns_a_record.blob", { name: "contosodata", zone_name, records: ["10.10.0.9"] });
  test.each([
    ["the file has a service of the kind", [...databricks(), STORAGE]],
    [
      "the file has a record set, which may have its name",
      [...databricks(), record("privatelink.blob.core.windows.net")],
    ],
    ["another endpoint may be of the same service", [...databricks(), part(pep("twin"), databricks()[3]!.body)]],
    ["it has no zone group", change(databricks(), pep("dbfs"), { private_dns_zone_group: undefined })],
    [
      "its zone is of another service",
      change(databricks(), dnsZone("blob"), { name: "privatelink.vaultcore.azure.net" }),
    ],
    [
      "several kinds of services have the subresource and the zone",
      change(change(databricks(), pep("dbfs"), connection(COMPOSED, "namespace")), dnsZone("blob"), {
        name: "privatelink.servicebus.windows.net",
      }),
    ],
  ])("has no name where %s", (_, parts) => {
    const resolution = resolve(parts, planOf);

    expect(resolution.answers.filter(({ host }) => host.includes("dbfs"))).toEqual([]);
    expect(codesOf(resolution)).toContain("service-not-known");
  });
});
