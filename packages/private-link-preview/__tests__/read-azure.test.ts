import { AzureEmulator, ArmError, type ArmAnswer, type ArmRequest, type EmulatorOptions } from "../../azure-emulator";
import { ResourceManager } from "../../common/azure-client";
import { UsageError, UserError, type Json } from "../../common/util";
import { type AzureRead, type ReadOptions, readAzure } from "../lib/azure";
import { readFrom } from "../lib/azure/read-from";
import { partsFromGraph } from "../lib/azure/zones";
import { compare } from "../lib/compare/comparison";
import { previewOf } from "../lib/preview";
import { kept } from "../lib/read/kept";

const A = "00000000-0000-0000-0000-00000000000a";
const B = "00000000-0000-0000-0000-00000000000b";
/** The subscription that the emulated Azure always has. */
const EMPTY = "00000000-0000-0000-0000-000000000001";

const idIn = (subscription: string, path: string) =>
  `/subscriptions/${subscription}/resourceGroups/rg/providers/${path}`;
const id = (path: string) => idIn(A, path);
const ref = (path: string) => ({ id: id(path) });

const NETWORK = "Microsoft.Network/virtualNetworks/hub";
const ZONE = "Microsoft.Network/privateDnsZones/privatelink.azurecr.io";
const ENDPOINT = "Microsoft.Network/privateEndpoints/pep";
const REGISTRY = idIn(B, "Microsoft.ContainerRegistry/registries/images");
const VAULT = idIn(B, "Microsoft.KeyVault/vaults/secrets");
const POLICY = "Microsoft.Network/firewallPolicies/policy";
const RESOLVER = "Microsoft.Network/dnsResolvers/resolver";
const RULESET = "Microsoft.Network/dnsForwardingRulesets/rules";
const HUB = "Microsoft.Network/virtualHubs/hub";
const MANAGER = "Microsoft.Network/networkManagers/nm";
const SUBNET = `${NETWORK}/subnets/a`;

const connection = (privateLinkServiceId: string, group: string) => [
  { name: "c", properties: { privateLinkServiceId, groupIds: [group] } },
];
const subnet = (name: string, n: number, more: Json = {}) => ({
  name,
  properties: { addressPrefix: `10.0.${n}.0/24`, ...more },
});
const FOR_RESOLVERS = { delegations: [{ name: "d", properties: { serviceName: "Microsoft.Network/dnsResolvers" } }] };
const inSubnet = (path: string) => [{ name: "ip", properties: { subnet: ref(path) } }];

