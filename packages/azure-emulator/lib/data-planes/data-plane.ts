import type { Json } from "../../../common/util/json";
import { bodyOf } from "../arm-request";

/** A request to a service itself, rather than to Azure Resource Manager: `PUT https://ACCOUNT.blob.core.windows.net/logs`. */
export interface DataRequest {
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The answer of a service itself. */
export interface DataAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly text?: string;
}

/** A service's data plane: it keeps what it is given. */
export interface DataPlane {
  /** Suffixes of its host names: `vault.azure.net`. */
  readonly suffixes: readonly string[];
  /** What it holds. */
  readonly kept: Map<string, object>;
  answer(request: DataRequest): DataAnswer;
}

/** An answer in JSON. */
export function json(status: number, body: unknown): DataAnswer {
  return { status, headers: { "Content-Type": "application/json; charset=utf-8" }, text: JSON.stringify(body) };
}

/** The JSON object that a client sent; an empty one if it sent something else. */
export function jsonBody(text: string): Json {
  return bodyOf("POST", text).body ?? {};
}

/** Seconds since 1970 of the one moment at which all things of the emulated Azure are created. */
export const CREATED = 1_767_225_600;
