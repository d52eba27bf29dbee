import { normaliseRegion } from "../../packages/common/azure";
import { groupBy, unique, UsageError, UserError } from "../../packages/common/util";
import { AZURE, type Lookup, type Preview } from "../../packages/private-link-preview";
import { type ShownResource } from "../plan/plan";
import type { Settings } from "../../src/schema";
import { regionServing, regionServingHub } from "../../src/dns/served-by";
import { hubName, partAndRole } from "../../src/terraform/logical-ids";

/** Which region fails, and which way the names move. */
export interface Failover {
  /** By API name. */
  readonly region: string;
  /** Whether the names move back to the region, and not away from it. */
  readonly back: boolean;
}

/** A record set of the login server whose address changes. */
export interface Move {
  /** Terraform address of the record set. */
  readonly record: string;
  /** The virtual networks whose DNS returns it. */
  readonly networks: readonly string[];
  /** The region that serves them until then, or `azure`. */
  readonly from: string;
  readonly to: string;
  readonly fromAddress: string;
  readonly toAddress: string;
  /** Seconds for which clients may keep the old address. */
  readonly ttl: number;
  /** Name and region of the private endpoint that has the addresses. */
  readonly endpoint: { readonly name: string; readonly location: string | null };
  /** Whether that endpoint is in the region that fails, and the networks are not: they lose it if the whole region fails. */
  readonly endpointFails: boolean;
}

/**
 * What a failover changes: each login server that leads to the region is led to the next region that its network prefers, or
 * to Azure's choice if none is left. With `back`, each that prefers the region is led there again.
 *
 * @param state - the network as the state has it: addresses are read from there, and from nowhere else
 * @param resources - the resources in the state, by Terraform address
 * @throws UsageError if the registry is not in the region
 * @throws UserError if the state does not have what it takes
 */
export function movesOf(
  { region, back }: Failover,
  settings: Settings,
  { lookups, model }: Preview,
  resources: ReadonlyMap<string, ShownResource>,
): Move[] {
  const [registry] = model.registries;
  if (!registry) throw new UserError("Nothing is deployed: the Terraform state has no registry.");
  if (!registry.regional)
    throw new UserError(
      `The regional endpoints of ${registry.name} are off, so Azure chooses which region serves, and leads clients away from a region that fails by itself. To settle it by DNS, set registry.regionalEndpoints to true and deploy.`,
    );
  if (!registry.regions.includes(region))
    throw new UsageError(`${registry.name} is not in ${region}. Its regions: ${registry.regions.join(", ")}.`);
  const notThere = settings.registry.replicas
    .map(({ location }) => location)
    .filter((one) => !registry.regions.includes(one));
  const others = settings.registry.drained.filter((drained) => drained !== region);
  const drained = [...others, ...notThere, ...(back ? [] : [region])];
  const records = groupBy(
    lookups.filter(({ host, records }) => host.kind === "global" && records.length === 1),
    ({ records: [record] }) => record!.address,
  );
  return [...records].flatMap(([record, asked]): Move[] => {
    const [lookup] = asked as [Lookup];
    const [from] = lookup.servedBy;
    const to = preferred(record, lookup, settings, drained);
    if (from === undefined || from === to || (back ? to : from) !== region) return [];
    const { ttl } = resources.get(record)?.values ?? {};
    const { name, location } = lookup.endpoints[0]!;
    return [
      {
        record,
        networks: unique(asked.map(({ network }) => network.name)),
        from,
        to,
        fromAddress: lookup.addresses.join(", "),
        toAddress: addressFor(to, lookup),
        ttl: typeof ttl === "number" ? ttl : settings.recordTtl,
        endpoint: { name, location: location ?? null },
        endpointFails: !back && isIn(location, region) && asked.some(({ network }) => !isIn(network.location, region)),
      },
    ];
  });
}

function isIn(location: string | undefined, region: string): boolean {
  return normaliseRegion(location ?? "") === region;
}

/** The region that the network of a zone prefers. A network that the settings do not have any more prefers its own. */
function preferred(record: string, { network }: Lookup, settings: Settings, drained: readonly string[]): string {
  const { part } = partAndRole(record.slice(record.indexOf(".") + 1));
  const registry = { ...settings.registry, regionalEndpoints: true, drained };
  const location = network.location ?? "";
  const name = hubName(part);
  const region =
    name === undefined
      ? regionServing(settings.spokes.find((spoke) => spoke.name === part) ?? { location }, registry)
      : regionServingHub(settings.hubs.find((hub) => hub.name === name) ?? { name, location }, registry);
  return region ?? AZURE;
}

/** The address that the endpoint which answers a network has for the login server of a region, or for that of Azure's choice. */
function addressFor(to: string, { endpoints, service, network, host }: Lookup): string {
  const name = to === AZURE ? host : service.hosts.find(({ kind, region }) => kind === "regional" && region === to);
  const [address, ...more] = unique(endpoints.flatMap(({ addresses }) => addresses.get(name?.fqdn ?? "") ?? []));
  if (address === undefined || more.length > 0)
    throw new UserError(
      `The state does not have the one address of ${name?.fqdn ?? `the regional endpoint in ${to}`} in ${network.name}. Deploy once while Azure is available, then the state has it.`,
    );
  return address;
}
