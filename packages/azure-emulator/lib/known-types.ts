import type { ResourceType } from "./resource-type";
import { RESOURCE_TYPES } from "./resource-types";

const BY_NAME = new Map(RESOURCE_TYPES.map((resourceType) => [resourceType.type.toLowerCase(), resourceType]));

/** The type of a name, if there are rules for it. */
export function known(type: string): ResourceType | undefined {
  return BY_NAME.get(type.toLowerCase());
}
