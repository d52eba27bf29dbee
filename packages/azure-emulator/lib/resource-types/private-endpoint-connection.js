"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.privateEndpointConnection = void 0;
exports.connectionsTo = connectionsTo;
exports.connect = connect;
exports.disconnect = disconnect;
const node_crypto_1 = require("node:crypto");
const arm_error_1 = require("../arm-error");
const arm_id_1 = require("../arm-id");
const endpoint_addresses_1 = require("../endpoint-addresses");
const resource_type_1 = require("../resource-type");
const private_link_members_1 = require("./private-link-members");
const registry_polling_1 = require("./registry-polling");
/** Type of the connections to a resource of a type. */
function connectionType(type) {
    return `${type}/privateEndpointConnections`;
}
/** The states that clients have asked for, until their operations end. */
const wanted = new WeakMap();
/**
 * A registry's side of a private endpoint: its owner approves or rejects the endpoint there, or removes the connection. It
 * is created and deleted with the endpoint.
 *
 * @see https://learn.microsoft.com/azure/private-link/manage-private-endpoint
 */
exports.privateEndpointConnection = (0, resource_type_1.resourceType)({
    type: connectionType(private_link_members_1.REGISTRY),
    names: { form: /^[\w.-]+$/, allowed: "the name of a connection that exists" },
    location: "none",
    asynchronous: true,
    updatedStatus: 201,
    polling: (action) => ({
        ...(0, registry_polling_1.registryPolling)("connections")(action),
        ...(action === "write" && { inProgress: 201, inProgressAs: "Updating" }),
    }),
    beforeWrite({ id, properties }, _, old) {
        if (!old)
            throw new arm_error_1.ArmError(404, "PrivateEndpointConnectionNotFound", `There is no connection ${id}.`);
        // The answer has the state as it was; the operation changes it.
        const { privateLinkServiceConnectionState: state } = properties;
        delete properties.privateLinkServiceConnectionState;
        properties.privateEndpoint = old.properties.privateEndpoint;
        if (state)
            wanted.set(properties, state);
    },
    afterWrite({ properties }, store) {
        const state = wanted.get(properties);
        if (state)
            setState(properties, state, store);
    },
    onRead({ properties }, store) {
        return { privateLinkServiceConnectionState: stateOf(properties, store) };
    },
    // The endpoint stays, and leads nowhere.
    afterDelete({ properties }, store) {
        setState(properties, { status: "Disconnected" }, store);
    },
});
function stateOf({ privateEndpoint }, store) {
    const endpoint = store.get(privateEndpoint.id);
    return endpoint && (0, endpoint_addresses_1.connectionsOf)(endpoint)[0]?.properties.privateLinkServiceConnectionState;
}
function setState({ privateEndpoint }, { status, description }, store) {
    const endpoint = store.get(privateEndpoint.id);
    if (endpoint)
        (0, endpoint_addresses_1.setConnectionState)(endpoint, status, store, description);
}
/** The connections of a service, with their states. */
function connectionsTo(service, store) {
    return store.ofType(connectionType(service.type), service.id).map((connection) => ({
        ...connection,
        properties: {
            ...connection.properties,
            privateLinkServiceConnectionState: stateOf(connection.properties, store),
        },
    }));
}
/** Creates the service's side of an endpoint's connections, or keeps it current. */
function connect(endpoint, store) {
    for (const { properties } of (0, endpoint_addresses_1.connectionsOf)(endpoint)) {
        const service = store.get(properties.privateLinkServiceId);
        const known = connectionsTo(service, store).find((one) => leadsTo(one, endpoint.id));
        const name = known?.name ?? `${service.name}.${(0, node_crypto_1.randomUUID)().replaceAll("-", "")}`;
        store.set({
            id: `${service.id}/privateEndpointConnections/${name}`,
            name,
            type: connectionType(service.type),
            properties: {
                privateEndpoint: { id: endpoint.id },
                provisioningState: "Succeeded",
            },
        });
    }
}
/** Deletes the services' side of an endpoint's connections. */
function disconnect(endpoint, store) {
    for (const { properties } of (0, endpoint_addresses_1.connectionsOf)(endpoint))
        for (const connection of store.below(properties.privateLinkServiceId))
            if (/\/privateEndpointConnections$/i.test(connection.type) &&
                leadsTo(connection, endpoint.id))
                store.delete(connection.id);
}
function leadsTo({ properties }, endpointId) {
    return (0, arm_id_1.equalIgnoringCase)(properties.privateEndpoint.id, endpointId);
}
