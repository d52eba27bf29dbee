import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "../../common/util/json";
import { Azure, GROUP_ID, REGION, id } from "./azure";

/** As Bicep compiles it: a hub, spokes in a loop with their peerings, and a module with a registry and an endpoint. */
const TEMPLATE = JSON.parse(readFileSync(join(__dirname, "network-template.json"), "utf8")) as Json;
const SPOKES = [
  { name: "spoke1", prefix: "10.10.0.0/16" },
  { name: "spoke2", prefix: "10.11.0.0/16" },
];
const DEPLOYMENT = id("Microsoft.Resources/deployments/main");
const NETWORKS = id("Microsoft.Network/virtualNetworks");

let azure: Azure;
beforeEach(() => {
  azure = new Azure();
});

const propertiesOf = (template: Json, parameters: Json = {}) => ({
  properties: {
    mode: "Incremental",
    template,
    parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, { value }])),
  },
});
const main = propertiesOf(TEMPLATE, { spokes: SPOKES, registryName: "Hello" });

/** How a deployment ends, as a client asks. */
function deploy(body: Json, path = DEPLOYMENT) {
  const { headers, status, code } = azure.send("PUT", path, body);
  expect([status, code]).toEqual([201, undefined]);
  const ended = azure.send("GET", new URL(headers["azure-asyncoperation"]!).pathname).body;
  const { properties } = azure.send("GET", path).body as { properties: Json };
  return { ...ended, properties } as { status: string; error?: { code: string; details: Json[] }; properties: Json };
}

/** The output of a template with one output. */
function valueOf(expression: string, more: Json = {}): unknown {
  const template = { resources: [], outputs: { value: { type: "object", value: expression } }, ...more };
  const { properties, error } = deploy(propertiesOf(template));
  return error?.details[0]?.message ?? (properties.outputs as { value: { value: unknown } }).value.value;
}

test("a template is deployed in the order of its dependencies, with loops, conditions, modules, extensions and outputs", () => {
  const { status, error, properties } = deploy(main);
  expect([status, error]).toEqual(["Succeeded", undefined]);
  const names = azure.manager.store.all().map(({ type, name }) => `${type.split("/").slice(1).join("/")} ${name}`);
  expect(names).toEqual(
    expect.arrayContaining([
      ...["virtualNetworks hub", "virtualNetworks spoke1", "virtualNetworks spoke2", "registries hello"],
      ...["virtualNetworks/virtualNetworkPeerings to-spoke1", "virtualNetworks/virtualNetworkPeerings to-hub"],
      ...["privateEndpoints pep-spoke1", "privateDnsZones/A hello", "locks keep"],
    ]),
  );
  expect(names.filter((name) => name.includes("bastion"))).toEqual([]);
  const peering = azure.get(`${NETWORKS}/spoke2/virtualNetworkPeerings/to-hub`).body.properties;
  expect(peering).toMatchObject({ peeringState: "Connected" });
  expect(properties.outputs).toMatchObject({
    loginServer: { type: "string", value: "hello.azurecr.io" },
    networkIds: { value: [`${NETWORKS}/spoke1`, `${NETWORKS}/spoke2`] },
  });
  expect(properties.outputResources).toHaveLength(13);
  expect(azure.send("GET", `${DEPLOYMENT}/operations`).body.value).toHaveLength(13);
  // Again, it changes nothing.
  expect(deploy(main)).toMatchObject({ status: "Succeeded" });
});

test("validate and what-if write nothing, and say what would be written", () => {
  const changes = () =>
    (azure.send("POST", `${DEPLOYMENT}/whatIf`, main).body.properties as { changes: Json[] }).changes.map(
      ({ resourceId, changeType, delta }) => [
        String(resourceId).split("/").at(-1),
        changeType,
        ...((delta ?? []) as Json[]).map(({ path }) => path),
      ],
    );
  expect(azure.send("POST", `${DEPLOYMENT}/validate`, main).body.properties).toMatchObject({
    provisioningState: "Succeeded",
  });
  expect(changes()).toContainEqual(["spoke1", "Create"]);
  expect(azure.manager.store.all()).toHaveLength(1);
  deploy(main);
  azure.send("PATCH", `${NETWORKS}/hub`, { tags: { by: "hand" } });
  expect(changes()).toContainEqual(["hub", "Modify", "tags.by"]);
  expect(changes().filter(([, type]) => type !== "NoChange")).toHaveLength(1);
});

test("what Azure refuses of a resource fails the deployment, with the reason; what was written before stays", () => {
  const wrong = {
    ...main.properties,
    parameters: {
      ...main.properties.parameters,
      spokes: { value: [...SPOKES, { name: "bad", prefix: "10.10.0.0/33" }] },
    },
  };
  const { status, error } = deploy({ properties: wrong });
  expect([status, error?.code]).toEqual(["Failed", "DeploymentFailed"]);
  expect(error?.details).toEqual([
    { code: expect.any(String) as string, message: expect.stringContaining("10.10.0.0/33") as string },
  ]);
  expect(azure.get(`${NETWORKS}/hub`).status).toBe(200);
});

