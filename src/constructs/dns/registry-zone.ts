import { Construct } from "constructs";
import type { Naming } from "../naming";
import type { RegistryHost } from "private-link-preview";
import type { Network } from "../network/network";
import type { RegistryEndpoint } from "../registry/endpoint";
import { PrivateDnsZone, PrivateDnsZoneVirtualNetworkLink } from "../../terraform";
import { RegistryRecord } from "./registry-record";
import type { ZoneReference } from "./zone-reference";

/** A private DNS zone for some networks. */
export interface RegistryZoneProps {
  /** Name of the private DNS zone: the one for registries over private link. */
  readonly zoneName: string;
  /**
   * A zone that exists, and is linked to the network that this is a child of.
   *
   * @default - a zone is made
   */
  readonly existingZone?: ZoneReference;
  readonly hosts: readonly RegistryHost[];
  /** The networks linked to the zone. A network is linked to one zone of a name only. */
  readonly networks: readonly Network[];
  /** The endpoints that answer. Every network above must reach every one of them. */
  readonly endpoints: readonly RegistryEndpoint[];
  /** TTL of the records, in seconds. */
  readonly ttl: number;
  readonly naming: Naming;
}

/**
 * A private DNS zone, the networks linked to it, and a record set for each host name of the registry.
 *
 * It lives in the resource group of the network that it is a child of: two zones of one name can't share a group.
 */
export class RegistryZone extends Construct {
  constructor(home: Network, id: string, props: RegistryZoneProps) {
    super(home, id);
    const { tags } = home.place;
    const zone = props.existingZone ?? this.makeZone(home, props.zoneName);
    const records = props.hosts.map(
      (host) => new RegistryRecord(this, host.id, { zone, host, endpoints: props.endpoints, ttl: props.ttl, tags }),
    );
    // The network at home looks in its existing zone already.
    const linked = props.existingZone ? props.networks.filter((network) => network !== home) : props.networks;
    for (const network of linked) {
      // A child of its network, whichever zone it leads to: a network that changes its zone replaces its one link,
      // and Azure has let go of the old one before the new one is made.
      new PrivateDnsZoneVirtualNetworkLink(network, "zone-link", {
        name: props.naming.of("link", network.name),
        resourceGroupName: zone.resourceGroupName,
        privateDnsZoneName: zone.name,
        virtualNetworkId: network.virtualNetwork.id,
        registrationEnabled: false,
        // Other people's registries are not in this zone; their names fall back to public DNS.
        resolutionPolicy: "NxDomainRedirect",
        tags: network.place.tags,
        ...(zone.provider && { provider: zone.provider }),
        // Nobody is sent to a zone that can't answer yet.
        dependsOn: records,
      });
    }
  }

  private makeZone({ place }: Network, name: string): ZoneReference {
    const { resourceGroupName, tags, provider } = place;
    const zone = new PrivateDnsZone(this, "zone", { name, resourceGroupName, tags, ...(provider && { provider }) });
    // The zone's own attributes, so that what is written into it waits for it.
    return { name: zone.name, resourceGroupName: zone.resourceGroupName, ...(provider && { provider }) };
  }
}
