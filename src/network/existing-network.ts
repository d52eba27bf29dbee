import type { Construct } from "constructs";
import { parseId } from "../terraform/resource-id";
import { AzapiActionData, AzapiResourceData } from "../terraform/azapi";
import { joined, self } from "../terraform/expressions";
import type { Providers } from "../terraform/providers";
import {
  Network,
  type NetworkProps,
  type ResolverPlace,
  type SubnetReference,
  type VirtualNetworkReference,
} from "./network";
import { RESOLVERS } from "./resolver";

/** A virtual network that exists, by its ids. */
export interface ExistingNetworkProps extends Omit<NetworkProps, "provider"> {
  /** Id of the virtual network. */
  readonly virtualNetworkId: string;
  /** Id of the subnet for an endpoint of the registry. @default - the network has no endpoint */
  readonly endpointSubnetId?: string | undefined;
  /** Id of the subnet for the inbound endpoint of a DNS private resolver, and its address there. @default - it has none */
  readonly resolver?: { readonly subnetId: string; readonly address: string } | undefined;
  /** The custom DNS servers that it has. */
  readonly dnsServers: readonly string[];
  /** Whether the stack peers it with its other networks, or its owner has peered it with its hub. */
  readonly peer: boolean | "existing";
  /** The providers of all subscriptions. */
  readonly providers: Providers;
}

/**
 * A virtual network that someone else manages. It is not changed; resources are only added to it.
 *
 * Every plan reads it, and fails if it is not as the properties say, since DNS would then return something else in it.
 */
export class ExistingNetwork extends Network {
  public readonly virtualNetwork: VirtualNetworkReference;
  public readonly endpointSubnet?: SubnetReference;
  declare public readonly resolver?: ResolverPlace;
  /** Its subnets are not written here. */
  public readonly subnetWrites = [];
  public readonly openToPeering: boolean;
  public override readonly peeredByOwner: boolean;

  /** @throws Error if the id is not one of a virtual network */
  constructor(scope: Construct, name: string, props: ExistingNetworkProps) {
    const id = parseId("virtualNetwork", props.virtualNetworkId);
    if (!id) throw new Error(`${props.virtualNetworkId} is not the id of a virtual network`);
    super(scope, name, { ...props, provider: props.providers.ofSubscription(id.subscriptionId) });
    this.openToPeering = props.peer === true;
    this.peeredByOwner = props.peer === "existing";
    const nameInAzure = id.names[0]!;
    const read = this.readNetwork(props, nameInAzure, this.peeredByOwner ? props.hub?.virtualNetwork.id : undefined);
    this.virtualNetwork = {
      id: props.virtualNetworkId,
      name: nameInAzure,
      resourceGroupName: id.resourceGroupName,
      addressSpace: joined(read.address, "addressSpace"),
    };
    if (props.endpointSubnetId !== undefined) this.endpointSubnet = this.readSubnet(props.endpointSubnetId);
    if (props.resolver) this.resolver = this.resolverIn(props.resolver.subnetId, props.resolver.address);
  }

  private readNetwork(
    { virtualNetworkId, location, dnsServers }: ExistingNetworkProps,
    name: string,
    peeredWith: string | undefined,
  ): AzapiResourceData {
    return new AzapiResourceData(this, "virtual-network", {
      type: VIRTUAL_NETWORK,
      resourceId: virtualNetworkId,
      responseExportValues: {
        location: "location",
        dnsServers: "properties.dhcpOptions.dnsServers",
        ...(this.openToPeering && { addressSpace: "properties.addressSpace.addressPrefixes" }),
        peeredWith:
          "properties.virtualNetworkPeerings[?properties.peeringState=='Connected'].properties.remoteVirtualNetwork.id",
      },
      postconditions: [
        {
          condition: self.isRegion("location", location),
          errorMessage: `The virtual network ${name} of ${this.name} is in ${self.text("location")}, and the settings say ${location}. Change location of ${this.name}.`,
        },
        {
          condition: self.isSetOf("dnsServers", dnsServers),
          errorMessage: `The virtual network ${name} of ${this.name} has the DNS servers: ${self.texts("dnsServers")}; the settings say: ${dnsServers.join(", ") || "none"}. Change dnsServers of ${this.name}: they decide what DNS returns in it.`,
        },
        ...(peeredWith === undefined
          ? []
          : [
              {
                condition: self.includes("peeredWith", peeredWith),
                errorMessage: `The virtual network ${name} of ${this.name} has no connected peering with ${peeredWith}; it has connected peerings with: ${self.texts("peeredWith")}. Create both sides of the peering, or set existing.peer of ${this.name} to true or false.`,
              },
            ]),
      ],
    });
  }

  private resolverIn(id: string, address: string): ResolverPlace {
    new AzapiResourceData(this, "resolver-subnet", {
      type: `${VIRTUAL_NETWORKS}/subnets@${VERSION}`,
      resourceId: id,
      responseExportValues: { delegatedTo: "properties.delegations[].properties.serviceName" },
      postconditions: [
        {
          condition: self.includes("delegatedTo", RESOLVERS),
          errorMessage: `The subnet ${id} is delegated to: ${self.texts("delegatedTo")}. The resolver of ${this.name} needs a subnet that is delegated to ${RESOLVERS}.`,
        },
      ],
    });
    return { subnet: { id, writes: [] }, address };
  }

  private readSubnet(id: string): SubnetReference {
    const subnet = new AzapiResourceData(this, "endpoint-subnet", {
      type: `${VIRTUAL_NETWORKS}/subnets@${VERSION}`,
      resourceId: id,
      responseExportValues: { addresses: "properties.ipConfigurations[].id" },
    });
    const usage = new AzapiActionData(this, "subnet-usage", {
      type: VIRTUAL_NETWORK,
      resourceId: this.virtualNetwork.id,
      action: "usages",
      responseExportValues: { subnets: "value[].{id: id, used: currentValue, limit: limit}" },
    });
    return { id, writes: [], reads: { subnetId: id, subnet: subnet.address, usage: usage.address } };
  }
}

const VIRTUAL_NETWORKS = "Microsoft.Network/virtualNetworks";
const VERSION = "2024-05-01";
const VIRTUAL_NETWORK = `${VIRTUAL_NETWORKS}@${VERSION}`;
