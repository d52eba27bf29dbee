import type { Cloud } from "./clouds";
import type { ServiceHost } from "./service-names";

/** A host name of the registry, which every private endpoint of it has an address for. */
export interface RegistryHost extends ServiceHost {
  /** Which of a registry's endpoints it is the name of, in the words of Microsoft's documentation. */
  readonly kind: "global" | "regional" | "data";
  /** Short and stable: `login-server`, `data-REGION`, or `regional-REGION`. */
  readonly id: string;
  /** What it is called in texts: `login server`, `data REGION`, or `regional REGION`. */
  readonly label: string;
  /** The region that serves it; absent for the login server, which any region may serve. */
  readonly region?: string;
  /** The name of its A record, relative to the private-link zone: `NAME`, `NAME.REGION.data` or `NAME.REGION.geo`. */
  readonly record: string;
}

/**
 * The registry's host names: the login server, then the data endpoint of each region, then, if regional endpoints are on,
 * the login server of each region.
 *
 * Source: "Azure Container Registry endpoint reference", Microsoft's registry documentation.
 *
 * @param regional - whether regional endpoints are on
 */
export function registryHosts(
  registry: string,
  regions: readonly string[],
  cloud: Cloud,
  regional = false,
): RegistryHost[] {
  const { registrySuffix, privateLinkZone: zone } = cloud;
  const named = (kind: RegistryHost["kind"], label: string, record: string, region?: string): RegistryHost => ({
    kind,
    id: label.replace(" ", "-"),
    label,
    ...(region !== undefined && { region }),
    record,
    subresource: "registry",
    fqdn: `${record}.${registrySuffix}`,
    privateName: `${record}.${zone}`,
    zone,
  });
  return [
    named("global", "login server", registry),
    ...regions.map((region) => named("data", `data ${region}`, `${registry}.${region}.data`, region)),
    ...(regional
      ? regions.map((region) => named("regional", `regional ${region}`, `${registry}.${region}.geo`, region))
      : []),
  ];
}
