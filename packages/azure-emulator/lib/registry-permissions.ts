import { equalIgnoringCase } from "./arm-id";
import { REGISTRY } from "./resource-types/private-link-members";
import { ROLES } from "./resource-types/role-definitions";
import type { Store } from "./store";

/** What an identity may do with a repository. */
export type RepositoryOperation = "read" | "write" | "delete";

/**
 * What each role allows, by the registry's role assignment mode. A role of the other mode is not honored.
 *
 * Source: "Azure attribute-based access control repository permissions in Azure Container Registry".
 */
const OPERATIONS: Readonly<Record<string, Readonly<Record<string, readonly RepositoryOperation[]>>>> = {
  LegacyRegistryPermissions: {
    AcrPull: ["read"],
    AcrPush: ["read", "write"],
    AcrDelete: ["delete"],
    Contributor: ["read", "write", "delete"],
    Owner: ["read", "write", "delete"],
  },
  AbacRepositoryPermissions: {
    "Container Registry Repository Reader": ["read"],
    "Container Registry Repository Writer": ["read", "write"],
    "Container Registry Repository Contributor": ["read", "write", "delete"],
  },
};

/** What the role assignments on a registry allow an identity to do with a repository, in alphabetical order. */
export function repositoryOperations(
  registryId: string,
  principalId: string,
  repository: string,
  store: Store,
): RepositoryOperation[] {
  const mode = store.get<{ roleAssignmentMode?: string }>(registryId)?.properties.roleAssignmentMode ?? "";
  const roles = OPERATIONS[mode] ?? {};
  const allowed = Object.entries(roles).flatMap(([role, operations]) => {
    const assigned = assignments(registryId, principalId, role, store);
    return operations.filter((operation) =>
      assigned.some(({ properties: { condition } }) => !condition || isMet(condition, operation, repository)),
    );
  });
  return [...new Set(allowed)].sort();
}

/** Whether the role assignments on a registry allow an identity to list its repositories. */
export function mayListRepositories(registryId: string, principalId: string, store: Store): boolean {
  const { roleAssignmentMode } = store.get<{ roleAssignmentMode?: string }>(registryId)?.properties ?? {};
  return roleAssignmentMode === "AbacRepositoryPermissions"
    ? assignments(registryId, principalId, "Container Registry Repository Catalog Lister", store).length > 0
    : repositoryOperations(registryId, principalId, "", store).includes("read");
}

/** The assignments of a role to an identity that a registry has, or inherits. */
function assignments(registryId: string, principalId: string, role: string, store: Store) {
  return store
    .ofType<{ principalId: string; roleDefinitionId: string; scope?: string; condition?: string | null }>(
      "Microsoft.Authorization/roleAssignments",
    )
    .filter(
      ({ properties: { scope = "", ...assignment } }) =>
        `${registryId}/`.toLowerCase().startsWith(`${scope}/`.toLowerCase()) &&
        equalIgnoringCase(assignment.principalId, principalId) &&
        assignment.roleDefinitionId.endsWith(ROLES[role]!),
    );
}

const ACTION = /ActionMatches\{'([^']+)'\}/g;
const COMPARISON = /@Request\[([^\]]+)\] (StringEqualsIgnoreCase|StringStartsWithIgnoreCase) '([^']+)'/g;

/**
 * Whether a condition has the form of Microsoft's examples: actions it is about, or else comparisons of the name. Conditions
 * for other services than registries are taken if their parentheses match.
 */
export function isCondition(condition: string): boolean {
  const rest = condition.replace(/!\(ActionMatches\{'[^']+'\}\)/g, "").replace(COMPARISON, "");
  const opening = condition.split("(").length;
  const isForOthers = !condition.includes(REGISTRY);
  if (isForOthers && condition.includes("@")) return opening === condition.split(")").length;
  return (
    [...condition.matchAll(COMPARISON)].every(([, attribute]) => attribute === `${REGISTRY}/repositories:name`) &&
    opening === condition.split(")").length &&
    /^[()\s]*(?:(?:AND|OR)[()\s]*)*$/.test(rest)
  );
}

function isMet(condition: string, operation: RepositoryOperation, repository: string): boolean {
  const action = `${REGISTRY}/repositories/content/${operation}`;
  const isAbout = [...condition.matchAll(ACTION)].some(([, one]) => one === action);
  const name = repository.toLowerCase();
  return (
    !isAbout ||
    [...condition.matchAll(COMPARISON)].some(([, , operator, value = ""]) =>
      operator === "StringEqualsIgnoreCase" ? name === value.toLowerCase() : name.startsWith(value.toLowerCase()),
    )
  );
}
