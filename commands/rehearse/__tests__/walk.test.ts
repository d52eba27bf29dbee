import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AzureEmulator } from "../../../packages/azure-emulator";
import {
  REGIONS,
  endpointOf,
  hostsOf,
  lead,
  putNetwork,
  putRegistry,
  vmOf,
} from "../../../__tests__/support/emulated-network";
import { testUnless } from "../../../__tests__/support/skips";
import type { Deployment } from "../../verify/deployment";
import type { Verification } from "../../verify/verify";
import { missingTools } from "../../verify/__tests__/vm-fake";
import { withoutNamespaces } from "../walk/machines";
import { Walk } from "../walk/walk";

const HOST = "hello.azurecr.io";
const HOSTS = hostsOf(false);
const SPOKES = Object.fromEntries(
  ["spoke1", "spoke2"].map((spoke, i) => {
    const addresses = Object.fromEntries(HOSTS.map(({ fqdn }, j) => [fqdn, `10.1${i}.0.${4 + j}`]));
    return [spoke, { region: REGIONS[i]!, addresses }];
  }),
);
const DEPLOYMENT: Deployment = {
  ...{ cloud: "public", loginServer: HOST, hosts: HOSTS, networks: [] },
  vms: Object.entries(SPOKES).map(([spoke, { region, addresses }], i) => ({
    ...{ spoke, virtualNetwork: spoke, region, id: vmOf(spoke), mayPush: i === 0, servedBy: "azure" },
    endpointId: endpointOf(spoke),
    expected: Object.fromEntries(Object.entries(addresses).map(([host, address]) => [host, [address]])),
  })),
};

let azure: AzureEmulator;
let folder: string;

beforeEach(async () => {
  azure = await AzureEmulator.start();
  folder = mkdtempSync(join(tmpdir(), "walk-"));
  putNetwork(azure, SPOKES);
});

afterEach(async () => {
  await azure.close();
  rmSync(folder, { recursive: true });
});

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
  const walk = await Walk.start(azure, DEPLOYMENT, folder, lacking);
  expect(walk.limits.some((limit) => limit.includes("no network namespaces"))).toBe(lacking !== undefined);
  expect(await walk.push()).toMatchObject({ image: `${HOST}/sample/hello-world:v1`, region: "swedencentral" });
  const good = await walk.pull();
  expect(failing(good)).toEqual([]);
  expect(checksOf(good).filter(({ status }) => status !== "passed")).toEqual([]);
  expect(foundBy(good, "spoke2 blob")).toBe("307 to hello.switzerlandnorth.data.azurecr.io, at 10.11.0.6");
  expect(foundBy(good, "spoke1 docker run")).toMatch(/^hello from sample\/hello-world/);
  expect(foundBy(good, "from here")).toMatch(/403, as 203\.0\.113\.7/);

  // An outage of a region, public access that the state does not have, and a record with another name's address.
  putRegistry(azure, { publicNetworkAccess: "Enabled" });
  azure.beginOutage("swedencentral");
  lead(azure, "spoke2", "hello", "10.11.0.5");
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
  await expect(Walk.start(azure, { ...DEPLOYMENT, vms: [] }, folder)).rejects.toThrow('Set "testVms": true.');
});
