"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.lock = exports.roleAssignment = void 0;
exports.refuseWhereLocked = refuseWhereLocked;
exports.lockedScopes = lockedScopes;
const arm_error_1 = require("../arm-error");
const arm_id_1 = require("../arm-id");
const resource_type_1 = require("../resource-type");
const LOCK = "Microsoft.Authorization/locks";
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
exports.roleAssignment = (0, resource_type_1.resourceType)({
    type: "Microsoft.Authorization/roleAssignments",
    names: { form: UUID, allowed: "a UUID" },
    location: "none",
    deletionAnswer: "resource",
    beforeWrite({ id, type, properties }, store) {
        properties.scope ??= scopeOf(id);
        properties.principalType ??= "ServicePrincipal";
        properties.createdOn = "2026-01-01T00:00:00Z";
        properties.updatedOn = properties.createdOn;
        const twin = store
            .ofType(type)
            .find(({ id: other, properties: { scope = "", principalId, roleDefinitionId } }) => !(0, arm_id_1.equalIgnoringCase)(other, id) &&
            (0, arm_id_1.equalIgnoringCase)(scope, properties.scope) &&
            (0, arm_id_1.equalIgnoringCase)(principalId, properties.principalId) &&
            (0, arm_id_1.equalIgnoringCase)(roleDefinitionId.split("/").at(-1), properties.roleDefinitionId.split("/").at(-1)));
        if (twin)
            throw new arm_error_1.ArmError(409, "RoleAssignmentExists", "The role assignment already exists.");
    },
});
/** @see https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources */
exports.lock = (0, resource_type_1.resourceType)({
    type: LOCK,
    names: { form: /^[^<>%&?/]{1,260}$/, allowed: "1 to 260 characters, none of <>%&?/" },
    location: "none",
});
/**
 * A lock protects its scope and all below it, including extensions such as role assignments, but not itself.
 *
 * @throws ArmError if a lock forbids the action
 */
function refuseWhereLocked(action, id, store) {
    if (new RegExp(`/providers/${LOCK}/[^/]+$`, "i").test(id))
        return;
    const forbids = (level) => action === "delete" || level === "ReadOnly";
    const locks = lockScopes(store, forbids)
        // A group that contains something locked can't be deleted either.
        .filter((scope) => isWithin(id, scope) || (action === "delete" && isWithin(scope, id)));
    if (locks.length > 0)
        throw new arm_error_1.ArmError(409, "ScopeLocked", `The scope '${id}' cannot perform ${action} operation because following scope(s) are locked: '${locks.join("', '")}'. Please remove the lock and try again.`);
}
/**
 * The scopes of the locks that keep a resource from being deleted. They also keep what Azure has to delete in it for
 * another resource, such as a registry's side of a private endpoint's connection.
 */
function lockedScopes(targetId, store) {
    return lockScopes(store, () => true).filter((scope) => isWithin(targetId, scope));
}
/** Scopes of the locks of some levels. A lock may protect its scope for a while after its deletion. */
function lockScopes(store, forbids) {
    return store
        .withLingering(LOCK)
        .filter(({ properties }) => forbids(properties.level))
        .map(({ id }) => scopeOf(id));
}
/** Id of the resource that an extension extends. */
function scopeOf(id) {
    return id.slice(0, id.toLowerCase().lastIndexOf("/providers/"));
}
function isWithin(id, scope) {
    return (0, arm_id_1.equalIgnoringCase)(id, scope) || id.toLowerCase().startsWith(`${scope.toLowerCase()}/`);
}
