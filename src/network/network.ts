import { Construct } from "constructs";
import {
  NetworkSecurityGroup,
  type NetworkSecurityGroupSecurityRule,
  ResourceGroup,
  Subnet,
  SubnetNetworkSecurityGroupAssociation,
  VirtualNetwork,
} from "../azurerm";
import type { Naming } from "../naming";

/** Where a resource lives and how it is tagged: what azurerm asks of nearly every resource. */
export interface Place {
  readonly location: string;
  readonly resourceGroupName: string;
  readonly tags: Record<string, string>;
}

/** A resource group, as the place of what goes into it. */
export function placeIn(
  scope: Construct,
  part: string,
  props: { readonly location: string; readonly naming: Naming; readonly tags: Record<string, string> },
): Place {
  const { location, naming, tags } = props;
  const group = new ResourceGroup(scope, "resource-group", { name: naming.of("rg", part), location, tags });
  return { location, resourceGroupName: group.name, tags };
}

/** What a virtual network is made of. */
export interface NetworkProps {
  /** Region, such as `swedencentral`. */
  readonly location: string;
  /** CIDR range of the virtual network. */
  readonly addressSpace: string;
  readonly naming: Naming;
  readonly tags: Record<string, string>;
}

/** A subnet and the rules of its network security group. */
export interface SubnetProps {
  /** Name in Azure. */
  readonly name: string;
  /** CIDR range inside the network's address space. */
  readonly addressPrefix: string;
  readonly rules: readonly NetworkSecurityGroupSecurityRule[];
  /**
   * Whether machines without a public address reach the internet through an address that Azure lends.
   *
   * @default false
   */
  readonly defaultOutboundAccess?: boolean;
}

/** A virtual network in a resource group of its own: what hub and spokes have in common. */
export class Network extends Construct {
  public readonly place: Place;
  public readonly virtualNetwork: VirtualNetwork;
  protected readonly naming: Naming;

  /** @param name - of the hub or spoke; also its construct id, so it starts the logical id of all it holds */
  constructor(
    scope: Construct,
    public readonly name: string,
    props: NetworkProps,
  ) {
    super(scope, name);
    this.naming = props.naming;
    this.place = placeIn(this, name, props);
    this.virtualNetwork = new VirtualNetwork(this, "network", {
      ...this.place,
      name: props.naming.of("vnet", name),
      addressSpace: [props.addressSpace],
    });
  }

  /** Adds a subnet, with a network security group that holds its rules. */
  protected addSubnet(id: string, props: SubnetProps): Subnet {
    const subnet = new Subnet(this, `${id}-subnet`, {
      name: props.name,
      resourceGroupName: this.place.resourceGroupName,
      virtualNetworkName: this.virtualNetwork.name,
      addressPrefixes: [props.addressPrefix],
      defaultOutboundAccessEnabled: props.defaultOutboundAccess ?? false,
      // Enabled, so that the security group applies to private endpoints too.
      privateEndpointNetworkPolicies: "Enabled",
    });
    const securityGroup = new NetworkSecurityGroup(this, `${id}-nsg`, {
      ...this.place,
      name: this.naming.of("nsg", `${this.name}-${id}`),
      securityRule: [...props.rules],
    });
    new SubnetNetworkSecurityGroupAssociation(this, `${id}-nsg-association`, {
      subnetId: subnet.id,
      networkSecurityGroupId: securityGroup.id,
    });
    return subnet;
  }
}
