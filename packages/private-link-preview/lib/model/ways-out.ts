import type { Resource } from "../read/module";
import { groupBy, isPrivateRange, once, unique } from "../../../common/util";
import { denialOf } from "../security-rules";
import { routedSubnets } from "./connections";
import { draft } from "./draft";
import type { Endpoint, SecuredSubnet, VirtualNetwork } from "./network-model";
import type { Networks } from "./networks";
import { type Resources, TYPES, texts } from "./resources";
import { subnetsWithMachines } from "./security-groups";

/** Public addresses and ranges; undefined where they are not known. */
type Addresses = readonly string[] | undefined;

/** What decides by which addresses machines in a subnet reach the internet. */
interface Placed {
  readonly endpoints: readonly Endpoint[];
  readonly securedSubnets: readonly SecuredSubnet[];
}

/** Sets, for each network, by which public addresses its machines reach the internet, where the file shows all of that. */
export function findWaysOut(resources: Resources, networks: Networks, placed: Placed): void {
  const finder = new Finder(resources, networks, placed);
  for (const resource of resources.ofType(TYPES.network)) {
    const network = networks.of(resource);
    const leavesBy = network && finder.addressesOf(resource, network);
    if (leavesBy) draft(network).leavesBy = [...leavesBy];
  }
}

class Finder {
  private readonly subnetsOf: ReadonlyMap<VirtualNetwork | undefined, readonly Resource[]>;
  private readonly routed: ReadonlyMap<Resource | undefined, ReturnType<typeof routedSubnets>[number]>;
  private readonly natOf: ReadonlyMap<Resource | undefined, Resource | undefined>;
  /** By NAT gateway, what gives it a public address or a range of them. */
  private readonly givenTo: ReadonlyMap<Resource | undefined, readonly Resource[]>;
  /** Whether it is not known of which networks, subnets or NAT gateways something is that decides. */
  private readonly isUnplaced: boolean;
  /** Networks that gateways and Virtual WAN may tell another way out. */
  private readonly told: ReadonlySet<VirtualNetwork | undefined>;
  private readonly secured: ReadonlyMap<string, SecuredSubnet>;
  /** Addresses of the subnets with private endpoints, and without machines. */
  private readonly forEndpoints: ReadonlySet<string | undefined>;

  constructor(
    private readonly resources: Resources,
    private readonly networks: Networks,
    { endpoints, securedSubnets }: Placed,
  ) {
    // A network that the file only names does not matter here.
    const networkOf = (one: Resource, path: string) => {
      const found = resources.at(one, TYPES.network, path);
      return found && networks.of(found);
    };
    this.subnetsOf = groupBy(resources.ofType(TYPES.subnet), (one) => networkOf(one, NETWORK_NAME));
    this.routed = new Map(routedSubnets(resources).map((one) => [one.subnet, one]));
    // As Azure has it, the subnet names its gateway.
    const withNat = resources
      .ofType(TYPES.subnet)
      .filter((one) => one.known(NAT_ID).length + one.mentions(NAT_ID).length > 0);
    this.natOf = new Map(
      [...resources.ofType(NAT_OF_SUBNET), ...withNat].map((one) => [
        one.type === TYPES.subnet ? one : resources.at(one, TYPES.subnet, SUBNET_ID),
        resources.at(one, NAT, NAT_ID),
      ]),
    );
    const giving = Object.keys(ASSOCIATIONS).flatMap((type) => resources.ofType(type));
    this.givenTo = groupBy(giving, (one) => resources.at(one, NAT, NAT_ID));
    const connections = resources.ofType("azurerm_virtual_hub_connection");
    const peerings = resources
      .ofType("azurerm_virtual_network_peering")
      .filter((one) => one.known(REMOTE_GATEWAYS)[0] === true || one.hides(REMOTE_GATEWAYS));
    const gateways = resources
      .ofType("azurerm_virtual_network_gateway")
      .map((one) => networks.ofSubnetAt(one, "ip_configuration", SUBNET_ID).network);
    this.told = new Set([
      ...connections.map((one) => networkOf(one, REMOTE)),
      ...peerings.map((one) => networkOf(one, NETWORK_NAME)),
      ...gateways,
    ]);
    const isLost = (type: string, path: string) => (one: Resource) =>
      one.text(path) === undefined && resources.at(one, type, path) === undefined;
    const ofSubnets = [NAT_OF_SUBNET, "azurerm_subnet_route_table_association"].flatMap((type) =>
      resources.ofType(type),
    );
    this.isUnplaced =
      gateways.includes(undefined) ||
      [...resources.ofType(TYPES.subnet), ...peerings].some(isLost(TYPES.network, NETWORK_NAME)) ||
      connections.some(isLost(TYPES.network, REMOTE)) ||
      giving.some(isLost(NAT, NAT_ID)) ||
      ofSubnets.some(isLost(TYPES.subnet, SUBNET_ID));
    this.secured = new Map(securedSubnets.map((one) => [one.address, one]));
    const withMachines = subnetsWithMachines(resources, networks);
    const mayHaveMachines = (subnet: string | undefined) => withMachines.has(undefined) || withMachines.has(subnet);
    this.forEndpoints = new Set(endpoints.map(({ subnet }) => subnet).filter((subnet) => !mayHaveMachines(subnet)));
  }

