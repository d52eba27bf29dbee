import { Construct } from "constructs";
import { hasAvailabilityZones } from "../azure/regions";
import { ContainerRegistry } from "../azurerm";
import { MAIN } from "../main-resource";
import type { Naming, RegistryHost } from "../naming";
import { placeIn } from "../network/network";

/** A private registry and its replicas. */
export interface RegistryProps {
  /** Global name, 5 to 50 lower-case letters and digits. */
  readonly name: string;
  /** Home region. */
  readonly location: string;
  /** Further regions, in any order. */
  readonly replicas: readonly string[];
  /** The host names that the registry will have. */
  readonly hosts: readonly RegistryHost[];
  readonly naming: Naming;
  readonly tags: Record<string, string>;
}

/** The registry: Premium, reachable over private endpoints only, without an admin user, with a replica in each region asked for. */
export class Registry extends Construct {
  /** A plain string: the resource's own attribute would make record names unknown while planning. */
  public readonly name: string;
  public readonly hosts: readonly RegistryHost[];
  public readonly resource: ContainerRegistry;

  constructor(scope: Construct, id: string, props: RegistryProps) {
    super(scope, id);
    this.name = props.name;
    this.hosts = props.hosts;
    this.resource = new ContainerRegistry(this, MAIN, {
      ...placeIn(this, "registry", props),
      name: props.name,
      sku: "Premium",
      adminEnabled: false,
      anonymousPullEnabled: false,
      publicNetworkAccessEnabled: false,
      // Blobs come from NAME.REGION.data..., over the private endpoint, and not from a storage account's public name.
      dataEndpointEnabled: true,
      zoneRedundancyEnabled: hasAvailabilityZones(props.location),
      // azurerm wants them in this order, or plans a change for ever.
      georeplications: [...props.replicas].sort().map((location) => ({
        location,
        zoneRedundancyEnabled: hasAvailabilityZones(location),
        // Left out, azurerm sends false, and the replica never serves the login server's name.
        regionalEndpointEnabled: true,
        tags: props.tags,
      })),
      lifecycle: {
        // Azure has zone redundancy on wherever there are zones and may report it either way;
        // to azurerm a difference is a reason to replace the registry, images and all.
        ignoreChanges: ["zone_redundancy_enabled"],
      },
    });
  }
}
