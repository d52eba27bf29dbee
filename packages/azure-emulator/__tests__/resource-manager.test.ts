import type { Json } from "../../common/util/json";
import { Azure, GROUP_ID, REGION, id, pollingPath } from "./azure";

const VNET = "Microsoft.Network/virtualNetworks";
const REGISTRY = "Microsoft.ContainerRegistry/registries/hello";
const PREMIUM = { sku: { name: "Premium" } };
const ONE = id(`${VNET}/one`);
const NETWORK = { location: "Sweden Central", properties: { addressSpace: { addressPrefixes: ["10.0.0.0/16"] } } };

let azure: Azure;

beforeEach(() => {
  azure = new Azure();
});

test("a resource is created, updated, read and deleted, by its id in any case", () => {
  const made = azure.send("PUT", ONE, NETWORK);
  expect(made).toMatchObject({ status: 201, body: { id: ONE, type: VNET, location: REGION } });
  expect(azure.send("PUT", ONE.toUpperCase(), NETWORK).status).toBe(200);
  expect(azure.get(ONE.toLowerCase()).body).toMatchObject({ id: ONE, name: "one" });
  expect(azure.send("HEAD", GROUP_ID).status).toBe(204);
  azure.send("DELETE", ONE);
  expect(azure.get(ONE).code).toBe("ResourceNotFound");
  expect(azure.send("DELETE", ONE).status).toBe(204);
});

test("a PATCH changes the properties that it names, and a PUT replaces all", () => {
  const registry = id(REGISTRY);
  const all = { location: REGION, ...PREMIUM, properties: { publicNetworkAccess: "Disabled" } };
  azure.send("PUT", registry, all);
  const policies = { retentionPolicy: { days: 30 } };
  azure.send("PATCH", registry, { properties: { dataEndpointEnabled: true, policies } });
  expect(azure.properties(registry)).toMatchObject({
    publicNetworkAccess: "Disabled",
    dataEndpointEnabled: true,
    policies: { retentionPolicy: { days: 30, status: "disabled" } },
  });
  azure.send("PUT", registry, all);
  expect(azure.properties(registry).dataEndpointEnabled).toBe(false);
  expect(azure.send("PATCH", `${REGISTRY}2`, {}).status).toBe(404);
});

test("a PATCH with tags replaces them all, and one without keeps them", () => {
  const registry = id(REGISTRY);
  azure.manager.put(registry, { location: REGION, ...PREMIUM, tags: { a: "1", b: "2" } });
  const patched = (body: object) => azure.send("PATCH", registry, { ...body }).body.tags;
  expect(patched({ properties: {} })).toEqual({ a: "1", b: "2" });
  expect(patched({ tags: { b: "3", c: "4" } })).toEqual({ b: "3", c: "4" });
  expect(patched({ tags: {} })).toEqual({});
});

test.each([
  ["without its group", `${GROUP_ID}-none/providers/${VNET}/one`, NETWORK, "ResourceGroupNotFound"],
  ["without the resource that it is part of", id(`${VNET}/none/subnets/a`), {}, "ParentResourceNotFound"],
  ["without a region", ONE, { properties: {} }, "LocationRequired"],
  ["of a type that is not emulated", id("Microsoft.Storage/storageAccounts/one"), NETWORK, "NotEmulated"],
])("a resource %s is refused", (_, path, body, code) => {
  expect(azure.send("PUT", path, body).code).toBe(code);
  expect(azure.manager.store.all()).toHaveLength(1);
});

test("a write or deletion that the client guards is refused where the resource is not as the client has read it", () => {
  const { etag } = azure.send("PUT", ONE, NETWORK).body;
  const status = (method: string, headers: Record<string, string>, body: Json = NETWORK, path = ONE) =>
    azure.send(method, path, body, headers).status;
  expect(status("PUT", {}, { ...NETWORK, etag })).toBe(200);
  // It is another one now.
  expect(status("PUT", {}, { ...NETWORK, etag })).toBe(412);
  expect(status("PUT", { "if-match": String(etag) })).toBe(412);
  expect(status("PUT", { "if-none-match": "*" })).toBe(412);
  expect(status("DELETE", { "if-match": String(etag) })).toBe(412);
  expect(status("PUT", { "if-match": "*" }, NETWORK, `${ONE}2`)).toBe(412);
  expect(status("PUT", { "if-match": "", "if-none-match": "*" }, NETWORK, `${ONE}2`)).toBe(201);
  expect(status("DELETE", { "if-match": "*" })).toBe(202);
});

