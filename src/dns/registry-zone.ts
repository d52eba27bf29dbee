import { Construct } from "constructs";
import type { RegistryHost } from "../../packages/common/azure";
import { PrivateDnsZone, PrivateDnsZoneVirtualNetworkLink } from "../terraform";
import { AzapiResourceListData } from "../terraform/azapi";
import { inAzurerm5 } from "../terraform/azurerm-5";
import { self } from "../terraform/expressions";
import { ID } from "../terraform/logical-ids";
import type { Naming } from "../naming";
import type { Network } from "../network/network";
import type { RegistryEndpoint } from "../registry/endpoint";
import { RegistryRecord, recordSets } from "./registry-record";
import type { ZoneReference } from "./zone-reference";

/** A private DNS zone for some networks. */
export interface RegistryZoneProps {
  /** Name of the private DNS zone: the one for registries over private link. */
  readonly zoneName: string;
  /** A zone that exists, and is linked to the network that this is a child of. @default - a zone is created */
  readonly existingZone?: ZoneReference | undefined;
  readonly hosts: readonly RegistryHost[];
  /** The networks linked to the zone. A network is linked to one zone of a name only. */
  readonly networks: readonly Network[];
  /** The endpoints whose addresses the records hold. Every network above must reach all of them. */
  readonly endpoints: readonly RegistryEndpoint[];
  /** Region to whose regional endpoint the login server's name leads. @default - Azure chooses which region serves */
  readonly servedBy?: string | undefined;
  /** TTL of the records, in seconds. */
  readonly ttl: number;
  readonly naming: Naming;
}

/**
 * A private DNS zone, the networks linked to it, and a record set for each host name of the registry.
 *
 * It is in the resource group of the network that it is a child of, since a resource group holds one zone of a name.
 */
export class RegistryZone extends Construct {
  constructor(home: Network, id: string, props: RegistryZoneProps) {
    super(home, id);
    const { tags } = home;
    const zone = props.existingZone ?? this.makeZone(home, props.zoneName);
    if (props.existingZone) this.readLinks(home, props.existingZone);
    const records = recordSets(props.hosts, props.servedBy).map(
      ({ host, leadsTo }) =>
        new RegistryRecord(this, host.id, {
          zone,
          host,
          leadsTo,
          endpoints: props.endpoints,
          ttl: props.ttl,
          tags,
        }),
    );
    // The home network is already linked to its existing zone.
    const linked = props.existingZone ? props.networks.filter((network) => network !== home) : props.networks;
    for (const network of linked) {
      // A child of its network, whichever zone it leads to. A network that changes its zone has its one link replaced:
      // the old one is destroyed before the new one is created, since Azure allows one zone of a name.
      const link = new PrivateDnsZoneVirtualNetworkLink(network, ID.zoneLink, {
        name: props.naming.of("link", network.name),
        resourceGroupName: zone.resourceGroupName,
        privateDnsZoneName: zone.name,
        virtualNetworkId: network.virtualNetwork.id,
        registrationEnabled: false,
        // Names of other registries are not in this zone. They fall back to public DNS.
        resolutionPolicy: "NxDomainRedirect",
        tags: network.tags,
        ...(zone.provider && { provider: zone.provider }),
        // The zone is linked once it has its records.
        dependsOn: records,
      });
      inAzurerm5(link, {
        resource_group_name: undefined,
        private_dns_zone_name: undefined,
        private_dns_zone_id: zone.id,
      });
    }
  }

  /** Every plan checks that an existing zone is linked to the network that it is for. */
  private readLinks({ name, virtualNetwork }: Network, { id, name: zoneName }: ZoneReference): void {
    new AzapiResourceListData(this, "links", {
      type: "Microsoft.Network/privateDnsZones/virtualNetworkLinks@2020-06-01",
      parentId: id,
      responseExportValues: { networks: "value[].properties.virtualNetwork.id" },
      postconditions: [
        {
          condition: self.includes("networks", virtualNetwork.id),
          errorMessage: `The zone ${zoneName} in existing.zoneId of ${name} is not linked to ${virtualNetwork.name}; it is linked to: ${self.texts("networks")}. Link it, or remove existing.zoneId of ${name}.`,
        },
      ],
    });
  }

  private makeZone({ place }: Network, name: string): ZoneReference {
    const { resourceGroupName, tags, provider } = place;
    const zone = new PrivateDnsZone(this, ID.zone, { name, resourceGroupName, tags, ...(provider && { provider }) });
    // References to the zone's attributes, so that records and links wait for the zone.
    const { id } = zone;
    return { id, name: zone.name, resourceGroupName: zone.resourceGroupName, ...(provider && { provider }) };
  }
}
