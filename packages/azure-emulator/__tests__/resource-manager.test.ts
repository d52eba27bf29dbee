import type { EmulatorOptions } from "../lib/emulator";
import { GROUP_ID, REGION, id, startAzure } from "./clients";

const VNET = "Microsoft.Network/virtualNetworks";
const NETWORK = { location: "Sweden Central", properties: { addressSpace: { addressPrefixes: ["10.0.0.0/16"] } } };

let a: Awaited<ReturnType<typeof startAzure>>;

async function given(options: EmulatorOptions = {}): Promise<void> {
  a = await startAzure(options);
}
afterEach(async () => {
  await a.azure.close();
});

test("a resource is created, updated, read and deleted, by its id in any case", async () => {
  await given();
  const network = id(`${VNET}/one`);
  const made = await a.http("PUT", network, NETWORK);
  expect(made).toMatchObject({ status: 201, body: { id: network, type: VNET, location: REGION } });
  expect((await a.http("PUT", network.toUpperCase(), NETWORK)).status).toBe(200);
  expect((await a.http("GET", network.toLowerCase())).body).toMatchObject({ id: network, name: "one" });
  expect((await a.http("HEAD", GROUP_ID)).status).toBe(204);
  await a.http("DELETE", network);
  expect((await a.http("GET", network)).body).toMatchObject({ error: { code: "ResourceNotFound" } });
  expect((await a.http("DELETE", network)).status).toBe(204);
});

test("a PATCH changes the properties that it names, and a PUT replaces all", async () => {
  await given();
  const registry = id("Microsoft.ContainerRegistry/registries/hello");
  const all = { location: REGION, sku: { name: "Premium" }, properties: { publicNetworkAccess: "Disabled" } };
  await a.http("PUT", registry, all);
  const policies = { retentionPolicy: { days: 30 } };
  await a.http("PATCH", registry, { properties: { dataEndpointEnabled: true, policies } });
  expect((await a.http("GET", registry)).body).toMatchObject({
    properties: {
      publicNetworkAccess: "Disabled",
      dataEndpointEnabled: true,
      policies: { retentionPolicy: { days: 30, status: "disabled" } },
    },
  });
  await a.http("PUT", registry, all);
  expect((await a.http("GET", registry)).body).toMatchObject({ properties: { dataEndpointEnabled: false } });
  expect((await a.http("PATCH", id("Microsoft.ContainerRegistry/registries/none"), {})).status).toBe(404);
});

test("a PATCH with tags replaces them all, and one without keeps them", async () => {
  await given();
  const registry = id("Microsoft.ContainerRegistry/registries/hello");
  a.azure.put(registry, { location: REGION, sku: { name: "Premium" }, tags: { a: "1", b: "2" } });
  const patched = async (body: object) => (await a.http("PATCH", registry, { ...body })).body.tags;
  expect(await patched({ properties: {} })).toEqual({ a: "1", b: "2" });
  expect(await patched({ tags: { b: "3", c: "4" } })).toEqual({ b: "3", c: "4" });
  expect(await patched({ tags: {} })).toEqual({});
});

test.each([
  ["without its group", `${GROUP_ID}-none/providers/${VNET}/one`, NETWORK, "ResourceGroupNotFound"],
  ["without the resource that it is part of", id(`${VNET}/none/subnets/a`), {}, "ParentResourceNotFound"],
  ["without a region", id(`${VNET}/one`), { properties: {} }, "LocationRequired"],
  ["of a type that is not emulated", id("Microsoft.Storage/storageAccounts/one"), NETWORK, "InvalidResourceType"],
])("a resource %s is refused", async (_, path, body, code) => {
  await given();
  expect((await a.http("PUT", path, body)).body).toMatchObject({ error: { code } });
  expect(a.azure.resources).toHaveLength(1);
});

test("a resource does not move to another region", async () => {
  await given();
  await a.http("PUT", id(`${VNET}/one`), NETWORK);
  const moved = await a.http("PUT", id(`${VNET}/one`), { ...NETWORK, location: "westeurope" });
  expect(moved).toMatchObject({ status: 409, body: { error: { code: "InvalidResourceLocation" } } });
});

test("lists contain the resources of a group, and the parts of one type", async () => {
  await given();
  await a.http("PUT", id(`${VNET}/one`), NETWORK);
  await a.http("PUT", id(`${VNET}/one/subnets/a`), { properties: { addressPrefix: "10.0.0.0/24" } });
  expect((await a.http("GET", `${GROUP_ID}/resources`)).body).toMatchObject({ value: [{ name: "one", type: VNET }] });
  expect((await a.http("GET", id(`${VNET}/one/subnets`))).body).toMatchObject({ value: [{ name: "a" }] });
  expect((await a.http("GET", id(`${VNET}/one/subnets/a`))).status).toBe(200);
});

test("a group is deleted with all that is in it", async () => {
  await given();
  await a.http("PUT", id(`${VNET}/one`), NETWORK);
  await a.http("PUT", id(`${VNET}/one/subnets/a`), { properties: { addressPrefix: "10.0.0.0/24" } });
  await a.http("DELETE", GROUP_ID);
  expect(a.azure.resources).toEqual([]);
});

