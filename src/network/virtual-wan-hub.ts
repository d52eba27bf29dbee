import { Construct } from "constructs";
import { parseId } from "../terraform/resource-id";
import { VirtualHubConnection } from "../terraform";
import { hubPart, ID } from "../terraform/logical-ids";
import type { Providers } from "../terraform/providers";
import type { Naming } from "../naming";
import type { Network } from "./network";
import type { SpokeHub } from "./peering";

/** A Virtual WAN hub that exists, by its id. */
export interface VirtualWanHubProps {
  readonly virtualHubId: string;
  readonly naming: Naming;
  /** The providers of all subscriptions. */
  readonly providers: Providers;
}

/** A Virtual WAN hub. It is no virtual network: spokes are connected to it, and no zone can be linked to it. */
export class VirtualWanHub extends Construct implements SpokeHub {
  constructor(
    scope: Construct,
    name: string,
    private readonly props: VirtualWanHubProps,
  ) {
    super(scope, hubPart(name));
  }

  /** Connects a network, if it is open to that, by a resource of the hub. Azure routes between all that are connected. */
  public connect(spoke: Network): void {
    if (!spoke.openToPeering) return;
    const { virtualHubId, naming, providers } = this.props;
    new VirtualHubConnection(spoke, ID.hubConnection, {
      name: naming.of("con", spoke.name),
      virtualHubId,
      remoteVirtualNetworkId: spoke.virtualNetwork.id,
      provider: providers.ofSubscription(parseId("virtualHub", virtualHubId)!.subscriptionId),
      dependsOn: [...spoke.subnetWrites],
    });
  }
}
