import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CLOUDS, registryHosts } from "../../../packages/common/azure";
import { AzureEmulator, groupOf } from "../../../packages/azure-emulator";
import { testUnless } from "../../../__tests__/support/skips";
import type { Deployment } from "../../verify/deployment";
import type { Verification } from "../../verify/verify";
import { missingTools } from "../../verify/__tests__/vm-fake";
import { withoutNamespaces } from "../walk/machines";
import { Walk } from "../walk/walk";

const GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg";
const id = (path: string) => `${GROUP}/providers/Microsoft.${path}`;
const REGISTRY = id("ContainerRegistry/registries/hello");
const HOST = "hello.azurecr.io";
const REGIONS = ["swedencentral", "switzerlandnorth"];
const HOSTS = registryHosts("hello", REGIONS, CLOUDS.public);
const ROLES = { pull: "7f951dda-4ed3-4680-a7ca-43fe172d538d", push: "8311e382-0749-4cb8-b61a-304f252e45ec" };
const SPOKES = ["spoke1", "spoke2"];
const endpointOf = (spoke: string) => id(`Network/privateEndpoints/pep-${spoke}`);
/** The zone of a spoke, which has a group of its own. */
const zoneOf = (spoke: string) =>
  `${GROUP}-${spoke}/providers/Microsoft.Network/privateDnsZones/privatelink.azurecr.io`;

let azure: AzureEmulator;
let folder: string;

beforeEach(async () => {
  azure = await AzureEmulator.start();
  folder = mkdtempSync(join(tmpdir(), "walk-"));
  azure.put(GROUP, { location: REGIONS[0] });
  putRegistry("Disabled");
  azure.put(`${REGISTRY}/replications/${REGIONS[1]!}`, { location: REGIONS[1] });
  for (const [i, spoke] of SPOKES.entries()) putSpoke(spoke, i);
});

afterEach(async () => {
  await azure.close();
  rmSync(folder, { recursive: true });
});

function putRegistry(publicNetworkAccess: string): void {
  const properties = { publicNetworkAccess, dataEndpointEnabled: true };
  azure.put(REGISTRY, { location: REGIONS[0], sku: { name: "Premium" }, properties });
}

