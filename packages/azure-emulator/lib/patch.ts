import { type Json, isJson } from "../../common/util/json";

/**
 * Applies a PATCH: members that the body names are replaced, at any depth, and the others stay (RFC 7396). The tags are one
 * member: those that the body does not have are gone, by which azurerm removes a tag from a group or a registry.
 *
 * Source: "Resource Groups - Update": "If a field is unspecified, the current value is retained."
 */
export function patched(resource: Json, body: Json): Json {
  return { ...merged(resource, body), ...(isJson(body.tags) && { tags: body.tags }) };
}

function merged(resource: Json, body: Json): Json {
  return Object.fromEntries([
    ...Object.entries(resource).filter(([name]) => body[name] !== null),
    ...Object.entries(body).flatMap(([name, value]): [string, unknown][] => {
      const old = resource[name];
      if (value === null) return [];
      return [[name, isJson(value) && isJson(old) ? merged(old, value) : value]];
    }),
  ]);
}
