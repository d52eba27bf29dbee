import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  REGISTRY,
  change,
  fqdn,
  networkId,
  part,
  perSpoke,
  regional,
  resolve,
  sharedZone,
  stateOf,
  zoneLink,
} from "../../../packages/private-link-preview/__tests__/terraform-fixtures";
import { UserError } from "../../../packages/common/util";
import { readDeployment, regionOf } from "../deployment";
import { stateWith } from "./reports";

const vmId = (name: string) =>
  `/subscriptions/1-2/resourceGroups/rg-test/providers/Microsoft.Compute/virtualMachines/${name}`;
const VMS = {
  spoke1: { id: vmId("vm1"), virtual_network: "vnet-spoke1", may_push: true },
  spoke2: { id: vmId("vm2"), virtual_network: "vnet-spoke2", may_push: false },
};

/** Writes a file, and reads a deployment from it, as `--state FILE` does. */
function readText(text: string) {
  const file = join(mkdtempSync(join(tmpdir(), "state-")), "state.json");
  writeFileSync(file, text);
  return readDeployment({}, file);
}

/** Reads a deployment from a state with these outputs besides the usual ones, as `--state FILE` does. */
const read = (parts = perSpoke(), outputs: object = {}) =>
  readText(stateWith(parts, { login_server: fqdn("login"), test_vms: VMS, ...outputs }));

const failureOf = (result: Promise<unknown>) => result.then(String, (thrown: unknown) => thrown) as Promise<Error>;

test("the expected addresses of each VM are those of its network in the state", async () => {
  const deployment = await read();
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
  expect(one!.trace![fqdn("login")]).toMatch(/is linked to the zone .* holds 10\.10\.0\.4\.$/);
  expect(one!.endpointId).toMatch(/\/privateEndpoints\/[^/]*spoke1$/);
});

test("every network that resolves the registry is known by its id and ranges, those with an endpoint of their own first", async () => {
  const { networks, vms } = await read(perSpoke(), { test_vms: { spoke1: VMS.spoke1 } });
  expect(networks).toMatchObject([
    { spoke: "spoke1", virtualNetwork: "vnet-spoke1", networkId: networkId("spoke1"), addressSpace: ["10.10.0.0/16"] },
    { spoke: "vnet-spoke2", networkId: networkId("spoke2"), addressSpace: ["10.11.0.0/16"] },
    { spoke: "vnet-hub", networkId: networkId("hub"), addressSpace: ["10.12.0.0/16"] },
  ]);
  expect(networks[2]!.endpointId).toBe(networks[0]!.endpointId);
  expect(vms[0]!.expected).toEqual(networks[0]!.expected);
});

test("a network that exists without this project is known by its id, from the output existing_resources", async () => {
  const id = networkId("company");
  const properties = { addressSpace: { addressPrefixes: ["10.77.0.0/16"] } };
  const link = part("azurerm_private_dns_zone_virtual_network_link.company", {
    name: "company",
    resource_group_name: "rg-spoke1",
    private_dns_zone_name: "privatelink.azurecr.io",
    virtual_network_id: id,
  });
  const outputs = { test_vms: undefined, existing_resources: [{ id, location: "swedencentral", properties }] };
  const { networks, vms } = await read([...perSpoke(), link], outputs);
  expect(vms).toEqual([]);
  expect(networks.find(({ virtualNetwork }) => virtualNetwork === "vnet-company")).toMatchObject({
    networkId: id,
    addressSpace: ["10.77.0.0/16"],
    endpointId: networks[0]!.endpointId,
  });
});

test("a network without a private answer uses the public name where public access is on, and the others do not", async () => {
  const parts = (isPublic: boolean) =>
    change(perSpoke(), REGISTRY, { public_network_access_enabled: isPublic }).filter(
      ({ address }) => address !== zoneLink("spoke2", "spoke2"),
    );
  const open = await read(parts(true));
  expect([open.publicAccess, open.vms.map(({ publicNames }) => publicNames?.length)]).toEqual([
    "enabled",
    [undefined, open.hosts.length],
  ]);
  const closed = await read(parts(false));
  expect([closed.publicAccess, closed.vms.map(({ publicNames }) => publicNames)]).toEqual([
    "disabled",
    [undefined, undefined],
  ]);
});

