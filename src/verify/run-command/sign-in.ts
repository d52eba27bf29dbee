import { ClientSecretCredential, DefaultAzureCredential, type TokenCredential } from "@azure/identity";
import type { CloudName } from "private-link-preview";

/** The addresses of Azure Resource Manager in one cloud, and of its sign-in. */
export interface ResourceManagerEndpoint {
  readonly endpoint: string;
  /** The scope to request tokens for. */
  readonly scope: string;
  readonly authority: string;
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

/**
 * The credential to use. If `ARM_TENANT_ID`, `ARM_CLIENT_ID` and `ARM_CLIENT_SECRET` are set, the variables of the
 * Terraform provider, it is that client secret. Otherwise it is a `DefaultAzureCredential`, which tries the SDK's
 * environment variables, workload identity, managed identity, the Azure CLI and other tools. No token is requested before
 * the first request.
 */
export function signIn({ authority: authorityHost }: ResourceManagerEndpoint, env: NodeJS.ProcessEnv): TokenCredential {
  const { ARM_TENANT_ID: tenant, ARM_CLIENT_ID: client, ARM_CLIENT_SECRET: secret } = env;
  return tenant && client && secret
    ? new ClientSecretCredential(tenant, client, secret, { authorityHost })
    : new DefaultAzureCredential({ authorityHost });
}
