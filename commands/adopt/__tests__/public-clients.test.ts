import type { TokenCredential } from "@azure/identity";
import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createColors } from "picocolors";
import { AzureEmulator, type EmulatorOptions } from "../../../packages/azure-emulator";
import { ResourceManager } from "../../../packages/common/azure-client";
import { previewOf } from "../../../packages/private-link-preview";
import { azureOfOthers, networkId, registryId } from "../../../__tests__/existing/azure-of-others";
import { PROJECT, runIn } from "../../../__tests__/support/programs";
import { schemaErrors } from "../../../__tests__/support/schemas";
import { publicClients, type PublicClients } from "../public-clients";
import { publicClientsText } from "../public-clients-text";
import { readSignIns, type SignIns } from "../sign-ins";

const REGISTRY = registryId("images");
const [GROUP = ""] = REGISTRY.split("/providers/");
const WORKSPACE = `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs`;
const LOGIN = "ContainerRegistryLoginEvents";
const REPOSITORY = "ContainerRegistryRepositoryEvents";

const credential: TokenCredential = {
  getToken: () => Promise.resolve({ token: "any", expiresOnTimestamp: Date.now() + 3_600_000 }),
};

let azure: AzureEmulator;
afterEach(() => azure.close());

/** The query that Log Analytics got last. */
let asked: { path: string; query: string; timespan: string } | undefined;

/** Starts an emulated Azure whose Log Analytics returns these rows, or another answer. */
async function start(rows: readonly (readonly unknown[])[], refusal?: { status: number; body: object }): Promise<void> {
  asked = undefined;
  const intercept: EmulatorOptions["intercept"] = ({ method, path, body }) => {
    if (method !== "POST" || !path.endsWith("/query")) return undefined;
    asked = { path, ...(body as { query: string; timespan: string }) };
    const columns = ["CallerIpAddress", "Identity", "SignIns", "Pulls", "Last"].map((name) => ({
      name,
      type: "string",
    }));
    return refusal ?? { status: 200, body: { tables: [{ name: "PrimaryResult", columns, rows }] } };
  };
  azure = await AzureEmulator.start({ intercept, anyType: true });
  azureOfOthers(azure).registry(REGISTRY, { publicNetworkAccess: "Enabled" });
  azure.put(WORKSPACE, { location: "uksouth", properties: {} });
}

const sends = (name: string, logs: readonly object[]) => {
  azure.put(`${REGISTRY}/providers/Microsoft.Insights/diagnosticSettings/${name}`, {
    properties: { workspaceId: WORKSPACE, logs },
  });
};
const log = (category: string, enabled = true) => ({ category, enabled });

function read(days = 7): Promise<SignIns> {
  const { endpoint, certificate: ca } = azure;
  const resourceManager = { endpoint, scope: endpoint, authority: endpoint };
  return readSignIns(new ResourceManager(credential, { resourceManager, ca }), REGISTRY, days);
}

