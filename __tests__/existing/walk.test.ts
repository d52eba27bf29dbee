import { AzureEmulator } from "azure-emulator";
import { execFile, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { SUBSCRIPTION } from "../../src/rehearse/existing";
import { engineWithProviders } from "../support/engine";
import { testUnless, which } from "../support/skips";

const PROJECT = join(__dirname, "..", "..");
const PAGE = readFileSync(join(PROJECT, "docs", "existing.md"), "utf8");

/** The commands of the page, as they would be typed, block by block. */
const BLOCKS = [...PAGE.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, commands = ""]) => commands);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The blocks as one script. The emulated Azure, which has a terminal of its own, runs in the background. */
function scriptOf(port: number, engine: string): string {
  const blocks = BLOCKS.map((block) => {
    const commands = block
      .replaceAll("--port 8443", `--port ${port}`)
      .replace(/^terraform /gm, `"${engine}" `)
      .replaceAll("$(terraform ", `$("${engine}" `);
    if (!block.startsWith("npm run --silent emulator")) return commands;
    const [, options = ""] = /emulator -- (.*) > azure\.env/.exec(commands) ?? [];
    return [
      'if [ -n "${EMULATOR:-}" ]; then kill "$EMULATOR"; wait "$EMULATOR" || true; fi',
      `node packages/azure-emulator/bin.js ${options} > azure.env & EMULATOR=$!`,
      "until grep -q ARM_USE_CLI azure.env; do sleep 0.1; done",
    ].join("\n");
  });
  return ["set -euo pipefail", "trap 'kill $EMULATOR' EXIT", ...blocks, "echo walked to the end"].join("\n");
}

function project(): string {
  const folder = mkdtempSync(join(tmpdir(), "walk-"));
  const files = spawnSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: PROJECT,
    encoding: "utf8",
  });
  for (const file of files.stdout.trim().split("\n"))
    cpSync(join(PROJECT, file), join(folder, file), { recursive: true });
  symlinkSync(join(PROJECT, "node_modules"), join(folder, "node_modules"));
  return folder;
}

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
    const folder = project();
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

const found = engineWithProviders();
const walk = "lacking" in found ? test.skip : test;

walk(
  `every command of the page runs as it stands there${"lacking" in found ? ` (skipped: ${found.lacking})` : ""}`,
  async () => {
    if ("lacking" in found) return;
    const { engine } = found;
    const folder = project();
    try {
      const { stdout, stderr } = spawnSync("bash", ["-c", scriptOf(await freePort(), engine.command)], {
        cwd: folder,
        encoding: "utf8",
        env: {
          ...engine.env,
          TERRAFORM_BINARY_NAME: engine.command,
          PATH: `${dirname(process.execPath)}:${engine.env.PATH ?? ""}`,
        },
        maxBuffer: 1e8,
      });
      const said = (text: RegExp) => [...stdout.matchAll(new RegExp(text, "g"))].length;
      expect(`${stdout.slice(-2000)}${stderr.slice(-4000)}`).toContain("walked to the end");
      expect(said(/No changes\. The network matches the settings\./)).toBe(3);
      expect(said(/registry.*imported/)).toBeGreaterThan(0);
      expect(stderr).toContain("is in: eastus, northeurope, westeurope; the settings say: northeurope, westeurope");
      const records = JSON.parse(readFileSync(join(folder, "records.json"), "utf8")) as { records: unknown[] };
      expect(records.records).toHaveLength(9);
      expect(readFileSync(join(folder, "records.csv"), "utf8").trim().split("\r\n")).toHaveLength(10);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  1_200_000,
);
