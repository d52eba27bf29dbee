import { type RoleDefinition, actionOf } from "../lib/access";
import type { Json } from "../../common/util/json";
import { Azure, GROUP_ID, REGION, id } from "./azure";

const SUBNET = id("Microsoft.Network/virtualNetworks/one/subnets/s");
const REGISTRY = id("Microsoft.ContainerRegistry/registries/hello");

const VM = id("Microsoft.Compute/virtualMachines/v");
const ALL = "/subscriptions/s/providers";

test.each([
  ["GET", "/subscriptions/s", "Resources/subscriptions/read"],
  ["GET", ALL, "Resources/subscriptions/providers/read"],
  ["GET", `${ALL}/Microsoft.Network`, "Resources/subscriptions/providers/read"],
  ["POST", `${ALL}/Microsoft.Network/register`, "Network/register/action"],
  ["POST", `${ALL}/Microsoft.ContainerRegistry/checkNameAvailability`, "ContainerRegistry/checkNameAvailability/read"],
  ["PUT", "/subscriptions/s/resourceGroups/g", "Resources/subscriptions/resourceGroups/write"],
  ["GET", "/subscriptions/s/resourceGroups/g/resources", "Resources/subscriptions/resourceGroups/resources/read"],
  ["HEAD", SUBNET, "Network/virtualNetworks/subnets/read"],
  ["GET", id("Microsoft.Network/virtualNetworks"), "Network/virtualNetworks/read"],
  ["PATCH", REGISTRY, "ContainerRegistry/registries/write"],
  ["DELETE", `${REGISTRY}/replications/x`, "ContainerRegistry/registries/replications/delete"],
  ["PUT", `${REGISTRY}/providers/Microsoft.Authorization/locks/l`, "Authorization/locks/write"],
  ["POST", `${VM}/start`, "Compute/virtualMachines/start/action"],
  ["GET", `${VM}/instanceView`, "Compute/virtualMachines/instanceView/read"],
  ["GET", `${ALL}/Microsoft.Network/locations/r/operations/o`, "Network/locations/operations/read"],
])("%s %s needs Microsoft.%s", (method, path, action) => {
  expect(actionOf(method, path)).toBe(`Microsoft.${action}`);
});

/** An emulated Azure with a network and a registry, whose client has a role. */
function givenAzure(role?: RoleDefinition): Azure {
  const azure = new Azure(role && { role });
  azure.given("Microsoft.Network/virtualNetworks/one", { addressSpace: { addressPrefixes: ["10.1.0.0/16"] } });
  azure.given(SUBNET, { addressPrefix: "10.1.0.0/24" });
  azure.given(REGISTRY, {}, { sku: { name: "Premium" } });
  return azure;
}

const connection = { name: "c", properties: { privateLinkServiceId: REGISTRY, groupIds: ["registry"] } };
const endpoint: Json = {
  location: REGION,
  properties: { subnet: { id: SUBNET }, privateLinkServiceConnections: [connection] },
};
const ENDPOINT = id("Microsoft.Network/privateEndpoints/one");

test("what the role does not allow is refused, by the action and the scope", () => {
  const azure = givenAzure({ Actions: ["*/read"], NotActions: ["Microsoft.Network/*"] });
  expect(azure.get(REGISTRY).status).toBe(200);
  for (const [method, path, action] of [
    ["GET", SUBNET, "Microsoft.Network/virtualNetworks/subnets/read"],
    ["DELETE", REGISTRY, "Microsoft.ContainerRegistry/registries/delete"],
  ] as const) {
    const answer = azure.send(method, path);
    expect(answer).toMatchObject({ status: 403, code: "AuthorizationFailed" });
    expect(answer.text).toContain(
      `does not have authorization to perform action '${action}' over scope '${path}' or the scope is invalid.`,
    );
  }
});

const SUBSCRIPTION = GROUP_ID.split("/").slice(0, 3).join("/");
const ZONE = id("Microsoft.Network/privateDnsZones/z.example");

