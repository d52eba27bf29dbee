import { once } from "node:events";
import {
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
  createServer as createHttp,
} from "node:http";
import { type Server, createServer } from "node:https";
import { type AddressInfo, type ListenOptions, type Socket, isIP } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { ArmError } from "./arm-error";
import { DATA_SUFFIXES, DataPlanes, isDataHost } from "./data-planes";
import type { DataAnswer, DataRequest } from "./data-planes/data-plane";
import { secondsFor } from "./faults";
import { at, type Json, objects } from "../../common/util/json";
import { identitiesOf, instanceMetadata } from "./instance-metadata";
import { ownAnswer } from "./own-addresses";
import { Proxy } from "./proxy";
import { PUBLIC_ADDRESS, networkOf, pull, type PullFrom } from "./registry-access";
import { RegistryDataPlane } from "./registry-data-plane";
import { addressesFor, isRegistryHost } from "./registry-data-plane/front-end";
import {
  FrontDoors,
  type InterceptRegistry,
  RegistryCertificates,
  hostOf,
  makeCertificate,
} from "./registry-data-plane/front-doors";
import type { RegistryAnswer, RegistryClient, RegistryRequest } from "./registry-data-plane/registry-request";
import { type RepositoryOperation, repositoryOperations } from "./registry-permissions";
import type { RequestRecord } from "./request-record";
import { resolve } from "./resolve";
import { type ArmAnswer, bodyOf, pathOf } from "./arm-request";
import { ResourceManager, type ResourceManagerOptions } from "./resource-manager";
import { type VirtualMachineProperties, type VirtualMachineState, setState } from "./resource-types/virtual-machine";
import { IDENTITY, SignIn } from "./sign-in";
import type { SavedState } from "./saved-state";
import type { Resource } from "./store";

/** How the emulator behaves. */
export interface EmulatorOptions extends Omit<ResourceManagerOptions, "endpoint"> {
  /** Port to listen on. @default - a free one */
  readonly port?: number | undefined;
  /** Address to listen on. @default "127.0.0.1" */
  readonly listen?: string | undefined;
  /**
   * Port of a proxy by which clients reach registries, and with `anyType` storage accounts and key vaults, at their own names.
   *
   * @default - none without `anyType`, and a free port with it
   */
  readonly proxyPort?: number | undefined;
  /** Whether a request needs a token that this emulator issued. @default false */
  readonly requireToken?: boolean;
  /** Answers requests to registries themselves instead of the emulator. @default - the emulator answers all requests */
  readonly interceptRegistry?: InterceptRegistry;
  /** Called when a client asks for something that this emulator lacks, for the first time. */
  readonly onLacking?: ((what: string) => void) | undefined;
}

const NOTHING: SavedState = { version: 1, resources: [], documents: {}, data: {} };

/** An Azure Resource Manager on loopback, in memory, over TLS with its own certificate. */
export class AzureEmulator {
  /** Every request so far, also those for tokens and metadata. */
  public readonly requests: RequestRecord[] = [];
  /** What clients asked for and this emulator lacks, and how often. */
  public readonly lacking = new Map<string, number>();
  private readonly manager: ResourceManager;
  private readonly signIn: SignIn;
  private readonly dataPlanes: DataPlanes;
  private readonly registries: RegistryDataPlane;
  private readonly doors: FrontDoors;
  private readonly others: (HttpServer | Proxy)[] = [];
  private readonly started = performance.now();
  private readonly closing = new AbortController();

