import { type IpConfiguration } from "./addresses";
import type { Resource, Store } from "./store";
export declare const PRIVATE_ENDPOINT = "Microsoft.Network/privateEndpoints";
export declare const ZONE_GROUP = "Microsoft.Network/privateEndpoints/privateDnsZoneGroups";
interface Connection {
    id?: string;
    name: string;
    properties: {
        privateLinkServiceId: string;
        groupIds?: string[];
        provisioningState?: string;
        privateLinkServiceConnectionState?: ConnectionState;
    };
}
/** State of the connection between an endpoint and its registry. */
export interface ConnectionState {
    status: "Pending" | "Approved" | "Rejected" | "Disconnected";
    description: string;
    actionsRequired: string;
}
/** The state of a connection that waits for the owner of the registry. */
export declare const PENDING: ConnectionState;
/** Properties of a private endpoint. */
export interface PrivateEndpointProperties {
    subnet: {
        id: string;
    };
    customNetworkInterfaceName?: string;
    privateLinkServiceConnections?: Connection[];
    manualPrivateLinkServiceConnections?: Connection[];
    networkInterfaces?: {
        id: string;
    }[];
    /** The addresses that the client chooses. */
    ipConfigurations?: {
        properties?: {
            groupId?: string;
            memberName?: string;
            privateIPAddress?: string;
        };
    }[];
    customDnsConfigs?: {
        fqdn: string;
        ipAddresses: string[];
    }[];
}
/** Properties of a DNS zone group: the zones in which an endpoint registers itself. */
export interface ZoneGroupProperties {
    privateDnsZoneConfigs?: {
        id?: string;
        name: string;
        properties: {
            privateDnsZoneId: string;
            recordSets?: object[];
        };
    }[];
}
/** The private endpoints of a service. */
export declare function endpointsOf(serviceId: string, store: Store): Resource<PrivateEndpointProperties>[];
/** Sets the state of an endpoint's connection. An approved one has the host names of its registry. */
export declare function setConnectionState(endpoint: Resource<PrivateEndpointProperties>, status: ConnectionState["status"], store: Store, description?: string): void;
/**
 * Gives an endpoint the addresses of its service's members: adds those that are missing, removes those of members that
 * no longer exist, and keeps all others. They are on the endpoint's network interface, in an order without meaning. An
 * address that is added while the connection waits for approval gets its host names with the approval.
 *
 * @throws ArmError if its subnet has too few
 */
export declare function assignAddresses(endpoint: Resource<PrivateEndpointProperties>, store: Store): void;
/** An endpoint without a zone group lists its addresses. One with zone groups writes them to the zones instead. */
export declare function publishAddresses(endpoint: Resource<PrivateEndpointProperties>, ipConfigurations: readonly IpConfiguration[], store: Store): void;
/** Id of the network interface of an endpoint. */
export declare function interfaceIdOf({ properties }: Resource<PrivateEndpointProperties>): string;
/** Id of the network interface of a new endpoint: of the name that it asks for, or of one that Azure makes up. */
export declare function newInterfaceId({ id, name, properties }: Resource<PrivateEndpointProperties>): string;
/** The connections of an endpoint, automatic and manual ones. */
export declare function connectionsOf({ properties }: Resource<PrivateEndpointProperties>): Connection[];
/** Deletes the records that an endpoint wrote through its zone groups. */
export declare function removeRecords(endpointId: string, store: Store): void;
export {};
