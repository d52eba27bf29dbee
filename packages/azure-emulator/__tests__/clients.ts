import { ComputeManagementClient } from "@azure/arm-compute";
import { ContainerRegistryManagementClient } from "@azure/arm-containerregistry";
import { ManagementLockClient } from "@azure/arm-locks";
import { NetworkManagementClient } from "@azure/arm-network";
import { PrivateDnsManagementClient } from "@azure/arm-privatedns";
import { request } from "node:https";
import { AzureEmulator, type EmulatorOptions } from "../lib/emulator";
import type { Json } from "../lib/json";

const SUBSCRIPTION = "00000000-0000-0000-0000-000000000001";
export const GROUP = "rg-test";
export const GROUP_ID = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}`;
export const REGION = "swedencentral";

/** Id of a resource in the test's group: `Microsoft.Network/virtualNetworks/a`. */
export function id(path: string): string {
  return `${GROUP_ID}/providers/${path}`;
}

/** An emulator with a resource group, and Azure's own clients of it. */
export async function startAzure(options: EmulatorOptions = {}) {
  const azure = await AzureEmulator.start(options);
  azure.put(GROUP_ID, { location: REGION });
  const credential = { getToken: () => Promise.resolve({ token: "any", expiresOnTimestamp: Infinity }) };
  const client = {
    endpoint: azure.endpoint,
    credentialScopes: [`${azure.endpoint}/.default`],
    credentials: { scopes: [`${azure.endpoint}/.default`] },
    tlsOptions: { ca: azure.certificate },
    retryOptions: { maxRetries: 0 },
  };
  return {
    azure,
    network: new NetworkManagementClient(credential, SUBSCRIPTION, client),
    dns: new PrivateDnsManagementClient(credential, SUBSCRIPTION, client),
    registries: new ContainerRegistryManagementClient(credential, SUBSCRIPTION, client),
    compute: new ComputeManagementClient(credential, SUBSCRIPTION, client),
    locks: new ManagementLockClient(credential, SUBSCRIPTION, client),
    /** A request without a client. */
    http: (method: string, path: string, body?: Json | string, headers: Record<string, string> = {}) =>
      http(azure, method, path, body, headers),
  };
}

/** What a request was answered with. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: Json;
  /** The body as it was sent. */
  readonly text: string;
}

function http(
  azure: AzureEmulator,
  method: string,
  path: string,
  body: Json | string | undefined,
  headers: Record<string, string>,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${azure.endpoint}${path}`, { method, headers, ca: azure.certificate }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          body: ((text ? JSON.parse(text) : null) ?? {}) as Json,
          text,
        });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(typeof body === "object" ? JSON.stringify(body) : body);
  });
}
