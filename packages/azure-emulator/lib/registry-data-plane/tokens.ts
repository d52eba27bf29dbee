import { createHmac, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import { type Json, isJson } from "../../../common/util/json";
import { equalIgnoringCase } from "../arm-id";
import { type RepositoryOperation, mayListRepositories, repositoryOperations } from "../registry-permissions";
import { ADMIN_PASSWORD } from "../registry-names";
import type { RegistryProperties } from "../resource-types/registry";
import type { Store } from "../store";
import { type FrontEnd, type RegistryAnswer, RegistryError, type RegistryRequest, json } from "./registry-request";

/** What an access token allows: an entry of its claim `access`. */
interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** Whom a credential stands for: a principal of Microsoft Entra ID, the admin user, or anybody. */
interface Subject {
  readonly principal: string;
  /** The claim `permissions` of a refresh token: what it was allowed when the token was issued. */
  readonly permissions?: readonly string[] | undefined;
}

/** What the emulated Azure knows of who signs in. */
export interface SignedIn {
  /** The principal and the audience of a token of Microsoft Entra ID; undefined for any other token. */
  readonly tokenOf: (token: string) => { readonly principal: string; readonly audience: string } | undefined;
  /** Whether a principal may do everything. */
  readonly isOwner: (principal: string) => boolean;
}

/** With this user name, the password is a refresh token. */
const TOKEN_USER = "00000000-0000-0000-0000-000000000000";
const ADMIN = "admin user";
const ANYBODY = "anybody";
const AUDIENCE = "https://containerregistry.azure.net";

/** What each operation allows, in the words of scopes. */
const ACTIONS: Readonly<Record<RepositoryOperation, readonly string[]>> = {
  read: ["pull", "metadata_read"],
  write: ["push", "metadata_write"],
  delete: ["delete"],
};
const OPERATIONS = Object.keys(ACTIONS) as RepositoryOperation[];

/** Lifetimes in seconds. */
const LIFETIME = { refresh_token: 3 * 3600, access_token: 75 * 60 } as const;

/** The token service of all registries: who may do what with a repository. */
export class Tokens {
  private readonly key = randomBytes(32);

  constructor(
    private readonly store: Store,
    private readonly signedIn: SignedIn,
    /** Seconds since 1970. */
    private readonly now: () => number,
  ) {}

  /** Answers `/oauth2/exchange` and `/oauth2/token`. */
  public answer(path: string, query: URLSearchParams, request: RegistryRequest, at: FrontEnd): RegistryAnswer {
    const form = request.method === "POST" ? new URLSearchParams(request.body.toString()) : query;
    const service = loginServer(at);
    if (!equalIgnoringCase(form.get("service") ?? "", service))
      throw new RegistryError(400, "UNSUPPORTED", `The service is ${service}.`);
    if (path === "/oauth2/exchange" && request.method === "POST") return this.exchange(form, at);
    if (path !== "/oauth2/token" || !["GET", "POST"].includes(request.method))
      throw new RegistryError(405, "UNSUPPORTED", "The operation is unsupported.");
    const subject =
      request.method === "GET" ? this.basic(request.headers.authorization, at) : this.credential(form, at);
    const asked = form.getAll("scope").flatMap((scope) => scope.split(" ").filter(Boolean));
    const access = asked.map((scope) => this.granted(scope, subject, at)).filter(({ actions }) => actions.length > 0);
    return json(200, { access_token: this.issue("access_token", { sub: subject.principal, access }, at) });
  }

  /**
   * Requires that a request may do something.
   *
   * @throws RegistryError with the challenge, where it may not
   */
  public require(
    access: Omit<Access, "actions"> | undefined,
    action: string,
    request: RegistryRequest,
    at: FrontEnd,
  ): void {
    const { authorization } = request.headers;
    const refuse = (error?: string): never => {
      // The scope that a client needs to pull or push at all is what Azure asks for.
      const scope = access && `${access.type}:${access.name}:${action === "push" ? "pull,push" : action}`;
      const parameters = {
        realm: `https://${at.host}/oauth2/token`,
        service: loginServer(at),
        ...(scope !== undefined && { scope }),
        ...(error !== undefined && { error }),
      };
      const challenge = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`);
      throw new RegistryError(
        401,
        "UNAUTHORIZED",
        "authentication required, visit https://aka.ms/acr/authorization for more information.",
        { "Www-Authenticate": `Bearer ${challenge.join(",")}` },
        access ? [{ Type: access.type, Name: access.name, Action: action }] : null,
      );
    };
    if (authorization === undefined) return refuse();
    const isBasic = /^basic /i.test(authorization);
    const claims = isBasic ? undefined : this.read("access_token", authorization.replace(/^bearer /i, ""), at);
    if (!isBasic && !claims) return refuse("invalid_token");
    if (!access) return isBasic ? void this.basic(authorization, at) : undefined;
    const granted = isBasic
      ? [this.granted(`${access.type}:${access.name}:${action}`, this.basic(authorization, at), at)]
      : (claims!.access as Access[]);
    const isAllowed = granted.some(
      ({ type, name, actions }) => type === access.type && name === access.name && actions.includes(action),
    );
    return isAllowed ? undefined : refuse("insufficient_scope");
  }

  /** Whether a request may do something. */
  public allows(...props: Parameters<Tokens["require"]>): boolean {
    try {
      this.require(...props);
      return true;
    } catch {
      return false;
    }
  }

  /** Signs a URL of the data endpoint, which has its permission in itself. */
  public sign(text: string): string {
    return createHmac("sha256", this.key).update(text).digest("base64url");
  }

  /** Exchanges a token of Microsoft Entra ID. As in Azure, an identity without a role gets one too. */
  private exchange(form: URLSearchParams, at: FrontEnd): RegistryAnswer {
    const token = form.get("access_token") ?? "";
    const found = form.get("grant_type")?.startsWith("access_token") ? this.signedIn.tokenOf(token) : undefined;
    const takesArm = at.registry.properties.policies?.azureADAuthenticationAsArmPolicy?.status !== "disabled";
    if (!found || !(takesArm || found.audience === AUDIENCE))
      throw unauthorized("The Microsoft Entra token is not valid.");
    const claims = {
      sub: found.principal,
      permissions: { Actions: this.permissions(found.principal, "", at), NotActions: null },
      roles: [],
    };
    return json(200, { refresh_token: this.issue("refresh_token", claims, at) });
  }

  /** Who has a credential that is sent in a form. */
  private credential(form: URLSearchParams, at: FrontEnd): Subject {
    if (form.get("grant_type") === "password")
      return this.user(form.get("username") ?? "", form.get("password") ?? "", at);
    return this.user(TOKEN_USER, form.get("refresh_token") ?? "", at);
  }

  private basic(authorization: string | undefined, at: FrontEnd): Subject {
    if (authorization === undefined) {
      if (at.registry.properties.anonymousPullEnabled) return { principal: ANYBODY };
      throw unauthorized();
    }
    const [user = "", ...password] = Buffer.from(authorization.replace(/^basic /i, ""), "base64")
      .toString()
      .split(":");
    return this.user(user, password.join(":"), at);
  }

  private user(user: string, password: string, at: FrontEnd): Subject {
    const { name, properties } = at.registry;
    if (properties.adminUserEnabled && equalIgnoringCase(user, name) && password === ADMIN_PASSWORD)
      return { principal: ADMIN };
    const claims = user === TOKEN_USER ? this.read("refresh_token", password, at) : undefined;
    if (!claims) throw unauthorized();
    return { principal: String(claims.sub), permissions: (claims.permissions as { Actions: string[] }).Actions };
  }

  /** What of a scope a subject is allowed. */
  private granted(scope: string, { principal, permissions }: Subject, at: FrontEnd): Access {
    const [, type = "", name = "", asked = ""] = /^(\w+):(.+):([^:]*)$/.exec(scope) ?? [];
    const wanted = asked.split(",");
    if (type === "registry" && name === "catalog") {
      const may =
        principal === ADMIN ||
        this.isOwner(principal, at) ||
        mayListRepositories(at.registry.id, principal, this.store);
      return { type, name, actions: may && wanted.includes("*") ? ["*"] : [] };
    }
    const now = type === "repository" ? this.permissions(principal, name, at) : [];
    const operations =
      isByRegistry(at) && permissions ? now.filter((operation) => permissions.includes(operation)) : now;
    const actions = operations.flatMap((operation) => ACTIONS[operation]);
    return {
      type,
      name,
      actions: wanted.includes("*") ? actions : wanted.filter((action) => actions.includes(action)),
    };
  }

  private permissions(principal: string, repository: string, at: FrontEnd): RepositoryOperation[] {
    if (principal === ANYBODY) return ["read"];
    if (principal === ADMIN || this.isOwner(principal, at)) return OPERATIONS;
    return repositoryOperations(at.registry.id, principal, repository, this.store);
  }

  /** An owner of the subscription may read and write images only where roles for all repositories count. */
  private isOwner(principal: string, at: FrontEnd): boolean {
    return isByRegistry(at) && this.signedIn.isOwner(principal);
  }

  private issue(type: keyof typeof LIFETIME, claims: Json, at: FrontEnd): string {
    const now = Math.floor(this.now());
    const all = {
      jti: randomUUID(),
      nbf: now,
      iat: now,
      exp: now + LIFETIME[type],
      iss: "Azure Container Registry",
      aud: loginServer(at),
      version: type === "access_token" ? "2.0" : "1.0",
      grant_type: type,
      ...claims,
    };
    const text = [{ alg: "HS256", typ: "JWT" }, all]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    return `${text}.${this.sign(text)}`;
  }

  /** The claims of a token that was issued for a registry, and is valid now. */
  private read(type: keyof typeof LIFETIME, token: string, at: FrontEnd): Json | undefined {
    const [head = "", body = "", signature = ""] = token.split(".");
    const [given, right] = [signature, this.sign(`${head}.${body}`)].map((text) => Buffer.from(text));
    if (given!.length !== right!.length || !timingSafeEqual(given!, right!)) return undefined;
    const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as unknown;
    const isGood =
      isJson(claims) && claims.grant_type === type && claims.aud === loginServer(at) && Number(claims.exp) > this.now();
    return isGood ? claims : undefined;
  }
}

/** Whether roles count for all repositories of a registry. */
function isByRegistry({ registry }: FrontEnd): boolean {
  return registry.properties.roleAssignmentMode !== "AbacRepositoryPermissions";
}

function loginServer({ registry }: { registry: { properties: RegistryProperties } }): string {
  return registry.properties.loginServer!;
}

function unauthorized(
  message = "authentication required, visit https://aka.ms/acr/authorization for more information.",
) {
  return new RegistryError(401, "UNAUTHORIZED", message);
}
