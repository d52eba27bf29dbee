import { isIn } from "../../packages/common/util";
import { ID } from "../terraform/logical-ids";
import type { Settings, WrittenSettings } from "./schema";

/** Written settings with the hubs as a list, and each spoke with its hub. */
export function withHubs({ hub, hubs, spokes, ...others }: WrittenSettings): Settings {
  const all = hubs ?? [{ ...hub!, name: ID.hub }];
  return { ...others, hubs: all, spokes: spokes.map((spoke) => ({ ...spoke, hub: hubOf(spoke, all)!.name })) };
}

/** The hub that a spoke is peered with: the one that it names, else the first in its region, else the first. */
export function hubOf<Hub extends { readonly name?: string | undefined; readonly location?: string | undefined }>(
  { hub, location }: { readonly hub?: string | undefined; readonly location?: string | undefined },
  hubs: readonly Hub[],
): Hub | undefined {
  if (hub !== undefined) return hubs.find(({ name }) => name === hub);
  return hubs.find((one) => one.location !== undefined && one.location === location) ?? hubs[0];
}

/** Whether all DNS servers of a network are in its hub, so that DNS returns there what it returns in the hub. */
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
