import type { AzureEmulator } from "../../packages/azure-emulator";
import { at } from "../../packages/common/util";

/**
 * Approves the private endpoints that wait for it, as the owner of the registry does.
 *
 * @returns how many
 */
export function approvePending(azure: AzureEmulator): number {
  const pending = azure.resources.filter(({ properties }) => at(properties, STATUS).includes("Pending"));
  const connections = azure.resources.filter(
    ({ id, properties }) =>
      id.includes("/privateEndpointConnections/") &&
      pending.some((endpoint) => at(properties, ["privateEndpoint", "id"]).includes(endpoint.id)),
  );
  for (const { id } of connections)
    azure.put(id, { properties: { privateLinkServiceConnectionState: { status: "Approved" } } });
  return connections.length;
}

const STATUS = ["manualPrivateLinkServiceConnections", "properties", "privateLinkServiceConnectionState", "status"];
