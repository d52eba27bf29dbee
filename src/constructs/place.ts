import type { Construct } from "constructs";
import type { Naming } from "./naming";
import { ResourceGroup, type TerraformProvider } from "../terraform";

/** Where a resource lives and how it is tagged: what azurerm asks of nearly every resource. */
export interface Place {
  readonly location: string;
  readonly resourceGroupName: string;
  readonly tags: Record<string, string>;
  /** The subscription, if it may be another than the default. */
  readonly provider?: TerraformProvider;
}

/** What every part of the stack is given. */
export interface PartProps {
  /** Region, such as `swedencentral`. */
  readonly location: string;
  readonly naming: Naming;
  readonly tags: Record<string, string>;
  /**
   * The provider of the subscription that it goes to.
   *
   * @default - the default provider
   */
  readonly provider?: TerraformProvider;
}

/** Makes a resource group, and gives it as the place of what goes into it. */
export function placeIn(scope: Construct, part: string, { location, naming, tags, provider }: PartProps): Place {
  const group = new ResourceGroup(scope, "resource-group", {
    // With its region: a part that moves is made anew beside the old one, before that goes.
    name: naming.of("rg", `${part}-${location}`),
    location,
    tags,
    ...(provider && { provider }),
  });
  return { location, resourceGroupName: group.name, tags, ...(provider && { provider }) };
}
