import type { ITerraformDependable } from "../../terraform";
import { AzapiUpdateOnDestroy, AzapiUpdateResource } from "../../terraform/azapi";
import { ID } from "../../terraform/logical-ids";
import { REGISTRY_PREVIEW, type Registry } from "./registry";

/** Who gets past the rules of a registry. */
export interface AccessProps {
  /** Whether tasks with a system-assigned identity may bypass the private endpoints. */
  readonly tasksBypassNetworkRules: boolean;
}

/**
 * Sets the properties of a registry that say how role assignments and tasks get access, where one is not the standard.
 * azurerm 4.55 has neither, and keeps them when it updates the registry. An existing registry is not changed.
 *
 * Both are in one resource, each with its value, so that each can be turned off while the other stays on.
 *
 * @param after - what has to be done first: all role assignments, so that no identity is without one in the new mode, and
 * what Azure refuses while a registry is being written, such as private endpoints
 */
export function setAccess(registry: Registry, props: AccessProps, after: readonly ITerraformDependable[]): void {
  const { perRepository, id: resourceId } = registry;
  if (!registry.place || (!perRepository && !props.tasksBypassNetworkRules)) return;
  // The resource is read and written as a whole: an older API version would lose its regional endpoints.
  const resource = { type: REGISTRY_PREVIEW, resourceId };
  const set = new AzapiUpdateResource(registry, ID.access, {
    ...resource,
    properties: {
      roleAssignmentMode: perRepository ? "AbacRepositoryPermissions" : STANDARD.roleAssignmentMode,
      networkRuleBypassAllowedForTasks: props.tasksBypassNetworkRules,
    },
    dependsOn: [...registry.writes, ...after],
  });
  new AzapiUpdateOnDestroy(registry, `${ID.access}-off`, {
    ...resource,
    properties: STANDARD,
    // The role assignments of the mode are deleted after the mode.
    dependsOn: [set, ...after],
  });
}

const STANDARD = { roleAssignmentMode: "LegacyRegistryPermissions", networkRuleBypassAllowedForTasks: false };
