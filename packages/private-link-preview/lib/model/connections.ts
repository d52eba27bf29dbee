import type { Resource } from "../read/module";
import { at, groupBy, once, unique } from "../../../common/util";
import { groupPolicies } from "./group-policies";
import type { ConnectedGroup, HubConnection, Route } from "./network-model";
import type { Networks } from "./networks";
import { type Resources, TYPES, blocksOf, mentionsOf, optional, texts } from "./resources";

/** A Virtual WAN hub, with what is the same for all of its connections. */
export interface WanHub extends Pick<HubConnection, "hub" | "wan" | "secured"> {
  /** Absent for a hub that is not in the file. */
  readonly resource?: Resource;
  /** Whether it is of the type Basic, which does not route between networks. */
  readonly isBasic: boolean;
}

/** The Virtual WAN hubs of a file, and the one that stands at the path of a resource. */
export function wanHubs(resources: Resources) {
  const secured = new Set(
    resources
      .ofType("azurerm_virtual_hub_routing_intent")
      .filter((intent) => intent.known("routing_policy", "destinations").includes("PrivateTraffic"))
      .map((intent) => resources.key(intent, HUB, "virtual_hub_id")),
  );
  // A default route table with routes of its own sends traffic elsewhere.
  const routed = new Set(
    resources
      .ofType(TABLE)
      .concat(resources.ofType("azurerm_virtual_hub_route_table_route"))
      .filter((table) => table.type !== TABLE || table.known("route").length > 0)
      .map((table) => resources.key(table, HUB, "virtual_hub_id") ?? resources.key(table, TABLE, "route_table_id")),
  );
  const described = (hub: string, resource?: Resource): WanHub => {
    const wan = resource && resources.at(resource, WAN, "virtual_wan_id");
    return {
      hub,
      ...optional("resource", resource),
      ...optional("wan", wan?.address ?? resource?.text("virtual_wan_id")?.toLowerCase()),
      secured: routed.has(hub) ? "routes" : secured.has(hub) ? "firewall" : "no",
      isBasic: wan?.text("type") === "Basic",
    };
  };
  const inFile = once<Resource, WanHub | undefined>(undefined, (resource) => described(resource.address, resource));
  const at = (connection: Resource): WanHub | undefined => {
    const found = resources.at(connection, HUB, "virtual_hub_id");
    const id = connection.text("virtual_hub_id");
    return found ? inFile(found) : id === undefined ? undefined : described(id.toLowerCase());
  };
  return { all: resources.ofType(HUB).flatMap((hub) => inFile(hub) ?? []), at };
}

/** The networks' connections to Virtual WAN hubs, with the route tables that they use. */
export function hubConnections(resources: Resources, networks: Networks): HubConnection[] {
  const hubs = wanHubs(resources);
  const labels = labelsOf(resources);
  return resources.ofType("azurerm_virtual_hub_connection").flatMap((connection) => {
    const network = networks.at(connection, "remote_virtual_network_id");
    const found = hubs.at(connection);
    if (!network || !found || found.isBasic) return [];
    const { hub, wan, secured } = found;
    const routing = connection.known("routing").length > 0 || connection.mentions("routing").length > 0;
    const path = ["routing", "associated_route_table_id"];
    const table = routing ? tableAt(connection, path, hub, resources) : defaultOf(hub);
    const propagatesTo = routing ? propagated(connection, hub, resources, labels) : byDefault(hub);
    return [
      {
        address: connection.address,
        network,
        hub,
        ...optional("wan", wan),
        ...optional("table", table),
        ...optional("propagatesTo", propagatesTo),
        secured,
      },
    ];
  });
}

/** The default route table of a hub. */
export function defaultOf(hub: string): string {
  return `${hub} defaultRouteTable`;
}

