import type { Cloud, RegistryHost, ServiceHost } from "../../../common/azure";
import type { Configuration, NotRead } from "../read/configuration";
import type { Hidden } from "../read/hidden";

/** A host name of a service; those of registries have a kind. */
export type Host = ServiceHost & Partial<Pick<RegistryHost, "kind">>;

/** A virtual network: a resource, a data source, or one that the file mentions only by its id. */
export interface VirtualNetwork {
  /** Terraform address, or the Azure id of a network that is not in the file. */
  readonly address: string;
  readonly name: string;
  readonly location?: string;
  readonly addressSpace: readonly string[];
  /** Whether its own peerings, links and DNS servers are in the file. */
  readonly managed: boolean;
  /** Whether the file says what it is like although someone else manages it. */
  readonly described?: boolean;
  /** Whether the file only mentions it, so that neither its DNS servers nor its address space are known. */
  readonly mentioned?: boolean;
  /** Its custom DNS servers; absent if it uses Azure's DNS. */
  readonly dnsServers?: DnsServers;
  /**
   * The public addresses and ranges from which its machines reach the internet; empty where they do not. Absent where that is
   * not known.
   */
  readonly leavesBy?: readonly string[];
  /** Present for a client outside Azure, which is no virtual network. */
  readonly outside?: Outside;
}

/** How a network outside Azure is connected, and what its DNS forwards. */
export interface Outside {
  /** The virtual network to whose VPN or ExpressRoute gateway it is connected; absent for a gateway of a Virtual WAN hub. */
  readonly gateway?: VirtualNetwork;
  /** The zones under which its DNS forwards names; public DNS answers all others. Absent where it forwards all names. */
  readonly forwards?: readonly string[];
  /** Whether it forwards to Azure's own DNS, which does not answer outside Azure. */
  readonly asksAzure: boolean;
}

/** DNS servers that something asks: custom ones of a network, or those that a rule or a firewall forwards to. */
export interface DnsServers {
  /** Their addresses as far as known, for messages. */
  readonly addresses: readonly string[];
  /** The network that they are in; absent if it is not known, or they are in several. */
  readonly network?: VirtualNetwork;
  /** The firewall that they are, if it is one. */
  readonly firewall?: Firewall;
  /** The servers of each network, where they are in several: a client asks the first that answers. */
  readonly alternatives?: readonly DnsServers[];
  /** What hides the addresses, where neither they nor the network are known. */
  readonly hidden?: Hidden;
}

/** An Azure Firewall as a DNS server. */
export interface Firewall {
  readonly address: string;
  /** Whether it answers DNS; absent where it is not known. */
  readonly proxy?: boolean;
  /** What it asks in place of Azure's DNS. */
  readonly servers?: DnsServers;
  /** What hides whether it answers DNS. */
  readonly hidden?: Hidden;
}

/** A rule of a DNS forwarding ruleset, for the networks that are linked to it. */
export interface ForwardingRule {
  readonly address: string;
  /** The networks that are linked to its ruleset. */
  readonly networks: readonly VirtualNetwork[];
  /** For each link of which the network is not known, the networks that it may be; none where it may be any. */
  readonly mayBeFor: readonly (readonly VirtualNetwork[])[];
  /** What hides for which networks it is in effect. */
  readonly hidden: readonly Hidden[];
  /** Domain whose names it forwards, in lower case without the dot at the end; empty for all names. */
  readonly domain: string;
  readonly servers: DnsServers;
  /** The network of the outbound endpoint; absent if it is not known. */
  readonly from?: VirtualNetwork;
}

/** A virtual network's connection to a Virtual WAN hub. */
export interface HubConnection {
  readonly address: string;
  readonly network: VirtualNetwork;
  /** The hub, by a key of its own. */
  readonly hub: string;
  /** The Virtual WAN, by a key of its own; absent if it is not known. */
  readonly wan?: string;
  /** The route table whose routes it uses; absent if that is not known. */
  readonly table?: string;
  /** The route tables, and labels of such, into which its network's routes go; absent if they are not known. */
  readonly propagatesTo?: ReadonlySet<string>;
  /** Whether the hub sends private traffic through a firewall or appliance of its own, or by routes of its own, which decides. */
  readonly secured: "no" | "firewall" | "routes";
}

