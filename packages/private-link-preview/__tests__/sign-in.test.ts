import { createServer } from "node:http";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RESOURCE_MANAGERS, cloudFrom, resourceManagerFor, signIn, signedInAs } from "../../common/azure-client";
import { connectionErrorFrom } from "../../common/azure-client/errors";
import { requestedIdToken } from "../../common/azure-client/id-token";

const folder = mkdtempSync(join(tmpdir(), "sign-in-"));
const pem = join(folder, "client.pem");
writeFileSync(pem, "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n");
const pfx = join(folder, "client.pfx");
writeFileSync(pfx, Buffer.from([0x30, 0x82, 0x0a, 0x01]));

const CLIENT = { ARM_TENANT_ID: "tenant", ARM_CLIENT_ID: "client" };
const SDK = { AZURE_TENANT_ID: "tenant", AZURE_CLIENT_ID: "sdk-client", AZURE_CLIENT_SECRET: "secret" };
const OIDC = { ...CLIENT, ARM_USE_OIDC: "true" };
const CERTIFICATE = { ...CLIENT, ARM_CLIENT_CERTIFICATE_PATH: pem };
const SECRET = { ...CLIENT, ARM_CLIENT_SECRET: "secret" };
const LOGIN = "the login of the Azure CLI or of another tool";

/** The class of the credential, without what words its errors. */
function credentialFor(env: NodeJS.ProcessEnv): string {
  const credential = signIn(RESOURCE_MANAGERS.public, env) as object;
  return ("credential" in credential ? (credential.credential as object) : credential).constructor.name;
}

describe("the variables choose the credential, and no token is requested", () => {
  test.each<[name: string, env: Record<string, string>, credential: string, as: string]>([
    ["nothing", {}, "DefaultAzureCredential", LOGIN],
    ["a tenant alone", { ARM_TENANT_ID: "tenant" }, "DefaultAzureCredential", LOGIN],
    ["the SDK's variables", SDK, "DefaultAzureCredential", "client sdk-client (variables of the Azure SDK)"],
    ["a secret", SECRET, "ClientSecretCredential", "client client (client secret)"],
    ["a certificate", CERTIFICATE, "ClientCertificateCredential", "client client (client certificate)"],
    [
      "a certificate before a secret",
      { ...SECRET, ...CERTIFICATE },
      "ClientCertificateCredential",
      "client client (client certificate)",
    ],
    [
      "a secret before OIDC",
      { ...SECRET, ...OIDC, ARM_OIDC_TOKEN: "t" },
      "ClientSecretCredential",
      "client client (client secret)",
    ],
    ["a token", { ...OIDC, ARM_OIDC_TOKEN: "t" }, "ClientAssertionCredential", "client client (OIDC token)"],
    [
      "a token's file",
      { ...OIDC, ARM_OIDC_TOKEN_FILE_PATH: "f" },
      "ClientAssertionCredential",
      "client client (OIDC token)",
    ],
    [
      "a request of a token",
      { ...OIDC, ARM_OIDC_REQUEST_URL: "u", ARM_OIDC_REQUEST_TOKEN: "t" },
      "ClientAssertionCredential",
      "client client (OIDC token)",
    ],
    [
      "a service connection of Azure Pipelines",
      {
        ...OIDC,
        SYSTEM_OIDCREQUESTURI: "u",
        SYSTEM_ACCESSTOKEN: "t",
        ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID: "c",
      },
      "ClientAssertionCredential",
      "client client (OIDC token)",
    ],
    [
      "GitHub's",
      { ...OIDC, ACTIONS_ID_TOKEN_REQUEST_URL: "u", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "t" },
      "ClientAssertionCredential",
      "client client (OIDC token)",
    ],
    [
      "GitHub's without the switch",
      { ...CLIENT, ACTIONS_ID_TOKEN_REQUEST_URL: "u", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "t" },
      "DefaultAzureCredential",
      LOGIN,
    ],
    ["a managed identity", { ARM_USE_MSI: "true" }, "ManagedIdentityCredential", "managed identity"],
    [
      "a managed identity of one's own",
      { ARM_USE_MSI: "1", ARM_CLIENT_ID: "own" },
      "ManagedIdentityCredential",
      "client own (managed identity)",
    ],
    ["no managed identity", { ARM_USE_MSI: "false" }, "DefaultAzureCredential", LOGIN],
  ])("%s", (_, env, credential, as) => {
    expect([credentialFor(env), signedInAs(env)]).toEqual([credential, as]);
  });
});

