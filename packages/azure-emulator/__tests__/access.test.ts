import { actionOf } from "../lib/access";
import type { EmulatorOptions } from "../lib/emulator";
import type { Json } from "../lib/json";
import { GROUP_ID, REGION, id, startAzure } from "./clients";

const SUBNET = id("Microsoft.Network/virtualNetworks/one/subnets/s");
const REGISTRY = id("Microsoft.ContainerRegistry/registries/hello");

test.each([
  ["GET", "/subscriptions/s", "Microsoft.Resources/subscriptions/read"],
  ["GET", "/subscriptions/s/providers", "Microsoft.Resources/subscriptions/providers/read"],
  ["GET", "/subscriptions/s/providers/Microsoft.Network", "Microsoft.Resources/subscriptions/providers/read"],
  ["POST", "/subscriptions/s/providers/Microsoft.Network/register", "Microsoft.Network/register/action"],
  [
    "POST",
    "/subscriptions/s/providers/Microsoft.ContainerRegistry/checkNameAvailability",
    "Microsoft.ContainerRegistry/checkNameAvailability/read",
  ],
  ["PUT", "/subscriptions/s/resourceGroups/g", "Microsoft.Resources/subscriptions/resourceGroups/write"],
  [
    "GET",
    "/subscriptions/s/resourceGroups/g/resources",
    "Microsoft.Resources/subscriptions/resourceGroups/resources/read",
  ],
  ["HEAD", SUBNET, "Microsoft.Network/virtualNetworks/subnets/read"],
  ["GET", id("Microsoft.Network/virtualNetworks"), "Microsoft.Network/virtualNetworks/read"],
  ["PATCH", REGISTRY, "Microsoft.ContainerRegistry/registries/write"],
  ["DELETE", `${REGISTRY}/replications/x`, "Microsoft.ContainerRegistry/registries/replications/delete"],
  ["PUT", `${REGISTRY}/providers/Microsoft.Authorization/locks/l`, "Microsoft.Authorization/locks/write"],
  ["POST", id("Microsoft.Compute/virtualMachines/v/start"), "Microsoft.Compute/virtualMachines/start/action"],
  [
    "GET",
    id("Microsoft.Compute/virtualMachines/v/instanceView"),
    "Microsoft.Compute/virtualMachines/instanceView/read",
  ],
  [
    "GET",
    "/subscriptions/s/providers/Microsoft.Network/locations/r/operations/o",
    "Microsoft.Network/locations/operations/read",
  ],
])("%s %s needs %s", (method, path, action) => {
  expect(actionOf(method, path)).toBe(action);
});

async function withAzure(
  role: EmulatorOptions["role"],
  use: (azure: Awaited<ReturnType<typeof startAzure>>) => Promise<void>,
): Promise<void> {
  const azure = await startAzure(role && { role });
  try {
    azure.azure.put(id(`Microsoft.Network/virtualNetworks/one`), {
      location: REGION,
      properties: { addressSpace: { addressPrefixes: ["10.1.0.0/16"] } },
    });
    azure.azure.put(SUBNET, { properties: { addressPrefix: "10.1.0.0/24" } });
    azure.azure.put(REGISTRY, { location: REGION, sku: { name: "Premium" } });
    await use(azure);
  } finally {
    await azure.azure.close();
  }
}

const endpoint: Json = {
  location: REGION,
  properties: {
    subnet: { id: SUBNET },
    privateLinkServiceConnections: [
      { name: "c", properties: { privateLinkServiceId: REGISTRY, groupIds: ["registry"] } },
    ],
  },
};
const ENDPOINT = id("Microsoft.Network/privateEndpoints/one");

test("what the role does not allow is refused, by the action and the scope", async () => {
  await withAzure({ Actions: ["*/read"], NotActions: ["Microsoft.Network/*"] }, async ({ http }) => {
    expect((await http("GET", REGISTRY)).status).toBe(200);
    for (const [method, path, action] of [
      ["GET", SUBNET, "Microsoft.Network/virtualNetworks/subnets/read"],
      ["DELETE", REGISTRY, "Microsoft.ContainerRegistry/registries/delete"],
    ] as const)
      expect(await http(method, path)).toMatchObject({
        status: 403,
        body: {
          error: {
            code: "AuthorizationFailed",
            message: expect.stringContaining(
              `does not have authorization to perform action '${action}' over scope '${path}' or the scope is invalid.`,
            ) as string,
          },
        },
      });
  });
});

test.each([
  ["Microsoft.Network/virtualNetworks/subnets/join/action", SUBNET],
  ["Microsoft.ContainerRegistry/registries/privateEndpointConnectionsApproval/action", REGISTRY],
])("an endpoint needs %s", async (action, scope) => {
  await withAzure({ Actions: ["*"], NotActions: [action] }, async ({ http }) => {
    expect(await http("PUT", ENDPOINT, endpoint)).toMatchObject({
      status: 403,
      body: {
        error: {
          code: "LinkedAuthorizationFailed",
          message: expect.stringContaining(
            `it does not have permission to perform action(s) '${action}' on the linked scope(s) '${scope}'`,
          ) as string,
        },
      },
    });
  });
});

test.each([
  ["networkSecurityGroup", "networkSecurityGroups"],
  ["routeTable", "routeTables"],
])("a subnet with a %s needs the action to join it", async (property, type) => {
  const action = `Microsoft.Network/${type}/join/action`;
  await withAzure({ Actions: ["*"], NotActions: [action] }, async ({ http, azure }) => {
    const joined = id(`Microsoft.Network/${type}/joined`);
    azure.put(joined, { location: REGION });
    const subnet = (properties: Json) =>
      http("PUT", SUBNET, { properties: { addressPrefix: "10.1.0.0/24", ...properties } });
    expect(await subnet({ [property]: { id: joined } })).toMatchObject({
      status: 403,
      body: { error: { code: "LinkedAuthorizationFailed", message: expect.stringContaining(joined) as string } },
    });
    expect((await subnet({})).status).toBe(200);
  });
});

test("a replica needs an action on every private endpoint of its registry", async () => {
  const action = "Microsoft.Network/privateEndpoints/privateLinkServiceProxies/write";
  await withAzure({ Actions: ["*"], NotActions: [action] }, async ({ http, azure }) => {
    const replica = (region: string) => http("PUT", `${REGISTRY}/replications/${region}`, { location: region });
    expect((await replica("francecentral")).status).toBe(201);
    azure.put(ENDPOINT, endpoint);
    expect(await replica("norwayeast")).toMatchObject({
      status: 403,
      body: { error: { code: "LinkedAuthorizationFailed", message: expect.stringContaining(ENDPOINT) as string } },
    });
  });
});

test("the actions that were used are recorded, linked ones too, and refused ones not", async () => {
  await withAzure({ Actions: ["*"], NotActions: ["*/delete"] }, async ({ http, azure }) => {
    await http("PUT", ENDPOINT, endpoint);
    await http("DELETE", REGISTRY);
    expect(azure.usedActions).toEqual([
      "Microsoft.ContainerRegistry/registries/privateEndpointConnectionsApproval/action",
      "Microsoft.Network/privateEndpoints/write",
      "Microsoft.Network/virtualNetworks/subnets/join/action",
    ]);
  });
});

test("without a role everything is allowed", async () => {
  await withAzure(undefined, async ({ http }) => {
    expect((await http("DELETE", GROUP_ID)).status).toBe(202);
  });
});
