import { parseId } from "../terraform/resource-id";
import type { TerraformStack } from "../terraform";
import { ID } from "../terraform/logical-ids";
import type { Providers } from "../terraform/providers";
import type { Naming } from "../naming";
import type { Network } from "../network/network";
import type { RegistryEndpoint } from "../registry/endpoint";
import type { Registry } from "../registry/registry";
import { outputRecords } from "./external-records";
import { RegistryZone } from "./registry-zone";
import { sharedZone, zonePerNetwork } from "./zone-layout";
import type { ZoneReference } from "./zone-reference";

/** What DNS returns in each network. */
export interface DnsProps {
  /** Whether each network has a zone of its own, all share one, or others write the records. */
  readonly layout: "per-spoke" | "shared" | "external";
  readonly hubs: readonly Network[];
  readonly endpoints: readonly RegistryEndpoint[];
  readonly registry: Registry;
  /** By network, the region to which the login server's name leads; undefined where Azure chooses. */
  readonly servedBy: ReadonlyMap<Network, string | undefined>;
  /** By network, the id of the zone that is linked to it already. */
  readonly existingZones: ReadonlyMap<Network, string | undefined>;
  /** The providers of all subscriptions. */
  readonly providers: Providers;
  /** Name of the private DNS zone: the one for registries over private link. */
  readonly zoneName: string;
  /** TTL of the records, in seconds. */
  readonly ttl: number;
  readonly naming: Naming;
}

/** The zones with their links and records, or an output of the records that others write. */
export function addDns(stack: TerraformStack, props: DnsProps): void {
  const { layout, hubs, endpoints, registry, zoneName, ttl, naming } = props;
  const { hosts } = registry;
  const zones =
    layout === "shared" ? sharedZone(hubs[0]!, endpoints) : zonePerNetwork(hubs, registry.location, endpoints);
  const existingZone = (home: Network): ZoneReference | undefined => {
    const id = props.existingZones.get(home);
    if (id === undefined) return undefined;
    const { names, resourceGroupName, subscriptionId } = parseId("privateDnsZone", id)!;
    return { id, name: names[0]!, resourceGroupName, provider: props.providers.ofSubscription(subscriptionId) };
  };
  const served = zones.map((zone) => ({ ...zone, servedBy: props.servedBy.get(zone.home) }));
  if (layout === "external") {
    outputRecords(stack, served, { zoneName, hosts, ttl });
    return;
  }
  for (const { home, networks, endpoints, servedBy } of served)
    new RegistryZone(home, ID.dns, {
      zoneName,
      existingZone: existingZone(home),
      hosts,
      networks,
      endpoints,
      servedBy,
      ttl,
      naming,
    });
}
