import { AzureEmulator } from "../../../packages/azure-emulator";
import { execFile } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { SUBSCRIPTION } from "../../rehearse/existing";
import { testWalk } from "../../../__tests__/support/engine";
import { testUnless, which } from "../../../__tests__/support/skips";
import { blocksOf, copyOfProject, walk } from "../../../__tests__/support/walk";
import { azureOfOthers, networkId, registryId } from "../../../__tests__/existing/azure-of-others";

const BLOCKS = blocksOf("existing.md");

test("the page has the walk: what others own, the settings, a spoke, a replica, an import, and records of others", () => {
  const commands = BLOCKS.join("");
  const parts = ["adopt", "preview", "deploy", "plan", "state rm", "existing.import", 'dns: "external"', "dns-records"];
  for (const part of parts) expect(commands).toContain(part);
});

/** What examples/landing-zone creates. */
function landingZone(azure: AzureEmulator) {
  const put = azureOfOthers(azure);
  const network = (id: string, location: string, range: string, [small, large]: [string, string]) => {
    const subnets = { [small]: { addressPrefix: `${range}.1.0/27` }, [large]: { addressPrefix: `${range}.2.0/24` } };
    put.network(id, `${range}.0.0/16`, subnets, { location });
  };
  const HUB = networkId("c", "hub-westeurope", "connectivity");
  const PAYMENTS = networkId("a", "payments", "payments-network");
  const SHOP = networkId("b", "shop", "shop-network");
  network(HUB, "westeurope", "10.100", ["private-endpoints", "shared-services"]);
  network(PAYMENTS, "westeurope", "10.101", ["endpoints", "workloads"]);
  network(SHOP, "northeurope", "10.102", ["endpoints", "workloads"]);
  for (const spoke of [PAYMENTS, SHOP]) put.peerings(HUB, spoke);
  const REGISTRY = registryId("contosoimages");
  put.registry(REGISTRY, { publicNetworkAccess: "Disabled" }, { location: "westeurope", replicas: ["northeurope"] });
  return { HUB, PAYMENTS, SHOP, REGISTRY };
}

testUnless(
  which("jq") === undefined ? "jq is not installed" : undefined,
  "the commands that need no engine run as they stand on the page",
  async () => {
    const azure = await AzureEmulator.start({ requireToken: true });
    const folder = copyOfProject();
    try {
      writeFileSync(join(folder, "azure.pem"), azure.certificate);
      // Those on the third spoke follow on a deployment.
      const lines = BLOCKS.join("")
        .split("\n")
        .filter((line) => /^(npm run (adopt|preview)|jq )/.test(line) && !/SEARCH|with-search|with-replica/.test(line));
      const env = {
        PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ""}`,
        ...azure.environment(join(folder, "azure.pem"), SUBSCRIPTION),
        ...landingZone(azure),
      };
      const { stdout } = await promisify(execFile)("bash", ["-euc", lines.join("\n")], { cwd: folder, env });
      const adopted = JSON.parse(readFileSync(join(folder, "adopted.json"), "utf8")) as object;
      expect(adopted).toMatchObject({
        privateRegistry: {
          registry: { location: "westeurope", replicas: ["northeurope"], existing: { registryId: env.REGISTRY } },
          hub: { endpoint: false, addressSpace: "10.100.0.0/16", existing: { virtualNetworkId: env.HUB } },
          spokes: [
            { name: "payments", existing: { endpointSubnetId: `${env.PAYMENTS}/subnets/endpoints`, peer: "existing" } },
            { name: "shop", existing: { endpointSubnetId: `${env.SHOP}/subnets/endpoints`, peer: "existing" } },
          ],
        },
      });
      expect(stdout.match(/3 networks, 9 answers: 9 reachable, 0 not\. 0 errors, 0 warnings\./g)).toHaveLength(2);
      expect(azure.requests.filter(({ method, path }) => method !== "GET" && !path.includes("/oauth2/"))).toEqual([]);
    } finally {
      await azure.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

testWalk("every command of the page runs as it stands there", async (engine) => {
  const folder = copyOfProject();
  try {
    const { stdout, stderr } = await walk("existing.md", folder, engine);
    expect(`${stdout.slice(-2000)}${stderr.slice(-4000)}`).toContain("walked to the end");
    expect(stdout.match(/No changes\. The network matches the settings\./g)).toHaveLength(3);
    expect(stdout).toMatch(/The registry contosoimages is updated in place after it is imported/);
    expect(stderr).toContain("is in: eastus, northeurope, westeurope; the settings say: northeurope, westeurope");
    const records = JSON.parse(readFileSync(join(folder, "records.json"), "utf8")) as { records: unknown[] };
    expect(records.records).toHaveLength(9);
    expect(readFileSync(join(folder, "records.csv"), "utf8").trim().split("\r\n")).toHaveLength(10);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
