import { groupBy } from "../util/collections";
import { CLOUDS, type CloudName } from "./clouds";

/** A text for each cloud that has one. */
export type PerCloud = Partial<Record<CloudName, string>>;

/**
 * How the names of a private endpoint follow from the resource that it connects to.
 *
 * The texts are templates. A placeholder such as `{name}` is the path of an attribute of the Terraform resource, through
 * lists of blocks: `{geo_location.location}` is a value for each block, and so a name for each. What ends in `location`
 * is a region, and is written as the API writes it: `swedencentral`. A placeholder may say what of its value counts:
 *
 * - `{endpoint:host}`: the value is a host name or a URL; what comes before the suffix
 * - `{endpoint:first}` and `{endpoint:rest}`: of that, the first label, and the other labels with the dot before them
 * - `{name:fit}`: cut off at the end so that the label has no more than 63 characters
 */
export interface NameRule {
  /** What the name is called in tables, as a template: `data {location}`. The subresource if absent. */
  readonly label?: string;
  /**
   * Name of the A record, relative to the zone. Of several templates the first counts whose placeholders are all known.
   * Absent where Azure makes up the names: only the endpoint's own list, `custom_dns_configs`, has them.
   */
  readonly record?: readonly string[];
  /** The private DNS zone. A placeholder that the resource does not have is taken from the `host` of the record. */
  readonly zone: PerCloud;
  /** What follows the record in the public name, where it is not the zone without `privatelink.`. */
  readonly suffix?: PerCloud;
  /** The public name, where it is known and is not the record followed by the suffix. */
  readonly fqdn?: string;
  /** Values of placeholders with which the resource has these names. A value that is not known is empty. */
  readonly when?: Readonly<Record<string, RegExp>>;
}

/** A part of a resource that private endpoints connect to. */
export interface Subresource {
  /** Its group id, as in `subresource_names`: `blob`. May have a placeholder: `sites-{slot}`. */
  readonly name: string;
  readonly names: readonly NameRule[];
}

/** A kind of Azure resource that private endpoints connect to. */
export interface ServiceType {
  /** As Azure writes it: `Microsoft.Storage/storageAccounts`. */
  readonly azureType: string;
  /** What one is called in Microsoft's documentation: `storage account`. */
  readonly label: string;
  /** Resource types of the azurerm provider, versions 3 to 5, that create one. Data sources have the same names. */
  readonly terraformTypes: readonly string[];
  /** Paths in Azure's JSON of the placeholders that have another path there: `properties.customSubDomainName`. */
  readonly armPaths?: Readonly<Record<string, string>>;
  /** Values of placeholders for which a Terraform type has no attribute, because they are always the same. */
  readonly implied?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Empty where endpoints have no names in private DNS: the names of a private link service are its owner's. */
  readonly subresources: readonly Subresource[];
}

const CLOUD_NAMES = Object.keys(CLOUDS) as CloudName[];

/** A text for each cloud of a list in their order, in which `-` stands for none. */
function perCloud(list: string): PerCloud {
  const texts = list.split(", ");
  return Object.fromEntries(
    CLOUD_NAMES.flatMap((cloud, index) => {
      const text = texts[index] ?? "-";
      return text === "-" ? [] : [[cloud, text]];
    }),
  );
}

/** The rule in a line of the table, after its subresource. */
function ruleOf([records = "", publicZones = "", ...others]: readonly string[]): NameRule {
  const zones = publicZones.split(", ").map((name) => (/^-$|privatelink/.test(name) ? name : `privatelink.${name}`));
  const members = others.map((text) => [text.slice(0, text.indexOf(" ")), text.slice(text.indexOf(" ") + 1)] as const);
  const { label, fqdn, suffix, when, ...unknown } = Object.fromEntries(members) as Partial<Record<string, string>>;
  const [wrong] = Object.keys(unknown);
  if (wrong !== undefined) throw new Error(`The table of services has ${wrong}, allowed: label, fqdn, suffix, when`);
  const [placeholder = "", test = ""] = when?.split(" ") ?? [];
  return {
    zone: perCloud(zones.join(", ")),
    ...(records !== "listed" && { record: records.split(" or ") }),
    ...(label !== undefined && { label }),
    ...(fqdn !== undefined && { fqdn }),
    ...(suffix !== undefined && { suffix: perCloud(suffix) }),
    ...(when !== undefined && { when: { [placeholder]: new RegExp(test, "i") } }),
  };
}

