import {
  type PipelinePolicy,
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createPipelineFromOptions,
  createPipelineRequest,
  defaultRetryPolicy,
  exponentialRetryPolicy,
  throttlingRetryPolicy,
} from "@azure/core-rest-pipeline";
import type { TokenCredential } from "@azure/identity";
import { isJson, type Json, objects } from "../util/json";
import type { ResourceManagerEndpoint } from "./sign-in";

/** How to reach Azure Resource Manager. */
export interface ResourceManagerOptions {
  readonly resourceManager: ResourceManagerEndpoint;
  /** Certificates to trust, as PEM. @default - those that Node.js trusts */
  readonly ca?: string;
  /** For long work, which Azure may throttle again and again. @default - a throttled request is sent three times more */
  readonly patience?: Patience;
}

/** How long to go on while Azure throttles. */
export interface Patience {
  /** How often a throttled request is sent again, each time after the seconds that Azure asks for. */
  readonly retries: number;
  /** Called when a request has to wait, with how many seconds. */
  readonly onWait: (seconds: number) => void;
}

/** Azure's answer to a request. */
export interface AzureAnswer {
  readonly status: number;
  readonly body: Json;
}

/** A list of Azure's, as far as it was read. */
export interface AzureList extends AzureAnswer {
  readonly items: readonly Json[];
}

/** Reads resources of any type from Azure Resource Manager. */
export class ResourceManager {
  readonly #client = createDefaultHttpClient();
  readonly #pipeline;

  constructor(
    credential: TokenCredential,
    private readonly options: ResourceManagerOptions,
  ) {
    const { resourceManager, ca, patience } = options;
    this.#pipeline = createPipelineFromOptions(ca === undefined ? {} : { tlsOptions: { ca } });
    this.#pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes: resourceManager.scope }));
    if (!patience) return;
    // The standard policy retries what is throttled as often as what fails, three times.
    this.#pipeline.removePolicy({ name: defaultRetryPolicy().name });
    this.#pipeline.addPolicy(throttlingRetryPolicy({ maxRetries: patience.retries }), { phase: "Retry" });
    this.#pipeline.addPolicy(exponentialRetryPolicy(), { phase: "Retry" });
    this.#pipeline.addPolicy(tellingWaits(patience), { afterPhase: "Retry" });
  }

  /** Reads what is at a path, such as the id of a resource. */
  public async get(path: string, apiVersion: string, abortSignal?: AbortSignal): Promise<AzureAnswer> {
    return this.ask({ url: this.urlOf(path, apiVersion), ...(abortSignal && { abortSignal }) });
  }

  /** Asks with a body, as a query does. */
  public async post(path: string, apiVersion: string, body: Json): Promise<AzureAnswer> {
    return this.ask({ url: this.urlOf(path, apiVersion), method: "POST", body: JSON.stringify(body) });
  }

  /**
   * Reads a list, all pages of it. The answer is that of the first page that is not there. What is no list, or goes on at
   * another address, has the status 502, so that nothing passes for a list that is complete.
   */
  public async list(path: string, apiVersion: string): Promise<AzureList> {
    const items: Json[] = [];
    for (let url: string | undefined = this.urlOf(path, apiVersion); url !== undefined;) {
      const answer: AzureAnswer = await this.ask({ url });
      if (answer.status !== 200) return { ...answer, items };
      const { value, nextLink } = answer.body;
      if (!Array.isArray(value)) return { ...broken("NoList", "The answer is not a list."), items };
      items.push(...objects(value));
      url = typeof nextLink === "string" && nextLink !== "" ? nextLink : undefined;
      if (url !== undefined && !this.isOwn(url))
        return {
          ...broken("ForeignPage", `The list goes on at another address, to which no token is sent: ${url}`),
          items,
        };
    }
    return { status: 200, body: {}, items };
  }

  private urlOf(path: string, apiVersion: string): string {
    return `${this.options.resourceManager.endpoint}${path}?api-version=${apiVersion}`;
  }

  /** Whether a link leads to Azure Resource Manager itself, to which the token may be sent. */
  private isOwn(link: string): boolean {
    return URL.canParse(link) && new URL(link).origin === new URL(this.options.resourceManager.endpoint).origin;
  }

  private async ask(props: {
    url: string;
    method?: "POST";
    body?: string;
    abortSignal?: AbortSignal;
  }): Promise<AzureAnswer> {
    const request = createPipelineRequest(props);
    if (props.body !== undefined) request.headers.set("Content-Type", "application/json");
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

/** Azure's own words for why it did not return something. */
export function wordsOf({ status, body }: AzureAnswer): string {
  const { code, message } = isJson(body.error) ? body.error : {};
  return typeof code === "string" ? `${code}: ${String(message)}` : `HTTP status ${status}`;
}

/** An answer that says of itself that it is of no use. */
function broken(code: string, message: string): AzureAnswer {
  return { status: 502, body: { error: { code, message } } };
}

/** Tells of the waits that Azure asks for. */
function tellingWaits({ onWait }: Patience): PipelinePolicy {
  return {
    name: "tellingWaits",
    async sendRequest(request, next) {
      const response = await next(request);
      const seconds = Number(response.headers.get("Retry-After"));
      if ((response.status === 429 || response.status === 503) && seconds > 0) onWait(seconds);
      return response;
    },
  };
}
