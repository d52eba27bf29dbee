import type { Resource } from "../store";
import type { RegistryProperties } from "../resource-types/registry";
import type { PullFrom } from "../registry-access";

/** Where a client of registries is, and where it connects to. */
export interface RegistryClient {
  readonly from: PullFrom;
  /** The private address that it connects to. @default - the public one */
  readonly to?: string | undefined;
}

/** A request to a registry. */
export interface RegistryRequest extends RegistryClient {
  /** In lower case, without a port. */
  readonly host: string;
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly url: string;
  /** With names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The answer to it. */
export interface RegistryAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
  /** File with the content, of which an answer to HEAD has the size alone. */
  readonly file?: string;
  /** First and last byte of the file, where a part was asked for. */
  readonly range?: readonly [number, number];
}

/** The part of a registry that a request arrives at. */
export interface FrontEnd {
  readonly registry: Resource<RegistryProperties>;
  readonly kind: "login" | "data";
  /** The region that serves. */
  readonly region: string;
  /** The host name that was asked for. */
  readonly host: string;
}

/** A refusal of a registry. */
export class RegistryError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
    private readonly detail: unknown = null,
  ) {
    super(message);
  }

  /** In the form of the OCI distribution specification. */
  public get answer(): RegistryAnswer {
    const { status, code, message, detail, headers } = this;
    return json(status, { errors: [{ code, message, detail }] }, headers);
  }
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): RegistryAnswer {
  return {
    status,
    headers: { "Content-Type": "application/json; charset=utf-8", ...headers },
    text: JSON.stringify(body),
  };
}
