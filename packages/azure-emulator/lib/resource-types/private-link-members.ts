import { CLOUDS } from "../../../common/azure/clouds";
import { type RegistryHost, registryHosts } from "../../../common/azure/registry-hosts";
import { armValues, serviceHosts, serviceOfId } from "../../../common/azure/service-names";
import { groupBy, unique } from "../../../common/util/collections";
import { uuidOf } from "../any-type/fill";
import { equalIgnoringCase } from "../arm-id";
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

/** A registry, as far as its host names follow from it. */
type Registry = Pick<
  Resource<{ regionalEndpoints?: "Enabled" | "Disabled" }>,
  "id" | "name" | "location" | "properties"
>;

/** The host names of a registry in its home region and those of its replicas. */
export function hostsOf(registry: Registry, store: Store): RegistryHost[] {
  const regions = [registry, ...store.ofType(REPLICATION, registry.id)].map(({ location = "" }) => location);
  const isRegional = registry.properties.regionalEndpoints === "Enabled";
  return registryHosts(registry.name.toLowerCase(), unique(regions), CLOUDS.public, isRegional);
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
    const found = groupBy(
      hosts,
      // An app and its source control site share an address.
      ({ label }) => (label === "scm" || label === groupId ? groupId : `${groupId} ${label}`),
      ({ fqdn, privateName, zone }) => ({ fqdn, record: privateName.slice(0, -zone.length - 1), zone }),
    );
    if (found.size === 0) return [{ member: groupId, groupId, names: [] }];
    return [...found].map(([member, names]) => ({ member, groupId, names }));
  });
  // A private link service of one's own has no groups and no names.
  return members.length > 0 ? members : [{ member: uuidOf(serviceId).slice(0, 8), groupId: "", names: [] }];
}

/**
 * The members that a registry has now: one for the registry, one for the data of each region, and where regional endpoints
 * are on, one login server for each region.
 */
export function registryMembers(registry: Registry, store: Store): PrivateLinkMember[] {
  return hostsOf(registry, store).map(({ kind, region = "", fqdn, record, zone }) => ({
    member: { global: "registry", data: `registry_data_${region}`, regional: `registry_${region}` }[kind],
    groupId: "registry",
    names: [{ fqdn, record, zone }],
  }));
}
