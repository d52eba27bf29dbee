import type { ResourceManager } from "../../packages/common/azure-client";
import { at } from "../../packages/common/util";

/** Reads from Azure whether private endpoints are connected. */
export class EndpointConnections {
  constructor(private readonly azure: Pick<ResourceManager, "get">) {}

  /**
   * Status of an endpoint's connection: `Approved`, `Pending`, `Rejected` or `Disconnected`. If Azure does not return the
   * endpoint, the HTTP status of its answer.
   *
   * Source: `privateLinkServiceConnectionState` of Microsoft.Network/privateEndpoints.
   *
   * @param id - Azure id of the private endpoint
   */
  public async status(id: string, abortSignal: AbortSignal): Promise<string | number> {
    const { status, body } = await this.azure.get(id, "2024-05-01", abortSignal);
    if (status !== 200) return status;
    const [state] = CONNECTIONS.flatMap((kind) =>
      at(body, ["properties", kind, "properties", "privateLinkServiceConnectionState", "status"]),
    );
    return typeof state === "string" ? state : "Disconnected";
  }
}

const CONNECTIONS = ["privateLinkServiceConnections", "manualPrivateLinkServiceConnections"];