describe("an asynchronous operation", () => {
  test("is polled until it has ended, and other writes are refused until then", async () => {
    let now = 0;
    await given({ faults: { slow: [{ pattern: /one$/, seconds: 90 }] }, clock: () => now });
    const network = id(`${VNET}/one`);
    const { headers } = await a.http("PUT", network, NETWORK);
    expect(headers["retry-after"]).toBe("90");
    const operation = (headers["azure-asyncoperation"] as string).slice(a.azure.endpoint.length);
    const poll = async () => (await a.http("GET", operation)).body.status;
    expect(await poll()).toBe("InProgress");
    expect((await a.http("GET", network)).body).toMatchObject({ properties: { provisioningState: "Updating" } });
    expect((await a.http("PUT", network, NETWORK)).body).toMatchObject({
      error: { code: "AnotherOperationInProgress" },
    });
    now = 90_000;
    expect(await poll()).toBe("Succeeded");
    expect((await a.http("GET", network)).body).toMatchObject({ properties: { provisioningState: "Succeeded" } });
  });

  test("reports its failure when it is polled, not before", async () => {
    await given();
    await a.http("PUT", id(`${VNET}/one`), NETWORK);
    await a.http("PUT", id(`${VNET}/one/subnets/a`), { properties: { addressPrefix: "10.0.0.0/29" } });
    const registry = id("Microsoft.ContainerRegistry/registries/hello");
    await a.http("PUT", registry, { location: REGION, sku: { name: "Premium" } });
    for (const region of ["westeurope", "francecentral", "uksouth"])
      await a.http("PUT", `${registry}/replications/${region}`, { location: region });
    const connection = { name: "e", properties: { privateLinkServiceId: registry, groupIds: ["registry"] } };
    const { status, headers } = await a.http("PUT", id("Microsoft.Network/privateEndpoints/e"), {
      location: REGION,
      properties: { subnet: { id: id(`${VNET}/one/subnets/a`) }, privateLinkServiceConnections: [connection] },
    });
    expect(status).toBe(201);
    const operation = (headers["azure-asyncoperation"] as string).slice(a.azure.endpoint.length);
    expect((await a.http("GET", operation)).body).toMatchObject({ status: "Failed", error: { code: "SubnetIsFull" } });
  });
});

describe("faults", () => {
  test("the first write of an id that matches fails, and the next does not", async () => {
    await given({ faults: { failOnce: /virtualNetworks\/o/ } });
    expect((await a.http("PUT", id(`${VNET}/one`), NETWORK)).body).toMatchObject({ error: { code: "MadeToFail" } });
    expect((await a.http("PUT", id(`${VNET}/two`), NETWORK)).status).toBe(201);
    expect((await a.http("PUT", id(`${VNET}/one`), NETWORK)).status).toBe(201);
  });

  test("the first deletion of an id fails, whatever became of its writes", async () => {
    await given({ faults: { failOnce: /virtualNetworks/ } });
    await a.http("PUT", id(`${VNET}/one`), NETWORK);
    await a.http("PUT", id(`${VNET}/one`), NETWORK);
    expect((await a.http("DELETE", id(`${VNET}/one`))).body).toMatchObject({ error: { code: "MadeToFail" } });
    expect((await a.http("DELETE", id(`${VNET}/one`))).status).toBe(202);
  });

  test("every n-th request is throttled, with the time to wait", async () => {
    await given({ faults: { throttleEvery: 3, retryAfter: 7 } });
    const answers = [];
    for (let i = 0; i < 5; i++) answers.push(await a.http("GET", GROUP_ID));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429, 200, 200]);
    expect(answers[2]!.headers["retry-after"]).toBe("7");
  });

  test("every request is recorded, with the status of its answer", async () => {
    await given();
    await a.http("GET", id(`${VNET}/one`));
    await a.http("PUT", id(`${VNET}/one`), NETWORK);
    expect(a.azure.requests.map(({ method, path, status }) => [method, path, status])).toEqual([
      ["GET", id(`${VNET}/one`), 404],
      ["PUT", id(`${VNET}/one`), 201],
    ]);
  });
});

describe("signing in", () => {
  test("accepts any credentials, and all addresses are the emulator's", async () => {
    await given();
    const token = await a.http("POST", "/any-tenant/oauth2/v2.0/token");
    const claims = (token.body.access_token as string).split(".")[1]!;
    expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({ aud: a.azure.endpoint });
    const cloud = await a.http("GET", "/metadata/endpoints?api-version=2022-09-01");
    expect(cloud.body).toMatchObject({ resourceManager: a.azure.endpoint, name: "AzureCloud" });
    const environment = a.azure.environment("/somewhere.pem", "s");
    expect(environment.ARM_METADATA_HOSTNAME).toBe(new URL(a.azure.endpoint).host);
    expect(environment.ARM_RESOURCE_MANAGER_ENDPOINT).toBe(`${a.azure.endpoint}/`);
  });

  test("roles are found by name and by id", async () => {
    await given();
    const roles = `/subscriptions/x/providers/Microsoft.Authorization/roleDefinitions`;
    const found = await a.http("GET", `${roles}?$filter=roleName%20eq%20'AcrPull'`);
    expect(found.body).toMatchObject({ value: [{ properties: { roleName: "AcrPull" } }] });
    const [{ name }] = found.body.value as [{ name: string }];
    expect((await a.http("GET", `${roles}/${name}`)).body).toMatchObject({ name });
    expect((await a.http("GET", `${roles}/none`)).status).toBe(404);
  });
});
