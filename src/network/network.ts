import { Construct } from "constructs";
import type { Naming } from "../naming";
import { ResourceGroup, type TerraformProvider } from "../terraform";

/** Where a resource lives and how it is tagged: what azurerm asks of nearly every resource. */
export interface Place {
  readonly location: string;
  readonly resourceGroupName: string;
  readonly tags: Record<string, string>;
  /** The subscription, if it may be another than the default. */
  readonly provider?: TerraformProvider;
}

/** What every part of the network is given. */
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
    name: naming.of("rg", part),
    location,
    tags,
    ...(provider && { provider }),
  });
  return { location, resourceGroupName: group.name, tags, ...(provider && { provider }) };
}

/** How others refer to a virtual network. */
export interface VirtualNetworkReference {
  readonly id: string;
  readonly name: string;
  readonly resourceGroupName: string;
}

/**
 * A hub or spoke as its neighbours see it: a virtual network, made here or existing, and a resource group for what this
 * project adds to it.
 */
export abstract class Network extends Construct {
  public readonly place: Place;
  public abstract readonly virtualNetwork: VirtualNetworkReference;
  /** The subnet for an endpoint of the registry; absent if the network is to have none. */
  public abstract readonly endpointSubnetId?: string;
  /** Whether it is peered with the project's other networks that are open to it as well. */
  public abstract readonly openToPeering: boolean;
  protected readonly naming: Naming;

  /** @param name - of the hub or spoke; also its construct id, so it starts the logical id of all it holds */
  constructor(
    scope: Construct,
    public readonly name: string,
    props: PartProps,
  ) {
    super(scope, name);
    this.naming = props.naming;
    this.place = placeIn(this, name, props);
  }
}
