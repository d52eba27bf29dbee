import type { DataAnswer } from "../lib/data-planes/data-plane";
import { StoragePlane } from "../lib/data-planes/storage";

const HOST = "account.blob.core.windows.net";
const BLOB = "/state/prod.tfstate";

let plane: StoragePlane;
beforeEach(() => {
  plane = new StoragePlane((end) => end === "/storageAccounts/account/blobServices/default/containers/made-by-azurerm");
  ask("PUT", "/state", "restype=container");
  ask("PUT", BLOB, "", {}, "one");
});

function ask(method: string, path: string, query = "", headers: Record<string, string> = {}, text = ""): DataAnswer {
  return plane.answer({ host: HOST, method, path, query: new URLSearchParams(query), headers, text });
}
const lease = (action: string, more: Record<string, string> = {}) =>
  ask("PUT", BLOB, "comp=lease", { "x-ms-lease-action": action, ...more });
const codeOf = ({ headers = {} }: DataAnswer) => headers["x-ms-error-code"];

test("a blob under a lease is written by its holder alone, and says that it is locked", () => {
  expect(lease("acquire", { "x-ms-proposed-lease-id": "mine" })).toMatchObject({
    status: 201,
    headers: { "x-ms-lease-id": "mine" },
  });
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
  const names = (prefix: string) =>
    [
      ...ask("GET", "/state", `restype=container&comp=list&prefix=${prefix}`).text!.matchAll(/<Name>(.*?)<\/Name>/g),
    ].map(([, name]) => name);
  expect(names("")).toEqual(["prod.tfstate", "dev.tfstate"]);
  expect(names("dev")).toEqual(["dev.tfstate"]);
});

test("a container that is a resource is there too, and another is not", () => {
  expect(ask("GET", "/made-by-azurerm", "restype=container&comp=list").status).toBe(200);
  expect(codeOf(ask("GET", "/none", "restype=container&comp=list"))).toBe("ContainerNotFound");
});