/** A network with what leads to and from it, in one subscription, and the services of its endpoints in another. */
const WRITTEN: readonly (readonly [path: string, properties?: Json, more?: Json])[] = [
  ["Microsoft.Network/networkSecurityGroups/nsg"],
  ["Microsoft.Network/routeTables/rt"],
  [
    NETWORK,
    {
      addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
      subnets: [subnet("a", 0), subnet("in", 1, FOR_RESOLVERS), subnet("out", 2, FOR_RESOLVERS)],
    },
  ],
  ["Microsoft.Network/virtualNetworks/spoke", { addressSpace: { addressPrefixes: ["10.1.0.0/16"] } }],
  [`${NETWORK}/virtualNetworkPeerings/spoke`, { remoteVirtualNetwork: ref("Microsoft.Network/virtualNetworks/spoke") }],
  [REGISTRY, {}, { sku: { name: "Premium" } }],
  [`${REGISTRY}/replications/francecentral`, {}, { location: "francecentral" }],
  [VAULT, { tenantId: A, sku: { family: "A", name: "standard" }, accessPolicies: [] }],
  [ZONE, {}, { location: "global" }],
  [`${ZONE}/virtualNetworkLinks/link`, { virtualNetwork: ref(NETWORK) }, { location: "global" }],
  [ENDPOINT, { subnet: ref(SUBNET), privateLinkServiceConnections: connection(REGISTRY, "registry") }],
  [
    `${ENDPOINT}/privateDnsZoneGroups/default`,
    { privateDnsZoneConfigs: [{ name: "z", properties: { privateDnsZoneId: id(ZONE) } }] },
  ],
  [
    "Microsoft.Network/privateEndpoints/vault",
    { subnet: ref(SUBNET), privateLinkServiceConnections: connection(VAULT, "vault") },
  ],
  [RESOLVER, { virtualNetwork: ref(NETWORK) }],
  [`${RESOLVER}/inboundEndpoints/in`, { ipConfigurations: [{ subnet: ref(`${NETWORK}/subnets/in`) }] }],
  [`${RESOLVER}/outboundEndpoints/out`, { subnet: ref(`${NETWORK}/subnets/out`) }],
  [RULESET, { dnsResolverOutboundEndpoints: [ref(`${RESOLVER}/outboundEndpoints/out`)] }],
  [`${RULESET}/forwardingRules/corp`, { domainName: "corp.example.", targetDnsServers: [{ ipAddress: "10.9.0.4" }] }],
  [`${RULESET}/virtualNetworkLinks/link`, { virtualNetwork: ref(NETWORK) }],
  [POLICY],
  [`${POLICY}/ruleCollectionGroups/group`, { priority: 100, ruleCollections: [] }],
  ["Microsoft.Network/virtualWans/wan"],
  [HUB, { virtualWan: ref("Microsoft.Network/virtualWans/wan") }],
  [
    `${HUB}/hubVirtualNetworkConnections/spoke`,
    { remoteVirtualNetwork: ref("Microsoft.Network/virtualNetworks/spoke") },
  ],
  [`${HUB}/hubRouteTables/own`, { routes: [] }],
  [`${HUB}/routingIntent/intent`, { routingPolicies: [] }],
  [MANAGER],
  [`${MANAGER}/networkGroups/group`],
  [`${MANAGER}/networkGroups/group/staticMembers/hub`, { resourceId: id(NETWORK) }],
  [`${MANAGER}/connectivityConfigurations/mesh`, { connectivityTopology: "Mesh" }],
  ["Microsoft.Network/privateLinkServices/pls", { ipConfigurations: inSubnet(SUBNET) }],
  ["Microsoft.ContainerService/managedClusters/aks", { agentPoolProfiles: [{ name: "default" }] }],
  ["Microsoft.App/managedEnvironments/env"],
  ["Microsoft.ContainerInstance/containerGroups/aci"],
];

/** Types that are read with what they are in, or not at all. */
const INSIDE = /\/(resourceGroups|subnets|virtualNetworkPeerings|privateEndpointConnections)$/i;

let azure: AzureEmulator;
const progress: string[] = [];
afterEach(async () => {
  progress.length = 0;
  await azure.close();
});

/** Starts an emulated Azure with two subscriptions. */
async function start(options: EmulatorOptions = {}, written = WRITTEN): Promise<void> {
  azure = await AzureEmulator.start({ anyType: true, ...options });
  for (const subscription of [A, B])
    azure.put(`/subscriptions/${subscription}/resourceGroups/rg`, { location: "westeurope" });
  for (const [path, properties = {}, more = {}] of written)
    azure.put(path.startsWith("/") ? path : id(path), { location: "westeurope", properties, ...more });
}

const credential = { getToken: () => Promise.resolve({ token: "t", expiresOnTimestamp: Date.now() + 3_600_000 }) };

function client(onWait: (seconds: number) => void = () => undefined): ResourceManager {
  const { endpoint, certificate: ca } = azure;
  const resourceManager = { endpoint, scope: endpoint, authority: endpoint };
  return new ResourceManager(credential, { resourceManager, ca, patience: { retries: 60, onWait } });
}

function read(options: Partial<ReadOptions> = {}, onWait?: (seconds: number) => void): Promise<AzureRead> {
  const onProgress = (text: string) => {
    progress.push(text);
  };
  return readFrom(client(onWait), "test", { keep: (resource) => resource, onProgress, ...options });
}

test("what is kept of it is previewed: the record of a DNS zone group, and the same changed by hand", async () => {
  await start();
  const preview = async () => previewOf(await read({ keep: kept }));
  const before = await preview();
  const login = { virtualNetwork: "hub", host: "images.azurecr.io" };
  expect(before.answers).toContainEqual(expect.objectContaining({ ...login, reachable: true, reason: null }));

  azure.put(id(`${ZONE}/A/images`), { properties: { ttl: 10, aRecords: [{ ipv4Address: "10.0.0.200" }] } });

  const { parts, answers, findings } = compare(before, await preview());
  expect(answers).toMatchObject([{ ...login, after: { answer: { reachable: false } } }]);
  expect(parts).toMatchObject([{ kind: "record set", after: "10.0.0.200" }]);
  expect(findings.new.map(({ code }) => code)).toContain("unknown-address");
});

