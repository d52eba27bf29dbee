import { isIn } from "private-link-preview/util";

/** Whether a network asks DNS servers that all lie in the hub, and so sees of the registry what the hub sees. */
export function asksHub(
  network: { readonly dnsServers: readonly string[] },
  hub: { readonly addressSpace?: string | undefined },
): boolean {
  const { addressSpace } = hub;
  return (
    addressSpace !== undefined &&
    network.dnsServers.length > 0 &&
    network.dnsServers.every((server) => isIn(server, addressSpace))
  );
}
