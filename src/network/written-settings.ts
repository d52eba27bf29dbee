import { ID } from "../terraform/logical-ids";
import type { HubSettings, Settings } from "../schema";

/** Settings as they are written, with every default: read again, they are the same settings. */
export function written({ hubs, spokes, ...settings }: Settings): object {
  const all = hubs.map(withServedBy) as [HubSettings, ...HubSettings[]];
  const [{ name, ...hub }] = all;
  if (name !== ID.hub || all.length > 1) return { ...settings, hubs: all, spokes: spokes.map(withServedBy) };
  // Each spoke is of the one hub.
  return { ...settings, hub, spokes: spokes.map((spoke) => ({ ...withServedBy(spoke), hub: undefined })) };
}

/** An empty list of regions is written as `azure`. */
function withServedBy<Some extends { readonly servedBy?: string[] | undefined }>(network: Some): Some {
  return network.servedBy?.length === 0 ? { ...network, servedBy: "azure" } : network;
}