const idsOf = ({ resources }: Pick<AzureRead, "resources">) => resources.map((one) => String(one.id));
const refusal = (code: string, status = 403): ArmAnswer => ({
  status,
  body: new ArmError(status, code, "Not for you.").body,
});
/** Answers requests to paths that match, instead of the emulated Azure. */
const answering = (pattern: RegExp, answer: (request: ArmRequest) => ArmAnswer | undefined): EmulatorOptions => ({
  intercept: (request) => (pattern.test(request.path) ? answer(request) : undefined),
});
/** What was not read of the subscriptions that were. */
const notRead = (result: AzureRead) => result.notRead.filter(({ what }) => what !== OTHERS);
const why = (result: AzureRead) => notRead(result).map((one) => `${one.what}: ${one.why}`);
const OTHERS = "networks, private DNS zones and private endpoints of other subscriptions";

test("everything that the networks of all subscriptions have is read, once and in the order of the IDs", async () => {
  await start();
  const result = await read();
  const all = azure.resources.filter(({ type }) => !INSIDE.test(type)).map(({ id }) => id);
  expect(all.length).toBeGreaterThan(WRITTEN.length);
  // Those of a hub that nobody has written.
  const found = idsOf(result).filter((one) => !/\/(default|none)RouteTable$/.test(one));
  expect(found.map((one) => one.toLowerCase())).toEqual(all.map((one) => one.toLowerCase()).sort());
  expect(result).toMatchObject({ version: 1, readAs: "test", subscriptions: [EMPTY, A, B], notRead: [] });
  expect(result.readAt).toMatch(/^\d{4}-\d\d-\d\dT/);
  expect(progress).toContain("Reading subscription 2 of 3: private endpoints");
  expect(progress).toContain("Reading subscription 2 of 3: DNS zone groups of 2 of 2 private endpoints");
  const again = await read();
  expect(again.resources).toEqual(result.resources);
});

test("what is not kept of a resource is nowhere in the result, and what is not kept at all is still led from", async () => {
  await start();
  const result = await read({
    keep: ({ id, type }) => (String(type).endsWith("/vaults") ? { id, own: true } : undefined),
  });
  expect(result.resources).toEqual([{ id: VAULT, own: true }]);
});

test("a subscription that is given is read alone, and with it what its endpoints connect to elsewhere", async () => {
  await start();
  const result = await read({ subscriptions: [A.toUpperCase(), A] });
  expect(result.subscriptions).toEqual([A]);
  expect(idsOf(result).filter((one) => one.includes(B))).toEqual([REGISTRY, VAULT]);
  expect(progress).toContain("Reading what private endpoints connect to: 2 of 2");
  expect(result.notRead).toEqual([{ what: OTHERS, why: "--subscription leaves them out." }]);
  expect((await read({ subscriptions: [EMPTY, A, B] })).notRead).toEqual([]);
});

test("registries are read with a preview of the API, and where a cloud refuses it, without", async () => {
  const versions: string[] = [];
  await start(
    answering(/\/registries$/i, ({ query }) => {
      const version = query.get("api-version")!;
      versions.push(version);
      return version.includes("preview") ? refusal("NoRegisteredProviderFound", 400) : undefined;
    }),
  );
  expect(idsOf(await read({ subscriptions: [B] }))).toContain(REGISTRY);
  expect(versions).toEqual([expect.stringMatching(/-preview$/), expect.stringMatching(/^\d{4}-\d\d-\d\d$/)]);
});

