import { armValues, serviceHosts, serviceOfId } from "../../../common/azure/service-names";
import { groupBy } from "../../../common/util/collections";
import { uuidOf } from "../any-type/fill";
import { equalIgnoringCase } from "../arm-id";
import { PRIVATE_LINK_ZONE, REGISTRY_SUFFIX } from "../registry-names";
import type { Resource, Store } from "../store";

export const REGISTRY = "Microsoft.ContainerRegistry/registries";
export const REPLICATION = `${REGISTRY}/replications`;

/** A host name of a private link service, and its record in private DNS. */
export interface PrivateLinkName {
  readonly fqdn: string;
  /** Name of the record, relative to the zone. */
  readonly record: string;
  /** Name of the private DNS zone. */
  readonly zone: string;
}

/** A member of a private link service, for which an endpoint takes an address, and its host names. */
export interface PrivateLinkMember {
  /** Name of the member: `registry_data_swedencentral`. */
  readonly member: string;
  readonly groupId: string;
  readonly names: readonly PrivateLinkName[];
}

/** Properties of a registry that add host names. */
interface WithRegionalEndpoints {
  regionalEndpoints?: "Enabled" | "Disabled";
}

/** The regions of a registry: its home region, and those of its replicas. */
export function regionsOf(registry: Pick<Resource, "id" | "location">, store: Store): string[] {
  return [...new Set([registry, ...store.ofType(REPLICATION, registry.id)].map(({ location = "" }) => location))];
}

/** The host name of a region's data. */
export function dataHost({ name }: { name: string }, region: string): string {
  return `${name.toLowerCase()}.${region}.data.${REGISTRY_SUFFIX}`;
}

/** The login server of a region, where regional endpoints are on. */
export function regionalHost({ name }: { name: string }, region: string): string {
  return `${name.toLowerCase()}.${region}.geo.${REGISTRY_SUFFIX}`;
}

/** The groups of a service that endpoints can ask for; undefined where they are not known. */
export function privateLinkGroups(serviceId: string): RegExp[] | undefined {
  const found = serviceOfId(serviceId);
  if (!found || found.service.subresources.length === 0) return undefined;
  // A name may have a placeholder in it: sites-{slot}.
  return found.service.subresources.map(({ name }) => new RegExp(`^${name.replace(/\{\w+\}/g, ".+")}$`, "i"));
}

/** The members that a service has now for an endpoint that asks for these groups. */
export function privateLinkMembers(serviceId: string, groupIds: readonly string[], store: Store): PrivateLinkMember[] {
  const resource = store.get(serviceId);
  if (!resource) return [];
  if (equalIgnoringCase(resource.type, REGISTRY)) return registryMembers(resource, store);
  const service = serviceOfId(serviceId)?.service;
  const members = groupIds.flatMap((groupId) => {
    const hosts = service ? serviceHosts(service, groupId, "public", armValues(service, resource)) : [];
    const names = hosts.map(({ label, fqdn, privateName, zone }) => ({
      // An app and its source control site share an address.
      member: label === "scm" || label === groupId ? groupId : `${groupId} ${label}`,
      name: { fqdn, record: privateName.slice(0, -zone.length - 1), zone },
    }));
    const found = [...groupBy(names, ({ member }) => member)].map(([member, its]) => ({
      member,
      groupId,
      names: its.map(({ name }) => name),
    }));
    return found.length > 0 ? found : [{ member: groupId, groupId, names: [] }];
  });
  // A private link service of one's own has no groups and no names.
  return members.length > 0 ? members : [{ member: uuidOf(serviceId).slice(0, 8), groupId: "", names: [] }];
}

/**
 * The members that a registry has now: one for the registry, one for the data of each region, and where regional endpoints
 * are on, one login server for each region.
 */
export function registryMembers(
  registry: Pick<Resource, "id" | "name" | "location"> & { readonly properties: WithRegionalEndpoints },
  store: Store,
): PrivateLinkMember[] {
  const regions = regionsOf(registry, store);
  const regional = registry.properties.regionalEndpoints === "Enabled" ? regions : [];
  return [
    { fqdn: `${registry.name.toLowerCase()}.${REGISTRY_SUFFIX}`, member: "registry" },
    ...regions.map((region) => ({ fqdn: dataHost(registry, region), member: `registry_data_${region}` })),
    ...regional.map((region) => ({ fqdn: regionalHost(registry, region), member: `registry_${region}` })),
  ].map(({ fqdn, member }) => ({
    member,
    groupId: "registry",
    names: [{ fqdn, record: fqdn.slice(0, -`.${REGISTRY_SUFFIX}`.length), zone: PRIVATE_LINK_ZONE }],
  }));
}
