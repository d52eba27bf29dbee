import { ip2long, long2ip, Netmask } from "netmask";
import { isIPv4, isIPv6 } from "node:net";
import type { LinkedActions } from "./linked-actions";
import { ArmError, badRequest, notProvisioned } from "./arm-error";
import { equalIgnoringCase } from "./arm-id";
import { groupBy, unique } from "../../common/util/collections";
import { type Json, isJson } from "../../common/util/json";
import { REFERENCE } from "./shape";
import { type Resource, type Store, isProvisioned } from "./store";

/** Types of what has addresses. */
export const NETWORK_INTERFACE = "Microsoft.Network/networkInterfaces";
export const SUBNET = "Microsoft.Network/virtualNetworks/subnets";

/** Properties of a subnet, as far as the emulator uses them. */
export interface SubnetProperties {
  addressPrefix?: string;
  addressPrefixes?: string[];
  networkSecurityGroup?: { id: string };
  routeTable?: { id: string };
  delegations?: { name: string; properties?: { serviceName?: string } }[];
}

export type Subnet = Resource<SubnetProperties>;

/** An IP configuration of a network interface, or of another resource with addresses in a subnet. */
export interface IpConfiguration {
  id?: string;
  name: string;
  properties: {
    subnet?: { id: string };
    privateIPAddress?: string;
    provisioningState?: string;
    privateIPAllocationMethod?: string;
    privateIPAddressVersion?: string;
    primary?: boolean;
    publicIPAddress?: { id: string };
    privateLinkConnectionProperties?: { groupId: string; requiredMemberName: string; fqdns: string[] };
  };
}

/** Properties of any resource with addresses in subnets. */
export interface WithIpConfigurations {
  ipConfigurations?: IpConfiguration[];
}

/** What the IP configurations of a resource look like. */
export const IP_CONFIGURATIONS_SHAPE = {
  ipConfigurations: [
    {
      "name!": "string",
      "properties!": { subnet: REFERENCE, publicIPAddress: REFERENCE, privateIPAddress: "string" },
    },
  ],
} as const;

/** What a client needs the right to join, to write such a resource. */
export const IP_CONFIGURATION_JOINS: LinkedActions = {
  "Microsoft.Network/virtualNetworks/subnets/join/action": "properties.ipConfigurations.properties.subnet.id",
  "Microsoft.Network/publicIPAddresses/join/action": "properties.ipConfigurations.properties.publicIPAddress.id",
};

/** The address ranges of a subnet, from either property in which a client may write them. */
export function rangesOf({ properties }: Subnet): Netmask[] {
  const { addressPrefix, addressPrefixes } = properties;
  return netmasks(addressPrefixes ?? (addressPrefix === undefined ? [] : [addressPrefix]));
}

/**
 * The IPv4 ranges in a list. Those of IPv6, which networks have beside them, are taken as they are.
 *
 * @throws ArmError if one is no range
 */
export function netmasks(ranges: readonly string[]): Netmask[] {
  return ranges
    .filter((range) => !range.includes(":"))
    .map((range) => {
      if (isAddressRange(range)) return new Netmask(range);
      const message = `Address prefix ${range} is not formatted correctly.`;
      throw new ArmError(400, "InvalidAddressPrefixFormat", message, []);
    });
}

/** Whether Azure takes a text for an address or a range in CIDR notation. As recorded, it takes `789` for 0.0.3.21. */
export function isAddressRange(text: string): boolean {
  const [address = "", length = "0", ...more] = text.split("/");
  if (more.length > 0 || !/^\d{1,3}$/.test(length)) return false;
  if (isIPv6(address)) return Number(length) <= 128;
  try {
    return new Netmask(text).bitmask >= 0;
  } catch {
    return false;
  }
}

/** @throws ArmError if there is no subnet with this id */
export function subnet(id: string, store: Store): Subnet {
  const found = store.get<SubnetProperties>(id);
  if (!found) throw badRequest("InvalidResourceReference", `There is no subnet ${id}.`);
  return found;
}

/** The error of a request that can be repeated once a resource that it uses is no longer being written or deleted. */
export function retryableError(used: Resource<object>, user: string): ArmError {
  return new ArmError(429, "RetryableError", "A retryable error occurred.", [notProvisioned(used, user)]);
}

/**
 * Why a resource can't take an address of a subnet for now: the subnet is being written or deleted.
 *
 * @returns undefined if it can
 */
export function subnetError(subnetId: string, user: string, store: Store): ArmError | undefined {
  const place = subnet(subnetId, store);
  return isProvisioned(place) ? undefined : retryableError(place, user);
}

/** @throws ArmError if a subnet or a public address of IP configurations is being written or deleted */
export function refuseUnfinished(user: string, { ipConfigurations = [] }: WithIpConfigurations, store: Store): void {
  for (const { properties } of ipConfigurations)
    for (const used of [properties.subnet, properties.publicIPAddress]) {
      const resource = used && store.get<object>(used.id);
      if (resource && !isProvisioned(resource)) throw retryableError(resource, user);
    }
}

/** Where a resource of any type is in a subnet, and its address there. */
export interface SubnetAddress {
  /** Member of the properties that has it, such as `frontendIPConfigurations`, and its name there. */
  readonly key: string;
  readonly name: unknown;
  readonly subnetId: string;
  readonly address?: string;
  /** Gives it an address. */
  readonly take: (address: string) => void;
}

