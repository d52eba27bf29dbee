import { generateKeyPairSync } from "node:crypto";
import type { Json } from "../../../common/util/json";
import { NOW } from "../store";

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

/** What services call a key. */
const KEY_NAMES =
  "authKey1 authKey2 key1 key2 masterKey primary primaryKey primaryMasterKey primaryReadonlyMasterKey primarySharedKey " +
  "secondary secondaryKey secondaryMasterKey secondaryReadonlyMasterKey secondarySharedKey";

/**
 * The answer to `listKeys`, `listCredentials`, `listConnectionStrings` and so on. Services name the members differently; an
 * answer has them all, and each client reads its own.
 */
export const SECRETS: Readonly<Json> = {
  keys: ["key1", "key2"].map((keyName) => ({
    keyName,
    value: KEY,
    permissions: "FULL",
    creationTime: NOW,
  })),
  value: ["Primary", "Secondary"].map((name) => ({
    id: name,
    name,
    keyName: name,
    value: KEY,
    connectionString: CONNECTION,
    readOnly: false,
  })),
  ...Object.fromEntries(KEY_NAMES.split(" ").map((name) => [name, KEY])),
  functionKeys: {},
  systemKeys: {},
  primaryConnectionString: CONNECTION,
  secondaryConnectionString: CONNECTION,
  connectionStrings: ["Primary", "Secondary"].flatMap((which) =>
    ["SQL", "MongoDB"].map((kind) => ({
      connectionString: CONNECTION,
      description: `${which} ${kind} Connection String`,
    })),
  ),
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

/** A key pair as Azure generates it: the public key in the form of OpenSSH. */
export function sshKeyPair(): { publicKey: string; privateKey: string } {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const { n = "", e = "" } = publicKey.export({ format: "jwk" });
  const parts = [
    "ssh-rsa",
    Buffer.from(e, "base64url"),
    Buffer.concat([Buffer.from([0]), Buffer.from(n, "base64url")]),
  ];
  const blob = parts.flatMap((part) => {
    const bytes = Buffer.from(part);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return [length, bytes];
  });
  return {
    publicKey: `ssh-rsa ${Buffer.concat(blob).toString("base64")} generated-by-azure`,
    privateKey: privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
  };
}
