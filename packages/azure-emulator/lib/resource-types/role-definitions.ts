import { uuidOf } from "../any-type/fill";
import { ArmError } from "../arm-error";
import { type Json, objects } from "../../../common/util/json";
import type { ArmAnswer, ArmRequest } from "../arm-request";
import { resourceType } from "../resource-type";
import { NOW, type Store } from "../store";

const ROLE_DEFINITION = "Microsoft.Authorization/roleDefinitions";

interface RoleDefinitionProperties {
  roleName?: string;
  permissions?: Json[];
  type?: string;
}

/** A role of the user's own. */
export const roleDefinition = resourceType<RoleDefinitionProperties>({
  type: ROLE_DEFINITION,
  names: { form: /^[0-9a-f-]{36}$/i, allowed: "a UUID" },
  location: "none",
  updatedStatus: 201,
  // A role of a group is the subscription's.
  shownId: idOfSubscription,
  deletionAnswer: "resource",
  shape: { roleName: "string" },
  fixed: { type: "CustomRole", createdOn: NOW, updatedOn: NOW, createdBy: null },
  defaults: { description: null },
  beforeWrite({ properties }) {
    const none = { actions: [], notActions: [], dataActions: [], notDataActions: [] };
    properties.permissions = objects(properties.permissions).map((permission) => ({ ...none, ...permission }));
  },
});

function idOfSubscription(id: string): string {
  return id.replace(/\/resourceGroups\/[^/]+/i, "");
}

/** Built-in roles by their names. Source: "Azure built-in roles". */
export const ROLES: Readonly<Record<string, string>> = {
  AcrDelete: "c2f4ef07-c644-48eb-af81-4b1b4947fb11",
  AcrPull: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
  AcrPush: "8311e382-0749-4cb8-b61a-304f252e45ec",
  "Container Registry Repository Catalog Lister": "bfdb9389-c9a5-478a-bb2f-ba9ca092c3c7",
  "Container Registry Repository Contributor": "2efddaa5-3f1f-4df3-97df-af3f13818f4c",
  "Container Registry Repository Reader": "b93aa761-3e63-49ed-ac28-beffa264f7ac",
  "Container Registry Repository Writer": "2a1e307c-b015-4ebd-883e-5b7698a07328",
  Contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
  "Key Vault Administrator": "00482a5a-887f-4fb3-b363-3b7fe8e74483",
  "Key Vault Crypto Officer": "14b46e9e-c2b7-41b4-b07b-48a6ebf60603",
  "Key Vault Crypto Service Encryption User": "e147488a-f6f5-4113-8e2d-b22465e65bf6",
  "Key Vault Reader": "21090545-7ca7-4776-b22c-e363652d74d2",
  "Key Vault Secrets Officer": "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
  "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
  "Managed Identity Operator": "f1a07417-d97a-45cb-824c-7a7467783830",
  "Monitoring Metrics Publisher": "3913510d-42f4-4e42-8a64-420c390055eb",
  "Network Contributor": "4d97b98b-1d4f-4787-a291-c67834d212e7",
  Owner: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
  "Private DNS Zone Contributor": "b12aa53e-6015-4669-85d0-8515ebb3ae7f",
  Reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
  "Storage Account Contributor": "17d1049b-9a84-46fb-8f53-869881c3d3ab",
  "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
  "Storage Blob Data Owner": "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
  "Storage Blob Data Reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
  "User Access Administrator": "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
  "Virtual Machine Contributor": "9980e02c-c2be-4d73-94e8-173b1dc7cf3c",
};

/** Roles that clients have asked for by names that are not in the list, by their names. */
const OTHER_ROLES = new WeakMap<Store, Map<string, string>>();

/**
 * Answers a request for a role, by its name or its id.
 *
 * @param anyRole - whether a built-in role that is not in the list exists as well. Otherwise a name that is misspelt is noticed
 */
export function roleDefinitions({ path, query }: ArmRequest, store: Store, anyRole: boolean): ArmAnswer {
  const wanted = /roleName eq '([^']+)'/i.exec(query.get("$filter") ?? "")?.[1];
  const id = /\/roleDefinitions\/([^/]+)$/i.exec(path)?.[1]?.toLowerCase();
  const custom = store
    .ofType<RoleDefinitionProperties>(ROLE_DEFINITION)
    .map((role) => ({ ...role, id: idOfSubscription(role.id) }));
  const others = OTHER_ROLES.get(store) ?? new Map<string, string>();
  OTHER_ROLES.set(store, others);
  const isKnown = (name: string) => name in ROLES || custom.some((role) => role.properties.roleName === name);
  if (anyRole && wanted !== undefined && !isKnown(wanted)) others.set(wanted, uuidOf("role", wanted));
  const all: Json[] = [...custom, ...[...Object.entries(ROLES), ...others].map(([name, guid]) => builtIn(name, guid))];
  const found = all.filter(
    (role) =>
      (wanted === undefined || (role.properties as RoleDefinitionProperties).roleName === wanted) &&
      (id === undefined || String(role.name).toLowerCase() === id),
  );
  if (id === undefined) return { status: 200, body: { value: found } };
  if (!found[0]) throw new ArmError(404, "RoleDefinitionDoesNotExist", `There is no role ${id}.`);
  return { status: 200, body: found[0] };
}

function builtIn(roleName: string, guid: string): Json {
  return {
    id: `/providers/${ROLE_DEFINITION}/${guid}`,
    name: guid,
    type: ROLE_DEFINITION,
    properties: { roleName, type: "BuiltInRole", description: roleName, assignableScopes: ["/"], permissions: [] },
  };
}
