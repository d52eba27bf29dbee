import type { Construct } from "constructs";
import { hasAvailabilityZones } from "../../packages/common/azure";
import { parseId } from "../terraform/resource-id";
import { ContainerRegistry, type ContainerRegistryNetworkRuleSet, type ITerraformDependable } from "../terraform";
import { AzapiPatch, AzapiUpdateOnDestroy, AzapiUpdateResource } from "../terraform/azapi";
import { inAzurerm5 } from "../terraform/azurerm-5";
import { ID } from "../terraform/logical-ids";
import type { Providers } from "../terraform/providers";
import { type PartProps, type Place, placeIn } from "../place";
import { ExistingRegistry, type ExistingRegistryProps } from "./existing-registry";
import { REGISTRY_PREVIEW, Registry, type RegistryProps } from "./registry";
import { roleAssignmentMode } from "./repository-permissions";

/** A copy of the registry in another region. */
export interface Replica {
  readonly location: string;
  /** Whether Azure may route the login server's name to it; false drains the replica. */
  readonly routed: boolean;
  /** Whether Azure reports it as zone redundant. @default - whether its region has availability zones */
  readonly zoneRedundancy?: boolean | undefined;
}

/** A registry and its replicas. Its location is its home region. */
export interface NewRegistryProps extends PartProps, RegistryProps {
  /** In any order. */
  readonly replicas: readonly Replica[];
  /** Whether Azure may route the login server's name to the home region; false drains it. */
  readonly routed: boolean;
  /** Days after which Docker manifests that lose their tag are deleted; 0 keeps them. */
  readonly retentionDays: number;
  /**
   * Whether images may be exported in other ways than a pull: into another registry, or by an export pipeline. With public
   * access they may be, whatever this says.
   */
  readonly exports: boolean;
  /** Whether trusted Azure services may bypass the private endpoints. */
  readonly trustedServices: boolean;
  /** Whether tasks with a system-assigned identity may bypass the private endpoints. */
  readonly tasksBypassNetworkRules: boolean;
  /** A registry that exists, which is imported. @default - it is created */
  readonly imports?: { readonly registryId: string; readonly providers: Providers } | undefined;
}

/** The registry: Premium, reachable over private endpoints and from where it is open to, without an admin user, with its replicas. */
export class NewRegistry extends Registry {
  public readonly id: string;
  public readonly writes: readonly ITerraformDependable[];
  public readonly hostWrites: readonly ITerraformDependable[];
  public override readonly place: Place;
  private readonly resource: ContainerRegistry;

  /** A registry that exists, in any subscription, and that the stack does not manage. */
  public static fromExisting(scope: Construct, id: string, props: ExistingRegistryProps): Registry {
    return new ExistingRegistry(scope, id, props);
  }

  constructor(scope: Construct, id: string, props: NewRegistryProps) {
    super(scope, id, props);
    this.place = registryPlace(this, props);
    const isOpen = props.publicAccess !== false;
    // In any other order, every plan shows a change.
    const replicas = [...props.replicas].sort((a, b) => (a.location < b.location ? -1 : 1));
    this.resource = new ContainerRegistry(this, ID.main, {
      ...this.place,
      name: props.name,
      sku: "Premium",
      adminEnabled: false,
      anonymousPullEnabled: false,
      publicNetworkAccessEnabled: isOpen,
      // Azure refuses to turn exports off while there is public access.
      exportPolicyEnabled: props.exports || isOpen,
      ...(isOpen && { networkRuleSet: [networkRules(props.publicAccess)] }),
      networkRuleBypassOption: props.trustedServices ? "AzureServices" : "None",
      // Layers are then downloaded from NAME.REGION.data, over the private endpoint, and not from a storage account.
      dataEndpointEnabled: true,
      ...(props.retentionDays > 0 && { retentionPolicyInDays: props.retentionDays }),
      zoneRedundancyEnabled: hasAvailabilityZones(props.location),
      ...(replicas.length > 0 && {
        georeplications: replicas.map(({ location, routed, zoneRedundancy = hasAvailabilityZones(location) }) => ({
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
    // The bindings have neither.
    this.resource.addOverride("role_assignment_mode", roleAssignmentMode(this.perRepository));
    this.resource.addOverride("network_rule_bypass_for_tasks_enabled", props.tasksBypassNetworkRules);
    for (const [i, { routed }] of replicas.entries())
      inAzurerm5(this.resource, {
        [`georeplications.${i}.regional_endpoint_enabled`]: undefined,
        [`georeplications.${i}.global_endpoint_routing_enabled`]: routed,
      });
    if (props.imports) this.resource.importFrom(props.imports.registryId);
    this.id = this.resource.id;
    this.hostWrites = [
      ...(props.regionalEndpoints ? this.enableRegionalEndpoints() : []),
      ...(props.routed ? [] : this.drainHome()),
    ];
    this.writes = [this.resource, ...this.hostWrites];
  }

  /**
   * Turns regional endpoints on, for all regions. azurerm has no property for them, and keeps their property when it updates
   * the registry.
   */
  private enableRegionalEndpoints(): ITerraformDependable[] {
    const registry = { type: REGISTRY_PREVIEW, resourceId: this.resource.id };
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

  /**
   * Keeps Azure from routing the login server's name to the home region. Azure has a replication of its own for that, which
   * nobody creates or deletes, so azurerm does not manage it, and it can only be patched.
   *
   * Source: "Temporarily exclude a geo-replica from global endpoint routing", Microsoft's registry documentation.
   */
  private drainHome(): ITerraformDependable[] {
    const home = { type: REPLICATION, resourceId: `${this.resource.id}/replications/${this.location}` };
    const drained = new AzapiPatch(this, ID.homeDrained, {
      ...home,
      properties: { regionEndpointEnabled: false },
      dependsOn: [this.resource],
    });
    const off = new AzapiUpdateOnDestroy(this, `${ID.homeDrained}-off`, {
      ...home,
      properties: { regionEndpointEnabled: true },
      dependsOn: [drained],
    });
    return [drained, off];
  }
}

const REPLICATION = "Microsoft.ContainerRegistry/registries/replications@2023-07-01";

/** The rules for clients from public addresses. All of it is written: Azure keeps what is left out, such as the action Deny. */
function networkRules(publicAccess: NewRegistryProps["publicAccess"]): ContainerRegistryNetworkRuleSet {
  const ranges = typeof publicAccess === "boolean" ? [] : [...publicAccess].sort();
  return {
    defaultAction: publicAccess === true ? "Allow" : "Deny",
    ipRule: ranges.map((ipRange) => ({ action: "Allow", ipRange })),
  };
}

/** Where the registry is: in a resource group of its own, or in that of the registry that is imported. */
function registryPlace(scope: Construct, { imports, ...props }: NewRegistryProps): Place {
  const { location, tags } = props;
  if (!imports) return placeIn(scope, "registry", props);
  const { resourceGroupName, subscriptionId } = parseId("registry", imports.registryId)!;
  return { location, tags, resourceGroupName, provider: imports.providers.ofSubscription(subscriptionId) };
}
