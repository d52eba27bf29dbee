import type { SubnetProperties } from "../addresses";
import { badRequest } from "../arm-error";
import { equalIgnoringCase, parentOf } from "../arm-id";
import { NETWORK_OPERATIONS } from "../polling";
import { networkName, resourceType } from "../resource-type";
import { replaceChildren } from "../child-resources";
import type { Resource, Store } from "../store";

const ROUTE_TABLE = "Microsoft.Network/routeTables";
const ROUTE = `${ROUTE_TABLE}/routes`;

/** Where the traffic of a route can go. Source: "Virtual network traffic routing". */
const NEXT_HOP_TYPES = ["VirtualNetworkGateway", "VnetLocal", "Internet", "VirtualAppliance", "None"];

/** A route in a route table. */
interface Route {
  name: string;
  id?: string;
  type?: string;
  properties: {
    provisioningState?: string;
    addressPrefix: string;
    nextHopType: string;
    nextHopIpAddress?: string;
    hasBgpOverride?: boolean;
  };
}

/** Properties of a route table. */
interface RouteTableProperties {
  routes?: Route[];
  subnets?: unknown;
}

/** @see https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview */
export const routeTable = resourceType<RouteTableProperties>({
  type: ROUTE_TABLE,
  names: networkName(80),
  location: "region",
  ...NETWORK_OPERATIONS,
  uuids: ["resourceGuid"],
  defaults: { disableBgpRoutePropagation: false, routes: [] },
  beforeWrite({ name, properties }) {
    delete properties.subnets;
    for (const one of properties.routes!) {
      refuseWrongNextHop(one);
      one.properties.hasBgpOverride ??= false;
    }
    refuseTwoForPrefix(name, properties.routes!);
  },
  // The routes of a table are written with it or one by one, and are the same resources.
  afterWrite({ id, properties }, store) {
    replaceChildren(ROUTE, id, properties.routes!, store);
  },
  beforeDelete({ id, name }, store) {
    if (subnetsWith(id, store).length > 0)
      throw badRequest("InUseRouteTableCannotBeDeleted", `Route table ${name} is in use and cannot be deleted.`);
  },
  // Azure lists them only if there are any.
  onRead({ id }, store) {
    const subnets = subnetsWith(id, store).map((subnet) => ({ id: subnet.id }));
    return { routes: store.ofType(ROUTE, id), ...(subnets.length > 0 && { subnets }) };
  },
});

/** A route that is written by itself. */
export const route = resourceType<Route["properties"]>({
  type: ROUTE,
  names: networkName(80),
  location: "none",
  ...NETWORK_OPERATIONS,
  defaults: { hasBgpOverride: false },
  beforeWrite(written, store) {
    refuseWrongNextHop(written);
    const tableId = parentOf(written.id);
    const others = store.ofType<Route["properties"]>(ROUTE, tableId);
    const rest = others.filter(({ id }) => !equalIgnoringCase(id, written.id));
    refuseTwoForPrefix(tableId.split("/").at(-1)!, [...rest, written]);
  },
});

/** @throws ArmError if two routes of a table have the same prefix */
function refuseTwoForPrefix(tableName: string, routes: readonly Pick<Route, "properties">[]): void {
  const prefixes = routes.map(({ properties }) => properties.addressPrefix);
  const twice = prefixes.find((prefix, i) => prefixes.indexOf(prefix) !== i);
  if (twice === undefined) return;
  throw badRequest(
    "RouteConflict",
    `Two routes of '${tableName}' have the same address prefix: ${twice}. A route table has one route for a prefix.`,
  );
}

/**
 * A subnet can have a route table of its own region and subscription only.
 *
 * Source: "Create, change, or delete a route table", Microsoft's virtual network documentation. The code of the error is
 * not recorded.
 *
 * @throws ArmError if its route table is elsewhere
 */
export function refuseRouteTableElsewhere(
  { id, properties }: Resource<SubnetProperties>,
  network: Resource<object>,
  store: Store,
): void {
  const tableId = properties.routeTable?.id;
  if (tableId === undefined) return;
  const table = store.get(tableId)!;
  const subscription = (of: string) => of.split("/")[2] ?? "";
  if (table.location !== network.location || !equalIgnoringCase(subscription(tableId), subscription(id)))
    throw badRequest(
      "InvalidResourceReference",
      `Route table ${tableId} is in ${String(table.location)}, and not in the region and subscription of ${network.id}, to which the subnet belongs.`,
    );
}

/** An appliance has an address, as hashicorp/terraform-provider-azurerm#20365 recorded, and no other next hop has one. */
function refuseWrongNextHop({ name, properties }: Pick<Route, "name" | "properties">): void {
  const { nextHopType, nextHopIpAddress } = properties;
  if (nextHopType === "VirtualAppliance") {
    if (nextHopIpAddress) return;
    throw badRequest(
      "MissingNextHopIpAddress",
      `NextHopIpAddress cannot be Null or Empty in route ${name} when NextHopType is VirtualAppliance.`,
    );
  }
  if (nextHopIpAddress || !NEXT_HOP_TYPES.includes(nextHopType))
    // That it is refused is documented, its code is not.
    throw badRequest(
      "InvalidNextHop",
      `Route ${name} has the next hop ${nextHopType} ${nextHopIpAddress ?? ""}. An address is for VirtualAppliance only; the other types are ${NEXT_HOP_TYPES.filter((type) => type !== "VirtualAppliance").join(", ")}.`,
    );
}

function subnetsWith(tableId: string, store: Store): Resource<SubnetProperties>[] {
  return store
    .ofType<SubnetProperties>("Microsoft.Network/virtualNetworks/subnets")
    .filter(({ properties }) => equalIgnoringCase(properties.routeTable?.id ?? "", tableId));
}
