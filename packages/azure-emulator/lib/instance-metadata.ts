import { isJson } from "../../common/util/json";
import type { ArmAnswer } from "./arm-request";

/** Principals of a machine's identities, by their client ids; that of its own is "". */
export function identitiesOf(identity: unknown): Map<string, string> {
  const { principalId, userAssignedIdentities } = isJson(identity) ? identity : {};
  const assigned = Object.values(isJson(userAssignedIdentities) ? userAssignedIdentities : {}).filter(isJson);
  return new Map([
    ...(typeof principalId === "string" ? [["", principalId] as const] : []),
    ...assigned.map((one) => [String(one.clientId), String(one.principalId)] as const),
  ]);
}

/**
 * Answers the instance metadata service of a machine, as far as it issues tokens.
 *
 * @see https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
 */
export function instanceMetadata(
  { method, url, metadata }: { readonly method: string; readonly url: string; readonly metadata: string | undefined },
  identities: ReadonlyMap<string, string>,
  issue: (principal: string, audience: string) => object,
): ArmAnswer {
  const { pathname, searchParams } = new URL(url, "http://169.254.169.254");
  const refuse = (error: string, error_description: string) => ({ status: 400, body: { error, error_description } });
  if (pathname !== "/metadata/identity/oauth2/token") return { status: 404, body: { error: "Not found" } };
  if (metadata !== "true" || method !== "GET") return refuse("bad_request", "Required metadata header not specified");
  if (!searchParams.has("api-version"))
    return refuse("invalid_request", "Required query variable 'api-version' is missing");
  const resource = searchParams.get("resource");
  if (!resource) return refuse("invalid_request", "Required query variable 'resource' is missing");
  const client = searchParams.get("client_id");
  const only = identities.size === 1 ? [...identities.values()][0] : undefined;
  // Source: github.com/Hexadite/acs-keyvault-agent/pull/43.
  if (client === null && identities.size > 1 && !identities.has(""))
    return refuse(
      "invalid_request",
      "Multiple user assigned identities exist, please specify the clientId / resourceId",
    );
  const principal = identities.get(client ?? "") ?? (client === null ? only : undefined);
  return principal === undefined
    ? refuse("invalid_request", "Identity not found")
    : { status: 200, body: issue(principal, resource) };
}
