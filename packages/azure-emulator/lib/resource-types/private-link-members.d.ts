import type { Resource, Store } from "../store";
export declare const REGISTRY = "Microsoft.ContainerRegistry/registries";
export declare const REPLICATION = "Microsoft.ContainerRegistry/registries/replications";
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
export declare function regionsOf(registry: Pick<Resource, "id" | "location">, store: Store): string[];
/** The host name of a region's data. */
export declare function dataHost({ name }: {
    name: string;
}, region: string): string;
/** The login server of a region, where regional endpoints are on. */
export declare function regionalHost({ name }: {
    name: string;
}, region: string): string;
/** The groups of a service that endpoints can ask for; undefined where they are not known. */
export declare function privateLinkGroups(serviceId: string): RegExp[] | undefined;
/** The members that a service has now for an endpoint that asks for these groups. */
export declare function privateLinkMembers(serviceId: string, groupIds: readonly string[], store: Store): PrivateLinkMember[];
/**
 * The members that a registry has now: one for the registry, one for the data of each region, and where regional endpoints
 * are on, one login server for each region.
 */
export declare function registryMembers(registry: Pick<Resource, "id" | "name" | "location"> & {
    readonly properties: WithRegionalEndpoints;
}, store: Store): PrivateLinkMember[];
export {};
