import type { NetworkSecurityGroupSecurityRule } from "../../terraform";

/** Traffic that a network security group lets through. */
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
 * The rules that let exactly this traffic through: the given, in order, then a denial of all else in both
 * directions, which comes before Azure's default rules (they would let all of `VirtualNetwork` in and everything out).
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
 * What a subnet of endpoints lets in: HTTPS from this network, those peered with it, and what is connected through a
 * gateway, such as clients on premises. That is what the tag VirtualNetwork stands for.
 */
export const ENDPOINT_TRAFFIC: Allowed[] = [
  { name: "AllowRegistry", direction: "Inbound", from: "VirtualNetwork", to: "VirtualNetwork", ports: [443] },
];
