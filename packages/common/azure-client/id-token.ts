import { createDefaultHttpClient, createPipelineFromOptions, createPipelineRequest } from "@azure/core-rest-pipeline";
import { isJson } from "../util/json";
import { UserError } from "../util/user-error";

/** Whom the token is for: Microsoft Entra ID, as the exchange of tokens. */
const AUDIENCE = "api://AzureADTokenExchange";

/**
 * Requests an ID token of a pipeline, as GitHub Actions gives it to its jobs, and Azure Pipelines for a service connection.
 *
 * Sources: "OpenID Connect reference" of GitHub Actions, and "Oidctoken - Create" of the REST API of Azure DevOps.
 *
 * @param url - address of the request
 * @param token - token for the request
 * @param connection - ID of the service connection. @default - none: it is GitHub
 * @throws UserError if there is none
 */
export async function requestedIdToken(url: string, token: string, connection?: string): Promise<string> {
  const asked = new URL(url);
  const parameters = connection ? { "api-version": "7.1", serviceConnectionId: connection } : { audience: AUDIENCE };
  for (const [name, value] of Object.entries(parameters)) asked.searchParams.set(name, value);
  const method = connection ? "POST" : "GET";
  const request = createPipelineRequest({ url: asked.href, method, allowInsecureConnection: true });
  request.headers.set("Authorization", `Bearer ${token}`);
  const { status, bodyAsText } = await createPipelineFromOptions({}).sendRequest(createDefaultHttpClient(), request);
  let answer: unknown;
  try {
    answer = JSON.parse(bodyAsText ?? "");
  } catch {
    // It is no token, as any other answer.
  }
  const found = isJson(answer) ? (answer.value ?? answer.oidcToken) : undefined;
  if (status === 200 && typeof found === "string") return found;
  throw new UserError(
    `The pipeline gives no OIDC token (HTTP status ${status}). On GitHub, give the job the permission id-token: write; in Azure Pipelines, pass SYSTEM_ACCESSTOKEN to the step.`,
  );
}
