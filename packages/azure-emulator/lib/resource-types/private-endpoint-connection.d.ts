import { type ConnectionState, type PrivateEndpointProperties } from "../endpoint-addresses";
import type { Resource, Store } from "../store";
interface ConnectionProperties {
    privateEndpoint: {
        id: string;
    };
    /** Stored on the endpoint. */
    privateLinkServiceConnectionState?: ConnectionState;
    provisioningState?: string;
}
/**
 * A registry's side of a private endpoint: its owner approves or rejects the endpoint there, or removes the connection. It
 * is created and deleted with the endpoint.
 *
 * @see https://learn.microsoft.com/azure/private-link/manage-private-endpoint
 */
export declare const privateEndpointConnection: import("../resource-type").ResourceType<import("../json").Json>;
/** The connections of a service, with their states. */
export declare function connectionsTo(service: Pick<Resource, "id" | "type">, store: Store): Resource<ConnectionProperties>[];
/** Creates the service's side of an endpoint's connections, or keeps it current. */
export declare function connect(endpoint: Resource<PrivateEndpointProperties>, store: Store): void;
/** Deletes the services' side of an endpoint's connections. */
export declare function disconnect(endpoint: Resource<PrivateEndpointProperties>, store: Store): void;
export {};
