import { ClientSecretCredential, DefaultAzureCredential, type TokenCredential } from "@azure/identity";
import type { CloudName } from "private-link-preview";

/** Where Azure is managed, and where one signs in to it. */
export interface ResourceManager {
  readonly endpoint: string;
  /** What a token is asked for. */
  readonly scope: string;
  readonly authority: string;
}

/**
 * The resource manager of each cloud.
 *
 * Source: the cloud configurations of the Azure SDK for Go, `azcore/cloud`.
 */
export const RESOURCE_MANAGERS: Readonly<Record<CloudName, ResourceManager>> = {
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
 * Whoever is signed in here: by the variables that Terraform's provider takes a client secret from (`ARM_TENANT_ID`,
 * `ARM_CLIENT_ID`, `ARM_CLIENT_SECRET`), else in the order of `DefaultAzureCredential`: variables, workload identity,
 * managed identity, az and its like. Nothing is asked for before the first request.
 */
export function signIn({ authority: authorityHost }: ResourceManager, env: NodeJS.ProcessEnv): TokenCredential {
  const { ARM_TENANT_ID: tenant, ARM_CLIENT_ID: client, ARM_CLIENT_SECRET: secret } = env;
  return tenant && client && secret
    ? new ClientSecretCredential(tenant, client, secret, { authorityHost })
    : new DefaultAzureCredential({ authorityHost });
}
