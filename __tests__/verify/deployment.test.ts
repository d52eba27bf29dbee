import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  REGISTRY,
  change,
  fqdn,
  part,
  perSpoke,
  regional,
  resolve,
  sharedZone,
  stateOf,
} from "../../packages/private-link-preview/__tests__/terraform-fixtures";
import { readDeployment, regionOf } from "../../src/verify/deployment";

const VMS = {
  spoke1: { id: "/vm1", virtual_network: "vnet-spoke1", may_push: true },
  spoke2: { id: "/vm2", virtual_network: "vnet-spoke2", may_push: false },
};

/** Reads a deployment from a state with these outputs, as `--state FILE` does. */
function read(parts: ReturnType<typeof perSpoke>, outputs: Record<string, unknown>) {
  const state = stateOf(parts) as { values: object };
  const values = Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, { value }]));
  const file = join(mkdtempSync(join(tmpdir(), "state-")), "state.json");
  writeFileSync(file, JSON.stringify({ ...state, values: { ...state.values, outputs: values } }));
  return readDeployment("/nowhere", {}, file);
}

test("the expected addresses of each VM are those of its network in the state", async () => {
  const deployment = await read(perSpoke(), { login_server: fqdn("login"), test_vms: VMS });
  expect(deployment).toMatchObject({ cloud: "public", loginServer: fqdn("login") });
  const { answers } = resolve(perSpoke(), stateOf);
  for (const { virtualNetwork, expected } of deployment.vms) {
    const own = answers.filter((answer) => answer.virtualNetwork === virtualNetwork);
    expect(Object.keys(expected)).toHaveLength(own.length);
    for (const { host, addresses } of own) expect([host, expected[host]]).toEqual([host, addresses]);
  }
  const [one, two] = deployment.vms;
  expect([one!.mayPush, two!.mayPush]).toEqual([true, false]);
  expect(one!.expected).not.toEqual(two!.expected);
  expect(one!.endpointId).toMatch(/\/privateEndpoints\/[^/]*spoke1$/);
});

test("with one shared zone every address of the record set is expected, and no single endpoint serves a VM", async () => {
  const { vms } = await read(sharedZone(), { login_server: fqdn("login"), test_vms: VMS });
  expect(vms[0]!.expected[fqdn("login")]).toHaveLength(2);
  expect(vms[0]!.endpointId).toBeUndefined();
});

test("without regional endpoints, Azure chooses the region that serves, and no region has a login server", async () => {
  const { hosts, vms } = await read(perSpoke(), { login_server: fqdn("login"), test_vms: VMS });
  expect(hosts.map((host) => host.fqdn)).toEqual([fqdn("login"), fqdn("sweden"), fqdn("switzerland")]);
  expect(vms.map(({ servedBy }) => servedBy)).toEqual(["azure", "azure"]);
});

test("with regional endpoints, each VM has the region to which its DNS leads, and the region that it is in", async () => {
  const parts = change(
    regional({ hub: "login", spoke1: "switzerlandLogin", spoke2: "login" }),
    "azurerm_virtual_network.spoke2",
    { location: "Switzerland North" },
  );
  const deployment = await read(parts, { login_server: fqdn("login"), test_vms: VMS });
  const { hosts, vms } = deployment;
  expect(vms).toMatchObject([
    { spoke: "spoke1", region: "swedencentral", servedBy: "switzerlandnorth" },
    { spoke: "spoke2", region: "switzerlandnorth", servedBy: "azure" },
  ]);
  expect(hosts.map(({ kind, fqdn }) => [kind, fqdn])).toEqual([
    ["global", fqdn("login")],
    ["data", fqdn("sweden")],
    ["data", fqdn("switzerland")],
    ["regional", fqdn("swedenLogin")],
    ["regional", fqdn("switzerlandLogin")],
  ]);
  for (const { expected } of vms) expect(Object.keys(expected)).toEqual(hosts.map(({ fqdn }) => fqdn));
  expect(hosts.map(({ fqdn }) => regionOf(fqdn, deployment))).toEqual([
    ...[undefined, "swedencentral", "switzerlandnorth"],
    ...[undefined, undefined],
  ]);
});

test("hosts of another registry in the state are left out", async () => {
  const other = part("azurerm_container_registry.other", {
    name: "otheracr",
    location: "westeurope",
    public_network_access_enabled: false,
  });
  const { hosts } = await read([...perSpoke(), other], { login_server: fqdn("login"), test_vms: VMS });
  expect(hosts.map((host) => host.fqdn)).toEqual([fqdn("login"), fqdn("sweden"), fqdn("switzerland")]);
});

test("a state without the registry is reported", async () => {
  const parts = change(perSpoke(), REGISTRY, { name: "otheracr" });
  await expect(read(parts, { login_server: fqdn("login") })).rejects.toThrow(
    `The Terraform state has no registry with the login server ${fqdn("login")}.`,
  );
});

test("without test VMs there are none", async () => {
  expect((await read(perSpoke(), { login_server: fqdn("login") })).vms).toEqual([]);
});

test("a state without outputs means that nothing is deployed", async () => {
  await expect(read(perSpoke(), {})).rejects.toThrow(
    "Nothing is deployed: the Terraform state has no outputs. Run: npm run deploy",
  );
});

test("a folder without .terraform is reported", async () => {
  await expect(readDeployment("/nowhere", {})).rejects.toThrow(
    /^Nothing was deployed from this folder: .*\.terraform does not exist\. Run: npm run deploy$/,
  );
});