test.each([
  [`${SUBSCRIPTION}/providers`, "Resources/subscriptions/providers", SUBSCRIPTION],
  [`${SUBSCRIPTION}/resourceGroups`, "Resources/subscriptions/resourceGroups", SUBSCRIPTION],
  [`${SUBSCRIPTION}/providers/Microsoft.Network/virtualNetworks`, "Network/virtualNetworks", SUBSCRIPTION],
  [id("Microsoft.Network/virtualNetworks"), "Network/virtualNetworks", id("Microsoft.Network")],
  [`${ZONE}/virtualNetworkLinks`, "Network/privateDnsZones/virtualNetworkLinks", ZONE],
  [`${ZONE}/ALL`, "Network/privateDnsZones/ALL", ZONE],
])("a list that the role does not allow is refused: %s", (path, type, scope) => {
  const answer = givenAzure({ Actions: ["*"], NotActions: [`Microsoft.${type}/read`] }).get(path);
  expect(answer).toMatchObject({ status: 403, code: "AuthorizationFailed" });
  expect(answer.text).toContain(
    `does not have authorization to perform action 'Microsoft.${type}/read' over scope '${scope}' or the scope is invalid.`,
  );
});

test.each([
  ["Microsoft.Network/virtualNetworks/subnets/join/action", SUBNET],
  ["Microsoft.ContainerRegistry/registries/privateEndpointConnectionsApproval/action", REGISTRY],
])("an endpoint needs %s", (action, scope) => {
  const answer = givenAzure({ Actions: ["*"], NotActions: [action] }).send("PUT", ENDPOINT, endpoint);
  expect(answer).toMatchObject({ status: 403, code: "LinkedAuthorizationFailed" });
  expect(answer.text).toContain(
    `it does not have permission to perform action(s) '${action}' on the linked scope(s) '${scope}'`,
  );
});

test.each([
  ["networkSecurityGroup", "networkSecurityGroups"],
  ["routeTable", "routeTables"],
])("a subnet with a %s needs the action to join it", (property, type) => {
  const azure = givenAzure({ Actions: ["*"], NotActions: [`Microsoft.Network/${type}/join/action`] });
  const joined = azure.given(`Microsoft.Network/${type}/joined`);
  const subnet = (properties: Json) => azure.put(SUBNET, { addressPrefix: "10.1.0.0/24", ...properties });
  const refused = subnet({ [property]: { id: joined } });
  expect(refused).toMatchObject({ status: 403, code: "LinkedAuthorizationFailed" });
  expect(refused.text).toContain(joined);
  expect(subnet({}).status).toBe(200);
});

test("a replica needs an action on every private endpoint of its registry", () => {
  const action = "Microsoft.Network/privateEndpoints/privateLinkServiceProxies/write";
  const azure = givenAzure({ Actions: ["*"], NotActions: [action] });
  const replica = (location: string) => azure.send("PUT", `${REGISTRY}/replications/${location}`, { location });
  expect(replica("francecentral").status).toBe(201);
  azure.given(ENDPOINT, endpoint.properties as Json);
  const refused = replica("norwayeast");
  expect(refused).toMatchObject({ status: 403, code: "LinkedAuthorizationFailed" });
  expect(refused.text).toContain(ENDPOINT);
});

test("the actions that were used are recorded, linked ones too, and refused ones not", () => {
  const azure = givenAzure({ Actions: ["*"], NotActions: ["*/delete"] });
  azure.send("PUT", ENDPOINT, endpoint);
  azure.send("DELETE", REGISTRY);
  expect(azure.manager.access.usedActions).toEqual([
    "Microsoft.ContainerRegistry/registries/privateEndpointConnectionsApproval/action",
    "Microsoft.Network/privateEndpoints/write",
    "Microsoft.Network/virtualNetworks/subnets/join/action",
  ]);
});

test("without a role everything is allowed", () => {
  expect(givenAzure().send("DELETE", GROUP_ID).status).toBe(202);
});