/** The subnets that a resource of any type is in: those of its IP configurations, whatever these are called. */
export function subnetAddressesOf(resource: { readonly properties: object }): SubnetAddress[] {
  return ipConfigurationsOf(resource).flatMap(({ key, name, members, spelling }): SubnetAddress[] => {
    const subnetId = isJson(members.subnet) ? members.subnet.id : undefined;
    if (typeof subnetId !== "string") return [];
    const address = members[spelling];
    const take = (given: string) => {
      members[spelling] = given;
    };
    return [{ key, name, subnetId, ...(typeof address === "string" && address !== "" && { address }), take }];
  });
}

/** The ids of the public addresses that a resource of any type has. */
export function publicAddressesOf(resource: { readonly properties: object }): string[] {
  return ipConfigurationsOf(resource).flatMap(({ members: { publicIPAddress } }) =>
    isJson(publicIPAddress) && typeof publicIPAddress.id === "string" ? [publicIPAddress.id] : [],
  );
}

function ipConfigurationsOf({ properties }: { readonly properties: object }) {
  return Object.entries(properties as Json)
    .filter(([key]) => /ipConfigurations?$/i.test(key))
    .flatMap(([key, value]) => [value].flat().map((ip) => ({ key, ip })))
    .flatMap(({ key, ip }) => {
      if (!isJson(ip)) return [];
      // Newer services have the members in the IP configuration itself, and spell the address in another way.
      return isJson(ip.properties)
        ? [{ key, name: ip.name, members: ip.properties, spelling: "privateIPAddress" }]
        : [{ key, name: ip.name, members: ip, spelling: "privateIpAddress" }];
    });
}

/** All that has an address in a subnet: each address, and the resource that it is of. */
function usesOf(subnetId: string, store: Store) {
  const uses = store.index("addresses by subnet", () =>
    groupBy(store.all().flatMap(storedAddressesOf), (place) => place.subnetId.toLowerCase()),
  );
  return uses.get(subnetId.toLowerCase()) ?? [];
}

const stored = new WeakMap<Resource, (SubnetAddress & { readonly user: Resource })[]>();

/** The addresses of a resource that is stored: they change only with a write, which stores another object. */
function storedAddressesOf(user: Resource): (SubnetAddress & { readonly user: Resource })[] {
  const known = stored.get(user);
  if (known) return known;
  const found = subnetAddressesOf(user).map((place) => ({ ...place, user }));
  stored.set(user, found);
  return found;
}

/** The resources with an address in a subnet. */
export function usersOf(subnetId: string, store: Store): Resource[] {
  return unique(usesOf(subnetId, store).map(({ user }) => user));
}

/** The ids of the IP configurations with an address in a subnet. */
export function addressesOf(subnetId: string, store: Store): string[] {
  return usesOf(subnetId, store).map(({ user, key, name }) => `${user.id}/${key}/${String(name)}`);
}

/** Azure reserves the first four addresses of a subnet, and the last one. Source: virtual network FAQ. */
const RESERVED_FIRST = 4;

/**
 * Refuses an address that a client chooses for a resource.
 *
 * @throws ArmError if it is not in the subnet, or is taken
 */
export function refuseAddress(address: string, subnetId: string, userId: string, store: Store): void {
  const range = rangesOf(subnet(subnetId, store)).find((one) => isIPv4(address) && one.contains(address));
  if (!range)
    throw badRequest(
      "PrivateIPAddressNotInSubnet",
      `Private static IP address ${address} does not belong to the range of subnet ${subnetId}.`,
    );
  const nth = ip2long(address) - ip2long(range.base);
  if (nth < RESERVED_FIRST || nth === range.size - 1)
    throw badRequest(
      "PrivateIPAddressInReservedRange",
      `Private static IP address ${address} falls within the reserved addresses of subnet ${subnetId}.`,
    );
  const other = usesOf(subnetId, store).find(
    (use) => use.address === address && !equalIgnoringCase(use.user.id, userId),
  );
  if (other)
    throw badRequest(
      "PrivateIPAddressIsAllocated",
      `Private IP address ${address} is already allocated to resource ${other.user.id}.`,
    );
}

/**
 * The lowest free addresses of a subnet.
 *
 * @param taken - those that are about to be used
 * @throws ArmError if there are fewer; as from Azure, the error does not name the subnet
 */
export function freeAddresses(subnetId: string, wanted: number, store: Store, taken: readonly string[] = []): string[] {
  const used = new Set([...taken, ...usesOf(subnetId, store).map(({ address }) => address)]);
  const free: string[] = [];
  for (const range of rangesOf(subnet(subnetId, store))) {
    const last = range.size - 1;
    const first = ip2long(range.base);
    for (let i = RESERVED_FIRST; i < last && free.length < wanted; i++) {
      const address = long2ip(first + i);
      if (!used.has(address)) free.push(address);
    }
  }
  if (free.length < wanted)
    throw badRequest("SubnetIsFull", `The subnet lacks addresses: ${wanted} wanted, ${free.length} free.`);
  return free;
}

/** The address that is so many after the first one of a range. */
export function nthAddress(range: string, n: number): string {
  return long2ip(ip2long(new Netmask(range).base) + n);
}
