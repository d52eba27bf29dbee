import { parentOf, parseArmId } from "../arm-id";
import { type Json, isJson, objects } from "../../../common/util/json";
import { networkPolling } from "../polling";
import { spelledType } from "../resource-providers";
import type { ResourceType } from "../resource-type";
import { privateEndpointConnection } from "../resource-types/private-endpoint-connection";
import { NOW, type Resource, type Store } from "../store";
import { COMPUTED, DERIVED } from "./computed";
import { addMissing, identify, takeAddresses, uuidOf } from "./fill";
import { SECRETS, sshKeyPair } from "./secrets";

/**
 * Types whose clients insist on a status, where it is not the 200 that nearly all take.
 *
 * Source: the clients that azurerm uses.
 */
const CREATED = pattern(
  "Authorization/(policyAssignments|roleDefinitions|role\\w+(Requests|Assignments))",
  "EventGrid/(eventSubscriptions|topics|domains(/topics)?|partnerNamespaces|systemTopics/eventSubscriptions)",
  "Automation/automationAccounts/(connectionTypes|jobSchedules|jobs)",
  "OperationsManagement/solutions",
  "SignalRService/\\w+/customDomains",
  "Web/sites/(slots/)?functions",
  "Network/networkWatchers/packetCaptures",
  "NetApp/netAppAccounts/(volumeGroups|capacityPools/volumes/snapshots)",
);
const ACCEPTED = pattern(
  "DBforPostgreSQL/flexibleServers(/(administrators|backups|configurations|databases|firewallRules|virtualEndpoints))?",
);
const DELETED_WITH_200 = pattern(
  "(Consumption|CostManagement)/.+",
  "Automation/automationAccounts/(?!runbooks|jobs|connection).+",
  "Compute/proximityPlacementGroups",
  "GuestConfiguration/.+",
  "Insights/components/apiKeys",
  "OperationalInsights/workspaces/(dataExports|gateways|linkedStorageAccounts|savedSearches)",
  "OperationsManagement/solutions",
  "RecoveryServices/vaults",
  "Sql/servers/databases/replicationLinks",
  "Cache/redis/linkedServers",
  "Resources/tags",
  "StorageSync/.+/serverEndpoints",
  "Web/(sites|staticSites)(/.+)?",
  "Storage/storageAccounts/blobServices/containers/immutabilityPolicies",
);

/** Types whose properties are settings of the user, one by one: nothing may be added to them. */
const WITHOUT_STATE = pattern(
  "Web/(sites|sites/slots|staticSites|staticSites/builds)/config",
  "Resources/tags",
  "Network/.*/SOA",
);

function pattern(...types: readonly string[]): RegExp {
  return new RegExp(`^Microsoft\\.(${types.join("|")})$`, "i");
}

/** The types above as Azure spells them, which clients may spell otherwise. */
const spelling = new Map(Object.keys(DERIVED).map((type) => [type.toLowerCase(), type]));
const COMPUTED_BY_TYPE = new Map(Object.entries(COMPUTED).map(([type, template]) => [type.toLowerCase(), template]));