describe("a list", () => {
  const NETWORKS = new RegExp(`^/subscriptions/${A}/providers/Microsoft.Network/virtualNetworks$`, "i");
  const networksOf = (result: AzureRead) => idsOf(result).filter((one) => /virtualNetworks\/[^/]+$/.test(one));
  const item = (name: string) => ({ id: id(`Microsoft.Network/virtualNetworks/${name}`), name, properties: {} });

  test("of several pages is read to its end", async () => {
    await start(
      answering(NETWORKS, ({ path, query }) => {
        const page = Number(query.get("$skipToken") ?? 0);
        const nextLink = `${azure.endpoint}${path}?api-version=2024-05-01&$skipToken=${page + 1}`;
        return { status: 200, body: { value: [item(`n${page}`)], ...(page < 3 && { nextLink }) } };
      }),
    );
    const result = await read({ subscriptions: [A] });
    expect(networksOf(result)).toEqual([0, 1, 2, 3].map((page) => id(`Microsoft.Network/virtualNetworks/n${page}`)));
    expect(result.resources.find(({ name }) => name === "n0")).toMatchObject({
      type: "Microsoft.Network/virtualNetworks",
    });
  });

  test.each<[name: string, body: Json, found: string[], message: RegExp]>([
    [
      "that goes on at another address",
      { value: [item("n")], nextLink: "https://elsewhere.example/n" },
      ["n"],
      /ForeignPage: .*elsewhere/,
    ],
    ["that is none", { html: "a page of a proxy" }, [], /NoList/],
  ])("%s is not complete", async (_, body, found, message) => {
    await start(answering(NETWORKS, () => ({ status: 200, body })));
    const result = await read({ subscriptions: [A] });
    expect(networksOf(result)).toEqual(found.map((name) => item(name).id));
    expect(why(result)).toEqual([expect.stringMatching(message)]);
  });

  test("that may not be read is named with Azure's words, and so is that of a part", async () => {
    await start(
      answering(/providers\/Microsoft.Network\/virtualNetworks$|privatelink.azurecr.io\/virtualNetworkLinks$/i, () =>
        refusal("AuthorizationFailed"),
      ),
    );
    const result = await read({ subscriptions: [A] });
    expect(why(result)).toEqual([
      `Microsoft.Network/virtualNetworks in the subscription ${A}: AuthorizationFailed: Not for you.`,
      `the links of ${id(ZONE)}: AuthorizationFailed: Not for you.`,
    ]);
    expect(idsOf(result)).toContain(`${id(ZONE)}/A/images`);
  });

  test.each([
    [409, "MissingSubscriptionRegistration"],
    [400, "NoRegisteredProviderFound"],
    [404, "InvalidResourceType"],
  ])("of a type that is not used there has nothing (%s %s)", async (status, code) => {
    await start(answering(NETWORKS, () => refusal(code, status)));
    const result = await read({ subscriptions: [A] });
    expect([networksOf(result), notRead(result)]).toEqual([[], []]);
  });
});

test("requests that are throttled are sent again as often as it takes, and long waits are told", async () => {
  const left = new Map<string, number>();
  await start({
    intercept: ({ path }) => {
      if (!/\/(virtualNetworks|ALL)$/i.test(path)) return undefined;
      const times = left.get(path) ?? 6;
      left.set(path, times - 1);
      if (times <= 0) return undefined;
      return { ...refusal("TooManyRequests", 429), headers: { "retry-after-ms": "1", "Retry-After": "17" } };
    },
  });
  const waits: number[] = [];
  const result = await read({ subscriptions: [A] }, (seconds) => waits.push(seconds));
  expect(notRead(result)).toEqual([]);
  expect(idsOf(result)).toEqual(expect.arrayContaining([id(NETWORK), `${id(ZONE)}/A/images`]));
  expect(waits).toEqual(Array(12).fill(17));
});

