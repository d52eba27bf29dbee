import type { Settings } from "./schema";

/** Settings as they are written, with every default: read again, they are the same settings. */
export function written({ hub, spokes, ...settings }: Settings): object {
  return { ...settings, hub: withServedBy(hub), spokes: spokes.map(withServedBy) };
}

/** An empty list of regions is written as `azure`. */
function withServedBy(network: Pick<Settings["hub"], "servedBy">): object {
  return network.servedBy?.length === 0 ? { ...network, servedBy: "azure" } : network;
}
