import { ArmError } from "../arm-error";
import { parentOf, equalIgnoringCase } from "../arm-id";
import { connectionsOf, endpointsOf, assignAddresses } from "../endpoint-addresses";
import { REGISTRY_SUFFIX } from "../registry-names";
import { resourceType } from "../resource-type";
import type { Resource, Store } from "../store";
import { REGISTRY, REPLICATION } from "./private-link-members";

interface RegistryProperties {
  adminUserEnabled?: boolean;
  anonymousPullEnabled?: boolean;
  publicNetworkAccess?: "Enabled" | "Disabled";
  networkRuleBypassOptions?: string;
  networkRuleSet?: { defaultAction: string; ipRules: unknown[] };
  dataEndpointEnabled?: boolean;
  dataEndpointHostNames?: string[];
  zoneRedundancy?: string;
  loginServer?: string;
  creationDate?: string;
  encryption?: { status: string };
  policies?: Record<string, unknown>;
  privateEndpointConnections?: unknown;
}

interface ReplicationProperties {
  regionEndpointEnabled?: boolean;
  zoneRedundancy?: string;
  status?: { displayStatus: string };
}

const POLICIES = {
  quarantinePolicy: { status: "disabled" },
  trustPolicy: { type: "Notary", status: "disabled" },
  retentionPolicy: { days: 7, status: "disabled" },
  exportPolicy: { status: "enabled" },
  azureADAuthenticationAsArmPolicy: { status: "enabled" },
  softDeletePolicy: { retentionDays: 7, status: "disabled" },
};

export const registry = resourceType<RegistryProperties>({
  type: REGISTRY,
  names: { form: /^[a-zA-Z0-9]{5,50}$/, allowed: "5 to 50 letters and digits" },
  location: "region",
  asynchronous: true,
  beforeWrite(resource, store, old) {
    const { id, name, properties } = resource;
    const sku = resource.sku as { name: string; tier?: string };
    const taken = store
      .ofType(REGISTRY)
      .find((other) => equalIgnoringCase(other.name, name) && !equalIgnoringCase(other.id, id));
    if (taken) throw new ArmError(409, "AlreadyInUse", `The registry DNS name ${name} is already in use.`);
    resource.sku = { ...sku, tier: sku.name };
    properties.publicNetworkAccess ??= "Enabled";
    if (properties.publicNetworkAccess === "Disabled" && sku.name !== "Premium")
      throw new ArmError(400, "Invalid", `Registry '${name}': private access needs the Premium SKU.`);
    properties.adminUserEnabled ??= false;
    properties.anonymousPullEnabled ??= false;
    properties.networkRuleBypassOptions ??= "AzureServices";
    properties.networkRuleSet ??= {
      defaultAction: properties.publicNetworkAccess === "Disabled" ? "Deny" : "Allow",
      ipRules: [],
    };
    properties.dataEndpointEnabled ??= false;
    properties.zoneRedundancy ??= "Disabled";
    properties.encryption ??= { status: "disabled" };
    properties.policies = { ...POLICIES, ...properties.policies };
    properties.loginServer = `${name.toLowerCase()}.${REGISTRY_SUFFIX}`;
    properties.dataEndpointHostNames = [];
    properties.creationDate = old?.properties.creationDate ?? "2026-01-01T00:00:00Z";
    // Derived from the endpoints whenever the registry is read.
    delete properties.privateEndpointConnections;
  },
  // Azure lists the home region as one of the replications.
  afterWrite({ id, location, properties }, store) {
    const home = `${id}/replications/${location!}`;
    if (!store.has(home)) store.set(homeReplication(home, location!, properties.zoneRedundancy!));
  },
  onRead({ id }, store) {
    return {
      privateEndpointConnections: endpointsOf(id, store).map((endpoint) => ({
        id: `${id}/privateEndpointConnections/${endpoint.name}`,
        name: endpoint.name,
        properties: {
          provisioningState: "Succeeded",
          privateEndpoint: { id: endpoint.id },
          privateLinkServiceConnectionState: connectionsOf(endpoint)[0]?.properties.privateLinkServiceConnectionState,
        },
      })),
    };
  },
});

/** @see https://learn.microsoft.com/azure/container-registry/container-registry-geo-replication */
export const replication = resourceType<ReplicationProperties>({
  type: REPLICATION,
  names: { form: /^[a-zA-Z0-9]*$/, allowed: "a region's name: letters and digits" },
  location: "region",
  asynchronous: true,
  linkedActions: [
    // Every endpoint takes one more address, which Azure gives it with the rights of the client.
    {
      action: "Microsoft.Network/privateEndpoints/privateLinkServiceProxies/write",
      on: (id, _, store) => endpointsOf(parentOf(id), store).map((endpoint) => endpoint.id),
    },
  ],
  beforeWrite({ id, name, location, properties }, store) {
    const parent = store.get<RegistryProperties>(parentOf(id))!;
    if ((parent.sku as { name?: string } | undefined)?.name !== "Premium")
      throw new ArmError(
        400,
        "GeoReplicationNotSupported",
        `Registry '${parent.name}': replicas need the Premium SKU.`,
      );
    if (!equalIgnoringCase(name, location ?? ""))
      throw new ArmError(400, "InvalidReplicationName", `Replication '${name}' must have the name of its region.`);
    properties.regionEndpointEnabled ??= true;
    properties.zoneRedundancy ??= "Disabled";
    properties.status = { displayStatus: "Ready" };
  },
  // Every endpoint takes one more address. If a subnet has none left, the replica is rolled back and all endpoints release it.
  afterWrite({ id }, store) {
    const before = store.get(id)!;
    try {
      assignEndpointAddresses(id, store);
    } catch (error) {
      store.delete(id);
      assignEndpointAddresses(id, store);
      store.set(before);
      throw error;
    }
  },
  beforeDelete({ id, location }, store) {
    if (store.get(parentOf(id))?.location === location)
      throw new ArmError(
        400,
        "CannotDeleteHomeReplication",
        "The replication of the home region is deleted with the registry only.",
      );
  },
  afterDelete({ id }, store) {
    assignEndpointAddresses(id, store);
  },
});

function assignEndpointAddresses(replicationId: string, store: Store): void {
  for (const endpoint of endpointsOf(parentOf(replicationId), store)) assignAddresses(endpoint, store);
}

function homeReplication(id: string, location: string, zoneRedundancy: string): Resource {
  return {
    id,
    name: location,
    type: REPLICATION,
    location,
    tags: {},
    properties: {
      provisioningState: "Succeeded",
      regionEndpointEnabled: true,
      zoneRedundancy,
      status: { displayStatus: "Ready" },
    },
  };
}
