import type { Configuration } from "./configuration";
import { findDnsServers } from "./model/dns-servers";
import { Endpoints } from "./model/endpoints";
import { Networks } from "./model/networks";
import { addRecords } from "./model/records";
import { Registries } from "./model/registries";
import { Resources } from "./model/resources";
import { Zones } from "./model/zones";
import type { NetworkModel } from "./network-model";

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
  // Last, when all networks are known in which the servers may lie.
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
    unnamedRegistries: registries.unnamed,
    unplaced: [...zones.unplaced, ...networks.unplaced],
  };
}
