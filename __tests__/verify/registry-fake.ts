import { spawnSync } from "node:child_process";
import { createHash, randomBytes, sign } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type IncomingMessage, type RequestListener, type ServerResponse, createServer as createHttp } from "node:http";
import { type Server, createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

export const LOGIN_SERVER = "hello.azurecr.test";
export const REPOSITORY = "sample/hello-world";
export const IMAGE = `${REPOSITORY}:v1`;
export const DATA_ENDPOINTS = {
  swedencentral: "hello.swedencentral.data.azurecr.test",
  switzerlandnorth: "hello.switzerlandnorth.data.azurecr.test",
} as const;
/** The login server of each region, which a registry with regional endpoints has. */
export const REGIONAL_ENDPOINTS = {
  swedencentral: "hello.swedencentral.geo.azurecr.test",
  switzerlandnorth: "hello.switzerlandnorth.geo.azurecr.test",
} as const;
/** The hosts of a registry without regional endpoints, in the order in which the probe gets them. */
export const HOSTS = [LOGIN_SERVER, ...Object.values(DATA_ENDPOINTS)];
export const ALL_HOSTS = [...HOSTS, ...Object.values(REGIONAL_ENDPOINTS)];

/** What a workload identity signs in with. */
export const CLIENT_ID = "11111111-aaaa-bbbb-cccc-555555555555";
export const TENANT = "22222222-aaaa-bbbb-cccc-555555555555";
export const FEDERATED_TOKEN = "a.federated.token";

type Region = keyof typeof DATA_ENDPOINTS;

/** A spoke: the addresses of its private endpoint, on loopback. */
export interface FakeSpoke {
  /** The region that Azure chooses: it answers at the address of the login server. */
  readonly region: Region;
  /** The endpoint's address for each host. */
  readonly addresses: Readonly<Record<string, string>>;
}

export const SPOKES = {
  spoke1: spoke("swedencentral", "127.10.0"),
  spoke2: spoke("switzerlandnorth", "127.11.0"),
} as const;

function spoke(region: Region, network: string): FakeSpoke {
  return { region, addresses: Object.fromEntries(ALL_HOSTS.map((host, i) => [host, `${network}.${i + 4}`])) };
}

/** A certificate with its key, as files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Makes a self-signed certificate for these names in a folder. */
export function makeCertificate(folder: string, name: string, hosts: readonly string[]): Certificate {
  const files = { cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
  const { status, stderr } = spawnSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"],
      ...["-subj", `/CN=${name}`, "-addext", `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(",")}`],
      ...["-out", files.cert, "-keyout", files.key],
    ],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(stderr);
  return files;
}

export const sha256 = (content: string | Buffer): string =>
  `sha256:${createHash("sha256").update(content).digest("hex")}`;

/** The parts of the flow in which a test can inject a fault. */
export type Part = "identity" | "challenge" | "exchange" | "token" | "manifest" | "blob" | "data" | "root";

/** Replaces an answer. `pass` sends the regular one. */
export type Fault = (response: ServerResponse, pass: () => void, request: IncomingMessage) => void;

/** A request to the fake. */
export interface Seen {
  readonly part: Part;
  readonly host: string;
  /** The address to which the request was sent. */
  readonly address: string;
  readonly headers: IncomingMessage["headers"];
  readonly form: URLSearchParams;
}

interface Grant {
  readonly expires: number;
  /** The repository that may be pulled, or {@link ANY_REPOSITORY}. */
  readonly repository?: string | undefined;
}

const ANY_REPOSITORY = "*";

/** Lifetime of an access token in seconds. */
const TOKEN_LIFETIME = 4500;

const INDEX = "application/vnd.oci.image.index.v1+json";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";

/**
 * An Azure Container Registry on loopback, with a private endpoint in each spoke, and the metadata service of a VM.
 *
 * It uses the real protocol: challenge, exchange, tokens with scopes, manifests, 307 to a data endpoint. The login server
 * of a region answers to the name of the registry too, and redirects to the data endpoint of its own region.
 */
export class RegistryFake {
  public readonly seen: Seen[] = [];
  /** Every token that was issued, and every signature in a URL. */
  public readonly secrets: string[] = [];
  public faults: Partial<Record<Part, Fault>> = {};
  /** How many more times the role is not known yet when a token is exchanged. */
  public exchangesWithoutRole = 0;
  /** Client ids of the machine's identities. The first one has a federated credential. */
  public identities: readonly string[] = [CLIENT_ID];
  /** The repositories that the identity may pull. */
  public mayPull: readonly string[] = [REPOSITORY];
  /** Base URL of a registry that answers instead of this one, with the same tokens. */
  public upstream?: string;
  /** Returns the content at a path of a data endpoint. */
  public store: (path: string) => Buffer | undefined;

  public readonly layer = Buffer.from("a layer that is small\n".repeat(50));
  public readonly bigLayer = Buffer.from("a layer that is bigger\n".repeat(500));
  /** Manifests of the platforms, by architecture. */
  public readonly manifests: Readonly<Record<"amd64" | "arm64", string>>;
  public readonly index: string;
  /** Digest of the manifest with the tag. */
  public tagged: string;

  private readonly blobs = new Map<string, Buffer>();
  private readonly storedBlob = (path: string): Buffer | undefined => this.blobs.get(path.split("/").at(-1)!);
  private readonly grants = new Map<string, Grant>();
  private readonly servers: Server[] = [];
  private readonly ports = new Map<string, number>();

  private constructor(private readonly signer: Certificate) {
    this.store = this.storedBlob;
    this.manifests = { amd64: this.manifestFor("amd64"), arm64: this.manifestFor("arm64") };
    this.index = JSON.stringify({
      schemaVersion: 2,
      mediaType: INDEX,
      manifests: [
        // BuildKit adds such an entry for the build's attestations.
        { ...this.stored(MANIFEST, "{}"), platform: { os: "unknown", architecture: "unknown" } },
        ...Object.entries(this.manifests).map(([architecture, manifest]) => ({
          ...this.stored(MANIFEST, manifest),
          platform: { os: "linux", architecture },
        })),
      ],
    });
    this.stored(INDEX, this.index);
    this.tagged = sha256(this.index);
  }

  /**
   * Starts a registry at the addresses of spokes.
   *
   * @param certificate - certificate of the registry's hosts
   * @param signer - certificate whose key signs access tokens
   */
  public static async start(
    certificate: Certificate,
    signer: Certificate,
    spokes: readonly FakeSpoke[] = Object.values(SPOKES),
  ): Promise<RegistryFake> {
    const fake = new RegistryFake(signer);
    for (const { addresses } of spokes) {
      for (const [host, address] of Object.entries(addresses)) await fake.listen(host, address, certificate);
    }
    await fake.listen("metadata", "127.0.0.1");
    return fake;
  }

  /** Base address of the metadata service. */
  public get metadata(): string {
    return `http://127.0.0.1:${this.port("127.0.0.1")}`;
  }

  /** The port at an address. */
  public port(address: string): number {
    return this.ports.get(address)!;
  }

  /** Starts a host at another address. */
  public async listen(host: string, address: string, certificate?: Certificate): Promise<void> {
    const answer: RequestListener = (request, response) => void this.answer(host, request, response);
    const server = certificate
      ? createHttps({ cert: readFileSync(certificate.cert), key: readFileSync(certificate.key) }, answer)
      : createHttp(answer);
    server.listen(0, address);
    await once(server, "listening");
    this.ports.set(address, (server.address() as AddressInfo).port);
    this.servers.push(server as Server);
  }

  /** Removes all faults. */
  public reset(): void {
    this.seen.length = 0;
    this.secrets.length = 0;
    this.faults = {};
    this.exchangesWithoutRole = 0;
    this.identities = [CLIENT_ID];
    this.mayPull = [REPOSITORY];
    this.tagged = sha256(this.index);
    delete this.upstream;
    this.store = this.storedBlob;
  }

  public async stop(): Promise<void> {
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    }
  }

  /** A signed token that Docker's registry accepts. */
  public accessToken(repository: string | undefined, actions: readonly string[], lifetime: number): string {
    const now = Math.floor(Date.now() / 1000);
    const chain = [readFileSync(this.signer.cert, "utf8").replace(/-----[^-]+-----|\s/g, "")];
    const parts = [
      { typ: "JWT", alg: "ES256", x5c: chain },
      {
        iss: LOGIN_SERVER,
        aud: LOGIN_SERVER,
        nbf: now - 10,
        exp: now + lifetime,
        jti: randomBytes(16).toString("hex"),
        access: repository === undefined ? [] : [{ type: "repository", name: repository, actions }],
      },
    ].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
    const key = { key: readFileSync(this.signer.key), dsaEncoding: "ieee-p1363" as const };
    const token = [...parts, sign("sha256", Buffer.from(parts.join(".")), key).toString("base64url")].join(".");
    return this.issue(token, { expires: Date.now() + lifetime * 1000, repository });
  }

  private manifestFor(architecture: string): string {
    return JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: this.stored("application/vnd.oci.image.config.v1+json", JSON.stringify({ architecture, os: "linux" })),
      layers: [this.bigLayer, this.layer].map((layer) =>
        this.stored("application/vnd.oci.image.layer.v1.tar+gzip", layer),
      ),
    });
  }

  private stored(mediaType: string, content: string | Buffer): { mediaType: string; digest: string; size: number } {
    const bytes = Buffer.from(content);
    const digest = sha256(bytes);
    this.blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  }

  /** All blobs and manifests, by digest. */
  public get contents(): ReadonlyMap<string, Buffer> {
    return this.blobs;
  }

  private issue(token: string, grant: Grant): string {
    this.grants.set(token, grant);
    this.secrets.push(token);
    return token;
  }

  /** As in Azure, it contains what the identity is allowed to do at this moment. */
  private newRefreshToken(): string {
    const allowed = this.exchangesWithoutRole <= 0;
    this.exchangesWithoutRole -= 1;
    const repository = allowed ? ANY_REPOSITORY : undefined;
    return this.issue(randomBytes(300).toString("base64url"), { expires: Date.now() + 60_000, repository });
  }

  private newToken(): string {
    return this.issue(randomBytes(300).toString("base64url"), { expires: Date.now() + 60_000 });
  }

  private async answer(host: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const part = partOf(host, request.url!);
    const address = request.socket.localAddress!;
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    this.seen.push({ part, host: request.headers.host ?? "", address, headers: request.headers, form });
    const pass = (): void => {
      this[part](request, response, form);
    };
    const fault = this.faults[part];
    if (fault) fault(response, pass, request);
    else pass();
  }

  /** Microsoft Entra ID, which takes the federated token of one identity. */
  private signIn(response: ServerResponse, form: URLSearchParams): void {
    const good =
      form.get("grant_type") === "client_credentials" &&
      form.get("client_assertion_type") === "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" &&
      form.get("scope") === "https://containerregistry.azure.net/.default" &&
      form.get("client_id") === this.identities[0] &&
      form.get("client_assertion") === FEDERATED_TOKEN;
    if (good) json(response, 200, { token_type: "Bearer", expires_in: 3599, access_token: this.newToken() });
    else
      json(response, 401, {
        error: "invalid_client",
        error_description: "AADSTS700213: No matching federated identity record found for presented assertion subject.",
      });
  }

  private identity(request: IncomingMessage, response: ServerResponse, form: URLSearchParams): void {
    const { pathname, searchParams } = new URL(request.url!, "http://metadata");
    if (pathname === `/${TENANT}/oauth2/v2.0/token`) {
      this.signIn(response, form);
      return;
    }
    const client = searchParams.get("client_id");
    if (this.identities.length > 1 && client === null) {
      // As recorded in github.com/Hexadite/acs-keyvault-agent/pull/43.
      json(response, 400, {
        error: "invalid_request",
        error_description:
          "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request",
      });
      return;
    }
    const asked =
      (client === null || this.identities.includes(client)) &&
      request.method === "GET" &&
      request.headers.metadata === "true" &&
      searchParams.get("api-version") === "2018-02-01" &&
      searchParams.get("resource") === "https://containerregistry.azure.net";
    if (asked) json(response, 200, { access_token: this.newToken(), token_type: "Bearer" });
    else json(response, 400, { error: "bad_request", error_description: "Required metadata header not specified" });
  }

  private challenge(request: IncomingMessage, response: ServerResponse): void {
    if (!this.toUpstream(request, response)) unauthorized(response);
  }

  private exchange(request: IncomingMessage, response: ServerResponse, form: URLSearchParams): void {
    const good =
      request.method === "POST" &&
      form.get("grant_type") === "access_token" &&
      form.get("service") === LOGIN_SERVER &&
      this.grants.has(form.get("access_token") ?? "");
    if (good) json(response, 200, { refresh_token: this.newRefreshToken() });
    else registryError(response, 401, "UNAUTHORIZED", "AAD access token is not good");
  }

  private token(request: IncomingMessage, response: ServerResponse, form: URLSearchParams): void {
    const good =
      request.method === "POST" &&
      form.get("grant_type") === "refresh_token" &&
      form.get("service") === LOGIN_SERVER &&
      this.grants.has(form.get("refresh_token") ?? "");
    if (!good) {
      registryError(response, 401, "UNAUTHORIZED", "refresh token is not good");
      return;
    }
    const [, repository] = /^repository:([^:]+):pull$/.exec(form.get("scope") ?? "") ?? [];
    // As in Azure, a token is issued in any case, and contains only what the identity is allowed to do.
    const { repository: withRole } = this.grants.get(form.get("refresh_token")!)!;
    const may = this.mayPull.find((name) => name === repository && withRole === ANY_REPOSITORY);
    json(response, 200, { access_token: this.accessToken(may, ["pull"], TOKEN_LIFETIME) });
  }

  private manifest(request: IncomingMessage, response: ServerResponse): void {
    if (this.toUpstream(request, response) || !this.authorized(request, response)) return;
    const reference = request.url!.split("/").at(-1)!;
    const digest = reference === "v1" ? this.tagged : reference;
    const manifest = this.blobs.get(digest);
    if (!manifest) {
      registryError(response, 404, "MANIFEST_UNKNOWN", `manifest tagged by "${reference}" is not found`);
      return;
    }
    const { mediaType } = JSON.parse(manifest.toString()) as { mediaType: string };
    if (!request.headers.accept?.includes(mediaType)) {
      registryError(response, 404, "MANIFEST_UNKNOWN", `${mediaType} is not accepted`);
      return;
    }
    response.writeHead(200, { "Content-Type": mediaType, "Docker-Content-Digest": digest }).end(manifest);
  }

  private blob(request: IncomingMessage, response: ServerResponse): void {
    if (this.toUpstream(request, response) || !this.authorized(request, response)) return;
    const signature = randomBytes(40).toString("base64url");
    this.secrets.push(signature);
    const location = `https://${DATA_ENDPOINTS[regionAt(request.socket.localAddress!)]}/store/${request.url!.split("/").at(-1)!}?sig=${signature}`;
    response.writeHead(307, { Location: location }).end();
  }

  private root(_request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(404).end();
  }

  private data(request: IncomingMessage, response: ServerResponse): void {
    const content = this.store(request.url!.replace(/\?.*/, ""));
    if (content) response.writeHead(200).end(content);
    else response.writeHead(404).end();
  }

  /** Whether a request with this header may pull the image. */
  public allows(authorization = ""): boolean {
    return this.grants.get(authorization.replace(/^Bearer /, ""))?.repository === REPOSITORY;
  }

  private authorized(request: IncomingMessage, response: ServerResponse): boolean {
    const grant = this.grants.get(request.headers.authorization?.replace(/^Bearer /, "") ?? "");
    if (!grant || grant.expires <= Date.now()) unauthorized(response, "invalid_token");
    else if (grant.repository !== REPOSITORY) unauthorized(response, "insufficient_scope");
    else return true;
    return false;
  }

  private toUpstream(request: IncomingMessage, response: ServerResponse): boolean {
    if (this.upstream === undefined) return false;
    const { authorization = "", accept = "*/*" } = request.headers;
    const headers = { authorization, accept };
    void fetch(this.upstream + request.url!, { headers, redirect: "manual" }).then(async (answer) => {
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(Buffer.from(await answer.arrayBuffer()));
    });
    return true;
  }
}

