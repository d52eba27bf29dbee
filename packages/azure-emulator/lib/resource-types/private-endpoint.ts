import { subnet } from "../addresses";
import { ArmError } from "../arm-error";
import { equalIgnoringCase } from "../arm-id";
import {
  PRIVATE_ENDPOINT,
  type PrivateEndpointProperties,
  connectionsOf,
  endpointsOf,
  interfaceIdOf,
  assignAddresses,
} from "../endpoint-addresses";
import { resourceType, networkName } from "../resource-type";
import { REGISTRY, REPLICATION } from "./private-link-members";

/** Most private endpoints of a registry. Source: "Service tier features and limits" of the registry. */
const MOST_ENDPOINTS = 200;

export const privateEndpoint = resourceType<PrivateEndpointProperties>({
  type: PRIVATE_ENDPOINT,
  names: networkName(64),
  location: "region",
  asynchronous: true,
  beforeWrite(endpoint, store, old) {
    const { name, properties } = endpoint;
    subnet(properties.subnet.id, store);
    for (const connection of connectionsOf(endpoint)) {
      const { privateLinkServiceId, groupIds = [] } = connection.properties;
      const registry = store.get(privateLinkServiceId);
      if (!registry || !equalIgnoringCase(registry.type, REGISTRY))
        throw new ArmError(400, "InvalidResourceReference", `There is no registry ${privateLinkServiceId}.`);
      const unfinished = [registry, ...store.ofType(REPLICATION, privateLinkServiceId)].find(
        (part) => part.properties.provisioningState !== "Succeeded",
      );
      if (unfinished)
        throw new ArmError(
          400,
          "ReferencedResourceNotProvisioned",
          `${unfinished.id}, which '${name}' needs, is not in Succeeded state.`,
        );
      if (groupIds.join() !== "registry")
        throw new ArmError(
          400,
          "InvalidGroupId",
          `'${name}' asks for ${groupIds.join(", ")}: a registry has one group, 'registry'.`,
        );
      if (!old && endpointsOf(privateLinkServiceId, store).length >= MOST_ENDPOINTS)
        throw new ArmError(400, "PrivateEndpointLimitReached", `A registry takes ${MOST_ENDPOINTS} private endpoints.`);
      const manual = properties.manualPrivateLinkServiceConnections?.includes(connection) ?? false;
      connection.properties.provisioningState = "Succeeded";
      // A manual connection waits for the registry's owner. Any other is approved, as the client may write both.
      connection.properties.privateLinkServiceConnectionState ??= manual
        ? { status: "Pending", description: "Awaiting approval", actionsRequired: "None" }
        : { status: "Approved", description: "Auto-Approved", actionsRequired: "None" };
    }
    properties.networkInterfaces = [{ id: interfaceIdOf(endpoint) }];
    properties.customDnsConfigs = old?.properties.customDnsConfigs ?? [];
  },
  afterWrite(endpoint, store) {
    assignAddresses(endpoint, store);
  },
  afterDelete(endpoint, store) {
    store.delete(interfaceIdOf(endpoint));
  },
});