describe("the sign-in events of a registry", () => {
  test("say who came from which address, and which addresses are private", async () => {
    await start([
      ["203.0.113.7", "build-agent", 3, 41, "2026-11-28T10:11:12.345Z"],
      ["10.1.2.4", "00000000-0000-0000-0000-000000000009", 1, 2, "2026-11-27T00:00:00Z"],
      ["fd40:1:2::4", "", 0, 1, "2026-11-26T00:00:00Z"],
    ]);
    sends("to-logs", [log(LOGIN), log(REPOSITORY)]);
    expect(await read()).toEqual({
      known: true,
      workspace: WORKSPACE,
      days: 7,
      more: false,
      callers: [
        {
          address: "203.0.113.7",
          identity: "build-agent",
          isPrivate: false,
          signIns: 3,
          pulls: 41,
          last: "2026-11-28T10:11:12.345Z",
        },
        expect.objectContaining({ address: "10.1.2.4", isPrivate: true }),
        expect.objectContaining({ address: "fd40:1:2::4", identity: "", isPrivate: true }),
      ],
    });
    expect(asked).toMatchObject({ path: `${WORKSPACE}/query`, timespan: "P7D" });
    expect(asked!.query).toContain(`_ResourceId =~ "${REGISTRY}"`);
    for (const table of [LOGIN, REPOSITORY]) expect(asked!.query).toContain(table);
  });

  test.each<[name: string, logs: object[]]>([
    ["no setting", []],
    ["other events", [log(REPOSITORY)]],
    ["events that are turned off", [log(LOGIN, false)]],
  ])("that are not sent (%s): how to turn them on, and nothing is asked", async (_, logs) => {
    await start([]);
    if (logs.length > 0) sends("to-logs", logs);
    expect([await read(), asked]).toEqual([
      {
        known: false,
        why: "The registry sends no sign-in events to Log Analytics.",
        advice: expect.stringMatching(/wait some days.*set registry\.diagnostics to true/) as string,
        command: `az monitor diagnostic-settings create --name sign-ins --resource ${REGISTRY} --workspace WORKSPACE_ID --logs '[{"category":"${LOGIN}","enabled":true},{"category":"${REPOSITORY}","enabled":true}]'`,
      },
      undefined,
    ]);
  });

  test("of all categories together are read too", async () => {
    await start([]);
    sends("to-logs", [{ categoryGroup: "allLogs", enabled: true }]);
    expect(await read()).toMatchObject({ known: true, callers: [] });
  });

  test("that the login may not read: Azure's words, and the role that is enough", async () => {
    const error = { code: "InsufficientAccessError", message: "The provided credentials have insufficient access" };
    await start([], { status: 403, body: { error } });
    sends("to-logs", [log(LOGIN)]);
    expect(await read()).toEqual({
      known: false,
      why: `Azure did not return the sign-in events of the registry from ${WORKSPACE}: InsufficientAccessError: The provided credentials have insufficient access`,
      advice: "The role Log Analytics Reader on the workspace is enough to read them.",
    });
  });

  test("of more callers than are read: it is said", async () => {
    await start(Array.from({ length: 501 }, (_, i) => [`203.0.113.${i}`, "any", 1, 1, "2026-11-28T10:11:12Z"]));
    sends("to-logs", [log(LOGIN)]);
    const found = (await read()) as Extract<SignIns, { known: true }>;
    expect([found.callers.length, found.more]).toEqual([500, true]);
  });
});

const [HUB, SHOP] = [networkId("c", "hub"), networkId("b", "shop")];

/** A network with a cluster, one without anything, and a container group in no network. */
function putNetworks(): void {
  const put = azureOfOthers(azure);
  put.network(HUB, "10.0.0.0/16", { shared: { addressPrefix: "10.0.1.0/24" } });
  put.network(SHOP, "10.2.0.0/16", { workloads: { addressPrefix: "10.2.1.0/24" } });
  put.peerings(HUB, SHOP);
  const [group = ""] = SHOP.split("/providers/");
  const vnetSubnetID = `${SHOP}/subnets/workloads`;
  azure.put(`${group}/providers/Microsoft.ContainerService/managedClusters/aks-shop`, {
    location: "uksouth",
    properties: { agentPoolProfiles: [{ name: "default", vnetSubnetID }] },
  });
  azure.put(`${group}/providers/Microsoft.ContainerInstance/containerGroups/nightly`, {
    location: "uksouth",
    properties: {},
  });
}

const EXPECTED: Omit<PublicClients, "signIns"> = {
  networks: [
    { virtualNetwork: "hub", location: "uksouth", isCertain: true, machines: [] },
    {
      virtualNetwork: "shop",
      location: "uksouth",
      isCertain: true,
      machines: [{ kind: "Kubernetes cluster", name: "aks-shop" }],
    },
  ],
  notKnown: [],
  elsewhere: [{ kind: "Container group", name: "nightly" }],
  notRead: [],
};

const byName = ({ networks }: PublicClients) =>
  networks.toSorted((a, b) => a.virtualNetwork.localeCompare(b.virtualNetwork));

