"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.SECRETS = void 0;
/** Looks like a key, and is none. */
const KEY = Buffer.from("emulated: this key opens nothing").toString("base64");
const CONNECTION = `Endpoint=https://emulated.invalid/;AccessKey=${KEY}`;
/** What a client of a cluster gets: it leads nowhere. */
const KUBECONFIG = `apiVersion: v1
kind: Config
current-context: emulated
clusters:
- {name: emulated, cluster: {server: "https://emulated.invalid:443", certificate-authority-data: "${KEY}"}}
contexts:
- {name: emulated, context: {cluster: emulated, user: emulated}}
users:
- {name: emulated, user: {client-certificate-data: "${KEY}", client-key-data: "${KEY}", token: emulated}}
`;
const kubeconfigs = [{ name: "clusterUser", value: Buffer.from(KUBECONFIG).toString("base64") }];
/**
 * The answer to `listKeys`, `listCredentials`, `listConnectionStrings` and so on. Services name the members differently; an
 * answer has them all, and each client reads its own.
 */
exports.SECRETS = {
    keys: ["key1", "key2"].map((keyName) => ({
        keyName,
        value: KEY,
        permissions: "FULL",
        creationTime: "2026-01-01T00:00:00Z",
    })),
    value: ["Primary", "Secondary"].map((name) => ({
        id: name,
        name,
        keyName: name,
        value: KEY,
        connectionString: CONNECTION,
        readOnly: false,
    })),
    key1: KEY,
    key2: KEY,
    primaryKey: KEY,
    secondaryKey: KEY,
    primary: KEY,
    secondary: KEY,
    authKey1: KEY,
    authKey2: KEY,
    masterKey: KEY,
    functionKeys: {},
    systemKeys: {},
    primarySharedKey: KEY,
    secondarySharedKey: KEY,
    primaryMasterKey: KEY,
    secondaryMasterKey: KEY,
    primaryReadonlyMasterKey: KEY,
    secondaryReadonlyMasterKey: KEY,
    primaryConnectionString: CONNECTION,
    secondaryConnectionString: CONNECTION,
    connectionStrings: [{ connectionString: CONNECTION, description: "Primary SQL Connection String" }],
    username: "emulated",
    passwords: ["password", "password2"].map((name) => ({ name, value: KEY })),
    userName: "emulated",
    properties: {
        publishingUserName: "emulated",
        publishingPassword: KEY,
        scmUri: "https://emulated.invalid",
        apiKey: KEY,
    },
    kubeconfigs,
};
