import { Construct } from "constructs";
import { hasAvailabilityZones, type RegistryHost } from "private-link-preview";
import { ContainerRegistry, type ITerraformDependable } from "../../terraform";
import { AzapiUpdateOnDestroy, AzapiUpdateResource } from "../../terraform/azapi";
import { ID } from "../../terraform/logical-ids";
import { type PartProps, type Place, placeIn } from "../place";

/** A copy of the registry in another region. */
export interface Replica {
  readonly location: string;
  /** Whether Azure may route the login server's name to it; false drains the replica. */
  readonly routed: boolean;
  /**
   * Whether Azure reports it as zone redundant.
   *
   * @default - whether its region has availability zones
   */
  readonly zoneRedundancy?: boolean | undefined;
}

/** A private registry and its replicas. Its location is its home region. */
export interface RegistryProps extends PartProps {
  /** Global name, 5 to 50 lower-case letters and digits. */
  readonly name: string;
  /** In any order. */
  readonly replicas: readonly Replica[];
  /** Whether each region has a login server of its own. */
  readonly regionalEndpoints: boolean;
  /** The host names that the registry will have. */
  readonly hosts: readonly RegistryHost[];
  /** Days after which untagged manifests are deleted; 0 keeps them. */
  readonly retentionDays: number;
  /** Whether images may be exported in other ways than a pull: into another registry, or by an export pipeline. */
  readonly exports: boolean;
  /** Whether trusted Azure services may bypass the private endpoints. */
  readonly trustedServices: boolean;
}

/** The registry: Premium, reachable over private endpoints only, without an admin user, with its replicas. */
export class Registry extends Construct {
  /** A plain string, since the resource's attribute would make record names unknown while planning. */
  public readonly name: string;
  public readonly hosts: readonly RegistryHost[];
  public readonly place: Place;
  public readonly resource: ContainerRegistry;
  /** What else its private endpoints must depend on, so that they have an address for each host name from the start. */
  public readonly hostWrites: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: RegistryProps) {
    super(scope, id);
    this.name = props.name;
    this.hosts = props.hosts;
    this.place = placeIn(this, "registry", props);
    this.resource = new ContainerRegistry(this, ID.main, {
      ...this.place,
      name: props.name,
      sku: "Premium",
      adminEnabled: false,
      anonymousPullEnabled: false,
      publicNetworkAccessEnabled: false,
      exportPolicyEnabled: props.exports,
      networkRuleBypassOption: props.trustedServices ? "AzureServices" : "None",
      // Layers are then downloaded from NAME.REGION.data, over the private endpoint, and not from a storage account.
      dataEndpointEnabled: true,
      ...(props.retentionDays > 0 && { retentionPolicyInDays: props.retentionDays }),
      zoneRedundancyEnabled: hasAvailabilityZones(props.location),
      // In any other order, every plan shows a change.
      ...(props.replicas.length > 0 && {
        georeplications: [...props.replicas]
          .sort((a, b) => (a.location < b.location ? -1 : 1))
          .map(({ location, routed, zoneRedundancy = hasAvailabilityZones(location) }) => ({
            location,
            // azurerm replaces a replica if this differs from what Azure reports. It can't be ignored, as it is for the
            // registry: Terraform ignores a part of a list by its position only, and adding or removing a replica moves
            // the others. So the plan has an error, and the setting makes the difference go away.
            zoneRedundancyEnabled: zoneRedundancy,
            // If it is left out, azurerm sends false, and the replica never serves the login server's name.
            regionalEndpointEnabled: routed,
            tags: props.tags,
          })),
      }),
      lifecycle: {
        // In regions with availability zones, zone redundancy is always on, but Azure may report it either way.
        // For azurerm, a difference is a reason to replace the registry with all its images.
        ignoreChanges: ["zone_redundancy_enabled"],
      },
    });
    this.hostWrites = props.regionalEndpoints ? this.enableRegionalEndpoints() : [];
  }

  /**
   * Turns regional endpoints on, for all regions. azurerm has no property for them, and keeps their property when it updates
   * the registry.
   */
  private enableRegionalEndpoints(): ITerraformDependable[] {
    const registry = { type: REGISTRY_WITH_REGIONAL_ENDPOINTS, resourceId: this.resource.id };
    const on = new AzapiUpdateResource(this, ID.regionalEndpoints, {
      ...registry,
      properties: { regionalEndpoints: "Enabled" },
    });
    // Without it, they would stay on when the setting is false again.
    const off = new AzapiUpdateOnDestroy(this, ID.regionalEndpoints + "-off", {
      ...registry,
      properties: { regionalEndpoints: "Disabled" },
      dependsOn: [on],
    });
    return [on, off];
  }
}

/** The first API version with regional endpoints that azapi 2.12 knows. */
const REGISTRY_WITH_REGIONAL_ENDPOINTS = "Microsoft.ContainerRegistry/registries@2026-03-01-preview";