test("with one shared zone every address of the record set is expected, and no single endpoint serves a VM", async () => {
  const { vms } = await read(sharedZone());
  expect(vms[0]!.expected[fqdn("login")]).toHaveLength(2);
  expect(vms[0]!.endpointId).toBeUndefined();
});

test("with regional endpoints, each VM has the region to which its DNS leads, and the region that it is in", async () => {
  const led = regional({ hub: "login", spoke1: "switzerlandLogin", spoke2: "login" });
  const parts = change(led, "azurerm_virtual_network.spoke2", { location: "Switzerland North" });
  const deployment = await read(parts);
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
  const regions = [undefined, "swedencentral", "switzerlandnorth", undefined, undefined];
  expect(hosts.map(({ fqdn }) => regionOf(fqdn, deployment))).toEqual(regions);
});

test("without regional endpoints, Azure chooses the region, and hosts of another registry are left out", async () => {
  const body = { name: "otheracr", location: "westeurope", public_network_access_enabled: false };
  const other = part("azurerm_container_registry.other", body);
  const { hosts, vms } = await read([...perSpoke(), other]);
  expect(vms.map(({ servedBy }) => servedBy)).toEqual(["azure", "azure"]);
  expect(hosts.map((host) => host.fqdn)).toEqual([fqdn("login"), fqdn("sweden"), fqdn("switzerland")]);
});

test("a state without the registry is reported", async () => {
  const parts = change(perSpoke(), REGISTRY, { name: "otheracr" });
  await expect(read(parts)).rejects.toThrow(
    new RegExp(`state\\.json has no registry with the login server ${fqdn("login")}\\.$`),
  );
});

describe("the login server, to which a VM's token is sent,", () => {
  /** A state whose registry and output both have this name, so that only the name itself is wrong. */
  const withName = (name: string, loginServer: unknown = `${name}.azurecr.io`) =>
    read(change(perSpoke(), REGISTRY, { name }), { login_server: loginServer });

  test.each([
    ["a host of someone else", "otheracr", "otheracr.azurecr.io.attacker.example"],
    ["a suffix of someone else", "otheracr", "otheracr.attacker.example"],
    ["a suffix without its dot", "otheracr", "otheracrazurecr.io"],
    ["a host before the suffix", "attacker.example/", undefined],
    ["a host and a port before the suffix", "attacker.example:443#", undefined],
    ["a domain below the suffix", "sub.otheracr", undefined],
    ["capitals", "Otheracr", undefined],
    ["a name that is too short", "acr1", undefined],
    ["a name that is too long", "a".repeat(51), undefined],
    ["no name", "", undefined],
    ["a data endpoint", "otheracr", "otheracr.swedencentral.data.azurecr.io"],
    ["something else than text", "otheracr", 5],
  ])("is refused if it is %s", async (_, name, loginServer) => {
    await expect(withName(name, loginServer)).rejects.toThrow(
      /state\.json has the login server .*, allowed: NAME\.azurecr\.io, NAME\.azurecr\.us, NAME\.azurecr\.cn, .* No request was sent to it\./,
    );
  });

  test("is accepted if it is that of a registry, and all other hosts end as it does", async () => {
    const { loginServer, cloud, hosts } = await withName("otheracr");
    expect([loginServer, cloud]).toEqual(["otheracr.azurecr.io", "public"]);
    for (const { fqdn } of hosts) expect(fqdn).toMatch(/^otheracr\.([a-z]+\.data\.)?azurecr\.io$/);
  });
});

test("a region in the state that is not a region leads to no other host", async () => {
  const parts = change(perSpoke(), REGISTRY, { georeplications: [{ location: "attacker.example/" }] });
  const { hosts } = await read(parts);
  for (const { fqdn } of hosts) expect(fqdn).toMatch(/^acmeacr\.([a-z]+\.data\.)?azurecr\.io$/);
});