/** Networks that Virtual Network Manager connects. */
export interface ConnectedGroup {
  readonly address: string;
  /** Absent for a group whose networks are connected with each other. */
  readonly hub?: VirtualNetwork;
  readonly networks: ReadonlySet<VirtualNetwork>;
  /** Whether its networks are connected with each other, within a region or everywhere. */
  readonly direct: "no" | "region" | "global";
  /** Whether the file shows that it is deployed. */
  readonly deployed: boolean;
  /** Whether a policy may add networks that the file does not show. */
  readonly open: boolean;
}

/** A route of a network's subnets to an appliance or a gateway. */
export interface Route {
  /** Terraform address of its route table. */
  readonly address: string;
  readonly network: VirtualNetwork;
  readonly prefix: string;
  /** The address of the next hop, where it is an appliance with a known address. */
  readonly nextHop?: string;
  /** Whether it is of the subnet for gateways, for traffic from outside Azure. */
  readonly ofGateway?: boolean;
}

/** One side of a peering. */
export interface Peering {
  readonly address: string;
  readonly from: VirtualNetwork;
  readonly to: VirtualNetwork;
  /** Whether it lets the remote network's traffic in; undefined where that is not known. */
  readonly allowed: boolean | undefined;
  /** Whether it lets in traffic that the remote network only forwards; undefined where that is not known. */
  readonly forwards: boolean | undefined;
  /** Whether it passes its network's VPN or ExpressRoute gateway on to the remote network; undefined where that is not known. */
  readonly passesGateway: boolean | undefined;
  /** Whether its network uses the remote network's gateway; undefined where that is not known. */
  readonly usesGateway: boolean | undefined;
  /** What hides whether it lets traffic in. */
  readonly hidden?: Hidden;
  /** What hides whether it passes its gateway on, or uses the other's. */
  readonly gatewayHidden: readonly Hidden[];
  /** Absent for a peering that is in sync with the remote network, as far as the file shows. */
  readonly outOfSync?: OutOfSync;
}

/** A peering that was written before the remote network got its present ranges: Azure does not route to new ones. */
export interface OutOfSync {
  /** The ranges with which it was written. */
  readonly written: readonly string[];
  /** The ranges of the remote network that are not among them, or only in part. */
  readonly lacks: readonly string[];
  /** Whether Azure says so; otherwise the triggers alone, with which it was written last. */
  readonly isKnown: boolean;
}

/**
 * Whether clients are let in by the public address of a service: all, none, those with addresses in some ranges, or "limited":
 * some, and the file does not show which.
 */
export type PublicAccess = "enabled" | "disabled" | "limited" | "not known" | PublicRanges;

/** The ranges and addresses from which clients are let in by a public address, in CIDR notation. */
export interface PublicRanges {
  readonly ranges: readonly string[];
}

/** Whether the owner of a service has approved the connection of a private endpoint: "not known" where it was only requested. */
export type Approval = "approved" | "not approved" | "not known";

/** A resource that private endpoints connect to: a registry, a storage account, a key vault. */
export interface Service {
  /**
   * Terraform address; the Azure id, or the end of it that is known, of one that is not in the file; or the endpoint that
   * connects to one of which nothing but the kind is known.
   */
  readonly address: string;
  /** Its name, or a placeholder where the name is (known after apply). */
  readonly name: string;
  /** What it is, as in Microsoft's documentation: "storage account". */
  readonly label: string;
  /** The host names for which its private endpoints have addresses. */
  readonly hosts: readonly Host[];
  /** Whether clients are let in by the public address. */
  readonly publicAccess: PublicAccess;
}

/** A registry with the host names that each private endpoint of it has an address for. */
export interface Registry extends Service {
  readonly cloud: Cloud;
  /** Home and replicas, sorted, by API name. */
  readonly regions: readonly string[];
  readonly hosts: readonly RegistryHost[];
  /** Whether each region has a login server of its own. */
  readonly regional: boolean;
  /** Whether that is known from a resource that turns them on or from a record. Endpoints may still list what is off by now. */
  readonly regionalForSure: boolean;
  /** The regions to which Azure does not route the login server's name. */
  readonly unrouted: readonly string[];
  /** Whether it has private endpoints anywhere, as far as Azure shows it. Without any, its name leads to no private link zone. */
  readonly isConnected?: boolean;
}

