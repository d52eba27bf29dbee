import { SUBNET } from "../addresses";
import { badRequest } from "../arm-error";
import { parentOf } from "../arm-id";
import { networkType } from "../resource-type";
import { replaceChildren } from "../child-resources";

const ROUTE_TABLE = "Microsoft.Network/routeTables";
const ROUTE = `${ROUTE_TABLE}/routes`;

/** Where the traffic of a route can go. Source: "Virtual network traffic routing". */
const NEXT_HOP_TYPES = ["VirtualNetworkGateway", "VnetLocal", "Internet", "VirtualAppliance", "None"];

/** A route in a route table. */
interface Route {
  name: string;
  properties: {
    addressPrefix: string;
    nextHopType: string;
    nextHopIpAddress?: string;
    hasBgpOverride?: boolean;
  };
}

/** What a route looks like. */
const ROUTE_SHAPE = { "addressPrefix!": "string", "nextHopType!": "string", nextHopIpAddress: "string" } as const;

/** Properties of a route table. */
interface RouteTableProperties {
  routes?: Route[];
  subnets?: unknown;
}

/** @see https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview */
export const routeTable = networkType<RouteTableProperties>({
  type: ROUTE_TABLE,
  uuids: ["resourceGuid"],
  shape: { routes: [{ "name!": "string", "properties!": ROUTE_SHAPE }] },
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
    if (store.referring(SUBNET, "routeTable.id", id).length > 0)
      throw badRequest("InUseRouteTableCannotBeDeleted", `Route table ${name} is in use and cannot be deleted.`);
  },
  // Azure lists them only if there are any.
  onRead({ id }, store) {
    const subnets = store.referring(SUBNET, "routeTable.id", id).map((subnet) => ({ id: subnet.id }));
    return { routes: store.ofType(ROUTE, id), ...(subnets.length > 0 && { subnets }) };
  },
});

/** A route that is written by itself. */
export const route = networkType<Route["properties"]>({
  type: ROUTE,
  oneAtATime: true,
  shape: ROUTE_SHAPE,
  defaults: { hasBgpOverride: false },
  beforeWrite(written, store) {
    refuseWrongNextHop(written);
    refuseTwoForPrefix(parentOf(written.id).split("/").at(-1)!, [...store.siblings(written), written]);
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