/** The service in a paragraph of the table. */
function serviceOf(paragraph: string): ServiceType {
  const [[azureType = "", label = "", types], ...lines] = paragraph
    .split("\n")
    .filter((line) => !/^ *#/.test(line))
    .map((line) => line.trim().split(" | ")) as [string[], ...string[][]];
  const [armPaths, implied] = [ARM_PATHS[azureType], IMPLIED[azureType]];
  const names = groupBy(
    lines,
    ([subresource]) => subresource!,
    ([, ...rule]) => ruleOf(rule),
  );
  return {
    azureType,
    label,
    terraformTypes: types?.split(", ") ?? [],
    ...(armPaths && { armPaths }),
    ...(implied && { implied }),
    subresources: [...names].map(([name, rules]) => ({ name, names: rules })),
  };
}

/** Paths in Azure's JSON of the placeholders that have another path there than in Terraform. */
const ARM_PATHS: Readonly<Record<string, ServiceType["armPaths"]>> = {
  "Microsoft.App/managedEnvironments": { default_domain: "properties.defaultDomain" },
  "Microsoft.Attestation/attestationProviders": { attestation_uri: "properties.attestUri" },
  "Microsoft.Automation/automationAccounts": { hybrid_service_url: "properties.automationHybridServiceUrl" },
  "Microsoft.Batch/batchAccounts": { node_management_endpoint: "properties.nodeManagementEndpoint" },
  "Microsoft.Cache/redisEnterprise": { sku_name: "sku.name" },
  "Microsoft.CognitiveServices/accounts": { custom_subdomain_name: "properties.customSubDomainName" },
  "Microsoft.ContainerService/managedClusters": { private_fqdn: "properties.privateFQDN" },
  "Microsoft.Dashboard/grafana": { endpoint: "properties.endpoint" },
  "Microsoft.Databricks/workspaces": { workspace_url: "properties.workspaceUrl" },
  "Microsoft.DBforPostgreSQL/serverGroupsv2": { "servers.fqdn": "properties.serverNames.fullyQualifiedDomainName" },
  "Microsoft.Devices/IotHubs": { event_hub_events_endpoint: "properties.eventHubEndpoints.events.endpoint" },
  "Microsoft.DeviceUpdate/accounts": { host_name: "properties.hostName" },
  "Microsoft.DigitalTwins/digitalTwinsInstances": { host_name: "properties.hostName" },
  "Microsoft.DocumentDB/databaseAccounts": { "geo_location.location": "properties.locations.locationName" },
  "Microsoft.IoTCentral/iotApps": { sub_domain: "properties.subdomain" },
  "Microsoft.MachineLearningServices/workspaces": { workspace_id: "properties.workspaceId" },
  "Microsoft.Monitor/accounts": { query_endpoint: "properties.metrics.prometheusQueryEndpoint" },
  "Microsoft.Sql/managedInstances": { fqdn: "properties.fullyQualifiedDomainName", dns_zone: "properties.dnsZone" },
  "Microsoft.Storage/storageAccounts": {
    dns_endpoint_type: "properties.dnsEndpointType",
    primary_web_host: "properties.primaryEndpoints.web",
    secondary_web_host: "properties.secondaryEndpoints.web",
  },
  "Microsoft.Web/sites": { default_hostname: "properties.defaultHostName" },
  "Microsoft.Web/staticSites": { default_host_name: "properties.defaultHostname" },
};

/** Kinds that azurerm has a type of its own for. */
const IMPLIED: Readonly<Record<string, ServiceType["implied"]>> = {
  "Microsoft.CognitiveServices/accounts": { azurerm_ai_services: { kind: "AIServices" } },
};

const core = (name: string) =>
  `${name}.core.windows.net, ${name}.core.usgovcloudapi.net, ${name}.core.chinacloudapi.cn`;
const cosmos = (name: string) => `${name}.azure.com, ${name}.azure.us, ${name}.azure.cn`;
const REGISTRY = CLOUD_NAMES.map((cloud) => CLOUDS[cloud].registrySuffix).join(", ");
const SERVICE_BUS = "servicebus.windows.net, servicebus.usgovcloudapi.net, servicebus.chinacloudapi.cn";
const AUTOMATION = "azure-automation.net, azure-automation.us, azure-automation.cn";
const SITES = "azurewebsites.net, azurewebsites.us, chinacloudsites.cn";
const LEARNING = "api.azureml.ms, api.ml.azure.us, api.ml.azure.cn";
const POSTGRESQL =
  "postgres.database.azure.com, postgres.database.usgovcloudapi.net, postgres.database.chinacloudapi.cn";
const AKS =
  "privatelink.{location}.azmk8s.io, privatelink.{location}.cx.aks.containerservice.azure.us, privatelink.{location}.cx.prod.service.azk8s.cn";
const AKS_SUBZONE = AKS.replaceAll("privatelink", "{subzone}.privatelink");
/** Accounts with `AzureDnsZone` have names that Azure makes up. */
const NAMED_BY_RULE = "when dns_endpoint_type ^(?!AzureDnsZone$)";
const HDINSIGHT = ["hadoop", "hbase", "interactive_query", "kafka", "spark"]
  .map((kind) => `azurerm_hdinsight_${kind}_cluster`)
  .join(", ");
const APPS = [
  "azurerm_app_service, azurerm_function_app, azurerm_function_app_flex_consumption, azurerm_linux_function_app",
  "azurerm_linux_web_app, azurerm_logic_app_standard, azurerm_windows_function_app, azurerm_windows_web_app",
].join(", ");

/**
 * For each service, its type in Azure, what one is called, and the types of the azurerm provider. Below it, a line for each
 * rule of its names: the subresource; the record, or `listed` where the rule has none; in the order of the clouds, the public
 * zones beside the private ones, or these themselves. Then the other members of the rule, each by its name.
 */
const TABLE = String.raw`
Microsoft.ApiManagement/service | API Management service | azurerm_api_management
  Gateway | {name} | azure-api.net
Microsoft.App/managedEnvironments | Container Apps environment | azurerm_container_app_environment
  # The public names of all apps lead to the one record of their environment.
  managedEnvironments | {default_domain:host} | {location}.azurecontainerapps.io, -, {location}.azurecontainerapps.cn | fqdn *.{default_domain}
Microsoft.AppConfiguration/configurationStores | App Configuration store | azurerm_app_configuration
  configurationStores | {name} | azconfig.io, azconfig.azure.us
  configurationStores | {name}-{replica.name} | azconfig.io, azconfig.azure.us | label replica {replica.name}
Microsoft.Attestation/attestationProviders | attestation provider | azurerm_attestation_provider
  standard | {attestation_uri:host} | attest.azure.net
Microsoft.Authorization/resourceManagementPrivateLinks | resource management private link | azurerm_resource_management_private_link
  ResourceManagement | management | azure.com
Microsoft.Automation/automationAccounts | Automation account | azurerm_automation_account
  Webhook | listed | ${AUTOMATION}
  DSCAndHybridWorker | {hybrid_service_url:host} | ${AUTOMATION} | label jrds
  DSCAndHybridWorker | {dsc_server_endpoint:host} | ${AUTOMATION} | label agentsvc
Microsoft.Batch/batchAccounts | Batch account | azurerm_batch_account
  batchAccount | {name}.{location} | batch.azure.com, batch.usgovcloudapi.net, batch.chinacloudapi.cn
  nodeManagement | {node_management_endpoint:host} | batch.azure.com, batch.usgovcloudapi.net, batch.chinacloudapi.cn
Microsoft.BotService/botServices | bot | azurerm_bot_channels_registration, azurerm_bot_service_azure_bot, azurerm_bot_web_app
  Bot | {name} | directline.botframework.com
  Token | {name} | token.botframework.com
Microsoft.Cache/redis | Azure Cache for Redis | azurerm_redis_cache
  redisCache | {name} | redis.cache.windows.net, redis.cache.usgovcloudapi.net, redis.cache.chinacloudapi.cn
Microsoft.Cache/redisEnterprise | Azure Managed Redis | azurerm_managed_redis, azurerm_redis_enterprise_cluster
  redisEnterprise | {name}.{location} | redis.azure.net | when sku_name ^(?!Enterprise)
  redisEnterprise | {name}.{location} | redisenterprise.cache.azure.net | when sku_name ^Enterprise
Microsoft.CognitiveServices/accounts | Foundry Tools account | azurerm_ai_services, azurerm_cognitive_account
  account | {custom_subdomain_name} or {name} | cognitiveservices.azure.com, cognitiveservices.azure.us | label cognitiveservices | when kind ^(?!OpenAI$)
  account | {custom_subdomain_name} or {name} | openai.azure.com, openai.azure.us | label openai | when kind ^(OpenAI|AIServices)$
  account | {custom_subdomain_name} or {name} | services.ai.azure.com | label services.ai | when kind ^AIServices$
Microsoft.Compute/diskAccesses | disk access | azurerm_disk_access
  disks | listed | blob.core.windows.net
Microsoft.ContainerRegistry/registries | container registry | azurerm_container_registry
  registry | {name} | ${REGISTRY} | label login server
  registry | {name}.{location}.data | ${REGISTRY} | label data {location}
  registry | {name}.{georeplications.location}.data | ${REGISTRY} | label data {georeplications.location}
Microsoft.ContainerService/managedClusters | Kubernetes cluster | azurerm_kubernetes_cluster
  # Clients ask for the private name itself. A cluster that manages its zone has one of its own, below the region's.
  management | {private_fqdn:host} | ${AKS} | suffix ${AKS} | when private_fqdn ^([^.]+\.privatelink\.|$)
  management | {private_fqdn:host} | ${AKS_SUBZONE} | suffix ${AKS_SUBZONE} | when private_fqdn ^([^.]+\.[^.]+\.privatelink\.|$)
Microsoft.Dashboard/grafana | Azure Managed Grafana workspace | azurerm_dashboard_grafana
  grafana | {endpoint:host} | grafana.azure.com
Microsoft.Databricks/workspaces | Databricks workspace | azurerm_databricks_workspace
  databricks_ui_api | {workspace_url:host} | azuredatabricks.net, databricks.azure.us
  browser_authentication | {location}.pl-auth | azuredatabricks.net, databricks.azure.us
Microsoft.DataFactory/factories | data factory | azurerm_data_factory
  dataFactory | {name}.{location} | datafactory.azure.net, datafactory.azure.us, datafactory.azure.cn
  portal | listed | adf.azure.com, adf.azure.us, adf.azure.cn
Microsoft.DBforMariaDB/servers | Azure Database for MariaDB server | azurerm_mariadb_server
  mariadbServer | {name} | mariadb.database.azure.com, mariadb.database.usgovcloudapi.net, mariadb.database.chinacloudapi.cn
Microsoft.DBforMySQL/flexibleServers | Azure Database for MySQL flexible server | azurerm_mysql_flexible_server
  mysqlServer | {name} | mysql.database.azure.com, mysql.database.usgovcloudapi.net, mysql.database.chinacloudapi.cn
Microsoft.DBforMySQL/servers | Azure Database for MySQL single server | azurerm_mysql_server
  mysqlServer | {name} | mysql.database.azure.com, mysql.database.usgovcloudapi.net, mysql.database.chinacloudapi.cn
Microsoft.DBforPostgreSQL/flexibleServers | Azure Database for PostgreSQL flexible server | azurerm_postgresql_flexible_server
  postgresqlServer | {name} | ${POSTGRESQL}
Microsoft.DBforPostgreSQL/serverGroupsv2 | Azure Cosmos DB for PostgreSQL cluster | azurerm_cosmosdb_postgresql_cluster
  # The other servers of the cluster are its workers.
  coordinator | {servers.fqdn:host} | postgres.cosmos.azure.com | when servers.fqdn ^(c[-.]|$)
Microsoft.DBforPostgreSQL/servers | Azure Database for PostgreSQL single server | azurerm_postgresql_server
  postgresqlServer | {name} | ${POSTGRESQL}
Microsoft.DesktopVirtualization/hostPools | Azure Virtual Desktop host pool | azurerm_virtual_desktop_host_pool
  connection | listed | wvd.microsoft.com, wvd.azure.us, wvd.azure.cn
Microsoft.DesktopVirtualization/workspaces | Azure Virtual Desktop workspace | azurerm_virtual_desktop_workspace
  feed | listed | wvd.microsoft.com, wvd.azure.us, wvd.azure.cn
  global | listed | privatelink-global.wvd.microsoft.com, privatelink-global.wvd.azure.us, privatelink-global.wvd.azure.cn | suffix wvd.microsoft.com, wvd.azure.us, wvd.azure.cn
Microsoft.Devices/IotHubs | IoT hub | azurerm_iothub
  iotHub | {name} | azure-devices.net, azure-devices.us, azure-devices.cn
  # Microsoft's list has privatelink.servicebus.windows.us in the government cloud. The public zone beside it is
  # usgovcloudapi.net, in which a name leads to the private zone of Service Bus.
  iotHub | {event_hub_events_endpoint:host} | ${SERVICE_BUS} | label event hub
Microsoft.Devices/provisioningServices | IoT Hub Device Provisioning Service | azurerm_iothub_dps
  iotDps | {name} | azure-devices-provisioning.net, azure-devices-provisioning.us, azure-devices-provisioning.cn
Microsoft.DeviceUpdate/accounts | Device Update account | azurerm_iothub_device_update_account
  DeviceUpdate | {host_name:host} or {name} | api.adu.microsoft.com
Microsoft.DigitalTwins/digitalTwinsInstances | Digital Twins instance | azurerm_digital_twins_instance
  API | {host_name:host} | digitaltwins.azure.net
Microsoft.DocumentDB/databaseAccounts | Cosmos DB account | azurerm_cosmosdb_account
  Sql | {name} | ${cosmos("documents")}
  Sql | {name}-{geo_location.location} | ${cosmos("documents")} | label Sql {geo_location.location}
  MongoDB | {name} | ${cosmos("mongo.cosmos")}
  MongoDB | {name}-{geo_location.location} | ${cosmos("mongo.cosmos")} | label MongoDB {geo_location.location}
  Cassandra | {name} | ${cosmos("cassandra.cosmos")}
  Cassandra | {name}-{geo_location.location} | ${cosmos("cassandra.cosmos")} | label Cassandra {geo_location.location}
  Gremlin | {name} | ${cosmos("gremlin.cosmos")}
  Gremlin | {name}-{geo_location.location} | ${cosmos("gremlin.cosmos")} | label Gremlin {geo_location.location}
  Table | {name} | ${cosmos("table.cosmos")}
  Table | {name}-{geo_location.location} | ${cosmos("table.cosmos")} | label Table {geo_location.location}
  SqlDedicated | listed | sqlx.cosmos.azure.com
  Analytical | listed | analytics.cosmos.azure.com
Microsoft.DocumentDB/mongoClusters | Cosmos DB for MongoDB vCore cluster | azurerm_mongo_cluster
  # The cluster's name has SRV records only, which name the nodes.
  MongoCluster | listed | mongocluster.cosmos.azure.com
Microsoft.ElasticSan/elasticSans | Elastic SAN | azurerm_elastic_san
  {volume_group} | listed | blob.core.windows.net | suffix blob.storage.azure.net
Microsoft.EventGrid/domains | Event Grid domain | azurerm_eventgrid_domain
  domain | {name}.{location}-1 | eventgrid.azure.net, eventgrid.azure.us
Microsoft.EventGrid/namespaces | Event Grid namespace | azurerm_eventgrid_namespace
  topic | {name}.{location}-1 | eventgrid.azure.net
  topicSpace | {name}.{location}-1 | ts.eventgrid.azure.net
Microsoft.EventGrid/partnerNamespaces | Event Grid partner namespace | azurerm_eventgrid_partner_namespace
  partnernamespace | {name}.{location}-1 | eventgrid.azure.net
Microsoft.EventGrid/topics | Event Grid topic | azurerm_eventgrid_topic
  topic | {name}.{location}-1 | eventgrid.azure.net, eventgrid.azure.us
Microsoft.EventHub/namespaces | Event Hubs namespace | azurerm_eventhub_namespace
  namespace | {name} | ${SERVICE_BUS}
Microsoft.Fabric/privateLinkServicesForFabric | private link service for a Fabric workspace
  workspace | listed | fabric.microsoft.com
Microsoft.FileShares/fileShares | file share
  FileShare | listed | file.core.windows.net
Microsoft.HDInsight/clusters | HDInsight cluster | ${HDINSIGHT}
  gateway | {name} | azurehdinsight.net, azurehdinsight.us, azurehdinsight.cn
  gateway | {name}-int | azurehdinsight.net, azurehdinsight.us, azurehdinsight.cn | label gateway int
  headnode | {name}-ssh | azurehdinsight.net, azurehdinsight.us, azurehdinsight.cn
Microsoft.HealthcareApis/services | Azure API for FHIR service | azurerm_healthcare_service
  fhir | {name} | azurehealthcareapis.com
Microsoft.HealthcareApis/workspaces | Health Data Services workspace | azurerm_healthcare_workspace
  healthcareworkspace | {name}.workspace | azurehealthcareapis.com | label workspace
  healthcareworkspace | {name} | -, workspace.azurehealthcareapis.us | label workspace
  # Each of its FHIR and DICOM services has a name.
  healthcareworkspace | listed | azurehealthcareapis.com, fhir.azurehealthcareapis.us
  healthcareworkspace | listed | dicom.azurehealthcareapis.com, dicom.azurehealthcareapis.us
Microsoft.HybridCompute/privateLinkScopes | Azure Arc private link scope | azurerm_arc_private_link_scope
  hybridcompute | listed | his.arc.azure.com
  hybridcompute | listed | guestconfiguration.azure.com
  hybridcompute | listed | dp.kubernetesconfiguration.azure.com
Microsoft.Insights/privateLinkScopes | Azure Monitor private link scope | azurerm_monitor_private_link_scope
  azuremonitor | api | monitor.azure.com, monitor.azure.us | label api
  azuremonitor | global.in.ai | monitor.azure.com, monitor.azure.us | label global.in.ai
  azuremonitor | profiler | monitor.azure.com, monitor.azure.us | label profiler
  azuremonitor | live | monitor.azure.com, monitor.azure.us | label live
  azuremonitor | diagservices-query | monitor.azure.com, monitor.azure.us | label diagservices-query
  azuremonitor | snapshot | monitor.azure.com, monitor.azure.us | label snapshot
  azuremonitor | global.handler.control | monitor.azure.com, monitor.azure.us | label global.handler.control
  azuremonitor | scadvisorcontentpl | blob.core.windows.net, blob.core.usgovcloudapi.net | label solution packs
  # Each workspace, data collection endpoint and Application Insights resource in the scope adds names.
  azuremonitor | listed | monitor.azure.com, monitor.azure.us
  azuremonitor | listed | oms.opinsights.azure.com, oms.opinsights.azure.us
  azuremonitor | listed | ods.opinsights.azure.com, ods.opinsights.azure.us
  azuremonitor | listed | agentsvc.azure-automation.net, agentsvc.azure-automation.us
  azuremonitor | listed | -, adx.monitor.azure.us
Microsoft.IoTCentral/iotApps | IoT Central application | azurerm_iotcentral_application
  iotApp | {sub_domain} | azureiotcentral.com
  # Its hubs and provisioning service, which it creates.
  iotApp | listed | azure-devices.net
  iotApp | listed | servicebus.windows.net
  iotApp | listed | azure-devices-provisioning.net
Microsoft.KeyVault/managedHSMs | Key Vault managed HSM | azurerm_key_vault_managed_hardware_security_module
  managedhsm | {name} | managedhsm.azure.net
Microsoft.KeyVault/vaults | key vault | azurerm_key_vault
  vault | {name} | vaultcore.azure.net, vaultcore.usgovcloudapi.net, vaultcore.azure.cn | suffix vault.azure.net, vault.usgovcloudapi.net, vault.azure.cn
Microsoft.Kusto/clusters | Azure Data Explorer cluster | azurerm_kusto_cluster
  cluster | {name} | {location}.kusto.windows.net, -, {location}.kusto.windows.cn
  cluster | ingest-{name} | {location}.kusto.windows.net, -, {location}.kusto.windows.cn | label ingest
  # Storage accounts for data on its way in, which the cluster has of its own.
  cluster | listed | blob.core.windows.net
  cluster | listed | queue.core.windows.net
  cluster | listed | table.core.windows.net
Microsoft.MachineLearningServices/registries | Machine Learning registry
  amlregistry | listed | api.azureml.ms
Microsoft.MachineLearningServices/workspaces | Machine Learning workspace | azurerm_ai_foundry, azurerm_machine_learning_workspace
  amlworkspace | {workspace_id}.workspace.{location} | ${LEARNING} | label workspace
  amlworkspace | {workspace_id}.workspace.{location}.cert | ${LEARNING} | label workspace cert
  amlworkspace | *.{workspace_id}.inference.{location} | ${LEARNING} | label inference
  amlworkspace | ml-{name:fit}-{location}-{workspace_id}.{location} | notebooks.azure.net, notebooks.usgovcloudapi.net, notebooks.chinacloudapi.cn | label notebooks
Microsoft.Maps/accounts | Maps account | azurerm_maps_account
  account | listed | account.maps.azure.com
Microsoft.Media/mediaservices | Media Services account | azurerm_media_services_account
  keydelivery | listed | media.azure.net
  liveevent | listed | media.azure.net
  streamingendpoint | listed | media.azure.net
Microsoft.Migrate/assessmentProjects | Azure Migrate assessment project
  Default | listed | prod.migration.windowsazure.com, prod.migration.windowsazure.us
Microsoft.Migrate/migrateProjects | Azure Migrate project
  Default | listed | prod.migration.windowsazure.com, prod.migration.windowsazure.us
Microsoft.Monitor/accounts | Azure Monitor workspace | azurerm_monitor_workspace
  prometheusMetrics | {query_endpoint:host} | {location}.prometheus.monitor.azure.com
Microsoft.Network/applicationGateways | application gateway | azurerm_application_gateway
Microsoft.Network/privateLinkServices | private link service | azurerm_private_link_service
Microsoft.PowerBI/privateLinkServicesForPowerBI | private link service for Power BI
  tenant | listed | analysis.windows.net
  tenant | listed | pbidedicated.windows.net
  tenant | listed | prod.powerquery.microsoft.com
Microsoft.Purview/accounts | Purview account | azurerm_purview_account
  account | {name} | purview.azure.com, purview.azure.us
  portal | listed | purviewstudio.azure.com, purviewstudio.azure.us
  platform | listed | purview-service.microsoft.com
Microsoft.RecoveryServices/vaults | Recovery Services vault | azurerm_recovery_services_vault
  AzureBackup | listed | {geo}.backup.windowsazure.com, {geo}.backup.windowsazure.us
  AzureBackup | listed | blob.core.windows.net
  AzureBackup | listed | queue.core.windows.net
  AzureBackup_secondary | listed | {geo}.backup.windowsazure.com, {geo}.backup.windowsazure.us
  AzureBackup_secondary | listed | blob.core.windows.net
  AzureBackup_secondary | listed | queue.core.windows.net
  AzureSiteRecovery | listed | siterecovery.windowsazure.com, siterecovery.windowsazure.us
Microsoft.Relay/namespaces | Relay namespace | azurerm_relay_namespace
  namespace | {name} | ${SERVICE_BUS}
Microsoft.Search/searchServices | AI Search service | azurerm_search_service
  searchService | {name} | search.windows.net, search.azure.us
Microsoft.ServiceBus/namespaces | Service Bus namespace | azurerm_servicebus_namespace
  namespace | {name} | ${SERVICE_BUS}
Microsoft.SignalRService/signalR | SignalR service | azurerm_signalr_service
  signalr | {name} | service.signalr.net, -, signalr.azure.cn
Microsoft.SignalRService/webPubSub | Web PubSub service | azurerm_web_pubsub, azurerm_web_pubsub_socketio
  webpubsub | {name} | webpubsub.azure.com
Microsoft.Sql/managedInstances | SQL managed instance | azurerm_mssql_managed_instance, azurerm_sql_managed_instance
  managedInstance | {fqdn:host} | {dns_zone}.database.windows.net, {dns_zone}.database.usgovcloudapi.net
Microsoft.Sql/servers | SQL server | azurerm_mssql_server, azurerm_sql_server
  sqlServer | {name} | database.windows.net, database.usgovcloudapi.net, database.chinacloudapi.cn
Microsoft.Storage/storageAccounts | storage account | azurerm_storage_account
  blob | {name} | ${core("blob")} | ${NAMED_BY_RULE}
  blob_secondary | {name}-secondary | ${core("blob")} | ${NAMED_BY_RULE}
  table | {name} | ${core("table")} | ${NAMED_BY_RULE}
  table_secondary | {name}-secondary | ${core("table")} | ${NAMED_BY_RULE}
  queue | {name} | ${core("queue")} | ${NAMED_BY_RULE}
  queue_secondary | {name}-secondary | ${core("queue")} | ${NAMED_BY_RULE}
  file | {name} | ${core("file")} | ${NAMED_BY_RULE}
  file_secondary | {name}-secondary | ${core("file")} | ${NAMED_BY_RULE}
  # The public name has a zone that Azure chooses: NAME.z6.web.core.windows.net. The record does not.
  web | {name} | ${core("web")} | fqdn {primary_web_host} | ${NAMED_BY_RULE}
  web_secondary | {name}-secondary | ${core("web")} | fqdn {secondary_web_host} | ${NAMED_BY_RULE}
  dfs | {name} | ${core("dfs")} | ${NAMED_BY_RULE}
  dfs_secondary | {name}-secondary | ${core("dfs")} | ${NAMED_BY_RULE}
Microsoft.StorageSync/storageSyncServices | Storage Sync Service | azurerm_storage_sync
  afs | listed | afs.azure.net, -, afs.azure.cn
Microsoft.Synapse/privateLinkHubs | Synapse private link hub | azurerm_synapse_private_link_hub
  Web | web | azuresynapse.net, azuresynapse.usgovcloudapi.net
Microsoft.Synapse/workspaces | Synapse workspace | azurerm_synapse_workspace
  Sql | {name} | sql.azuresynapse.net, sql.azuresynapse.usgovcloudapi.net
  SqlOnDemand | {name}-ondemand | sql.azuresynapse.net, sql.azuresynapse.usgovcloudapi.net
  Dev | {name} | dev.azuresynapse.net, dev.azuresynapse.usgovcloudapi.net
Microsoft.VideoIndexer/accounts | Video Indexer account | azurerm_video_indexer_account
  account | listed | api.videoindexer.ai
Microsoft.Web/sites | App Service app | ${APPS}
  # An app with a unique default host name has a hash and its region in it: NAME-HASH.REGION-01.
  sites | {default_hostname:host} or {name} | ${SITES}
  sites | {default_hostname:first}.scm{default_hostname:rest} or {name}.scm | ${SITES} | label scm
  sites-{slot} | {name}-{slot} | ${SITES}
  sites-{slot} | {name}-{slot}.scm | ${SITES} | label scm
Microsoft.Web/staticSites | Static Web App | azurerm_static_site, azurerm_static_web_app
  staticSites | {default_host_name:host} | azurestaticapps.net | when default_host_name ^([^.]+\.azurestaticapps\.net|)$
  staticSites | {default_host_name:host} | {partition}.azurestaticapps.net | when default_host_name ^([^.]+\.[^.]+\.azurestaticapps\.net|)$
`;

/**
 * The services of Azure Private Link.
 *
 * Sources: "Azure Private Endpoint private DNS zone values" (May 2026) and "What is a private endpoint", Microsoft's
 * private link documentation, and each service's own page on private endpoints; the azurerm provider's documentation,
 * versions 3.117, 4.55 and 5.2.
 */
export const SERVICES: readonly ServiceType[] = TABLE.trim()
  .split(/\n(?=\S)/)
  .map(serviceOf);
