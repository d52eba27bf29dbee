import { nthAddress } from "../addresses";
import { type Json, isJson, objects } from "../../../common/util/json";
import { NOW, type Resource, type Store } from "../store";

const MESSAGING = { serviceBusEndpoint: "https://{name}.servicebus.windows.net:443/", status: "Active" };
const WEB_SOCKETS = { publicPort: 443, serverPort: 443, externalIP: "203.0.113.10" };

/** A web app, or a slot of one, by the first label of its host name. */
function webApp(label: string) {
  const [host, sourceControl] = [`${label}.azurewebsites.net`, `${label}.scm.azurewebsites.net`];
  return {
    state: "Running",
    enabled: true,
    defaultHostName: host,
    hostNames: [host],
    enabledHostNames: [host, sourceControl],
    customDomainVerificationId: "{code}",
    outboundIpAddresses: "203.0.113.20",
    possibleOutboundIpAddresses: "203.0.113.20,203.0.113.21",
  };
}

/**
 * What Azure adds to the properties of resources of types that the emulator has no rules for: what Terraform reads of them, and what other
 * resources use. Members that a client wrote stay. In texts these stand for values of the resource:
 *
 * - `{name}`, `{Name}`: its name in lower case, and as it is
 * - `{parent}`, `{parentId}`: the name of the resource that it is part of, in lower case, and its id
 * - `{id}`, `{location}`, `{group}`, `{subscription}`, `{tenant}`
 * - `{uuid}`: a UUID of its own, the same each time; `{uuid:WORD}` is another one for each word
 * - `{hex}`: a UUID without hyphens; `{code}`: ten letters and digits of its own
 * - `{address:PATH}`: the first free address of the subnet whose id is at this path of the properties; `{address:PATH|10.0.0.4}`
 *   where there may be none
 *
 * Sources: the REST reference of each service, and what azurerm reads.
 */
