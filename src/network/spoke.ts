import type { Construct } from "constructs";
import { planSpoke } from "../address-plan";
import type { Subnet } from "../azurerm";
import { Network, type NetworkProps } from "./network";
import { type Allowed, allowOnly } from "./security-rules";

/** A spoke: a region's network, in which workloads pull through a private endpoint of their own. */
export interface SpokeProps extends NetworkProps {
  /**
   * CIDR range of the hub's bastion, which may open SSH sessions to the workloads.
   *
   * @default - nobody may
   */
  readonly bastionRange?: string;
}

/** A spoke's network: one subnet for private endpoints, one for workloads. */
export class Spoke extends Network {
  public readonly endpoints: Subnet;
  public readonly workloads: Subnet;

  constructor(scope: Construct, name: string, props: SpokeProps) {
    super(scope, name, props);
    const plan = planSpoke(props.addressSpace);
    this.endpoints = this.addSubnet("endpoints", {
      name: this.naming.of("snet", `${name}-endpoints`),
      addressPrefix: plan.endpoints,
      rules: allowOnly([HTTPS_FROM_NETWORKS]),
    });
    this.workloads = this.addSubnet("workloads", {
      name: this.naming.of("snet", `${name}-workloads`),
      addressPrefix: plan.workloads,
      rules: allowOnly([...sshFrom(props.bastionRange), HTTPS_TO_NETWORKS, WEB]),
      // The test VMs install Docker from Ubuntu's package servers.
      defaultOutboundAccess: true,
    });
  }
}

// The tag VirtualNetwork stands for this network and those peered with it: exactly the ones an endpoint may serve.
const HTTPS_FROM_NETWORKS: Allowed = {
  name: "AllowRegistry",
  direction: "Inbound",
  from: "VirtualNetwork",
  to: "VirtualNetwork",
  ports: [443],
};
const HTTPS_TO_NETWORKS: Allowed = { ...HTTPS_FROM_NETWORKS, direction: "Outbound" };

const WEB: Allowed = { name: "AllowWeb", direction: "Outbound", from: "*", to: "Internet", ports: [80, 443] };

function sshFrom(bastionRange?: string): Allowed[] {
  return bastionRange
    ? [{ name: "AllowSshFromBastion", direction: "Inbound", from: bastionRange, to: "*", ports: [22] }]
    : [];
}
