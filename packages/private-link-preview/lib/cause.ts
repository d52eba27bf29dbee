import type { NotRead } from "./read/configuration";
import type {
  Endpoint,
  Firewall,
  ForwardingRule,
  Peering,
  RecordSet,
  Registry,
  SecuredSubnet,
  Service,
  VirtualNetwork,
  Zone,
} from "./model/network-model";

/** Whatever asks DNS servers: a network by its settings, a rule that forwards, or a firewall that asks others. */
export type Asker = VirtualNetwork | ForwardingRule | Firewall;

/**
 * Every cause for which an answer is missing, wrong, unreachable, not known or worth a warning, with what it is about. What is
 * said of each is in `findings`. A cause with the same name about the same things is the same object, and one finding.
 */
export interface CauseSubjects {
  // What the file does not show.
  "module-not-read": [module: string];
  "resources-not-read": [what: string, why: string];
  "files-differ": [address: string, how: string];
  "service-not-known": [of: string | undefined];
  /** An endpoint of a private link service, whose owner chooses its names. */
  "names-of-owner": [endpoint: Endpoint];
  "no-endpoint": [];
  "no-network": [];
  /** Links and peerings of which an end is not known. */
  "ends-not-known": [];

  // DNS servers and forwarding rules.
  "dns-proxy-off": [asker: Asker, firewall: Firewall];
  "dns-server-not-known": [asker: Asker];
  "dns-servers-differ": [network: VirtualNetwork];
  /** Only an id of the network is in the file. */
  "dns-of-others": [network: VirtualNetwork];
  "firewall-not-known": [asker: Asker, firewall: Firewall];
  "dns-server-unreachable": [asker: Asker, home: VirtualNetwork];
  "ruleset-link-not-known": [rule: ForwardingRule];
  "forwarded-too-often": [rule: ForwardingRule];
  "zone-bypassed": [network: VirtualNetwork];
  /** A client outside Azure forwards names to Azure's own DNS. */
  "azure-dns-from-outside": [client: VirtualNetwork];
  /** A client outside Azure forwards neither the public name nor the private link name to which public DNS leads it. */
  "name-not-forwarded": [client: VirtualNetwork, service: Service];
  /** A client outside Azure forwards the public name alone, and what it does with the private link name depends on its DNS server. */
  "private-name-not-forwarded": [client: VirtualNetwork, service: Service];
  /** A client outside Azure forwards the private link name alone, which a server that asks a public resolver never asks for. */
  "public-name-not-forwarded": [client: VirtualNetwork, service: Service];

  // Zones and their links.
  "two-zones": [network: VirtualNetwork, zoneName: string];
  "no-zone": [network: VirtualNetwork, service: Service];
  /** No zone, where nothing says that the network uses the service. */
  "no-zone-perhaps": [service: Service];
  /** Public DNS answers, and the public address lets clients in, or some of them. */
  "public-answer": [service: Service];
  "network-not-managed": [network: VirtualNetwork];
  /** The name of zones whose links don't fall back to public DNS. */
  "link-without-fallback": [];
  "captured-name": [zone: Zone, service: Service, returns: "missing" | "wrong" | "unknown" | "right"];

  // Record sets, and the DNS zone groups that write some.
  "record-by-position": [record: RecordSet];
  "too-many-records": [record: RecordSet];
  "wrong-address": [record: RecordSet];
  "dangling-record": [zone: Zone];
  "record-not-known": [zone: Zone];
  "endpoint-in-no-zone": [endpoint: Endpoint];
  "self-registering-endpoint": [zone: Zone, service: Service, names: string];
  "registers-elsewhere": [zone: Zone, service: Service, names: string];
  "endpoints-overwrite": [zone: Zone, service: Service, names: string];
  "no-record": [zone: Zone, service: Service];
  "unknown-address": [zone: Zone];
  /** A record holds an address that is in no network of the file. */
  "address-of-others": [zone: Zone];
  /** Records of no service of the file, with addresses that nothing has. */
  "stale-record": [zone: Zone];
  /** A registry of which the file has no private endpoint: its name leads to a private link zone once it has one. */
  "name-not-led": [zone: Zone, service: Service];
  "zone-not-managed": [zone: Zone];
  "link-not-managed": [zone: Zone];
  "zone-group-not-known": [service: Service];
  /** A zone of a DNS zone group that can't hold names of the service, and the endpoints that have it. */
  "zone-of-other-names": [zone: Zone, service: Service];
  "zones-of-one-name": [endpoint: Endpoint, zoneName: string];
  "zone-group-by-policy": [service: Service, policy: string];

  // Endpoints, and the way to them.
  "endpoint-network-not-known": [endpoint: Endpoint];
  "manual-approval": [endpoint: Endpoint];
  "static-addresses": [endpoint: Endpoint];
  "answers-by-other-endpoint": [network: VirtualNetwork, service: Service];
  "one-sided-peering": [peering: Peering];
  "peering-out-of-sync": [peering: Peering];
  "mixed-record": [zone: Zone];
  "unreachable-answer": [network: VirtualNetwork, service: Service];
  "peering-not-known": [network: VirtualNetwork, other: VirtualNetwork];
  "reach-not-known": [from: VirtualNetwork, to: VirtualNetwork];
  /** Rules for address ranges decide about a client outside Azure whose ranges are not known. */
  "client-ranges-not-known": [client: VirtualNetwork, subnet: SecuredSubnet];
  "port-denied": [subnet: SecuredSubnet, endpoint: Endpoint];
  "port-denied-outbound": [subnet: SecuredSubnet];

  // The region that serves.
  "regional-name-without-record": [registry: Registry];
  "several-regions": [network: VirtualNetwork, registry: Registry];
  "served-by-drained-region": [registry: Registry, region: string];
  "served-by-other-region": [registry: Registry, region: string];
}

export type CauseName = keyof CauseSubjects;

export interface Cause<N extends CauseName = CauseName> {
  readonly name: N;
  readonly subjects: CauseSubjects[N];
}

/** The causes of a file, each once. */
export class Causes {
  private readonly found = new Map<string, Cause>();

  /** The cause of what is not in a file. */
  public ofNotRead({ what, why }: NotRead): Cause {
    return why === undefined ? this.of("module-not-read", what) : this.of("resources-not-read", what, why);
  }

  /** The cause of a name about some things: the same object for the same things. */
  public of<N extends CauseName>(name: N, ...subjects: CauseSubjects[N]): Cause {
    const keys = subjects.map((subject) => (typeof subject === "object" ? subject.address : (subject ?? "")));
    const key = [name, ...keys].join(" ");
    const known = this.found.get(key) ?? { name, subjects };
    this.found.set(key, known);
    return known;
  }
}