export const COMPUTED: Readonly<Record<string, Json>> = {
  // What a template makes is not made.
  "Microsoft.Resources/deployments": { providers: [], outputResources: [] },
  "Microsoft.CognitiveServices/accounts/projects": { internalId: "{hex}" },
  "Microsoft.ManagedIdentity/userAssignedIdentities": {
    clientId: "{uuid:client}",
    principalId: "{uuid:principal}",
    tenantId: "{tenant}",
  },

  // Storage and data
  "Microsoft.Storage/storageAccounts": {
    primaryLocation: "{location}",
    statusOfPrimary: "available",
    creationTime: NOW,
    supportsHttpsTrafficOnly: true,
    networkAcls: { bypass: "AzureServices", defaultAction: "Allow", ipRules: [], virtualNetworkRules: [] },
    encryption: {
      keySource: "Microsoft.Storage",
      services: { blob: { enabled: true, keyType: "Account" }, file: { enabled: true, keyType: "Account" } },
    },
    primaryEndpoints: {
      blob: "https://{name}.blob.core.windows.net/",
      dfs: "https://{name}.dfs.core.windows.net/",
      file: "https://{name}.file.core.windows.net/",
      queue: "https://{name}.queue.core.windows.net/",
      table: "https://{name}.table.core.windows.net/",
      web: "https://{name}.z1.web.core.windows.net/",
    },
  },
  "Microsoft.Storage/storageAccounts/blobServices/containers": {
    publicAccess: "None",
    hasImmutabilityPolicy: false,
    hasLegalHold: false,
    leaseState: "Available",
  },
  "Microsoft.Storage/storageAccounts/fileServices/shares": {
    accessTier: "TransactionOptimized",
    enabledProtocols: "SMB",
    leaseState: "Available",
  },
  "Microsoft.Sql/servers": { fullyQualifiedDomainName: "{name}.database.windows.net", state: "Ready", version: "12.0" },
  "Microsoft.Sql/servers/databases": {
    status: "Online",
    databaseId: "{uuid}",
    collation: "SQL_Latin1_General_CP1_CI_AS",
    readScale: "Disabled",
  },
  "Microsoft.Sql/managedInstances": {
    fullyQualifiedDomainName: "{name}.{code}.database.windows.net",
    state: "Ready",
    dnsZone: "{code}",
  },
  "Microsoft.DocumentDB/databaseAccounts": {
    backupPolicy: {
      type: "Periodic",
      periodicModeProperties: {
        backupIntervalInMinutes: 240,
        backupRetentionIntervalInHours: 8,
        backupStorageRedundancy: "Geo",
      },
    },
    documentEndpoint: "https://{name}.documents.azure.com:443/",
  },
  "Microsoft.DocumentDB/mongoClusters": {
    connectionString: "mongodb+srv://<user>:<password>@{name}.global.mongocluster.cosmos.azure.com/",
  },
  "Microsoft.DBforPostgreSQL/flexibleServers": {
    fullyQualifiedDomainName: "{name}.postgres.database.azure.com",
    state: "Ready",
    minorVersion: "0",
  },
  "Microsoft.DBforMySQL/flexibleServers": {
    fullyQualifiedDomainName: "{name}.mysql.database.azure.com",
    state: "Ready",
    replicaCapacity: 10,
  },
  "Microsoft.Cache/redis": {
    hostName: "{name}.redis.cache.windows.net",
    port: 6379,
    sslPort: 6380,
    redisVersion: "6.0",
  },
  "Microsoft.Cache/redisEnterprise": {
    hostName: "{name}.{location}.redis.azure.net",
    resourceState: "Running",
    redisVersion: "7.4",
  },
  "Microsoft.Cache/redisEnterprise/databases": { port: 10000, resourceState: "Running" },
  "Microsoft.DataFactory/factories": { version: "2018-06-01", createTime: NOW },
  "Microsoft.Databricks/workspaces": { workspaceId: "{uuid}", workspaceUrl: "adb-{code}.1.azuredatabricks.net" },
  "Microsoft.Synapse/workspaces": {
    connectivityEndpoints: {
      dev: "https://{name}.dev.azuresynapse.net",
      sql: "{name}.sql.azuresynapse.net",
      sqlOnDemand: "{name}-ondemand.sql.azuresynapse.net",
      web: "https://web.azuresynapse.net?workspace={id}",
    },
  },
  "Microsoft.Kusto/clusters": {
    state: "Running",
    uri: "https://{name}.{location}.kusto.windows.net",
    dataIngestionUri: "https://ingest-{name}.{location}.kusto.windows.net",
  },
  "Microsoft.Purview/accounts": {
    endpoints: { catalog: "https://{name}.purview.azure.com/catalog", scan: "https://{name}.purview.azure.com/scan" },
  },

  // Keys, settings, messages
  "Microsoft.KeyVault/vaults": {
    vaultUri: "https://{Name}.vault.azure.net/",
    enableSoftDelete: true,
    softDeleteRetentionInDays: 90,
  },
  "Microsoft.KeyVault/managedHSMs": { hsmUri: "https://{Name}.managedhsm.azure.net/" },
  "Microsoft.AppConfiguration/configurationStores": {
    endpoint: "https://{name}.azconfig.io",
    publicNetworkAccess: "Enabled",
  },
  "Microsoft.ServiceBus/namespaces": MESSAGING,
  "Microsoft.EventHub/namespaces": { maximumThroughputUnits: 0, isAutoInflateEnabled: false, ...MESSAGING },
  "Microsoft.Relay/namespaces": MESSAGING,
  "Microsoft.EventHub/namespaces/eventhubs": { status: "Active", partitionIds: ["0"] },
  "Microsoft.EventGrid/topics": { endpoint: "https://{name}.{location}-1.eventgrid.azure.net/api/events" },
  "Microsoft.EventGrid/domains": { endpoint: "https://{name}.{location}-1.eventgrid.azure.net/api/events" },
  "Microsoft.SignalRService/signalR": { hostName: "{name}.service.signalr.net", ...WEB_SOCKETS },
  "Microsoft.SignalRService/webPubSub": { hostName: "{name}.webpubsub.azure.com", ...WEB_SOCKETS },
  "Microsoft.Devices/IotHubs": { hostName: "{name}.azure-devices.net", state: "Active", eventHubEndpoints: {} },

  // AI, search
  "Microsoft.CognitiveServices/accounts": {
    endpoint: "https://{name}.cognitiveservices.azure.com/",
    endpoints: {},
    capabilities: [],
  },
  "Microsoft.Search/searchServices": {
    status: "running",
    endpoint: "https://{name}.search.windows.net",
    partitionCount: 1,
    replicaCount: 1,
  },
  "Microsoft.MachineLearningServices/workspaces": {
    workspaceId: "{uuid}",
    discoveryUrl: "https://{location}.api.azureml.ms/discovery",
  },

  "Microsoft.MachineLearningServices/workspaces/computes": { properties: { connectivityEndpoints: {} } },

  // Applications
  "Microsoft.Web/serverFarms": { status: "Ready", maximumNumberOfWorkers: 10 },
  "Microsoft.Web/sites": {
    ...webApp("{name}"),
    hostNameSslStates: [
      { name: "{name}.azurewebsites.net", sslState: "Disabled", hostType: "Standard" },
      { name: "{name}.scm.azurewebsites.net", sslState: "Disabled", hostType: "Repository" },
    ],
    inboundIpAddress: "203.0.113.20",
    repositorySiteName: "{name}",
  },
  "Microsoft.Web/sites/slots": webApp("{parent}-{name}"),
  "Microsoft.Web/sites/basicPublishingCredentialsPolicies": { allow: true },
  "Microsoft.Web/staticSites": {
    defaultHostname: "{code}.1.azurestaticapps.net",
    contentDistributionEndpoint: "https://content-am2.infrastructure.1.azurestaticapps.net",
  },
  "Microsoft.Web/hostingEnvironments": {
    dnsSuffix: "{name}.appserviceenvironment.net",
    status: "Ready",
    internalLoadBalancingMode: "None",
  },
  "Microsoft.Web/hostingEnvironments/configurations": {
    internalInboundIpAddresses: [],
    externalInboundIpAddresses: [],
    linuxOutboundIpAddresses: [],
    windowsOutboundIpAddresses: [],
  },
  "Microsoft.App/managedEnvironments": {
    defaultDomain: "{code}.{location}.azurecontainerapps.io",
    staticIp: "{address:vnetConfiguration.infrastructureSubnetId|203.0.113.30}",
    customDomainConfiguration: { customDomainVerificationId: "{code}" },
  },
  "Microsoft.App/containerApps": {
    latestRevisionName: "{name}--{code}",
    latestRevisionFqdn: "{name}--{code}.example.azurecontainerapps.io",
    outboundIpAddresses: ["203.0.113.31"],
    customDomainVerificationId: "{code}",
    configuration: {},
  },
  "Microsoft.ContainerService/managedClusters": {
    powerState: { code: "Running" },
    kubernetesVersion: "1.33.5",
    nodeResourceGroup: "MC_{group}_{Name}_{location}",
    fqdn: "{name}-{code}.hcp.{location}.azmk8s.io",
    privateFQDN: "{name}-{code}.privatelink.{location}.azmk8s.io",
    azurePortalFQDN: "{name}-{code}.portal.hcp.{location}.azmk8s.io",
    maxAgentPools: 100,
    identityProfile: {
      kubeletidentity: {
        resourceId:
          "/subscriptions/{subscription}/resourceGroups/MC_{group}_{Name}_{location}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{Name}-agentpool",
        clientId: "{uuid:kubelet-client}",
        objectId: "{uuid:kubelet}",
      },
    },
    networkProfile: {
      networkPlugin: "azure",
      loadBalancerSku: "standard",
      outboundType: "loadBalancer",
      serviceCidr: "10.0.0.0/16",
      dnsServiceIP: "10.0.0.10",
    },
    oidcIssuerProfile: { enabled: false, issuerURL: "https://{location}.oic.prod-aks.azure.com/{tenant}/{uuid}/" },
  },
  "Microsoft.ContainerInstance/containerGroups": {
    instanceView: { state: "Running" },
    ipAddress: { ip: "{address:subnetIds.0.id|203.0.113.40}" },
  },
  "Microsoft.ApiManagement/service": {
    gatewayUrl: "https://{name}.azure-api.net",
    gatewayRegionalUrl: "https://{name}-{location}-01.regional.azure-api.net",
    managementApiUrl: "https://{name}.management.azure-api.net",
    portalUrl: "https://{name}.portal.azure-api.net",
    developerPortalUrl: "https://{name}.developer.azure-api.net",
    scmUrl: "https://{name}.scm.azure-api.net",
    publicIPAddresses: ["203.0.113.50"],
    privateIPAddresses: [],
    virtualNetworkType: "None",
    hostnameConfigurations: [{ type: "Proxy", hostName: "{name}.azure-api.net", defaultSslBinding: true }],
  },
  "Microsoft.Batch/batchAccounts": { accountEndpoint: "{name}.{location}.batch.azure.com" },
  "Microsoft.Automation/automationAccounts": {
    state: "Ok",
    automationHybridServiceUrl: "https://{uuid}.jrds.{location}.azure-automation.net/automationAccounts/{uuid}",
  },

  // Monitoring
  "Microsoft.Insights/components": {
    AppId: "{uuid:app}",
    InstrumentationKey: "{uuid:key}",
    ConnectionString:
      "InstrumentationKey={uuid:key};IngestionEndpoint=https://{location}-1.in.applicationinsights.azure.com/",
  },
  "Microsoft.Insights/dataCollectionEndpoints": {
    immutableId: "dce-{code}",
    configurationAccess: { endpoint: "https://{name}-{code}.{location}-1.handler.control.monitor.azure.com" },
    logsIngestion: { endpoint: "https://{name}-{code}.{location}-1.ingest.monitor.azure.com" },
    metricsIngestion: { endpoint: "https://{name}-{code}.{location}-1.metrics.ingest.monitor.azure.com" },
  },
  "Microsoft.Insights/dataCollectionRules": { immutableId: "dcr-{code}" },
  "Microsoft.Monitor/accounts": {
    metrics: { prometheusQueryEndpoint: "https://{name}-{code}.{location}.prometheus.monitor.azure.com" },
  },
  "Microsoft.Dashboard/grafana": { endpoint: "https://{name}-{code}.wus.grafana.azure.com", grafanaVersion: "11" },

  // Networks
  "Microsoft.Network/azureFirewalls": {
    applicationRuleCollections: [],
    natRuleCollections: [],
    networkRuleCollections: [],
  },
  "Microsoft.Network/ipGroups": { firewalls: [], firewallPolicies: [] },
  "Microsoft.Network/loadBalancers": {
    frontendIPConfigurations: [],
    backendAddressPools: [],
    loadBalancingRules: [],
    probes: [],
    inboundNatRules: [],
    inboundNatPools: [],
    outboundRules: [],
  },
  "Microsoft.Network/virtualWans": { virtualHubs: [], allowBranchToBranchTraffic: true },
  "Microsoft.Network/virtualHubs": { routingState: "Provisioned", virtualRouterAsn: 65515 },
  "Microsoft.Network/virtualHubs/hubRouteTables": { routes: [], labels: [] },
  "Microsoft.Network/virtualHubs/hubVirtualNetworkConnections": {
    routingConfiguration: {
      associatedRouteTable: { id: "{parentId}/hubRouteTables/defaultRouteTable" },
      propagatedRouteTables: { labels: ["default"], ids: [{ id: "{parentId}/hubRouteTables/defaultRouteTable" }] },
    },
  },
  "Microsoft.Network/dnsResolvers/outboundEndpoints": { resourceGuid: "{uuid}" },
  "Microsoft.Network/dnsForwardingRulesets": { resourceGuid: "{uuid}" },
  "Microsoft.Network/dnsForwardingRulesets/forwardingRules": { forwardingRuleState: "Enabled" },
  "Microsoft.Network/vpnGateways": { ipConfigurations: [] },
  "Microsoft.Network/publicIPPrefixes": { ipPrefix: "203.0.113.128/28" },
  "Microsoft.Network/ddosProtectionPlans": { virtualNetworks: [] },
  "Microsoft.Network/dnsZones": {
    nameServers: ["ns1-01.azure-dns.com.", "ns2-01.azure-dns.net."],
    maxNumberOfRecordSets: 10000,
    numberOfRecordSets: 2,
  },
  "Microsoft.Network/trafficManagerProfiles": {
    dnsConfig: { relativeName: "{name}", fqdn: "{name}.trafficmanager.net" },
  },
  "Microsoft.Network/privateLinkServices": { alias: "{name}.{uuid}.{location}.azure.privatelinkservice" },
  "Microsoft.Cdn/profiles": { frontDoorId: "{uuid}", resourceState: "Active" },
  "Microsoft.Cdn/profiles/afdEndpoints": { hostName: "{name}-{code}.z01.azurefd.net" },

  // Machines
  "Microsoft.RecoveryServices/vaults": {
    publicNetworkAccess: "Enabled",
    securitySettings: { softDeleteSettings: { softDeleteState: "Enabled", softDeleteRetentionPeriodInDays: 14 } },
  },
};

