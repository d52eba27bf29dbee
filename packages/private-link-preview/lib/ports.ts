import type { Endpoint, NetworkModel, SecuredSubnet, SecurityRule, VirtualNetwork } from "./model/network-model";
import { denialOf, type Https, isOpen } from "./security-rules";
import { Budget, groupBy } from "../../common/util";

/** Most comparisons of a rule with traffic: enough for a thousand networks, each with a hundred rules, in a mesh. */
const MAX_COMPARISONS = 2_000_000;

/** Network security groups that deny HTTPS to private endpoints, or from machines, where that is certain. */
export class Ports {
  private readonly subnetsOf: ReadonlyMap<Endpoint, readonly SecuredSubnet[]>;
  private readonly withMachines: ReadonlyMap<VirtualNetwork | undefined, readonly SecuredSubnet[]>;
  private readonly found = new Map<SecuredSubnet, Map<object, SecurityRule | undefined>>();
  private readonly budget = new Budget(
    MAX_COMPARISONS,
    `The network security groups of this file would take more than ${MAX_COMPARISONS} comparisons. Preview a part of the networks at a time.`,
  );

  constructor({ securedSubnets, gap }: NetworkModel) {
    // A module may add rules that allow the traffic.
    const subnets = gap ? [] : securedSubnets;
    const pairs = subnets.flatMap((subnet) => subnet.endpoints.map((endpoint) => ({ subnet, endpoint })));
    this.subnetsOf = groupBy(
      pairs,
      ({ endpoint }) => endpoint,
      ({ subnet }) => subnet,
    );
    this.withMachines = groupBy(
      subnets.filter(({ hasMachines }) => hasMachines),
      ({ network }) => network,
    );
  }

  /** The subnets whose groups deny traffic of a network to an endpoint in them. */
  public denyingInbound(network: VirtualNetwork, endpoint: Endpoint): SecuredSubnet[] {
    return (this.subnetsOf.get(endpoint) ?? []).filter((subnet) => this.inboundDenial(subnet, network, endpoint));
  }

  /** The subnets of an endpoint of which it is not known whether their groups let a client outside Azure in. */
  public openInbound(client: VirtualNetwork, endpoint: Endpoint): SecuredSubnet[] {
    const traffic = { direction: "Inbound", from: client.addressSpace, to: endpoint.subnetRanges } as const;
    return (this.subnetsOf.get(endpoint) ?? []).filter(({ rules }) => isOpen(traffic, rules));
  }

  /** The subnets with machines of a network whose groups deny them traffic to an endpoint. */
  public denyingOutbound(network: VirtualNetwork, endpoint: Endpoint): SecuredSubnet[] {
    return (this.withMachines.get(network) ?? []).filter((subnet) => this.outboundDenial(subnet, endpoint));
  }

  /** The rule by which a subnet's group denies traffic of a network to an endpoint. */
  public inboundDenial(subnet: SecuredSubnet, network: VirtualNetwork, endpoint: Endpoint): SecurityRule | undefined {
    const [from, to] = [network.addressSpace, endpoint.subnetRanges];
    return this.denial(subnet, network, { direction: "Inbound", from, to });
  }

  /** The rule by which a subnet's group denies its machines traffic to an endpoint. */
  public outboundDenial(subnet: SecuredSubnet, endpoint: Endpoint): SecurityRule | undefined {
    const from = subnet.network?.addressSpace ?? [];
    return this.denial(subnet, endpoint, { direction: "Outbound", from, to: endpoint.subnetRanges });
  }

  private denial(subnet: SecuredSubnet, other: object, traffic: Https): SecurityRule | undefined {
    const known = this.found.get(subnet) ?? new Map<object, SecurityRule | undefined>();
    this.found.set(subnet, known);
    if (!known.has(other)) {
      const { rules } = subnet;
      const sizes = rules.map(({ from, to }) => 1 + from.length * traffic.from.length + to.length * traffic.to.length);
      this.budget.spend(sizes.reduce((sum, size) => sum + size, 0));
      known.set(other, denialOf(traffic, rules));
    }
    return known.get(other);
  }
}
