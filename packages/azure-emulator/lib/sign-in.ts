import { randomUUID } from "node:crypto";
import { REGISTRY_SUFFIX } from "./registry-names";
import type { ArmAnswer } from "./resource-manager";

/** Who signs in: the same, whatever is shown to prove it. */
export const IDENTITY = {
  tenantId: "00000000-0000-0000-0000-0000000000aa",
  objectId: "00000000-0000-0000-0000-0000000000bb",
} as const;

/** Where clients learn of a cloud's addresses, and get their tokens: undefined for any other path. */
export function signIn(path: string, query: URLSearchParams, endpoint: string): ArmAnswer | undefined {
  if (path.toLowerCase() === "/metadata/endpoints") {
    const cloud = metadata(endpoint);
    // Newer versions answer with one cloud, older ones with a list.
    return { status: 200, body: (query.get("api-version") ?? "") >= "2022" ? cloud : [cloud] };
  }
  if (/\/oauth2\/(v2\.0\/)?token$/.test(path)) return { status: 200, body: token(endpoint) };
  if (path.endsWith("/.well-known/openid-configuration"))
    return {
      status: 200,
      body: {
        issuer: endpoint,
        authorization_endpoint: `${endpoint}/${IDENTITY.tenantId}/oauth2/v2.0/authorize`,
        token_endpoint: `${endpoint}/${IDENTITY.tenantId}/oauth2/v2.0/token`,
      },
    };
  return undefined;
}

/** A token that anyone can make: its signature is no signature. It proves nothing, and the emulator asks for no proof. */
function token(endpoint: string): object {
  const now = Math.floor(Date.now() / 1000);
  const { tenantId, objectId } = IDENTITY;
  const lifetime = 36_000;
  const claims = {
    aud: endpoint,
    iss: endpoint,
    iat: now,
    nbf: now,
    exp: now + lifetime,
    jti: randomUUID(),
    tid: tenantId,
    oid: objectId,
    sub: objectId,
    appid: objectId,
    ver: "1.0",
  };
  const encoded = [{ alg: "none", typ: "JWT" }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString("base64url"),
  );
  return {
    access_token: [...encoded, "unsigned"].join("."),
    token_type: "Bearer",
    expires_in: lifetime,
    expires_on: String(now + lifetime),
    not_before: String(now),
    resource: endpoint,
  };
}

function metadata(endpoint: string): object {
  return {
    name: "AzureCloud",
    resourceManager: endpoint,
    authentication: {
      loginEndpoint: endpoint,
      audiences: [endpoint],
      tenant: "common",
      identityProvider: "AAD",
    },
    graph: endpoint,
    graphAudience: endpoint,
    microsoftGraphResourceId: `${endpoint}/`,
    portal: endpoint,
    gallery: endpoint,
    batch: endpoint,
    media: endpoint,
    vmImageAliasDoc: endpoint,
    activeDirectoryDataLake: endpoint,
    sqlManagement: endpoint,
    logAnalyticsResourceId: endpoint,
    appInsightsResourceId: endpoint,
    appInsightsTelemetryChannelResourceId: endpoint,
    attestationResourceId: endpoint,
    synapseAnalyticsResourceId: endpoint,
    ossrDbmsResourceId: endpoint,
    suffixes: {
      acrLoginServer: REGISTRY_SUFFIX,
      keyVaultDns: "vault.azure.net",
      sqlServerHostname: "database.windows.net",
      storage: "core.windows.net",
      storageSyncEndpointSuffix: "afs.azure.net",
    },
  };
}