  /** By which addresses the machines of a network leave: those of all its subnets. */
  public addressesOf(resource: Resource, network: VirtualNetwork): Addresses {
    const subnets = this.subnetsOf.get(network) ?? [];
    const names = new Set(subnets.map((subnet) => subnet.text("name")));
    const isWhole =
      network.managed &&
      !this.isUnplaced &&
      !resource.hides("subnet") &&
      texts(resource.known("subnet", "name")).every((name) => names.has(name));
    if (!isWhole || this.told.has(network)) return undefined;
    const used = subnets.filter((subnet) => !isOfAzure(subnet));
    const found = used.map((subnet) => this.ofSubnet(subnet));
    const known = found.filter((addresses) => addresses !== undefined);
    if (known.length < found.length) return undefined;
    // That nothing leaves takes more than that the file shows no way: machines may have public addresses of their own.
    const isClosed = used.length > 0 && used.every((subnet) => this.isClosed(subnet));
    return known.flat().length > 0 || isClosed ? unique(known.flat()) : undefined;
  }

  private ofSubnet(subnet: Resource): Addresses {
    if (this.isClosed(subnet)) return [];
    if (hasServiceEndpoints(subnet)) return undefined;
    if (this.routed.get(subnet)?.isWhole === false) return undefined;
    const [route, ...others] = this.outwardRoutes(subnet);
    if (route) {
      const [kind, prefix, hop] = ROUTE.map((name) => texts(route.known(name))[0]);
      if (others.length > 0 || prefix !== EVERYWHERE) return undefined;
      if (kind !== "Internet") return this.ofFirewall(hop);
    }
    if (this.natOf.has(subnet)) return this.ofNat(this.natOf.get(subnet));
    // Without default outbound access too, machines may have public addresses of their own.
    return this.forEndpoints.has(subnet.address) ? [] : undefined;
  }

  /** Whether nothing in a subnet reaches the internet, whatever addresses it has. */
  private isClosed(subnet: Resource): boolean {
    const { rules = [] } = this.secured.get(subnet.address) ?? {};
    const from = texts(subnet.known("address_prefixes"));
    if (denialOf({ direction: "Outbound", from, to: "Internet" }, rules)) return true;
    const [route, ...others] = this.outwardRoutes(subnet);
    if (!route || others.length > 0 || hasServiceEndpoints(subnet) || this.routed.get(subnet)?.isWhole === false)
      return false;
    const [kind, prefix] = ROUTE.map((name) => texts(route.known(name))[0]);
    return kind === "None" && prefix === EVERYWHERE;
  }

  /** The routes of a subnet for public addresses. */
  private outwardRoutes(subnet: Resource): readonly Pick<Resource, "known">[] {
    const { routes = [] } = this.routed.get(subnet) ?? {};
    return routes.filter((route) => !isPrivateRange(texts(route.known("address_prefix"))[0] ?? ""));
  }

