import { randomUUID } from "node:crypto";
import type { SubnetProperties } from "../addresses";
import { ArmError } from "../arm-error";
import { equalIgnoringCase } from "../arm-id";
import { networkPolling } from "../polling";
import { networkName, resourceType } from "../resource-type";
import type { Resource, Store } from "../store";

const ROUTE_TABLE = "Microsoft.Network/routeTables";

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
  resourceGuid?: string;
  disableBgpRoutePropagation?: boolean;
  routes?: Route[];
  subnets?: unknown;
}

/** @see https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview */
export const routeTable = resourceType<RouteTableProperties>({
  type: ROUTE_TABLE,
  names: networkName(80),
  location: "region",
  asynchronous: true,
  polling: networkPolling,
  beforeWrite({ id, name, properties }, _, old) {
    delete properties.subnets;
    properties.resourceGuid = old?.properties.resourceGuid ?? randomUUID();
    properties.disableBgpRoutePropagation ??= false;
    properties.routes ??= [];
    for (const route of properties.routes) {
      refuseWrongNextHop(route);
      route.id = `${id}/routes/${route.name}`;
      route.type = `${ROUTE_TABLE}/routes`;
      route.properties.provisioningState = "Succeeded";
      route.properties.hasBgpOverride ??= false;
    }
    const prefixes = properties.routes.map((route) => route.properties.addressPrefix);
    const twice = prefixes.find((prefix, i) => prefixes.indexOf(prefix) !== i);
    if (twice !== undefined)
      throw new ArmError(
        400,
        "RouteConflict",
        `Two routes of '${name}' have the same address prefix: ${twice}. A route table has one route for a prefix.`,
      );
  },
  beforeDelete({ id, name }, store) {
    if (subnetsWith(id, store).length > 0)
      throw new ArmError(400, "InUseRouteTableCannotBeDeleted", `Route table ${name} is in use and cannot be deleted.`);
  },
  // Azure lists them only if there are any.
  onRead({ id }, store) {
    const subnets = subnetsWith(id, store).map((subnet) => ({ id: subnet.id }));
    return subnets.length > 0 ? { subnets } : {};
  },
});

/**
 * A subnet can have a route table of its own region and subscription only.
 *
 * Source: "Create, change, or delete a route table", Microsoft's virtual network documentation. The code of the error is
 * not recorded.
 *
 * @throws ArmError if its route table does not exist or is elsewhere
 */
export function refuseRouteTableElsewhere(
  { id, properties }: Resource<SubnetProperties>,
  network: Resource<object>,
  store: Store,
): void {
  const tableId = properties.routeTable?.id;
  if (tableId === undefined) return;
  const table = store.get(tableId);
  const subscription = (of: string) => of.split("/")[2] ?? "";
  if (!table) throw new ArmError(400, "InvalidResourceReference", `There is no route table ${tableId}.`);
  if (table.location !== network.location || !equalIgnoringCase(subscription(tableId), subscription(id)))
    throw new ArmError(
      400,
      "InvalidResourceReference",
      `Route table ${tableId} is in ${String(table.location)}, and not in the region and subscription of ${network.id}, to which the subnet belongs.`,
    );
}

/** An appliance has an address, as hashicorp/terraform-provider-azurerm#20365 recorded, and no other next hop has one. */
function refuseWrongNextHop({ name, properties: { nextHopType, nextHopIpAddress } }: Route): void {
  if (nextHopType === "VirtualAppliance") {
    if (nextHopIpAddress) return;
    throw new ArmError(
      400,
      "MissingNextHopIpAddress",
      `NextHopIpAddress cannot be Null or Empty in route ${name} when NextHopType is VirtualAppliance.`,
    );
  }
  if (nextHopIpAddress || !NEXT_HOP_TYPES.includes(nextHopType))
    // That it is refused is documented, its code is not.
    throw new ArmError(
      400,
      "InvalidNextHop",
      `Route ${name} has the next hop ${nextHopType} ${nextHopIpAddress ?? ""}. An address is for VirtualAppliance only; the other types are ${NEXT_HOP_TYPES.filter((type) => type !== "VirtualAppliance").join(", ")}.`,
    );
}

function subnetsWith(tableId: string, store: Store): Resource<SubnetProperties>[] {
  return store
    .ofType<SubnetProperties>("Microsoft.Network/virtualNetworks/subnets")
    .filter(({ properties }) => equalIgnoringCase(properties.routeTable?.id ?? "", tableId));
}
