import { endpointAt, networkOf } from "../registry-access";
import type { Store } from "../store";
import { BlobFiles, digestOf, isDigest } from "./blob-files";
import { distribution } from "./distribution";
import { STORAGE, frontEnd } from "./front-end";
import { Images } from "./images";
import {
  type FrontEnd,
  type RegistryAnswer,
  type RegistryClient,
  RegistryError,
  type RegistryRequest,
} from "./registry-request";
import type { Replication } from "./replicated";
import { type SignedIn, Tokens } from "./tokens";

/** What the data plane of registries works with. */
export interface RegistryDataPlaneProps extends SignedIn {
  readonly store: Store;
  /** Regions that do not serve. */
  readonly outages: ReadonlySet<string>;
  readonly replication: Replication;
  /** Every n-th request is answered with status 429. */
  readonly throttleEvery?: number | undefined;
  readonly retryAfter: string;
}

/** How long a URL of the data endpoint is good, in seconds. */
const URL_LIFETIME = 20 * 60;

/** What the registries answer themselves: tokens, manifests and blobs. */
export class RegistryDataPlane {
  private readonly files = new BlobFiles();
  private readonly images = new Map<string, Images>();
  private readonly tokens: Tokens;
  /** Seconds since 1970, by the clock of the emulator. */
  private readonly now: () => number;
  private requests = 0;

  constructor(private readonly props: RegistryDataPlaneProps) {
    const { store, replication } = props;
    const start = Date.now() - replication.clock();
    this.now = () => (start + replication.clock()) / 1000;
    this.tokens = new Tokens(store, props, this.now);
    // The images of a registry are deleted with it.
    store.onDelete = (id) => this.images.delete(id);
  }

  /** Answers a request; undefined if there is nothing that answers at this address. */
  public answer(request: RegistryRequest): RegistryAnswer | undefined {
    const { host } = request;
    try {
      if (STORAGE.test(host)) return this.storage(request);
      const at = this.reached(host, request);
      if (!at) return undefined;
      this.throttle();
      const answer = at.kind === "data" ? this.blob(request) : this.login(request, at);
      return { ...answer, headers: { "Docker-Distribution-Api-Version": "registry/2.0", ...answer.headers } };
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      return error.answer;
    }
  }

  /**
   * The part of a registry that answers a client; undefined if nothing does.
   *
   * @throws RegistryError if the registry refuses the client
   */
  public reached(host: string, client: RegistryClient): FrontEnd | undefined {
    return frontEnd(host, client, this.props.store, this.props.outages);
  }

  /** What is behind the private address that a client connects to; undefined if nothing is, or if it is a public one. */
  public behind({ from, to }: RegistryClient): FrontEnd["kind"] | undefined {
    const { store } = this.props;
    const network = "network" in from ? networkOf(from.network, store) : undefined;
    const endpoint = network && to !== undefined ? endpointAt(to, network, store) : undefined;
    return endpoint && (endpoint.fqdn.includes(".data.") ? "data" : "login");
  }

  /** Deletes all images. */
  public close(): void {
    this.files.close();
  }

  private login(request: RegistryRequest, at: FrontEnd): RegistryAnswer {
    const [path, query] = parts(request.url);
    if (path.startsWith("/oauth2/")) return this.tokens.answer(path, query, request, at);
    if (!/^\/v2(\/|$)/.test(path)) {
      const missing = path === "" ? 404 : 501;
      throw new RegistryError(missing, "UNSUPPORTED", `The emulated registry has no ${path === "" ? "/" : path}.`);
    }
    const images = this.images.get(at.registry.id.toLowerCase()) ?? new Images(this.props.replication);
    this.images.set(at.registry.id.toLowerCase(), images);
    const { files, tokens } = this;
    return distribution(path, query, request, at, {
      ...{ images, files, tokens },
      locationOf: (digest) => this.locationOf(digest, at),
    });
  }

  /** Where a region has a blob: at its data endpoint, or in a storage account. */
  private locationOf(digest: string, { registry, region }: FrontEnd): string {
    const { loginServer = "", dataEndpointEnabled } = registry.properties;
    const [name, ...suffix] = loginServer.split(".");
    const host = dataEndpointEnabled
      ? [name, region, "data", ...suffix].join(".")
      : `managed${region}.blob.core.windows.net`;
    const path = `/${digestOf(Buffer.from(registry.id)).slice(7, 23)}/docker/registry/v2/blobs/${digest.replace(":", "/")}/data`;
    const expiry = String(Math.floor(this.now()) + URL_LIFETIME);
    return `https://${host}${path}?${new URLSearchParams({ se: expiry, sig: this.tokens.sign(`${host}${path}${expiry}`) }).toString()}`;
  }

  private storage(request: RegistryRequest): RegistryAnswer | undefined {
    const { region = "" } = STORAGE.exec(request.host)!.groups!;
    if (request.to !== undefined || this.props.outages.has(region)) return undefined;
    return this.blob(request);
  }

  /** The content of a blob, for whom has a URL that is signed. */
  private blob({ method, url, headers, host }: RegistryRequest): RegistryAnswer {
    const [path, query] = parts(url);
    const [, algorithm = "", hex = ""] = /\/blobs\/(\w+)\/(\w+)\/data$/.exec(path) ?? [];
    const digest = `${algorithm}:${hex}`;
    const expiry = query.get("se") ?? "";
    const size = isDigest(digest) ? this.files.size(digest) : undefined;
    const isSigned = query.get("sig") === this.tokens.sign(`${host}${path}${expiry}`) && Number(expiry) > this.now();
    if (!isSigned || !["GET", "HEAD"].includes(method))
      return failure(403, "AuthenticationFailed", "Server failed to authenticate the request.");
    if (size === undefined) return failure(404, "BlobNotFound", "The specified blob does not exist.");
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? "") ?? [];
    const range = [Number(first ?? 0), Math.min(last ? Number(last) : size, size - 1)] as const;
    if (first !== undefined && range[0] > range[1])
      return failure(416, "InvalidRange", "The range specified is invalid for the current size of the resource.");
    return {
      status: first === undefined ? 200 : 206,
      headers: {
        "Content-Type": "application/octet-stream",
        "Accept-Ranges": "bytes",
        "Content-Length": String(first === undefined ? size : range[1] - range[0] + 1),
        ...(first !== undefined && { "Content-Range": `bytes ${range.join("-")}/${size}` }),
      },
      file: this.files.file(digest),
      ...(first !== undefined && { range }),
    };
  }

  private throttle(): void {
    const { throttleEvery, retryAfter } = this.props;
    this.requests += 1;
    if (throttleEvery !== undefined && this.requests % throttleEvery === 0)
      throw new RegistryError(429, "TOOMANYREQUESTS", "too many requests", { "Retry-After": retryAfter });
  }
}

/** Path and query of a URL, without a slash at the end of the path. */
function parts(url: string): [path: string, query: URLSearchParams] {
  const [path = "", query = ""] = url.split("?");
  try {
    return [decodeURIComponent(path).replace(/\/$/, ""), new URLSearchParams(query)];
  } catch {
    return [path, new URLSearchParams(query)];
  }
}

/** A refusal of Azure Storage, which data endpoints lead to. */
function failure(status: number, code: string, message: string): RegistryAnswer {
  const text = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, headers: { "Content-Type": "application/xml", "x-ms-error-code": code }, text };
}