/** Whether a service is a container registry. */
export function isRegistry(service: Service): service is Registry {
  return "cloud" in service;
}

/** A private endpoint. */
export interface Endpoint {
  readonly address: string;
  readonly name: string;
  /** Region, the same as that of its network. */
  readonly location?: string;
  readonly network?: VirtualNetwork;
  readonly service: Service;
  /** The host names that it has addresses for. */
  readonly hosts: readonly Host[];
  /** Its addresses by host name, as far as known. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  /** The members of the service for which it asks for a static address; empty where one is not known. */
  readonly staticMembers: readonly string[];
  /** Terraform address of its subnet, if the file has it. */
  readonly subnet?: string;
  /** CIDR ranges of its subnet, as far as known. */
  readonly subnetRanges: readonly string[];
  /** Zones into which its DNS zone groups write its records. */
  readonly registersIn: readonly Zone[];
  /** Zones that may have its addresses, by a DNS zone group or a record set of which the file does not show enough. */
  readonly mayRegisterIn: readonly Zone[];
  /** What hides in which of these zones its addresses are. */
  readonly zonesHidden: readonly Hidden[];
  /** What hides its network, where that is not known. */
  readonly networkHidden?: Hidden;
  /** The zones of its DNS zone groups where none of them can hold one of its names: Azure writes no record there. */
  readonly otherZones: readonly Zone[];
  /** What may attach a DNS zone group to it that is not in the file: a policy assignment, or any policy. */
  readonly policy?: string;
  /** Whether the owner of the service has approved the connection, which has no traffic before. */
  readonly approval: Approval;
  /** What hides whether the connection has to be approved. */
  readonly approvalHidden?: Hidden;
}

/** A private DNS zone: a resource, a data source, or one that the file mentions only by its id or name. */
export interface Zone {
  /** Terraform address, or the Azure id of a zone that is not in the file. */
  readonly address: string;
  /** Lower-case name. */
  readonly name: string;
  readonly managed: boolean;
  readonly records: readonly RecordSet[];
  /** Its CNAME records: the name that a name stands for, in lower case, or "" where that is not known. */
  readonly aliases: ReadonlyMap<string, string>;
}

/** A virtual network link of a private DNS zone. */
export interface Link {
  readonly address: string;
  readonly zone: Zone;
  readonly network: VirtualNetwork;
  /**
   * Whether a name without a record in the zone is looked up in public DNS: the resolution policy `NxDomainRedirect`;
   * undefined where that is not known.
   */
  readonly fallsBack: boolean | undefined;
}

/** An A record set. */
export interface RecordSet {
  readonly address: string;
  /** Lower-case name relative to its zone. */
  readonly name: string;
  /** Its addresses, as far as known. */
  readonly addresses: readonly string[];
  /** How many addresses it holds, as far as known. */
  readonly size: number;
  /** The endpoints from which its addresses are read. */
  readonly readFrom: readonly Endpoint[];
  /** Endpoints of which it reads from one, where the file does not show from which. */
  readonly readFromOneOf: readonly Endpoint[];
  /** Addresses of resources that it reads from and that lead to no endpoint. */
  readonly lost: readonly string[];
  /** What hides its addresses, where neither they nor what they are read from is known. */
  readonly hidden?: Hidden;
  /** Host names by which it selects its addresses. */
  readonly picksBy: readonly string[];
  /** What it reads by position, as in `custom_dns_configs[0]`. */
  readonly byPosition: readonly string[];
  /** Whether a DNS zone group wrote it, as Azure shows it. @default false */
  readonly byGroup?: boolean;
}

/** An Azure Firewall through which routes lead. */
export interface RoutingFirewall {
  readonly address: string;
  /** The network or the Virtual WAN hub that it is in. */
  readonly network?: VirtualNetwork;
  readonly hub?: string;
  /** CIDR ranges of its subnet. */
  readonly ranges: readonly string[];
  /** Its private address, if known. */
  readonly privateAddress?: string;
  /**
   * Its rules in the order in which it takes them, as far as the file shows them: for each policy that may be its, where the
   * file does not show which.
   */
  readonly rules: readonly (readonly SecurityRule[])[];
}

