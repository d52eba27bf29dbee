import type { Cloud } from "../azure/clouds";
import type { RegistryHost } from "../azure/registry-hosts";
import type { Configuration } from "../read/configuration";

/** A virtual network: a resource, a data source, or one that the file mentions only by its id. */
export interface VirtualNetwork {
  /** Terraform address, or the Azure id of a network that is not in the file. */
  readonly address: string;
  readonly name: string;
  readonly location?: string;
  readonly addressSpace: readonly string[];
  /** Whether its own peerings, links and DNS servers are in the file. */
  readonly managed: boolean;
  /** Its custom DNS servers; absent if it uses Azure's DNS. */
  dnsServers?: DnsServers;
}

/** Custom DNS servers of a network. */
export interface DnsServers {
  /** Their addresses as far as known, for messages. */
  readonly addresses: readonly string[];
  /** The network that they are in; absent if it is not known, or they are in several. */
  readonly network?: VirtualNetwork;
}

/** One side of a peering. */
export interface Peering {
  readonly address: string;
  readonly from: VirtualNetwork;
  readonly to: VirtualNetwork;
  /** Whether it lets the remote network's traffic in. */
  readonly allowed: boolean;
}

/** A registry with the host names that each private endpoint of it has an address for. */
export interface Registry {
  readonly address: string;
  readonly name: string;
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
  /** Whether public network access is enabled; absent where it is not known. */
  readonly publicAccess?: boolean;
}

/** A private endpoint of a registry. */
export interface Endpoint {
  readonly address: string;
  readonly name: string;
  /** Region, the same as that of its network. */
  readonly location?: string;
  readonly network?: VirtualNetwork;
  readonly registry: Registry;
  /** Its addresses by host name, as far as known. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  /** Terraform address of its subnet, if the file has it. */
  readonly subnet?: string;
  /** CIDR ranges of its subnet, as far as known. */
  readonly subnetRanges: readonly string[];
  /** Zones into which its DNS zone groups write its records. */
  readonly registersIn: readonly Zone[];
  /** Whether the registry's owner has to approve the connection. */
  readonly manual: boolean;
}

/** A private DNS zone: a resource, a data source, or one that the file mentions only by its id or name. */
export interface Zone {
  /** Terraform address, or the Azure id of a zone that is not in the file. */
  readonly address: string;
  /** Lower-case name. */
  readonly name: string;
  readonly managed: boolean;
  readonly records: RecordSet[];
  /** Its CNAME records: the name that a name stands for, in lower case, or "" where that is not known. */
  readonly aliases: Map<string, string>;
}

/** A virtual network link of a private DNS zone. */
export interface Link {
  readonly address: string;
  readonly zone: Zone;
  readonly network: VirtualNetwork;
  /** Whether a name without a record in the zone is looked up in public DNS: the resolution policy `NxDomainRedirect`. */
  readonly fallsBack: boolean;
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
  /** Host names by which it selects its addresses. */
  readonly picksBy: readonly string[];
  /** What it reads by position, as in `custom_dns_configs[0]`. */
  readonly byPosition: readonly string[];
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
  /** The private endpoints of registries in it to which the rules apply. */
  readonly endpoints: readonly Endpoint[];
  /** Whether there are machines in it that may use the registry. */
  readonly hasMachines: boolean;
}

/** The network that Terraform's JSON describes. */
export interface NetworkModel {
  readonly form: Configuration["form"];
  readonly networks: readonly VirtualNetwork[];
  readonly peerings: readonly Peering[];
  readonly registries: readonly Registry[];
  readonly endpoints: readonly Endpoint[];
  readonly zones: readonly Zone[];
  readonly links: readonly Link[];
  readonly securedSubnets: readonly SecuredSubnet[];
  /** Terraform addresses of registries whose name is (known after apply). */
  readonly unnamedRegistries: readonly string[];
  readonly unreadModules: readonly string[];
  /** Terraform addresses of links, peerings and endpoints whose zone, networks or registry are not known. */
  readonly unplaced: readonly string[];
}

/** Whether a name is that of a zone, or one below it. */
export function isAtOrBelow(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}