describe("what endpoints connect to", () => {
  const vaults = (number: number) =>
    Array.from({ length: number }, (_, i) => idIn(B, `Microsoft.KeyVault/vaults/v${String(i).padStart(2, "0")}`));
  const withVaults = (number: number): typeof WRITTEN => [
    ...WRITTEN.slice(0, 4),
    [VAULT, { tenantId: A, sku: { family: "A", name: "standard" }, accessPolicies: [] }],
    ...vaults(number).flatMap((vault): (typeof WRITTEN)[number][] => [
      [vault, { tenantId: A, sku: { family: "A", name: "standard" }, accessPolicies: [] }],
      [
        `Microsoft.Network/privateEndpoints/${vault.split("/").at(-1)!}`,
        { subnet: ref(SUBNET), privateLinkServiceConnections: connection(vault, "vault") },
      ],
    ]),
  ];
  const asked = () => azure.requests.filter(({ path }) => /\/vaults(\/|$)/i.test(path)).length;

  test("is read one by one, and of more than twenty of a type by its list, without those that are not connected", async () => {
    await start({}, withVaults(20));
    const few = await read({ subscriptions: [A] });
    expect([idsOf(few).filter((one) => one.includes("vaults")), asked()]).toEqual([vaults(20), 20]);
    await azure.close();
    await start({}, withVaults(21));
    const many = await read({ subscriptions: [A] });
    expect([idsOf(many).filter((one) => one.includes("vaults")), asked()]).toEqual([vaults(21), 1]);
  });

  test.each<[status: number, code: string, notRead: boolean]>([
    [403, "AuthorizationFailed", true],
    [404, "SubscriptionNotFound", true],
    [404, "ResourceNotFound", false],
  ])("and is not returned (%s %s)", async (status, code, isNotRead) => {
    await start(answering(/\/vaults\/secrets$/i, () => refusal(code, status)));
    const result = await read({ subscriptions: [A] });
    expect(why(result)).toEqual(isNotRead ? [`${VAULT}: ${code}: Not for you.`] : []);
  });
});

describe("subscriptions", () => {
  const failing = async (options: Partial<ReadOptions> = {}): Promise<Error> =>
    read(options).then(
      () => new Error("no failure"),
      (error: unknown) => error as Error,
    );

  test("of which one is given and not there are an error", async () => {
    await start(answering(new RegExp(`^/subscriptions/${B}$`), () => refusal("SubscriptionNotFound", 404)));
    const error = await failing({ subscriptions: [A, B] });
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toMatch(new RegExp(`subscription ${B}: SubscriptionNotFound: Not for you\\. Check the ID`));
  });

  test("that are given by another thing than an ID are wrong options", async () => {
    await start();
    const error = await failing({ subscriptions: ["Production"] });
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(/^--subscription: found Production, allowed: .*az account list/);
  });

  test("of which none is visible are an error", async () => {
    await start(answering(/^\/subscriptions$/, () => ({ status: 200, body: { value: [] } })));
    expect((await failing()).message).toMatch(/^The login sees no subscription\. Ask for the role Reader/);
  });

  test("of which none may be read are an error, and one of several is named", async () => {
    await start(answering(/\/providers$/, () => refusal("AuthorizationFailed")));
    expect((await failing()).message).toBe(
      `Azure did not return the subscription ${EMPTY}: AuthorizationFailed: Not for you.`,
    );
    await azure.close();
    await start(answering(new RegExp(`${EMPTY}/providers$`), () => refusal("AuthorizationFailed")));
    const result = await read();
    expect(result.notRead).toEqual([{ what: `the subscription ${EMPTY}`, why: "AuthorizationFailed: Not for you." }]);
    expect(idsOf(result)).toContain(id(NETWORK));
  });
});

test("a sign-in that can't be tried is an error before any request", async () => {
  await start();
  const env = { ...azure.environment("azure.pem", A), ARM_ENVIRONMENT: "nowhere", ARM_RESOURCE_MANAGER_ENDPOINT: "" };
  const failed = readAzure({ env, keep: () => undefined, onProgress: (text) => progress.push(text) });
  await expect(failed).rejects.toThrow(/^ARM_ENVIRONMENT: found nowhere, allowed: /);
  expect([progress, azure.requests]).toEqual([[], []]);
});

test("the Azure SDK is loaded by those who read from Azure alone", async () => {
  await start();
  const load = (name: string) => () => {
    jest.isolateModules(() => {
      for (const sdk of ["@azure/identity", "@azure/core-rest-pipeline"])
        jest.doMock(sdk, () => {
          throw new Error(`loaded ${sdk}`);
        });
      jest.requireActual(name);
    });
  };
  for (const name of ["../lib/command", "../lib/azure", "../index"]) expect(load(name)).not.toThrow();
  expect(load("../lib/azure/sign-in")).toThrow(/^loaded @azure/);
});

