import { DataPlanes } from "../lib/data-planes";
import type { DataAnswer } from "../lib/data-planes/data-plane";
import type { Json } from "../../common/util/json";

const HOST = "account.blob.core.windows.net";
const VAULT = "kv-test.vault.azure.net";
const BLOB = "/state/prod.tfstate";

let planes: DataPlanes;
beforeEach(() => {
  const container = "/storageAccounts/account/blobServices/default/containers/made-by-azurerm";
  planes = new DataPlanes("a certificate", (end) => end === container);
  ask("PUT", "/state", "restype=container");
  ask("PUT", BLOB, "", {}, "one");
});

function ask(method: string, path: string, query = "", headers: Record<string, string> = {}, text = "", host = HOST) {
  return planes.answer({ host, method, path, query: new URLSearchParams(query), headers, text })!;
}
const lease = (action: string, more: Record<string, string> = {}) =>
  ask("PUT", BLOB, "comp=lease", { "x-ms-lease-action": action, ...more });
const codeOf = ({ headers = {} }: DataAnswer) => headers["x-ms-error-code"];

test("a blob under a lease is written by its holder alone, and says that it is locked", () => {
  const acquired = lease("acquire", { "x-ms-proposed-lease-id": "mine" });
  expect(acquired).toMatchObject({ status: 201, headers: { "x-ms-lease-id": "mine" } });
  expect(ask("HEAD", BLOB).headers).toMatchObject({ "x-ms-lease-status": "locked" });
  expect(codeOf(ask("PUT", BLOB, "", {}, "two"))).toBe("LeaseIdMissing");
  expect(codeOf(ask("DELETE", BLOB))).toBe("LeaseIdMissing");
  expect(ask("PUT", BLOB, "", { "x-ms-lease-id": "mine" }, "two").status).toBe(201);
  expect(ask("GET", BLOB).text).toBe("two");
});

test("a lease is held by one, and ends when its holder releases it, or when it is broken", () => {
  lease("acquire", { "x-ms-proposed-lease-id": "mine" });
  expect(codeOf(lease("acquire", { "x-ms-proposed-lease-id": "yours" }))).toBe("LeaseAlreadyPresent");
  expect(codeOf(lease("release", { "x-ms-lease-id": "yours" }))).toBe("LeaseIdMismatchWithLeaseOperation");
  expect(lease("release", { "x-ms-lease-id": "mine" }).status).toBe(200);
  lease("acquire", { "x-ms-proposed-lease-id": "yours" });
  expect(lease("break").status).toBe(202);
  expect(ask("PUT", BLOB, "", {}, "two").status).toBe(201);
});

test("metadata changes nothing of what a blob holds", () => {
  ask("PUT", BLOB, "comp=metadata", { "x-ms-meta-lock": "info" });
  expect(ask("GET", BLOB)).toMatchObject({ text: "one", headers: { "x-ms-meta-lock": "info" } });
});

test("the blobs of a container are listed, by the start of their names", () => {
  ask("PUT", "/state/dev.tfstate", "", {}, "two");
  const names = (prefix: string) => {
    const { text = "" } = ask("GET", "/state", `restype=container&comp=list&prefix=${prefix}`);
    return [...text.matchAll(/<Name>(.*?)<\/Name>/g)].map(([, name]) => name);
  };
  expect(names("")).toEqual(["prod.tfstate", "dev.tfstate"]);
  expect(names("dev")).toEqual(["dev.tfstate"]);
});

test("a container that is a resource is there too, and another is not", () => {
  expect(ask("GET", "/made-by-azurerm", "restype=container&comp=list").status).toBe(200);
  expect(codeOf(ask("GET", "/none", "restype=container&comp=list"))).toBe("ContainerNotFound");
});

test("a container is there once it is created, until it is deleted with its blobs", () => {
  const statusOf = (method: string, path: string, query = "") => ask(method, path, query).status;
  expect(statusOf("HEAD", "/logs", "restype=container")).toBe(404);
  expect(statusOf("PUT", "/logs", "restype=container")).toBe(201);
  expect(statusOf("PUT", "/logs/a.txt")).toBe(201);
  expect(statusOf("HEAD", "/logs/a.txt")).toBe(200);
  expect(statusOf("DELETE", "/logs", "restype=container")).toBe(202);
  expect(statusOf("HEAD", "/logs/a.txt")).toBe(404);
});

describe("a vault", () => {
  const at = (method: string, path: string, body?: object, host = VAULT) => {
    const { status, text } = ask(method, path, "", {}, body && JSON.stringify(body), host);
    return { status, body: JSON.parse(text!) as Record<string, unknown> };
  };

  test("keeps a secret, until it is deleted", () => {
    expect(at("GET", "/secrets/s").body).toMatchObject({ error: { code: "SecretNotFound" } });
    const written = at("PUT", "/secrets/s", { value: "hello" });
    expect(written.body.id).toMatch(/^https:\/\/kv-test\.vault\.azure\.net\/secrets\/s\/[0-9a-f]{32}$/);
    expect(at("GET", "/secrets/s").body).toEqual(written.body);
    expect(at("GET", "/secrets/s", undefined, "another.vault.azure.net").status).toBe(404);
    at("DELETE", "/secrets/s");
    expect(at("GET", "/secrets/s").status).toBe(404);
  });

  test("has a public key of the kind that is asked for", () => {
    const keyOf = (asked: { kty: string } & Json) => at("POST", `/keys/${asked.kty}/create`, asked).body.key;
    expect(keyOf({ kty: "RSA", key_size: 2048 })).toMatchObject({ kty: "RSA", e: "AQAB" });
    expect(keyOf({ kty: "EC", crv: "P-384" })).toMatchObject({ kty: "EC", crv: "P-384" });
  });
});
