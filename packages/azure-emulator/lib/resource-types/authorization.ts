import { badRequest, conflict } from "../arm-error";
import { equalIgnoringCase } from "../arm-id";
import { isCondition } from "../registry-permissions";
import { resourceType } from "../resource-type";
import { NOW, type Store } from "../store";
import { ROLES } from "./role-definitions";

const LOCK = "Microsoft.Authorization/locks";

interface RoleAssignmentProperties {
  roleDefinitionId: string;
  principalId: string;
  scope?: string;
  condition?: string | null;
  conditionVersion?: string | null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const roleAssignment = resourceType<RoleAssignmentProperties>({
  type: "Microsoft.Authorization/roleAssignments",
  names: { form: UUID, allowed: "a UUID" },
  location: "none",
  updatedStatus: 201,
  missingCode: "RoleAssignmentNotFound",
  deletionAnswer: "resource",
  shape: {
    "roleDefinitionId!": "string",
    "principalId!": "string",
    scope: "string",
    condition: "string",
    conditionVersion: "string",
  },
  defaults: { principalType: "ServicePrincipal" },
  fixed: { createdOn: NOW, updatedOn: NOW },
  beforeWrite({ id, type, properties }, store) {
    properties.scope ??= scopeOf(id);
    if (!UUID.test(properties.principalId))
      throw badRequest(
        "InvalidPrincipalId",
        `The Principal ID '${properties.principalId}' is not valid. Principal ID must be a GUID.`,
      );
    const { condition, conditionVersion, roleDefinitionId } = properties;
    if (condition && conditionVersion !== "2.0")
      throw badRequest("InvalidConditionVersion", "A condition needs the condition version 2.0.");
    if (condition && !isCondition(condition))
      throw badRequest("RoleAssignmentConditionInvalid", "The condition can't be parsed.");
    if (condition && roleDefinitionId.endsWith(ROLES["Container Registry Repository Catalog Lister"]!))
      throw badRequest("RoleAssignmentConditionInvalid", "The role does not support conditions.");
    const twin = store
      .referring<RoleAssignmentProperties>(type, "principalId", properties.principalId)
      .find(
        ({ id: other, properties: { scope = "", roleDefinitionId } }) =>
          !equalIgnoringCase(other, id) &&
          equalIgnoringCase(scope, properties.scope!) &&
          equalIgnoringCase(roleDefinitionId.split("/").at(-1)!, properties.roleDefinitionId.split("/").at(-1)!),
      );
    if (twin) throw conflict("RoleAssignmentExists", "The role assignment already exists.");
  },
});

/** @see https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources */
export const lock = resourceType({
  type: LOCK,
  shape: { "level!": "string" },
  names: { form: /^[^<>%&?/]{1,260}$/, allowed: "1 to 260 characters, none of <>%&?/" },
  location: "none",
});

/**
 * A lock protects its scope and all below it, including extensions such as role assignments, but not itself.
 *
 * @throws ArmError if a lock forbids the action
 */
export function refuseWhereLocked(action: "write" | "delete", id: string, store: Store): void {
  if (new RegExp(`/providers/${LOCK}/[^/]+$`, "i").test(id)) return;
  const forbids = (level: string) => action === "delete" || level === "ReadOnly";
  const locks = lockScopes(store, forbids)
    // A group that contains something locked can't be deleted either.
    .filter((scope) => isWithin(id, scope) || (action === "delete" && isWithin(scope, id)));
  if (locks.length > 0)
    throw conflict(
      "ScopeLocked",
      `The scope '${id}' cannot perform ${action} operation because following scope(s) are locked: '${locks.join("', '")}'. Please remove the lock and try again.`,
    );
}

/**
 * The scopes of the locks that keep a resource from being deleted. They also keep what Azure has to delete in it for
 * another resource, such as a registry's side of a private endpoint's connection.
 */
export function lockedScopes(targetId: string, store: Store): string[] {
  return lockScopes(store, () => true).filter((scope) => isWithin(targetId, scope));
}

/** Scopes of the locks of some levels. A lock may protect its scope for a while after its deletion. */
function lockScopes(store: Store, forbids: (level: string) => boolean): string[] {
  return store
    .withLingering<{ level: string }>(LOCK)
    .filter(({ properties }) => forbids(properties.level))
    .map(({ id }) => scopeOf(id));
}

/** Id of the resource that an extension extends. */
function scopeOf(id: string): string {
  return id.slice(0, id.toLowerCase().lastIndexOf("/providers/"));
}

function isWithin(id: string, scope: string): boolean {
  return equalIgnoringCase(id, scope) || id.toLowerCase().startsWith(`${scope.toLowerCase()}/`);
}
