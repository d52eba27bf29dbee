import { ID } from "../terraform/logical-ids";

/** What decides which region serves a network. */
interface Served {
  /** Regions in order of preference; none if Azure chooses. */
  readonly servedBy?: readonly string[] | undefined;
  readonly location: string;
}

/** Where a registry is, and which of its regions are in use. */
interface Regions {
  readonly location: string;
  readonly replicas: readonly { readonly location: string }[];
  readonly regionalEndpoints: boolean;
  readonly drained: readonly string[];
}

/**
 * The region to which DNS leads a network: the first of its preference that is not drained.
 *
 * @returns undefined if Azure chooses: without regional endpoints, or if no region is left
 */
export function regionServing({ servedBy, location }: Served, registry: Regions): string | undefined {
  if (!registry.regionalEndpoints) return undefined;
  const all = regionsOf(registry);
  const standard = all.includes(location) ? [location, ...all] : [];
  return (servedBy ?? standard).find((region) => !registry.drained.includes(region));
}

/** The same for a hub, which prefers its own region if the registry is there, else the home region; the one of `hub` always the latter. */
export function regionServingHub({ name, servedBy, location }: Served & { readonly name: string }, registry: Regions) {
  const prefersOwn = name !== ID.hub && regionsOf(registry).includes(location);
  return regionServing({ servedBy, location: prefersOwn ? location : registry.location }, registry);
}

function regionsOf({ location, replicas }: Regions): string[] {
  return [location, ...replicas.map((replica) => replica.location)];
}
