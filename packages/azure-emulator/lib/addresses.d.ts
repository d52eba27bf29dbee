import { Netmask } from "netmask";
import { type LinkedAction } from "./access";
import { ArmError } from "./arm-error";
import { type Resource, type Store } from "./store";
/** Properties of a subnet, as far as the emulator uses them. */
export interface SubnetProperties {
    addressPrefix?: string;
    addressPrefixes?: string[];
    networkSecurityGroup?: {
        id: string;
    };
    routeTable?: {
        id: string;
    };
    privateEndpointNetworkPolicies?: string;
    privateLinkServiceNetworkPolicies?: string;
    delegations?: unknown[];
}
/** An IP configuration of a network interface, or of another resource with addresses in a subnet. */
export interface IpConfiguration {
    id?: string;
    name: string;
    properties: {
        subnet?: {
            id: string;
        };
        privateIPAddress?: string;
        provisioningState?: string;
        privateIPAllocationMethod?: string;
        privateIPAddressVersion?: string;
        primary?: boolean;
        publicIPAddress?: {
            id: string;
        };
        privateLinkConnectionProperties?: {
            groupId: string;
            requiredMemberName: string;
            fqdns: string[];
        };
    };
}
/** Properties of any resource with addresses in subnets. */
export interface WithIpConfigurations {
    ipConfigurations?: IpConfiguration[];
}
/** What a client needs the right to join, to write such a resource. */
export declare const IP_CONFIGURATION_JOINS: readonly LinkedAction[];
/** The address ranges of a subnet, from either property in which a client may write them. */
export declare function rangesOf({ properties }: Resource<SubnetProperties>): Netmask[];
/**
 * The IPv4 ranges in a list. Those of IPv6, which networks have beside them, are taken as they are.
 *
 * @throws ArmError if one is no range
 */
export declare function netmasks(ranges: readonly string[]): Netmask[];
/** @throws ArmError if there is no subnet with this id */
export declare function subnet(id: string, store: Store): Resource<SubnetProperties>;
/** The error of a request that can be repeated once a resource that it uses is no longer being written or deleted. */
export declare function retryableError(used: Resource<object>, user: string): ArmError;
/**
 * Why a resource can't take an address of a subnet for now: the subnet is being written or deleted.
 *
 * @returns undefined if it can
 */
export declare function subnetError(subnetId: string, user: string, store: Store): ArmError | undefined;
/** Where a resource of any type is in a subnet, and its address there. */
export interface Place {
    /** Member of the properties that has it, such as `frontendIPConfigurations`, and its name there. */
    readonly key: string;
    readonly name: unknown;
    readonly subnetId: string;
    readonly address?: string;
    /** Gives it an address. */
    readonly take: (address: string) => void;
}
/** The subnets that a resource of any type is in: those of its IP configurations, whatever these are called. */
export declare function placesOf({ properties }: {
    readonly properties: object;
}): Place[];
/** The resources with an address in a subnet. */
export declare function usersOf(subnetId: string, store: Store): Resource<object>[];
/**
 * The lowest free addresses of a subnet.
 *
 * @throws ArmError if there are fewer; as from Azure, the error does not name the subnet
 */
export declare function freeAddresses(subnetId: string, wanted: number, store: Store): string[];
