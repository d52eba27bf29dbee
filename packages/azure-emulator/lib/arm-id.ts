/** The parts of an Azure Resource Manager id. */
export interface ArmId {
  readonly path: string;
  readonly subscriptionId: string;
  readonly resourceGroup?: string;
  /** Type as the id spells it: `Microsoft.Network/virtualNetworks/subnets`. */
  readonly type: string;
  readonly name: string;
  /** Id of the resource that this one is part of, of the one that it extends, or of its group. */
  readonly parent?: string;
}

/** Type of a resource group. Its id has no provider in it. */
export const RESOURCE_GROUP = "Microsoft.Resources/resourceGroups";

/** Parses a path; undefined if it is not the id of a resource. The id of a resource of the tenant has no subscription. */
export function parseArmId(path: string): ArmId | undefined {
  const [, subscriptionId = "", below = path] = /^\/subscriptions\/([^/]+)((?:\/.*)?)$/is.exec(path) ?? [];
  const [, resourceGroup, inGroup = below] =
    (subscriptionId === "" ? undefined : /^\/resourceGroups\/([^/]+)((?:\/.*)?)$/is.exec(below)) ?? [];
  const group = resourceGroup === undefined ? {} : { resourceGroup };
  if (resourceGroup !== undefined && inGroup === "")
    return { path, subscriptionId, ...group, type: RESOURCE_GROUP, name: resourceGroup };
  // An extension's type starts after the last "providers": .../registries/NAME/providers/Microsoft.Authorization/locks/NAME
  const start = inGroup.toLowerCase().lastIndexOf("/providers/");
  if (start < 0) return undefined;
  const [namespace, ...rest] = inGroup.slice(start + "/providers/".length).split("/");
  if (namespace === undefined || rest.length < 2 || rest.length % 2 !== 0 || rest.includes("")) return undefined;
  const type = [namespace, ...rest.filter((_, i) => i % 2 === 0)].join("/");
  const top = path.length - inGroup.length + start;
  const parent = rest.length > 2 ? path.split("/").slice(0, -2).join("/") : path.slice(0, top);
  const isPart = rest.length > 2 || start > 0 || resourceGroup !== undefined;
  return { path, subscriptionId, ...group, type, name: rest.at(-1)!, ...(isPart && { parent }) };
}

/** Ids and names are case-insensitive in Azure. */
export function equalIgnoringCase(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Id of the resource that another one is part of: the id without the last type and name. */
export function parentOf(id: string): string {
  return id.split("/").slice(0, -2).join("/");
}

/** Id of the resource group that an id is in. */
export function groupOf(id: string): string {
  return id.split("/").slice(0, 5).join("/");
}