test.each<[name: string, vms: unknown, at: string]>([
  ["something else than VMs", [1], "its top"],
  ["a VM without an id", { spoke1: { virtual_network: "v", may_push: true } }, "spoke1.id"],
  ["an id that is not that of a VM", { spoke1: { ...VMS.spoke1, id: "/vm1" } }, "spoke1.id"],
  ["an id that would end a command", { spoke1: { ...VMS.spoke1, id: vmId("vm1;reboot") } }, "spoke1.id"],
  ["a spoke whose name would change a terminal", { "\u001b[31mspoke": VMS.spoke1 }, "spoke"],
])("an output with %s is refused", async (_, vms, at) => {
  const { message } = await failureOf(read(perSpoke(), { test_vms: vms }));
  expect(message).toMatch(/has an output test_vms that is not of this project, at /);
  expect(message).toContain(at);
  expect(message).not.toContain("\u001b");
});

test("an endpoint whose id would lead a token to another host is left out", async () => {
  const state = stateWith(perSpoke(), { login_server: fqdn("login"), test_vms: VMS });
  const id = /"id":"[^"]*(\/privateEndpoints\/[^"]*spoke1)"/;
  const { vms } = await readText(state.replace(id, '"id":"@attacker.example$1"'));
  expect(vms[0]).not.toHaveProperty("endpointId");
  expect(vms[1]!.endpointId).toMatch(/\/privateEndpoints\/[^/]*spoke2$/);
});

test("without test VMs there are none", async () => {
  expect((await read(perSpoke(), { test_vms: undefined })).vms).toEqual([]);
});

const NO_STATE = /is JSON, but no Terraform state\. Give/;

test.each<[name: string, content: unknown, message: RegExp]>([
  [
    "a state without outputs",
    { values: {} },
    /^Nothing is deployed: .* no output login_server\. Run: npm run deploy\./,
  ],
  [
    ...(["an empty state", { format_version: "1.0" }] as const),
    /^Nothing is deployed: .* is an empty Terraform state\. Run: npm run deploy$/,
  ],
  [
    ...(["a raw state", { version: 4, lineage: "a", resources: [] }] as const),
    /state\.json is a raw state file\. Give the output of: terraform show -json/,
  ],
  ["a plan", { format_version: "1.2", planned_values: {}, values: {} }, /is a Terraform plan, .*\. Give/],
  ["a configuration", { resource: {}, terraform: {} }, /is a Terraform configuration\. Give/],
  ["JSON of something else", { a: 1 }, NO_STATE],
  ["a list", [], NO_STATE],
  ["nothing", null, NO_STATE],
  ["outputs that are none", { values: { outputs: 5 } }, /as Terraform prints it, at values\.outputs\. Give/],
  ["values that are none", { values: null }, /is not a Terraform state as Terraform prints it/],
  [
    ...(["text, as terraform show prints without -json", "# azurerm_subnet.a:\n"] as const),
    /is text for people\. Give the output of: terraform show -json/,
  ],
])("%s is told from a state", async (_, content, message) => {
  const error = await failureOf(readText(typeof content === "string" ? content : JSON.stringify(content)));
  expect(error).toBeInstanceOf(UserError);
  expect(error.message).toMatch(message);
  if (!message.source.includes("Nothing")) expect(error.message).not.toContain("npm run deploy");
});

test("a folder from which nothing was deployed is reported", async () => {
  const [before, folder] = [process.cwd(), mkdtempSync(join(tmpdir(), "nothing-"))];
  writeFileSync(join(folder, "cdktf.json"), "{}");
  process.chdir(folder);
  try {
    await expect(readDeployment({})).rejects.toThrow(
      "Nothing was deployed from this folder: there is no terraform.private-registry.tfstate. Run: npm run deploy",
    );
  } finally {
    process.chdir(before);
  }
});
