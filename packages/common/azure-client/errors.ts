import { UserError } from "../util/user-error";

const SIGN_IN =
  "Run: az login. A pipeline signs in with its own task for Azure, or with the variables of the azurerm provider: ARM_TENANT_ID, ARM_CLIENT_ID, and ARM_CLIENT_SECRET or ARM_USE_OIDC.";

/** Why there is no connection to Azure, and what to do about it. Names in braces stand for facts. */
export const CONNECTION_REASONS = {
  "signed out": { words: "You are not signed in to Azure", advice: SIGN_IN },
  "sign-in refused": { words: "Azure refuses the sign-in: {detail}", advice: SIGN_IN },
  "variables refused": {
    words: "The sign-in to Azure with {variables} failed: {detail}",
    advice:
      "Check the values of these variables, and whether the secret has expired. While they are set, nothing else is tried: to sign in with az login, unset them first.",
  },
  "Azure not reachable": {
    words: "Azure can't be reached ({code}): {detail}",
    advice:
      "Check the network connection, the proxy (HTTPS_PROXY) and the cloud in the settings or in ARM_ENVIRONMENT.",
  },
} as const;

/** There is no token, or no connection to Azure. The message says what to do. */
export class ConnectionError extends UserError {
  constructor(
    readonly reason: keyof typeof CONNECTION_REASONS,
    readonly facts: Readonly<Record<string, string>> = {},
  ) {
    const { words, advice } = CONNECTION_REASONS[reason];
    super(`${words.replace(/\{(\w+)\}/g, (_, name: string) => facts[name] ?? name)}. ${advice}`);
  }
}

/** Names of the errors that the Azure SDK throws if there is no token. */
export const SIGN_IN_ERRORS: ReadonlySet<string> = new Set([
  "CredentialUnavailableError",
  "AuthenticationError",
  "AggregateAuthenticationError",
  "AuthenticationRequiredError",
]);

const SYSTEM_ERRORS = /^(E[A-Z_]+|REQUEST_SEND_ERROR|.*CERT.*|UNABLE_TO_.*)$/;

/**
 * Turns an error of the Azure SDK into a {@link ConnectionError} where there is no token, or no connection to Azure.
 *
 * @returns the error itself if it is another one
 */
export function connectionErrorFrom(error: unknown): unknown {
  if (error instanceof UserError || !(error instanceof Error)) return error;
  if (SIGN_IN_ERRORS.has(error.name)) return signedOut(error);
  const { code = "", statusCode } = error as { code?: string | number; statusCode?: number };
  return statusCode === undefined && SYSTEM_ERRORS.test(String(code))
    ? new ConnectionError("Azure not reachable", { code: String(code), detail: firstLine(error.message) })
    : error;
}

/** An error for an answer of Azure that refuses the token, or for a token that there is not. */
export function signedOut(error: Error): ConnectionError {
  // This one lists every way to sign in that was tried.
  return error.name === "AggregateAuthenticationError"
    ? new ConnectionError("signed out")
    : new ConnectionError("sign-in refused", { detail: firstLine(error.message) });
}

/** The first line of a message, without its full stop. */
export function firstLine(text: string): string {
  const [first = ""] = text.trim().split("\n");
  return first.trimEnd().replace(/\.$/, "");
}
