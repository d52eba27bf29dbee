import { isIPv4 } from "node:net";
import { isRange } from "../../common/util";

/** A network outside Azure, such as an office or a data centre, connected by a VPN or ExpressRoute gateway. */
export interface Client {
  /** What it is called in the answers; no virtual network has the same name. */
  readonly name: string;
  /** The virtual network, or Virtual WAN hub, to whose gateway it is connected: name, address in the file, or Azure id. */
  readonly connectedTo: string;
  /** IPv4 addresses to which its DNS forwards names. */
  readonly dnsServers: readonly string[];
  /** The zones under which it forwards names, as conditional forwarders do; public DNS answers all others. @default - it forwards all names */
  readonly forwards?: readonly string[];
  /** Its IPv4 ranges in CIDR notation. @default - those of the local network gateway, where the file shows one */
  readonly ranges?: readonly string[];
}

/** Azure's DNS. A network that lists it uses Azure's DNS, as if it had no custom DNS servers; outside Azure it does not answer. */
export const AZURE_DNS = "168.63.129.16";

/** A member of a client, what it has to be, and how that is told. */
const MEMBERS: readonly (readonly [member: keyof Client, isAllowed: (text: string) => boolean, allowed: string])[] = [
  ["name", (text) => /^\w[\w .-]{0,79}$/.test(text), "letters, digits, spaces, hyphens, underscores and periods"],
  ["connectedTo", (text) => text !== "", "the name, address or id of a virtual network or Virtual WAN hub"],
  ["dnsServers", isIPv4, "IPv4 addresses"],
  ["forwards", (text) => /^([a-z\d_-]{1,63}\.)*[a-z\d-]{1,63}\.?$/i.test(text), "domain names"],
  ["ranges", isRange, "IPv4 ranges in CIDR notation"],
];

/**
 * What is wrong with clients by themselves.
 *
 * @param placeOf - what a member of a client is called
 */
export function problemsOf(clients: readonly Client[], placeOf: (index: number, member: keyof Client) => string) {
  const names = clients.map(({ name }) => name.toLowerCase());
  return clients.flatMap((client, index) => [
    ...MEMBERS.flatMap(([member, isAllowed, allowed]) =>
      [client[member] ?? []]
        .flat()
        .filter((text) => !isAllowed(text))
        .map((text) => `${placeOf(index, member)}: found ${JSON.stringify(text)}, allowed: ${allowed}`),
    ),
    ...(client.dnsServers.length === 0
      ? [`${placeOf(index, "dnsServers")}: found none, allowed: one IPv4 address or several`]
      : []),
    ...(names.indexOf(names[index]!) < index
      ? [`${placeOf(index, "name")}: found ${JSON.stringify(client.name)} again, allowed: a name of its own`]
      : []),
  ]);
}
