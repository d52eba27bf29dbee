import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runIn } from "../support/programs";

const record = (network: string, name: string, address: string) => ({
  network,
  virtual_network: `vnet-${network}`,
  virtual_network_id: `/subscriptions/x/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet-${network}`,
  zone: "privatelink.azurecr.io",
  name,
  type: "A",
  ttl: 10,
  addresses: [address],
  fqdn: `${name}.azurecr.io`,
  private_endpoint: `pep-${network}`,
});
const RECORDS = [record("hub", "images", "10.1.0.4"), record("shop", "images", "10.2.0.4")];

const folder = mkdtempSync(join(tmpdir(), "records-"));
function stateWith(outputs: object): string {
  const file = join(folder, "state.json");
  writeFileSync(file, JSON.stringify({ format_version: "1.0", values: { outputs, root_module: {} } }));
  return file;
}
const run = (...args: string[]) => runIn(folder, "dns-records", args);

test("the records are written as JSON with the rights it takes, and as CSV with a line for each address", async () => {
  const state = stateWith({ dns_records: { value: RECORDS } });
  const { status, stdout, stderr } = await run("--state", state, "--output", "r.json", "--output", "r.csv");
  expect([status, stdout, stderr]).toEqual([0, "", "Wrote r.json and r.csv.\n"]);
  const written = JSON.parse(readFileSync(join(folder, "r.json"), "utf8")) as Record<string, unknown>;
  expect(written).toMatchObject({
    version: 1,
    records: RECORDS,
    rights: {
      role: "Private DNS Zone Contributor",
      actions: expect.arrayContaining(["Microsoft.Network/privateDnsZones/A/write"]) as unknown,
      onNetworks: ["Microsoft.Network/virtualNetworks/join/action"],
    },
  });
  expect(readFileSync(join(folder, "r.csv"), "utf8").split("\r\n")).toEqual([
    "network,virtual_network_id,zone,name,type,ttl,address",
    `hub,${RECORDS[0]!.virtual_network_id},privatelink.azurecr.io,images,A,10,10.1.0.4`,
    `shop,${RECORDS[1]!.virtual_network_id},privatelink.azurecr.io,images,A,10,10.2.0.4`,
    "",
  ]);
});

test("without a file they are a table, with the network of each zone", async () => {
  const { status, stdout } = await run("--state", stateWith({ dns_records: { value: RECORDS } }));
  expect(status).toBe(0);
  for (const text of ["2 A record sets for others to write", "10.2.0.4", RECORDS[1]!.virtual_network_id, "join/action"])
    expect(stdout).toContain(text);
});

test.each([
  ["a state that has none", {}, [], 3, /has no output dns_records\. It has one if .* dns set to "external"\.$/],
  [
    "records without an address",
    { dns_records: { value: [{ ...RECORDS[0], addresses: [] }] } },
    [],
    3,
    /dns_records\[0\]\["addresses"\]: Too small/,
  ],
  [
    "a file of another form",
    { dns_records: { value: RECORDS } },
    ["--output", "records.txt"],
    2,
    /^--output: found records\.txt, allowed: a file that ends in \.json or \.csv$/,
  ],
])("%s is refused", async (_, outputs, args, expected, message) => {
  const { status, stdout, stderr } = await run("--state", stateWith(outputs), ...args);
  expect([status, stdout]).toEqual([expected, ""]);
  expect(stderr.trim()).toMatch(message);
});
