import { isIn } from "../../packages/common/util";
import { firstAddress, planHub } from "./address-plan";
import { ID } from "../terraform/logical-ids";
import type { Settings, WrittenSettings } from "../schema";

/** Written settings with the hubs as a list, each spoke with its hub, and each client with what it asks. */
export function withHubs({ hub, hubs, spokes, clients, ...others }: WrittenSettings): Settings {
  const all = hubs ?? [{ ...hub!, name: ID.hub }];
  const resolvers = new Map(all.map((one) => [one.name, resolverOf(one)]));
  return {
    ...others,
    hubs: all,
    spokes: spokes.map((spoke) => ({ ...spoke, hub: hubOf(spoke, all)!.name })),
    clients: clients.map((client) => ({
      ...client,
      dnsServers: client.dnsServers ?? [resolvers.get(client.connectedTo)!],
    })),
  };
}

/** The address of a hub's resolver; undefined for a hub without one. */
function resolverOf({
  resolver,
  addressSpace,
  existing,
}: {
  readonly resolver?: boolean | undefined;
  readonly addressSpace?: string | undefined;
  readonly existing?: { readonly resolverAddress?: string | undefined } | undefined;
}): string | undefined {
  if (!resolver) return undefined;
  if (existing) return existing.resolverAddress;
  return addressSpace === undefined ? undefined : firstAddress(planHub(addressSpace).resolver);
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
