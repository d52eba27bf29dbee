import { CLOUDS } from "../../packages/common/azure";
import { UsageError } from "../../packages/common/util";
import type { Settings } from "../../src/schema";

/** A DNS server, how it is told to forward the names below some zones, and where that belongs. */
interface Server {
  readonly place: string;
  readonly forwarder: (zone: string, addresses: readonly string[]) => string;
}

/** DNS servers by the names that the option has for them. */
export const SERVERS = {
  bind: {
    place: "named.conf",
    forwarder: (zone, addresses) =>
      [
        `zone "${zone}" {`,
        "    type forward;",
        "    forward only;",
        `    forwarders { ${addresses.map((address) => `${address};`).join(" ")} };`,
        "};",
      ].join("\n"),
  },
  windows: {
    place: "PowerShell on the DNS server",
    forwarder: (zone, addresses) =>
      `Add-DnsServerConditionalForwarderZone -Name "${zone}" -MasterServers ${addresses.join(", ")}`,
  },
  dnsmasq: {
    place: "dnsmasq.conf",
    forwarder: (zone, addresses) =>
      [
        ...addresses.map((address) => `server=/${zone}/${address}`),
        // With stop-dns-rebind, private addresses in an answer are taken for an attack.
        `rebind-domain-ok=/${zone}/`,
      ].join("\n"),
  },
} as const satisfies Record<string, Server>;

/**
 * The conditional forwarders of each client outside Azure, as its DNS server reads them: for the zones that the settings
 * name, or for the registry's public zone, as Microsoft advises.
 *
 * Source: "Azure Private Endpoint private DNS zone values", public DNS zone forwarders.
 *
 * @throws UsageError if the settings have no client
 */
export function forwardersText(server: keyof typeof SERVERS, { clients, cloud }: Settings): string {
  if (clients.length === 0)
    throw new UsageError("--forwarders: found no clients in the settings, allowed: settings with at least one client");
  const { place, forwarder } = SERVERS[server];
  return clients
    .map(({ name, forwards = [CLOUDS[cloud].registrySuffix], dnsServers }) =>
      [`# ${name}: ${place}`, ...forwards.map((zone) => forwarder(zone, dnsServers))].join("\n"),
    )
    .join("\n\n");
}
