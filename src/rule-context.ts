import { pathText } from "../packages/common/util";
import { MAX_ENDPOINTS, MAX_HUBS } from "./limits";
import { ID } from "./terraform/logical-ids";
import { asksHub, hubOf } from "./network/hubs";
import { type SettingsError, show } from "./settings/errors";
import type { HubSettings, WrittenSettings } from "./schema";
import type { WellFormed } from "./settings/well-formed";

/** A rule over several settings: the errors where they break it. */
export type SettingsRule = (context: Context) => Iterable<SettingsError>;

/** The settings as the rules look at them. */
export type Context = ReturnType<typeof contextOf>;

export function contextOf({
  registry = {},
  hub: onlyHub,
  hubs: writtenHubs,
  spokes: writtenSpokes = [],
  clients = [],
  ...others
}: WellFormed<WrittenSettings>) {
  const hubs = writtenHubs
    ? writtenHubs.slice(0, MAX_HUBS).flatMap((hub, index) => (hub ? [networkAt(hub, "hubs", index)] : []))
    : [networkAt({ ...onlyHub, name: ID.hub }, "hub")];
  // More are an error already, and to compare each of many with all others takes too long.
  const spokes = writtenSpokes.slice(0, MAX_ENDPOINTS).flatMap((spoke, index) => {
    if (!spoke) return [];
    const hub = hubOf(spoke, hubs) ?? networkAt<WellFormed<HubSettings>>({ name: spoke.hub }, "hubs");
    return [{ ...networkAt(spoke, "spokes", index), hub, asksHub: asksHub(networkAt(spoke), hub) }];
  });
  return {
    ...others,
    newRegions: present(others.newRegions),
    registry: { ...registry, replicas: registry.replicas ?? [] },
    /** The one hub, where `hub` says what it is like. */
    hub: onlyHub,
    hubs,
    spokes,
    clients: clients.flatMap((client, index) => {
      const path = ["clients", index];
      return client ? [{ ...client, path, label: pathText(path), hasServers: "dnsServers" in client }] : [];
    }),
    networks: [...hubs, ...spokes],
    /** How many private endpoints the registry would have. */
    endpoints: spokes.filter((spoke) => !spoke.asksHub).length + hubs.filter((hub) => hub.endpoint).length,
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
