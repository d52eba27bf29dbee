import { randomUUID } from "node:crypto";
import { SUBNET, refuseAddress, subnetError } from "../addresses";
import { badRequest, conflict } from "../arm-error";
import { equalIgnoringCase } from "../arm-id";
import {
  PENDING,
  PRIVATE_ENDPOINT,
  type PrivateEndpoint,
  type PrivateEndpointProperties,
  connectionsOf,
  endpointsOf,
  interfaceIdOf,
  newInterfaceId,
  assignAddresses,
  chosenAddresses,
  refuseMissingMembers,
  removeRecords,
} from "../endpoint-addresses";
import { ANY_TYPE, networkName, networkType } from "../resource-type";
import { REFERENCE } from "../shape";
import { isProvisioned } from "../store";
import { lockedScopes } from "./authorization";
import { connect, disconnect } from "./private-endpoint-connection";
import { REGISTRY, REPLICATION, privateLinkGroups } from "./private-link-members";

/** What a connection to a service looks like. */
const CONNECTION_SHAPE = {
  "name!": "string",
  "properties!": {
    "privateLinkServiceId!": "string",
    groupIds: ["string"],
    privateLinkServiceConnectionState: { status: "string", description: "string" },
  },
} as const;

/** Most private endpoints of a registry. Source: "Service tier features and limits" of the registry. */
const MOST_ENDPOINTS = 200;

export const privateEndpoint = networkType<PrivateEndpointProperties>({
  type: PRIVATE_ENDPOINT,
  names: networkName(64),
  linkedActions: {
    "Microsoft.Network/virtualNetworks/subnets/join/action": "properties.subnet.id",
    "Microsoft.ContainerRegistry/registries/privateEndpointConnectionsApproval/action":
      "properties.privateLinkServiceConnections.properties.privateLinkServiceId",
  },
  references: {
    [ANY_TYPE]: (_, endpoint) =>
      connectionsOf(endpoint as unknown as PrivateEndpoint).map(({ properties }) => properties.privateLinkServiceId),
    [SUBNET]: "properties.subnet.id",
  },
  regional: [SUBNET],
  uuids: ["resourceGuid"],
  shape: {
    "subnet!": REFERENCE,
    customNetworkInterfaceName: "string",
    privateLinkServiceConnections: [CONNECTION_SHAPE],
    manualPrivateLinkServiceConnections: [CONNECTION_SHAPE],
    ipConfigurations: [{ properties: { groupId: "string", memberName: "string", privateIPAddress: "string" } }],
  },
  defaults: {
    privateLinkServiceConnections: [],
    manualPrivateLinkServiceConnections: [],
    ipConfigurations: [],
    customNetworkInterfaceName: "",
    ipVersionType: "IPv4",
  },
  beforeWrite(endpoint, store, old) {
    const { id, name, properties } = endpoint;
    const { manualPrivateLinkServiceConnections: manual = [], customNetworkInterfaceName: nicName = "" } = properties;
    for (const connection of connectionsOf(endpoint)) {
      const { privateLinkServiceId, groupIds = [] } = connection.properties;
      const service = store.get(privateLinkServiceId)!;
      const isRegistry = equalIgnoringCase(service.type, REGISTRY);
      const unfinished = [service, ...store.ofType(REPLICATION, privateLinkServiceId)].find(
        (part) => !isProvisioned(part),
      );
      if (unfinished)
        throw badRequest(
          "ReferencedResourceNotProvisioned",
          `${unfinished.id}, which '${name}' needs, is not in Succeeded state.`,
        );
      const groups = privateLinkGroups(privateLinkServiceId);
      const wrong = groups && groupIds.filter((groupId) => !groups.some((group) => group.test(groupId)));
      if (groups && (groupIds.length === 0 || wrong!.length > 0))
        throw badRequest(
          "InvalidGroupId",
          `'${name}' asks for the group ${groupIds.join(", ")}, which ${service.type} does not have.`,
        );
      // That it is refused is documented, its code is not.
      if (isRegistry && service.sku?.name !== "Premium")
        throw badRequest(
          "PrivateEndpointNotSupported",
          `Private endpoints need a registry of the Premium SKU: ${service.id}.`,
        );
      if (isRegistry && !old && endpointsOf(privateLinkServiceId, store).length >= MOST_ENDPOINTS)
        throw badRequest("PrivateEndpointLimitReached", `A registry takes ${MOST_ENDPOINTS} private endpoints.`);
      const isManual = manual.includes(connection);
      connection.id = `${id}/${isManual ? "manualPrivateLinkServiceConnections" : "privateLinkServiceConnections"}/${connection.name}`;
      connection.properties.provisioningState = "Succeeded";
      const before = old && connectionsOf(old).find(({ name }) => name === connection.name);
      // A manual connection waits for the registry's owner. Any other is approved, unless the client writes its state.
      const state = before?.properties.privateLinkServiceConnectionState;
      connection.properties.privateLinkServiceConnectionState = isManual
        ? (state ?? PENDING)
        : (connection.properties.privateLinkServiceConnectionState ??
          state ?? { status: "Approved", description: "Auto-Approved", actionsRequired: "None" });
    }
    const nic = old ? interfaceIdOf(old) : newInterfaceId(endpoint);
    if (!old && store.has(nic))
      throw badRequest(
        "PrivateEndpointNicAlreadyExists",
        `Private endpoint ${id} contains custom NIC name ${nicName} which already exists.`,
      );
    if (old && !equalIgnoringCase(old.properties.customNetworkInterfaceName ?? "", nicName))
      throw badRequest(
        "NameOfExistingPrivateEndpointNicCannotBeChanged",
        `Private endpoint ${id} contains existing NIC name ${nic.split("/").at(-1)!} which does not match the request's custom network interface name ${nicName}.`,
      );
    properties.networkInterfaces = [{ id: nic }];
    refuseMissingMembers(endpoint, store);
    for (const address of chosenAddresses(endpoint)) refuseAddress(address, properties.subnet.id, nic, store);
    properties.customDnsConfigs = old?.properties.customDnsConfigs ?? [];
  },
  failure(action, endpoint, store) {
    const { id, name, properties } = endpoint;
    if (action === "write") return subnetError(properties.subnet.id, id, store);
    for (const { properties: connection } of connectionsOf(endpoint)) {
      const registry = connection.privateLinkServiceId;
      const locked = lockedScopes(registry, store);
      if (locked.length > 0)
        return conflict(
          "ScopeLocked",
          `Call to ${REGISTRY} failed. Error message: The scope '${registry}/privateEndpointConnectionProxies/${name}.${randomUUID()}' cannot perform delete operation because following scope(s) are locked: '${locked.join("', '")}'. Please remove the lock and try again.`,
        );
    }
    return undefined;
  },
  afterWrite(endpoint, store) {
    // Only the answer to the PUT says what it waits for.
    for (const { properties } of connectionsOf(endpoint))
      if (properties.privateLinkServiceConnectionState === PENDING)
        properties.privateLinkServiceConnectionState = { ...PENDING, description: "" };
    assignAddresses(endpoint, store);
    connect(endpoint, store);
  },
  afterDelete(endpoint, store) {
    removeRecords(endpoint, store);
    store.delete(interfaceIdOf(endpoint));
    disconnect(endpoint, store);
  },
});