function putSpoke(spoke: string, i: number): void {
  const location = REGIONS[i]!;
  const network = id(`Network/virtualNetworks/${spoke}`);
  const subnet = { id: `${network}/subnets/all` };
  azure.put(network, { location, properties: { addressSpace: { addressPrefixes: [`10.1${i}.0.0/24`] } } });
  azure.put(subnet.id, { properties: { addressPrefix: `10.1${i}.0.0/24` } });
  const connection = { name: "c", properties: { privateLinkServiceId: REGISTRY, groupIds: ["registry"] } };
  azure.put(endpointOf(spoke), { location, properties: { subnet, privateLinkServiceConnections: [connection] } });
  const nic = id(`Network/networkInterfaces/nic-${spoke}`);
  azure.put(nic, { location, properties: { ipConfigurations: [{ name: "ip", properties: { subnet } }] } });
  const vm = id(`Compute/virtualMachines/vm-${spoke}`);
  const networkProfile = { networkInterfaces: [{ id: nic }] };
  azure.put(vm, { location, identity: { type: "SystemAssigned" }, properties: { networkProfile } });
  const { principalId } = azure.resources.find((one) => one.id === vm)!.identity as { principalId: string };
  for (const [j, role] of [ROLES.pull, ROLES.push].entries())
    azure.put(
      `${REGISTRY}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-0000-0000-00000000000${2 * i + j}`,
      { properties: { principalId, roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${role}` } },
    );
  azure.put(groupOf(zoneOf(spoke)), { location });
  azure.put(zoneOf(spoke), { location: "global" });
  azure.put(`${zoneOf(spoke)}/virtualNetworkLinks/${spoke}`, {
    location: "global",
    properties: { virtualNetwork: { id: network } },
  });
  for (const { fqdn, record } of HOSTS) lead(spoke, record, addressOf(spoke, fqdn));
}

function addressOf(spoke: string, host: string): string {
  const { properties } = azure.resources.find((one) => one.id === endpointOf(spoke))!;
  const configs = properties.customDnsConfigs as { fqdn: string; ipAddresses: string[] }[];
  return configs.find(({ fqdn }) => fqdn === host)!.ipAddresses[0]!;
}

/** Writes a record of a spoke. */
function lead(spoke: string, record: string, address: string): void {
  azure.put(`${zoneOf(spoke)}/A/${record}`, { properties: { ttl: 10, aRecords: [{ ipv4Address: address }] } });
}

/** What is deployed, with the addresses that the endpoints have. */
function deployment(): Deployment {
  return {
    ...{ cloud: "public", loginServer: HOST, hosts: HOSTS, networks: [] },
    vms: SPOKES.map((spoke, i) => ({
      ...{ spoke, virtualNetwork: spoke, region: REGIONS[i]!, mayPush: i === 0, servedBy: "azure" },
      id: id(`Compute/virtualMachines/vm-${spoke}`),
      endpointId: endpointOf(spoke),
      expected: Object.fromEntries(HOSTS.map(({ fqdn }) => [fqdn, [addressOf(spoke, fqdn)]])),
    })),
  };
}

const checksOf = ({ spokes, checks }: Verification) => [
  ...spokes.flatMap(({ spoke, checks }) => checks.map((check) => ({ ...check, what: `${spoke} ${check.what}` }))),
  ...checks,
];
const failing = (verification: Verification) =>
  checksOf(verification).flatMap(({ what, status, found }) => (status === "failed" ? [`${what}: ${found}`] : []));
const foundBy = (verification: Verification, what: string) =>
  checksOf(verification).find((check) => check.what === what)!.found;

/** Pushes and pulls, and again with what is wrong. */
async function walks(lacking?: string): Promise<void> {
  const walk = await Walk.start(azure, deployment(), folder, lacking);
  expect(walk.limits.some((limit) => limit.includes("no network namespaces"))).toBe(lacking !== undefined);
  expect(await walk.push()).toMatchObject({ image: `${HOST}/sample/hello-world:v1`, region: "swedencentral" });
  const good = await walk.pull();
  expect(failing(good)).toEqual([]);
  expect(checksOf(good).filter(({ status }) => status !== "passed")).toEqual([]);
  expect(foundBy(good, "spoke2 blob")).toBe(
    `307 to hello.switzerlandnorth.data.azurecr.io, at ${addressOf("spoke2", HOSTS[2]!.fqdn)}`,
  );
  expect(foundBy(good, "spoke1 docker run")).toMatch(/^hello from sample\/hello-world/);
  expect(foundBy(good, "from here")).toMatch(/403, as 203\.0\.113\.7/);

  // An outage of a region, public access that the state does not have, and a record with another name's address.
  putRegistry("Enabled");
  azure.beginOutage("swedencentral");
  lead("spoke2", "hello", addressOf("spoke2", HOSTS[1]!.fqdn));
  const bad = await walk.pull();
  expect(foundBy(bad, "spoke1 blob")).toMatch(/^307 to hello\.switzerlandnorth\.data/);
  expect(failing(bad)).toEqual([
    expect.stringMatching(/^spoke2 names: hello\.azurecr\.io resolves to 10\.11\.0\.\d/) as string,
    expect.stringMatching(/^from here: answered with HTTP status 401: /) as string,
  ]);
  expect(foundBy(bad, "spoke2 TLS")).toMatch(/ is for another name /);
}

testUnless(
  missingTools() ?? withoutNamespaces(),
  "images are pushed and pulled on machines in network namespaces, and what is wrong is found",
  () => walks(),
  60_000,
);

testUnless(
  missingTools(),
  "images are pushed and pulled on loopback where there are no namespaces, and what is wrong is found",
  () => walks("not allowed here"),
  60_000,
);

test("without a test VM that may push, there is nothing to walk with", async () => {
  await expect(Walk.start(azure, { ...deployment(), vms: [] }, folder)).rejects.toThrow('Set "testVms": true.');
});
