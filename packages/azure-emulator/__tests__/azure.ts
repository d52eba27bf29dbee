import type { Json } from "../../common/util/json";
import type { ArmAnswer } from "../lib/arm-request";
import { ResourceManager, type ResourceManagerOptions } from "../lib/resource-manager";

const SUBSCRIPTION = "00000000-0000-0000-0000-000000000001";
export const GROUP = "rg-test";
export const GROUP_ID = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}`;
export const REGION = "swedencentral";
export const ENDPOINT = "https://localhost";

/** Id of a resource in the test's group: `Microsoft.Network/virtualNetworks/a`. What is a path already stays as it is. */
export function id(path: string): string {
  return path.startsWith("/") ? path : `${GROUP_ID}/providers/${path}`;
}

/** A promise that is resolved from outside. */
export function deferred() {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((resolvePromise) => {
    resolve = resolvePromise;
  });
  return { promise, resolve };
}

/** What a request was answered with, as it arrives at a client. */
export interface Answer {
  readonly status: number;
  /** With names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
  /** The body as it was sent. */
  readonly text: string;
  /** Code of the error. */
  readonly code: string | undefined;
}

/** An emulated Azure with a resource group, in memory. `emulator.test.ts` tests what HTTP adds. */
export class Azure {
  public readonly manager: ResourceManager;

  constructor(options: Partial<ResourceManagerOptions> = {}) {
    this.manager = new ResourceManager({ endpoint: ENDPOINT, ...options });
    this.manager.put(GROUP_ID, { location: REGION });
  }

  /** Answers one request. */
  public send(method: string, path: string, body?: Json, headers?: Readonly<Record<string, string>>): Answer {
    const [decoded = "", query] = id(path).split("?");
    const request = { method, path: decoded, query: new URLSearchParams(query), ...(headers && { headers }) };
    return received(this.manager.answer({ ...request, ...(body && { body: structuredClone(body) }) }));
  }

  /**
   * Answers a request, and waits for the end of its operation as Azure's clients do: the answer to a write has the resource as
   * it is afterwards, and that to an operation that fails has the operation's error.
   */
  public run(method: string, path: string, body?: Json): Answer {
    const first = this.send(method, path, body);
    const polled = pollingPath(first);
    if (polled === undefined || first.code !== undefined) return first;
    const last = this.send("GET", polled);
    if (last.status === 202 || !["Succeeded", "Failed", undefined].includes(last.body.status as string | undefined))
      throw new Error(`${method} ${path} is in progress.`);
    if (last.code !== undefined || !["PUT", "PATCH"].includes(method)) return { ...last, status: first.status };
    return { ...this.get(path), status: first.status };
  }

  /** Writes a resource, in the test's region unless it is part of another or an extension of it. */
  public put(path: string, properties: Json = {}, more: Json = {}): Answer {
    return this.run("PUT", path, bodyOf(path, properties, more));
  }

  /** Puts a resource there, without the faults that are injected for clients, and gives its id. */
  public given(path: string, properties: Json = {}, more: Json = {}): string {
    this.manager.put(id(path), structuredClone(bodyOf(path, properties, more)));
    return id(path);
  }

  public get(path: string): Answer {
    return this.send("GET", path);
  }

  /** Properties of a resource, as a client reads them. */
  public properties(path: string): Json {
    return this.get(path).body.properties as Json;
  }

  public delete(path: string): Answer {
    return this.run("DELETE", path);
  }
}

/** The path at which the operation of a request is polled. */
export function pollingPath({ headers }: Answer): string | undefined {
  return (headers["azure-asyncoperation"] ?? headers.location)?.slice(ENDPOINT.length);
}

function received({ status, headers = {}, body }: ArmAnswer): Answer {
  const text = body === undefined ? "" : JSON.stringify(body);
  const json = ((text ? JSON.parse(text) : null) ?? {}) as Json;
  return {
    status,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: json,
    text,
    code: (json.error as { code: string } | undefined)?.code,
  };
}

function bodyOf(path: string, properties: Json, more: Json): Json {
  const hasRegion = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+(\/providers(\/[^/]+){3})?$/.test(id(path));
  return { ...(hasRegion && { location: REGION }), properties, ...more };
}
