import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { type Server as HttpServer, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { arch } from "node:os";
import { join } from "node:path";
import {
  AzureEmulator,
  type InterceptRegistry,
  type RegistryAnswer,
  type RegistryRequest,
} from "../../../packages/azure-emulator";
import { allow, putNetwork, vmOf } from "../../../__tests__/support/emulated-network";

export const LOGIN_SERVER = "hello.azurecr.io";
export const REPOSITORY = "sample/hello-world";
export const IMAGE = `${REPOSITORY}:v1`;
export const DATA_ENDPOINTS = {
  swedencentral: "hello.swedencentral.data.azurecr.io",
  switzerlandnorth: "hello.switzerlandnorth.data.azurecr.io",
} as const;
/** The login server of each region, which a registry with regional endpoints has. */
export const REGIONAL_ENDPOINTS = {
  swedencentral: "hello.swedencentral.geo.azurecr.io",
  switzerlandnorth: "hello.switzerlandnorth.geo.azurecr.io",
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
type Part = "challenge" | "exchange" | "token" | "manifest" | "blob" | "data";

/** Replaces an answer. `answer` gives the regular one; undefined cuts the connection. */
type Fault = (answer: () => RegistryAnswer | undefined, request: RegistryRequest) => ReturnType<InterceptRegistry>;

interface Stored {
  readonly mediaType: string;
  readonly content: string;
}

const STORED = new Map<string, Stored>();

function stored(mediaType: string, content: string) {
  const digest = sha256(content);
  STORED.set(digest, { mediaType, content });
  return { mediaType, digest, size: content.length };
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

const VM = vmOf("spoke1");
/** The address in Azure that one on loopback stands for. */
const inAzure = (loopback: string) => loopback.replace("127.", "10.");

/**
 * The emulated Azure's registry on loopback, with a private endpoint in each spoke, and the metadata service of a VM. Each
 * address of an endpoint, such as 10.10.0.4, is there as 127.10.0.4.
 */
export class RegistryFake {
  /** The requests, each with the address to which it was sent. */
  public readonly seen: { url: string; address: string; authorization: string | undefined }[] = [];
  /** Every token that was issued, and every signature in a URL. */
  public readonly secrets = new Set<string>();
  public faults: Partial<Record<Part, Fault>> = {};
  /** How many more times the role is not known yet when a token is exchanged. */
  public exchangesWithoutRole = 0;
  /** Digest of the manifest with the tag. */
  public tagged = DIGESTS.index;
  /** The port at each address. */
  public readonly ports = new Map<string, number>();
  private readonly signIn: HttpServer;
  /** Id of the role assignment by which the identity may pull. */
  private role = "";

  private constructor(private readonly azure: AzureEmulator) {
    this.signIn = createServer((request, response) => {
      void request.toArray().then((chunks) => {
        const { status, body } = this.signedIn(
          request.url!,
          new URLSearchParams(Buffer.concat(chunks as Buffer[]).toString()),
        );
        response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
      });
    });
  }

  /** Starts a registry with an image at the addresses of the spokes. */
  public static async start(): Promise<RegistryFake> {
    const azure = await AzureEmulator.start({
      interceptRegistry: (request, answer) => fake.answer(request, answer),
    });
    const fake = new RegistryFake(azure);
    const inAzureOf = (addresses: FakeSpoke["addresses"]) =>
      Object.fromEntries(Object.entries(addresses).map(([host, address]) => [host, inAzure(address)]));
    const spokes = Object.entries(SPOKES).map(([spoke, { region, addresses }]): [string, FakeSpoke] => [
      spoke,
      { region, addresses: inAzureOf(addresses) },
    ]);
    putNetwork(azure, Object.fromEntries(spokes), true);
    fake.identify(CLIENT_ID);
    fake.role = allow(azure, "pull", CLIENT_ID);
    fake.upload();
    for (const [network, { addresses }] of Object.entries(SPOKES)) {
      for (const host of Object.values(addresses)) {
        const client = { from: { network }, to: inAzure(host) };
        const server = await azure.listenForRegistries(client, { host, port: 0 });
        fake.ports.set(host, (server.address() as AddressInfo).port);
      }
    }
    const metadata = await azure.listenForMetadata(VM, { host: "127.0.0.1", port: 0 });
    fake.ports.set("127.0.0.1", (metadata.address() as AddressInfo).port);
    fake.signIn.listen(0, "127.0.0.1");
    await once(fake.signIn, "listening");
    return fake;
  }

  /** The certificates of the registry, in PEM. */
  public get certificate(): string {
    return this.azure.certificate;
  }

  /** Base address of the metadata service. */
  public get metadata(): string {
    return `http://127.0.0.1:${this.ports.get("127.0.0.1")!}`;
  }

  /** Base address of Microsoft Entra ID. */
  public get authority(): string {
    return `http://127.0.0.1:${(this.signIn.address() as AddressInfo).port}`;
  }

  /** Gives the machine identities in place of its own, by their client ids. The first one may pull. */
  public identify(...clientIds: readonly string[]): void {
    const userAssignedIdentities = new Map(
      clientIds.map((clientId) => [`${VM}/${clientId}`, { clientId, principalId: clientId }]),
    );
    this.azure.put(VM, {
      location: SPOKES.spoke1.region,
      identity: { type: "UserAssigned", userAssignedIdentities: Object.fromEntries<object>(userAssignedIdentities) },
    });
  }

  /** Gives the tag to another manifest. */
  public tag(digest: string): void {
    this.tagged = digest;
    this.put(`manifests/${IMAGE.split(":")[1]!}`, STORED.get(digest)!);
  }

  /** Removes all faults. */
  public reset(): void {
    this.seen.length = 0;
    this.secrets.clear();
    this.faults = {};
    this.exchangesWithoutRole = 0;
    this.identify(CLIENT_ID);
    this.tag(DIGESTS.index);
  }

  public async stop(): Promise<void> {
    this.signIn.closeAllConnections();
    this.signIn.close();
    await this.azure.close();
  }

  /** Pushes the image by the admin user. */
  private upload(): void {
    for (const [digest, one] of STORED)
      this.put(/manifest|index/.test(one.mediaType) ? `manifests/${digest}` : `blobs/uploads/?digest=${digest}`, one);
    this.tag(DIGESTS.index);
  }

  private put(path: string, { mediaType, content }: Stored): void {
    const url = `/v2/${REPOSITORY}/${path}`;
    const { status, text } = this.azure.askRegistry({
      ...{ from: { network: "spoke1" }, to: inAzure(SPOKES.spoke1.addresses[LOGIN_SERVER]!), host: LOGIN_SERVER, url },
      method: path.startsWith("manifests") ? "PUT" : "POST",
      headers: {
        authorization: `Basic ${Buffer.from("hello:emulated").toString("base64")}`,
        "content-type": mediaType,
      },
      body: Buffer.from(content),
    })!;
    if (status !== 201) throw new Error(`${url}: ${status} ${text ?? ""}`);
  }

  private answer(request: RegistryRequest, answer: () => RegistryAnswer | undefined): ReturnType<InterceptRegistry> {
    const { url, to = "", host, headers, body } = request;
    const { authorization } = headers;
    this.seen.push({ url, address: to.replace("10.", "127."), authorization });
    const identity = new URLSearchParams(body.toString()).get("access_token");
    if (identity !== null) this.secrets.add(identity);
    const part = partOf(host, url);
    const given = (): RegistryAnswer | undefined => {
      const lacksRole = part === "exchange" && this.exchangesWithoutRole-- > 0;
      if (lacksRole) this.azure.delete(this.role);
      const found = answer();
      if (lacksRole) allow(this.azure, "pull", CLIENT_ID);
      const [, secret] =
        /(?:_token":"|[?&]sig=)([\w.-]+)/.exec(`${found?.text ?? ""}${found?.headers?.Location ?? ""}`) ?? [];
      if (secret !== undefined) this.secrets.add(secret);
      return found;
    };
    const fault = this.faults[part];
    return fault ? fault(given, request) : given();
  }

  /** Microsoft Entra ID, which takes the federated token of one identity. */
  private signedIn(url: string, form: URLSearchParams): { readonly status: number; readonly body: object } {
    const isGood = has(form, {
      grant_type: "client_credentials",
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      scope: "https://containerregistry.azure.net/.default",
      client_id: CLIENT_ID,
      client_assertion: FEDERATED_TOKEN,
    });
    if (isGood && url === `/${TENANT}/oauth2/v2.0/token`)
      return {
        status: 200,
        body: { access_token: this.azure.tokenFor(CLIENT_ID, "https://containerregistry.azure.net") },
      };
    const description = "AADSTS700213: No matching federated identity record found for presented assertion subject.";
    return { status: 401, body: { error: "invalid_client", error_description: description } };
  }
}

/** Whether a form has these values. */
function has(form: URLSearchParams, expected: Readonly<Record<string, string>>): boolean {
  return Object.entries(expected).every(([name, value]) => form.get(name) === value);
}

function partOf(host: string, url: string): Part {
  if (host.includes(".data.")) return "data";
  const [, part = "challenge"] = /\/(exchange|token|manifest|blob)(?:s\/|$)/.exec(url) ?? [];
  return part as Part;
}

/** An error in the format of a registry. */
export function registryError(status: number, code: string, message: string): RegistryAnswer {
  const text = JSON.stringify({ errors: [{ code, message, detail: null }] });
  return { status, headers: { "Content-Type": "application/json" }, text };
}
