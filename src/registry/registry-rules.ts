import { REGISTRY_NAME_LENGTH } from "../limits";
import { registryName } from "../naming";
import type { SettingsError } from "../settings/errors";
import { settingsSchema } from "../schema";
import { type Context, errorAt, repeated } from "../rule-context";

export function* registryNameFits({
  environment,
  registry: { namePrefix, existing },
}: Context): Iterable<SettingsError> {
  if (environment === undefined || namePrefix === undefined || existing) return;
  const name = registryName(namePrefix, environment);
  const { min, max } = REGISTRY_NAME_LENGTH;
  if (name.length >= min && name.length <= max) return;
  yield errorAt(
    ["registry", "namePrefix"],
    namePrefix,
    `a prefix that results in a registry name of ${min} to ${max} characters; this one results in ${name}, which has ${name.length}`,
  );
}

/** Settings that would change a registry that exists. */
const CHANGES_REGISTRY = [
  "routed",
  "retentionDays",
  "exports",
  "trustedServices",
  "deletionProtection",
  "diagnostics",
  "agentPool",
  "tasksBypassNetworkRules",
  "cacheRules",
  "cacheCredentials",
] as const;

export function* existingRegistryFits({ registry }: Context): Iterable<SettingsError> {
  const { existing, location, replicas } = registry;
  if (!existing) return;
  if (location === undefined) {
    yield errorAt(["registry", "location"], undefined, "the home region of the registry in registry.existing");
  }
  const refused = (path: (string | number)[], value: unknown, why: string) =>
    errorAt(["registry", ...path], value, `nothing if registry.existing is set: ${why}`);
  const standard = settingsSchema.parse({}).registry;
  const differs = (name: keyof typeof standard) => registry[name] !== undefined && registry[name] !== standard[name];
  if (differs("namePrefix")) yield refused(["namePrefix"], registry.namePrefix, "its ID has the name of the registry");
  if (existing.import !== false) return;
  const why = "this project does not change a registry that exists, unless existing.import is true";
  for (const name of CHANGES_REGISTRY) if (differs(name)) yield refused([name], registry[name], why);
  for (const [index, replica = {}] of replicas.entries()) {
    if (replica.routed === false) yield refused(["replicas", index, "routed"], false, why);
    if ("zoneRedundancy" in replica && replica.zoneRedundancy !== undefined)
      yield refused(["replicas", index, "zoneRedundancy"], replica.zoneRedundancy, why);
  }
}

export function* rolesDiffer({ registry }: Context): Iterable<SettingsError> {
  const { pullPrincipals = [], pushPrincipals = [], repositoryPermissions = [] } = registry;
  const permissions = repositoryPermissions.flatMap((permission, index) =>
    permission ? [{ ...permission, index }] : [],
  );
  const path = (index: number, member: string) => ["registry", "repositoryPermissions", index, member];
  const key = (role: string, principalId: string | undefined) => principalId && `${role} ${principalId.toLowerCase()}`;
  for (const { index, role, repositories } of permissions) {
    if (role === undefined || (role === "catalogLister") === (repositories === undefined)) continue;
    yield errorAt(
      path(index, "repositories"),
      repositories,
      role === "catalogLister"
        ? "nothing if role is catalogLister, which can't be limited to repositories"
        : "a list of repositories. Add identities that need all repositories to pullPrincipals or pushPrincipals",
    );
  }
  // Azure refuses a second assignment of a role to an identity.
  const assigned = [
    ...pullPrincipals.map((principalId) => ({
      key: key("reader", principalId),
      label: "pullPrincipals",
      at: undefined,
    })),
    ...pushPrincipals.map((principalId) => ({
      key: key("writer", principalId),
      label: "pushPrincipals",
      at: undefined,
    })),
    ...permissions.map(({ index, role, principalId }) => ({
      key: role && key(role, principalId),
      label: `repositoryPermissions[${index}]`,
      at: { index, principalId },
    })),
  ];
  for (const [{ at }, first] of repeated(assigned, (one) => one.key)) {
    if (!at) continue;
    yield errorAt(
      path(at.index, "principalId"),
      at.principalId,
      `an identity that does not have this role by ${first.label} already: one role assignment lists all its repositories`,
    );
  }
}