/** The region of the login server at an address. */
function regionAt(address: string): Region {
  const { addresses, region } = Object.values(SPOKES).find(({ addresses }) =>
    Object.values(addresses).includes(address),
  )!;
  const regions = Object.keys(REGIONAL_ENDPOINTS) as Region[];
  return regions.find((name) => addresses[REGIONAL_ENDPOINTS[name]] === address) ?? region;
}

function partOf(host: string, url: string): Part {
  if (host === "metadata") return "identity";
  if (host === LOGIN_SERVER || Object.values<string>(REGIONAL_ENDPOINTS).includes(host)) {
    if (url === "/v2/") return "challenge";
    if (url === "/oauth2/exchange") return "exchange";
    if (url === "/oauth2/token") return "token";
    if (url.includes("/manifests/")) return "manifest";
    if (url.includes("/blobs/")) return "blob";
  }
  return url === "/" ? "root" : "data";
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

/** Sends an error in the format of a registry. */
export function registryError(response: ServerResponse, status: number, code: string, message: string): void {
  json(response, status, { errors: [{ code, message, detail: null }] });
}

function unauthorized(response: ServerResponse, error?: string): void {
  const challenge = `Bearer realm="https://${LOGIN_SERVER}/oauth2/token",service="${LOGIN_SERVER}"`;
  response.setHeader("Www-Authenticate", error === undefined ? challenge : `${challenge},error="${error}"`);
  registryError(response, 401, "UNAUTHORIZED", "authentication required, visit https://aka.ms/acr/authorization");
}
