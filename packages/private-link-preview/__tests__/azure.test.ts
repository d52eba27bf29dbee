import { compare } from "../lib/compare/comparison";
import { previewOf, previewsOf } from "../lib/preview";
import { kept } from "../lib/read/kept";
import fc, { property } from "../../../__tests__/support/fast-check";
import { peer, recordAddress, vnet, zoneLink } from "./addresses";
import { type Shown, azureOf, hasAzureForm, stateWithIds } from "./azure-form";
import { type Json, type Part, change, planOf, shownState, without } from "./forms";
import { idOf, networkId, registryId, zoneId } from "./ids";
import { perSpoke, selfRegistered } from "./networks";
import { network, subnet } from "./parts";
import { WORLDS } from "./worlds";
import { NO_FALLBACK, link, zone } from "./zones";

/** The networks of which all is in the form of Azure here. */
const IN_AZURE = Object.entries<Part[]>(WORLDS).filter(([, parts]) => hasAzureForm(parts));

const saved = (resources: readonly unknown[], extra: Json = {}) => ({ version: 1, resources, notRead: [], ...extra });

/** What differs between what Azure has and a state, where both are told as the state tells them. */
function drift(azure: unknown, state: readonly Shown[]) {
  const named = [{ json: shownState([...state]), source: "state.json" }];
  const { preview, before } = previewsOf([{ json: azure, source: "Azure" }], undefined, {}, named);
  return compare(before!, preview);
}

const VNET = "Microsoft.Network/virtualNetworks/vnet-spoke1";
const NOTHING = { answers: [], parts: [], findings: { new: [], gone: [] } };

describe.each(IN_AZURE)("%s: Azure's resources have the answers and findings of the state", (_, parts) => {
  const state = stateWithIds(parts);
  const azure = azureOf(state);

  test.each<[string, unknown]>([
    ["as a list", azure],
    ["as Azure Resource Graph prints them", { count: azure.length, data: azure }],
    ["as a page of Azure's API", { value: azure }],
    ["as they are saved", saved(azure.flatMap((one) => kept(one) ?? []))],
    ["as Azure CLI lists them", azure.map(flattened)],
    [
      "with ids in lower case",
      JSON.parse(JSON.stringify(azure).replace(/"\/subscriptions[^"]*"/g, (id) => id.toLowerCase())),
    ],
  ])("%s", (_, json) => {
    expect(drift(json, state)).toMatchObject(NOTHING);
  });
});

/** As `az … list` prints a resource: what is in `properties` is beside the name. */
function flattened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(flattened);
  if (typeof value !== "object" || value === null) return value;
  const { properties, ...rest } = value as Json;
  const inside = Object.entries({ ...rest, ...(properties as Json | undefined) });
  return Object.fromEntries(inside.map(([name, one]) => [name, flattened(one)]));
}

