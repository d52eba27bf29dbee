import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT, runIn } from "../../../__tests__/support/programs";

const FOLDER = join(__dirname, "folders", "landing-zone", "environments", "dev");

/** Most milliseconds that a rehearsal of the folder takes, most of them in waits of azurerm. */
const PATIENCE = 900_000;

/** Runs the command, with an environment as in a pipeline that deploys. */
async function rehearse(...args: string[]) {
  return runIn(PROJECT, "rehearse", ["--dir", FOLDER, ...args], { ARM_USE_OIDC: "true", ARM_CLIENT_ID: "pipeline" });
}

test(
  "a folder of somebody else is applied, previewed and destroyed, and is not touched",
  async () => {
    const before = readdirSync(FOLDER);
    const stateFile = join(mkdtempSync(join(tmpdir(), "folder-engine-test-")), "state.json");
    const options = ["--existing", join(FOLDER, "existing.json"), "--workspace", "test", "--state-json", stateFile];
    const { status, stdout, stderr } = await rehearse(...options, "--json");
    expect([status, stderr]).toEqual([0, expect.stringMatching(/resources destroyed/)]);
    const { answers, findings, keptTypes } = JSON.parse(stdout) as {
      answers: { virtualNetwork: string; host: string; addresses: string[]; reachable: boolean }[];
      findings: unknown[];
      keptTypes: string[];
    };
    expect(findings).toEqual([]);
    expect(keptTypes).toEqual(["Microsoft.KeyVault/vaults", "Microsoft.Storage/storageAccounts"]);
    // The hub is not in the configuration: its data source has it.
    for (const network of ["vnet-hub", "vnet-one"]) {
      const its = answers.filter(({ virtualNetwork }) => virtualNetwork === network);
      expect(its.map(({ host }) => host).sort()).toEqual([
        "acrtestzones.azurecr.io",
        "acrtestzones.westeurope.data.azurecr.io",
        "kv-test-zones.vault.azure.net",
        "sttestzones.blob.core.windows.net",
      ]);
      for (const { addresses, reachable } of its) {
        expect(addresses).toEqual([expect.stringMatching(/^10\.20\.1\.\d+$/)]);
        expect(reachable).toBe(true);
      }
    }
    expect(JSON.parse(readFileSync(stateFile, "utf8"))).toHaveProperty("values.root_module");
    expect(readdirSync(FOLDER)).toEqual(before);
  },
  PATIENCE,
);

test(
  "what a folder asks for and is not there is told with the JSON to put into the file",
  async () => {
    const { status, stdout, stderr } = await rehearse();
    expect([status, stdout]).toEqual([3, ""]);
    expect(stderr).toContain("data.azurerm_virtual_network.hub");
    const missing = JSON.parse(stderr.slice(stderr.lastIndexOf("\n[") + 1)) as object[];
    expect(missing).toEqual([
      {
        id: "/subscriptions/99999999-2222-3333-4444-555555555555/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-hub",
        location: "westeurope",
        properties: { addressSpace: { addressPrefixes: ["10.0.0.0/16"] } },
      },
    ]);
  },
  PATIENCE,
);