/** A type that the emulator has no rules for: its resources are kept as they are written, with what {@link COMPUTED} adds. */
export function keptType(written: string): ResourceType {
  const type = spelledType(written);
  const key = type.toLowerCase();
  // Each service has its side of the endpoints that connect to it.
  if (key.endsWith("/privateendpointconnections")) return { ...privateEndpointConnection, type };
  const status = ACCEPTED.test(type) ? 202 : CREATED.test(type) ? 201 : 200;
  return {
    type,
    names: { form: /./, allowed: "any" },
    location: "optional",
    asynchronous: ["create", "update"],
    createdStatus: status,
    updatedStatus: status,
    creatingState: "Succeeded",
    deletedStatus: DELETED_WITH_200.test(type) ? 200 : 204,
    withoutState: WITHOUT_STATE.test(type),
    polling: key.startsWith("microsoft.network/")
      ? networkPolling
      : () => ({ status: "/providers/Microsoft.Resources/operations/{operation}" }),
    beforeWrite(resource, store, old) {
      // Azure does not show the dynamic addresses of a private link service.
      if (key !== "microsoft.network/privatelinkservices") takeAddresses(resource, old, store);
      addMissing(resource.properties, COMPUTED_BY_TYPE.get(key) ?? {}, resource, store);
      DERIVED[spelling.get(key) ?? ""]?.(resource, store);
      identify(resource);
      if (/^Microsoft\.Network\//i.test(type)) nameParts(resource);
    },
    afterWrite: listInParent,
    afterDelete(resource, store) {
      softDelete(resource, store);
      listInParent(resource, store);
    },
    ...(/\/locations\/deleted/i.test(type) && {
      actions: {
        "POST purge":
          ({ id }: Resource, store: Store) =>
          () => {
            store.delete(id);
          },
      },
    }),
    // Azure's ids of these say config, although their paths don't.
    ...(key === "microsoft.web/sites/networkconfig" && {
      shownId: (id: string) => id.replace(/\/networkConfig\//i, "/config/"),
    }),
  };
}

/** Gives the parts of a network resource, such as the listeners of a gateway, the ids by which others refer to them. */
function nameParts({ id, properties }: Resource): void {
  for (const [member, list] of Object.entries(properties))
    for (const part of Array.isArray(list) ? (list as unknown[]) : [])
      if (isJson(part) && typeof part.name === "string" && isJson(part.properties)) {
        part.id ??= `${id}/${member}/${part.name}`;
        part.properties.provisioningState ??= "Succeeded";
      }
}

/**
 * Parts that exist as soon as the resource does that they belong to, with their defaults: a storage account's blob service, say.
 * By the end of their ids.
 */
const INBORN: Readonly<Record<string, Json>> = {
  "/(blob|file|queue|table)Services/default": {},
  "/Microsoft.Web/.+/config/\\w+": {},
  "/sourcecontrols/web": { isManualIntegration: false, isMercurial: false, deploymentRollbackEnabled: false },
  "/basicPublishingCredentialsPolicies/(ftp|scm)": { allow: true },
  "/hubRouteTables/defaultRouteTable": { routes: [], labels: ["default"] },
  "/hubRouteTables/noneRouteTable": { routes: [], labels: ["none"] },
  "/Microsoft.Sql/.+/(default|current)": {},
  "/transparentDataEncryption/current": { state: "Enabled" },
  "/connectionPolicies/default": { connectionType: "Default" },
  "/backupShortTermRetentionPolicies/default": { retentionDays: 7, diffBackupIntervalInHours: 12 },
  "/(securityAlertPolicies|advancedThreatProtectionSettings|\\w*AuditingSettings)/default": { state: "Disabled" },
  "/(advancedThreatProtectionSettings|defenderForStorageSettings)/current": { isEnabled: false },
  "/(backupconfig/vaultconfig|backupstorageconfig/vaultstorageconfig|replicationVaultSettings/default)": {},
  "/backupEncryptionConfigs/backupResourceEncryptionConfig": {},
  "/networkRuleSets/default": {
    defaultAction: "Allow",
    publicNetworkAccess: "Enabled",
    virtualNetworkRules: [],
    ipRules: [],
  },
  "/authorizationRules/RootManageSharedAccessKey": { rights: ["Listen", "Manage", "Send"] },
};

/** Parts that never exist unless they were written, although their names say otherwise. */
const WRITTEN_ONLY =
  /\/(immutabilityPolicies\/default|managementPolicies\/default|config\/backup|diagnosticSettings\/\w+)$/i;

/** A part that exists although nobody has written it; undefined if there is none with this id. */
export function inborn(id: string, type: string, store: Store): Resource | undefined {
  const name = id.split("/").at(-1)!;
  // Which policies Azure has built in is not known here, so every one exists. They have UUIDs for names.
  if (/^\/providers\/Microsoft\.Authorization\/policy(Set)?Definitions\/[0-9a-f-]{36}$/i.test(id))
    return {
      id,
      name,
      type,
      properties: { policyType: "BuiltIn", displayName: name, policyDefinitions: [], policyRule: POLICY_RULE },
    };
  // Nor which features a subscription has.
  if (/\/featureProviders\/[^/]+(\/subscriptionFeatureRegistrations\/[^/]+)?$/i.test(id))
    return { id, name, type, properties: { state: "NotRegistered" } };
  if (!store.has(parentOf(id)) || WRITTEN_ONLY.test(id)) return undefined;
  const found = Object.entries(INBORN).filter(([end]) => new RegExp(`${end}$`, "i").test(id));
  if (found.length === 0) return undefined;
  const properties = structuredClone(Object.assign({}, ...found.map(([, defaults]) => defaults)) as Json);
  // The settings of a web app's site are a part of it too.
  const site = store.get(parentOf(id))?.properties.siteConfig;
  return {
    id,
    name,
    type,
    properties: /\/config\/web$/i.test(id) && isJson(site) ? { ...properties, ...site } : properties,
  };
}

/** Actions whose answers are the resource's own, by the end of their path. */
const ACTIONS: Readonly<Record<string, (resource: Resource, body: Json, store: Store) => Json>> = {
  "sshPublicKeys/generateKeyPair": (resource) => {
    const pair = sshKeyPair();
    resource.properties.publicKey = pair.publicKey;
    return { ...pair, id: resource.id };
  },
  "networkManagers/commit": (manager, { commitType, targetLocations, configurationIds }) => {
    const places = Array.isArray(targetLocations) ? (targetLocations as unknown[]) : [];
    for (const region of places)
      deploymentsOf(manager).set(`${String(commitType)} ${String(region)}`, configurationIds);
    return { commitId: uuidOf(manager.id), status: "Succeeded", commitType, targetLocations };
  },
  "networkManagers/listDeploymentStatus": (manager, { regions, deploymentTypes }) => ({
    value: [regions].flat().flatMap((region) =>
      [deploymentTypes].flat().flatMap((deploymentType) => {
        const configurationIds = deploymentsOf(manager).get(`${String(deploymentType)} ${String(region)}`);
        const isDeployed = Array.isArray(configurationIds) && configurationIds.length > 0;
        return isDeployed ? [{ region, deploymentType, deploymentStatus: "Deployed", configurationIds }] : [];
      }),
    ),
  }),
};

/**
 * Types whose deleted resources can be recovered for a while, until they are purged, and how these are called.
 *
 * Source: the REST reference of each service.
 */
const SOFT_DELETED: Readonly<Record<string, string>> = {
  "microsoft.keyvault/vaults": "deletedVaults",
  "microsoft.keyvault/managedhsms": "deletedManagedHSMs",
  "microsoft.appconfiguration/configurationstores": "deletedConfigurationStores",
};

function softDelete({ id, name, type, location = "global" }: Resource, store: Store): void {
  const deleted = SOFT_DELETED[type.toLowerCase()];
  if (deleted === undefined) return;
  const namespace = type.split("/")[0]!;
  const { subscriptionId } = parseArmId(id)!;
  store.set({
    id: `/subscriptions/${subscriptionId}/providers/${namespace}/locations/${location}/${deleted}/${name}`,
    name,
    type: `${namespace}/locations/${deleted}`,
    properties: { vaultId: id, configurationStoreId: id, location, deletionDate: NOW },
  });
}

/** Parts that the resource lists that they belong to, by type, with the member of its properties that does. */
const LISTED_IN_PARENT: Readonly<Record<string, string>> = {
  "microsoft.containerservice/managedclusters/agentpools": "agentPoolProfiles",
};

/** Lists a part in the resource that it belongs to, where it is after a write or a deletion. */
function listInParent({ id, name, type }: Resource, store: Store): void {
  const member = LISTED_IN_PARENT[type.toLowerCase()];
  const parent = store.get(parentOf(id));
  if (member === undefined || !parent) return;
  const others = objects(parent.properties[member]).filter((part) => part.name !== name);
  const part = store.get(id);
  parent.properties[member] = [...others, ...(part ? [{ name, ...part.properties }] : [])];
}

const deployments = new WeakMap<Resource, Map<string, unknown>>();

/** The configurations that a network manager has deployed, by their kind and region. */
function deploymentsOf(manager: Resource): Map<string, unknown> {
  const known = deployments.get(manager) ?? new Map<string, unknown>();
  deployments.set(manager, known);
  return known;
}

/** The answer to a POST to a resource of a type without rules: `listKeys`, `config/appsettings/list`, `start`. */
export function actionOn(
  resource: Resource | undefined,
  id: string,
  action: string,
  body: Json,
  store: Store,
): { status: number; body?: Json } {
  const own = ACTIONS[`${resource?.type.split("/").at(-1) ?? ""}/${action}`];
  if (resource && own) return { status: 200, body: own(resource, body, store) };
  if (/^list$/i.test(action))
    return { status: 200, body: { id, name: id.split("/").at(-1)!, properties: {}, ...resource } };
  if (NO_CONTENT.test(action)) return { status: 204 };
  const answer = SECRET.test(action) ? { ...SECRETS } : {};
  return { status: ACCEPTED_ACTIONS.test(`${resource?.type ?? ""}/${action}`) ? 202 : 200, body: answer };
}

/** Actions that return keys, whatever these are called. */
const SECRET = /^(list\w*|sharedKeys|regenerate\w*|get\w*Credential\w*)$/i;
const NO_CONTENT = /^(syncfunctiontriggers|sync|regenerate(Primary|Secondary)Key|syncAutoStorageKeys)$/i;
const ACCEPTED_ACTIONS =
  /(runbooks(\/draft)?\/publish|flexibleServers\/(start|stop|restart)|databaseAccounts\/failoverPriorityChange|SignalRService\/\w+\/restart|managedClusters\/(start|stop|rotate\w+))$/i;

/** What a resource has besides its parts, by the end of the path. Undefined if there is no such thing. */
export function documentOf(resource: Resource, name: string): Json | undefined {
  switch (`${resource.type.split("/").at(-1)!}/${name}`.toLowerCase()) {
    case "connections/sharedkey":
      return { value: resource.properties.sharedKey ?? "emulated" };
    case "managedclusters/availableagentpoolversions": {
      const { kubernetesVersion, currentKubernetesVersion } = resource.properties;
      const versions = [...new Set([kubernetesVersion, currentKubernetesVersion])];
      return {
        properties: { agentPoolVersions: versions.map((version) => ({ kubernetesVersion: version, default: true })) },
      };
    }
    case "components/currentbillingfeatures":
      return { CurrentBillingFeatures: ["Basic"], DataVolumeCap: { Cap: 100, WarningThreshold: 90 } };
  }
  return undefined;
}

/** What a list has that nobody has written, by the end of its path; none for most lists. */
export function inbornList(path: string, store: Store): Resource[] {
  if (/\/virtualHubs\/[^/]+\/hubRouteTables$/i.test(path))
    return HUB_ROUTE_TABLES.map((name) => `${path}/${name}`)
      .filter((id) => !store.has(id))
      .flatMap((id) => inborn(id, "Microsoft.Network/virtualHubs/hubRouteTables", store) ?? []);
  if (!/\/providers\/Microsoft\.Insights\/diagnosticSettingsCategories$/i.test(path)) return [];
  // Each type has categories of its own. These stand for them.
  const type = "microsoft.insights/diagnosticSettingsCategories";
  return [
    { name: "Audit", type, properties: { categoryType: "Logs", categoryGroups: ["audit", "allLogs"] } },
    { name: "AllMetrics", type, properties: { categoryType: "Metrics" } },
  ].map((category) => ({ id: `${path}/${category.name}`, ...category }));
}

/** The route tables that every virtual hub has. */
const HUB_ROUTE_TABLES = ["defaultRouteTable", "noneRouteTable"];

/** A rule that every policy that Azure has built in gets here. */
const POLICY_RULE: Json = { if: { field: "type", exists: "true" }, then: { effect: "audit" } };