/** The route table at a path; the default one by its attribute of the hub, or by its id. */
function tableAt(connection: Resource, path: readonly string[], hub: string, resources: Resources): string | undefined {
  const id = connection.text(...path);
  const mentions = connection.mentions(...path);
  const isDefault = mentions.some(
    ({ steps, resource }) =>
      steps === ".default_route_table_id" || (resource.type === TABLE && resource.text("name") === "defaultRouteTable"),
  );
  if (isDefault || /\/defaultroutetable$/i.test(id ?? "")) return defaultOf(hub);
  const found = resources.key(connection, TABLE, ...path);
  return found ?? (id === undefined && mentions.length === 0 ? defaultOf(hub) : undefined);
}

function propagated(
  connection: Resource,
  hub: string,
  resources: Resources,
  labels: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> | undefined {
  const path = ["routing", "propagated_route_table"];
  const ids = connection.known(...path, "route_table_ids");
  const mentions = connection.mentions(...path, "route_table_ids");
  const named = texts(connection.known(...path, "labels"));
  if (ids.length + mentions.length + named.length === 0) return byDefault(hub);
  if (ids.length === 0 && mentions.length > 1) return undefined;
  return new Set([
    ...texts(ids).map((id) => (/\/defaultroutetable$/i.test(id) ? defaultOf(hubOfTable(id) ?? hub) : id.toLowerCase())),
    ...(ids.length > 0 || mentions.length === 0
      ? []
      : [tableAt(connection, [...path, "route_table_ids"], hub, resources) ?? ""]),
    ...named.flatMap((label) => (label === "default" ? [ALL_DEFAULT] : (labels.get(label) ?? []))),
  ]);
}

/** Where the routes of a network, or of a gateway of the hub, go without settings: into the default route tables of all hubs. */
export function byDefault(hub: string): ReadonlySet<string> {
  return new Set([defaultOf(hub), ALL_DEFAULT]);
}

/** Stands for the default route tables of all hubs, by their label. */
export const ALL_DEFAULT = "default";

/** The id of the hub in the id of one of its route tables. */
function hubOfTable(id: string): string | undefined {
  return /^(.*\/virtualhubs\/[^/]+)\//i.exec(id)?.[1]?.toLowerCase();
}

/** The route tables with each label. */
function labelsOf(resources: Resources): Map<string, string[]> {
  const labelled = resources
    .ofType(TABLE)
    .flatMap((table) => texts(table.known("labels")).map((label) => ({ label, table: table.address })));
  return groupBy(
    labelled,
    ({ label }) => label,
    ({ table }) => table,
  );
}

/** What Virtual Network Manager connects, by its connectivity configurations. */
export function connectedGroups(resources: Resources, networks: Networks): ConnectedGroup[] {
  const members = groupBy(resources.ofType("azurerm_network_manager_static_member"), (member) =>
    resources.key(member, GROUP, "network_group_id"),
  );
  const policies = groupPolicies(resources, networks);
  const groupIds = new Map(resources.ofType(GROUP).map((group) => [group.address, group.text("id")?.toLowerCase()]));
  const deployed = new Set(
    resources
      .ofType("azurerm_network_manager_deployment")
      .flatMap((deployment) => [
        resources.at(deployment, CONNECTIVITY, "configuration_ids"),
        ...resources.allAt(deployment, CONNECTIVITY, "configuration_ids"),
      ]),
  );
  return resources.ofType(CONNECTIVITY).flatMap((configuration) => {
    const blocks = configuration.known("applies_to_group");
    const groups = unique([
      ...mentionsOf(configuration, ["applies_to_group", "network_group_id"], GROUP).map(({ address }) => address),
      ...texts(configuration.known("applies_to_group", "network_group_id")).map(
        (id) => resources.byId(GROUP, id)?.address ?? id.toLowerCase(),
      ),
    ]);
    const topology = configuration.text("connectivity_topology");
    const hub = topology === "HubAndSpoke" ? networks.at(configuration, "hub", "resource_id") : undefined;
    const direct = topology === "Mesh" || at(blocks, ["group_connectivity"]).includes("DirectlyConnected");
    const global = [...at(blocks, ["global_mesh_enabled"]), ...configuration.known("global_mesh_enabled")];
    const listed = groups.flatMap((group) => members.get(group) ?? []);
    const ids = groups.map((address) => groupIds.get(address) ?? address);
    const adding = policies.filter(({ group }) => group === undefined || ids.includes(group));
    const found = listed.map((member) => networks.find(member, "target_virtual_network_id"));
    const known = new Set(found.flatMap(({ network }) => network ?? []));
    const hidden = found.filter(({ network }) => !network);
    // As many members whose network is not known as there are other networks that they can be: all of these.
    const others = unique(hidden.flatMap(({ among }) => among)).filter((one) => !known.has(one) && one !== hub);
    const all = others.length === hidden.length;
    return [
      {
        address: configuration.address,
        ...optional("hub", hub),
        networks: new Set([...known, ...(all ? others : []), ...adding.flatMap((policy) => policy.networks)]),
        direct: !direct ? "no" : global.includes(true) ? "global" : "region",
        deployed: deployed.has(configuration),
        open: adding.some((policy) => policy.open) || listed.length + adding.length === 0 || !all,
      } satisfies ConnectedGroup,
    ];
  });
}

/** A subnet with a route table. */
interface RoutedSubnet {
  readonly subnet: Resource | undefined;
  readonly table: Resource | undefined;
  readonly routes: readonly Pick<Resource, "known">[];
  /** Whether the file shows all routes of the table. */
  readonly isWhole: boolean;
}

/** The subnets with a route table, as far as they are known. */
export function routedSubnets(resources: Resources): RoutedSubnet[] {
  const separate = groupBy(resources.ofType("azurerm_route"), (route) =>
    resources.at(route, ROUTE_TABLE, "route_table_name"),
  );
  const associated = [
    ...resources.ofType("azurerm_subnet_route_table_association").map((association) => ({
      subnet: resources.at(association, TYPES.subnet, "subnet_id"),
      table: resources.at(association, ROUTE_TABLE, "route_table_id"),
    })),
    ...resources
      .ofType(TYPES.subnet)
      .filter(hasOne)
      .map((subnet) => ({ subnet, table: resources.at(subnet, ROUTE_TABLE, "route_table_id") })),
  ];
  return associated.map(({ subnet, table }) => ({
    subnet,
    table,
    routes: table ? [...blocksOf(table, "route"), ...(separate.get(table) ?? [])] : [],
    isWhole: table !== undefined && !separate.has(undefined) && !table.hides("route") && !isGiven(table, "dynamic"),
  }));
}

/** The routes of networks' subnets whose next hop is an appliance or a gateway. */
export function routesOf(resources: Resources, networks: Networks): Route[] {
  return routedSubnets(resources).flatMap(({ subnet, table, routes }) => {
    const network = subnet && networks.at(subnet, "virtual_network_name");
    if (!network || !table) return [];
    return routes.flatMap((route): Route[] => {
      const [prefix, nextHop, kind] = ["address_prefix", "next_hop_in_ip_address", "next_hop_type"].map(
        (name) => texts(route.known(name))[0],
      );
      // A kind that is (known after apply) may be any.
      if (prefix === undefined || (kind !== undefined && !NEXT_HOPS.includes(kind))) return [];
      return [
        {
          address: table.address,
          network,
          prefix,
          ...optional("nextHop", nextHop === "" ? undefined : nextHop),
          ...(subnet.text("name") === "GatewaySubnet" && { ofGateway: true }),
        },
      ];
    });
  });
}

/** Whether a subnet names its route table itself, as azapi has it. */
function hasOne(subnet: Resource): boolean {
  return isGiven(subnet, "route_table_id");
}

function isGiven(resource: Resource, attribute: string): boolean {
  return resource.known(attribute).length + resource.mentions(attribute).length > 0;
}

const NEXT_HOPS = ["VirtualAppliance", "VirtualNetworkGateway"];
const WAN = "azurerm_virtual_wan";
const HUB = "azurerm_virtual_hub";
const TABLE = "azurerm_virtual_hub_route_table";
const ROUTE_TABLE = "azurerm_route_table";
const GROUP = "azurerm_network_manager_network_group";
const CONNECTIVITY = "azurerm_network_manager_connectivity_configuration";
