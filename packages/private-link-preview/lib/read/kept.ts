import { serviceByAzureType } from "../../../common/azure/service-names";
import { type Json, groupBy, isJson } from "../../../common/util";
import { PUBLIC_ACCESS } from "../model/public-access";
import { isTranslated, pathsOf } from "./azure-form";
import { partsOfId } from "./azure-resource";

/** What of each resource is kept, whatever it is. */
const ALWAYS = ["id", "name", "type", "kind", "location"];

/**
 * What of a resource of Azure decides answers: nothing else is kept, so that nothing secret is.
 *
 * @param resource - in the form of Azure's API
 * @returns undefined if nothing of its type does
 */
export function kept(resource: Json): Json | undefined {
  const id = String(resource.id);
  const type = partsOfId(id).type.toLowerCase();
  const service = serviceByAzureType(type);
  if (!isTranslated(type) && !service) return undefined;
  const named = [...ALWAYS, ...(service ? [...Object.values(service.armPaths ?? {}), ...PUBLIC_ACCESS] : [])];
  const paths = [...named.map((path) => path.split(".")), ...pathsOf(type)];
  return withParts(picking(resource, paths) as Json, resource, type);
}

/** The parts that Azure shows inside a resource, each with what is kept of it. */
function withParts(picked: Json, { properties }: Json, type: string): Json {
  const parts = Object.entries(isJson(properties) ? properties : {}).flatMap(([name, list]) =>
    Array.isArray(list) && isTranslated(`${type}/${name}`)
      ? [[name, list.filter(isJson).flatMap((part) => kept(part) ?? [])] as const]
      : [],
  );
  if (parts.length === 0) return picked;
  const own = isJson(picked.properties) ? picked.properties : {};
  return { ...picked, properties: { ...own, ...Object.fromEntries(parts) } };
}

/** A value with what is at some paths in it alone. */
function picking(value: unknown, paths: readonly (readonly string[])[]): unknown {
  if (paths.some(({ length }) => length === 0)) return value;
  if (Array.isArray(value)) return value.map((one) => picking(one, paths));
  if (!isJson(value)) return undefined;
  const inside = groupBy(
    paths,
    ([name]) => name!,
    ([, ...rest]) => rest,
  );
  return Object.fromEntries(
    [...inside].flatMap(([name, rest]) =>
      Object.hasOwn(value, name) ? [[name, picking(value[name], rest)] as const] : [],
    ),
  );
}
