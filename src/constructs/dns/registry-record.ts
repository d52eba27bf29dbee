import type { Construct } from "constructs";
import type { RegistryHost } from "private-link-preview";
import { PrivateDnsARecord } from "../../terraform";
import type { RegistryEndpoint } from "../registry/endpoint";
import type { ZoneReference } from "./zone-reference";

/** A record set, by its zone, host name and endpoints. */
export interface RegistryRecordProps {
  readonly zone: ZoneReference;
  readonly host: RegistryHost;
  /**
   * The host name whose addresses it holds: another one leads to the region of that one.
   *
   * @default - the host name itself
   */
  readonly leadsTo?: RegistryHost;
  /** The record set holds one address of each. */
  readonly endpoints: readonly RegistryEndpoint[];
  /** How long a client may cache the answer, in seconds. */
  readonly ttl: number;
  readonly tags: Record<string, string>;
}

/**
 * An explicit A record set: one host name of the registry, with its address at each of the endpoints, or with the address
 * of the regional endpoint that is to serve it.
 *
 * Each address is looked up by host name, since the order of an endpoint's addresses is not defined.
 */
export class RegistryRecord extends PrivateDnsARecord {
  constructor(scope: Construct, id: string, props: RegistryRecordProps) {
    const { zone, host, leadsTo = host, endpoints, ttl, tags } = props;
    super(scope, id, {
      name: host.record,
      zoneName: zone.name,
      resourceGroupName: zone.resourceGroupName,
      ttl,
      tags,
      records: endpoints.map((endpoint) => endpoint.addressOf(leadsTo)),
      ...(zone.provider && { provider: zone.provider }),
      lifecycle: { precondition: endpoints.map((endpoint) => endpoint.hasAddressFor(leadsTo)) },
    });
  }
}
