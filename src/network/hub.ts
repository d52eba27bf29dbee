import type { Construct } from "constructs";
import { planBastion } from "../address-plan";
import { BastionHost, PublicIp } from "../azurerm";
import { Network, type NetworkProps } from "./network";
import { type Allowed, allowOnly } from "./security-rules";

/** The hub: a network that every spoke is peered with. */
export interface HubProps extends NetworkProps {
  /** Whether the hub has a bastion, the only way to the test VMs' shells. */
  readonly bastion: boolean;
}

/** The hub's network, with a bastion if asked for. */
export class Hub extends Network {
  /** CIDR range from which the bastion reaches into the spokes; absent without a bastion. */
  public readonly bastionRange?: string;

  constructor(scope: Construct, props: HubProps) {
    super(scope, "hub", props);
    if (props.bastion) {
      this.bastionRange = planBastion(props.addressSpace);
      this.addBastion(this.bastionRange);
    }
  }

  private addBastion(addressPrefix: string): void {
    const subnet = this.addSubnet("bastion", {
      // Azure finds the subnet by this name.
      name: "AzureBastionSubnet",
      addressPrefix,
      rules: allowOnly(BASTION_TRAFFIC),
    });
    const address = new PublicIp(this, "bastion-address", {
      ...this.place,
      name: this.naming.of("pip", "bastion"),
      sku: "Standard",
      allocationMethod: "Static",
    });
    new BastionHost(this, "bastion", {
      ...this.place,
      name: this.naming.of("bas", this.name),
      sku: "Basic",
      ipConfiguration: { name: "bastion", subnetId: subnet.id, publicIpAddressId: address.id },
    });
  }
}

/**
 * What Bastion needs; it refuses a subnet whose security group lacks any of it.
 *
 * Source: "Working with NSG access and Azure Bastion", Microsoft's Bastion documentation.
 */
const BASTION_TRAFFIC: Allowed[] = [
  { name: "AllowHttpsFromInternet", direction: "Inbound", from: "Internet", to: "*", ports: [443] },
  { name: "AllowGatewayManager", direction: "Inbound", from: "GatewayManager", to: "*", ports: [443] },
  { name: "AllowLoadBalancer", direction: "Inbound", from: "AzureLoadBalancer", to: "*", ports: [443] },
  {
    name: "AllowBastionHostsIn",
    direction: "Inbound",
    from: "VirtualNetwork",
    to: "VirtualNetwork",
    ports: [8080, 5701],
    protocol: "*",
  },
  { name: "AllowSshAndRdp", direction: "Outbound", from: "*", to: "VirtualNetwork", ports: [22, 3389], protocol: "*" },
  { name: "AllowAzureCloud", direction: "Outbound", from: "*", to: "AzureCloud", ports: [443] },
  {
    name: "AllowBastionHostsOut",
    direction: "Outbound",
    from: "VirtualNetwork",
    to: "VirtualNetwork",
    ports: [8080, 5701],
    protocol: "*",
  },
  { name: "AllowSessionInformation", direction: "Outbound", from: "*", to: "Internet", ports: [80], protocol: "*" },
];
