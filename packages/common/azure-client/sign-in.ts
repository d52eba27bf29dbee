import {
  ClientAssertionCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  type ClientSecretCredentialOptions,
  DefaultAzureCredential,
  ManagedIdentityCredential,
  type TokenCredential,
} from "@azure/identity";
import { readFileSync } from "node:fs";
import { type CloudName, CLOUDS } from "../azure/clouds";
import { UserError } from "../util/user-error";
import { joinWords } from "../util/words";
import { ConnectionError, SIGN_IN_ERRORS, firstLine } from "./errors";
import { requestedIdToken } from "./id-token";

/** The addresses of Azure Resource Manager in one cloud, and of its sign-in. */
export interface ResourceManagerEndpoint {
  readonly endpoint: string;
  /** The scope to request tokens for. */
  readonly scope: string;
  readonly authority: string;
  /** Whether the authority is one that Microsoft does not list. @default false */
  readonly disableInstanceDiscovery?: boolean;
}

/**
 * Azure Resource Manager in each cloud.
 *
 * Source: the cloud configurations of the Azure SDK for Go, `azcore/cloud`.
 */
export const RESOURCE_MANAGERS: Readonly<Record<CloudName, ResourceManagerEndpoint>> = {
  public: {
    endpoint: "https://management.azure.com",
    scope: "https://management.azure.com/.default",
    authority: "https://login.microsoftonline.com",
  },
  usgovernment: {
    endpoint: "https://management.usgovcloudapi.net",
    scope: "https://management.core.usgovcloudapi.net/.default",
    authority: "https://login.microsoftonline.us",
  },
  china: {
    endpoint: "https://management.chinacloudapi.cn",
    scope: "https://management.core.chinacloudapi.cn/.default",
    authority: "https://login.chinacloudapi.cn",
  },
};

/** Azure Resource Manager of a cloud, or the one that the variables of the azapi provider name. */
export function resourceManagerFor(cloud: CloudName, env: NodeJS.ProcessEnv): ResourceManagerEndpoint {
  const standard = RESOURCE_MANAGERS[cloud];
  const { ARM_RESOURCE_MANAGER_ENDPOINT: endpoint, ARM_RESOURCE_MANAGER_AUDIENCE: audience = endpoint } = env;
  if (!endpoint) return standard;
  return {
    endpoint: endpoint.replace(/\/$/, ""),
    scope: `${audience!.replace(/\/$/, "")}/.default`,
    authority: env.ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST ?? standard.authority,
    disableInstanceDiscovery: env.ARM_DISABLE_INSTANCE_DISCOVERY === "true",
  };
}

/**
 * The cloud that the variables of the azurerm provider name. Where they name one of their own (`custom`), its addresses are
 * in variables too, and what they leave out is as in the public cloud.
 *
 * @throws UserError if there is no such cloud
 */
export function cloudFrom({
  ARM_ENVIRONMENT: name,
  ARM_RESOURCE_MANAGER_ENDPOINT: endpoint,
}: NodeJS.ProcessEnv): CloudName {
  if (!name) return "public";
  if (Object.hasOwn(CLOUDS, name)) return name as CloudName;
  if (endpoint) return "public";
  throw new UserError(
    `ARM_ENVIRONMENT: found ${name}, allowed: ${Object.keys(CLOUDS).join(", ")}, or another with ARM_RESOURCE_MANAGER_ENDPOINT.`,
  );
}

/** A way to sign in that variables of the environment choose. */
interface Way {
  /** What it is called. */
  readonly name: string;
  /** The variable that has to be true. @default - none */
  readonly switch?: string;
  /** The variables that have to be set. */
  readonly variables: readonly string[];
  readonly credential: (
    env: Readonly<Record<string, string>>,
    options: ClientSecretCredentialOptions,
  ) => TokenCredential;
}

const CLIENT = ["ARM_TENANT_ID", "ARM_CLIENT_ID"];