describe("who uses the public name", () => {
  const signIns: SignIns = {
    known: true,
    workspace: WORKSPACE,
    days: 14,
    more: false,
    callers: [
      { address: "10.2.1.4", identity: "kubelet", isPrivate: true, signIns: 1, pulls: 7, last: "2026-11-28T10:11:12Z" },
      { address: "203.0.113.7", identity: "", isPrivate: false, signIns: 0, pulls: 3, last: "2026-11-28T10:11:12Z" },
    ],
  };

  test("are the networks of all subscriptions, with what is in them, and what is in no network", async () => {
    await start([]);
    putNetworks();
    const found = publicClients(previewOf({ resources: azure.resources }), "IMAGES", signIns);
    expect({ ...found, networks: byName(found) }).toEqual({ ...EXPECTED, signIns });
  });

  test("is not known of a registry that was not read", async () => {
    await start([]);
    const found = publicClients(previewOf({ resources: azure.resources }), "others", signIns);
    expect(found).toMatchObject({
      networks: [],
      notRead: [expect.stringMatching(/^The registry others is in none of/)],
    });
  });

  test("is told with callers from outside first", async () => {
    await start([]);
    const text = publicClientsText({ ...EXPECTED, notKnown: ["office"], signIns }, "images", createColors(false), 100);
    expect(text).toMatch(/│ shop +│ uksouth +│ lets it in +│ Kubernetes cluster aks-shop +│/);
    expect(text).toContain("In no virtual network, as far as is known: Container group nightly.");
    expect(text).toContain("Not known, because of their DNS servers: office.");
    expect(text).toMatch(/│ 203\.0\.113\.7 │ public +│ anonymous │[^]*│ 10\.2\.1\.4 +│ private │ kubelet/);
    expect(text).toContain("1 caller came over the public name.");
  });

  test("is told with what to do where events can't be read", async () => {
    await start([]);
    const unknown: SignIns = {
      known: false,
      why: "The registry sends none.",
      advice: "Turn them on:",
      command: "az monitor",
    };
    const text = `${publicClientsText({ ...EXPECTED, signIns: unknown }, "images", createColors(false), 100)}\n`;
    expect(text).toContain("Who signed in is not known. The registry sends none.\nTurn them on:\naz monitor\n");
  });
});

describe("npm run adopt -- --public-clients", () => {
  const folder = mkdtempSync(join(tmpdir(), "public-clients-"));
  const args = (...more: string[]) => [
    "--hub",
    HUB,
    "--spokes",
    SHOP,
    "--output",
    join(folder, "adopted.json"),
    ...more,
  ];

  test("reads all networks and the events with the login of adopt, and only reads", async () => {
    await start([["203.0.113.7", "build-agent", 3, 41, "2026-11-28T10:11:12Z"]]);
    putNetworks();
    sends("to-logs", [log(LOGIN)]);
    const certificate = join(folder, "azure.pem");
    writeFileSync(certificate, azure.certificate);
    // A process of its own takes the certificate from its environment.
    const program = ["--require", "./typescript.cjs", "commands/main.ts", "adopt"];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...program, ...args("--registry", REGISTRY, "--public-clients", "--days", "3", "--json")],
      { cwd: PROJECT, env: { PATH: process.env.PATH, ...azure.environment(certificate, "any") } },
    );
    const report = JSON.parse(stdout) as { publicClients: PublicClients };
    expect(schemaErrors("adopt", report)).toEqual([]);
    expect(byName(report.publicClients)).toEqual(EXPECTED.networks);
    expect(report.publicClients).toMatchObject({
      signIns: { known: true, days: 3, callers: [{ address: "203.0.113.7", isPrivate: false }] },
    });
    const writes = azure.requests.filter(({ method, path }) => method !== "GET" && !path.includes("/oauth2/"));
    expect(writes.map(({ path }) => path)).toEqual([`${WORKSPACE}/query`]);
  });

  test.each([
    [["--public-clients"], "--public-clients: found it without --registry, allowed: both together"],
    [["--days", "3"], "--days: found it without --public-clients, allowed: both together"],
    [["--subscription", "any"], "--subscription: found it without --public-clients, allowed: both together"],
  ])("refuses %j", async (options, message) => {
    await start([]);
    expect(await runIn(PROJECT, "adopt", args(...options))).toEqual({ status: 2, stdout: "", stderr: `${message}\n` });
  });
});
