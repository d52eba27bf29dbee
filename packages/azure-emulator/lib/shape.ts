import { ArmError } from "./arm-error";
import { type Json, isJson } from "../../common/util/json";

/**
 * What a body has to look like: the type of a value, that of all elements of a list, or the members of an object. A member
 * whose name ends in `!` is required. What is not named may be anything.
 */
export type Shape =
  "string" | "number" | "boolean" | "object" | readonly [Shape] | { readonly [member: string]: Shape };

/** What refers to another resource. */
export const REFERENCE = { "id!": "string" } as const;

/** What every body looks like, whatever its type. */
export const BODY: Shape = {
  location: "string",
  tags: "object",
  etag: "string",
  sku: { name: "string", tier: "string" },
  identity: { type: "string" },
  properties: "object",
};

/** @throws ArmError if a value in a body is of another type, a member that is required is missing, or two parts have one name */
export function refuseOtherShape(value: unknown, shape: Shape, path = ""): void {
  if (typeof shape === "string") {
    if (shape === "object" ? !isJson(value) : typeof value !== shape) throw malformed(path, `is no ${shape}`);
  } else if (isList(shape)) {
    if (!Array.isArray(value)) throw malformed(path, "is no list");
    for (const [i, element] of (value as unknown[]).entries()) refuseOtherShape(element, shape[0], `${path}[${i}]`);
    refuseSameNames(value as unknown[], shape[0], path);
  } else {
    if (!isJson(value)) throw malformed(path, "is no object");
    for (const [key, inner] of Object.entries(shape)) {
      const name = key.replace(/!$/, "");
      const place = path === "" ? name : `${path}.${name}`;
      if (value[name] !== undefined) refuseOtherShape(value[name], inner, place);
      else if (name !== key) throw malformed(place, "is missing");
    }
  }
}

/** A body without the members that are null, which are the same as members that are left out. */
export function withoutNulls(body: Json): Json {
  return cleaned(body) as Json;
}

function cleaned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleaned);
  if (!isJson(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, cleaned(member)]));
}

/** The error of a request with two parts of one name. Source: hashicorp/terraform-provider-azurerm#28966. */
export function duplicateName(path: string, name: string): ArmError {
  return unreadable("DuplicateResourceName", `Resource ${path} has two child resources with the same name (${name}).`);
}

function malformed(path: string, what: string): ArmError {
  return unreadable("InvalidJson", `${path === "" ? "The body" : path} ${what}.`);
}

function unreadable(code: string, message: string): ArmError {
  return new ArmError(400, "InvalidRequestFormat", `Cannot parse the request. ${message}`, [{ code, message }]);
}

function refuseSameNames(parts: readonly unknown[], shape: Shape, path: string): void {
  if (typeof shape === "string" || !("name!" in shape)) return;
  const names = (parts as readonly { name: string }[]).map(({ name }) => name.toLowerCase());
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw duplicateName(path, twice);
}

function isList(shape: object): shape is readonly [Shape] {
  return Array.isArray(shape);
}
