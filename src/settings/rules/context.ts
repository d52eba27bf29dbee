import { pathText } from "../../../packages/common/util";
import { MAX_ENDPOINTS } from "../../azure/limits";
import { asksHub } from "../asks-hub";
import { type SettingsError, show } from "../errors";
import type { Settings } from "../schema";
import type { WellFormed } from "../well-formed";

/** A rule over several settings: the errors where they break it. */
export type SettingsRule = (context: Context) => Iterable<SettingsError>;

/** The settings as the rules look at them. */
export type Context = ReturnType<typeof contextOf>;

export function contextOf({
  registry = {},
  hub: writtenHub = {},
  spokes: writtenSpokes = [],
  ...others
}: WellFormed<Settings>) {
  const hub = networkAt(writtenHub, "hub");
  // More are an error already, and to compare each of many with all others takes too long.
  const spokes = writtenSpokes
    .slice(0, MAX_ENDPOINTS)
    .flatMap((spoke, index) => (spoke ? [networkAt(spoke, "spokes", index)] : []));
  return {
    ...others,
    newRegions: present(others.newRegions),
    registry: { ...registry, replicas: registry.replicas ?? [] },
    hub,
    spokes,
    networks: [hub, ...spokes],
    /** How many private endpoints the registry would have. */
    endpoints: spokes.filter((spoke) => !asksHub(spoke, hub)).length + (hub.endpoint ? 1 : 0),
  };
}

/** A hub or spoke, with its path and with the name that messages have for it. */
function networkAt<Network extends { readonly dnsServers?: WellFormed<string[]> | undefined }>(
  network: Network,
  ...path: (string | number)[]
) {
  const servers = network.dnsServers ?? [];
  // Where a list with a wrong server leads is not known.
  return { ...network, path, label: pathText(path), dnsServers: servers.includes(undefined) ? [] : present(servers) };
}

function present<Item>(items: readonly (Item | undefined)[] = []): Item[] {
  return items.filter((item) => item !== undefined);
}

/** An error about a value, which is shown as JSON. */
export function errorAt(path: SettingsError["path"], value: unknown, allowed: string): SettingsError {
  return { path, found: show(value), allowed };
}

/** Each item whose text an earlier item has too, with the first of these. */
export function repeated<Item>(
  items: readonly Item[],
  textOf: (item: Item) => string | undefined,
): [item: Item, first: Item][] {
  const firsts = new Map<string, Item>();
  return items.flatMap((item): [Item, Item][] => {
    const text = textOf(item);
    if (text === undefined) return [];
    const first = firsts.get(text);
    if (first !== undefined) return [[item, first]];
    firsts.set(text, item);
    return [];
  });
}
