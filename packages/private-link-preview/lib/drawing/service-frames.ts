import { type Endpoint, type Registry, type Service, type VirtualNetwork, isRegistry } from "../model/network-model";
import { AZURE } from "../trace";
import { groupBy, unique } from "../../../common/util/collections";
import { count } from "../../../common/util/words";
import type { Facts } from "./facts";
import { type Frame, type Item, type Join, plainFrame, plainItem, shortened } from "./scene";

/** Most frames of services; with more, those of a kind share one. */
const MAX_SERVICES = 6;

/** The frames of registries and other services, with the ways to them. */
export function servicesOf({ model, lookups, most }: Facts, itemOf: (endpoint: Endpoint) => Item) {
  const endpointsOf = groupBy(model.endpoints, ({ service }) => service);
  const all = model.services.filter((service) => endpointsOf.has(service) || isRegistry(service));
  const isMany = (things: readonly unknown[]) => things.length > most(MAX_SERVICES);
  const groups = isMany(all)
    ? [...groupBy(all, (service) => (isRegistry(service) ? service : service.label)).values()]
    : all.map((service) => [service]);
  const rest = isMany(groups) ? groups.splice(MAX_SERVICES - 1).flat() : [];
  const regions = unique(model.registries.flatMap((registry) => registry.regions));
  /** Each network that gets an endpoint's address for a registry's login server, with the region that serves it. */
  const uses = groupBy(
    lookups.flatMap(({ host, network, endpoints, servedBy }) =>
      host.kind === "global"
        ? endpoints.flatMap((endpoint) => servedBy.map((region): Way => ({ endpoint, network, region })))
        : [],
    ),
    ({ endpoint }) => endpoint,
  );
  const paths: Join[] = [];
  const addPath = (users: ReadonlyMap<Item, readonly string[]>, one: Frame | Item, region = 0) => {
    if (users.size > 0) paths.push({ kind: "path", one, others: [...users.keys()], region, users });
  };
  const frames = [...groups, ...(rest.length > 0 ? [rest] : [])].map((group) => {
    const [only] = group as [Service];
    const endpoints = group.flatMap((service) => endpointsOf.get(service) ?? []);
    if (group.length > 1 || !isRegistry(only)) {
      const frame = serviceFrame(group);
      addPath(new Map(endpoints.map((endpoint) => [itemOf(endpoint), []])), frame);
      return frame;
    }
    // An endpoint that no network uses leads to the registry too.
    const ways = endpoints.flatMap((endpoint): Way[] => uses.get(endpoint) ?? [{ endpoint, region: AZURE }]);
    const byRegion = groupBy(ways, ({ region }) => region);
    const frame = registryFrame(only, byRegion, regions);
    for (const region of [...regions, AZURE]) {
      const its = groupBy(byRegion.get(region) ?? [], ({ endpoint }) => itemOf(endpoint));
      const users = new Map([...its].map(([item, ways]) => [item, only.regional ? usersOf(ways) : []]));
      addPath(users, frame.items[only.regions.indexOf(region)] ?? frame, regions.indexOf(region) + 1);
    }
    return frame;
  });
  return { services: frames, paths };
}

interface Way {
  readonly endpoint: Endpoint;
  readonly network?: VirtualNetwork;
  readonly region: string;
}

/** The networks that use an endpoint, where it is not plain that its own alone does. */
function usersOf(ways: readonly Way[]): string[] {
  const users = ways.flatMap(({ network, endpoint }) => (network ? [{ network, home: endpoint.network }] : []));
  return users.some(({ network, home }) => network !== home) ? users.map(({ network }) => network.name) : [];
}

function registryFrame(registry: Registry, ways: ReadonlyMap<string, readonly Way[]>, all: readonly string[]): Frame {
  const { name, regions, regional, unrouted } = registry;
  const open = ways.get(AZURE) ?? [];
  const azureChooses = !regional || open.some(({ network }) => network);
  return {
    ...plainFrame("service", name, "container registry", [registry.address]),
    service: registry,
    notes: azureChooses ? [{ text: "Azure chooses which region serves" }] : [],
    items: regions.map((region) => {
      const isUnrouted = unrouted.includes(region);
      const idle = isUnrouted || (regional && open.length === 0 && !ways.has(region));
      const why = isUnrouted ? "drained: Azure routes no clients here" : "no login server leads here";
      const rows = [{ text: region, is: "name" } as const, ...(idle ? [{ text: why }] : [])];
      return { ...plainItem("region", rows), region: ways.has(region) ? all.indexOf(region) + 1 : 0, idle };
    }),
  };
}

function serviceFrame(services: readonly Service[]): Frame {
  const [first] = services as [Service];
  if (services.length === 1)
    return { ...plainFrame("service", first.name, first.label, [first.address]), service: first };
  const noun = services.every(({ label }) => label === first.label) ? first.label : "other service";
  const notes = shortened(services, MAX_SERVICES).map((text) => ({ text }));
  return { ...plainFrame("service", count(services.length, noun), ""), notes };
}
