import { AzureEmulator } from "../../packages/azure-emulator";
import { execFile } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { SUBSCRIPTION } from "../../src/rehearse/existing";
import { testWalk } from "../support/engine";
import { testUnless, which } from "../support/skips";
import { blocksOf, copyOfProject, walk } from "../support/walk";

const BLOCKS = blocksOf("existing.md");

test("the page has the walk: what others own, the settings, a spoke, a replica, an import, and records of others", () => {
  const commands = BLOCKS.join("");
  for (const part of [
    "adopt",
    "preview",
    "deploy",
    "plan",
    "state rm",
    "existing.import",
    'dns: "external"',
    "dns-records",
  ])
    expect(commands).toContain(part);
});

/** What examples/landing-zone creates, in the form of Azure's API. */
function landingZone(azure: AzureEmulator) {
  const id = (letter: string, group: string) =>
    `/subscriptions/00000000-0000-0000-0000-00000000000${letter}/resourceGroups/${group}`;
  const network = (letter: string, group: string, name: string, location: string, range: string, subnets: string[]) => {
    const its = `${id(letter, group)}/providers/Microsoft.Network/virtualNetworks/${name}`;
    azure.put(id(letter, group), { location });
    azure.put(its, { location, properties: { addressSpace: { addressPrefixes: [`${range}.0.0/16`] } } });
    for (const [i, subnet] of subnets.entries())
      azure.put(`${its}/subnets/${subnet}`, {
        properties: { addressPrefix: `${range}.${i + 1}.0/${i === 0 ? 27 : 24}` },
      });
    return its;
  };
  const [HUB, PAYMENTS, SHOP] = [
    network("c", "connectivity", "hub-westeurope", "westeurope", "10.100", ["private-endpoints", "shared-services"]),
    network("a", "payments-network", "payments", "westeurope", "10.101", ["endpoints", "workloads"]),
    network("b", "shop-network", "shop", "northeurope", "10.102", ["endpoints", "workloads"]),
  ];
  for (const spoke of [PAYMENTS, SHOP])
    for (const [from, to] of [
      [HUB, spoke],
      [spoke, HUB],
    ] as const)
      azure.put(`${from}/virtualNetworkPeerings/to-${to.split("/").at(-1)!}`, {
        properties: { remoteVirtualNetwork: { id: to } },
      });
  const REGISTRY = `${id("d", "platform")}/providers/Microsoft.ContainerRegistry/registries/contosoimages`;
  azure.put(id("d", "platform"), { location: "westeurope" });
  azure.put(REGISTRY, {
    location: "westeurope",
    sku: { name: "Premium" },
    properties: { publicNetworkAccess: "Disabled" },
  });
  azure.put(`${REGISTRY}/replications/northeurope`, { location: "northeurope" });
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
    expect(stdout).toMatch(/The registry contosoimages is imported into the state/);
    expect(stderr).toContain("is in: eastus, northeurope, westeurope; the settings say: northeurope, westeurope");
    const records = JSON.parse(readFileSync(join(folder, "records.json"), "utf8")) as { records: unknown[] };
    expect(records.records).toHaveLength(9);
    expect(readFileSync(join(folder, "records.csv"), "utf8").trim().split("\r\n")).toHaveLength(10);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
