import { ArmError } from "../arm-error";
import type { ArmAnswer, ArmRequest } from "../resource-manager";

/** Built-in roles by their names. Source: "Azure built-in roles". */
const ROLES = {
  AcrPull: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
  AcrPush: "8311e382-0749-4cb8-b61a-304f252e45ec",
};

/** Answers a request for a built-in role, by its name or its id. */
export function roleDefinitions({ path, query }: ArmRequest): ArmAnswer {
  const wanted = /roleName eq '([^']+)'/.exec(query.get("$filter") ?? "")?.[1];
  const id = /\/roleDefinitions\/([^/]+)$/i.exec(path)?.[1]?.toLowerCase();
  const found = Object.entries(ROLES)
    .filter(([name, guid]) => (wanted === undefined || name === wanted) && (id === undefined || guid === id))
    .map(([roleName, name]) => ({
      id: `/providers/Microsoft.Authorization/roleDefinitions/${name}`,
      name,
      type: "Microsoft.Authorization/roleDefinitions",
      properties: { roleName, type: "BuiltInRole", description: roleName, assignableScopes: ["/"], permissions: [] },
    }));
  if (id === undefined) return { status: 200, body: { value: found } };
  if (!found[0]) throw new ArmError(404, "RoleDefinitionDoesNotExist", `There is no role ${id}.`);
  return { status: 200, body: found[0] };
}
