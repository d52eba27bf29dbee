import type { Configuration } from "../read/configuration";
import { findDnsServers } from "./dns-servers";
import { Endpoints } from "./endpoints";
import type { NetworkModel } from "./network-model";
import { Networks } from "./networks";
import { addRecords } from "./records";
import { Registries } from "./registries";
import { Resources } from "./resources";
import { findSecuredSubnets } from "./security-groups";
import { Zones } from "./zones";

/** Builds the network from resources, by what refers to what and by names and ids. */
export function buildNetworkModel(configuration: Configuration): NetworkModel {
  const resources = new Resources(configuration.resources);
  const networks = new Networks(resources);
  const zones = new Zones(resources);
  const registries = new Registries(resources, zones, configuration.form);
  const endpoints = new Endpoints(resources, networks, registries, zones);
  addRecords(resources, zones, endpoints);
  const links = zones.links(networks);
  const peerings = networks.peerings();
  // Last, when all networks that the servers may be in are known.
  findDnsServers(resources, networks);
  return {
    form: configuration.form,
    unreadModules: configuration.unreadModules,
    networks: networks.all,
    peerings,
    registries: registries.all,
    endpoints: endpoints.all,
    zones: zones.all,
    links,
    securedSubnets: findSecuredSubnets(resources, networks, endpoints.all),
    unnamedRegistries: registries.unnamed,
    unplaced: [...zones.unplaced, ...networks.unplaced, ...endpoints.unplaced],
  };
}
