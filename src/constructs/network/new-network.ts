import type { Construct } from "constructs";
import {
  type ITerraformDependable,
  NetworkSecurityGroup,
  type NetworkSecurityGroupSecurityRule,
  Subnet,
  SubnetNetworkSecurityGroupAssociation,
  VirtualNetwork,
} from "../../terraform";
import { ID, type SubnetId, subnetIds } from "../../terraform/logical-ids";
import type { PartProps } from "../place";
import { Network, type SubnetReference } from "./network";

/** Properties of a virtual network that is created. */
export interface NewNetworkProps extends PartProps {
  /** CIDR range of the virtual network. */
  readonly addressSpace: string;
  /**
   * Addresses of custom DNS servers.
   *
   * @default - none: Azure's DNS
   */
  readonly dnsServers?: readonly string[];
}

/** A subnet and the rules of its network security group. */
export interface SubnetProps {
  /** Name in Azure. */
  readonly name: string;
  /** CIDR range inside the network's address space. */
  readonly addressPrefix: string;
  readonly rules: readonly NetworkSecurityGroupSecurityRule[];
  /**
   * Whether machines without a public address reach the internet through default outbound access.
   *
   * @default false
   */
  readonly defaultOutboundAccess?: boolean;
}

/** A virtual network that is created here: what hub and spokes have in common. */
export abstract class NewNetwork extends Network {
  public readonly virtualNetwork: VirtualNetwork;
  public readonly openToPeering = true;
  public readonly subnetWrites: ITerraformDependable[] = [];

  constructor(scope: Construct, name: string, props: NewNetworkProps) {
    super(scope, name, props);
    this.virtualNetwork = new VirtualNetwork(this, ID.network, {
      ...this.place,
      name: props.naming.of("vnet", name),
      addressSpace: [props.addressSpace],
      ...(props.dnsServers?.length && { dnsServers: [...props.dnsServers] }),
    });
  }

  /** Adds a subnet, with a network security group that holds its rules. */
  protected addSubnet(id: SubnetId, props: SubnetProps): SubnetReference {
    const ids = subnetIds(id);
    const subnet = new Subnet(this, ids.subnet, {
      name: props.name,
      resourceGroupName: this.place.resourceGroupName,
      virtualNetworkName: this.virtualNetwork.name,
      addressPrefixes: [props.addressPrefix],
      defaultOutboundAccessEnabled: props.defaultOutboundAccess ?? false,
      // Otherwise the network security group does not apply to private endpoints.
      privateEndpointNetworkPolicies: "Enabled",
    });
    const securityGroup = new NetworkSecurityGroup(this, ids.securityGroup, {
      ...this.place,
      name: this.naming.of("nsg", `${this.name}-${id}`),
      securityRule: [...props.rules],
    });
    const association = new SubnetNetworkSecurityGroupAssociation(this, ids.association, {
      subnetId: subnet.id,
      networkSecurityGroupId: securityGroup.id,
    });
    // The association is the last write of the subnet: it refers to the subnet, so it waits for that.
    this.subnetWrites.push(association);
    return { id: subnet.id, writes: [association] };
  }
}