  private constructor(
    private readonly server: Server,
    /** The certificate that clients have to trust, in PEM. */
    public readonly certificate: string,
    public readonly endpoint: string,
    private readonly options: EmulatorOptions,
    private readonly proxy: Proxy | undefined,
    own: string,
    certificates: RegistryCertificates,
  ) {
    this.dataPlanes = new DataPlanes(own, (end) =>
      this.resources.some(({ id }) => id.toLowerCase().endsWith(end.toLowerCase())),
    );
    this.manager = new ResourceManager({ ...options, endpoint });
    this.signIn = new SignIn(endpoint);
    const { faults = {}, clock = () => performance.now(), role } = options;
    this.registries = new RegistryDataPlane({
      store: this.manager.store,
      outages: this.manager.outages,
      tokenOf: (token) => this.signIn.tokenOf(token),
      isOwner: (principal) => !role && principal === IDENTITY.objectId,
      replication: { clock, delay: (faults.replicateLate ?? 0) * 1000 },
      throttleEvery: faults.throttleRegistryEvery,
      retryAfter: String(faults.retryAfter ?? 1),
    });
    this.doors = new FrontDoors(
      this.registries,
      certificates,
      (request) => {
        this.record(request);
      },
      options.interceptRegistry,
    );
    server.on("request", (request, response) => {
      const client = { from: { address: request.socket.remoteAddress ?? "" } };
      const isToRegistry = isRegistryHost(hostOf(request));
      const served = isToRegistry ? this.doors.serve(client, request, response) : this.serve(request, response);
      // A client that is gone needs no answer.
      served.catch(() => response.destroy());
    });
  }

