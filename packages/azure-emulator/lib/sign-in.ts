import { randomUUID } from "node:crypto";
import { ArmError } from "./arm-error";
import { REGISTRY_SUFFIX } from "./registry-names";
import type { ArmAnswer } from "./arm-request";

/** The one identity that signs in, whatever credentials the client has. */
export const IDENTITY = {
  tenantId: "00000000-0000-0000-0000-0000000000aa",
  objectId: "00000000-0000-0000-0000-0000000000bb",
} as const;

/** The metadata of the cloud, and the tokens of Microsoft Entra ID. */
export class SignIn {
  /** The tokens that were issued, each with what it is for. */
  private readonly issued = new Map<string, { readonly principal: string; readonly audience: string }>();

  constructor(private readonly endpoint: string) {}

  /** Answers a request for metadata or for a token; undefined for any other path. */
  public answer(path: string, query: URLSearchParams): ArmAnswer | undefined {
    const { endpoint } = this;
    if (path.toLowerCase() === "/metadata/endpoints") {
      const cloud = metadata(endpoint);
      // Newer API versions answer with one cloud, older ones with a list.
      return { status: 200, body: (query.get("api-version") ?? "") >= "2022" ? cloud : [cloud] };
    }
    if (/\/oauth2\/(v2\.0\/)?token$/.test(path)) {
      return { status: 200, body: this.issue(IDENTITY.objectId, endpoint) };
    }
    if (path.endsWith("/.well-known/openid-configuration"))
      return {
        status: 200,
        body: {
          issuer: endpoint,
          authorization_endpoint: `${endpoint}/${IDENTITY.tenantId}/oauth2/v2.0/authorize`,
          token_endpoint: `${endpoint}/${IDENTITY.tenantId}/oauth2/v2.0/token`,
          // Required by clients, and not served: nobody verifies the tokens.
          jwks_uri: `${endpoint}/${IDENTITY.tenantId}/discovery/v2.0/keys`,
        },
      };
    return undefined;
  }

  /** Issues a token to a principal. */
  public issue(principal: string, audience: string): ReturnType<typeof tokenFor> {
    const token = tokenFor(this.endpoint, principal, audience);
    this.issued.set(token.access_token, { principal, audience });
    return token;
  }

  /** Whom a token stands for, and for whom it is meant; undefined if it was not issued here. */
  public tokenOf(token: string): { readonly principal: string; readonly audience: string } | undefined {
    return this.issued.get(token);
  }

  /** @throws ArmError if a request has no token that was issued here */
  public requireToken(authorization: string | undefined): void {
    if (!this.issued.has(authorization?.replace(/^Bearer /, "") ?? ""))
      throw new ArmError(401, "InvalidAuthenticationToken", "The access token is invalid.");
  }
}

/** A token without a signature: it proves nothing. */
function tokenFor(endpoint: string, objectId: string, audience: string) {
  const now = Math.floor(Date.now() / 1000);
  const { tenantId } = IDENTITY;
  const lifetime = 36_000;
  const claims = {
    aud: audience,
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
    resource: audience,
  };
}

/** The services of a cloud that a client looks up, all of which are the emulator. */
const SERVICES =
  "resourceManager graph graphAudience portal gallery batch media vmImageAliasDoc activeDirectoryDataLake sqlManagement " +
  "logAnalyticsResourceId appInsightsResourceId appInsightsTelemetryChannelResourceId attestationResourceId " +
  "synapseAnalyticsResourceId ossrDbmsResourceId";

function metadata(endpoint: string): object {
  return {
    name: "AzureCloud",
    authentication: { loginEndpoint: endpoint, audiences: [endpoint], tenant: "common", identityProvider: "AAD" },
    ...Object.fromEntries(SERVICES.split(" ").map((service) => [service, endpoint])),
    microsoftGraphResourceId: `${endpoint}/`,
    suffixes: {
      acrLoginServer: REGISTRY_SUFFIX,
      keyVaultDns: "vault.azure.net",
      sqlServerHostname: "database.windows.net",
      storage: "core.windows.net",
      storageSyncEndpointSuffix: "afs.azure.net",
    },
  };
}
