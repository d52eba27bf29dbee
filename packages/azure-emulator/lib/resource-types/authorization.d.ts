import type { Store } from "../store";
export declare const roleAssignment: import("../resource-type").ResourceType<import("../json").Json>;
/** @see https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources */
export declare const lock: import("../resource-type").ResourceType<import("../json").Json>;
/**
 * A lock protects its scope and all below it, including extensions such as role assignments, but not itself.
 *
 * @throws ArmError if a lock forbids the action
 */
export declare function refuseWhereLocked(action: "write" | "delete", id: string, store: Store): void;
/**
 * The scopes of the locks that keep a resource from being deleted. They also keep what Azure has to delete in it for
 * another resource, such as a registry's side of a private endpoint's connection.
 */
export declare function lockedScopes(targetId: string, store: Store): string[];