describe("of many networks, each with a zone and an endpoint of its own,", () => {
  /** With a zone and the like in a group of each network. */
  const spoke = (n: number): typeof WRITTEN => {
    const group = `/subscriptions/${A}/resourceGroups/rg-${n}`;
    const path = (type: string, name: string) => `${group}/providers/Microsoft.${type}/${name}`;
    const [network, zone] = [
      path("Network/virtualNetworks", "spoke"),
      path("Network/privateDnsZones", "privatelink.vaultcore.azure.net"),
    ];
    const [vault, endpoint] = [path("KeyVault/vaults", `vault-${n}`), path("Network/privateEndpoints", "vault")];
    return [
      [group],
      [network, { addressSpace: { addressPrefixes: ["10.0.0.0/16"] }, subnets: [subnet("a", 0)] }],
      [vault, { tenantId: A, sku: { family: "A", name: "standard" }, accessPolicies: [] }],
      [zone, {}, { location: "global" }],
      [`${zone}/virtualNetworkLinks/link`, { virtualNetwork: { id: network } }, { location: "global" }],
      [endpoint, { subnet: { id: `${network}/subnets/a` }, privateLinkServiceConnections: connection(vault, "vault") }],
      [
        `${endpoint}/privateDnsZoneGroups/default`,
        { privateDnsZoneConfigs: [{ name: "z", properties: { privateDnsZoneId: zone } }] },
      ],
    ];
  };
  const SPOKES = Array.from({ length: 45 }, (_, n) => spoke(n)).flat();
  /** IDs of what was read, without the records that each zone has, and that nobody asks Resource Graph for. */
  const found = (result: AzureRead) => idsOf(result).filter((one) => !one.endsWith("/SOA/@"));
  const requests = (pattern: RegExp) => azure.requests.filter(({ path }) => pattern.test(path)).length;
  const PARTS_OF_ZONES = /privateDnsZones\/[^/]+\/(ALL|virtualNetworkLinks)$/i;

  test("each takes one request, so that a thousand stay within the limits of Azure Resource Manager for a minute", async () => {
    await start({}, SPOKES);
    const result = await read({ subscriptions: [A] });
    expect(notRead(result)).toEqual([]);
    const all = azure.resources.filter(({ type }) => !INSIDE.test(type) && !type.endsWith("/SOA"));
    expect(found(result).map((one) => one.toLowerCase())).toEqual(all.map(({ id }) => id.toLowerCase()).sort());
    expect(result.resources.find(({ type }) => type === "Microsoft.Network/privateDnsZones/A")).toMatchObject({
      properties: { aRecords: [{ ipv4Address: "10.0.0.4" }] },
    });
    expect([requests(/ResourceGraph/), requests(PARTS_OF_ZONES)]).toEqual([2, 0]);
    expect(requests(/privateDnsZoneGroups$/)).toBe(45);
    // Beside those, a request for each type and part, and a few pages.
    expect(azure.requests.length - 45).toBeLessThan(50);
  });

  test("those whose zone has other records are read from the zone, and all where Resource Graph is not for the login", async () => {
    await start({}, SPOKES);
    const own = spoke(7)[3]![0];
    azure.put(`${own}/TXT/other`, { properties: { ttl: 10, txtRecords: [{ value: ["x"] }] } });
    const result = await read({ subscriptions: [A] });
    expect(requests(PARTS_OF_ZONES)).toBe(2);
    expect(idsOf(result)).toEqual(expect.arrayContaining([`${own}/TXT/other`, `${own}/SOA/@`, `${own}/A/vault-7`]));
    await azure.close();
    await start(
      answering(/ResourceGraph/, () => refusal("AuthorizationFailed")),
      SPOKES,
    );
    const directly = await read({ subscriptions: [A] });
    expect([requests(PARTS_OF_ZONES), notRead(directly)]).toEqual([90, []]);
    const ofZones = (all: AzureRead) =>
      found(all).filter((one) => one.includes("privateDnsZones/") && !one.includes("/TXT/"));
    expect(ofZones(directly)).toEqual(ofZones(result));
  });
});

