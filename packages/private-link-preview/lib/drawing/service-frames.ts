import { groupBy, unique } from "../../../common/util/collections";
import { count } from "../../../common/util/words";
import { type Endpoint, isRegistry, type Registry, type Service } from "../model/network-model";
import type { Preview } from "../preview";
import { AZURE } from "../resolver";
import { plainFrame, shortened } from "./names";
import type { Frame, Item, Path } from "./sketch";

/** Most boxes of services; with more, those of a kind share one. */
const MAX_SERVICES = 6;

/** The boxes of registries and other services, with the ways to them. */
export function servicesOf(
  { model, lookups }: Preview,
  itemOf: (endpoint: Endpoint) => Item,
): { services: Frame[]; paths: Path[] } {
  const endpointsOf = groupBy(model.endpoints, ({ service }) => service);
  const all = model.services.filter((service) => endpointsOf.has(service) || isRegistry(service));
  const groups =
    all.length > MAX_SERVICES
      ? [...groupBy(all, (service) => (isRegistry(service) ? service : service.label)).values()]
      : all.map((service) => [service]);
  const kept = groups.length > MAX_SERVICES ? groups.slice(0, MAX_SERVICES - 1) : groups;
  const rest = groups.slice(kept.length).flat();
  const regions = unique(model.registries.flatMap((registry) => registry.regions));
  const servedBy = new Map(
    [
      ...groupBy(
        lookups.flatMap(({ host, endpoints, servedBy }) =>
          host.kind === "global" ? endpoints.map((endpoint) => ({ endpoint, servedBy })) : [],
        ),
        ({ endpoint }) => endpoint,
      ),
    ].map(([endpoint, its]) => [endpoint, unique(its.flatMap((one) => one.servedBy))]),
  );
  const paths: Path[] = [];
  const addPath = (endpoints: readonly Endpoint[], to: Path["to"], region = 0) => {
    if (endpoints.length > 0) paths.push({ from: unique(endpoints.map(itemOf)), to, region });
  };
  const services = [...kept, ...(rest.length > 0 ? [rest] : [])].map((group) => {
    const [only] = group;
    const endpoints = group.flatMap((service) => endpointsOf.get(service) ?? []);
    if (group.length > 1 || !only || !isRegistry(only)) {
      const frame = serviceFrame(group);
      addPath(endpoints, frame);
      return frame;
    }
    // An endpoint that no network uses leads to the registry too.
    const ways = endpoints.flatMap((endpoint) =>
      (servedBy.get(endpoint) ?? [AZURE]).map((region) => ({ endpoint, region })),
    );
    const byRegion = groupBy(ways, ({ region }) => region);
    const chosen = !only.regional || endpoints.some((endpoint) => servedBy.get(endpoint)?.includes(AZURE));
    const frame = registryFrame(only, chosen, (region) => (byRegion.has(region) ? regions.indexOf(region) + 1 : 0));
    for (const [region, its] of [...byRegion].sort(([a], [b]) => regions.indexOf(a) - regions.indexOf(b)))
      addPath(
        its.map(({ endpoint }) => endpoint),
        frame.items[only.regions.indexOf(region)] ?? frame,
        regions.indexOf(region) + 1,
      );
    return frame;
  });
  return { services, paths };
}

function registryFrame(
  { name, regions, unrouted }: Registry,
  azureChooses: boolean,
  numberOf: (region: string) => number,
): Frame {
  return {
    ...plainFrame("service", name, "container registry"),
    notes: azureChooses ? [{ text: "Azure chooses which region serves" }] : [],
    items: regions.map((region) => ({
      kind: "region",
      region: numberOf(region),
      rows: [{ text: region, is: "name" }, ...(unrouted.includes(region) ? [{ text: "not routed to" }] : [])],
    })),
  };
}

function serviceFrame(services: readonly Service[]): Frame {
  const labels = unique(services.map(({ label }) => label));
  const [only] = services;
  if (services.length === 1) return plainFrame("service", only!.name, only!.label);
  const title = count(services.length, labels.length === 1 ? labels[0]! : "other service");
  return {
    ...plainFrame("service", title, ""),
    notes: shortened(services.map(({ name }) => name)).map((text) => ({ text })),
  };
}
