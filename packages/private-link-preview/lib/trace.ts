import type { Asker, Cause } from "./cause";
import type {
  DnsServers,
  Endpoint,
  ForwardingRule,
  Host,
  Link,
  Peering,
  RecordSet,
  Service,
  VirtualNetwork,
} from "./model/network-model";
import type { Reach } from "./reachability";

/** In place of a region: Azure chooses which region serves. */
export const AZURE = "azure";

/** Where a step is broken, the answer is missing, wrong or unreachable because of it; where it is not known, the file does not show what decides it. */
export type State = "right" | "broken" | "not known";

interface Decided {
  readonly state: State;
  /** Why it is broken or not known, and what is worth knowing of it where it is right. */
  readonly causes: readonly Cause[];
}

/** A network asks Azure's DNS, or DNS servers; or what it asks, asks others. */
export interface DnsStep extends Decided {
  readonly kind: "dns" | "rule";
  readonly asker: Asker;
  /** The network from which it asks. */
  readonly from: VirtualNetwork;
  /** Absent for Azure's DNS. */
  readonly servers?: DnsServers;
  readonly reach?: Reach;
}

/** Public DNS leads the name to the private link name. */
export interface NameStep extends Decided {
  readonly kind: "name";
}

/** The zone that answers in the network whose DNS is asked. */
export interface ZoneStep extends Decided {
  readonly kind: "zone";
  readonly network: VirtualNetwork;
  /** Absent where it is linked to no zone that can hold the name. */
  readonly link?: Link;
}

/** What the zone holds for the name. */
export interface RecordStep extends Decided {
  readonly kind: "record";
}

/** The endpoints whose addresses are in the answer. */
export interface EndpointStep extends Decided {
  readonly kind: "endpoint";
}

/** How the network of the client reaches networks with endpoints, or does not. */
export interface ConnectionStep extends Decided {
  readonly kind: "connection";
  readonly to: readonly VirtualNetwork[];
  readonly reach: Reach;
  /** The peerings between them, of which there are very many in a mesh. */
  readonly peerings: () => readonly Peering[];
}

/** The region of the registry that serves the name. */
export interface RegionStep extends Decided {
  readonly kind: "region";
}

/** A step on the way of a question, after the client's, to the region that serves it. */
export type Step = DnsStep | NameStep | ZoneStep | RecordStep | EndpointStep | ConnectionStep | RegionStep;

/** What a network's DNS returns for a host name of a service, with everything that decides it. */
export interface Lookup {
  readonly network: VirtualNetwork;
  /** Other networks that get the same, in a file with so many answers that they are looked at together. */
  readonly alike?: readonly VirtualNetwork[];
  readonly service: Service;
  readonly host: Host;
  /** The steps that led to the answer, up to the one at which the question gets no further. */
  readonly trace: readonly Step[];
  /**
   * The network whose zone links decide: the network itself, or the one that its custom DNS servers, or those that a
   * forwarding rule names, are in; absent if not known.
   */
  readonly dnsNetwork?: VirtualNetwork;
  /** The rules that forward the name on the way, in order. */
  readonly forwardedBy: readonly ForwardingRule[];
  /** The link by which the zone answers; absent where public DNS does. */
  readonly link?: Link;
  /**
   * Whether that zone is one of public names, so that it answers the name that clients ask for, and DNS never follows the
   * public name to the private link name.
   */
  readonly captured: boolean;
  /** Whether public DNS answers for certain, with the public address of the service. */
  readonly isPublic: boolean;
  /** The record sets of the name in that zone. */
  readonly records: readonly RecordSet[];
  /** Whose addresses the answer holds. */
  readonly endpoints: readonly Endpoint[];
  /** Those of the endpoints that the network does not reach. */
  readonly unreachable: readonly Endpoint[];
  /** The addresses in the answer, as far as known. */
  readonly addresses: readonly string[];
  /** Addresses in the answer that no endpoint of the service has. */
  readonly strays: readonly string[];
  /**
   * The regions that serve the name: one, or several if the answer holds addresses that lead to several. {@link AZURE}
   * stands for whichever Azure chooses. Empty where it is not known.
   */
  readonly servedBy: readonly string[];
  /**
   * Whether the network is expected to use the service: it has an endpoint of it, its DNS returns one, or the service is a
   * registry, which all networks pull from.
   */
  readonly expected: boolean;
}

/** Whether the network reaches all that an answer returns, and there is something; undefined where that is not known. */
export function isReachable({ trace }: Pick<Lookup, "trace">): boolean | undefined {
  if (trace.some(({ state }) => state === "broken")) return false;
  return trace.some(({ state }) => state === "not known") ? undefined : true;
}

/** Whether everything that decides an answer is in the file. */
export function isKnown({ trace }: Pick<Lookup, "trace">): boolean {
  return trace.every(({ state }) => state !== "not known");
}

/** Whether an answer holds the addresses of one of its endpoints, that whose DNS zone group has written last. */
export function isOneOf({ records, endpoints }: Pick<Lookup, "records" | "endpoints">): boolean {
  return records.length === 0 && endpoints.length > 1;
}

/** What answers a name: a private zone, public DNS, or nothing, so that it does not resolve; undefined where that is not known. */
export function answeredBy(lookup: Lookup): "zone" | "public" | "nothing" | undefined {
  const { endpoints, addresses, link, trace, isPublic } = lookup;
  if (endpoints.length > 0) return "zone";
  if (isPublic) return "public";
  if (trace.some(({ kind, state }) => (kind === "dns" || kind === "rule") && state === "broken")) return "nothing";
  if (!isKnown(lookup) || !link) return undefined;
  if (addresses.length > 0) return "zone";
  return link.fallsBack === false ? "nothing" : undefined;
}

/**
 * The cause for which an answer is not reachable or not known, or for which it is reachable by the public address alone;
 * undefined for a private answer that is reachable.
 */
export function causeOf({ trace, isPublic }: Pick<Lookup, "trace" | "isPublic">): Cause | undefined {
  const step = trace.find(({ state }) => state === "broken") ?? trace.find(({ state }) => state === "not known");
  return (step ?? (isPublic ? trace.at(-1) : undefined))?.causes[0];
}

/** As many lookups as are wanted, in their order: those that are not reachable, or not known to be, before the others. */
export function firstNotReachable(lookups: readonly Lookup[], most: number): readonly Lookup[] {
  if (lookups.length <= most) return lookups;
  const first = lookups.filter((lookup) => isReachable(lookup) !== true).slice(0, most);
  const others = lookups.filter((lookup) => isReachable(lookup) === true).slice(0, most - first.length);
  const kept = new Set([...first, ...others]);
  return lookups.filter((lookup) => kept.has(lookup));
}
