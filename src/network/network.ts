import { Construct } from "constructs";
import type { ITerraformDependable } from "../terraform";
import type { SubnetReads } from "../terraform/expressions";
import type { Naming } from "../naming";
import { type PartProps, type Place, placeIn } from "../place";

/** A virtual network, as other resources refer to it. */
export interface VirtualNetworkReference {
  readonly id: string;
  readonly name: string;
  readonly resourceGroupName: string;
  /** Its CIDR ranges, separated by commas: a text, or an expression that reads it. */
  readonly addressSpace: string;
}

/** A subnet, as what is created in it refers to it. */
export interface SubnetReference {
  readonly id: string;
  /** What everything in the subnet must depend on: Azure refuses it while the subnet is being written. */
  readonly writes: readonly ITerraformDependable[];
  /** How full it is, for an existing subnet. */
  readonly reads?: SubnetReads;
}

/** Where the inbound endpoint of a DNS private resolver is. */
export interface ResolverPlace {
  readonly subnet: SubnetReference;
  /** Its address in the subnet, which stays. */
  readonly address: string;
}

/** Properties that every hub and spoke takes. */
export interface NetworkProps extends PartProps {
  /** The hub that it is a spoke of. @default - it is a hub */
  readonly hub?: Network | undefined;
  /** Whether its spokes use its VPN or ExpressRoute gateway. @default false */
  readonly gatewayTransit?: boolean | undefined;
}

/**
 * A hub or spoke as other constructs use it: a virtual network, created here or existing, and a resource group for the
 * resources that this project adds to it.
 */
export abstract class Network extends Construct {
  public readonly location: string;
  public readonly tags: Record<string, string>;
  public abstract readonly virtualNetwork: VirtualNetworkReference;
  /** The subnet for an endpoint of the registry; absent if the network has none. */
  public abstract readonly endpointSubnet?: SubnetReference;
  /** What its peerings must depend on: Azure refuses a peering while a subnet of either network is being written. */
  public abstract readonly subnetWrites: readonly ITerraformDependable[];
  /** Whether it is peered with the other networks of the stack that are open to peering too. */
  public abstract readonly openToPeering: boolean;
  /** The hub that it is a spoke of; absent for a hub. */
  public readonly hub?: Network | undefined;
  /** Whether its owner has peered it with its hub. */
  public readonly peeredByOwner: boolean = false;
  /** Whether its spokes use its VPN or ExpressRoute gateway. */
  public readonly gatewayTransit: boolean;
  /** Where its DNS private resolver has its inbound endpoint; absent without one. */
  public readonly resolver?: ResolverPlace;
  /** The subnet for machines; absent in a hub, and in a network that exists. */
  public readonly workloadSubnet?: SubnetReference;
  /** The subnet for the machines that run the registry's tasks; absent without them. */
  public readonly agentSubnet?: SubnetReference;
  /** CIDR range from which a bastion in it reaches into other networks; absent without a bastion. */
  public readonly bastionRange?: string;
  /** Whether what leaves it for the internet goes through a firewall, which forwards the answers to it. */
  public readonly usesFirewall: boolean = false;
  protected readonly naming: Naming;
  private placed?: Place;

  /** @param name - of the hub or spoke; also its construct id, with which the logical ids of its resources start */
  constructor(
    scope: Construct,
    public readonly name: string,
    private readonly props: NetworkProps,
  ) {
    super(scope, name);
    this.naming = props.naming;
    this.location = props.location;
    this.hub = props.hub;
    this.gatewayTransit = props.gatewayTransit ?? false;
    this.tags = props.tags;
  }

  /** Where resources are added to it. The resource group is created for the first of them. */
  public get place(): Place {
    return (this.placed ??= placeIn(this, this.name, this.props));
  }
}

/** Of things in alphabetical order, the first whose network is in a region, else the first. */
export function firstIn<T>(region: string, things: readonly T[], networkOf: (thing: T) => Network): T | undefined {
  return things.find((thing) => networkOf(thing).location === region) ?? things[0];
}
