import type { Store } from "./store";

/**
 * Makes the list of a resource's parts, as a client wrote it, the parts that there are: those of other names are deleted.
 *
 * @param type - of the parts, such as `Microsoft.Network/routeTables/routes`
 */
export function replaceChildren(
  type: string,
  parent: string,
  parts: readonly { readonly name: string; readonly properties: object }[],
  store: Store,
): void {
  for (const { id } of store.ofType(type, parent)) store.delete(id);
  for (const { name, properties } of parts)
    store.set({
      id: `${parent}/${type.split("/").at(-1)!}/${name}`,
      name,
      type,
      properties: { ...properties, provisioningState: "Succeeded" },
    });
}
