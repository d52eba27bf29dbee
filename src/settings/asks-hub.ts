import { isIn } from "../../packages/common/util";

/** Whether all DNS servers of a network are in the hub, so that DNS returns there what it returns in the hub. */
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