describe("the parts of many zones", () => {
  const zone = (name: string, records: number, links: number) => ({
    id: id(`Microsoft.Network/privateDnsZones/${name}`),
    properties: { numberOfRecordSets: records, numberOfVirtualNetworkLinks: links },
  });
  const rowOf = (zoneName: string, type: string, name: string, properties: Json): Json => ({
    id: id(`Microsoft.Network/privateDnsZones/${zoneName}/${type}/${name}`).toLowerCase(),
    name,
    type: `microsoft.network/privatednszones/${type.toLowerCase()}`,
    properties,
  });
  const link = (zoneName: string) =>
    rowOf(zoneName, "virtualNetworkLinks", "l", { virtualNetwork: { id: id(NETWORK) } });
  const a = (zoneName: string, name = "a") =>
    rowOf(zoneName, "A", name, { ttl: 10, records: [{ ipv4Address: "10.0.0.4" }] });

  /** Answers with a row a page. */
  const graph = (rows: readonly Json[], change: (answer: ArmAnswer) => ArmAnswer = (answer) => answer) => ({
    post: (_: string, __: string, { query, options }: Json) => {
      const isLinks = String(query).startsWith("resources ");
      const found = rows.filter(({ type }) => String(type).endsWith("links") === isLinks);
      const from = Number((options as Json).$skipToken ?? 0);
      const more = from + 1 < found.length && { $skipToken: String(from + 1) };
      const body = { data: found.slice(from, from + 1), totalRecords: found.length, ...more };
      return Promise.resolve(change({ status: 200, body }) as { status: number; body: Json });
    },
  });
  const partsOf = (rows: readonly Json[], zones: readonly Json[], change?: (answer: ArmAnswer) => ArmAnswer) =>
    partsFromGraph(graph(rows, change) as unknown as ResourceManager, A, zones);

  test("come from Resource Graph with the ids of Resource Manager", async () => {
    const cname = rowOf("z1", "CNAME", "c", { record: { cname: "x.example" } });
    const { parts, others } = await partsOf(
      [link("z1"), a("z1"), cname, a("z2")],
      [zone("Z1", 3, 1), zone("z2", 2, 0)],
    );
    const partId = (path: string) => id(`Microsoft.Network/privateDnsZones/${path}`);
    expect(others).toEqual([]);
    expect(parts.map(({ id, type }) => [id, type])).toEqual([
      [partId("Z1/virtualNetworkLinks/l"), "Microsoft.Network/privateDnsZones/virtualNetworkLinks"],
      [partId("Z1/A/a"), "Microsoft.Network/privateDnsZones/A"],
      [partId("Z1/CNAME/c"), "Microsoft.Network/privateDnsZones/CNAME"],
      [partId("z2/A/a"), "Microsoft.Network/privateDnsZones/A"],
    ]);
    expect(parts[1]!.properties).toEqual({ ttl: 10, records: [{ ipv4Address: "10.0.0.4" }] });
    expect(parts[2]!.properties).toEqual({ record: { cname: "x.example" } });
  });

  test.each<[name: string, rows: readonly Json[], records: number, links: number]>([
    ["a link that it does not know yet", [a("z")], 2, 1],
    ["a record set that it does not know yet, or of another type", [link("z"), a("z")], 3, 1],
    ["a record set that is deleted", [link("z"), a("z"), a("z", "b")], 2, 1],
    ["a record set in a form that is not known", [rowOf("z", "A", "a", { values: [] })], 2, 0],
  ])("of a zone with %s are read from the zone", async (_, rows, records, links) => {
    const [one, other] = [zone("z", records, links), zone("other", 2, 1)];
    const { parts, others } = await partsOf([...rows, a("other"), link("other")], [one, other]);
    expect(others).toEqual([one]);
    expect(parts).toHaveLength(2);
  });

  test.each<[name: string, change: (answer: ArmAnswer) => ArmAnswer]>([
    ["refuses", () => refusal("AuthorizationFailed")],
    ["says less than it has", ({ status, body }) => ({ status, body: { ...(body as Json), totalRecords: 9 } })],
  ])("are read from the zones if it %s", async (_, change) => {
    const zones = [zone("z", 2, 0)];
    expect(await partsOf([a("z")], zones, change)).toEqual({ parts: [], others: zones });
  });
});
