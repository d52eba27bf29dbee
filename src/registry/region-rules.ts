import { CLOUDS, REGIONS } from "../../packages/common/azure";
import { type SettingsError, show } from "../settings/errors";
import { type Context, errorAt, repeated } from "../rule-context";
import { nearest } from "../settings/nearest";

export function* regionsAreKnown({ cloud, newRegions, registry, networks }: Context): Iterable<SettingsError> {
  if (cloud === undefined) return;
  const known = Object.keys(REGIONS[cloud]);
  const named = [
    { path: ["registry", "location"], region: registry.location },
    ...registry.replicas.map((replica, index) => ({
      path: ["registry", "replicas", index],
      region: replica?.location,
    })),
    ...networks.map(({ path, location }) => ({ path: [...path, "location"], region: location })),
  ];
  for (const { path, region } of named) {
    if (region === undefined || known.includes(region) || newRegions.includes(region)) continue;
    yield errorAt(
      path,
      region,
      `a region of the Azure ${cloud} cloud${nearest(region, known)}, or a region listed in newRegions`,
    );
  }
}

export function* replicasDiffer({ registry: { location, replicas } }: Context): Iterable<SettingsError> {
  const placed = replicas.map((replica, index) => ({ index, location: replica?.location }));
  const error = (replica: (typeof placed)[number], allowed: string) =>
    errorAt(["registry", "replicas", replica.index], replica.location, allowed);
  for (const [replica, first] of repeated(placed, (replica) => replica.location)) {
    yield error(replica, `a region that differs from replicas[${first.index}]`);
  }
  for (const replica of placed) {
    if (location !== undefined && replica.location === location) {
      yield error(replica, "a region that differs from registry.location, the home region");
    }
  }
}

export function* replicasAreFew({ cloud, newRegions, registry: { replicas } }: Context): Iterable<SettingsError> {
  if (cloud === undefined) return;
  const most = Object.keys(REGIONS[cloud]).length + newRegions.length - 1;
  if (replicas.length > most) {
    yield {
      path: ["registry", "replicas"],
      found: `${replicas.length} regions`,
      allowed: `at most ${most} regions, each of them once`,
    };
  }
}

export function* regionalEndpointsAreAvailable({ cloud, dns, registry }: Context): Iterable<SettingsError> {
  if (!registry.regionalEndpoints) return;
  const error = (allowed: string) => errorAt(["registry", "regionalEndpoints"], true, allowed);
  if (cloud !== undefined && !CLOUDS[cloud].regionalEndpoints) {
    yield error(`false if cloud is ${show(cloud)}, for which no page of Microsoft's describes regional endpoints`);
  }
  if (dns === "shared") {
    yield error(
      'false if dns is "shared": one zone for all networks returns the same addresses to each, so it can\'t lead each network to its own region. Set dns to "per-spoke"',
    );
  }
}

export function* someRegionIsRouted({ registry }: Context): Iterable<SettingsError> {
  if (registry.routed === false && !registry.replicas.some((replica) => replica?.routed !== false))
    yield errorAt(
      ["registry", "routed"],
      false,
      "true, unless a replica is routed: the login server's name has to lead to a region",
    );
}

export function* regionsServeNetworks({ registry, spokes, networks }: Context): Iterable<SettingsError> {
  const { location, replicas, regionalEndpoints, drained = [] } = registry;
  const named = [
    { path: ["registry", "drained"], label: "registry.drained", regions: drained },
    ...networks.map(({ path, label, servedBy = [] }) => ({
      path: [...path, "servedBy"],
      label: `${label}.servedBy`,
      regions: servedBy,
    })),
  ];
  const known = [location, ...replicas.map((replica) => replica?.location)];
  for (const { path, label, regions } of named) {
    if (regions.length === 0) continue;
    if (regionalEndpoints === false) {
      const allowed = "nothing unless registry.regionalEndpoints is true: otherwise Azure chooses the region";
      yield errorAt(path, regions, allowed);
      continue;
    }
    for (const [index, region] of regions.entries()) {
      if (region === undefined) continue;
      const first = regions.indexOf(region);
      const error = (allowed: string) =>
        // A single one need not be in a list.
        errorAt(regions.length === 1 ? path : [...path, index], region, allowed);
      if (first < index) yield error(`a region that differs from ${label}[${first}]`);
      else if (!known.includes(undefined) && !known.includes(region))
        yield error(`a region of the registry: ${known.join(", ")}`);
    }
  }
  for (const { path, servedBy = [], hub, asksHub } of spokes) {
    if (servedBy.length === 0 || !asksHub) continue;
    yield errorAt(
      [...path, "servedBy"],
      servedBy,
      `nothing if all DNS servers of the spoke are in its hub: they return what ${hub.label}.servedBy says`,
    );
  }
}
