import type { Resource } from "../read/module";
import { once, unique } from "../util/collections";
import { RangeIndex } from "../util/ip-range";
import type { VirtualNetwork } from "./network-model";
import type { Networks } from "./networks";
import { type Resources, TYPES, optional, texts } from "./resources";

/** Sets, for each network with custom DNS servers, which network these are in. */
export function findDnsServers(resources: Resources, networks: Networks): void {
  const finder = new Finder(resources, networks);
  for (const resource of resources.ofType(TYPES.network)) finder.set(networks.of(resource), resource);
  for (const resource of resources.ofType("azurerm_virtual_network_dns_servers")) {
    finder.set(networks.at(resource, "virtual_network_id"), resource);
  }
}

class Finder {
  private readonly spaces = new RangeIndex<VirtualNetwork>();

  constructor(
    private readonly resources: Resources,
    private readonly networks: Networks,
  ) {
    for (const network of networks.all) {
      for (const range of network.addressSpace) this.spaces.add(range, network);
    }
  }

  public set(network: VirtualNetwork | undefined, resource: Resource): void {
    const addresses = texts(resource.known("dns_servers"));
    const mentioned = resource.mentions("dns_servers").map(({ resource }) => resource);
    if (!network || addresses.length + mentioned.length === 0) return;
    if (addresses.length > 0 && addresses.every((address) => address === AZURE_DNS)) return;
    const homes = new Set([
      ...addresses.map((address) => (address === AZURE_DNS ? network : this.networkHolding(address, network))),
      ...(addresses.length > 0 ? [] : mentioned.map((server) => this.networkOf(server))),
    ]);
    const [home] = homes;
    network.dnsServers = { addresses, ...optional("network", homes.size === 1 ? home : undefined) };
  }

  /** The network with an address in its address space: this one, or the only other. */
  private networkHolding(address: string, own: VirtualNetwork): VirtualNetwork | undefined {
    const holding = this.spaces.holding(address);
    if (holding.some((networks) => networks.has(own))) return own;
    const found = unique(holding.flatMap((networks) => [...networks].slice(0, 2)));
    return found.length === 1 ? found[0] : undefined;
  }

  /** The network in which a resource, such as a firewall, has its subnet, directly or by what it refers to. */
  private readonly networkOf: (resource: Resource) => VirtualNetwork | undefined = once(undefined, (resource) => {
    if (resource.type === TYPES.network) return this.networks.of(resource);
    if (resource.type === TYPES.subnet) return this.networks.at(resource, "virtual_network_name");
    // A firewall also refers to its policy, which may refer to anything, so the firewall's own subnets are tried first.
    for (const { resource: next } of [...NESTED_SUBNETS, []].flatMap((path) => resource.mentions(...path))) {
      const found = this.networkOf(next);
      if (found) return found;
    }
    const subnetIds = texts(NESTED_SUBNETS.flatMap((path) => resource.known(...path)));
    return subnetIds
      .map((id) => this.resources.byId(TYPES.subnet, id))
      .map((subnet) => subnet && this.networkOf(subnet))[0];
  });
}

/** Azure's DNS. A network that lists it uses Azure's DNS, as if it had no custom DNS servers. */
const AZURE_DNS = "168.63.129.16";

/** Attributes that hold the subnet's id in resources that can be DNS servers. */
const NESTED_SUBNETS = [["subnet_id"], ["ip_configuration", "subnet_id"], ["ip_configurations", "subnet_id"]];
