import { AZURE_DNS, type Client } from "../client";
import { CLIENT } from "../read/existing";
import type { Resource } from "../read/module";
import { joinWords, unique } from "../../../common/util";
import { byDefault, defaultOf, wanHubs } from "./connections";
import type { HubConnection, VirtualNetwork } from "./network-model";
import type { Networks } from "./networks";
import { type Resources, TYPES, optional, texts } from "./resources";

/** A client in the model, with what its DNS forwards to. */
export interface PlacedClient {
  readonly network: VirtualNetwork;
  readonly dnsServers: readonly string[];
}

/** Clients as networks of a file, their connections to Virtual WAN hubs, and what is wrong with where they are connected. */
export function placeClients(resources: Resources, networks: Networks, assumed: readonly Client[]) {
  const clients = [...toldIn(resources, networks), ...assumed];
  const placed: PlacedClient[] = [];
  const connections: HubConnection[] = [];
  const problems: string[] = [];
  if (clients.length === 0) return { placed, connections, problems };
  const inFile = new Map(resources.ofType(TYPES.network).map((resource) => [networks.of(resource), resource]));
  const homes = [
    ...networks.all.map((network) => ({ network, names: namesOf(network.name, network.address, inFile.get(network)) })),
    ...wanHubs(resources).all.map((hub) => ({
      hub,
      names: namesOf(hub.resource?.text("name"), hub.hub, hub.resource),
    })),
  ];
  const taken = new Set(networks.all.map((network) => network.name.toLowerCase()));
  for (const { name, connectedTo, dnsServers, forwards, ranges } of clients) {
    if (taken.has(name.toLowerCase()))
      problems.push(`The client ${name}: another network has that name, allowed: a name of its own.`);
    taken.add(name.toLowerCase());
    const found = homes.filter(({ names }) => names.includes(connectedTo.toLowerCase()));
    const [home, ...others] = found;
    if (!home || others.length > 0) {
      const [what, allowed] = home
        ? ["several such virtual networks and Virtual WAN hubs", found.map(({ names }) => names[1]!)]
        : ["no such virtual network or Virtual WAN hub", homes.map(({ names }) => names[0]!)];
      const listed = joinWords(unique(allowed)) || "none, as there is no network in the file";
      problems.push(
        `The client ${name} is connected to ${JSON.stringify(connectedTo)}: found ${what}, allowed: ${listed}.`,
      );
      continue;
    }
    const [gateway, hub] = "network" in home ? [home.network] : [undefined, home.hub];
    const network: VirtualNetwork = {
      address: `client.${name}`,
      name,
      addressSpace: ranges ?? rangesBehind(gateway ?? hub.hub, name, resources, networks),
      managed: true,
      outside: {
        ...optional("gateway", gateway),
        ...optional(
          "forwards",
          forwards?.map((zone) => zone.toLowerCase().replace(/\.$/, "")),
        ),
        asksAzure: dnsServers.includes(AZURE_DNS),
      },
    };
    placed.push({ network, dnsServers });
    networks.add(network);
    if (hub && !hub.isBasic) {
      const { hub: key, wan, secured } = hub;
      const table = { table: defaultOf(key), propagatesTo: byDefault(key) };
      connections.push({ address: network.address, network, hub: key, ...optional("wan", wan), ...table, secured });
    }
  }
  return { placed, connections, problems };
}

/** The clients that an output of the file tells of. */
function toldIn(resources: Resources, networks: Networks): Client[] {
  return resources.ofType(CLIENT).map((client) => {
    const list = (name: string) => texts(client.known(name));
    return {
      name: client.text("name")!,
      connectedTo: networks.at(client, NETWORK_ID)?.address ?? client.text("virtual_hub_id") ?? "",
      dnsServers: list("dns_servers"),
      ...optional("forwards", client.known("forwards").length > 0 ? list("forwards") : undefined),
      ...optional("ranges", client.known("ranges").length > 0 ? list("ranges") : undefined),
    };
  });
}

const NETWORK_ID = "virtual_network_id";

/** By what a network or a hub is found, in lower case: its name, its address and its id. */
function namesOf(name: string | undefined, address: string, resource: Resource | undefined): string[] {
  return [name ?? address, address, ...texts([resource?.text("id")])].map((one) => one.toLowerCase());
}

/** A connection of a gateway, where it has the gateway, and what is at its other end with the ranges there. */
interface Kind {
  readonly type: string;
  readonly gateway: readonly [type: string, path: string];
  /** Absent for a connection that does not say which ranges are at its other end. */
  readonly remote?: readonly [type: string, path: string, ranges: string];
}

const GATEWAY = "azurerm_virtual_network_gateway";
const CONNECTIONS: readonly Kind[] = [
  {
    type: `${GATEWAY}_connection`,
    gateway: [GATEWAY, "virtual_network_gateway_id"],
    remote: ["azurerm_local_network_gateway", "local_network_gateway_id", "address_space"],
  },
  {
    type: "azurerm_vpn_gateway_connection",
    gateway: ["azurerm_vpn_gateway", "vpn_gateway_id"],
    remote: ["azurerm_vpn_site", "remote_vpn_site_id", "address_cidrs"],
  },
  {
    type: "azurerm_express_route_connection",
    gateway: ["azurerm_express_route_gateway", "express_route_gateway_id"],
  },
];

/** The ranges at the other end of the only connection of a network's or hub's gateways, or of the one that is called as the client. */
function rangesBehind(home: VirtualNetwork | string, name: string, resources: Resources, networks: Networks): string[] {
  const ends = CONNECTIONS.flatMap(({ type, gateway: [gatewayType, path], remote }) =>
    resources.ofType(type).flatMap((connection) => {
      const gateway = resources.at(connection, gatewayType, path);
      const at =
        gatewayType === GATEWAY
          ? gateway && networks.ofSubnetAt(gateway, "ip_configuration", "subnet_id").network
          : gateway && resources.key(gateway, "azurerm_virtual_hub", "virtual_hub_id");
      // A connection between two networks of Azure leads to no client.
      if (at !== home || connection.text("type") === "Vnet2Vnet") return [];
      const end = remote && resources.at(connection, remote[0], remote[1]);
      const names = [connection, end].map((one) => one?.text("name")?.toLowerCase());
      return [{ names, ranges: end && !end.hides(remote[2]) ? texts(end.known(remote[2])) : [] }];
    }),
  );
  const own = ends.length > 1 ? ends.filter(({ names }) => names.includes(name.toLowerCase())) : ends;
  return own.length === 1 ? own[0]!.ranges : [];
}
