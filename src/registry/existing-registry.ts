import type { Construct } from "constructs";
import { unique } from "../../packages/common/util";
import { AzapiResourceData, AzapiResourceListData, type Condition } from "../terraform/azapi";
import { reading, self } from "../terraform/expressions";
import { Check } from "../terraform/check";
import { REGISTRY_PREVIEW, Registry, type RegistryProps } from "./registry";
import { roleAssignmentMode } from "./repository-permissions";

/** A registry that exists, in any subscription. */
export interface ExistingRegistryProps extends RegistryProps {
  readonly registryId: string;
}

/**
 * A registry that someone else manages. Every plan reads it, and fails if its regions are not those of the properties: a
 * region without records would have a name that resolves to an address that refuses clients. Whether its owner has closed it,
 * or for whom, concerns its other clients only, so a difference is a warning.
 */
export class ExistingRegistry extends Registry {
  public readonly id: string;
  public readonly writes = [];
  public readonly hostWrites = [];

  constructor(scope: Construct, id: string, props: ExistingRegistryProps) {
    super(scope, id, props);
    const { registryId, name, location, hosts, regionalEndpoints, publicAccess } = props;
    const { perRepository } = this;
    this.id = registryId;
    const regions = unique(hosts.flatMap(({ region }) => region ?? []));
    const data = new AzapiResourceData(this, "registry", {
      type: regionalEndpoints ? REGISTRY_PREVIEW : REGISTRY,
      resourceId: registryId,
      responseExportValues: {
        location: "location",
        sku: "sku.name",
        // The plan says what the first private endpoint changes for the other clients of the registry.
        endpointConnections: "properties.privateEndpointConnections[].id",
        ...(regionalEndpoints && { regionalEndpoints: "properties.regionalEndpoints" }),
        ...(publicAccess !== false && {
          publicNetworkAccess: "properties.publicNetworkAccess",
          defaultAction: "properties.networkRuleSet.defaultAction",
          ranges: "properties.networkRuleSet.ipRules[].value",
        }),
        // Registries that are older than the modes may have none.
        roleAssignmentMode: `properties.roleAssignmentMode || '${roleAssignmentMode(false)}'`,
      },
      postconditions: [
        {
          condition: self.isRegion("location", location),
          errorMessage: `The home region of the registry ${name} is ${self.text("location")}, and the settings say ${location}. Change registry.location.`,
        },
        {
          condition: self.is("sku", "Premium"),
          errorMessage: `The registry ${name} has the SKU ${self.text("sku")}. Private endpoints and replicas need Premium: az acr update --name ${name} --sku Premium`,
        },
        ...(regionalEndpoints
          ? [
              {
                condition: self.is("regionalEndpoints", "Enabled"),
                errorMessage: `The registry ${name} has no regional endpoints. Ask its owner to turn them on, or set registry.regionalEndpoints to false.`,
              },
            ]
          : []),
        {
          condition: self.is("roleAssignmentMode", roleAssignmentMode(perRepository)),
          errorMessage: `The registry ${name} has the role assignment mode ${self.text("roleAssignmentMode")}, in which ${
            perRepository
              ? `permissions for single repositories have no effect. Ask its owner to change it: az acr update --name ${name} --role-assignment-mode rbac-abac - or remove registry.repositoryPermissions.`
              : "AcrPull and AcrPush have no effect. Set registry.repositoryPermissions, to [] if no identity is limited to single repositories."
          }`,
        },
      ],
    });
    if (publicAccess !== false) new Check(this, "public-access", publicAccessIs(publicAccess, name, data.address));
    new AzapiResourceListData(this, "replications", {
      type: REPLICATIONS,
      parentId: registryId,
      responseExportValues: { regions: "value[].location" },
      postconditions: [
        {
          // Azure lists the home region too, once there is a replica.
          condition: self.isSetOf("regions", regions, [location]),
          errorMessage: `The registry ${name} is in: ${self.texts("regions")}; the settings say: ${regions.join(", ")}. Change registry.replicas: each region needs records.`,
        },
      ],
    });
  }
}

/** The condition that a registry can be reached over its public name by those who are named, and nobody else. */
function publicAccessIs(publicAccess: true | readonly string[], name: string, data: string): Condition {
  const registry = reading(data);
  const said = publicAccess === true ? "everybody" : publicAccess.join(", ");
  return {
    condition: registry.isOpenTo(publicAccess),
    errorMessage: `The settings say that ${said} can reach the registry ${name} over its public name. In Azure, its public network access is ${registry.text("publicNetworkAccess")}, with the default action ${registry.text("defaultAction")} and the ranges: ${registry.texts("ranges")}. Change registry.publicAccess, or ask the owner of the registry.`,
  };
}

/** The first stable API version with role assignment modes. */
const REGISTRY = "Microsoft.ContainerRegistry/registries@2025-11-01";
const REPLICATIONS = "Microsoft.ContainerRegistry/registries/replications@2023-07-01";
