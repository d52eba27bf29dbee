import { dnsZone, ref } from "./addresses";
import { type Json, type Part, change, part } from "./forms";
import { type Host, NAMES } from "./names";
import {
  REGIONAL_ENDPOINTS,
  endpoint,
  firewallSubnet,
  network,
  peered,
  peering,
  registry,
  subnet,
  withEndpoint,
} from "./parts";
import { leadTo, link, record, view, zone, zoneGroup } from "./zones";

function hubAndSpokes(): Part[] {
  return [
    network("hub"),
    ...["spoke1", "spoke2"].flatMap((key) => [...withEndpoint(key), ...peered("hub", key)]),
    registry(),
  ];
}

/** The right design: each network has a zone of its own, with an endpoint that it reaches. */
export function perSpoke(): Part[] {
  return [
    ...hubAndSpokes(),
    ...view("hub", ["hub"], ["spoke1"]),
    ...view("spoke1", ["spoke1"], ["spoke1"]),
    ...view("spoke2", ["spoke2"], ["spoke2"]),
  ];
}

/** One zone for all, with every endpoint in each record set: wrong unless the spokes are peered with each other. */
export function sharedZone(): Part[] {
  return [...hubAndSpokes(), ...view("hub", ["hub", "spoke1", "spoke2"], ["spoke1", "spoke2"])];
}

/** One network with one endpoint and no written records: the endpoint registers itself. */
export function selfRegistered(): Part[] {
  return [
    ...withEndpoint("spoke1", zoneGroup(ref(dnsZone("spoke1")))),
    registry(),
    zone("spoke1"),
    link("spoke1", "spoke1"),
  ];
}

/**
 * The right design with regional endpoints: each zone has the regional names too, and leads its login server to the region
 * that serves its network.
 */
export function regional(served: Record<"hub" | "spoke1" | "spoke2", Host>): Part[] {
  const hosts = Object.keys(NAMES) as Host[];
  const answering = { hub: "spoke1", spoke1: "spoke1", spoke2: "spoke2" };
  return [
    network("hub", { location: "northeurope" }),
    network("spoke1"),
    network("spoke2", { location: "switzerlandnorth" }),
    ...["spoke1", "spoke2"].flatMap((key) => [subnet(key), ...endpoint(key, {}, hosts), ...peered("hub", key)]),
    registry(),
    REGIONAL_ENDPOINTS,
    ...Object.entries(answering).flatMap(([home, key]) => [
      zone(home),
      link(home, home),
      leadTo(home, key, served[home as keyof typeof served]),
      ...hosts.filter((host) => host !== "login").map((host) => record(home, host, [key])),
    ]),
  ];
}

/** One network with one endpoint, whose zone has a record of every name. */
export function selfRecorded(): Part[] {
  return [...withEndpoint("spoke1"), registry(), ...view("spoke1", ["spoke1"], ["spoke1"])];
}

export const NSG = "azurerm_network_security_group.nsg";

/** The right design, in which spoke1's subnet has a security group; its endpoint also answers the hub. */
export function secured(rules: Json[], policies: Json = { private_endpoint_network_policies: "Enabled" }): Part[] {
  return [
    ...change(perSpoke(), "azurerm_subnet.spoke1", policies),
    part(NSG, { name: "nsg", resource_group_name: "rg-spoke1", security_rule: rules }),
    part("azurerm_subnet_network_security_group_association.nsg", {
      subnet_id: "${azurerm_subnet.spoke1.id}",
      network_security_group_id: ref(NSG),
    }),
  ];
}

/** Two spokes that share a zone with the endpoint of spoke1, and of which spoke2 routes a range to an appliance in the hub. */
export function throughAppliance(forwards: boolean, range = "10.0.0.0/8", appliance = "10.12.1.4"): Part[] {
  const route = { address_prefix: range, next_hop_type: "VirtualAppliance", next_hop_in_ip_address: appliance };
  return [
    network("hub"),
    ...["spoke1", "spoke2"].flatMap((key) => [
      network(key),
      subnet(key),
      peering("hub", key),
      peering(key, "hub", { allow_forwarded_traffic: forwards }),
    ]),
    ...endpoint("spoke1"),
    registry(),
    ...view("hub", ["hub", "spoke1", "spoke2"], ["spoke1"]),
    part("azurerm_route_table.spoke2", { route: [route] }),
    routed("spoke2"),
  ];
}

/** That a subnet has the route table of spoke2. */
export function routed(key: string): Part {
  return part(`azurerm_subnet_route_table_association.${key}`, {
    subnet_id: `\${azurerm_subnet.${key}.id}`,
    route_table_id: "${azurerm_route_table.spoke2.id}",
  });
}

/** A spoke that asks a firewall in the hub, whose zone has an endpoint in the hub. */
export const behindFirewall = (settings: Json): Part[] => [
  ...withEndpoint("hub"),
  network("spoke1", { dns_servers: ["10.12.1.4"] }),
  firewallSubnet,
  part("azurerm_firewall.hub", { ip_configuration: { subnet_id: ref(firewallSubnet.address) }, ...settings }),
  ...peered("hub", "spoke1"),
  registry(),
  ...view("hub", ["hub"], ["hub"]),
];
