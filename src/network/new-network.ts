import type { Construct } from "constructs";
import {
  type ITerraformDependable,
  NetworkSecurityGroup,
  type NetworkSecurityGroupSecurityRule,
  RouteTable,
  Subnet,
  SubnetNetworkSecurityGroupAssociation,
  SubnetRouteTableAssociation,
  type TerraformResource,
  VirtualNetwork,
} from "../terraform";
import { ID, type SubnetId, subnetIds } from "../terraform/logical-ids";
import { Network, type NetworkProps, type SubnetReference, type VirtualNetworkReference } from "./network";

/** Properties of a virtual network that is created. */
export interface NewNetworkProps extends NetworkProps {
  /** CIDR range of the virtual network. */
  readonly addressSpace: string;
  /** Addresses of custom DNS servers. @default - none: Azure's DNS */
  readonly dnsServers?: readonly string[];
}

/** A subnet and the rules of its network security group. */
export interface SubnetProps {
  /** Name in Azure. */
  readonly name: string;
  /** CIDR range inside the network's address space. */
  readonly addressPrefix: string;
  readonly rules: readonly NetworkSecurityGroupSecurityRule[];
  /** Whether machines without a public address reach the internet through default outbound access. @default false */
  readonly defaultOutboundAccess?: boolean;
  /** The service of Azure that it is for, and no other. @default - none */
  readonly delegatedTo?: string;
  /**
   * Private address of a firewall to which a route table sends what is not for this network or a peered one.
   *
   * @default - the subnet has no route table: Azure's own routes apply
   */
  readonly firewallAddress?: string;
}

/** A virtual network that is created here: what hub and spokes have in common. */
export abstract class NewNetwork extends Network {
  public readonly virtualNetwork: VirtualNetworkReference;
  public readonly openToPeering = true;
  public readonly subnetWrites: ITerraformDependable[] = [];

  constructor(scope: Construct, name: string, props: NewNetworkProps) {
    super(scope, name, props);
    const { addressSpace } = props;
    const network = new VirtualNetwork(this, ID.network, {
      ...this.place,
      name: props.naming.of("vnet", name),
      addressSpace: [addressSpace],
      ...(props.dnsServers?.length && { dnsServers: [...props.dnsServers] }),
    });
    const { id, name: nameInAzure, resourceGroupName } = network;
    this.virtualNetwork = { id, name: nameInAzure, resourceGroupName, addressSpace };
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
      ...(props.delegatedTo !== undefined && {
        delegation: [
          {
            name: props.delegatedTo,
            serviceDelegation: {
              name: props.delegatedTo,
              actions: ["Microsoft.Network/virtualNetworks/subnets/join/action"],
            },
          },
        ],
      }),
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
    const { firewallAddress } = props;
    // The associations are the last writes of the subnet: they refer to the subnet, so they wait for that.
    const writes = [
      association,
      ...(firewallAddress === undefined ? [] : [this.routeToFirewall(id, subnet, firewallAddress)]),
    ];
    this.subnetWrites.push(...writes);
    return { id: subnet.id, writes };
  }

  /**
   * Sends what leaves a subnet to a firewall.
   *
   * What is for this network, for a peered one or for a private endpoint in either still goes there directly: Azure has
   * routes with longer prefixes to them, down to /32 for an endpoint. The network policies of an endpoint's subnet let
   * such a route be overridden only by one that is within the address space of the endpoint's network, which 0.0.0.0/0
   * is not.
   *
   * Sources: "Virtual network traffic routing"; "Manage network policies for private endpoints".
   */
  private routeToFirewall(id: SubnetId, subnet: Subnet, nextHopInIpAddress: string): TerraformResource {
    const ids = subnetIds(id);
    const routeTable = new RouteTable(this, ids.routeTable, {
      ...this.place,
      name: this.naming.of("rt", `${this.name}-${id}`),
      // Routes that a gateway learns could have longer prefixes, and so lead past the firewall.
      bgpRoutePropagationEnabled: false,
      route: [{ name: "to-firewall", addressPrefix: "0.0.0.0/0", nextHopType: "VirtualAppliance", nextHopInIpAddress }],
    });
    return new SubnetRouteTableAssociation(this, ids.routeTableAssociation, {
      subnetId: subnet.id,
      routeTableId: routeTable.id,
    });
  }
}
