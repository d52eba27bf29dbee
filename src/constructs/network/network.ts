import { Construct } from "constructs";
import type { Naming } from "../naming";
import { type PartProps, type Place, placeIn } from "../place";

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
