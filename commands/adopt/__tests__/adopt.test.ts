import type { TokenCredential } from "@azure/identity";
import { AzureEmulator } from "../../../packages/azure-emulator";
import { ResourceManager } from "../../../packages/common/azure-client";
import { JSON_VERSION, UsageError } from "../../../packages/common/util";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { adopt, type Adopted } from "../adopt";
import { readAzure } from "../read-azure";
import { putRecords } from "../../rehearse/existing";
import { parseSettings } from "../../../src/settings/load";
import { stackInMemory } from "../../synth/stack-in-memory";
import { PROJECT, runIn } from "../../../__tests__/support/programs";
import { schemaErrors } from "../../../__tests__/support/schemas";
import { azureOfOthers, group, networkId, registryId } from "../../../__tests__/existing/azure-of-others";

const HUB = networkId("c", "hub");
const PAYMENTS = networkId("a", "vnet-payments");
const SHOP = networkId("b", "shop");
const REGISTRY = registryId("images");
const zoneId = (letter: string, name: string) =>
  `${group(letter, name)}/providers/Microsoft.Network/privateDnsZones/privatelink.azurecr.io`;

let azure: AzureEmulator;
let put: ReturnType<typeof azureOfOthers>;
beforeEach(async () => {
  azure = await AzureEmulator.start();
  put = azureOfOthers(azure);
  put.network(HUB, "10.0.0.0/16", { shared: { addressPrefix: "10.0.1.0/24" } });
  put.network(PAYMENTS, "10.1.0.0/16", {
    workloads: { addressPrefix: "10.1.1.0/24" },
    "private-endpoints": { addressPrefix: "10.1.2.0/27" },
  });
  put.network(SHOP, "10.2.0.0/16", { only: { addressPrefix: "10.2.1.0/28" } });
  for (const spoke of [PAYMENTS, SHOP]) put.peerings(HUB, spoke);
  put.registry(REGISTRY, { publicNetworkAccess: "Disabled" }, { replicas: ["ukwest"] });
});
afterEach(() => azure.close());

function putZone(id: string, ...networks: string[]): void {
  azure.put(id.split("/providers/")[0]!, { location: "uksouth" });
  azure.put(id, {});
  for (const network of networks)
    azure.put(`${id}/virtualNetworkLinks/to-${network.split("/").at(-1)!}`, {
      properties: { virtualNetwork: { id: network } },
    });
}

/** A network interface with addresses of a subnet. */
const nicIn = (id: string, addresses: string[]) => ({
  location: "uksouth",
  properties: { ipConfigurations: addresses.map((name) => ({ name, properties: { subnet: { id } } })) },
});

