import type { Configuration, NotRead } from "../read/configuration";
import { withoutOwnData } from "../read/own-data";
import { memo } from "../../../common/util";
import type { Client } from "../client";
import { placeClients } from "./clients";
import { connectedGroups, hubConnections, routesOf } from "./connections";
import { findDnsServers } from "./dns-servers";
import { frozen } from "./draft";
import { Endpoints } from "./endpoints";
import { firewallsOf, appliancesIn } from "./firewalls";
import { addressesOfInterfaces, findMachines } from "./machines";
import { type NetworkModel, type Service, isAtOrBelow } from "./network-model";
import { Networks } from "./networks";
import { addRecords } from "./records";
import { Registries } from "./registries";
import { Resources, optional } from "./resources";
import { findSecuredSubnets } from "./security-groups";
import { Services } from "./services";
import { findWaysOut } from "./ways-out";
import { Zones } from "./zones";

/** Tells whether a zone can have names of services; many links are to zones of one name. */
function namesIn(services: readonly Service[]): (zone: string) => boolean {
  const names = services.flatMap(({ hosts }) => hosts.flatMap(({ fqdn, privateName }) => [fqdn, privateName]));
  return memo((zone) => names.some((name) => isAtOrBelow(name, zone)));
}

/** Whether what was not read may decide answers, which machines and services do not. */
function mayDecide({ what, why }: NotRead): boolean {
  return (
    why === undefined ||
    /network(s|Managers|Interfaces|SecurityGroups)|dns|endpoint|link|record|firewall|virtualHub|virtualWan|route/i.test(
      what,
    )
  );
}

/** What is assumed that no file shows. */
export interface Assumed {
  /** Whether policies attach a DNS zone group to each private endpoint without one. @default false */
  readonly zoneGroups?: boolean;
  /** Networks outside Azure. @default - none */
  readonly clients?: readonly Client[];
}

/**
 * Builds the network from resources, by what refers to what and by names and ids.
 *
 * @param report - told what is wrong with where clients are connected; such a client is left out
 */
export function buildNetworkModel(
  configuration: Configuration,
  { zoneGroups = false, clients = [] }: Assumed = {},
  report: (problems: readonly string[]) => void = () => undefined,
): NetworkModel {
  const { form, notRead, isAll = false, isDeployed = false, conflicts = new Map<string, string>() } = configuration;
  const resources = new Resources(withoutOwnData(configuration));
  const networks = new Networks(resources);
  const zones = new Zones(resources);
  const registries = new Registries(resources, zones);
  const services = new Services(resources, registries, zones);
  const endpoints = new Endpoints(resources, networks, services, zones, zoneGroups);
  addRecords(resources, zones, endpoints);
  const canHoldNames = namesIn(services.all);
  const gap = notRead.find(mayDecide);
  const securedSubnets = findSecuredSubnets(resources, networks, endpoints.all);
  if (!gap) findWaysOut(resources, networks, { endpoints: endpoints.all, securedSubnets });
  const [links, peerings] = [zones.links(networks), networks.peerings()];
  const connected = hubConnections(resources, networks);
  const [groups, routes] = [connectedGroups(resources, networks), routesOf(resources, networks)];
  // Here all networks are known to which clients may be connected, and in which DNS servers may be.
  const outside = placeClients(resources, networks, clients);
  report(outside.problems);
  return frozen({
    form,
    notRead,
    ...optional("gap", gap),
    conflicts,
    isDeployed,
    ...(isAll && { addressesInUse: new Set(addressesOfInterfaces(resources)) }),
    links,
    peerings,
    hubConnections: [...connected, ...outside.connections],
    connectedGroups: groups,
    routes,
    forwardingRules: findDnsServers(resources, networks, outside.placed),
    networks: networks.all,
    firewalls: firewallsOf(resources, networks),
    appliancesIn: appliancesIn(resources, networks),
    services: services.all,
    registries: registries.all,
    endpoints: endpoints.all,
    zones: zones.all,
    securedSubnets,
    machines: findMachines(resources, networks),
    unread: endpoints.unread,
    unplaced: [...zones.unplaced.filter(({ zone }) => zone === undefined || canHoldNames(zone)), ...networks.unplaced],
  });
}
