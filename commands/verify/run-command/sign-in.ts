import {
  ClientSecretCredential,
  type ClientSecretCredentialOptions,
  DefaultAzureCredential,
  type TokenCredential,
} from "@azure/identity";
import type { CloudName } from "../../../packages/common/azure";
import { joinWords } from "../../../packages/common/util";
import { SIGN_IN_ERRORS, variablesRefused } from "./errors";

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
 * The credential to use. If `ARM_TENANT_ID`, `ARM_CLIENT_ID` and `ARM_CLIENT_SECRET` are set, the variables of the
 * Terraform provider, it is that client secret. Otherwise it is a `DefaultAzureCredential`, which tries the SDK's
 * environment variables, workload identity, managed identity, the Azure CLI and other tools. No token is requested before
 * the first request.
 *
 * @param options - further options of the client secret
 */
export function signIn(
  { authority: authorityHost, disableInstanceDiscovery = false }: ResourceManagerEndpoint,
  env: NodeJS.ProcessEnv,
  options: ClientSecretCredentialOptions = {},
): TokenCredential {
  const { ARM_TENANT_ID: tenant, ARM_CLIENT_ID: client, ARM_CLIENT_SECRET: secret } = env;
  if (tenant && client && secret) {
    const credential = new ClientSecretCredential(tenant, client, secret, {
      authorityHost,
      disableInstanceDiscovery,
      ...options,
    });
    return new ByVariables(credential, ["ARM_TENANT_ID", "ARM_CLIENT_ID", "ARM_CLIENT_SECRET"]);
  }
  const credential = new DefaultAzureCredential({ authorityHost });
  const set = SDK_VARIABLES.find((names) => names.every((name) => env[name]));
  return set ? new ByVariables(credential, set, new Set(["AuthenticationError"])) : credential;
}

/** The variables with which the Azure SDK's `EnvironmentCredential` signs in. */
const SDK_VARIABLES = ["AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH"].map((secret) => [
  "AZURE_TENANT_ID",
  "AZURE_CLIENT_ID",
  secret,
]);

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
      throw variablesRefused(joinWords(this.variables), error);
    }
  }
}
