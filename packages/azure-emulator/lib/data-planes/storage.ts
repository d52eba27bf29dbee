import type { DataAnswer, DataPlane, DataRequest } from "./data-plane";

interface Kept {
  readonly text: string;
  /** The headers with which it was written, as far as they are its properties. */
  readonly headers: Record<string, string>;
}

/** Containers, blobs, shares, queues and tables of storage accounts, as far as Terraform creates them. */
export class StoragePlane implements DataPlane {
  public readonly suffixes = ["blob", "dfs", "file", "queue", "table"].map((service) => `${service}.core.windows.net`);
  private readonly kept = new Map<string, Kept>();

  public answer(request: DataRequest): DataAnswer {
    const { host, method, path, query, text, headers } = request;
    if (host.includes(".table.") && /^\/tables/i.test(path)) return this.table(request);
    const comp = query.get("comp") ?? "";
    const [own, key] = [`${host}${path}`, `${host}${path}?${comp}`.replace(/\?(metadata|list|properties)?$/, "")];
    const isService = path === "" || path === "/";
    switch (method) {
      case "PUT":
      case "PATCH":
      case "POST": {
        const properties = Object.fromEntries(Object.entries(headers).filter(([name]) => PROPERTY.test(name)));
        const before = this.kept.get(key);
        this.kept.set(key, { text, headers: { ...(comp === "metadata" && before?.headers), ...properties } });
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
    return { status: 200, headers: { ...DEFAULTS, ...found?.headers }, text: found?.text ?? "" };
  }

  private table({ host, method, path, text }: DataRequest): DataAnswer {
    const name = /\('([^']+)'\)/.exec(path)?.[1] ?? String((parsed(text) as { TableName?: string }).TableName);
    const key = `${host}/${name}`;
    if (method === "POST") this.kept.set(key, { text: "", headers: {} });
    else if (!this.kept.has(key)) return NOT_FOUND;
    if (method === "DELETE") this.kept.delete(key);
    if (method !== "GET") return { status: 204 };
    return {
      status: 200,
      headers: { "Content-Type": "application/json" },
      text: JSON.stringify({ TableName: name }),
    };
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

const NOT_FOUND: DataAnswer = {
  status: 404,
  headers: { "Content-Type": "application/xml", "x-ms-error-code": "ResourceNotFound" },
  text: '<?xml version="1.0" encoding="utf-8"?><Error><Code>ResourceNotFound</Code><Message>The specified resource does not exist.</Message></Error>',
};

function xml(root: string): DataAnswer {
  return xmlText(`<?xml version="1.0" encoding="utf-8"?><${root}></${root}>`);
}

function xmlText(text: string): DataAnswer {
  return { status: 200, headers: { "Content-Type": "application/xml" }, text };
}

function parsed(text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch {
    return {};
  }
}