/** A way to sign in with an ID token of a pipeline, in exchange for which Microsoft Entra ID gives one of Azure's. */
function withIdToken(variables: readonly string[], token: (...values: string[]) => string | Promise<string>): Way {
  return {
    name: "OIDC token",
    switch: "ARM_USE_OIDC",
    variables: [...CLIENT, ...variables],
    credential: (env, options) =>
      new ClientAssertionCredential(
        env.ARM_TENANT_ID!,
        env.ARM_CLIENT_ID!,
        async () => token(...variables.map((name) => env[name]!)),
        options,
      ),
  };
}

/**
 * The ways to sign in with the variables of the azurerm provider, in its order.
 *
 * Source: "Authenticating to Azure" in the documentation of the azurerm provider, and `auth.NewAuthorizerFromCredentials` of
 * `hashicorp/go-azure-sdk`.
 */
const WAYS: readonly Way[] = [
  {
    name: "client certificate",
    variables: [...CLIENT, "ARM_CLIENT_CERTIFICATE_PATH"],
    credential: (env, options) => {
      const { ARM_CLIENT_CERTIFICATE_PATH: path = "", ARM_CLIENT_CERTIFICATE_PASSWORD: certificatePassword } = env;
      const certificate = { certificate: pemAt(path), ...(certificatePassword && { certificatePassword }) };
      return new ClientCertificateCredential(env.ARM_TENANT_ID!, env.ARM_CLIENT_ID!, certificate, options);
    },
  },
  {
    name: "client secret",
    variables: [...CLIENT, "ARM_CLIENT_SECRET"],
    credential: (env, options) =>
      new ClientSecretCredential(env.ARM_TENANT_ID!, env.ARM_CLIENT_ID!, env.ARM_CLIENT_SECRET!, options),
  },
  withIdToken(["ARM_OIDC_TOKEN"], (token = "") => token),
  withIdToken(["ARM_OIDC_TOKEN_FILE_PATH"], (path = "") => textAt("ARM_OIDC_TOKEN_FILE_PATH", path).trim()),
  // Azure Pipelines has these in a step that is given its access token.
  withIdToken(
    ["SYSTEM_OIDCREQUESTURI", "SYSTEM_ACCESSTOKEN", "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID"],
    (url = "", token = "", connection) => requestedIdToken(url, token, connection),
  ),
  withIdToken(["ARM_OIDC_REQUEST_URL", "ARM_OIDC_REQUEST_TOKEN"], (url = "", token = "") =>
    requestedIdToken(url, token),
  ),
  // GitHub sets these where a job has the permission.
  withIdToken(["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"], (url = "", token = "") =>
    requestedIdToken(url, token),
  ),
  {
    name: "managed identity",
    switch: "ARM_USE_MSI",
    variables: [],
    credential: ({ ARM_CLIENT_ID: clientId }) =>
      clientId ? new ManagedIdentityCredential({ clientId }) : new ManagedIdentityCredential(),
  },
];

/** The content of a file that a variable names. */
function textAt(variable: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UserError(`${variable}: can't read ${path}: ${(error as Error).message}`);
  }
}

/** A certificate with its key as PEM. The provider takes PKCS#12, which neither Node.js nor the Azure SDK can read. */
function pemAt(path: string): string {
  const text = textAt("ARM_CLIENT_CERTIFICATE_PATH", path);
  if (text.includes("-----BEGIN ")) return text;
  throw new UserError(
    `ARM_CLIENT_CERTIFICATE_PATH: ${path} is not PEM, which it has to be here. Convert it, and set the variable to the new file for this command: openssl pkcs12 -in ${path} -nodes -out client.pem`,
  );
}

/** Whether a variable is true, as the providers understand it. */
function isTrue(value: string | undefined): boolean {
  return /^(1|t|true)$/i.test(value ?? "");
}

/**
 * The way to sign in that the variables of the provider choose; undefined if they choose none.
 *
 * @throws UserError if they ask for an OIDC token, and there is none
 */
