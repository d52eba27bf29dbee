import { randomUUID } from "node:crypto";
import { type DataAnswer, type DataPlane, type DataRequest, json, jsonBody } from "./data-plane";

interface Kept {
  readonly text: string;
  /** The headers with which it was written, as far as they are its properties. */
  readonly headers: Record<string, string>;
}

/** Containers, blobs, shares, queues and tables of storage accounts, as far as Terraform creates them. */
export class StoragePlane implements DataPlane {
  public readonly suffixes = ["blob", "dfs", "file", "queue", "table"].map((service) => `${service}.core.windows.net`);
  public readonly kept = new Map<string, Kept>();
  /** Leases of blobs, by host and path: a client that writes one holds it, such as Terraform its state. */
  private readonly leases = new Map<string, string>();

  /** @param exists - whether there is a resource whose id ends in a path: containers can be created as resources too */
  constructor(private readonly exists: (end: string) => boolean = () => false) {}

  public answer(request: DataRequest): DataAnswer {
    const { host, method, path, query, text, headers } = request;
    if (host.includes(".table.") && /^\/tables/i.test(path)) return this.table(request);
    const comp = query.get("comp") ?? "";
    if (host.includes(".blob.") && comp === "lease") return this.lease(request);
    if (host.includes(".blob.") && comp === "list" && method === "GET") return this.list(request);
    const lease = this.leases.get(`${host}${path}`);
    if (lease !== undefined && /^(PUT|DELETE)$/.test(method) && headers["x-ms-lease-id"] !== lease)
      return failure(
        412,
        "LeaseIdMissing",
        "There is currently a lease on the blob and no lease ID was specified in the request.",
      );
    const [own, key] = [`${host}${path}`, `${host}${path}?${comp}`.replace(/\?(metadata|list|properties)?$/, "")];
    const isService = path === "" || path === "/";
    switch (method) {
      case "PUT":
      case "PATCH":
      case "POST": {
        const properties = Object.fromEntries(Object.entries(headers).filter(([name]) => PROPERTY.test(name)));
        const before = this.kept.get(key);
        const isAbout = comp === "metadata" || comp === "properties";
        this.kept.set(key, {
          text: isAbout && before ? before.text : text,
          headers: { ...(isAbout && before?.headers), ...properties },
        });
        if (isService) return { status: 202 };
        if (/\.(queue|table)\./.test(host) && comp !== "") return { status: 204 };
        return { status: comp === "" || /^(block|blocklist)$/.test(comp) ? 201 : 200 };
      }
      case "DELETE": {
        if (!this.kept.has(own)) return NOT_FOUND;
        for (const one of this.kept.keys())
          if (one === own || one.startsWith(`${own}/`) || one.startsWith(`${own}?`)) this.kept.delete(one);
        return { status: /\.(queue|table)\./.test(host) ? 204 : host.includes(".dfs.") ? 200 : 202 };
      }
    }
    const found = this.kept.get(key);
    if (!found && isService) return xml("StorageServiceProperties");
    if (!this.kept.has(own) && !isService) return NOT_FOUND;
    if (comp === "acl") return found ? xmlText(found.text) : xml("SignedIdentifiers");
    if (comp === "tags") return found ? xmlText(found.text) : xml("Tags");
    if (isService) return xmlText(found!.text);
    const leased = lease !== undefined && { "x-ms-lease-state": "leased", "x-ms-lease-status": "locked" };
    return { status: 200, headers: { ...DEFAULTS, ...found?.headers, ...leased }, text: found?.text ?? "" };
  }

  /** @see https://learn.microsoft.com/rest/api/storageservices/lease-blob */
  private lease({ host, path, headers }: DataRequest): DataAnswer {
    const key = `${host}${path}`;
    const [action, id = randomUUID()] = [headers["x-ms-lease-action"], headers["x-ms-proposed-lease-id"]];
    const held = this.leases.get(key);
    if (!this.kept.has(key)) return failure(404, "BlobNotFound", "The specified blob does not exist.");
    if (action === "acquire") {
      if (held !== undefined && held !== id)
        return failure(409, "LeaseAlreadyPresent", "There is already a lease present.");
      this.leases.set(key, id);
      return { status: 201, headers: { "x-ms-lease-id": id } };
    }
    if (action !== "break" && held !== headers["x-ms-lease-id"])
      return failure(
        409,
        "LeaseIdMismatchWithLeaseOperation",
        "The lease ID specified did not match the lease ID for the blob.",
      );
    this.leases.delete(key);
    return action === "break" ? { status: 202, headers: { "x-ms-lease-time": "0" } } : { status: 200 };
  }

  /** The blobs of a container. @see https://learn.microsoft.com/rest/api/storageservices/list-blobs */
  private list({ host, path, query }: DataRequest): DataAnswer {
    const own = `${host}${path}`;
    const resource = `/storageAccounts/${host.split(".")[0]!}/blobServices/default/containers${path}`;
    if (!this.kept.has(own) && !this.exists(resource))
      return failure(404, "ContainerNotFound", "The specified container does not exist.");
    const start = `${own}/${query.get("prefix") ?? ""}`;
    const names = [...this.kept.keys()].filter((key) => key.startsWith(start) && !key.includes("?"));
    const blobs = names.map((key) => `<Blob><Name>${key.slice(own.length + 1)}</Name><Properties/></Blob>`).join("");
    return xml("EnumerationResults", `<Blobs>${blobs}</Blobs><NextMarker/>`);
  }

  private table({ host, method, path, text }: DataRequest): DataAnswer {
    const name = /\('([^']+)'\)/.exec(path)?.[1] ?? String(jsonBody(text).TableName);
    const key = `${host}/${name}`;
    if (method === "POST") this.kept.set(key, { text: "", headers: {} });
    else if (!this.kept.has(key)) return NOT_FOUND;
    if (method === "DELETE") this.kept.delete(key);
    if (method !== "GET") return { status: 204 };
    return json(200, { TableName: name });
  }
}

/** Headers of a write that a read returns. */
const PROPERTY = /^(x-ms-(?!date|version|client|lease-id|copy|range|write|type$)|content-type$|content-md5$)/;

const DEFAULTS = {
  "Content-Type": "application/xml",
  ETag: '"0x8DE0000000000000"',
  "Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT",
  "x-ms-lease-state": "available",
  "x-ms-lease-status": "unlocked",
  "x-ms-blob-type": "BlockBlob",
  "x-ms-access-tier": "Hot",
};

const NOT_FOUND = failure(404, "ResourceNotFound", "The specified resource does not exist.");

function failure(status: number, code: string, message: string): DataAnswer {
  const answer = xml("Error", `<Code>${code}</Code><Message>${message}</Message>`);
  return { ...answer, status, headers: { ...answer.headers, "x-ms-error-code": code } };
}

function xml(root: string, content = ""): DataAnswer {
  return xmlText(`<?xml version="1.0" encoding="utf-8"?><${root}>${content}</${root}>`);
}

function xmlText(text: string): DataAnswer {
  return { status: 200, headers: { "Content-Type": "application/xml" }, text };
}
