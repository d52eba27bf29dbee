import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createPipelineFromOptions,
  createPipelineRequest,
} from "@azure/core-rest-pipeline";
import type { TokenCredential } from "@azure/identity";
import { isJson, type Json, objects } from "../../../packages/common/util";
import type { ResourceManagerEndpoint } from "./sign-in";

/** How to reach Azure Resource Manager. */
export interface ResourceManagerOptions {
  readonly resourceManager: ResourceManagerEndpoint;
  /** Certificates to trust, as PEM. @default - those that Node.js trusts */
  readonly ca?: string;
}

/** Azure's answer to a request. */
export interface AzureAnswer {
  readonly status: number;
  readonly body: Json;
}

/** Reads resources of any type from Azure Resource Manager. */
export class ResourceManager {
  readonly #client = createDefaultHttpClient();
  readonly #pipeline;

  constructor(
    credential: TokenCredential,
    private readonly options: ResourceManagerOptions,
  ) {
    const { resourceManager, ca } = options;
    this.#pipeline = createPipelineFromOptions(ca === undefined ? {} : { tlsOptions: { ca } });
    this.#pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes: resourceManager.scope }));
  }

  /** Reads what is at a path, such as the id of a resource. */
  public async get(path: string, apiVersion: string, abortSignal?: AbortSignal): Promise<AzureAnswer> {
    return this.ask(`${this.options.resourceManager.endpoint}${path}?api-version=${apiVersion}`, abortSignal);
  }

  /** Reads a list, all pages of it. The answer is that of the first page that is not there. */
  public async list(path: string, apiVersion: string): Promise<AzureAnswer & { readonly items: readonly Json[] }> {
    const items: Json[] = [];
    let answer = await this.get(path, apiVersion);
    for (;;) {
      items.push(...objects(answer.body.value ?? []));
      const { nextLink } = answer.body;
      if (answer.status !== 200 || typeof nextLink !== "string" || !this.isOwn(nextLink)) return { ...answer, items };
      answer = await this.ask(nextLink);
    }
  }

  /** Whether a link leads to Azure Resource Manager itself, to which the token may be sent. */
  private isOwn(link: string): boolean {
    return link.startsWith(`${this.options.resourceManager.endpoint}/`);
  }

  private async ask(url: string, abortSignal?: AbortSignal): Promise<AzureAnswer> {
    const request = createPipelineRequest({ url, ...(abortSignal && { abortSignal }) });
    const { status, bodyAsText } = await this.#pipeline.sendRequest(this.#client, request);
    let body: unknown;
    try {
      body = JSON.parse(bodyAsText ?? "{}");
    } catch {
      // A proxy on the way answers with a page.
    }
    return { status, body: isJson(body) ? body : {} };
  }
}
