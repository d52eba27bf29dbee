import type { Json } from "../../../common/util";
import { textAt } from "./places";

/** What stands in the id of a resource of Azure. */
export interface IdParts {
  /** Its type, such as `Microsoft.Network/virtualNetworks/subnets`, in the case of the id; empty for none. */
  readonly type: string;
  readonly name: string;
  /** The id of the resource that it is a part of, if it is one. */
  readonly parent?: string;
}

/** Takes the id of a resource of Azure apart. */
export function partsOfId(id: string): IdParts {
  const [, , provider = "", path = ""] = /^(.*)\/providers\/([^/]+)\/(.+)$/i.exec(id) ?? [];
  const segments = path.split("/");
  const types = segments.filter((_, index) => index % 2 === 0);
  return {
    type: [provider, ...types].join("/"),
    name: segments.at(-1)!,
    ...(segments.length > 2 && { parent: id.split("/").slice(0, -2).join("/") }),
  };
}

/**
 * A resource in the form of Azure's API, as azapi has the same.
 *
 * @param place - where it is, for errors
 * @throws UserError if it has no id
 */
export function valuesOfAzure(resource: Json, place: string): Json & { readonly id: string } {
  const id = textAt(resource, "id", place);
  const { type, name, parent } = partsOfId(id);
  return {
    type,
    id,
    name,
    ...(parent !== undefined && { parent_id: parent }),
    ...("location" in resource && { location: resource.location }),
    body: resource,
  };
}
