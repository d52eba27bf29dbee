import { Construct } from "constructs";
import {
  ContainerRegistryAgentPool,
  ContainerRegistryCacheRule,
  ContainerRegistryCredentialSet,
  type ITerraformDependable,
  LogAnalyticsWorkspace,
  ManagementLock,
  MonitorDiagnosticSetting,
  PrivateEndpoint,
  RoleAssignment,
  type TerraformResource,
} from "../terraform";
import type { Naming } from "../naming";
import type { Registry } from "./registry";
import { REPOSITORY_ROLES, type RepositoryPermission, conditionOf } from "./repository-permissions";

/** Logs and roles of a registry. */
export interface LogsAndRolesProps {
  readonly registry: Registry;
  /** Whether logs and metrics are sent to a Log Analytics workspace: to one that exists, by its id, or to a new one. */
  readonly diagnostics: boolean | { readonly workspaceId: string };
  readonly roles: RolesProps;
  readonly naming: Naming;
}

/** Who may do what with the images. */
export interface RolesProps {
  /** Object ids that may pull. */
  readonly pullPrincipals: readonly string[];
  /** Object ids that may push and pull. */
  readonly pushPrincipals: readonly string[];
  /** Roles in single repositories; undefined for none. */
  readonly repositoryPermissions: readonly RepositoryPermission[] | undefined;
}

/** Diagnostic setting and role assignments of the registry, as far as the properties name them. */
export class LogsAndRoles extends Construct {
  constructor(scope: Construct, id: string, props: LogsAndRolesProps) {
    super(scope, id);
    const { registry, naming, diagnostics, roles } = props;
    if (diagnostics) {
      new MonitorDiagnosticSetting(this, "diagnostics", {
        name: "registry",
        targetResourceId: registry.id,
        logAnalyticsWorkspaceId:
          diagnostics === true ? this.makeWorkspace(registry, naming).id : diagnostics.workspaceId,
        enabledLog: [{ category: "ContainerRegistryLoginEvents" }, { category: "ContainerRegistryRepositoryEvents" }],
        enabledMetric: [{ category: "AllMetrics" }],
      });
    }
    for (const { id, role } of registry.rolesFor("pull")) this.assign(role, id, roles.pullPrincipals, registry);
    for (const { id, role } of registry.rolesFor("push")) this.assign(role, id, roles.pushPrincipals, registry);
    for (const permission of roles.repositoryPermissions ?? []) this.permit(permission, registry);
  }

  private makeWorkspace({ place }: Registry, naming: Naming): LogAnalyticsWorkspace {
    if (!place) throw new Error("An existing registry has no place for a workspace");
    return new LogAnalyticsWorkspace(this, "workspace", {
      ...place,
      name: naming.of("log", "registry"),
      sku: "PerGB2018",
      retentionInDays: 30,
      // Access to the logs is by Microsoft Entra ID only, not by the keys of the workspace.
      localAuthenticationEnabled: false,
    });
  }

  private assign(roleDefinitionName: string, id: string, principals: readonly string[], registry: Registry): void {
    for (const principalId of new Set(principals.map((principal) => principal.toLowerCase()))) {
      new RoleAssignment(this, `${id}-${principalId}`, {
        scope: registry.id,
        roleDefinitionName,
        principalId,
      });
    }
  }

  private permit(permission: RepositoryPermission, { id: scope }: Registry): void {
    const principalId = permission.principalId.toLowerCase();
    const condition = conditionOf(permission);
    new RoleAssignment(this, `${permission.role.toLowerCase()}-${principalId}`, {
      scope,
      roleDefinitionName: REPOSITORY_ROLES[permission.role],
      principalId,
      ...(condition !== undefined && { condition, conditionVersion: "2.0" }),
    });
  }
}

/**
 * What is attached to the registry anywhere in its stack: its parts, the resources at its scope, and its private endpoints.
 * A lock on the registry keeps all of these from being deleted, endpoints wherever they are, because Azure deletes the
 * registry's side of their connections with them.
 */
export function attachedTo(registry: Registry): TerraformResource[] {
  return registry.node.root.node
    .findAll()
    .filter((node): node is TerraformResource => ATTACHED.some((resource) => node instanceof resource));
}

const ATTACHED = [
  ContainerRegistryAgentPool,
  ContainerRegistryCacheRule,
  ContainerRegistryCredentialSet,
  MonitorDiagnosticSetting,
  PrivateEndpoint,
  RoleAssignment,
];

/**
 * Keeps a registry, its images and its replicas from being deleted.
 *
 * So that a destroy removes the lock first, it depends on everything else that it keeps from being deleted.
 *
 * @param held - the resources that a lock on the registry keeps from being deleted
 */
export function lock(registry: Registry, held: ITerraformDependable[]): void {
  new ManagementLock(registry, "lock", {
    name: "registry",
    scope: registry.id,
    lockLevel: "CanNotDelete",
    notes: "Keeps the registry, its images and its replicas.",
    dependsOn: held,
  });
}
