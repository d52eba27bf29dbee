import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Server, createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { generate } from "selfsigned";
import type { Json } from "./json";
import { same } from "./arm-id";
import type { Faults } from "./faults";
import { VIRTUAL_NETWORK, type VirtualNetworkProperties } from "./resource-types/virtual-network";
import { resolve } from "./resolve";
import { type ArmAnswer, type Policy, ResourceManager } from "./resource-manager";
import { IDENTITY, signIn } from "./sign-in";
import type { Resource } from "./store";

/** A request that was answered. */
export interface RequestRecord {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Milliseconds since the emulator started. */
  readonly at: number;
}

/** How the emulator is to behave. */
export interface EmulatorOptions {
  readonly faults?: Faults;
  readonly policies?: readonly Policy[];
  /** Port on loopback. @default - a free one */
  readonly port?: number;
  /** Milliseconds that never go back, for operations that take their time. @default performance.now */
  readonly clock?: () => number;
}

/** An Azure Resource Manager on loopback, over TLS with a certificate of its own, in memory. */
export class AzureEmulator {
  /** Every request so far, that for a token or for metadata as well. */
  public readonly requests: RequestRecord[] = [];
  private readonly manager: ResourceManager;
  private readonly started = performance.now();

  private constructor(
    private readonly server: Server,
    /** In PEM: what a client has to trust. */
    public readonly certificate: string,
    public readonly endpoint: string,
    options: EmulatorOptions,
  ) {
    this.manager = new ResourceManager({ ...options, endpoint });
    server.on("request", (request, response) => void this.serve(request, response));
  }

  /** Starts one, which ends by {@link close} only. */
  public static async start(options: EmulatorOptions = {}): Promise<AzureEmulator> {
    const { cert, private: key } = await generate([{ name: "commonName", value: "localhost" }], {
      keyType: "ec",
      extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] }],
    });
    const server = createServer({ cert, key });
    server.listen(options.port ?? 0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return new AzureEmulator(server, cert, `https://localhost:${port}`, options);
  }

  /** All resources, as they are kept. */
  public get resources(): Resource[] {
    return this.manager.store.all();
  }

  /** What a machine in the virtual network of a name gets for a registry's host name; undefined without that network. */
  public resolve(networkName: string, host: string): string[] | undefined {
    const { store } = this.manager;
    const network = store.ofType<VirtualNetworkProperties>(VIRTUAL_NETWORK).find(({ name }) => same(name, networkName));
    return network && resolve(network, host, store);
  }

  /**
   * Makes a resource, as if it had always been there.
   *
   * @throws ArmError if Azure would refuse it
   */
  public put(id: string, body: Json): void {
    this.manager.put(id, body);
  }

  /**
   * Environment variables by which azurerm and azapi find this emulator instead of Azure, and sign in there.
   *
   * @param certificateFile - path of a file that holds the certificate. Go reads it on Linux only
   */
  public environment(certificateFile: string, subscriptionId: string): Record<string, string> {
    const url = `${this.endpoint}/`;
    return {
      SSL_CERT_FILE: certificateFile,
      ARM_METADATA_HOSTNAME: new URL(this.endpoint).host,
      ARM_ENVIRONMENT: "custom",
      ARM_DISABLE_INSTANCE_DISCOVERY: "true",
      ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST: url,
      ARM_RESOURCE_MANAGER_ENDPOINT: url,
      ARM_RESOURCE_MANAGER_AUDIENCE: url,
      ARM_TENANT_ID: IDENTITY.tenantId,
      ARM_SUBSCRIPTION_ID: subscriptionId,
      ARM_CLIENT_ID: IDENTITY.objectId,
      // Any will do: the emulator asks for no proof.
      ARM_CLIENT_SECRET: "none",
      ARM_USE_CLI: "false",
    };
  }

  public async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const method = request.method ?? "GET";
    const { pathname, searchParams } = new URL(request.url ?? "/", this.endpoint);
    const path = decodeURIComponent(pathname)
      .replace(/\/{2,}/g, "/")
      .replace(/\/$/, "");
    const answer = this.answer(method, path, searchParams, text);
    this.requests.push({ method, path, status: answer.status, at: performance.now() - this.started });
    const content = answer.body === undefined || method === "HEAD" ? undefined : JSON.stringify(answer.body);
    response.writeHead(answer.status, {
      ...(content !== undefined && { "Content-Type": "application/json" }),
      ...answer.headers,
    });
    response.end(content);
  }

  private answer(method: string, path: string, query: URLSearchParams, text: string): ArmAnswer {
    const known = signIn(path, query, this.endpoint);
    if (known) return known;
    if (path === "/_resources") return { status: 200, body: this.resources };
    if (path === "/_requests") return { status: 200, body: this.requests };
    try {
      const body = /^\s*\{/.test(text) ? { body: JSON.parse(text) as Json } : {};
      return this.manager.answer({ method, path, query, ...body });
    } catch (error) {
      return { status: 500, body: { error: { code: "EmulatorBug", message: (error as Error).stack } } };
    }
  }
}
