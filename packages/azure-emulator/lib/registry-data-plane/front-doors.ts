import { once } from "node:events";
import { createReadStream } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Server, createServer } from "node:https";
import type { ListenOptions, Socket } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import { generate } from "selfsigned";
import { REGIONS } from "../../../common/azure/regions";
import { REGISTRY_SUFFIX } from "../registry-names";
import { isRegistryHost } from "./front-end";
import type { RegistryDataPlane } from ".";
import { type RegistryAnswer, type RegistryClient, RegistryError, type RegistryRequest } from "./registry-request";

/** Most bytes of a request's body, which is in memory until it is answered. */
const LARGEST_BODY = 512 * 1024 * 1024;

/**
 * Answers requests to registries instead of the emulator, for faults of your own. What it returns, or resolves to, is the
 * answer; with undefined, the connection is cut.
 *
 * @param answer - gives the answer of the registry
 */
export type InterceptRegistry = (
  request: RegistryRequest,
  answer: () => RegistryAnswer | undefined,
) => RegistryAnswer | undefined | Promise<RegistryAnswer | undefined>;

/** Called with each request that was answered. */
type OnAnswered = (request: { readonly method: string; readonly path: string; readonly status: number }) => void;

/** A certificate and its key, in PEM. */
interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly context: SecureContext;
}

/** The certificates of all registries, with the names that those of Azure have. */
export class RegistryCertificates {
  private constructor(
    public readonly login: Certificate,
    public readonly data: Certificate,
  ) {}

  public static async make(): Promise<RegistryCertificates> {
    const ofRegions = (kind: string) =>
      Object.keys(REGIONS.public).map((region) => `*.${region}.${kind}.${REGISTRY_SUFFIX}`);
    return new RegistryCertificates(
      await makeCertificate([`*.${REGISTRY_SUFFIX}`, ...ofRegions("geo")]),
      await makeCertificate([...ofRegions("data"), "*.blob.core.windows.net"]),
    );
  }

  /** The certificate for a host name; undefined if it is none of a registry. */
  public contextFor(host: string): SecureContext | undefined {
    if (!isRegistryHost(host)) return undefined;
    return host.endsWith(`.${REGISTRY_SUFFIX}`) && !host.includes(".data.") ? this.login.context : this.data.context;
  }
}

/** Makes a self-signed certificate for host names. */
export async function makeCertificate(hosts: readonly string[]): Promise<Certificate> {
  const { cert, private: key } = await generate([{ name: "commonName", value: hosts[0]! }], {
    keyType: "ec",
    extensions: [{ name: "subjectAltName", altNames: hosts.map((value) => ({ type: 2, value })) }],
  });
  return { cert, key, context: createSecureContext({ cert, key }) };
}

/** The addresses at which clients reach registries: for each place that a client is at, and each address, a server. */
export class FrontDoors {
  private readonly servers: Server[] = [];
  private readonly doors = new Map<string, Server>();

  constructor(
    private readonly plane: RegistryDataPlane,
    private readonly certificates: RegistryCertificates,
    private readonly onAnswered: OnAnswered,
    private readonly intercept: InterceptRegistry = (_, answer) => answer(),
  ) {}

  /** Listens for clients that are somewhere, and connect to an address. */
  public async listen(client: RegistryClient, where: ListenOptions): Promise<Server> {
    const server = this.serverFor(client);
    server.listen(where);
    await once(server, "listening");
    return server;
  }

  /** Serves a connection of a client. */
  public connect(client: RegistryClient, socket: Socket): void {
    const key = JSON.stringify(client);
    const door = this.doors.get(key) ?? this.serverFor(client);
    this.doors.set(key, door);
    door.emit("connection", socket);
  }

  /** Answers a request. */
  public async serve(client: RegistryClient, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url = "/" } = request;
    const host = hostOf(request);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const answer = await this.answerTo(request, { ...client, host, method, url, headers });
    this.onAnswered({ method, path: `https://${host}${url.split("?")[0]!}`, status: answer?.status ?? 0 });
    // Nothing answers at this address: a client waits in vain, or is cut off.
    if (answer) send(answer, method, response);
    else request.socket.destroy();
  }

  private async answerTo(message: IncomingMessage, asked: Omit<RegistryRequest, "body">) {
    try {
      const request = { ...asked, body: await bodyOf(message) };
      return await this.intercept(request, () => this.plane.answer(request));
    } catch (error) {
      if (error instanceof RegistryError) return error.answer;
      throw error;
    }
  }

  public async close(): Promise<void> {
    for (const server of this.servers) server.closeAllConnections();
    await Promise.all(
      this.servers
        .filter(({ listening }) => listening)
        .map(async (server) => {
          server.close();
          await once(server, "close");
        }),
    );
  }

  private serverFor(client: RegistryClient): Server {
    const { cert, key } = this.certificates.login;
    const server = createServer(
      {
        ...{ cert, key },
        SNICallback: (name, done) => {
          done(null, this.contextAt(client, name));
        },
      },
      (request, response) => {
        // A client that is gone needs no answer.
        this.serve(client, request, response).catch(() => response.destroy());
      },
    );
    this.servers.push(server);
    return server;
  }

  /** What answers at a private address has the certificate of what is behind it, whatever the name. */
  private contextAt(client: RegistryClient, name: string): SecureContext | undefined {
    const kind = this.plane.behind(client);
    return kind ? this.certificates[kind].context : this.certificates.contextFor(name);
  }
}

/** The host name that a request asks for. */
export function hostOf({ headers }: IncomingMessage): string {
  return (headers.host ?? "").toLowerCase().split(":")[0]!;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > LARGEST_BODY)
      throw new RegistryError(413, "SIZE_INVALID", `The emulated registry takes up to ${LARGEST_BODY} bytes at once.`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function send({ status, headers, text, file, range }: RegistryAnswer, method: string, response: ServerResponse): void {
  response.writeHead(status, { ...headers });
  if (method === "HEAD" || file === undefined) response.end(method === "HEAD" ? undefined : text);
  else {
    const [start, end] = range ?? [];
    createReadStream(file, { ...(range && { start, end }) })
      .on("error", () => response.destroy())
      .pipe(response);
  }
}
