import { createHash, generateKeyPairSync } from "node:crypto";
import { type Json, isJson } from "../../../common/util/json";
import { CREATED, type DataAnswer, type DataPlane, type DataRequest, json, jsonBody } from "./data-plane";

/** Secrets, keys and certificates of key vaults, as far as Terraform creates them. Nothing of them can be used. */
export class KeyVaultPlane implements DataPlane {
  public readonly suffixes = ["vault.azure.net", "managedhsm.azure.net"];
  public readonly kept = new Map<string, Json>();

  constructor(
    /** A certificate in PEM, which all certificates are. */
    private readonly certificate: string,
  ) {}

  public answer({ host, method, path, text }: DataRequest): DataAnswer {
    const [, kind = "", name = "", rest = ""] = path.split("/");
    if (kind === "") return json(200, {});
    const key = `${host}/${kind}/${name}`.toLowerCase();
    const body = jsonBody(text);
    const isWrite = /^(PUT|POST|PATCH)$/.test(method);
    const found = this.kept.get(key);
    if (/^(rotationpolicy|policy)$/.test(rest) || (kind === "certificates" && name === "contacts")) {
      if (isWrite) this.kept.set(`${key}/${rest}`, body);
      const unwritten = { policy: found?.policy, rotationpolicy: { lifetimeActions: [] } }[rest];
      const settings = this.kept.get(`${key}/${rest}`) ?? unwritten;
      return settings ? json(200, settings) : notFound(kind, name);
    }
    const target = `https://${host}/certificates/${name}`;
    const pending = { id: `${target}/pending`, status: "completed", target };
    if (isWrite) {
      const written = this.versioned(host, kind, name, { ...found, ...body });
      this.kept.set(key, written);
      return kind === "certificates" && rest === "create" ? json(202, pending) : json(200, written);
    }
    if (name === "") {
      const inVault = [...this.kept].filter(([one]) => one.startsWith(`${host}/${kind}/`.toLowerCase()));
      return json(200, { value: inVault.map(([, value]) => value) });
    }
    if (!found) return notFound(kind, name);
    if (method === "DELETE") {
      this.kept.delete(key);
      const recoveryId = `https://${host}/deleted${kind}/${name}`;
      return json(200, { recoveryId, ...this.versioned(host, kind, name, {}) });
    }
    return json(200, rest === "pending" ? pending : rest === "versions" ? { value: [found] } : found);
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