async function adopted(wanted: { hubs?: string[]; spokes?: string[]; registry?: string } = {}): Promise<Adopted> {
  const credential: TokenCredential = {
    getToken: () => Promise.resolve({ token: "any", expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  const { endpoint, certificate: ca } = azure;
  const resourceManager = { endpoint, scope: endpoint, authority: endpoint };
  const found = await readAzure(
    new ResourceManager(credential, { resourceManager, ca }),
    { cloud: "public", hubs: [HUB], spokes: [PAYMENTS, SHOP], ...wanted },
    () => undefined,
  );
  return adopt(found, "public");
}

const FIRST =
  /^warning: The registry images has no private endpoint yet\..* \(images\.uksouth\.data, images\.ukwest\.data…\)/;
const allMessages = ({ findings }: Adopted) => findings.map(({ severity, message }) => `${severity}: ${message}`);
/** All but that the registry has no endpoint yet, which is so in most of these tests. */
const messages = (all: Adopted) =>
  allMessages(all).filter((message) => !message.includes("has no private endpoint yet"));
const choiceOf = ({ choices }: Adopted, setting: string) => {
  const found = choices.find((choice) => choice.setting === setting);
  return found && `${found.value}: ${found.why}`;
};

test("writes settings that use what exists, and every answer of which is right", async () => {
  const all = await adopted({ registry: REGISTRY });
  expect(messages(all)).toEqual([]);
  const spoke = (name: string, id: string, addressSpace: string, subnet: string) => {
    const existing = { virtualNetworkId: id, endpointSubnetId: `${id}/subnets/${subnet}`, peer: "existing" };
    return { name, location: "uksouth", addressSpace, existing };
  };
  expect(all.settings).toEqual({
    registry: { location: "uksouth", replicas: ["ukwest"], existing: { registryId: REGISTRY } },
    hub: { location: "uksouth", addressSpace: "10.0.0.0/16", endpoint: false, existing: { virtualNetworkId: HUB } },
    spokes: [
      spoke("payments", PAYMENTS, "10.1.0.0/16", "private-endpoints"),
      spoke("shop", SHOP, "10.2.0.0/16", "only"),
    ],
    testVms: false,
  });
  const { answers, findings } = stackInMemory(parseSettings(all.settings)).preview;
  expect(answers.filter(({ reachable }) => reachable !== true)).toEqual([]);
  expect(findings).toEqual([]);
});

test("several hubs, each with a zone of its own: a spoke is of the hub that it is peered with", async () => {
  const east = networkId("c", "vnet-hub-east");
  const cargo = networkId("b", "cargo");
  put.network(east, "10.3.0.0/16", { shared: { addressPrefix: "10.3.1.0/24" } });
  put.network(cargo, "10.4.0.0/16", { only: { addressPrefix: "10.4.1.0/24" } });
  put.peerings(east, cargo);
  const zones = [zoneId("c", "dns-hub"), zoneId("c", "dns-east")] as const;
  putZone(zones[0], HUB);
  putZone(zones[1], east);
  const all = await adopted({ hubs: [HUB, east], spokes: [PAYMENTS, cargo], registry: REGISTRY });
  expect(messages(all)).toEqual([]);
  expect(all.settings).toMatchObject({
    hubs: [
      { name: "hub", existing: { virtualNetworkId: HUB, zoneId: zones[0] } },
      { name: "east", existing: { virtualNetworkId: east, zoneId: zones[1] } },
    ],
    spokes: [
      { name: "payments", hub: "hub", existing: { peer: "existing" } },
      { name: "cargo", hub: "east", existing: { peer: "existing" } },
    ],
  });
  expect(choiceOf(all, "spokes[1].hub")).toBe("east: cargo is peered with vnet-hub-east");
  const { answers, findings } = stackInMemory(parseSettings(all.settings)).preview;
  expect(answers).toHaveLength(4 * 3);
  expect(answers.filter(({ reachable }) => reachable !== true)).toEqual([]);
  expect(findings).toEqual([]);

  const alone = await adopted({ hubs: [HUB, east], spokes: [PAYMENTS, SHOP], registry: REGISTRY });
  expect(messages(alone)).toEqual([]);
  expect(choiceOf(alone, "hubs[1].endpoint")).toBe(
    "true: no spoke is peered with the hub, so that it reaches no other endpoint",
  );

  azure.delete(`${zones[1]}/virtualNetworkLinks/to-vnet-hub-east`);
  putZone(zones[0], HUB, east);
  const shared = await adopted({ hubs: [HUB, east], spokes: [PAYMENTS, cargo], registry: REGISTRY });
  expect(messages(shared)).toContainEqual(expect.stringMatching(/^error: The zone .* is linked to vnet-hub-east/));
});

test("explains each choice", async () => {
  const all = await adopted({ registry: REGISTRY });
  const chosen = [
    "spokes[0].existing.endpointSubnetId",
    "spokes[1].existing.endpointSubnetId",
    "spokes[0].existing.peer",
  ];
  expect(chosen.map((setting) => choiceOf(all, setting))).toEqual([
    "private-endpoints: its name says so; 27 addresses are free, 3 are needed",
    "only: it has most free addresses; 11 addresses are free, 3 are needed",
    "existing: both sides of the peering with the hub are connected",
  ]);
});

test("says what the first private endpoint of the registry changes, and refuses one of others with static addresses", async () => {
  expect(allMessages(await adopted({ registry: REGISTRY }))).toEqual([expect.stringMatching(FIRST)]);
  const id = `${PAYMENTS.split("/virtualNetworks/")[0]!}/privateEndpoints/theirs`;
  const subnet = { id: `${PAYMENTS}/subnets/workloads` };
  const privateLinkServiceConnections = [
    { name: "images", properties: { privateLinkServiceId: REGISTRY, groupIds: ["registry"] } },
  ];
  const put = (members: string[]) => {
    azure.put(id, {
      location: "uksouth",
      properties: {
        subnet,
        privateLinkServiceConnections,
        ipConfigurations: members.map((memberName, i) => ({
          name: memberName,
          properties: { groupId: "registry", memberName, privateIPAddress: `10.1.1.${10 + i}` },
        })),
      },
    });
  };
  put([]);
  expect(allMessages(await adopted({ registry: REGISTRY }))).toEqual([]);
  azure.delete(id);
  put(["registry", "registry_data_uksouth", "registry_data_ukwest"]);
  expect(allMessages(await adopted({ registry: REGISTRY }))).toEqual([
    expect.stringMatching(/^error: The private endpoint .*\/theirs of the registry images has static addresses\./),
  ]);
});

test("creates a registry in the regions of the spokes where none is given", async () => {
  const all = await adopted();
  expect(all.settings.registry).toEqual({ location: "uksouth", replicas: [] });
  expect(messages(all)).toEqual([
    "warning: The registry is created: set registry.namePrefix, because registry names are unique across Azure.",
  ]);
});

test("finds no subnet that is full, delegated or kept for a service", async () => {
  put.network(PAYMENTS, "10.1.0.0/16", {
    GatewaySubnet: { addressPrefix: "10.1.5.0/24" },
    "private-endpoints": {
      addressPrefix: "10.1.2.0/27",
      delegations: [{ name: "web", properties: { serviceName: "Microsoft.Web/serverFarms" } }],
    },
    workloads: { addressPrefix: "10.1.1.0/29" },
  });
  for (const name of ["one", "two"])
    azure.put(
      `${PAYMENTS.split("/virtualNetworks/")[0]!}/networkInterfaces/${name}`,
      nicIn(`${PAYMENTS}/subnets/workloads`, ["a"]),
    );
  expect(messages(await adopted({ registry: REGISTRY }))).toEqual([
    "error: vnet-payments has no subnet for a private endpoint, which needs 3 free addresses: workloads (1 free), private-endpoints (delegated to Microsoft.Web/serverFarms), GatewaySubnet (kept for another service).",
  ]);
});

test("finds address spaces that overlap", async () => {
  azure.delete(`${HUB}/virtualNetworkPeerings/to-shop`);
  azure.delete(`${SHOP}/virtualNetworkPeerings/to-hub`);
  azure.delete(`${SHOP}/subnets/only`);
  put.network(SHOP, "10.1.128.0/17", { only: { addressPrefix: "10.1.128.0/24" } });
  expect(messages(await adopted({ registry: REGISTRY }))).toEqual([
    expect.stringMatching(
      /^error: The address spaces of vnet-payments \(10\.1\.0\.0\/16\) and shop \(10\.1\.128\.0\/17\) overlap/,
    ),
    expect.stringMatching(/^warning: shop is not peered with hub\./),
  ]);
});

test("finds a one-sided peering", async () => {
  azure.delete(`${SHOP}/virtualNetworkPeerings/to-hub`);
  const all = await adopted({ registry: REGISTRY });
  expect(messages(all)).toEqual([
    "warning: The peering of shop with hub is one-sided: shop has none, hub has Disconnected. Traffic needs both, connected.",
  ]);
  expect(choiceOf(all, "spokes[1].existing.peer")).toBe("false: there is no connected peering with the hub");
});

describe("zones that are linked already", () => {
  test("are used where they are linked to one network", async () => {
    putZone(zoneId("a", "dns"), PAYMENTS);
    putZone(zoneId("c", "dns"), HUB);
    const all = await adopted({ registry: REGISTRY });
    expect(messages(all)).toEqual([]);
    expect(all.settings).toMatchObject({
      hub: { existing: { zoneId: zoneId("c", "dns") } },
      spokes: [{ existing: { zoneId: zoneId("a", "dns") } }, { existing: { virtualNetworkId: SHOP } }],
    });
    expect(stackInMemory(parseSettings(all.settings)).preview.findings).toEqual([]);
  });

  test("are an error where a spoke shares its zone with others", async () => {
    putZone(zoneId("c", "dns"), HUB, PAYMENTS);
    expect(messages(await adopted({ registry: REGISTRY }))).toEqual([
      `error: The zone ${zoneId("c", "dns")} is linked to vnet-payments and to 1 other network, which get the same records, and Azure links no second zone of its name. Remove the link of vnet-payments first, so that it gets records of its own.`,
    ]);
  });

  test("are a warning where the hub shares its zone with a network of others", async () => {
    const other = networkId("e", "other");
    put.network(other, "10.9.0.0/16", {});
    putZone(zoneId("c", "dns"), HUB, other);
    expect(messages(await adopted({ registry: REGISTRY }))).toEqual([
      `warning: The zone ${zoneId("c", "dns")} is linked to hub and to 1 other network, which get the same records.`,
    ]);
  });

  test("and that this project has created are none of others: names and environment are as before", async () => {
    const first = await adopted({ registry: REGISTRY });
    for (const [name, id] of Object.entries({ hub: HUB, money: PAYMENTS, shop: SHOP })) {
      const zone = zoneId("a", `rg-${name}-uksouth-prod`);
      azure.put(zone.split("/providers/")[0]!, { location: "uksouth" });
      azure.put(zone, {});
      azure.put(`${zone}/virtualNetworkLinks/link-${name}-prod`, { properties: { virtualNetwork: { id } } });
    }
    // The endpoint was put into a subnet that would not be chosen now, and has taken most of its addresses.
    const subnetId = `${PAYMENTS}/subnets/workloads`;
    put.network(PAYMENTS, "10.1.0.0/16", { workloads: { addressPrefix: "10.1.1.0/29" } });
    azure.put(
      `${group("a", "vnet-payments")}/providers/Microsoft.Network/networkInterfaces/nic-money-endpoint-prod-1a2b3c`,
      nicIn(subnetId, ["a", "b", "c"]),
    );
    const again = await adopted({ registry: REGISTRY });
    expect(messages(again)).toEqual([]);
    const [payments, shop] = first.settings.spokes as { existing: object }[];
    expect(again.settings).toEqual({
      environment: "prod",
      ...first.settings,
      spokes: [
        { ...payments, name: "money", existing: { ...payments!.existing, endpointSubnetId: subnetId } },
        { ...shop, name: "shop" },
      ],
    });
  });
});

test("a spoke whose DNS servers are in the hub uses the endpoint of the hub", async () => {
  put.network(SHOP, "10.2.0.0/16", {}, { dnsServers: ["10.0.1.9"] });
  const all = await adopted({ registry: REGISTRY });
  expect(messages(all)).toEqual([]);
  expect(all.settings).toMatchObject({
    hub: { endpoint: true, existing: { endpointSubnetId: `${HUB}/subnets/shared` } },
    spokes: [{}, { dnsServers: ["10.0.1.9"] }],
  });
  expect((all.settings.spokes as object[])[1]).not.toHaveProperty("existing.endpointSubnetId");
  const { answers } = stackInMemory(parseSettings(all.settings)).preview;
  expect(answers.filter(({ reachable }) => reachable !== true)).toEqual([]);
});

test("says of a registry that it is not Premium, and that it is public", async () => {
  azure.delete(`${REGISTRY}/replications/ukwest`);
  put.registry(REGISTRY, {}, { sku: "Standard" });
  expect(messages(await adopted({ registry: REGISTRY }))).toEqual([
    "error: The registry images has the SKU Standard. Private endpoints and replicas need Premium: az acr update --name images --sku Premium",
    "warning: The registry images accepts requests over its public name. docs/going-private.md says how to see who uses it, and how to close it without breaking a pull.",
  ]);
});

const rules = (values: string[]) => ({
  defaultAction: "Deny",
  ipRules: values.map((value) => ({ action: "Allow", value })),
});

test.each<[name: string, properties: object, publicAccess: unknown]>([
  ["closed", { publicNetworkAccess: "Disabled", networkRuleSet: rules(["203.0.113.7"]) }, undefined],
  ["open", { publicNetworkAccess: "Enabled" }, true],
  [
    "open to addresses",
    { networkRuleSet: rules(["203.0.113.7", "198.51.100.0/24"]) },
    ["203.0.113.7", "198.51.100.0/24"],
  ],
  ["open to no address", { networkRuleSet: rules([]) }, undefined],
])("the settings keep the public access of a registry as it is: %s", async (_, properties, publicAccess) => {
  put.registry(REGISTRY, { ...properties });
  const all = await adopted({ registry: REGISTRY });
  expect(all.settings).toMatchObject({ registry: { existing: { registryId: REGISTRY } } });
  expect((all.settings.registry as Record<string, unknown>).publicAccess).toEqual(publicAccess);
  expect(all.findings.filter(({ severity }) => severity === "error")).toEqual([]);
});

test("the settings say of a registry that it has permissions for each repository", async () => {
  put.registry(REGISTRY, { publicNetworkAccess: "Disabled", roleAssignmentMode: "AbacRepositoryPermissions" });
  expect(await adopted({ registry: REGISTRY })).toHaveProperty("settings.registry.repositoryPermissions", []);
});

test("what Azure does not return is an error in Azure's own words", async () => {
  await expect(adopted({ spokes: [`${SHOP}x`] })).rejects.toThrow(
    /^Azure did not return .*shopx: ResourceNotFound: The Resource/,
  );
});

test("all IDs are checked before anything is read", async () => {
  const before = azure.requests.length;
  await expect(adopted({ hubs: ["hub"], spokes: [SHOP, "shop"], registry: SHOP })).rejects.toThrow(
    new UsageError(
      [
        "hub is not an ID of the form /subscriptions/ID/resourceGroups/NAME/providers/Microsoft.Network/virtualNetworks/NAME.",
        "shop is not an ID of the form /subscriptions/ID/resourceGroups/NAME/providers/Microsoft.Network/virtualNetworks/NAME.",
        `${SHOP} is not an ID of the form /subscriptions/ID/resourceGroups/NAME/providers/Microsoft.ContainerRegistry/registries/NAME.`,
      ].join("\n"),
    ),
  );
  expect(azure.requests).toHaveLength(before);
});

test("records of others are written once, and those of a region that is gone are deleted", () => {
  const record = {
    network: "shop",
    virtual_network: "shop",
    virtual_network_id: SHOP,
    zone: "privatelink.azurecr.io",
    name: "images",
    type: "A" as const,
    ttl: 10,
    addresses: ["10.2.1.4"],
    fqdn: "images.azurecr.io",
    private_endpoint: "pep",
  };
  expect(putRecords([record, { ...record, name: "images.ukwest.data" }], azure)).toHaveLength(6);
  expect(azure.resolve("shop", "images.azurecr.io")).toEqual(["10.2.1.4"]);
  expect(putRecords([record], azure)).toEqual([]);
  expect(azure.resources.filter(({ type }) => type.endsWith("/A")).map(({ name }) => name)).toEqual(["images"]);
});

describe("the command", () => {
  const folder = mkdtempSync(join(tmpdir(), "adopt-"));
  const args = (output: string) => ["--hub", HUB, "--spokes", SHOP, "--output", output];

  test("writes nothing where something is missing, which it prints as JSON", async () => {
    azure.delete(`${REGISTRY}/replications/ukwest`);
    put.registry(REGISTRY, { publicNetworkAccess: "Enabled" }, { sku: "Standard" });
    const certificate = join(folder, "azure.pem");
    writeFileSync(certificate, azure.certificate);
    // A process of its own takes the certificate from its environment.
    const program = ["--require", "./typescript.cjs", "commands/main.ts", "adopt"];
    const error = await promisify(execFile)(
      process.execPath,
      [...program, ...args(join(folder, "a.json")), "--registry", REGISTRY, "--json"],
      { cwd: PROJECT, env: { PATH: process.env.PATH, ...azure.environment(certificate, "any") } },
    ).catch((error: unknown) => error as { code: number; stdout: string });
    expect(error).toHaveProperty("code", 1);
    const report = JSON.parse(error.stdout) as { version: number; findings: { severity: string }[] };
    expect(schemaErrors("adopt", report)).toEqual([]);
    expect([report.version, report.findings.map(({ severity }) => severity)]).toEqual([
      JSON_VERSION,
      ["error", "warning", "warning"],
    ]);
    expect(existsSync(join(folder, "a.json"))).toBe(false);
  });

  test("writes nothing over", async () => {
    const mine = join(folder, "mine.json");
    writeFileSync(mine, "mine");
    expect(await runIn(PROJECT, "adopt", args(mine))).toEqual({
      status: 2,
      stdout: "",
      stderr: `--output: ${mine} exists, and nothing is written over it. Give another file.\n`,
    });
    expect(readFileSync(mine, "utf8")).toBe("mine");
  });

  test("says that nobody is signed in", async () => {
    const env = { ...azure.environment("azure.pem", "any"), ARM_CLIENT_SECRET: "", PATH: folder };
    const { status, stderr } = await runIn(PROJECT, "adopt", args(join(folder, "b.json")), env);
    expect([status, stderr]).toEqual([3, expect.stringContaining("You are not signed in to Azure.")]);
  });
});
