import { type Endpoint, type Registry, type Service, type VirtualNetwork, isRegistry } from "../model/network-model";
import { AZURE } from "../resolver";
import { groupBy, unique } from "../../../common/util/collections";
import { count } from "../../../common/util/words";
import { plainFrame, plainItem, shortened } from "./names";
import type { Drawn } from "./network-frames";
import type { Frame, Item, Limits, Path } from "./scene";

/** The frames of registries and other services, with the ways to them. */
export function servicesOf(
  { model, lookups }: Drawn,
  itemOf: (endpoint: Endpoint) => Item,
  limits: Limits,
): { services: Frame[]; paths: Path[] } {
  const endpointsOf = groupBy(model.endpoints, ({ service }) => service);
  const all = model.services.filter((service) => endpointsOf.has(service) || isRegistry(service));
  const groups =
    all.length > limits.services
      ? [...groupBy(all, (service) => (isRegistry(service) ? service : service.label)).values()]
      : all.map((service) => [service]);
  const kept = groups.length > limits.services ? groups.slice(0, limits.services - 1) : groups;
  const rest = groups.slice(kept.length).flat();
  const regions = unique(model.registries.flatMap((registry) => registry.regions));
  /** Each network that gets an endpoint's address for a registry's login server, with the region that serves it. */
  const uses = groupBy(
    lookups.flatMap(({ host, network, endpoints, servedBy }) =>
      host.kind === "global"
        ? endpoints.flatMap((endpoint) => servedBy.map((region) => ({ endpoint, network, region })))
        : [],
    ),
    ({ endpoint }) => endpoint,
  );
  const paths: Path[] = [];
  const addPath = (from: Path["from"], to: Path["to"], region = 0) => {
    if (from.size > 0) paths.push({ from, to, region });
  };
  const services = [...kept, ...(rest.length > 0 ? [rest] : [])].map((group) => {
    const [only] = group;
    const endpoints = group.flatMap((service) => endpointsOf.get(service) ?? []);
    if (group.length > 1 || !only || !isRegistry(only)) {
      const frame = serviceFrame(group, limits);
      addPath(new Map(endpoints.map((endpoint) => [itemOf(endpoint), []])), frame);
      return frame;
    }
    // An endpoint that no network uses leads to the registry too.
    const ways = endpoints.flatMap((endpoint): Way[] => uses.get(endpoint) ?? [{ endpoint, region: AZURE }]);
    const byRegion = groupBy(ways, ({ region }) => region);
    const frame = registryFrame(only, byRegion, regions);
    for (const region of [...regions, AZURE]) {
      const its = groupBy(byRegion.get(region) ?? [], ({ endpoint }) => endpoint);
      const from = new Map([...its].map(([endpoint, ways]) => [itemOf(endpoint), usersOf(ways, only)]));
      addPath(from, frame.items[only.regions.indexOf(region)] ?? frame, regions.indexOf(region) + 1);
    }
    return frame;
  });
  return { services, paths };
}

interface Way {
  readonly endpoint: Endpoint;
  readonly network?: VirtualNetwork;
  readonly region: string;
}

/** The networks that use an endpoint, where it is not plain that its own alone does. */
function usersOf(ways: readonly Way[], { regional }: Registry): string[] {
  const others = ways.some(({ network, endpoint }) => network && network !== endpoint.network);
  return regional && others ? ways.flatMap(({ network }) => (network ? [network.name] : [])) : [];
}

function registryFrame(
  registry: Registry,
  byRegion: ReadonlyMap<string, readonly Way[]>,
  regions: readonly string[],
): Frame {
  const { name, regional, unrouted } = registry;
  const openWays = byRegion.get(AZURE) ?? [];
  const azureChooses = !regional || openWays.some(({ network }) => network);
  return {
    ...plainFrame("service", name, "container registry"),
    service: registry,
    notes: azureChooses ? [{ text: "Azure chooses which region serves" }] : [],
    items: registry.regions.map((region) => {
      const used = byRegion.has(region);
      const idle = unrouted.includes(region) || (regional && openWays.length === 0 && !used);
      const why = unrouted.includes(region) ? "drained: Azure routes no clients here" : "no login server leads here";
      return {
        ...plainItem("region", [{ text: region, is: "name" }, ...(idle ? [{ text: why }] : [])]),
        region: used ? regions.indexOf(region) + 1 : 0,
        idle,
      };
    }),
  };
}

function serviceFrame(services: readonly Service[], { names }: Limits): Frame {
  const labels = unique(services.map(({ label }) => label));
  const [only] = services;
  if (services.length === 1) return { ...plainFrame("service", only!.name, only!.label), service: only! };
  const title = count(services.length, labels.length === 1 ? labels[0]! : "other service");
  return {
    ...plainFrame("service", title, ""),
    notes: shortened(
      services.map(({ name }) => name),
      names,
    ).map((text) => ({ text })),
  };
}
