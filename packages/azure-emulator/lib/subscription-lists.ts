import { REGIONS } from "../../common/azure/regions";
import { RESOURCE_GROUP, equalIgnoringCase, parseArmId } from "./arm-id";
import type { Json } from "../../common/util/json";
import type { Identified } from "./pages";
import { IDENTITY } from "./sign-in";
import type { Resource, Store } from "./store";

/** The subscription that the list of subscriptions always has. Any other exists as well. */
export const ANY_SUBSCRIPTION = "00000000-0000-0000-0000-000000000001";

/** The subscriptions that have resources, and one that has none yet. */
function subscriptionsIn(store: Store): string[] {
  const ids = store.all().flatMap(({ id }) => /^\/subscriptions\/([^/]+)/i.exec(id)?.[1]?.toLowerCase() ?? []);
  return [...new Set([ANY_SUBSCRIPTION, ...ids])];
}

/** Types that a subscription lists without those of its groups. */
const OF_SUBSCRIPTION = /\/(role\w+|locks|policy\w+|deleted\w+)$/i;

/** A subscription, as Azure describes it. */
export function subscription(subscriptionId: string): Identified & Json {
  return {
    id: `/subscriptions/${subscriptionId}`,
    subscriptionId,
    tenantId: IDENTITY.tenantId,
    displayName: "emulated",
    state: "Enabled",
    subscriptionPolicies: { locationPlacementId: "emulated", quotaId: "emulated", spendingLimit: "Off" },
  };
}

/** The resources of one type in all groups of a subscription, as they are stored. Undefined for the path of no such list. */
export function resourcesOfType(path: string, store: Store): Resource[] | undefined {
  const [, id = "", type = ""] = /^(\/subscriptions\/[^/]+)\/providers\/([^/]+\/[^/]+)$/i.exec(path) ?? [];
  if (type === "" || OF_SUBSCRIPTION.test(type)) return undefined;
  const prefix = `${id}/`.toLowerCase();
  return store.ofType(type).filter((resource) => resource.id.toLowerCase().startsWith(prefix));
}

/** What a list of a tenant or a subscription has: subscriptions, regions, groups or resources. Undefined for any other path. */
export function subscriptionList(
  path: string,
  query: URLSearchParams,
  store: Store,
): (Identified & Json)[] | undefined {
  if (/^\/subscriptions$/i.test(path)) return subscriptionsIn(store).map(subscription);
  if (/^\/tenants$/i.test(path)) return [{ id: `/tenants/${IDENTITY.tenantId}`, tenantId: IDENTITY.tenantId }];
  const [, id = "", below = ""] = /^(\/subscriptions\/[^/]+)\/(.+)$/i.exec(path) ?? [];
  switch (below.toLowerCase()) {
    case "locations":
      return Object.entries(REGIONS.public).map(([name, { displayName, zones }]) => ({
        id: `${id}/locations/${name}`,
        name,
        displayName,
        regionalDisplayName: displayName,
        metadata: { regionType: "Physical", regionCategory: "Recommended" },
        ...(zones && {
          availabilityZoneMappings: ["1", "2", "3"].map((zone) => ({
            logicalZone: zone,
            physicalZone: `${name}-az${zone}`,
          })),
        }),
      }));
    case "resourcegroups":
      return store.below(id).filter((resource) => resource.type === RESOURCE_GROUP);
    case "resources":
      return store
        .below(id)
        .filter(isTop)
        .filter(matching(query.get("$filter") ?? ""));
  }
  return undefined;
}

/** Whether a resource is directly in its group: no part and no extension of another one. */
export function isTop({ id }: Resource): boolean {
  return /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+$/i.test(parseArmId(id)?.parent ?? "");
}

/** Whether a filter means a resource: `resourceType eq 'Microsoft.KeyVault/vaults' and name eq 'kv'`. */
function matching(filter: string): (resource: Resource) => boolean {
  const wanted = [...filter.matchAll(/\b(resourceType|name) eq '([^']+)'/gi)];
  return ({ type, name }) =>
    wanted.every(([, of = "", value = ""]) => equalIgnoringCase(/type/i.test(of) ? type : name, value));
}
