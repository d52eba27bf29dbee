import { ArmError } from "./arm-error";
import type { Json } from "../../common/util/json";
import type { ArmRequest } from "./arm-request";
import { idsIn } from "./linked-actions";
import type { ResourceType } from "./resource-type";
import { IDENTITY } from "./sign-in";
import type { Store } from "./store";

/** A custom role of Azure, as `az role definition create` takes it. It is assigned to the client for all scopes. */
export interface RoleDefinition {
  /** Actions that are allowed; `*` matches any part: `Microsoft.Network/*`. */
  readonly Actions: readonly string[];
  /** Exceptions from these. @default - none */
  readonly NotActions?: readonly string[];
}

/** Which actions a client may use, and which it has used. */
export class Access {
  private readonly used = new Map<string, string>();

  /** @param role - the role of the client. Without one it may do everything */
  constructor(private readonly role?: RoleDefinition) {}

  /** The actions that requests have used so far, in alphabetical order. */
  public get usedActions(): string[] {
    return [...this.used.values()].sort();
  }

  /** @throws ArmError if the role does not allow a request */
  public require({ method, path }: Pick<ArmRequest, "method" | "path">): void {
    const action = actionOf(method, path);
    if (!this.allows(action))
      throw new ArmError(
        403,
        "AuthorizationFailed",
        `The client '${IDENTITY.objectId}' with object id '${IDENTITY.objectId}' does not have authorization to perform action '${action}' over scope '${scopeOf(path)}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
      );
    this.use(action);
  }

  /** @throws ArmError if the role does not allow an action on another resource that a write needs */
  public requireLinked(id: string, { type, linkedActions = {} }: ResourceType, body: Json, store: Store): void {
    const wanted = Object.entries(linkedActions).flatMap(([action, on]) =>
      idsIn(on, id, body, store).map((scope) => ({ action, scope })),
    );
    const refused = wanted.filter(({ action }) => !this.allows(action));
    const quoted = (texts: string[]) => `'${texts.join(",")}'`;
    if (refused.length > 0)
      throw new ArmError(
        403,
        "LinkedAuthorizationFailed",
        `The client '${IDENTITY.objectId}' with object id '${IDENTITY.objectId}' has permission to perform action '${type}/write' on scope '${id}'; however, it does not have permission to perform action(s) ${quoted(refused.map(({ action }) => action))} on the linked scope(s) ${quoted(refused.map(({ scope }) => scope))} (respectively) or the linked scope(s) are invalid.`,
      );
    for (const { action } of wanted) this.use(action);
  }

  /** Whether the role allows to read resources of a type, where those that it does not are left out instead of refused. */
  public mayRead(type: string): boolean {
    const action = `${type}/read`;
    if (!this.allows(action)) return false;
    this.use(action);
    return true;
  }

  private allows(action: string): boolean {
    if (!this.role) return true;
    const { Actions, NotActions = [] } = this.role;
    const listed = (patterns: readonly string[]) => patterns.some((pattern) => matches(pattern, action));
    return listed(Actions) && !listed(NotActions);
  }

  private use(action: string): void {
    const key = action.toLowerCase();
    if (!this.used.has(key)) this.used.set(key, action);
  }
}

/** Requests whose action is not the one that their method and path give. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  "microsoft.containerregistry/checknameavailability/action": "Microsoft.ContainerRegistry/checkNameAvailability/read",
  "microsoft.resourcegraph/resources/action": "Microsoft.ResourceGraph/resources/read",
};

const OPERATIONS: Readonly<Record<string, string>> = { PUT: "write", PATCH: "write", DELETE: "delete", POST: "action" };

/**
 * The action that a request needs: the types in its path, and what its method does with the last of them.
 *
 * @see https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations
 */
export function actionOf(method: string, path: string): string {
  const operation = OPERATIONS[method] ?? "read";
  // An extension's types start after the last "providers".
  const start = path.toLowerCase().lastIndexOf("/providers");
  const [namespace, ...below] = start < 0 ? [] : path.slice(start + "/providers/".length).split("/");
  if (start >= 0 && below.length === 0) return `Microsoft.Resources/subscriptions/providers/${operation}`;
  const [provider, segments] =
    namespace === undefined ? ["Microsoft.Resources", path.split("/").slice(1)] : [namespace, below];
  const action = [provider, ...segments.filter((_, i) => i % 2 === 0), operation].join("/");
  return EXCEPTIONS[action.toLowerCase()] ?? action;
}

/**
 * What a request is about: a resource, or what a list or an action is of. Of the resources of a type in a group, it is the
 * provider there. Source: Azure/CloudShell#561, Azure/azure-cli#19588 and other public issues.
 */
function scopeOf(path: string): string {
  const start = path.toLowerCase().lastIndexOf("/providers");
  const below = path
    .slice(Math.max(start, 0))
    .split("/")
    .slice(start < 0 ? 1 : 3);
  if (below.length > 0 && below.length % 2 === 0) return path;
  const isInGroup = /^\/subscriptions\/[^/]+\/resourceGroups\//i.test(path);
  const owner =
    start < 0 || below.length > 1 || isInGroup ? path.slice(0, path.lastIndexOf("/")) : path.slice(0, start);
  return owner === "" ? "/" : owner;
}

function matches(pattern: string, action: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "i").test(action);
}
