import { badRequest } from "./arm-error";
import { type Json, isJson } from "../../common/util/json";

/** A request to Azure Resource Manager. */
export interface ArmRequest {
  readonly method: string;
  /** Decoded, without a slash at its end. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** With names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Json;
}

/** An answer of Azure Resource Manager. */
export interface ArmAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** Path and query of a URL's path, which a client may have encoded. */
export function pathOf(url: string): Pick<ArmRequest, "path" | "query"> {
  const [path = "", query] = url.split("?");
  return {
    path: decoded(path)
      .replace(/\/{2,}/g, "/")
      .replace(/\/$/, ""),
    query: new URLSearchParams(query),
  };
}

/**
 * The body of a request, if it has one in JSON.
 *
 * @param type - the header `Content-Type`
 * @throws ArmError if what is to be written is no JSON object
 */
export function bodyOf(method: string, text: string, type = "application/json"): Pick<ArmRequest, "body"> {
  if (text.trim() === "" || !type.includes("json")) return {};
  const body = parsed(text);
  if (isJson(body)) return { body };
  if (method === "PUT" || method === "PATCH")
    throw badRequest("InvalidRequestContent", "The request content was invalid and could not be deserialized.");
  return {};
}

/** A path without its percent signs; as it is where these are wrong. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
