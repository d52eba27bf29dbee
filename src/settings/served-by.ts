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
 * The region to which DNS leads a spoke: the first of its preference that is not drained.
 *
 * @returns undefined if Azure chooses: without regional endpoints, or if no region is left
 */
export function regionServing({ servedBy, location }: Served, registry: Regions): string | undefined {
  if (!registry.regionalEndpoints) return undefined;
  const all = [registry.location, ...registry.replicas.map((replica) => replica.location)];
  const standard = all.includes(location) ? [location, ...all] : [];
  return (servedBy ?? standard).find((region) => !registry.drained.includes(region));
}

/** The same for the hub, which prefers the registry's home region. */
export function regionServingHub({ servedBy }: Pick<Served, "servedBy">, registry: Regions): string | undefined {
  return regionServing({ servedBy, location: registry.location }, registry);
}
