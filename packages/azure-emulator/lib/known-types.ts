import type { ResourceType } from "./resource-type";
import { RESOURCE_TYPES } from "./resource-types";

const BY_NAME = new Map(RESOURCE_TYPES.map((resourceType) => [resourceType.type.toLowerCase(), resourceType]));

/** The type of a name, if there are rules for it. */
export function known(type: string): ResourceType | undefined {
  return BY_NAME.get(type.toLowerCase());
}

/** A type as it is for one kind of request, in an API version: asynchronous or not. */
export function typeFor(
  resourceType: ResourceType,
  action: "create" | "update" | "delete",
  apiVersion: string | null,
): ResourceType {
  const { asynchronous, synchronousSince } = resourceType;
  if (Array.isArray(asynchronous)) return { ...resourceType, asynchronous: asynchronous.includes(action) };
  if (synchronousSince === undefined || action === "delete" || (apiVersion ?? "") < synchronousSince)
    return resourceType;
  return { ...resourceType, asynchronous: false, createdStatus: 200 };
}
