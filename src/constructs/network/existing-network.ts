import type { Construct } from "constructs";
import { parseId } from "../../azure/resource-id";
import type { PartProps } from "../place";
import { Network, type SubnetReference, type VirtualNetworkReference } from "./network";

/** A virtual network that exists, by its ids. */
export interface ExistingNetworkProps extends PartProps {
  /** Id of the virtual network. */
  readonly virtualNetworkId: string;
  /**
   * Id of the subnet for an endpoint of the registry.
   *
   * @default - the network has no endpoint
   */
  readonly endpointSubnetId?: string;
  /** Whether it is peered with the other networks of the stack. */
  readonly peer: boolean;
}

/** A virtual network that someone else manages. It is not changed; resources are only added to it. */
export class ExistingNetwork extends Network {
  public readonly virtualNetwork: VirtualNetworkReference;
  public readonly endpointSubnet?: SubnetReference;
  /** Its subnets are not written here. */
  public readonly subnetWrites = [];
  public readonly openToPeering: boolean;

  /** @throws Error if the id is not one of a virtual network */
  constructor(scope: Construct, name: string, props: ExistingNetworkProps) {
    super(scope, name, props);
    const id = parseId("virtualNetwork", props.virtualNetworkId);
    if (!id) throw new Error(`${props.virtualNetworkId} is not the id of a virtual network`);
    this.virtualNetwork = {
      id: props.virtualNetworkId,
      name: id.names[0]!,
      resourceGroupName: id.resourceGroupName,
    };
    if (props.endpointSubnetId !== undefined) this.endpointSubnet = { id: props.endpointSubnetId, writes: [] };
    this.openToPeering = props.peer;
  }
}
