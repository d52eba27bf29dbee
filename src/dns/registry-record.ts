import type { Construct } from "constructs";
import type { RegistryHost } from "../../packages/common/azure";
import { PrivateDnsARecord } from "../terraform";
import { inAzurerm5 } from "../terraform/azurerm-5";
import type { RegistryEndpoint } from "../registry/endpoint";
import type { ZoneReference } from "./zone-reference";

/** A host name for which a zone has a record set, and the host name whose addresses that holds. */
export interface NamedAnswer {
  readonly host: RegistryHost;
  readonly leadsTo: RegistryHost;
}

/**
 * The record sets of a zone: one for each host name. The login server's leads to a region, if one is to serve.
 *
 * @param servedBy - the region to whose regional endpoint the login server's name leads
 */
export function recordSets(hosts: readonly RegistryHost[], servedBy: string | undefined): NamedAnswer[] {
  const serving = hosts.find(({ kind, region }) => kind === "regional" && region === servedBy);
  return hosts.map((host) => ({ host, leadsTo: host.kind === "global" && serving ? serving : host }));
}

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
    inAzurerm5(this, { resource_group_name: undefined, zone_name: undefined, private_dns_zone_id: zone.id });
  }
}
