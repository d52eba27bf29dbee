import type { Construct } from "constructs";
import { BastionHost, PublicIp } from "../terraform";
import { hubPart, ID } from "../terraform/logical-ids";
import { firstAddress, planHub } from "./address-plan";
import { ExistingNetwork, type ExistingNetworkProps } from "./existing-network";
import type { Network, ResolverPlace, SubnetReference } from "./network";
import { NewNetwork, type NewNetworkProps } from "./new-network";
import { RESOLVERS } from "./resolver";
import { type Allowed, ENDPOINT_TRAFFIC, allowOnly } from "./security-rules";

/** A hub: a network that its spokes are peered with. */
export interface HubProps extends NewNetworkProps {
  /** Whether the hub has a bastion, the only way to the test VMs' shells. */
  readonly bastion: boolean;
  /** Whether the hub has an endpoint of the registry of its own. */
  readonly endpoint: boolean;
  /** Whether the hub has a subnet for a DNS private resolver. @default false */
  readonly resolver?: boolean;
}

/** A hub's network, with a bastion and a subnet for an endpoint if asked for. */
export class Hub extends NewNetwork {
  declare public readonly bastionRange?: string;
  public readonly endpointSubnet?: SubnetReference;
  declare public readonly resolver?: ResolverPlace;

  /** A virtual network that exists, as the hub. */
  public static fromExisting(scope: Construct, name: string, props: ExistingNetworkProps): Network {
    return new ExistingNetwork(scope, hubPart(name), props);
  }

  /** @param name - in the settings; the hub named `hub` is what `hub` creates */
  constructor(scope: Construct, name: string, props: HubProps) {
    super(scope, hubPart(name), props);
    const plan = planHub(props.addressSpace);
    if (props.endpoint) {
      this.endpointSubnet = this.addSubnet("endpoints", {
        name: this.naming.of("snet", `${this.name}-endpoints`),
        addressPrefix: plan.endpoints,
        rules: allowOnly(ENDPOINT_TRAFFIC),
      });
    }
    if (props.bastion) {
      this.bastionRange = plan.bastion;
      this.addBastion(plan.bastion);
    }
    if (props.resolver) {
      const subnet = this.addSubnet("resolver", {
        name: this.naming.of("snet", `${this.name}-resolver`),
        addressPrefix: plan.resolver,
        delegatedTo: RESOLVERS,
        rules: allowOnly(RESOLVER_TRAFFIC),
      });
      this.resolver = { subnet, address: firstAddress(plan.resolver) };
    }
  }

  private addBastion(addressPrefix: string): void {
    const subnet = this.addSubnet("bastion", {
      // Azure finds the subnet by this name.
      name: "AzureBastionSubnet",
      addressPrefix,
      rules: allowOnly(BASTION_TRAFFIC),
    });
    const address = new PublicIp(this, ID.bastionAddress, {
      ...this.place,
      name: this.naming.of("pip", "bastion"),
      sku: "Standard",
      allocationMethod: "Static",
    });
    new BastionHost(this, ID.bastion, {
      ...this.place,
      name: this.naming.of("bas", this.name),
      sku: "Basic",
      ipConfiguration: { name: "bastion", subnetId: subnet.id, publicIpAddressId: address.id },
      dependsOn: [...subnet.writes],
    });
  }
}

/** Questions of this network, of networks that are peered with it, and of those that are connected through a gateway. */
const RESOLVER_TRAFFIC: Allowed[] = [
  { name: "AllowDns", direction: "Inbound", from: "VirtualNetwork", to: "VirtualNetwork", ports: [53], protocol: "*" },
];

const BASTION_HOSTS = { from: "VirtualNetwork", to: "VirtualNetwork", ports: [8080, 5701], protocol: "*" } as const;

/**
 * The traffic that Bastion needs. It refuses a subnet whose network security group lacks any of it.
 *
 * Source: "Working with NSG access and Azure Bastion", Microsoft's Bastion documentation.
 */
const BASTION_TRAFFIC: Allowed[] = [
  { name: "AllowHttpsFromInternet", direction: "Inbound", from: "Internet", to: "*", ports: [443] },
  { name: "AllowGatewayManager", direction: "Inbound", from: "GatewayManager", to: "*", ports: [443] },
  { name: "AllowLoadBalancer", direction: "Inbound", from: "AzureLoadBalancer", to: "*", ports: [443] },
  { name: "AllowBastionHostsIn", direction: "Inbound", ...BASTION_HOSTS },
  { name: "AllowSshAndRdp", direction: "Outbound", from: "*", to: "VirtualNetwork", ports: [22, 3389], protocol: "*" },
  { name: "AllowAzureCloud", direction: "Outbound", from: "*", to: "AzureCloud", ports: [443] },
  { name: "AllowBastionHostsOut", direction: "Outbound", ...BASTION_HOSTS },
  { name: "AllowSessionInformation", direction: "Outbound", from: "*", to: "Internet", ports: [80], protocol: "*" },
];
