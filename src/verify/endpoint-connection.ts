import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createPipelineFromOptions,
  createPipelineRequest,
} from "@azure/core-rest-pipeline";
import type { TokenCredential } from "@azure/identity";
import type { ResourceManagerEndpoint } from "./run-command/sign-in";

/** How to reach Azure Resource Manager. */
export interface EndpointConnectionsOptions {
  readonly resourceManager: ResourceManagerEndpoint;
  /**
   * Certificates to trust, as PEM.
   *
   * @default - those that Node.js trusts
   */
  readonly ca?: string;
}

/** Reads from Azure whether private endpoints are connected. */
export class EndpointConnections {
  readonly #client = createDefaultHttpClient();
  readonly #pipeline;

  constructor(
    credential: TokenCredential,
    private readonly options: EndpointConnectionsOptions,
  ) {
    const { resourceManager, ca } = options;
    this.#pipeline = createPipelineFromOptions(ca === undefined ? {} : { tlsOptions: { ca } });
    this.#pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes: resourceManager.scope }));
  }

  /**
   * Status of an endpoint's connection: `Approved`, `Pending`, `Rejected` or `Disconnected`. If Azure does not return the
   * endpoint, the HTTP status of its answer.
   *
   * Source: `privateLinkServiceConnectionState` of Microsoft.Network/privateEndpoints.
   *
   * @param id - Azure id of the private endpoint
   */
  public async status(id: string, abortSignal: AbortSignal): Promise<string | number> {
    const url = `${this.options.resourceManager.endpoint}${id}?api-version=2024-05-01`;
    const response = await this.#pipeline.sendRequest(this.#client, createPipelineRequest({ url, abortSignal }));
    if (response.status !== 200) return response.status;
    const { properties } = JSON.parse(response.bodyAsText ?? "{}") as { properties?: EndpointProperties };
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
