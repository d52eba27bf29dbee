import type { NetworkSecurityGroupSecurityRule } from "../terraform";

/** Traffic that a network security group allows. */
export interface Allowed {
  readonly name: string;
  readonly direction: "Inbound" | "Outbound";
  /** Service tag or CIDR range. */
  readonly from: string;
  /** Service tag or CIDR range. */
  readonly to: string;
  readonly ports: readonly number[];
  /** @default "Tcp" */
  readonly protocol?: "Tcp" | "*";
}

/**
 * The security rules that allow exactly this traffic, in the given order, then deny all other traffic in both directions.
 * Without the denial, Azure's default rules would allow all traffic inside `VirtualNetwork`, and all outbound traffic.
 */
export function allowOnly(allowed: readonly Allowed[]): NetworkSecurityGroupSecurityRule[] {
  return [
    ...allowed.map(({ name, direction, from, to, ports, protocol = "Tcp" }, index) => ({
      name,
      direction,
      priority: 100 + 10 * index,
      access: "Allow",
      protocol,
      sourceAddressPrefix: from,
      sourcePortRange: "*",
      destinationAddressPrefix: to,
      ...(ports.length === 1
        ? { destinationPortRange: String(ports[0]) }
        : { destinationPortRanges: ports.map(String) }),
    })),
    { ...DENY_ALL, name: "DenyAllInbound", direction: "Inbound" },
    { ...DENY_ALL, name: "DenyAllOutbound", direction: "Outbound" },
  ];
}

const DENY_ALL = {
  access: "Deny",
  // The last priority that a rule can have.
  priority: 4096,
  protocol: "*",
  sourceAddressPrefix: "*",
  sourcePortRange: "*",
  destinationAddressPrefix: "*",
  destinationPortRange: "*",
};

/**
 * Inbound traffic of a subnet with endpoints: HTTPS from this network, from networks that are peered with it, and from
 * networks that are connected through a gateway. The service tag VirtualNetwork includes all of them.
 */
export const ENDPOINT_TRAFFIC: Allowed[] = [
  { name: "AllowRegistry", direction: "Inbound", from: "VirtualNetwork", to: "VirtualNetwork", ports: [443] },
];
