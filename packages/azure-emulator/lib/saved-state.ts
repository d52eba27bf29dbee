import { isJson, type Json } from "../../common/util/json";
import { badRequest } from "./arm-error";
import type { Resource } from "./store";

/** What an emulator holds, in JSON: another one continues with it. What is in registries is not part of it. */
export interface SavedState {
  readonly version: 1;
  readonly resources: readonly Resource[];
  /** What resources of types without rules have besides their parts, by path. */
  readonly documents: Json;
  /** What key vaults and storage accounts hold, by the first suffix of their host names. */
  readonly data: Json;
}

/**
 * Reads a state that was saved.
 *
 * @throws ArmError if it is none
 */
export function savedStateIn(text: string): SavedState {
  const json = parsed(text);
  const { version, resources, documents = {}, data = {} } = isJson(json) ? json : {};
  if (version !== 1 || !Array.isArray(resources) || !resources.every(isResource) || !isJson(documents) || !isJson(data))
    throw badRequest("InvalidState", "This is not a state that the emulator has saved, or one of another version.");
  return { version, resources, documents, data };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isResource(value: unknown): value is Resource {
  return (
    isJson(value) &&
    [value.id, value.name, value.type].every((one) => typeof one === "string") &&
    isJson(value.properties)
  );
}
