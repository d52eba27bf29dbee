import { createHash, generateKeyPairSync } from "node:crypto";
import { type Json, isJson } from "../../../common/util/json";
import { CREATED, type DataAnswer, type DataPlane, type DataRequest, json } from "./data-plane";

/** Secrets, keys and certificates of key vaults, as far as Terraform creates them. Nothing of them can be used. */
export class KeyVaultPlane implements DataPlane {
  public readonly suffixes = ["vault.azure.net", "managedhsm.azure.net"];
  private readonly kept = new Map<string, Json>();

  constructor(
    /** A certificate in PEM, which all certificates are. */
    private readonly certificate: string,
  ) {}

  public answer({ host, method, path, text }: DataRequest): DataAnswer {
    const [, kind = "", name = "", rest = ""] = path.split("/");
    if (kind === "") return json(200, {});
    const key = `${host}/${kind}/${name}`.toLowerCase();
    const body = parsed(text);
    const settings = /^(rotationpolicy|policy)$/.test(rest) || (kind === "certificates" && name === "contacts");
    if (settings) {
      if (method === "PUT" || method === "PATCH") this.kept.set(`${key}/${rest}`, body);
      const found =
        this.kept.get(`${key}/${rest}`) ?? (rest === "policy" ? (this.kept.get(key)?.policy as Json) : undefined);
      return found
        ? json(200, found)
        : rest === "rotationpolicy"
          ? json(200, { lifetimeActions: [] })
          : notFound(kind, name);
    }
    switch (method) {
      case "DELETE":
        if (!this.kept.delete(key)) return notFound(kind, name);
        return json(200, {
          recoveryId: `https://${host}/deleted${kind}/${name}`,
          ...this.versioned(host, kind, name, {}),
        });
      case "PUT":
      case "POST":
      case "PATCH": {
        const before = this.kept.get(key) ?? {};
        this.kept.set(key, { ...before, ...this.versioned(host, kind, name, { ...before, ...body }) });
        if (kind === "certificates" && rest === "create")
          return json(202, {
            id: `https://${host}/certificates/${name}/pending`,
            status: "completed",
            target: `https://${host}/certificates/${name}`,
          });
        return json(200, this.kept.get(key));
      }
    }
    if (name === "") {
      const all = [...this.kept]
        .filter(([one]) => one.startsWith(`${host}/${kind}/`.toLowerCase()))
        .map(([, value]) => value);
      return json(200, { value: all });
    }
    const found = this.kept.get(key);
    if (!found) return notFound(kind, name);
    if (rest === "pending")
      return json(200, {
        id: `https://${host}/certificates/${name}/pending`,
        status: "completed",
        target: `https://${host}/certificates/${name}`,
      });
    if (rest === "versions") return json(200, { value: [found] });
    return json(200, found);
  }

  /** What a vault answers about a secret, key or certificate. */
  private versioned(host: string, kind: string, name: string, body: Json): Json {
    const version = createHash("sha256")
      .update(`${host}/${kind}/${name}/${String(body.value)}`)
      .digest("hex")
      .slice(0, 32);
    const id = `https://${host}/${kind}/${name}/${version}`;
    const attributes = {
      enabled: true,
      created: CREATED,
      updated: CREATED,
      recoveryLevel: "Recoverable+Purgeable",
      recoverableDays: 90,
      ...(isJson(body.attributes) && body.attributes),
    };
    if (kind === "keys") return { ...body, key: body.key ?? { kid: id, ...webKey(body) }, attributes };
    if (kind !== "certificates") return { ...body, id, attributes };
    const der = this.certificate.replace(/-----[^-]+-----|\s/g, "");
    const policy = {
      key_props: { exportable: true, kty: "RSA", key_size: 2048, reuse_key: false },
      secret_props: { contentType: "application/x-pkcs12" },
      issuer: { name: "Unknown" },
      x509_props: { subject: "CN=emulated", validity_months: 12 },
      lifetime_actions: [],
      ...(isJson(body.policy) && body.policy),
    };
    return {
      ...body,
      id,
      kid: id.replace("/certificates/", "/keys/"),
      sid: id.replace("/certificates/", "/secrets/"),
      cer: der,
      x5t: version,
      attributes,
      policy,
    };
  }
}

/** A public key of the kind that is asked for. */
function webKey({ kty = "RSA", key_size: size = 2048, crv = "P-256", key_ops: operations }: Json): Json {
  const isElliptic = String(kty).startsWith("EC");
  const { publicKey } = isElliptic
    ? generateKeyPairSync("ec", { namedCurve: String(crv) })
    : generateKeyPairSync("rsa", { modulusLength: Number(size) });
  return { ...publicKey.export({ format: "jwk" }), kty, key_ops: operations ?? [] };
}

function notFound(kind: string, name: string): DataAnswer {
  const what = kind.replace(/^deleted/, "").replace(/s$/, "");
  const code = `${what.charAt(0).toUpperCase()}${what.slice(1)}NotFound`;
  return json(404, { error: { code, message: `A ${what} with (name/id) ${name} was not found in this key vault.` } });
}

function parsed(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    return isJson(value) ? value : {};
  } catch {
    return {};
  }
}
