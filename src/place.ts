import type { Construct } from "constructs";
import { ResourceGroup, type TerraformProvider } from "./terraform";
import { ID } from "./terraform/logical-ids";
import type { Naming } from "./naming";

/** Location, resource group and tags, which azurerm requires for nearly every resource. */
export interface Place {
  readonly location: string;
  readonly resourceGroupName: string;
  readonly tags: Record<string, string>;
  /** The provider of the subscription, if it may be another than the default. */
  readonly provider?: TerraformProvider;
}

/** Properties that every part of the stack takes. */
export interface PartProps {
  /** Region, such as `swedencentral`. */
  readonly location: string;
  readonly naming: Naming;
  readonly tags: Record<string, string>;
  /** The provider of the subscription that it is deployed to. @default - the default provider */
  readonly provider?: TerraformProvider;
}

/** Creates a resource group, and returns the place of the resources in it. */
export function placeIn(scope: Construct, part: string, { location, naming, tags, provider }: PartProps): Place {
  const group = new ResourceGroup(scope, ID.resourceGroup, {
    // With the region in its name: when a part moves to another region, the new group is created before the old one is destroyed.
    name: naming.of("rg", `${part}-${location}`),
    location,
    tags,
    ...(provider && { provider }),
  });
  return { location, resourceGroupName: group.name, tags, ...(provider && { provider }) };
}
