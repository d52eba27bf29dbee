import type { Cloud } from "../azure/clouds";
import type { RegistryHost } from "../azure/registry-hosts";
import type { Configuration } from "../read/configuration";

/** A virtual network: one that Terraform makes or reads, or one that is only known by its id. */
export interface VirtualNetwork {
  /** Terraform address, or the Azure id of a network that is not in the file. */
  readonly address: string;
  readonly name: string;
  readonly location?: string;
  readonly addressSpace: readonly string[];
  /** Whether its own peerings, links and DNS servers are in the file. */
  readonly managed: boolean;
  /** Where its DNS servers are: absent if it asks Azure's own DNS. */
  dnsServers?: DnsServers;
}

/** The DNS servers that a network asks in place of Azure's. */
export interface DnsServers {
  /** Their addresses as far as known, for messages. */
  readonly addresses: readonly string[];
  /** The network in which they lie, if they lie in one that is known. */
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
  /** Whether the public name's address lets clients in; absent where not known. */
  readonly publicAccess?: boolean;
}

/** A private endpoint of a registry. */
export interface Endpoint {
  readonly address: string;
  readonly name: string;
  /** Region, which is its network's too. */
  readonly location?: string;
  readonly network?: VirtualNetwork;
  readonly registry: Registry;
  /** Its addresses by host name, as far as known. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  /** CIDR ranges of its subnet, as far as known. */
  readonly subnetRanges: readonly string[];
  /** Zones in which it registers itself by a zone group. */
  readonly registersIn: readonly Zone[];
  /** Whether the registry's owner has to approve it by hand. */
  readonly manual: boolean;
}

/** A private DNS zone: one that Terraform makes or reads, or one that is only known by its id or name. */
export interface Zone {
  /** Terraform address, or the Azure id of a zone that is not in the file. */
  readonly address: string;
  /** Lower-case name. */
  readonly name: string;
  readonly managed: boolean;
  readonly records: RecordSet[];
}

/** A network that looks names up in a zone. */
export interface Link {
  readonly address: string;
  readonly zone: Zone;
  readonly network: VirtualNetwork;
  /** Whether names that the zone lacks are looked up in public DNS. */
  readonly fallsBack: boolean;
}

/** An A record set. */
export interface RecordSet {
  readonly address: string;
  /** Lower-case name relative to its zone. */
  readonly name: string;
  /** Its addresses, as far as known. */
  readonly addresses: readonly string[];
  /** How many addresses it holds, where that can be told. */
  readonly size: number;
  /** The endpoints from which its addresses are read. */
  readonly readFrom: readonly Endpoint[];
  /** Endpoints of which it reads from one, where the file does not tell from which. */
  readonly readFromOneOf: readonly Endpoint[];
  /** What it reads from that leads to no endpoint. */
  readonly lost: readonly string[];
  /** Host names that it picks its addresses by. */
  readonly picksBy: readonly string[];
  /** What it reads by position, as in `custom_dns_configs[0]`. */
  readonly byPosition: readonly string[];
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
  /** Registries whose name is not known yet. */
  readonly unnamedRegistries: readonly string[];
  readonly unreadModules: readonly string[];
  /** Links and peerings of which the file does not tell what they join. */
  readonly unplaced: readonly string[];
}
