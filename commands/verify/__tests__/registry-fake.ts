import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type IncomingMessage, type RequestListener, type ServerResponse, createServer as createHttp } from "node:http";
import { type Server, createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { arch } from "node:os";
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

export type Region = keyof typeof DATA_ENDPOINTS;

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

/** The addresses of the names in a spoke. DNS may lead the login server to a region. */
export function addressesIn({ addresses }: FakeSpoke, ledTo?: Region): FakeSpoke["addresses"] {
  return ledTo ? { ...addresses, [LOGIN_SERVER]: addresses[REGIONAL_ENDPOINTS[ledTo]]! } : addresses;
}

/** The processor architecture of the VMs, which are on this machine. */
export const ARCHITECTURE = arch() === "arm64" ? "arm64" : "amd64";

/** A certificate with its key, as files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export function openssl(...args: string[]): void {
  const { status, stderr } = spawnSync("openssl", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

/** Makes a self-signed certificate for these names in a folder. */
export function makeCertificate(folder: string, name: string, hosts: readonly string[]): Certificate {
  const files = { cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
  openssl(
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"],
    ...["-subj", `/CN=${name}`, "-addext", `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(",")}`],
    ...["-out", files.cert, "-keyout", files.key],
  );
  return files;
}

export const sha256 = (content: string | Buffer): string =>
  `sha256:${createHash("sha256").update(content).digest("hex")}`;

/** The parts of the flow in which a test can inject a fault. */
type Part = "identity" | "challenge" | "exchange" | "token" | "manifest" | "blob" | "data";

/** Replaces an answer. `pass` sends the regular one. */
type Fault = (response: ServerResponse, pass: () => void, request: IncomingMessage) => void;

/** What a token is good for. As in Azure, there is a refresh token and an access token for an identity without a role. */
type Grant = "identity" | "refresh with a role" | "refresh without a role" | "pull" | "nothing";

const BLOBS = new Map<string, Buffer>();

function stored(mediaType: string, content: string) {
  const bytes = Buffer.from(content);
  const digest = sha256(bytes);
  BLOBS.set(digest, bytes);
  return { mediaType, digest, size: bytes.length };
}

/** Digests of an image for two platforms, whose bigger layer comes first. */
export const DIGESTS = (() => {
  const oci = (kind: string) => `application/vnd.oci.image.${kind}`;
  const manifestOf = (content: object) => {
    const mediaType = oci("manifests" in content ? "index.v1+json" : "manifest.v1+json");
    return stored(mediaType, JSON.stringify({ schemaVersion: 2, mediaType, ...content }));
  };
  const layers = ["a layer that is bigger\n".repeat(500), "a layer that is small\n".repeat(50)].map((layer) =>
    stored(oci("layer.v1.tar+gzip"), layer),
  );
  const platform = (architecture: string, os = "linux") => ({
    ...manifestOf({ config: stored(oci("config.v1+json"), JSON.stringify({ architecture, os })), layers }),
    platform: { os, architecture },
  });
  const [amd64, arm64] = [platform("amd64"), platform("arm64")];
  // BuildKit adds an entry of an unknown platform for the build's attestations.
  const index = manifestOf({ manifests: [platform("unknown", "unknown"), amd64, arm64] });
  return { index: index.digest, amd64: amd64.digest, arm64: arm64.digest, layer: layers[1]!.digest };
})();

/**
 * An Azure Container Registry on loopback, with a private endpoint in each spoke, and the metadata service of a VM.
 *
 * It uses the real protocol: challenge, exchange, tokens with scopes, manifests, 307 to a data endpoint. The login server
 * of a region answers to the name of the registry too, and redirects to the data endpoint of its own region.
 */
export class RegistryFake {
  /** The requests, each with the address to which it was sent. */
  public readonly seen: { url: string; address: string; authorization: string | undefined }[] = [];
  /** Every token that was issued, and every signature in a URL. */
  public readonly secrets: string[] = [];
  public faults: Partial<Record<Part, Fault>> = {};
  /** How many more times the role is not known yet when a token is exchanged. */
  public exchangesWithoutRole = 0;
  /** Client ids of the machine's identities. The first one has a federated credential. */
  public identities: readonly string[] = [CLIENT_ID];

  /** Digest of the manifest with the tag. */
  public tagged = DIGESTS.index;

  private readonly grants = new Map<string, Grant>();
  private readonly servers: Server[] = [];
  /** The port at each address. */
  public readonly ports = new Map<string, number>();

  private constructor(public readonly certificate: Certificate) {}

  /** Starts a registry at the addresses of the spokes, with a certificate of its hosts, which is made in a folder. */
  public static async start(folder: string): Promise<RegistryFake> {
    const certificate = makeCertificate(folder, "registry", [...ALL_HOSTS, "*.data.azurecr.test"]);
    const fake = new RegistryFake(certificate);
    for (const { addresses } of Object.values(SPOKES)) {
      for (const [host, address] of Object.entries(addresses)) await fake.listen(host, address, certificate);
    }
    await fake.listen("metadata", "127.0.0.1");
    return fake;
  }

  /** Base address of the metadata service. */
  public get metadata(): string {
    return `http://127.0.0.1:${this.ports.get("127.0.0.1")!}`;
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
    this.tagged = DIGESTS.index;
  }

  public async stop(): Promise<void> {
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    }
  }

  private issue(grant: Grant): string {
    const token = randomBytes(300).toString("base64url");
    this.grants.set(token, grant);
    this.secrets.push(token);
    return token;
  }

  private async answer(host: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const part = partOf(host, request.url!);
    const { socket, headers, url = "" } = request;
    this.seen.push({ url, address: socket.localAddress!, authorization: headers.authorization });
    const pass = (): void => {
      this[part](request, response, new URLSearchParams(Buffer.concat(chunks).toString()));
    };
    const fault = this.faults[part];
    if (fault) fault(response, pass, request);
    else pass();
  }

  /** Microsoft Entra ID, which takes the federated token of one identity. */
  private signIn(response: ServerResponse, form: URLSearchParams): void {
    const good = has(form, {
      grant_type: "client_credentials",
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      scope: "https://containerregistry.azure.net/.default",
      client_id: this.identities[0]!,
      client_assertion: FEDERATED_TOKEN,
    });
    const description = "AADSTS700213: No matching federated identity record found for presented assertion subject.";
    if (good) json(response, 200, { token_type: "Bearer", expires_in: 3599, access_token: this.issue("identity") });
    else json(response, 401, { error: "invalid_client", error_description: description });
  }

  private identity({ url, method, headers }: IncomingMessage, response: ServerResponse, form: URLSearchParams): void {
    const { pathname, searchParams } = new URL(url!, "http://metadata");
    if (pathname === `/${TENANT}/oauth2/v2.0/token`) {
      this.signIn(response, form);
      return;
    }
    const client = searchParams.get("client_id");
    const refuse = (error: string, error_description: string) => {
      json(response, 400, { error, error_description });
    };
    const asked = has(searchParams, { "api-version": "2018-02-01", resource: "https://containerregistry.azure.net" });
    if (this.identities.length > 1 && client === null)
      // As recorded in github.com/Hexadite/acs-keyvault-agent/pull/43.
      refuse("invalid_request", "Multiple user assigned identities exist, please specify the clientId / resourceId");
    else if (
      !asked ||
      method !== "GET" ||
      headers.metadata !== "true" ||
      !this.identities.includes(client ?? CLIENT_ID)
    )
      refuse("bad_request", "Required metadata header not specified");
    else json(response, 200, { access_token: this.issue("identity"), token_type: "Bearer" });
  }

  private readonly challenge = (_: unknown, response: ServerResponse) => {
    unauthorized(response);
  };

  private exchange({ method }: IncomingMessage, response: ServerResponse, form: URLSearchParams): void {
    const good = method === "POST" && has(form, { grant_type: "access_token", service: LOGIN_SERVER });
    if (!good || this.grants.get(form.get("access_token") ?? "") !== "identity") {
      registryError(response, 401, "UNAUTHORIZED", "AAD access token is not good");
      return;
    }
    // As in Azure, it contains what the identity is allowed to do at this moment.
    const grant = this.exchangesWithoutRole-- > 0 ? "refresh without a role" : "refresh with a role";
    json(response, 200, { refresh_token: this.issue(grant) });
  }

  private token({ method }: IncomingMessage, response: ServerResponse, form: URLSearchParams): void {
    const good = method === "POST" && has(form, { grant_type: "refresh_token", service: LOGIN_SERVER });
    const grant = this.grants.get(form.get("refresh_token") ?? "");
    if (!good || !grant?.startsWith("refresh")) {
      registryError(response, 401, "UNAUTHORIZED", "refresh token is not good");
      return;
    }
    // As in Azure, a token is issued in any case, and contains only what the identity is allowed to do.
    const may = grant === "refresh with a role" && form.get("scope") === `repository:${REPOSITORY}:pull`;
    json(response, 200, { access_token: this.issue(may ? "pull" : "nothing") });
  }

  private manifest(request: IncomingMessage, response: ServerResponse): void {
    if (!this.authorized(request, response)) return;
    const reference = request.url!.split("/").at(-1)!;
    const digest = reference === "v1" ? this.tagged : reference;
    const manifest = BLOBS.get(digest);
    const { mediaType = "" } = manifest ? (JSON.parse(manifest.toString()) as { mediaType: string }) : {};
    if (!manifest || !request.headers.accept?.includes(mediaType))
      registryError(
        response,
        404,
        "MANIFEST_UNKNOWN",
        `manifest tagged by "${reference}" is not found or not accepted`,
      );
    else response.writeHead(200, { "Content-Type": mediaType, "Docker-Content-Digest": digest }).end(manifest);
  }

  private blob(request: IncomingMessage, response: ServerResponse): void {
    if (!this.authorized(request, response)) return;
    const signature = randomBytes(40).toString("base64url");
    this.secrets.push(signature);
    const host = DATA_ENDPOINTS[regionAt(request.socket.localAddress!)];
    const location = `https://${host}/store/${request.url!.split("/").at(-1)!}?sig=${signature}`;
    response.writeHead(307, { Location: location }).end();
  }

  private data({ url }: IncomingMessage, response: ServerResponse): void {
    const content = BLOBS.get(/^\/store\/([^?]*)/.exec(url!)?.[1] ?? "");
    response.writeHead(content ? 200 : 404).end(content);
  }

  private grantOf(authorization = ""): Grant | undefined {
    return this.grants.get(authorization.replace(/^Bearer /, ""));
  }

  /** Whether a request with this header may pull the image. */
  public allows(authorization?: string): boolean {
    return this.grantOf(authorization) === "pull";
  }

  private authorized({ headers }: IncomingMessage, response: ServerResponse): boolean {
    const allowed = this.allows(headers.authorization);
    if (!allowed) unauthorized(response, this.grantOf(headers.authorization) ? "insufficient_scope" : "invalid_token");
    return allowed;
  }
}

/** Whether a form or a query has these values. */
function has(form: URLSearchParams, expected: Readonly<Record<string, string>>): boolean {
  return Object.entries(expected).every(([name, value]) => form.get(name) === value);
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
  return "data";
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
