import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { findEngine } from "../commands/engine/engine";
import { SUBSCRIPTION } from "../commands/rehearse/existing";
import { AzureEmulator, type PullFrom } from "../packages/azure-emulator";
import { azureOfOthers, networkId, registryId } from "./existing/azure-of-others";
import { blocksOf, copyOfProject } from "./support/walk";

const [HUB, PAYMENTS, SHOP, SEARCH, ARCHIVE] = [
  networkId("c", "hub-westeurope", "connectivity"),
  networkId("a", "payments", "payments-network"),
  networkId("b", "shop", "shop-network"),
  networkId("e", "search", "search-network"),
  networkId("f", "archive", "archive-network"),
];
const REGISTRY = registryId("contosoimages");

/** Who pulls: machines in the networks, of which the last two are in no settings, and two outside. */
const CLIENTS: Readonly<Record<string, PullFrom>> = {
  hub: { network: "hub-westeurope" },
  payments: { network: "payments" },
  shop: { network: "shop" },
  search: { network: "search" },
  archive: { network: "archive" },
  "build agent": { address: "203.0.113.7" },
  stranger: { address: "198.51.100.9" },
};

/** How each client pulls. */
type Pulls = Readonly<Record<string, string>>;

/** The first word of a way: `private`, `public` or `refused`. */
const wordOf = (way: string) => /^\w+/.exec(way)![0];

const isRefused = (way: string | undefined) => way === undefined || way.startsWith("refused");

const ZONE = `${ARCHIVE.split("/providers/")[0]!}/providers/Microsoft.Network/privateDnsZones/privatelink.azurecr.io`;

/** Links the zone of the network that has one: whether names without a record fall back to public DNS. */
function link(azure: AzureEmulator, resolutionPolicy: "Default" | "NxDomainRedirect"): void {
  azure.put(`${ZONE}/virtualNetworkLinks/archive`, {
    location: "global",
    properties: { virtualNetwork: { id: ARCHIVE }, resolutionPolicy, registrationEnabled: false },
  });
}

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
  network(ARCHIVE, "westeurope", "10.104");
  for (const spoke of [PAYMENTS, SHOP, SEARCH]) put.peerings(HUB, spoke);
  // A team with a registry of its own has a zone for it.
  azure.put(ZONE, { location: "global" });
  link(azure, "Default");
  put.registry(REGISTRY, { publicNetworkAccess: "Enabled" }, { location: "westeurope", replicas: ["northeurope"] });
}

/** One step of the page or back. */
interface Step {
  readonly name: string;
  readonly commands: string;
  /** What the commands print, among other things. */
  readonly says?: readonly (string | RegExp)[];
  /** What others do before. */
  readonly before?: (azure: AzureEmulator) => void;
  /** Who is named as somebody who stops. */
  readonly named?: readonly string[];
  /** @default 0 */
  readonly status?: number;
}

/** The block of the page with a text, as it stands there, but without a question. */
function block(text: string): string {
  const [found, ...others] = blocksOf("going-private.md").filter((one) => one.includes(text));
  expect([text, found !== undefined, others]).toEqual([text, true, []]);
  return found!.replaceAll(/^npm run deploy -- .*$/gm, "$& --auto-approve");
}

const deploy = (file: string) => `npm run deploy -- --settings ${file} --auto-approve`;

/** What the page warns of: the registry is imported and closed at once, with the endpoints of the first network. */
const AT_ONCE = `jq '.privateRegistry.registry |= (.publicAccess = false | .existing.import = true)' one.json > at-once.json`;

