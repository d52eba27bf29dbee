import type { ResourceManager } from "./run-command/resource-manager";

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
    const { properties } = body as { properties?: EndpointProperties };
    const connections = properties?.privateLinkServiceConnections ?? [];
    const manual = properties?.manualPrivateLinkServiceConnections ?? [];
    return [...connections, ...manual][0]?.properties?.privateLinkServiceConnectionState?.status ?? "Disconnected";
  }
}

interface ServiceConnection {
  properties?: { privateLinkServiceConnectionState?: { status?: string } };
}

interface EndpointProperties {
  readonly privateLinkServiceConnections?: readonly ServiceConnection[];
  readonly manualPrivateLinkServiceConnections?: readonly ServiceConnection[];
}
