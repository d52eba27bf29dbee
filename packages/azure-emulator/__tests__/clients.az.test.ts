import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { AzureEmulator } from "../lib/emulator";
import { IDENTITY } from "../lib/sign-in";
import { ANY_SUBSCRIPTION } from "../lib/subscription-lists";

const folder = mkdtempSync(join(tmpdir(), "az-"));
let azure: AzureEmulator;
let proxy = "";

/** What `az` prints, as JSON. */
async function az(line: string, more: readonly string[] = []): Promise<unknown> {
  const { PATH, HOME } = process.env;
  const { stdout } = await promisify(execFile)(
    process.env.AZURE_CLI!,
    [...line.split(" "), ...more, "--output", "json"],
    {
      cwd: folder,
      env: {
        PATH,
        HOME,
        AZURE_CONFIG_DIR: join(folder, "config"),
        AZURE_CORE_COLLECT_TELEMETRY: "false",
        AZURE_CORE_INSTANCE_DISCOVERY: "false",
        AZURE_CORE_ONLY_SHOW_ERRORS: "true",
        REQUESTS_CA_BUNDLE: join(folder, "azure.pem"),
        HTTPS_PROXY: proxy,
        NO_PROXY: "localhost",
      },
    },
  );
  return stdout.trim() === "" ? undefined : JSON.parse(stdout);
}

beforeAll(async () => {
  azure = await AzureEmulator.start();
  proxy = await azure.proxyFor({ address: "127.0.0.1" });
  writeFileSync(join(folder, "azure.pem"), azure.certificate);
  const endpoints = ["resource-manager", "active-directory", "active-directory-resource-id", "management"];
  await az(`cloud register --name emulated ${endpoints.map((of) => `--endpoint-${of} ${azure.endpoint}`).join(" ")}`, [
    "--suffix-acr-login-server-endpoint",
    ".azurecr.io",
  ]);
  await az("cloud set --name emulated");
  await az(`login --service-principal --username any --password any --tenant ${IDENTITY.tenantId}`);
}, 60_000);
afterAll(async () => {
  await azure.close();
  rmSync(folder, { recursive: true });
});

const GROUP = `/subscriptions/${ANY_SUBSCRIPTION}/resourceGroups/rg`;
const REGISTRY = `${GROUP}/providers/Microsoft.ContainerRegistry/registries/hello`;
const ZONE = "--zone-name privatelink.azurecr.io";

/** Commands as people type them, each with `--resource-group rg`. */
const COMMANDS = `
network vnet create --name hub --address-prefixes 10.12.0.0/16
network vnet create --name spoke --address-prefixes 10.10.0.0/16 --subnet-name endpoints --subnet-prefixes 10.10.0.0/24
network vnet peering create --vnet-name hub --name to-spoke --remote-vnet spoke --allow-vnet-access
network vnet peering create --vnet-name spoke --name to-hub --remote-vnet hub --allow-vnet-access
network nsg create --name nsg
network nsg rule create --nsg-name nsg --name https --priority 100 --destination-port-ranges 443
network vnet subnet update --vnet-name spoke --name endpoints --network-security-group nsg
acr create --name hello --sku Premium --location swedencentral --public-network-enabled false
acr replication create --registry hello --location switzerlandnorth
network private-endpoint create --name pep --vnet-name spoke --subnet endpoints --private-connection-resource-id ${REGISTRY} --group-id registry --connection-name c
network private-dns zone create --name privatelink.azurecr.io
network private-dns link vnet create ${ZONE} --name spoke --virtual-network spoke --registration-enabled false
network private-endpoint dns-zone-group create --endpoint-name pep --name default --private-dns-zone privatelink.azurecr.io --zone-name acr
lock create --name keep --lock-type CanNotDelete`.trim();

test("the Azure CLI builds a network with a registry, lists what it built, and removes it", async () => {
  await az("group create --name rg --location swedencentral");
  for (const line of COMMANDS.split("\n")) await az(`${line} --resource-group rg`);
  await az(
    `role assignment create --assignee-object-id ${ANY_SUBSCRIPTION} --assignee-principal-type User --role AcrPull --scope ${REGISTRY}`,
  );

  const names = async (line: string, query = "[].name") => (await az(line, ["--query", query])) as string[];
  expect(await names("resource list --resource-group rg --resource-type Microsoft.Network/virtualNetworks")).toEqual([
    "hub",
    "spoke",
  ]);
  expect(await names("network vnet peering list --resource-group rg --vnet-name hub", "[].peeringState")).toEqual([
    "Connected",
  ]);
  const records = await names(`network private-dns record-set list --resource-group rg ${ZONE}`);
  expect(records).toEqual(
    expect.arrayContaining(["@", "hello", "hello.swedencentral.data", "hello.switzerlandnorth.data"]),
  );
  expect(await names("acr show-endpoints --name hello", "dataEndpoints[].region")).toEqual([
    "swedencentral",
    "switzerlandnorth",
  ]);
  expect(await names("lock list --resource-group rg")).toEqual(["keep"]);
  expect(
    await names(`role assignment list --scope ${REGISTRY} --fill-principal-name false`, "[].roleDefinitionName"),
  ).toEqual(["AcrPull"]);
  expect(azure.resolve("spoke", "hello.azurecr.io")).toEqual([expect.stringMatching(/^10\.10\.0\.[4-6]$/)]);

  await expect(az("acr delete --name hello --yes")).rejects.toThrow("ScopeLocked");
  await expect(az("acr repository list --name hello")).rejects.toThrow(/denied|not allowed|firewall/i);
  await az("lock delete --name keep --resource-group rg");
  await az("acr update --name hello --public-network-enabled true --default-action Allow");
  expect(await az("acr repository list --name hello")).toEqual([]);
  await az("group delete --name rg --yes");
  expect(azure.resources).toEqual([]);
}, 300_000);