test.each<[name: string, env: Record<string, string>, message: RegExp]>([
  [
    "OIDC without a client",
    { ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "t" },
    /ARM_TENANT_ID and ARM_CLIENT_ID are not set\. Set them/,
  ],
  ["OIDC without a tenant", { ...OIDC, ARM_TENANT_ID: "", ARM_OIDC_TOKEN: "t" }, /ARM_TENANT_ID is not set\. Set it/],
  ["OIDC without a token", OIDC, /no OIDC token\. .*id-token: write; .*ARM_OIDC_TOKEN_FILE_PATH/],
  [
    "PKCS#12",
    { ...CERTIFICATE, ARM_CLIENT_CERTIFICATE_PATH: pfx },
    /client\.pfx is not PEM.*openssl pkcs12 -in .*client\.pfx/,
  ],
  [
    "no file",
    { ...CERTIFICATE, ARM_CLIENT_CERTIFICATE_PATH: "/nowhere" },
    /ARM_CLIENT_CERTIFICATE_PATH: can't read \/nowhere/,
  ],
])("%s is an error that names the variable", (_, env, message) => {
  expect(() => signIn(RESOURCE_MANAGERS.public, env)).toThrow(message);
});

test("an ID token is requested for Entra ID, and an answer without one says what a job needs", async () => {
  const asked: string[] = [];
  const answers = [{ value: "id-token" }, { message: "no" }];
  const server = createServer(({ url, headers }, response) => {
    asked.push(`${url!} ${headers.authorization!}`);
    response.end(JSON.stringify(answers.shift()));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token?a=b`;
  try {
    await expect(requestedIdToken(url, "t")).resolves.toBe("id-token");
    await expect(requestedIdToken(url, "t")).rejects.toThrow("id-token: write");
  } finally {
    server.close();
  }
  expect(asked[0]).toBe("/token?a=b&audience=api%3A%2F%2FAzureADTokenExchange Bearer t");
});

test("a file that has no ID token any more is an error of its own, and no other sign-in is tried", async () => {
  const env = { ...OIDC, ARM_OIDC_TOKEN_FILE_PATH: join(folder, "gone") };
  const failed: unknown = await Promise.resolve(signIn(RESOURCE_MANAGERS.public, env).getToken("x")).catch(
    connectionErrorFrom,
  );
  expect((failed as Error).message).toMatch(/ARM_OIDC_TOKEN_FILE_PATH/);
});

test("the cloud is the one of ARM_ENVIRONMENT, or one whose addresses are given", () => {
  const own = {
    ARM_RESOURCE_MANAGER_ENDPOINT: "https://arm.local/",
    ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST: "https://entra.local/",
  };
  const endpoints = [
    { ARM_ENVIRONMENT: "" },
    { ARM_ENVIRONMENT: "usgovernment" },
    { ARM_ENVIRONMENT: "china" },
    { ARM_ENVIRONMENT: "custom", ...own },
  ].map((env) => resourceManagerFor(cloudFrom(env), env));
  expect(endpoints.map(({ endpoint }) => endpoint)).toEqual([
    "https://management.azure.com",
    "https://management.usgovcloudapi.net",
    "https://management.chinacloudapi.cn",
    "https://arm.local",
  ]);
  expect(endpoints[3]).toMatchObject({ scope: "https://arm.local/.default", authority: "https://entra.local/" });
  expect(() => cloudFrom({ ARM_ENVIRONMENT: "german" })).toThrow("found german, allowed: public, usgovernment, china");
});