property(
  "networks that are cut into files at random, of a state and of Azure, have the answers of the whole",
  40,
  fc.property(
    fc.constantFrom(...IN_AZURE.map(([, parts]) => parts)),
    fc.array(fc.nat(3), { minLength: 40, maxLength: 40 }),
    (parts, files) => {
      const state = stateWithIds(parts);
      const inFile = (wanted: number) => state.filter((_, index) => files[index % files.length] === wanted);
      const ofGroups = azureOf(state).filter(({ id }) => /\/(privateDnsZoneGroups|A)\//.test(String(id)));
      const sources = [
        ...[0, 1].map((file) => ({ json: shownState(inFile(file)), source: `state-${file}.json` })),
        ...[2, 3].map((file) => ({
          json: saved([...azureOf(inFile(file)), ...ofGroups]),
          source: `azure-${file}.json`,
        })),
      ];
      const whole = [{ json: shownState(state), source: "state.json" }];
      const { preview, before } = previewsOf(sources, undefined, {}, whole);
      expect(compare(before!, preview)).toMatchObject(NOTHING);
    },
  ),
);

describe("what somebody changed by hand", () => {
  const state = stateWithIds(perSpoke());
  const changed = (parts: Part[]) => drift(azureOf(stateWithIds(parts)), state);

  test("a record is told, with the answer that it changes", () => {
    const login = recordAddress("spoke1", "login");
    const { answers, parts, findings } = changed(change(perSpoke(), login, {}, { records: ["10.11.0.6"] }));

    expect(parts).toEqual([
      {
        kind: "record set",
        name: "acmeacr in privatelink.azurecr.io (spoke1)",
        before: "10.10.0.4",
        after: "10.11.0.6",
      },
    ]);
    expect(answers.map(({ virtualNetwork, host }) => [virtualNetwork, host])).toEqual([
      ["vnet-spoke1", "acmeacr.azurecr.io"],
    ]);
    expect(findings.new.map(({ code }) => code)).toContain("unreachable-answer");
  });

  test("is told of networks that have one name in two subscriptions", () => {
    const other = (ip: string) =>
      JSON.parse(
        JSON.stringify(
          azureOf(stateWithIds(change(perSpoke(), recordAddress("spoke1", "login"), {}, { records: [ip] }))),
        ).replaceAll(/(?<=\/subscriptions\/[0-9-]+)1\//g, "2/"),
      ) as Json[];
    const azure = azureOf(state);
    const { preview, before } = previewsOf(
      [{ json: saved([...other("10.11.0.6"), ...azure]), source: "now" }],
      undefined,
      {},
      [{ json: saved([...other("10.10.0.4"), ...azure]), source: "before" }],
    );

    expect(compare(before!, preview).parts).toEqual([
      expect.objectContaining({ before: "10.10.0.4", after: "10.11.0.6" }),
    ]);
  });

  test.each<[string, Part[], Json[]]>([
    [
      "a link",
      change(perSpoke(), zoneLink("spoke1", "spoke1"), NO_FALLBACK),
      [{ kind: "link", before: "falls back to public DNS: yes", after: "falls back to public DNS: no" }],
    ],
    [
      "a peering",
      change(perSpoke(), peer("hub", "spoke1"), { allow_forwarded_traffic: true }),
      [{ kind: "peering", after: "access: yes, forwarded traffic: yes" }],
    ],
    [
      "a record that is gone",
      without(perSpoke(), recordAddress("spoke1", "login")),
      [{ kind: "record set", before: "10.10.0.4", after: null }],
    ],
  ])("%s is told", (_, parts, expected) => {
    expect(changed(parts).parts).toMatchObject(expected);
  });
});

test("a service that has several names in Azure has all of them", () => {
  const cosmos = idOf("rg-spoke1", "Microsoft.DocumentDB/databaseAccounts", "orders");
  const locations = ["West Europe", "North Europe"].map((locationName) => ({ locationName }));
  const endpoint = {
    id: idOf("rg-spoke1", "Microsoft.Network/privateEndpoints", "pep"),
    properties: {
      subnet: { id: `${networkId("spoke1")}/subnets/endpoints` },
      privateLinkServiceConnections: [{ properties: { privateLinkServiceId: cosmos, groupIds: ["Sql"] } }],
    },
  };
  const azure = azureOf(stateWithIds([network("spoke1"), subnet("spoke1")]));

  expect(
    previewOf([...azure, endpoint, { id: cosmos, properties: { locations } }]).answers.map(({ host }) => host),
  ).toEqual(["orders", "orders-westeurope", "orders-northeurope"].map((name) => `${name}.documents.azure.com`));
});

describe("a registry that is open, in a network whose zone lacks its name and does not fall back", () => {
  const parts = [network("spoke1"), zone("spoke1"), link("spoke1", "spoke1", NO_FALLBACK)];
  const azure = azureOf(stateWithIds(parts));
  const open = (more: Json) => ({ id: registryId(), properties: { publicNetworkAccess: "Enabled", ...more } });
  const reasonsIn = (...resources: Json[]) =>
    previewOf([...azure, ...resources]).answers.map(({ answeredBy, reachable, reason }) => [
      answeredBy,
      reachable,
      reason,
    ]);

  test.each([
    ["without a private endpoint, is reached over its public name", [], ["public", true, "public-answer"]],
    ["with one of others, does not resolve", [{ id: "x" }], ["nothing", false, "no-record"]],
  ])("%s, as Azure shows it", (_, privateEndpointConnections, expected) => {
    expect(new Set(reasonsIn(open({ privateEndpointConnections })).map(String))).toEqual(new Set([String(expected)]));
  });

  test("is not known where nothing shows whether it has private endpoints", () => {
    expect(new Set(reasonsIn(open({})).map(String))).toEqual(new Set([String([null, null, "answer-not-known"])]));
  });
});

describe("what a DNS zone group wrote", () => {
  const endpoint = networkId("spoke1").replace("virtualNetworks/vnet", "privateEndpoints/pep");
  const group = (address: string) => ({
    id: `${endpoint}/privateDnsZoneGroups/default`,
    properties: {
      privateDnsZoneConfigs: [
        {
          properties: {
            privateDnsZoneId: zoneId("spoke1"),
            recordSets: [{ recordSetName: "acmeacr", recordType: "A", ipAddresses: [address] }],
          },
        },
      ],
    },
  });
  const record = { id: `${zoneId("spoke1")}/A/acmeacr`, properties: { aRecords: [{ ipv4Address: "10.10.0.4" }] } };
  const azure = azureOf(stateWithIds(selfRegistered())).filter(
    ({ id }) => id !== group("").id && !String(id).includes("/A/"),
  );
  const codes = (...more: Json[]) => previewOf([...azure, ...more]).findings.map(({ code }) => code);

  test("is its own record set, and no mistake", () => {
    expect(codes(group("10.10.0.4"), record)).not.toContain("self-registering-endpoint");
  });

  test("and somebody changed is", () => {
    expect(codes(group("10.10.0.9"), record)).toContain("self-registering-endpoint");
  });

  test("and somebody deleted does not resolve, and is a difference", () => {
    const whole = saved([...azure, group("10.10.0.4"), record]);
    const json = saved([...azure, group("10.10.0.4")]);
    const { preview, before } = previewsOf([{ json, source: "Azure" }], undefined, {}, [
      { json: whole, source: "before.json" },
    ]);
    const { answers, parts } = compare(before!, preview);

    expect(preview.findings.map(({ code }) => code)).toContain("no-record");
    expect(answers.map(({ host, after }) => [host, after?.answer.reason])).toContainEqual([
      "acmeacr.azurecr.io",
      "no-record",
    ]);
    expect(parts).toContainEqual(
      expect.objectContaining({
        kind: "record set",
        name: expect.stringMatching(/^acmeacr in /) as string,
        after: null,
      }),
    );
  });
});

describe("several files", () => {
  const state = stateWithIds(perSpoke());
  const dns = (servers: string[]) => stateWithIds(change(perSpoke(), vnet("spoke2"), { dns_servers: servers }));
  const codes = (...files: unknown[]) =>
    previewsOf(files.map((json, index) => ({ json, source: `file-${index}.json` }))).preview.findings;

  test("that say something else of one network are told, and what Azure has counts", () => {
    const found = codes(shownState(dns(["10.99.0.4"])), saved(azureOf(dns(["10.98.0.4"]))));

    expect(found).toContainEqual(
      expect.objectContaining({
        code: "files-differ",
        resources: [vnet("spoke2")],
        message: expect.stringContaining(
          "dns_servers is 10.98.0.4 in file-1.json and 10.99.0.4 in file-0.json. The first counts.",
        ) as string,
      }),
    );
    expect(found.map(({ message }) => message).join()).toContain("vnet-spoke2 uses custom DNS servers (10.98.0.4)");
  });

  test("of which one is a plan: the plan counts, and that it changes something is no difference of the files", () => {
    const plan = planOf(perSpoke());
    const before = change(perSpoke(), vnet("spoke2"), { dns_servers: ["10.99.0.4"] });
    const planned = stateWithIds(perSpoke());
    plan.planned_values.root_module.resources = planned;

    expect(codes(plan, shownState(stateWithIds(before)))).toEqual([]);
  });

  test("a plan deletes what a state still has", () => {
    const gone = state.find(({ address }) => address === zoneLink("spoke2", "spoke2"))!;
    const plan = {
      ...planOf([]),
      resource_changes: [{ change: { actions: ["delete"], before: { id: gone.values.id } } }],
    };

    expect(codes(shownState(state), plan).map(({ code }) => code)).toEqual(["no-zone"]);
  });

  test.each(["azurerm_subnet_network_security_group_association", "azurerm_virtual_network_dns_servers"])(
    "a plan that deletes an %s deletes nothing else",
    (type) => {
      const { values } = state.find(({ address }) => address === vnet("spoke2"))!;
      const plan = {
        ...planOf([]),
        resource_changes: [{ type, change: { actions: ["delete"], before: { id: values.id } } }],
      };
      expect(codes(shownState(state), plan)).toEqual([]);
    },
  );

  test.each<[string, Json[], string[] | undefined]>([
    ["counts", [], []],
    [
      "does not count if the plan deletes its association",
      [
        {
          type: "azurerm_subnet_route_table_association",
          change: { actions: ["delete"], before: { id: idOf("rg-spoke1", `${VNET}/subnets`, "endpoints") } },
        },
      ],
      undefined,
    ],
  ])("a route table that others gave to a subnet of the plan %s", (_, resource_changes, leavesBy) => {
    const table = idOf("rg-spoke1", "Microsoft.Network/routeTables", "rt");
    const subnet = idOf("rg-spoke1", `${VNET}/subnets`, "endpoints");
    const parts = perSpoke().filter(({ address }) => !address.startsWith("azurerm_private_endpoint."));
    const azure = azureOf(stateWithIds(parts)).map((one) =>
      one.id === subnet ? { ...one, properties: { ...(one.properties as Json), routeTable: { id: table } } } : one,
    );
    const toNowhere = { addressPrefix: "0.0.0.0/0", nextHopType: "None" };
    const routes = { id: table, name: "rt", properties: { routes: [{ name: "r", properties: toNowhere }] } };
    const plan = planOf(parts);
    plan.planned_values.root_module.resources = stateWithIds(parts);
    const { preview } = previewsOf([
      { json: { ...plan, resource_changes }, source: "plan.json" },
      { json: saved([...azure, routes]), source: "azure.json" },
    ]);

    expect(preview.model.networks.find(({ name }) => name === "vnet-spoke1")?.leavesBy).toEqual(leavesBy);
  });

  test("of which one reads by a data source what another has", () => {
    const read = state.map((one) =>
      one.address === vnet("hub") ? { ...one, mode: "data", address: `data.${one.address}` } : one,
    );
    const { preview } = previewsOf([
      { json: shownState(read), source: "app.json" },
      { json: saved(azureOf(state)), source: "azure.json" },
    ]);

    expect(preview.findings).toEqual([]);
    expect(preview.answers).toHaveLength(9);
  });

  test("of which one marks a value as sensitive: it is withheld in all", () => {
    const [first, ...rest] = state;
    const marked = {
      ...first!,
      values: { ...first!.values, tags: { x: "vnet-spoke2" } },
      sensitive_values: { tags: true },
    };
    const { preview } = previewsOf([
      { json: shownState([marked, ...rest].slice(0, 1)), source: "state.json" },
      { json: saved(azureOf(state)), source: "azure.json" },
    ]);

    expect(JSON.stringify(preview.answers)).not.toContain("vnet-spoke2");
  });

  test("have resources of one address: each is named with its file", () => {
    const other = stateWithIds(perSpoke()).map((one) => ({
      ...one,
      values: JSON.parse(
        JSON.stringify(one.values).replaceAll("rg-", "other-").replaceAll("acmeacr", "otheracr"),
      ) as Json,
    }));
    const { preview } = previewsOf([
      { json: shownState(state), source: "a.json" },
      { json: shownState(other), source: "b.json" },
    ]);

    expect(new Set(preview.answers.map(({ virtualNetworkAddress }) => virtualNetworkAddress))).toEqual(
      new Set(["hub", "spoke1", "spoke2"].flatMap((key) => [`a.json:${vnet(key)}`, `b.json:${vnet(key)}`])),
    );
    expect(preview.findings.map(({ severity }) => severity)).not.toContain("error");
  });
});

describe("what Azure did not show", () => {
  const azure = azureOf(stateWithIds(without(perSpoke(), zoneLink("spoke2", "spoke2"))));
  const preview = (what: string) => previewOf(saved(azure, { notRead: [{ what, why: "AuthorizationFailed: no." }] }));
  const reasonsIn = ({ answers }: ReturnType<typeof previewOf>) =>
    new Set(answers.filter(({ virtualNetwork }) => virtualNetwork === "vnet-spoke2").map(({ reason }) => reason));

  test("leaves what is not there not known, and is named", () => {
    const found = preview("Microsoft.Network/privateDnsZones in the subscription X");

    expect(reasonsIn(found)).toEqual(new Set(["resources-not-read"]));
    expect(found.findings.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^Azure did not show Microsoft\.Network\/privateDnsZones in the subscription X: Auth/),
    );
  });

  test.each([
    ["as Azure's API pages", { value: azure, nextLink: "https://management.azure.com/next" }],
    ["as Azure Resource Graph pages", { data: azure, count: azure.length, skip_token: "x" }],
    ["as Azure Resource Graph counts", { data: azure, count: azure.length, total_records: azure.length + 1 }],
  ])("is on other pages: %s", (_, json) => {
    expect(reasonsIn(previewOf(json))).toEqual(new Set(["resources-not-read"]));
  });

  test("may be the endpoint whose address a record set holds", () => {
    const other = change(perSpoke(), recordAddress("spoke1", "login"), {}, { records: ["10.10.0.99"] });
    const reasons = (notRead: Json[]) =>
      previewOf(saved(azureOf(stateWithIds(other)), { notRead }))
        .answers.filter(({ virtualNetwork, host }) => virtualNetwork === "vnet-spoke1" && host === "acmeacr.azurecr.io")
        .map(({ reason }) => reason);

    expect(reasons([])).toEqual(["unknown-address"]);
    expect(reasons([{ what: "Microsoft.Network/privateEndpoints in X", why: "No." }])).toEqual(["resources-not-read"]);
  });

  test("decides nothing where it has no part in DNS, and is named", () => {
    const found = preview("Microsoft.Compute/virtualMachines in the subscription X");

    expect(reasonsIn(found)).toEqual(new Set(["no-zone"]));
    expect(found.findings.map(({ code }) => code)).toContain("resources-not-read");
  });
});

test.each([
  ["an address that nothing has", "10.10.0.200", ["stale-record"]],
  ["the address of an endpoint", "10.10.0.4", []],
  ["an address of no network", "192.168.0.4", []],
])("a record of no service with %s", (_, ipv4Address, codes) => {
  const stale = { id: `${zoneId("spoke1")}/A/formeracr`, properties: { aRecords: [{ ipv4Address }] } };
  const azure = [...azureOf(stateWithIds(perSpoke())), stale];

  expect(previewOf(saved(azure)).findings.map(({ code }) => code)).toEqual(codes);
  // A list of some resources does not show what else there is.
  expect(previewOf(azure).findings).toEqual([]);
});

test("kept is what decides answers, and nothing else", () => {
  const secret = { adminPassword: "x", tags: { owner: "y" } };
  const azure = azureOf(stateWithIds(perSpoke())).map((one) => ({
    ...one,
    ...secret,
    properties: { ...(one.properties as Json), ...secret },
  }));

  expect(JSON.stringify(azure.map(kept))).not.toMatch(/adminPassword|owner/);
  const account = idOf("rg", "Microsoft.CognitiveServices/accounts", "ai");
  expect(kept({ id: account, kind: "AIServices", sku: {}, properties: { customSubDomainName: "ai", x: 1 } })).toEqual({
    id: account,
    kind: "AIServices",
    properties: { customSubDomainName: "ai" },
  });
  expect(
    kept({ id: `${networkId("a")}/providers/Microsoft.Insights/diagnosticSettings/x`, properties: {} }),
  ).toBeUndefined();
});

describe("the what-if of a deployment", () => {
  const whole = azureOf(stateWithIds(perSpoke()));
  const link = `${zoneId("spoke2")}/virtualNetworkLinks/spoke2`;
  const whatIf = (...changes: Json[]) => ({ status: "Succeeded", changes });
  const others = saved(whole.filter(({ id }) => id !== link));
  const [own] = whole.filter(({ id }) => id === link);
  const codesOf = (files: unknown[]) => {
    const { preview, before } = previewsOf(files.map((json, index) => ({ json, source: `${index}.json` })));
    return [before, preview].map((one) => one?.findings.map(({ code }) => code));
  };

  test("shows before and after, beside what there is", () => {
    const create = { resourceId: link, changeType: "Create", before: null, after: own };
    expect(codesOf([others, whatIf(create)])).toEqual([["no-zone"], []]);
  });

  test.each([
    ["a link", link, ["no-zone"]],
    ["a zone, and with it its links and record sets", zoneId("spoke2"), ["no-zone", "endpoint-in-no-zone"]],
  ])("deletes %s", (_, resourceId, codes) => {
    const before = whole.find(({ id }) => id === resourceId);
    const remove = { resourceId, changeType: "Delete", before, after: null };
    expect(codesOf([saved(whole), whatIf(remove)])).toEqual([[], codes]);
  });

  test("alone has all that it does not change", () => {
    const changes = whole.map((one) => ({ resourceId: one.id, changeType: "NoChange", before: one, after: one }));
    expect(codesOf([whatIf(...changes)])).toEqual([[], []]);
  });

  test.each(["an endpoint that registers itself", "a network without a link"] as const)(
    "has the answers of the plan: %s",
    (name) => {
      // The deployment of Bicep creates what the plan of Terraform creates; neither knows addresses yet.
      const state = stateWithIds(
        WORLDS[name].map((one) => ({ ...one, applied: { ...one.applied, custom_dns_configs: [] } })),
      );
      const created = azureOf(state)
        .filter(({ type }) => type !== "Microsoft.Network/networkInterfaces")
        .map((after) => ({ resourceId: after.id, changeType: "Create", before: null, after }));
      const known = ({ answers }: ReturnType<typeof previewOf>) =>
        answers.map(({ virtualNetwork, host, answeredBy, reachable, reason }) => [
          virtualNetwork,
          host,
          answeredBy,
          reachable,
          reason,
        ]);

      expect(known(previewOf(whatIf(...created)))).toEqual(known(previewOf(planOf(WORLDS[name]))));
    },
  );

  test("of which an expression is not evaluated: what it decides is not known", () => {
    const after = { ...own, properties: { ...(own!.properties as Json), resolutionPolicy: "[parameters('policy')]" } };
    const modify = { resourceId: link, changeType: "Modify", before: own, after };
    const { preview } = previewsOf([
      { json: saved(whole), source: "azure.json" },
      { json: whatIf(modify), source: "what-if.json" },
    ]);

    expect(preview.model.links.find(({ network }) => network.name === "vnet-spoke2")?.fallsBack).toBeUndefined();
  });

  test.each<[string, Json]>([
    ["does not support it", { changes: [{ changeType: "Unsupported", unsupportedReason: "No." }] }],
    ["says only that it is deployed", { changes: [{ changeType: "Deploy", before: own, after: null }] }],
    ["shows only its id", { changes: [{ changeType: "Modify" }] }],
    ["has a change that is not known here", { changes: [{ changeType: "Move", before: own, after: own }] }],
    ["only may delete it", { changes: [], potentialChanges: [{ changeType: "Delete", before: own, after: null }] }],
  ])("that does not say what becomes of a link leaves it not known: %s", (_, { changes, potentialChanges = null }) => {
    const named = (list: unknown) => (list as Json[] | null)?.map((one) => ({ resourceId: link, ...one })) ?? null;
    const json = { ...whatIf(...named(changes)!), potentialChanges: named(potentialChanges) };
    const [, codes] = codesOf([others, json]);
    expect(codes).toEqual(["resources-not-read", "answer-not-known"]);
  });

  test("that failed is refused", () => {
    expect(() => codesOf([{ status: "Failed", changes: [] }])).toThrow(
      '0.json: status: found "Failed", allowed: Succeeded.',
    );
  });
});
