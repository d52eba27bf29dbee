import type { Construct } from "constructs";
import { BastionHost } from "../terraform";
import { ID } from "../terraform/logical-ids";
import { planSpoke } from "./address-plan";
import { ExistingNetwork, type ExistingNetworkProps } from "./existing-network";
import type { Network, SubnetReference } from "./network";
import { NewNetwork, type NewNetworkProps } from "./new-network";
import { type Allowed, ENDPOINT_TRAFFIC, allowOnly } from "./security-rules";

/**
 * How the workloads of a spoke reach the internet: by Azure's default outbound access, not at all, or through a firewall
 * at a private address that the spoke reaches.
 */
export type Egress = "default" | "none" | { readonly firewallAddress: string };

/** A spoke: a region's virtual network, whose workloads pull through its own private endpoint. */
export interface SpokeProps extends NewNetworkProps {
  /** CIDR range of the hub's bastion, which may open SSH sessions to the workloads. @default - no SSH is allowed */
  readonly bastionRange?: string | undefined;
  /**
   * Whether it has a Bastion Developer of its own, which needs no subnet and no public address, and reaches no peered
   * network.
   *
   * @default false
   */
  readonly bastion?: boolean;
  /** @default "default" */
  readonly egress?: Egress;
  /**
   * Whether it has a subnet for the machines that run the registry's tasks. Its address space is a /22 or larger then.
   *
   * @default false
   */
  readonly agents?: boolean;
}

/** A spoke's network: one subnet for private endpoints, one for workloads. */
export class Spoke extends NewNetwork {
  public readonly endpointSubnet: SubnetReference;
  public override readonly workloadSubnet: SubnetReference;
  declare public readonly agentSubnet?: SubnetReference;
  public override readonly usesFirewall: boolean;

  /** A virtual network that exists, as a spoke. */
  public static fromExisting(scope: Construct, name: string, props: ExistingNetworkProps): Network {
    return new ExistingNetwork(scope, name, props);
  }

  constructor(scope: Construct, name: string, props: SpokeProps) {
    super(scope, name, props);
    const { egress = "default" } = props;
    const firewall = typeof egress === "object" ? egress : undefined;
    this.usesFirewall = firewall !== undefined;
    const plan = planSpoke(props.addressSpace);
    this.endpointSubnet = this.addSubnet("endpoints", {
      name: this.naming.of("snet", `${name}-endpoints`),
      addressPrefix: plan.endpoints,
      rules: allowOnly(ENDPOINT_TRAFFIC),
    });
    this.workloadSubnet = this.addSubnet("workloads", {
      name: this.naming.of("snet", `${name}-workloads`),
      addressPrefix: plan.workloads,
      rules: allowOnly([
        ...[props.bastionRange ?? [], props.bastion ? PLATFORM : []].flat().map(sshFrom),
        HTTPS_TO_NETWORKS,
        ...(props.dnsServers?.length ? [DNS_TO_NETWORKS] : []),
        WEB,
      ]),
      // The test VMs install Docker from Ubuntu's package servers.
      defaultOutboundAccess: egress === "default",
      ...firewall,
    });
    if (props.bastion)
      new BastionHost(this, ID.bastion, {
        ...this.place,
        name: this.naming.of("bas", name),
        sku: "Developer",
        virtualNetworkId: this.virtualNetwork.id,
        dependsOn: this.subnetWrites,
      });
    if (props.agents)
      this.agentSubnet = this.addSubnet("agents", {
        name: this.naming.of("snet", `${name}-agents`),
        addressPrefix: plan.agents,
        rules: allowOnly([...AGENT_TRAFFIC, ...(props.dnsServers?.length ? [DNS_TO_NETWORKS] : [])]),
        // The services that the machines depend on have public addresses.
        defaultOutboundAccess: egress === "default",
        ...firewall,
      });
  }
}

/** Whence Bastion Developer opens its sessions. Source: "Connect with Azure Bastion Developer". */
const PLATFORM = "168.63.129.16/32";

const TO_NETWORKS = { direction: "Outbound", from: "VirtualNetwork", to: "VirtualNetwork" } as const;
const HTTPS_TO_NETWORKS: Allowed = { name: "AllowRegistry", ...TO_NETWORKS, ports: [443] };
const DNS_TO_NETWORKS: Allowed = { name: "AllowDns", ...TO_NETWORKS, ports: [53], protocol: "*" };

const WEB: Allowed = { name: "AllowWeb", direction: "Outbound", from: "*", to: "Internet", ports: [80, 443] };

/**
 * The traffic of the machines that run tasks: to the registry's endpoint, and to the services that Azure runs them with.
 *
 * Source: "Run an Azure Container Registry task on a dedicated agent pool", Microsoft's registry documentation.
 */
const AGENT_TRAFFIC: Allowed[] = [
  HTTPS_TO_NETWORKS,
  ...["AzureKeyVault", "Storage", "EventHub", "AzureActiveDirectory", "AzureMonitor"].map((to) => ({
    name: `Allow${to}`,
    direction: "Outbound" as const,
    from: "VirtualNetwork",
    to,
    // Diagnostics have a port of their own.
    ports: to === "AzureMonitor" ? [443, 12000] : [443],
  })),
];

function sshFrom(range: string): Allowed {
  return { name: "AllowSshFromBastion", direction: "Inbound", from: range, to: "*", ports: [22] };
}