  /** The public addresses of the firewall with a private address: those of the NAT gateway of its subnet, or its own. */
  private ofFirewall(hop: string | undefined): Addresses {
    const found = this.resources
      .ofType("azurerm_firewall")
      .filter((one) => texts(one.known("ip_configuration", "private_ip_address")).includes(hop ?? ""));
    const [firewall, ...others] = found;
    if (!firewall || others.length > 0) return undefined;
    const { subnet } = this.networks.ofSubnetAt(firewall, "ip_configuration", "subnet_id");
    const nat = [...this.natOf].find(([of]) => of?.address === subnet);
    return nat ? this.ofNat(nat[1]) : this.allOf(firewall, "ip_configuration", "public_ip_address_id");
  }

  private readonly ofNat = once<Resource | undefined, Addresses>(undefined, (nat) => {
    if (!nat) return undefined;
    const given = (this.givenTo.get(nat) ?? []).map((one) => this.allOf(one, ASSOCIATIONS[one.type]!));
    const own = IN_NAT.filter((path) => nat.known(path).length > 0).map((path) => this.allOf(nat, path));
    // What else a gateway of others is given is in no file but theirs.
    if (!nat.managed && own.length === 0) return undefined;
    const all = [...given, ...own];
    return all.includes(undefined) ? undefined : unique(all.flatMap((addresses) => addresses ?? []));
  });

  /** What the public addresses, or ranges of them, are whose ids stand at a path. */
  private allOf(resource: Resource, ...path: string[]): Addresses {
    const found = Object.entries(PUBLIC).flatMap(([type, attribute]) =>
      this.resources.allAt(resource, type, ...path).map((one) => one.text(attribute)),
    );
    const known = found.filter((address) => address !== undefined && IPV4.test(address)) as string[];
    const isWhole = known.length === found.length && found.length >= resource.known(...path).length;
    return isWhole && known.length > 0 ? known : undefined;
  }
}

/** Whether services see private addresses of a subnet, by routes that go before those of route tables. */
function hasServiceEndpoints(subnet: Resource): boolean {
  return subnet.known("service_endpoints").length > 0 || subnet.hides("service_endpoints");
}

/** Whether a subnet is for a service of Azure's own, so that no clients are in it: by its name, or by what it is delegated to. */
function isOfAzure(subnet: Resource): boolean {
  const services = texts(subnet.known("delegation", "service_delegation", "name"));
  return OF_AZURE.includes(subnet.text("name") ?? "") || services.some((one) => /^Microsoft\.Network\/dns/i.test(one));
}

const OF_AZURE = [
  "GatewaySubnet",
  "AzureBastionSubnet",
  "AzureFirewallSubnet",
  "AzureFirewallManagementSubnet",
  "RouteServerSubnet",
];
const EVERYWHERE = "0.0.0.0/0";
const ROUTE = ["next_hop_type", "address_prefix", "next_hop_in_ip_address"];
const NETWORK_NAME = "virtual_network_name";
const REMOTE = "remote_virtual_network_id";
const REMOTE_GATEWAYS = "use_remote_gateways";
const NAT = "azurerm_nat_gateway";
const NAT_OF_SUBNET = "azurerm_subnet_nat_gateway_association";
const SUBNET_ID = "subnet_id";
const NAT_ID = "nat_gateway_id";
/** What gives a NAT gateway its addresses, and where each has their id; and where Azure has them in the gateway itself. */
const ASSOCIATIONS: Readonly<Record<string, string>> = {
  azurerm_nat_gateway_public_ip_association: "public_ip_address_id",
  azurerm_nat_gateway_public_ip_prefix_association: "public_ip_prefix_id",
};
const IN_NAT = ["public_ip_address_ids", "public_ip_prefix_ids"];
/** Public addresses and ranges of them, and where each has what it is. */
const PUBLIC = { azurerm_public_ip: "ip_address", azurerm_public_ip_prefix: "ip_prefix" };
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}(\/\d{1,2})?$/;
