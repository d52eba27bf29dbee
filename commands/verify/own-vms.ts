import type { ResourceManager } from "../../packages/common/azure-client";
import { at, isJson, joinWords, unique, UsageError } from "../../packages/common/util";
import { isSameId } from "../../src/terraform/resource-id";
import type { DeployedNetwork, DeployedVm, Deployment } from "./deployment";
import { sentences, told } from "./reasons";
import { AzureError, VM_ID, connectionErrorFrom } from "./run-command/errors";

type Azure = Pick<ResourceManager, "get">;

/**
 * VMs of the user in networks that the state knows, each with what its network is expected to resolve. Azure says in which
 * network a VM is: by its network interface, and the interface's subnet.
 *
 * @param ids - Azure ids of the VMs
 * @throws UsageError for an id that is not a VM's, a VM in no network of the state, or one that does not run Linux
 * @throws AzureError if Azure does not return what it is asked for
 */
export async function ownVms(
  ids: readonly string[],
  { networks }: Deployment,
  azure: Azure,
  signal: AbortSignal,
): Promise<DeployedVm[]> {
  const wrong = ids.filter((id) => !VM_ID.test(id));
  if (wrong.length > 0) {
    throw new UsageError(
      `--vm: found ${joinWords(wrong.map((id) => JSON.stringify(id)))}, allowed: the ID of a VM, /subscriptions/ID/resourceGroups/NAME/providers/Microsoft.Compute/virtualMachines/NAME. To see it, run: az vm show --name NAME --resource-group GROUP --query id`,
    );
  }
  const once = ids.filter((id, index) => ids.findIndex((other) => isSameId(id, other)) === index);
  return Promise.all(once.map((id) => ownVm(id, networks, azure, signal)));
}

async function ownVm(
  id: string,
  networks: readonly DeployedNetwork[],
  azure: Azure,
  signal: AbortSignal,
): Promise<DeployedVm> {
  const name = id.split("/").at(-1)!;
  const vm = await propertiesOf(azure, id, "2024-07-01", signal);
  const [system = "Linux"] = at(vm, ["storageProfile", "osDisk", "osType"]).map(String);
  if (system !== "Linux") throw new UsageError(sentences(told("VM not Linux", { name, system })));
  const interfaces = at(vm, ["networkProfile", "networkInterfaces"]).filter(isJson);
  const primary = interfaces.find((one) => at(one, ["properties", "primary"]).includes(true)) ?? interfaces[0];
  const [nicId = ""] = at(primary, ["id"]).map(String);
  const nic = await propertiesOf(azure, nicId, "2024-05-01", signal);
  const [subnet = ""] = at(nic, ["ipConfigurations", "properties", "subnet", "id"]).map(String);
  const networkId = subnet.replace(/\/subnets\/[^/]+$/i, "");
  const network = networks.find((one) => one.networkId !== undefined && isSameId(one.networkId, networkId));
  if (network) return { ...network, id, mayPush: false, own: true };
  const known = joinWords(unique(networks.map(({ virtualNetwork }) => virtualNetwork))) || "none";
  throw new UsageError(sentences(told("VM elsewhere", { name, network: networkId, known })));
}

/** An id that Azure returned becomes part of a URL to which a token is sent, so it may contain nothing but names. */
const RESOURCE_ID = /^(\/[\p{L}\p{N}_.()-]+)+$/u;

async function propertiesOf(azure: Azure, id: string, apiVersion: string, signal: AbortSignal): Promise<unknown> {
  if (!RESOURCE_ID.test(id)) throw new AzureError("not read", { id, detail: "it is not an ID" });
  const answer = await azure.get(id, apiVersion, signal).catch((error: unknown) => {
    throw signal.aborted ? signal.reason : connectionErrorFrom(error);
  });
  if (answer.status !== 200) throw new AzureError("not read", { id, detail: `HTTP status ${answer.status}` });
  return answer.body.properties;
}