/** What follows from what a client wrote in a way that {@link COMPUTED} can't say, by type. */
export const DERIVED: Readonly<Record<string, (resource: Resource, store: Store) => void>> = {
  // What is in a virtual hub has addresses of the hub's range. Which ones is what Azure was seen to take.
  "Microsoft.Network/virtualHubs": ({ properties }) => {
    const { addressPrefix } = properties;
    if (typeof addressPrefix !== "string" || addressPrefix === "") return;
    properties.virtualRouterIps ??= [nthAddress(addressPrefix, 69), nthAddress(addressPrefix, 68)];
  },
  "Microsoft.Network/azureFirewalls": ({ properties }, store) => {
    const range = hubRange(properties, store);
    if (range === undefined) return;
    const addresses = [{ address: "203.0.113.60" }];
    properties.hubIPAddresses = {
      publicIPs: { count: 1, addresses },
      ...(isJson(properties.hubIPAddresses) && properties.hubIPAddresses),
      privateIPAddress: nthAddress(range, 132),
    };
  },
  "Microsoft.Network/vpnGateways": ({ properties }, store) => {
    const range = hubRange(properties, store) ?? "10.255.255.0/24";
    const addresses = [0, 1].map((instance) => ({
      ipconfigurationId: `Instance${instance}`,
      defaultBgpIpAddresses: [nthAddress(range, 12 + instance)],
      tunnelIpAddresses: [`203.0.113.${70 + instance}`, nthAddress(range, 4 + instance)],
    }));
    properties.bgpSettings = bgpSettings(properties, addresses);
  },
  "Microsoft.ContainerService/managedClusters": ({ properties }) => {
    const version = String(properties.kubernetesVersion);
    properties.currentKubernetesVersion = /^\d+\.\d+$/.test(version) ? `${version}.0` : version;
  },
  // A gateway speaks BGP at an address of each of its IP configurations, which may choose other ones.
  "Microsoft.Network/virtualNetworkGateways": ({ id, properties }, store) => {
    const addresses = objects(properties.ipConfigurations).map(({ name, properties: ip }) => {
      const { privateIPAddress, publicIPAddress } = isJson(ip) ? ip : {};
      const publicId = isJson(publicIPAddress) ? String(publicIPAddress.id) : "";
      return {
        ipconfigurationId: `${id}/ipConfigurations/${String(name)}`,
        defaultBgpIpAddresses: [privateIPAddress],
        tunnelIpAddresses: [store.get(publicId)?.properties.ipAddress].filter(Boolean),
      };
    });
    const bgpPeeringAddress = addresses.flatMap(({ defaultBgpIpAddresses }) => defaultBgpIpAddresses).join();
    properties.bgpSettings = { ...bgpSettings(properties, addresses), bgpPeeringAddress };
  },
  "Microsoft.DocumentDB/databaseAccounts": ({ name, properties }) => {
    const locations = objects(properties.locations).map((location) => ({
      ...location,
      id: `${name}-${String(location.locationName)}`,
      documentEndpoint: `https://${name}-${String(location.locationName)}.documents.azure.com:443/`,
      provisioningState: "Succeeded",
    }));
    Object.assign(properties, { locations, readLocations: locations, writeLocations: locations.slice(0, 1) });
  },
};

/** The range of the virtual hub that a resource is in. */
function hubRange({ virtualHub }: Json, store: Store): string | undefined {
  const hub = isJson(virtualHub) ? store.get(String(virtualHub.id)) : undefined;
  return typeof hub?.properties.addressPrefix === "string" ? hub.properties.addressPrefix : undefined;
}

/**
 * The settings of a gateway that speaks BGP at some addresses, each of which has the ones that a client chose in its place.
 */
function bgpSettings({ bgpSettings: written }: Json, addresses: readonly Json[]): Json {
  const settings = isJson(written) ? written : {};
  const chosen = objects(settings.bgpPeeringAddresses);
  const bgpPeeringAddresses = addresses.map((address, i) => ({
    customBgpIpAddresses: chosen[i]?.customBgpIpAddresses ?? [],
    ...address,
  }));
  return { asn: 65515, peerWeight: 0, ...settings, bgpPeeringAddresses };
}
