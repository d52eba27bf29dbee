/** An Azure resource id, taken apart. */
export interface ResourceId {
  readonly subscriptionId: string;
  readonly resourceGroupName: string;
  /** Name of the resource, and for a child those of its parents before it. */
  readonly names: readonly string[];
}

const NAME = "[A-Za-z0-9][\\w.-]{0,79}";
const GROUP = "[\\w.()-]{0,89}[\\w()-]";
const SUBSCRIPTION = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

/** Resource types that the settings take ids of, as they stand in an id, with a place for each name. */
const TYPES = {
  virtualNetwork: "Microsoft.Network/virtualNetworks/*",
  virtualHub: "Microsoft.Network/virtualHubs/*",
  subnet: "Microsoft.Network/virtualNetworks/*/subnets/*",
  privateDnsZone: "Microsoft.Network/privateDnsZones/*",
  registry: "Microsoft.ContainerRegistry/registries/*",
  workspace: "Microsoft.OperationalInsights/workspaces/*",
} as const;

/** A resource type that the settings take ids of. */
export type IdType = keyof typeof TYPES;

/** How an id of a type looks, for messages. */
export function idForm(type: IdType): string {
  return `/subscriptions/ID/resourceGroups/NAME/providers/${TYPES[type].replaceAll("*", "NAME")}`;
}

/** Takes an id of a type apart; undefined if it is not one, in upper or lower case. */
export function parseId(type: IdType, id: string): ResourceId | undefined {
  const [, subscriptionId, resourceGroupName, ...names] = PATTERNS[type].exec(id) ?? [];
  return subscriptionId && resourceGroupName ? { subscriptionId, resourceGroupName, names } : undefined;
}

/** Whether two ids are of one resource: Azure does not tell upper from lower case in them. */
export function isSameId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** An id as azurerm spells it: other tools write some of its words in lower case, which it refuses. */
export function canonicalId(type: IdType, id: string): string {
  const parsed = parseId(type, id);
  if (!parsed) return id;
  const names = [...parsed.names];
  const path = TYPES[type].replace(/\*/g, () => names.shift()!);
  return `/subscriptions/${parsed.subscriptionId.toLowerCase()}/resourceGroups/${parsed.resourceGroupName}/providers/${path}`;
}

const PATTERNS = Object.fromEntries(
  Object.entries(TYPES).map(([type, path]) => [
    type,
    new RegExp(
      `^/subscriptions/(${SUBSCRIPTION})/resourceGroups/(${GROUP})/providers/${path.replaceAll(".", "\\.").replaceAll("*", `(${NAME})`)}$`,
      "i",
    ),
  ]),
) as Record<IdType, RegExp>;
