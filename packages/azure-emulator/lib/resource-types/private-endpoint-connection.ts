import { randomUUID } from "node:crypto";
import { ArmError } from "../arm-error";
import {
  type ConnectionState,
  type PrivateEndpoint,
  type PrivateEndpointProperties,
  connectionsOf,
  setConnectionState,
} from "../endpoint-addresses";
import { resourceType } from "../resource-type";
import type { Resource, Store } from "../store";
import { REGISTRY } from "./private-link-members";
import { registryPolling } from "../polling";

/** Type of the connections to a resource of a type. */
function connectionType(type: string): string {
  return `${type}/privateEndpointConnections`;
}

interface ConnectionProperties {
  privateEndpoint: { id: string };
  /** Stored on the endpoint. */
  privateLinkServiceConnectionState?: ConnectionState;
  provisioningState?: string;
}

/** The states that clients have asked for, until their operations end. */
const wanted = new WeakMap<object, ConnectionState>();

/**
 * A registry's side of a private endpoint: its owner approves or rejects the endpoint there, or removes the connection. It
 * is created and deleted with the endpoint.
 *
 * @see https://learn.microsoft.com/azure/private-link/manage-private-endpoint
 */
export const privateEndpointConnection = resourceType<ConnectionProperties>({
  type: connectionType(REGISTRY),
  names: { form: /^[\w.-]+$/, allowed: "the name of a connection that exists" },
  asynchronous: true,
  shape: { privateLinkServiceConnectionState: { status: "string", description: "string" } },
  updatedStatus: 201,
  polling: (action) => ({
    ...registryPolling("connections")(action),
    ...(action === "update" && { inProgress: 201 }),
  }),
  beforeWrite({ id, properties }, _, old) {
    if (!old) throw new ArmError(404, "PrivateEndpointConnectionNotFound", `There is no connection ${id}.`);
    // The answer has the state as it was; the operation changes it.
    const { privateLinkServiceConnectionState: state } = properties;
    delete properties.privateLinkServiceConnectionState;
    properties.privateEndpoint = old.properties.privateEndpoint;
    if (state) wanted.set(properties, state);
  },
  afterWrite({ properties }, store) {
    const state = wanted.get(properties);
    if (state) setState(properties, state, store);
  },
  onRead({ properties }, store) {
    return { privateLinkServiceConnectionState: stateOf(properties, store) };
  },
  // The endpoint stays, and leads nowhere.
  afterDelete({ properties }, store) {
    setState(properties, { status: "Disconnected" }, store);
  },
});

function stateOf({ privateEndpoint }: ConnectionProperties, store: Store): ConnectionState | undefined {
  const endpoint = store.get<PrivateEndpointProperties>(privateEndpoint.id);
  return endpoint && connectionsOf(endpoint)[0]?.properties.privateLinkServiceConnectionState;
}

function setState(
  { privateEndpoint }: ConnectionProperties,
  { status, description }: Pick<ConnectionState, "status"> & Partial<ConnectionState>,
  store: Store,
): void {
  const endpoint = store.get<PrivateEndpointProperties>(privateEndpoint.id);
  if (endpoint) setConnectionState(endpoint, status, store, description);
}

/** The connections of a service, with their states. */
export function connectionsTo(service: Pick<Resource, "id" | "type">, store: Store): Resource<ConnectionProperties>[] {
  return store.ofType<ConnectionProperties>(connectionType(service.type), service.id).map((connection) => ({
    ...connection,
    properties: {
      ...connection.properties,
      privateLinkServiceConnectionState: stateOf(connection.properties, store)!,
    },
  }));
}

/** Creates the service's side of an endpoint's connections, or keeps it current. */
export function connect(endpoint: PrivateEndpoint, store: Store): void {
  for (const { properties } of connectionsOf(endpoint)) {
    const service = store.get(properties.privateLinkServiceId)!;
    const [known] = store.referring(connectionType(service.type), "privateEndpoint.id", endpoint.id);
    const name = known?.name ?? `${service.name}.${randomUUID().replaceAll("-", "")}`;
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
export function disconnect(endpoint: PrivateEndpoint, store: Store): void {
  for (const { properties } of connectionsOf(endpoint)) {
    const service = store.get(properties.privateLinkServiceId);
    if (!service) continue;
    for (const { id } of store.referring(connectionType(service.type), "privateEndpoint.id", endpoint.id))
      store.delete(id);
  }
}