function wayOf(env: NodeJS.ProcessEnv): Way | undefined {
  const way = WAYS.find(
    ({ switch: name, variables }) =>
      (name === undefined || isTrue(env[name])) && variables.every((variable) => env[variable]),
  );
  if (way || !isTrue(env.ARM_USE_OIDC)) return way;
  const missing = CLIENT.filter((name) => !env[name]);
  throw new UserError(
    missing.length > 0
      ? `ARM_USE_OIDC is true, and ${joinWords(missing)} ${missing.length > 1 ? "are" : "is"} not set. Set ${missing.length > 1 ? "them" : "it"}, or unset ARM_USE_OIDC.`
      : "ARM_USE_OIDC is true, and there is no OIDC token. On GitHub, give the job the permission id-token: write; elsewhere, set ARM_OIDC_TOKEN or ARM_OIDC_TOKEN_FILE_PATH.",
  );
}

/**
 * The credential to use: what the variables of the Terraform providers choose. Where they choose nothing, it is a
 * `DefaultAzureCredential`, which tries the SDK's environment variables, workload identity, managed identity, the Azure CLI
 * and other tools, in the tenant `ARM_TENANT_ID` if that is set. No token is requested before the first request.
 *
 * @param more - further options of the client
 * @throws UserError if the variables are not complete, or a file that they name can't be used
 */
export function signIn(
  { authority: authorityHost, disableInstanceDiscovery = false }: ResourceManagerEndpoint,
  env: NodeJS.ProcessEnv,
  more: ClientSecretCredentialOptions = {},
): TokenCredential {
  const options = { authorityHost, disableInstanceDiscovery };
  const way = wayOf(env);
  if (way) {
    const { switch: name = [], variables } = way;
    return new ByVariables(
      way.credential(env as Record<string, string>, { ...options, ...more }),
      [name, variables].flat(),
    );
  }
  const { ARM_TENANT_ID: tenantId } = env;
  const credential = new DefaultAzureCredential({ ...options, ...(tenantId && { tenantId }) });
  const set = sdkVariables(env);
  return set ? new ByVariables(credential, set, new Set(["AuthenticationError"])) : credential;
}

/** Who signs in with these variables, for people: the client, and how. It has no secret. */
export function signedInAs(env: NodeJS.ProcessEnv): string {
  const way = wayOf(env);
  const client = way ? env.ARM_CLIENT_ID : sdkVariables(env) && env.AZURE_CLIENT_ID;
  const by = way?.name ?? (client ? "variables of the Azure SDK" : "the login of the Azure CLI or of another tool");
  return client ? `client ${client} (${by})` : by;
}

/** The variables with which the Azure SDK's `EnvironmentCredential` signs in; undefined where they are not set. */
function sdkVariables(env: NodeJS.ProcessEnv): string[] | undefined {
  return ["AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH"]
    .map((secret) => ["AZURE_TENANT_ID", "AZURE_CLIENT_ID", secret])
    .find((names) => names.every((name) => env[name]));
}

/** Signs in with variables. If that is refused, the error names them, because no other sign-in is tried. */
export class ByVariables implements TokenCredential {
  /**
   * @param variables - their names
   * @param final - names of the errors after which the credential tries nothing else
   */
  constructor(
    private readonly credential: TokenCredential,
    private readonly variables: readonly string[],
    private readonly final: ReadonlySet<string> = SIGN_IN_ERRORS,
  ) {}

  async getToken(...args: Parameters<TokenCredential["getToken"]>): ReturnType<TokenCredential["getToken"]> {
    try {
      return await this.credential.getToken(...args);
    } catch (error) {
      if (!(error instanceof Error) || !this.final.has(error.name)) throw error;
      const variables = joinWords(this.variables);
      throw new ConnectionError("variables refused", { variables, detail: firstLine(error.message) });
    }
  }
}