/** A rule of a network security group, in Azure's words; a text is empty where it is not known. */
export interface SecurityRule {
  readonly name: string;
  readonly priority: number;
  readonly direction: string;
  readonly access: string;
  readonly protocol: string;
  /** Service tags and CIDR ranges. */
  readonly from: readonly string[];
  readonly fromPorts: readonly string[];
  readonly to: readonly string[];
  readonly toPorts: readonly string[];
}

/** A subnet with a network security group. */
export interface SecuredSubnet {
  readonly address: string;
  readonly name: string;
  readonly network?: VirtualNetwork;
  /** Terraform address of the group. */
  readonly group: string;
  /** The group's rules by priority. */
  readonly rules: readonly SecurityRule[];
  /** The private endpoints in it to which the rules apply. */
  readonly endpoints: readonly Endpoint[];
  /** Whether there are machines in it that may use the service. */
  readonly hasMachines: boolean;
}

/** A bastion, a virtual machine or the like: what a picture of its network shows. */
export interface Machine {
  readonly address: string;
  readonly name: string;
  /** What it is: "Bastion", "Virtual machine". */
  readonly label: string;
  readonly network?: VirtualNetwork;
}

/** A private endpoint of a service whose host names are not known. */
export interface UnreadEndpoint {
  readonly address: string;
  /** The service: its type in Azure or Terraform, or a subresource of it; absent where it is not known. */
  readonly of?: string;
  /** What hides what it connects to, where that is not known. */
  readonly hidden?: Hidden;
}

/** A link or peering of which the file does not show what it connects. */
export interface Unplaced {
  readonly kind: "link" | "peering";
  readonly address: string;
  /** For its end, or each of its ends, the networks that it may be; none where it may be any. */
  readonly ends: readonly (readonly VirtualNetwork[])[];
  /** Name of the zone, if it is a link to one that is known. */
  readonly zone?: string;
  /** What hides its ends that are not known. */
  readonly hidden: readonly Hidden[];
}

/** The network that Terraform's JSON describes, frozen. */
export interface NetworkModel {
  readonly form: Configuration["form"];
  readonly networks: readonly VirtualNetwork[];
  readonly peerings: readonly Peering[];
  readonly hubConnections: readonly HubConnection[];
  readonly connectedGroups: readonly ConnectedGroup[];
  readonly routes: readonly Route[];
  readonly firewalls: readonly RoutingFirewall[];
  /** The networks with machines that forward traffic, beside firewalls; undefined for machines whose network is not known. */
  readonly appliancesIn: readonly (VirtualNetwork | undefined)[];
  readonly forwardingRules: readonly ForwardingRule[];
  /** Registries, and what else private endpoints connect to. */
  readonly services: readonly Service[];
  /** The registries among the services. */
  readonly registries: readonly Registry[];
  readonly endpoints: readonly Endpoint[];
  readonly zones: readonly Zone[];
  readonly links: readonly Link[];
  readonly securedSubnets: readonly SecuredSubnet[];
  readonly machines: readonly Machine[];
  /** Endpoints of services whose names are not known, with the reason. */
  readonly unread: readonly UnreadEndpoint[];
  readonly notRead: readonly NotRead[];
  /** The first of these that may hold what decides answers, so that what is not in the file is not known to be missing. */
  readonly gap?: NotRead;
  /** The addresses of all network interfaces, where the file has all that Azure has. */
  readonly addressesInUse?: ReadonlySet<string>;
  /** Whether record sets that DNS zone groups wrote are shown: all is read, and it is so now. */
  readonly isDeployed: boolean;
  /** What several files say differently, by the address of the resource. */
  readonly conflicts: ReadonlyMap<string, string>;
  /** Links and peerings of which it is not known what they connect. */
  readonly unplaced: readonly Unplaced[];
}

/** A name relative to a zone that it is at or below, as record sets are named. */
export function relative(name: string, zone: Pick<Zone, "name">): string {
  return name === zone.name ? "@" : name.slice(0, -zone.name.length - 1);
}

/** Whether a name is that of a zone, or one below it. */
export function isAtOrBelow(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}