  /**
   * Starts an emulator. It runs until {@link close} is called.
   *
   * @throws if it can't listen on the port
   */
  public static async start(options: EmulatorOptions = {}): Promise<AzureEmulator> {
    const names = ["localhost", ...(options.anyType ? DATA_SUFFIXES.map((suffix) => `*.${suffix}`) : [])];
    const { cert, key } = await makeCertificate(names);
    const certificates = await RegistryCertificates.make();
    const server = createServer({
      ...{ cert, key },
      SNICallback: (name, done) => {
        done(null, certificates.contextFor(name));
      },
    });
    server.listen(options.port ?? 0, options.listen ?? "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const { anyType, listen: address = "127.0.0.1", proxyPort } = options;
    const isServed = (host: string) => (anyType === true && isDataHost(host)) || isRegistryHost(host);
    const connect = (socket: Socket) => server.emit("connection", socket);
    const where = { host: address, port: proxyPort ?? 0 };
    const isAsked = anyType === true || proxyPort !== undefined;
    const proxy = isAsked
      ? await Proxy.start((host) => (isServed(host) ? connect : undefined), where).catch((error: unknown) => {
          server.close();
          throw error;
        })
      : undefined;
    const trusted = [cert, certificates.login.cert, certificates.data.cert].join("\n");
    return new AzureEmulator(server, trusted, `https://localhost:${port}`, options, proxy, cert, certificates);
  }

  /** URL of the proxy, if there is one. */
  public get proxyUrl(): string | undefined {
    return this.proxy?.url;
  }

  /** All resources, as they are stored. */
  public get resources(): Resource[] {
    return this.manager.store.all();
  }

  /** The actions of Azure RBAC that requests have used so far, in alphabetical order, such as `Microsoft.Network/virtualNetworks/read`. */
  public get usedActions(): string[] {
    return this.manager.access.usedActions;
  }

  /** The types without rules whose resources were kept as they were written, in alphabetical order. */
  public get keptTypes(): string[] {
    return this.manager.resources.keptTypes;
  }

  /** The ids of resources that a client asked for, and that nobody has written or tried to write. */
  public get missing(): string[] {
    return this.manager.resources.missing;
  }

  /**
   * Addresses that private DNS returns for a registry's host name in a virtual network, by its name. None where public DNS
   * would answer; undefined if there is no such network.
   */
  public resolve(networkName: string, host: string): string[] | undefined {
    const { store } = this.manager;
    const network = networkOf(networkName, store);
    return network && resolve(network, host, store);
  }

  /**
   * How a client pulls from a registry: `private by ENDPOINT`, `public`, or `refused: WHY`, where the refusal of a public
   * address is in Azure's words. Undefined if there is no such registry or network. DNS, peerings, connections and the
   * registry's public access decide; security groups and routes do not, nor the client's roles.
   */
  public pull(registryId: string, from: PullFrom): string | undefined {
    return pull(registryId, from, this.manager.store);
  }

  /**
   * What the role assignments on a registry allow an identity to do with a repository, in the registry's role assignment
   * mode, in alphabetical order: `delete`, `read`, `write`.
   */
  public repositoryOperations(registryId: string, principalId: string, repository: string): RepositoryOperation[] {
    return repositoryOperations(registryId, principalId, repository, this.manager.store);
  }

  /**
   * Answers a request to a registry itself without a connection; undefined if there is nothing that answers at the address.
   */
  public askRegistry(request: RegistryRequest): RegistryAnswer | undefined {
    return this.registries.answer(request);
  }

  /**
   * Listens for clients of registries that are somewhere, and connect to an address: requests are served as this client's.
   */
  public listenForRegistries(client: RegistryClient, where: ListenOptions): Promise<Server> {
    return this.doors.listen(client, where);
  }

  /** The addresses that DNS returns for a registry's host name somewhere, private or public; none if it does not resolve. */
  public addressesFor(from: PullFrom, host: string): string[] {
    return addressesFor(host, from, this.manager.store);
  }

  /**
   * Starts a proxy for HTTPS by which a client reaches registries as from somewhere: at an address, or by the name that DNS
   * resolves there. What does not answer there is refused with 403.
   *
   * @param where - a path, say. @default - a free port on 127.0.0.1
   * @returns its URL
   */
  public async proxyFor(from: PullFrom, where?: ListenOptions): Promise<string> {
    const proxy = await Proxy.start((host) => {
      const [address] = isIP(host) ? [host] : this.addressesFor(from, host);
      const client = { from, to: address === PUBLIC_ADDRESS ? undefined : address };
      if (address === undefined || (client.to !== undefined && !this.registries.behind(client))) return undefined;
      return (socket) => {
        this.doors.connect(client, socket);
      };
    }, where);
    this.others.push(proxy);
    return proxy.url;
  }

  /** Listens as the instance metadata service of a virtual machine, which issues the tokens of its identities. */
  public async listenForMetadata(vmId: string, where: ListenOptions): Promise<HttpServer> {
    const server = createHttp(({ method = "GET", url = "/", headers }, response) => {
      const request = { method, url, metadata: headers.metadata?.toString() };
      const identities = identitiesOf(this.manager.store.get(vmId)?.identity);
      const { status, body } = instanceMetadata(request, identities, (...props) => this.signIn.issue(...props));
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    });
    server.listen(where);
    await once(server, "listening");
    this.others.push(server);
    return server;
  }

  /** A token of Microsoft Entra ID for a principal. */
  public tokenFor(principalId: string, audience: string): string {
    return this.signIn.issue(principalId, audience).access_token;
  }

  /**
   * Writes a resource without a request, and so without injected faults.
   *
   * @throws ArmError if Azure would refuse it
   */
  public put(id: string, body: Json): void {
    this.manager.put(id, body);
  }

  /**
   * Deletes a resource without a request, and so without injected faults.
   *
   * @throws ArmError if Azure would refuse it
   */
  public delete(id: string): void {
    this.manager.delete(id);
  }

  /**
   * Sets the state that is reported of a virtual machine.
   *
   * @param id - id of a virtual machine that exists
   */
  public setVirtualMachine(id: string, state: Partial<VirtualMachineState>): void {
    setState(this.manager.store.get<VirtualMachineProperties>(id)!, state);
  }

  /** What it holds, once all operations have ended; {@link restore} gives it to another emulator. */
  public saved(): SavedState {
    return { version: 1, ...this.manager.saved(), data: this.dataPlanes.saved() };
  }

  /** Replaces what it holds by what was saved, or by nothing. */
  public restore(state: SavedState = NOTHING): void {
    this.manager.restore(state);
    this.dataPlanes.restore(state.data);
  }

  /**
   * Begins an outage of a region: each request to a resource there is answered with status 503, and registries do not serve
   * there. What has no region, such as private DNS, continues to work.
   *
   * @param region - its API name, such as `swedencentral`
   */
  public beginOutage(region: string): void {
    this.manager.outages.add(region);
  }

  /** Ends the outage of a region. */
  public endOutage(region: string): void {
    this.manager.outages.delete(region);
  }

  /**
   * Environment variables with which azurerm and azapi use this emulator instead of Azure.
   *
   * @param certificateFile - path of a file with the certificate. The providers read it on Linux only
   * @param subscriptionId - any subscription: all exist
   */
  public environment(certificateFile: string, subscriptionId: string): Record<string, string> {
    const url = `${this.endpoint}/`;
    return {
      SSL_CERT_FILE: certificateFile,
      // For clients on Node.js.
      NODE_EXTRA_CA_CERTS: certificateFile,
      ARM_METADATA_HOSTNAME: new URL(this.endpoint).host,
      ARM_ENVIRONMENT: "custom",
      ARM_DISABLE_INSTANCE_DISCOVERY: "true",
      ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST: url,
      ARM_RESOURCE_MANAGER_ENDPOINT: url,
      ARM_RESOURCE_MANAGER_AUDIENCE: url,
      ARM_TENANT_ID: IDENTITY.tenantId,
      ARM_SUBSCRIPTION_ID: subscriptionId,
      ARM_CLIENT_ID: IDENTITY.objectId,
      // The emulator accepts any secret.
      ARM_CLIENT_SECRET: "none",
      ARM_USE_CLI: "false",
      // Clients do not use a proxy for localhost.
      ...(this.proxy &&
        this.options.anyType && {
          HTTPS_PROXY: this.proxy.url,
          HTTP_PROXY: this.proxy.url,
          NO_PROXY: "localhost,127.0.0.1",
        }),
    };
  }

  /** Ends the emulator and all connections to it. */
  public async close(): Promise<void> {
    this.closing.abort();
    await this.proxy?.close();
    await this.doors.close();
    for (const other of this.others) {
      if (other instanceof Proxy) await other.close();
      else {
        other.closeAllConnections();
        other.close();
      }
    }
    this.registries.close();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  private record(request: Omit<RequestRecord, "at">): void {
    this.requests.push({ ...request, at: performance.now() - this.started });
    if (request.status !== 501) return;
    const what = request.error ?? `${request.method} ${request.path}`;
    const before = this.lacking.get(what) ?? 0;
    this.lacking.set(what, before + 1);
    if (before === 0) this.options.onLacking?.(what);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const method = request.method ?? "GET";
    const { path, query } = pathOf(request.url ?? "/");
    const seconds = secondsFor(path, this.options.faults?.hold);
    if (seconds > 0) await sleep(seconds * 1000, undefined, { signal: this.closing.signal });
    const host = hostOf(request);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const [data, answer] = this.answer({ method, path, query, headers }, host, text);
    const { status, headers: more, body } = answer;
    const [error] = objects(at(body, ["error"])).map(({ code, message }) => `${String(code)}: ${String(message)}`);
    const place = data ? `https://${host}${path}` : path;
    this.record({ method, path: place, status, ...(error !== undefined && { error }) });
    const content = body === undefined ? answer.text : JSON.stringify(body);
    response.writeHead(status, { ...(body !== undefined && { "Content-Type": "application/json" }), ...more });
    response.end(method === "HEAD" ? undefined : content);
  }

  /** The answer of a service itself, and the answer to the request, which is the same if there is one. */
  private answer(
    request: Omit<DataRequest, "host" | "text">,
    host: string,
    text: string,
  ): [DataAnswer | undefined, ArmAnswer & DataAnswer] {
    try {
      const data = this.dataPlanes.answer({ ...request, host, text });
      return [data, data ?? this.answerHere(request, text)];
    } catch (error) {
      if (error instanceof ArmError) return [undefined, { status: error.status, body: error.body }];
      // No status of the server's: clients would try again for a long time.
      return [undefined, { status: 400, body: { error: { code: "EmulatorBug", message: (error as Error).stack } } }];
    }
  }

  private answerHere(request: Omit<DataRequest, "host" | "text">, text: string): ArmAnswer & DataAnswer {
    const { method, path, query, headers } = request;
    const signIn = this.signIn.answer(path, query);
    if (signIn) return signIn;
    const own = ownAnswer(this, request, text);
    if (own) return own;
    if (this.options.requireToken) this.signIn.requireToken(headers.authorization);
    return this.manager.answer({ method, path, query, headers, ...bodyOf(method, text, headers["content-type"]) });
  }
}