test.each([
  ["without a body", undefined, "InvalidRequestContent"],
  ["without what is required", { location: REGION, properties: { addressSpace: {} } }, "InvalidRequestFormat"],
  ["with a value of another type", { ...NETWORK, tags: [] }, "InvalidRequestFormat"],
  ["with null, as without a member", { ...NETWORK, properties: { ...NETWORK.properties, subnets: null } }, undefined],
])("a PUT %s", (_, body, code) => {
  expect(azure.send("PUT", ONE, body).code).toBe(code);
});

test("a resource does not move to another region", () => {
  azure.send("PUT", ONE, NETWORK);
  const moved = azure.send("PUT", ONE, { ...NETWORK, location: "westeurope" });
  expect(moved).toMatchObject({ status: 409, code: "InvalidResourceLocation" });
});

test("lists contain the resources of a group, which is deleted with them, and the parts of one type", () => {
  azure.send("PUT", ONE, NETWORK);
  azure.send("PUT", id(`${VNET}/one/subnets/a`), { properties: { addressPrefix: "10.0.0.0/24" } });
  expect(azure.get(`${GROUP_ID}/resources`).body).toMatchObject({ value: [{ name: "one", type: VNET }] });
  expect(azure.get(id(`${VNET}/one/subnets`)).body).toMatchObject({ value: [{ name: "a" }] });
  expect(azure.get(id(`${VNET}/one/subnets/a`)).status).toBe(200);
  azure.send("DELETE", GROUP_ID);
  expect(azure.manager.store.all()).toEqual([]);
});

test("an asynchronous operation is polled until it has ended, and other writes are refused until then", () => {
  let now = 0;
  azure = new Azure({ faults: { slow: [{ pattern: /one$/, seconds: 90 }] }, clock: () => now });
  const written = azure.send("PUT", ONE, NETWORK);
  expect(written.headers["retry-after"]).toBe("90");
  const poll = () => azure.get(pollingPath(written)!).body.status;
  expect(poll()).toBe("InProgress");
  expect(azure.properties(ONE).provisioningState).toBe("Updating");
  expect(azure.send("PUT", ONE, NETWORK).code).toBe("AnotherOperationInProgress");
  now = 90_000;
  expect(poll()).toBe("Succeeded");
  expect(azure.properties(ONE).provisioningState).toBe("Succeeded");
});

describe("faults", () => {
  test("the first write of an id that matches fails, and the next does not", () => {
    azure = new Azure({ faults: { failOnce: /virtualNetworks\/o/ } });
    expect(azure.send("PUT", ONE, NETWORK).code).toBe("MadeToFail");
    expect(azure.send("PUT", id(`${VNET}/two`), NETWORK).status).toBe(201);
    expect(azure.send("PUT", ONE, NETWORK).status).toBe(201);
  });

  test("the first deletion of an id fails, whatever became of its writes", () => {
    azure = new Azure({ faults: { failOnce: /virtualNetworks/ } });
    azure.send("PUT", ONE, NETWORK);
    azure.send("PUT", ONE, NETWORK);
    expect(azure.send("DELETE", ONE).code).toBe("MadeToFail");
    expect(azure.send("DELETE", ONE).status).toBe(202);
  });

  test("every n-th request is throttled, with the time to wait", () => {
    azure = new Azure({ faults: { throttleEvery: 3, retryAfter: 7 } });
    const answers = [];
    for (let i = 0; i < 5; i++) answers.push(azure.get(GROUP_ID));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429, 200, 200]);
    expect(answers[2]!.headers["retry-after"]).toBe("7");
  });
});

test("roles are found by name and by id", () => {
  const roles = `/subscriptions/x/providers/Microsoft.Authorization/roleDefinitions`;
  const found = azure.get(`${roles}?$filter=roleName%20eq%20'AcrPull'`);
  expect(found.body).toMatchObject({ value: [{ properties: { roleName: "AcrPull" } }] });
  const [{ name }] = found.body.value as [{ name: string }];
  expect(azure.get(`${roles}/${name}`).body).toMatchObject({ name });
  expect(azure.get(`${roles}/none`).status).toBe(404);
});
