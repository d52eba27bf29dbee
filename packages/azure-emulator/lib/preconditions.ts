import { ArmError } from "./arm-error";
import type { ArmRequest } from "./arm-request";
import type { ResourceType } from "./resource-type";
import type { Resource } from "./store";

/**
 * Why a request is refused that the client guards, by headers or by the etag that it has read: the resource has changed.
 *
 * @param existing - the resource, if it exists
 * @returns undefined if the request is not guarded, or nobody has changed the resource
 * @see https://datatracker.ietf.org/doc/html/rfc9110#name-conditional-requests
 */
export function preconditionError(
  { headers = {}, body = {} }: Pick<ArmRequest, "headers" | "body">,
  existing: Resource | undefined,
  { etagInBody, bareErrors }: ResourceType,
): ArmError | undefined {
  const matches = (etag: string) =>
    existing !== undefined && (etag === "*" || plain(etag) === plain(String(existing.etag)));
  // Clients send a header without a value for one that they do not use.
  const { "if-match": match = "", "if-none-match": noneMatch = "" } = headers;
  const isStale = etagInBody && existing && typeof body.etag === "string" && !matches(body.etag);
  if (!isStale && (match === "" || matches(match)) && (noneMatch === "" || !matches(noneMatch))) return undefined;
  const message = existing
    ? `The resource ${existing.id} has been modified (etag mismatch): its etag is ${String(existing.etag)}.`
    : "The resource does not exist (etag mismatch).";
  return new ArmError(412, "PreconditionFailed", message, undefined, bareErrors);
}

/** An etag without what marks it as weak, and without quotation marks. */
function plain(etag: string): string {
  return etag.replace(/^W\//, "").replaceAll('"', "");
}
