/** What an identity may do with all repositories of a registry. */
export type Permission = "pull" | "push";

/** Operations on a repository and its metadata that a role allows, by the name that the role has in the settings. */
const OPERATIONS = {
  reader: ["read"],
  writer: ["read", "write"],
  contributor: ["read", "write", "delete"],
} as const;

/** The roles that can be limited to some repositories, and the one that lists the names of all. */
export const REPOSITORY_ROLES = {
  reader: "Container Registry Repository Reader",
  writer: "Container Registry Repository Writer",
  contributor: "Container Registry Repository Contributor",
  catalogLister: "Container Registry Repository Catalog Lister",
} as const;

/** A role of an identity in some repositories. */
export interface RepositoryPermission {
  readonly principalId: string;
  readonly role: keyof typeof REPOSITORY_ROLES;
  /** Names, or prefixes that end with `/*`. Absent for the role that can't be limited. */
  readonly repositories?: readonly string[] | undefined;
}

/** How a registry's role assignments are meant: for all repositories, or for each repository. */
export function roleAssignmentMode(perRepository: boolean): string {
  return perRepository ? "AbacRepositoryPermissions" : "LegacyRegistryPermissions";
}

/**
 * The roles for all repositories, each with the start of its construct id.
 *
 * A registry with permissions for each repository does not honor AcrPull and AcrPush. They stay assigned: in this way no
 * identity is without a role when the registry is switched back.
 *
 * Source: "Azure attribute-based access control repository permissions in Azure Container Registry".
 */
export function rolesFor(permission: Permission, perRepository: boolean): readonly { id: string; role: string }[] {
  const [legacy, role] = (
    {
      pull: ["AcrPull", REPOSITORY_ROLES.reader],
      push: ["AcrPush", REPOSITORY_ROLES.writer],
    } as const
  )[permission];
  return [{ id: permission, role: legacy }, ...(perRepository ? [{ id: `${permission}-repositories`, role }] : [])];
}

/**
 * The condition that limits a role to repositories, in version 2.0. It names every action that the role allows on
 * repositories: one that it did not name would be allowed on all of them.
 *
 * @returns undefined for a role that can't be limited
 */
export function conditionOf({ role, repositories = [] }: RepositoryPermission): string | undefined {
  if (role === "catalogLister") return undefined;
  const actions = OPERATIONS[role].flatMap((operation) => [`content/${operation}`, `metadata/${operation}`]);
  const others = actions.map((action) => `!(ActionMatches{'${REPOSITORIES}/${action}'})`);
  const names = repositories.map((repository) =>
    repository.endsWith("/*")
      ? `${NAME} StringStartsWithIgnoreCase '${repository.slice(0, -1)}'`
      : `${NAME} StringEqualsIgnoreCase '${repository}'`,
  );
  return `((${others.join(" AND ")}) OR (${names.join(" OR ")}))`;
}

const REPOSITORIES = "Microsoft.ContainerRegistry/registries/repositories";
const NAME = `@Request[${REPOSITORIES}:name]`;
