import { type Json, at, isJson } from "../../../common/util";
import { type Source, TRANSLATIONS, type Translation, UPDATE, like } from "./translations";

/** Attributes that resources of azapi and of azurerm both have. */
const SAME = ["name", "location", "id", "type", "parent_id", "resource_id", "body", "output"];

/** The type in Azure of a resource of azapi, without its version, in lower case. */
export function azureTypeOf(type: unknown): string {
  return typeof type === "string" ? type.split("@")[0]!.toLowerCase() : "";
}

/** The paths in a resource of a type of Azure, in lower case, that are read. */
export function pathsOf(type: string): string[][] {
  const { attributes } = translated(type) ?? like(type);
  return Object.values(attributes)
    .flat()
    .filter(({ path: [part] }) => part === "body")
    .flatMap(({ path: [, ...inside], members = [[]] }) => members.map((member) => [...inside, ...member]));
}

/** The attributes of a type of azurerm that Azure has among a resource's properties. */
export function attributesOf(type: string): string[] {
  return Object.values(TRANSLATIONS)
    .flatMap((one) => (one.type === type ? Object.entries(one.attributes) : []))
    .flatMap(([attribute, [source]]) => (source?.path[0] === "body" ? [attribute] : []));
}

/** Whether resources of a type of Azure are read as azurerm has them. */
export function isTranslated(type: string): boolean {
  return translated(type.toLowerCase()) !== undefined;
}

function translated(type: string): Translation | undefined {
  return Object.hasOwn(TRANSLATIONS, type) ? TRANSLATIONS[type] : undefined;
}

/**
 * How a resource is read: as it is, or as azurerm has it.
 *
 * @param type - its type in Terraform
 * @param azureType - what its attribute `type` says
 */
export function translationOf(type: string, azureType: unknown): Translation | undefined {
  if (type === "azapi_resource") return translated(azureTypeOf(azureType));
  if (type === "azapi_update_resource" && azureTypeOf(azureType) === "microsoft.network/virtualnetworks") return UPDATE;
  return undefined;
}

/** Where a resource that is read by a translation has what is at a path of azurerm's resource. */
export function sourcesOf({ attributes }: Translation, path: readonly string[]): readonly Source[] {
  for (let length = path.length; length > 0; length--) {
    const found = attributes[path.slice(0, length).join(".")];
    const rest = path.slice(length);
    if (found && rest.length === 0) return found;
    if (found) {
      return found.map(({ path: start, convert }) =>
        convert
          ? { path: start, convert: (value: unknown) => at(convert(value), rest) }
          : { path: [...start, ...rest] },
      );
    }
  }
  return SAME.includes(path[0] ?? "") ? [{ path }] : [];
}

/** The values at a path of a resource of Azure; the body and the output of azapi are objects, or JSON as text up to its version 1. */
export function valuesAt(values: Json, { path, convert }: Source): unknown[] {
  const [first = "", ...rest] = path;
  const whole = Object.hasOwn(values, first) ? values[first] : undefined;
  const found = first === "body" || first === "output" ? atBody(parsed(whole), rest) : at(whole, rest);
  return convert ? found.flatMap((value) => convert(value)) : found;
}

function parsed(value: unknown): unknown {
  try {
    return typeof value === "string" ? (JSON.parse(value) as unknown) : value;
  } catch {
    return undefined;
  }
}

/** All values at a path, as {@link at} finds them. Azure CLI prints what is in `properties` beside the name and the id. */
function atBody(value: unknown, path: readonly string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((element) => atBody(element, path));
  const [name, ...rest] = path;
  if (name === undefined || !isJson(value)) return at(value, path);
  if (name === "properties" && !isJson(value.properties)) return atBody(value, rest);
  return Object.hasOwn(value, name) ? atBody(value[name], rest) : [];
}
