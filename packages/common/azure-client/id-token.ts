import { createDefaultHttpClient, createPipelineFromOptions, createPipelineRequest } from "@azure/core-rest-pipeline";
import { isJson } from "../util/json";
import { UserError } from "../util/user-error";

/** Whom the token is for: Microsoft Entra ID, as the exchange of tokens. */
const AUDIENCE = "api://AzureADTokenExchange";

/**
 * Requests an ID token of a pipeline, as GitHub Actions gives it to its jobs.
 *
 * Source: "OpenID Connect reference" of GitHub Actions.
 *
 * @param url - address of the request
 * @param token - token for the request
 * @throws UserError if there is none
 */
export async function requestedIdToken(url: string, token: string): Promise<string> {
  const asked = new URL(url);
  asked.searchParams.set("audience", AUDIENCE);
  const request = createPipelineRequest({ url: asked.href, allowInsecureConnection: true });
  request.headers.set("Authorization", `Bearer ${token}`);
  const { status, bodyAsText } = await createPipelineFromOptions({}).sendRequest(createDefaultHttpClient(), request);
  let answer: unknown;
  try {
    answer = JSON.parse(bodyAsText ?? "");
  } catch {
    // It is no token, as any other answer.
  }
  if (status === 200 && isJson(answer) && typeof answer.value === "string") return answer.value;
  throw new UserError(
    `The pipeline gives no OIDC token (HTTP status ${status}). On GitHub, give the job the permission id-token: write.`,
  );
}
