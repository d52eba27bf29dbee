import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { findEngine } from "../commands/engine/engine";
import { SUBSCRIPTION } from "../commands/rehearse/existing";
import { AzureEmulator, type PullFrom } from "../packages/azure-emulator";
import { azureOfOthers, networkId, registryId } from "./existing/azure-of-others";
import { blocksOf, copyOfProject } from "./support/walk";

const [HUB, PAYMENTS, SHOP, SEARCH] = [
  networkId("c", "hub-westeurope", "connectivity"),
  networkId("a", "payments", "payments-network"),
  networkId("b", "shop", "shop-network"),
  networkId("e", "search", "search-network"),
];
const REGISTRY = registryId("contosoimages");

/** Who pulls: machines in the networks, of which the last is in no settings, and two outside. */
const CLIENTS: Readonly<Record<string, PullFrom>> = {
  hub: { network: "hub-westeurope" },
  payments: { network: "payments" },
  shop: { network: "shop" },
  search: { network: "search" },
  "build agent": { address: "203.0.113.7" },
  stranger: { address: "198.51.100.9" },
};

/** How each client pulls. */
type Pulls = Readonly<Record<string, string>>;

const isRefused = (way: string | undefined) => way === undefined || way.startsWith("refused");

/** The networks of others, and a registry that everybody uses over its public name, with a replica. */
function putLandingZone(azure: AzureEmulator): void {
  const put = azureOfOthers(azure);
  const network = (id: string, location: string, range: string) => {
    const subnets = {
      endpoints: { addressPrefix: `${range}.1.0/27` },
      workloads: { addressPrefix: `${range}.2.0/24` },
    };
    put.network(id, `${range}.0.0/16`, subnets, { location });
  };
  network(HUB, "westeurope", "10.100");
  network(PAYMENTS, "westeurope", "10.101");
  network(SHOP, "northeurope", "10.102");
  network(SEARCH, "northeurope", "10.103");
  for (const spoke of [PAYMENTS, SHOP, SEARCH]) put.peerings(HUB, spoke);
  put.registry(REGISTRY, { publicNetworkAccess: "Enabled" }, { location: "westeurope", replicas: ["northeurope"] });
}

/** One step of the page or back, what is run for it, and who is named as somebody who stops. */
interface Step {
  readonly name: string;
  readonly commands: string;
  readonly named?: readonly string[];
}

/** The block of the page with a text, as it stands there, but without a question. */
function block(text: string): string {
  const [found, ...others] = blocksOf("going-private.md").filter((one) => one.includes(text));
  expect([text, found !== undefined, others]).toEqual([text, true, []]);
  return found!.replaceAll(/^npm run deploy -- .*$/gm, "$& --auto-approve");
}

const deploy = (file: string) => `npm run deploy -- --settings ${file} --auto-approve`;

const FORWARD: readonly Step[] = [
  { name: "1. see who uses it", commands: block("--public-clients") },
  { name: "2. connect the first network", commands: block("deploy -- --settings first.json") },
  { name: "2. connect the second network", commands: block('adopt -- --hub "$HUB" --spokes "$PAYMENTS" "$SHOP"') },
  { name: "3. take over", commands: block("imported.json\nnpm run plan") },
  { name: "4. limit", commands: block("ranges.json\nnpm run plan"), named: ["search", "stranger"] },
  { name: "5. close", commands: block("private.json\nnpm run plan"), named: ["build agent"] },
];

const BACK: readonly Step[] = [
  { name: "back from 5", commands: deploy("ranges.json") },
  { name: "back from 4", commands: deploy("imported.json") },
  { name: "back from 3", commands: block("state rm") },
  { name: "back from 2, the second network", commands: deploy("first.json") },
  { name: "back from 2, the first network", commands: "npm run destroy -- --settings first.json --auto-approve" },
];

test("every step of the page and its way back leave nobody without an answer but those who are named", async () => {
  const engine = findEngine(process.env);
  const folder = copyOfProject();
  const seen: Pulls[] = [];
  const record: { readonly name: string; readonly pulls: Pulls }[] = [];
  const now = (): Pulls =>
    Object.fromEntries(Object.entries(CLIENTS).map(([name, from]) => [name, azure.pull(REGISTRY, from) ?? "refused"]));
  // Each client pulls before each request that somebody sends to Azure.
  const azure: AzureEmulator = await AzureEmulator.start({
    anyType: true,
    requireToken: true,
    intercept: () => {
      seen.push(now());
      return undefined;
    },
  });
  try {
    putLandingZone(azure);
    writeFileSync(join(folder, "azure.pem"), azure.certificate);
    const env = {
      ...engine.env,
      ...azure.environment(join(folder, "azure.pem"), SUBSCRIPTION),
      ...{ HUB, PAYMENTS, SHOP, REGISTRY, TERRAFORM_BINARY_NAME: engine.command },
      PATH: `${dirname(process.execPath)}:${engine.env.PATH ?? ""}`,
    };
    const run = async ({ name, commands, named = [] }: Step) => {
      const before = now();
      seen.length = 0;
      const script = commands.replace(/^terraform /gm, `"${engine.command}" `);
      const child = spawn("bash", ["-euo", "pipefail", "-c", script], { cwd: folder, env });
      const output: string[] = [];
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => output.push(String(text)));
      const [status] = (await once(child, "close")) as [number];
      expect([name, status, status === 0 ? "" : output.join("").slice(-6000)]).toEqual([name, 0, ""]);
      const after = now();
      const lost = Object.keys(CLIENTS).filter(
        (client) => !isRefused(before[client]) && [...seen, after].some((pulls) => isRefused(pulls[client])),
      );
      expect([name, lost]).toEqual([name, [...named]]);
      record.push({ name, pulls: after });
      return output.join("");
    };
    for (const step of FORWARD) await run(step);
    for (const step of BACK) await run(step);
  } finally {
    writeFileSync("/tmp/record.json", JSON.stringify(record, null, 1));
    await azure.close();
    rmSync(folder, { recursive: true, force: true });
  }
}, 1_200_000);