const FORWARD: readonly Step[] = [
  {
    name: "1. see who uses it",
    commands: block("--output one.json"),
    says: ["has no private endpoint yet"],
  },
  {
    name: "everything at once is refused",
    commands: `${AT_ONCE}\n${deploy("at-once.json")}`,
    says: [/error public-access-closes\n.*payments/],
    status: 1,
  },
  {
    name: "2. take over",
    commands: block("> as-it-is.json"),
    says: ["is updated in place after it is imported", /data_endpoint_enabled:\s+false\s+→\s+true/],
  },
  {
    name: "3. connect the first network",
    // What the page says first: the link of the other zone falls back.
    before: (azure) => {
      link(azure, "NxDomainRedirect");
    },
    commands: block("deploy -- --settings first.json"),
    says: ["first-private-endpoint"],
  },
  { name: "3. connect the second network", commands: block("> both.json") },
  {
    name: "4. limit",
    commands: block("> ranges.json"),
    says: ["public-clients-elsewhere"],
    named: ["search", "archive", "stranger"],
  },
  {
    name: "5. close",
    commands: block("> private.json"),
    says: ["public-clients-elsewhere"],
    named: ["build agent"],
  },
  {
    name: "6. check",
    commands: "npm run preview -- --azure",
    says: [
      // The networks that were named still ask for the public name.
      ...["search", "archive"].map((name) => new RegExp(`│ ${name} [^]*? no +│`)),
      ...["payments", "shop"].map((name) => new RegExp(`│ ${name} [^│]*│[^│]*│[^│]*│ yes`)),
    ],
  },
];

const without = (network: string) => `.privateRegistry.formerSubscriptions = ["${network.split("/")[2]!}"]`;

const BACK: readonly Step[] = [
  { name: "back from 5", commands: deploy("ranges.json") },
  { name: "back from 4", commands: deploy("both.json") },
  {
    name: "back from 3, the second network",
    commands: `jq '${without(SHOP)}' first.json > without-shop.json\n${deploy("without-shop.json")}`,
  },
  {
    name: "back from 3, the first network",
    commands: `jq '${without(PAYMENTS)}' as-it-is.json > without-payments.json\n${deploy("without-payments.json")}`,
  },
  { name: "back from 2", commands: block("state rm") },
];

/** Who pulls how after each step, in the order of the clients. */
const RECORD = [
  "1. see who uses it: public public public public public public public",
  "everything at once is refused: public public public public public public public",
  "2. take over: public public public public public public public",
  "3. connect the first network: private private public public public public public",
  "3. connect the second network: private private private public public public public",
  "4. limit: private private private refused refused public refused",
  "5. close: private private private refused refused refused refused",
  "6. check: private private private refused refused refused refused",
  "back from 5: private private private refused refused public refused",
  "back from 4: private private private public public public public",
  "back from 3, the second network: private private public public public public public",
  "back from 3, the first network: public public public public public public public",
  "back from 2: public public public public public public public",
];

test("every step of the page and its way back leave nobody without an answer but those who are named", async () => {
  const engine = findEngine(process.env);
  const folder = copyOfProject();
  const seen: Pulls[] = [];
  const record: string[] = [];
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
    const run = async ({ name, commands, says = [], before: prepare, named = [], status: wanted = 0 }: Step) => {
      prepare?.(azure);
      const before = now();
      seen.length = 0;
      const script = commands.replace(/^terraform /gm, `"${engine.command}" `);
      const child = spawn("bash", ["-euo", "pipefail", "-c", script], { cwd: folder, env });
      const output: string[] = [];
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => output.push(String(text)));
      const [status] = (await once(child, "close")) as [number];
      const printed = output.join("");
      expect([name, status, status === wanted ? "" : printed.slice(-6000)]).toEqual([name, wanted, ""]);
      for (const text of says) expect(printed).toMatch(text);
      const after = now();
      const lost = Object.keys(CLIENTS).filter(
        (client) => !isRefused(before[client]) && [...seen, after].some((pulls) => isRefused(pulls[client])),
      );
      expect([name, lost]).toEqual([name, [...named]]);
      record.push(`${name}: ${Object.values(after).map(wordOf).join(" ")}`);
    };
    for (const step of FORWARD) await run(step);
    for (const step of BACK) await run(step);
    expect(record).toEqual(RECORD);
  } finally {
    await azure.close();
    rmSync(folder, { recursive: true, force: true });
  }
}, 1_800_000);
