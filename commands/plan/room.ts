import { count, isJson, joinWords, objects } from "../../packages/common/util";
import { usableAddresses } from "../../src/network/address-plan";
import type { Plan } from "./plan";

/** A subnet in which private endpoints take more addresses. */
export interface SubnetRoom {
  /** Name of the subnet, or its id where it is not managed here. */
  readonly subnet: string;
  /** Terraform addresses of the endpoints in it. */
  readonly endpoints: readonly string[];
  /** How many more addresses they take. */
  readonly needed: number;
  /** How many are free; absent where the subnet is not managed here. */
  readonly free?: number;
}

/**
 * Where existing endpoints take more addresses: each new replica of the registry takes one in every endpoint.
 *
 * Addresses that resources outside of this state take in a subnet are not known.
 */
export function roomNeeded({ before, after, resourcesBefore, resourcesAfter }: Plan): SubnetRoom[] {
  const subnets = new Map<string, { endpoints: string[]; needed: number; taken: number }>();
  for (const endpoint of before.model.endpoints) {
    const id = resourcesBefore.get(endpoint.address)?.values.subnet_id;
    if (typeof id !== "string") continue;
    const later = after.model.endpoints.find(({ address }) => address === endpoint.address);
    const hosts = endpoint.hosts.length;
    const subnet = subnets.get(id.toLowerCase()) ?? { endpoints: [], needed: 0, taken: 0 };
    subnet.endpoints.push(endpoint.address);
    subnet.needed += Math.max(0, (later?.hosts.length ?? 0) - hosts);
    // Where not every address is known, there is still one a host name.
    subnet.taken += Math.max(hosts, new Set([...endpoint.addresses.values()].flat()).size);
    subnets.set(id.toLowerCase(), subnet);
  }
  for (const { type, values } of resourcesBefore.values()) {
    if (type !== "azurerm_network_interface") continue;
    for (const { subnet_id: id } of objects(values.ip_configuration)) {
      const subnet = typeof id === "string" ? subnets.get(id.toLowerCase()) : undefined;
      if (subnet) subnet.taken += 1;
    }
  }
  const managed = new Map(
    [...resourcesBefore.values()].flatMap(({ type, address, values }) =>
      type === "azurerm_subnet" && typeof values.id === "string" ? [[values.id.toLowerCase(), address]] : [],
    ),
  );
  return [...subnets].flatMap(([id, { endpoints, needed, taken }]) => {
    if (needed === 0) return [];
    const address = managed.get(id);
    const subnet = address === undefined ? undefined : resourcesAfter.get(address)?.values;
    if (!isJson(subnet)) return [{ subnet: id, endpoints, needed }];
    const ranges = Array.isArray(subnet.address_prefixes) ? (subnet.address_prefixes as unknown[]) : [];
    const usable = ranges.filter(isIPv4Range).reduce((sum, range) => sum + usableAddresses(range), 0);
    return [{ subnet: String(subnet.name), endpoints, needed, free: Math.max(0, usable - taken) }];
  });
}

/** Whether a subnet lacks room for what its endpoints need. */
export function isFull({ free, needed }: SubnetRoom): boolean {
  return free !== undefined && free < needed;
}

/** "2 of 3 subnets have room; snet-spoke1 has no room"; empty where no endpoint needs room. */
export function roomText(rooms: readonly SubnetRoom[]): string {
  if (rooms.length === 0) return "";
  const have = (number: number) => (number === 1 ? "has" : "have");
  const full = rooms.filter(isFull);
  const elsewhere = rooms.filter(({ free }) => free === undefined).length;
  const enough = rooms.length - full.length - elsewhere;
  return [
    `${enough} of ${count(rooms.length, "subnet")} ${have(enough)} room`,
    ...(full.length > 0 ? [`${joinWords(full.map(({ subnet }) => subnet))} ${have(full.length)} no room`] : []),
    ...(elsewhere > 0
      ? [`the room of ${count(elsewhere, "subnet")} that this state does not manage is not known`]
      : []),
  ].join("; ");
}

function isIPv4Range(range: unknown): range is string {
  return typeof range === "string" && /^[\d.]+\/\d+$/.test(range);
}