test("a subscription is deployed to as well, and a module leads into a group", () => {
  const at = `/subscriptions/${GROUP_ID.split("/")[2]!}`;
  const group = {
    type: "Microsoft.Resources/resourceGroups",
    apiVersion: "2024-03-01",
    name: "rg-new",
    location: REGION,
  };
  const inGroup = {
    type: "Microsoft.Resources/deployments",
    apiVersion: "2022-09-01",
    name: "inside",
    resourceGroup: "rg-new",
    dependsOn: ["[subscriptionResourceId('Microsoft.Resources/resourceGroups', 'rg-new')]"],
    properties: {
      mode: "Incremental",
      expressionEvaluationOptions: { scope: "inner" },
      template: {
        resources: [
          {
            type: "Microsoft.Network/networkSecurityGroups",
            name: "nsg",
            location: "[resourceGroup().location]",
            properties: {},
          },
        ],
      },
    },
  };
  const path = `${at}/providers/Microsoft.Resources/deployments/sub`;
  expect(deploy(propertiesOf({ resources: [inGroup, group] }), path).error).toBeUndefined();
  expect(
    azure.get(`${at}/resourceGroups/rg-new/providers/Microsoft.Network/networkSecurityGroups/nsg`).body.location,
  ).toBe(REGION);
});

test.each([
  ["[[text]", "[text]"],
  ["[concat('it''s ', 1, true())]", "it's 1true"],
  ["[format('{0}-{1}', 'a', createArray(1))]", "a-[1]"],
  ["[if(equals('A', 'a'), 'same', toUpper('other'))]", "OTHER"],
  ["[createObject('a', createObject('B', 7)).a.b]", 7],
  ["[coalesce(null(), tryGet(createObject('a', 1), 'b'), json('[1, 2]')[1])]", 2],
  ["[union(createObject('a', createObject('b', 1)), createObject('a', createObject('c', 2)))]", { a: { b: 1, c: 2 } }],
  [
    "[map(filter(range(0, 5), lambda('i', greater(lambdaVariables('i'), 2))), lambda('i', mul(lambdaVariables('i'), 10)))]",
    [30, 40],
  ],
  ["[cidrSubnet('10.10.0.0/16', 24, 3)]", "10.10.3.0/24"],
  ["[cidrHost('10.10.3.0/24', 3)]", "10.10.3.4"],
  ["[split('a,b;c', createArray(',', ';'))]", ["a", "b", "c"]],
  ["[length(uniqueString(resourceGroup().id))]", 13],
  ["[variables('doubled')]", [0, 2, 4]],
  [
    "[resourceId('other', 'Microsoft.Network/virtualNetworks/subnets', 'a', 'b')]",
    `${GROUP_ID.replace(/[^/]+$/, "other")}/providers/Microsoft.Network/virtualNetworks/a/subnets/b`,
  ],
  ["[last(sys.take(items(createObject('b', 1, 'a', 2)), 1)).key]", "a"],
])("%s is %j", (expression, value) => {
  const variables = { copy: [{ name: "doubled", count: 3, input: "[mul(copyIndex('doubled'), 2)]" }] };
  expect(valueOf(expression, { variables })).toEqual(value);
});

test.each([
  ["[concat('a']", /is not valid at position/],
  ["[parameters('none')]", /The template has no parameter 'none'/],
  ["[createObject('a', 1).b]", /There is no member 'b' in \{"a":1\}/],
  ["[add('a'.b, 1)]", /There is no member/],
  ["[first(null())]", /The template function 'first' does not take these values: \[null\]/],
  ["[reference('none')]", /The resource 'none' that the template refers to does not exist/],
  ["[constructor('a')]", /The template function constructor is not emulated/],
])("%s is refused", (expression, message) => {
  expect(valueOf(expression)).toMatch(message);
});

test("what a template needs and is not emulated gets the status that clients do not repeat", () => {
  const send = (template: Json, more: Json = {}) =>
    azure.send("POST", `${DEPLOYMENT}/validate`, { properties: { ...propertiesOf(template).properties, ...more } });
  expect(send({ resources: [] }, { mode: "Complete" })).toMatchObject({ status: 501, code: "NotEmulated" });
  expect(send({ resources: [{ type: "Microsoft.Other/things", name: "a" }] })).toMatchObject({ status: 501 });
  expect(send({ resources: [{ type: "Microsoft.Network/virtualNetworks", name: "[dance()]" }] })).toMatchObject({
    status: 501,
  });
  expect(send({ parameters: { a: { type: "string" } }, resources: [] })).toMatchObject({
    status: 400,
    code: "InvalidTemplate",
  });
  const loop = { type: "Microsoft.Network/virtualNetworks", name: "a", copy: { name: "l", count: 1e9 } };
  expect(send({ resources: [loop] })).toMatchObject({ status: 400 });
  expect(azure.send("PUT", id("Microsoft.Resources/deployments/x").replace("rg-test", "none"), main).code).toBe(
    "ResourceGroupNotFound",
  );
});
