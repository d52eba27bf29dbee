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
  readonly record?: string | readonly string[];
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

function perCloud(inPublic?: string, usgovernment?: string, china?: string): PerCloud {
  return {
    ...(inPublic !== undefined && { public: inPublic }),
    ...(usgovernment !== undefined && { usgovernment }),
    ...(china !== undefined && { china }),
  };
}

/** The private zones of the public zones of each cloud. */
function zone(...publicZones: (string | undefined)[]): PerCloud {
  return perCloud(...publicZones.map((name) => name && `privatelink.${name}`));
}

function names(record: NameRule["record"], zones: PerCloud, more: Partial<NameRule> = {}): NameRule {
  return { ...(record !== undefined && { record }), zone: zones, ...more };
}

/** Names in a zone that follow no rule. */
function listed(zones: PerCloud): NameRule {
  return { zone: zones };
}

/** The rules of the names of each subresource, by its group id. */
type Subresources = Readonly<Record<string, NameRule | readonly NameRule[]>>;

function service(
  azureType: string,
  label: string,
  terraformTypes: readonly string[],
  subresources: Subresources,
): ServiceType {
  const armPaths = ARM_PATHS[azureType];
  return {
    azureType,
    label,
    terraformTypes,
    ...(armPaths && { armPaths }),
    subresources: Object.entries(subresources).map(([name, rules]) => ({ name, names: [rules].flat() })),
  };
}

const REGISTRY = zone(CLOUDS.public.registrySuffix, CLOUDS.usgovernment.registrySuffix, CLOUDS.china.registrySuffix);
const BLOB = zone("blob.core.windows.net", "blob.core.usgovcloudapi.net", "blob.core.chinacloudapi.cn");
const QUEUE = zone("queue.core.windows.net", "queue.core.usgovcloudapi.net", "queue.core.chinacloudapi.cn");
const TABLE = zone("table.core.windows.net", "table.core.usgovcloudapi.net", "table.core.chinacloudapi.cn");
const FILE = zone("file.core.windows.net", "file.core.usgovcloudapi.net", "file.core.chinacloudapi.cn");
const DFS = zone("dfs.core.windows.net", "dfs.core.usgovcloudapi.net", "dfs.core.chinacloudapi.cn");
const WEB = zone("web.core.windows.net", "web.core.usgovcloudapi.net", "web.core.chinacloudapi.cn");
// Microsoft's list has privatelink.servicebus.windows.us for the event hubs of IoT hubs in the government cloud. The
// public zone beside it is usgovcloudapi.net, in which a name leads to the private zone of Service Bus.
const SERVICE_BUS = zone("servicebus.windows.net", "servicebus.usgovcloudapi.net", "servicebus.chinacloudapi.cn");
const DEVICES = zone("azure-devices.net", "azure-devices.us", "azure-devices.cn");
const PROVISIONING = zone(
  "azure-devices-provisioning.net",
  "azure-devices-provisioning.us",
  "azure-devices-provisioning.cn",
);
const SITES = zone("azurewebsites.net", "azurewebsites.us", "chinacloudsites.cn");
const AUTOMATION = zone("azure-automation.net", "azure-automation.us", "azure-automation.cn");
const EVENT_GRID = zone("eventgrid.azure.net", "eventgrid.azure.us");
const MONITOR = zone("monitor.azure.com", "monitor.azure.us");
const LEARNING = zone("api.azureml.ms", "api.ml.azure.us", "api.ml.azure.cn");
const BACKUP = zone("{geo}.backup.windowsazure.com", "{geo}.backup.windowsazure.us");
const BATCH = zone("batch.azure.com", "batch.usgovcloudapi.net", "batch.chinacloudapi.cn");
const HDINSIGHT = zone("azurehdinsight.net", "azurehdinsight.us", "azurehdinsight.cn");
const DESKTOP = zone("wvd.microsoft.com", "wvd.azure.us", "wvd.azure.cn");
const POSTGRESQL = zone(
  "postgres.database.azure.com",
  "postgres.database.usgovcloudapi.net",
  "postgres.database.chinacloudapi.cn",
);
const MIGRATE = zone("prod.migration.windowsazure.com", "prod.migration.windowsazure.us");
const MYSQL = zone("mysql.database.azure.com", "mysql.database.usgovcloudapi.net", "mysql.database.chinacloudapi.cn");

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

/** A storage service and its secondary. Accounts with `AzureDnsZone` have names that Azure makes up. */
function storage(name: string, zones: PerCloud, primaryHost?: string, secondaryHost?: string): Subresources {
  const rule = (record: string, fqdn?: string) =>
    names(record, zones, {
      when: { dns_endpoint_type: /^(?!AzureDnsZone$)/i },
      ...(fqdn !== undefined && { fqdn }),
    });
  return {
    [name]: rule("{name}", primaryHost),
    [`${name}_secondary`]: rule("{name}-secondary", secondaryHost),
  };
}

/** An API of a Cosmos DB account: a name for the account, and one for each of its regions. */
function cosmos(name: string, domain: string): Subresources {
  const zones = zone(`${domain}.azure.com`, `${domain}.azure.us`, `${domain}.azure.cn`);
  const ofRegion = names("{name}-{geo_location.location}", zones, { label: `${name} {geo_location.location}` });
  return { [name]: [names("{name}", zones), ofRegion] };
}

/** An app and its source control site, which one endpoint serves. */
function site(host: readonly string[], scm: readonly string[]): NameRule[] {
  return [names(host, SITES), names(scm, SITES, { label: "scm" })];
}

/** The names of a Cognitive Services account of certain kinds. */
function cognitive(label: string, kind: RegExp, zones: PerCloud): NameRule {
  return names(["{custom_subdomain_name}", "{name}"], zones, { label, when: { kind } });
}

/**
 * The services of Azure Private Link.
 *
 * Sources: "Azure Private Endpoint private DNS zone values" (May 2026) and "What is a private endpoint", Microsoft's
 * private link documentation, and each service's own page on private endpoints; the azurerm provider's documentation,
 * versions 3.117, 4.55 and 5.2.
 */
export const SERVICES: readonly ServiceType[] = [
  service("Microsoft.ApiManagement/service", "API Management service", ["azurerm_api_management"], {
    Gateway: names("{name}", zone("azure-api.net")),
  }),
  service("Microsoft.App/managedEnvironments", "Container Apps environment", ["azurerm_container_app_environment"], {
    // The public names of all apps lead to the one record of their environment.
    managedEnvironments: names(
      "{default_domain:host}",
      zone("{location}.azurecontainerapps.io", undefined, "{location}.azurecontainerapps.cn"),
      { fqdn: "*.{default_domain}" },
    ),
  }),
  service("Microsoft.AppConfiguration/configurationStores", "App Configuration store", ["azurerm_app_configuration"], {
    configurationStores: [
      names("{name}", zone("azconfig.io", "azconfig.azure.us")),
      names("{name}-{replica.name}", zone("azconfig.io", "azconfig.azure.us"), { label: "replica {replica.name}" }),
    ],
  }),
  service("Microsoft.Attestation/attestationProviders", "attestation provider", ["azurerm_attestation_provider"], {
    standard: names("{attestation_uri:host}", zone("attest.azure.net")),
  }),
  service(
    "Microsoft.Authorization/resourceManagementPrivateLinks",
    "resource management private link",
    ["azurerm_resource_management_private_link"],
    { ResourceManagement: names("management", zone("azure.com")) },
  ),
  service("Microsoft.Automation/automationAccounts", "Automation account", ["azurerm_automation_account"], {
    Webhook: listed(AUTOMATION),
    DSCAndHybridWorker: [
      names("{hybrid_service_url:host}", AUTOMATION, { label: "jrds" }),
      names("{dsc_server_endpoint:host}", AUTOMATION, { label: "agentsvc" }),
    ],
  }),
  service("Microsoft.Batch/batchAccounts", "Batch account", ["azurerm_batch_account"], {
    batchAccount: names("{name}.{location}", BATCH),
    nodeManagement: names("{node_management_endpoint:host}", BATCH),
  }),
  service(
    "Microsoft.BotService/botServices",
    "bot",
    ["azurerm_bot_channels_registration", "azurerm_bot_service_azure_bot", "azurerm_bot_web_app"],
    {
      Bot: names("{name}", zone("directline.botframework.com")),
      Token: names("{name}", zone("token.botframework.com")),
    },
  ),
  service("Microsoft.Cache/redis", "Azure Cache for Redis", ["azurerm_redis_cache"], {
    redisCache: names(
      "{name}",
      zone("redis.cache.windows.net", "redis.cache.usgovcloudapi.net", "redis.cache.chinacloudapi.cn"),
    ),
  }),
  service(
    "Microsoft.Cache/redisEnterprise",
    "Azure Managed Redis",
    ["azurerm_managed_redis", "azurerm_redis_enterprise_cluster"],
    {
      redisEnterprise: [
        names("{name}.{location}", zone("redis.azure.net"), { when: { sku_name: /^(?!Enterprise)/i } }),
        names("{name}.{location}", zone("redisenterprise.cache.azure.net"), { when: { sku_name: /^Enterprise/i } }),
      ],
    },
  ),
  {
    ...service(
      "Microsoft.CognitiveServices/accounts",
      "Foundry Tools account",
      ["azurerm_ai_services", "azurerm_cognitive_account"],
      {
        account: [
          cognitive(
            "cognitiveservices",
            /^(?!OpenAI$)/i,
            zone("cognitiveservices.azure.com", "cognitiveservices.azure.us"),
          ),
          cognitive("openai", /^(OpenAI|AIServices)$/i, zone("openai.azure.com", "openai.azure.us")),
          cognitive("services.ai", /^AIServices$/i, zone("services.ai.azure.com")),
        ],
      },
    ),
    implied: { azurerm_ai_services: { kind: "AIServices" } },
  },
  service("Microsoft.Compute/diskAccesses", "disk access", ["azurerm_disk_access"], {
    disks: listed(zone("blob.core.windows.net")),
  }),
  service("Microsoft.ContainerRegistry/registries", "container registry", ["azurerm_container_registry"], {
    registry: [
      names("{name}", REGISTRY, { label: "login server" }),
      names("{name}.{location}.data", REGISTRY, { label: "data {location}" }),
      names("{name}.{georeplications.location}.data", REGISTRY, {
        label: "data {georeplications.location}",
      }),
    ],
  }),
  service("Microsoft.ContainerService/managedClusters", "Kubernetes cluster", ["azurerm_kubernetes_cluster"], {
    // Clients ask for the private name itself. A cluster that manages its zone has one of its own, below the region's.
    management: [
      ...["", "{subzone}."].map((below) => {
        const zones = perCloud(
          `${below}privatelink.{location}.azmk8s.io`,
          `${below}privatelink.{location}.cx.aks.containerservice.azure.us`,
          `${below}privatelink.{location}.cx.prod.service.azk8s.cn`,
        );
        const labels = below === "" ? /^([^.]+\.privatelink\.|$)/i : /^([^.]+\.[^.]+\.privatelink\.|$)/i;
        return names("{private_fqdn:host}", zones, { suffix: zones, when: { private_fqdn: labels } });
      }),
    ],
  }),
  service("Microsoft.Dashboard/grafana", "Azure Managed Grafana workspace", ["azurerm_dashboard_grafana"], {
    grafana: names("{endpoint:host}", zone("grafana.azure.com")),
  }),
  service("Microsoft.Databricks/workspaces", "Databricks workspace", ["azurerm_databricks_workspace"], {
    databricks_ui_api: names("{workspace_url:host}", zone("azuredatabricks.net", "databricks.azure.us")),
    browser_authentication: names("{location}.pl-auth", zone("azuredatabricks.net", "databricks.azure.us")),
  }),
  service("Microsoft.DataFactory/factories", "data factory", ["azurerm_data_factory"], {
    dataFactory: names(
      "{name}.{location}",
      zone("datafactory.azure.net", "datafactory.azure.us", "datafactory.azure.cn"),
    ),
    portal: listed(zone("adf.azure.com", "adf.azure.us", "adf.azure.cn")),
  }),
  service("Microsoft.DBforMariaDB/servers", "Azure Database for MariaDB server", ["azurerm_mariadb_server"], {
    mariadbServer: names(
      "{name}",
      zone("mariadb.database.azure.com", "mariadb.database.usgovcloudapi.net", "mariadb.database.chinacloudapi.cn"),
    ),
  }),
  service(
    "Microsoft.DBforMySQL/flexibleServers",
    "Azure Database for MySQL flexible server",
    ["azurerm_mysql_flexible_server"],
    { mysqlServer: names("{name}", MYSQL) },
  ),
  service("Microsoft.DBforMySQL/servers", "Azure Database for MySQL single server", ["azurerm_mysql_server"], {
    mysqlServer: names("{name}", MYSQL),
  }),
  service(
    "Microsoft.DBforPostgreSQL/flexibleServers",
    "Azure Database for PostgreSQL flexible server",
    ["azurerm_postgresql_flexible_server"],
    { postgresqlServer: names("{name}", POSTGRESQL) },
  ),
  service(
    "Microsoft.DBforPostgreSQL/serverGroupsv2",
    "Azure Cosmos DB for PostgreSQL cluster",
    ["azurerm_cosmosdb_postgresql_cluster"],
    {
      // The other servers of the cluster are its workers.
      coordinator: names("{servers.fqdn:host}", zone("postgres.cosmos.azure.com"), {
        when: { "servers.fqdn": /^(c[-.]|$)/i },
      }),
    },
  ),
  service(
    "Microsoft.DBforPostgreSQL/servers",
    "Azure Database for PostgreSQL single server",
    ["azurerm_postgresql_server"],
    { postgresqlServer: names("{name}", POSTGRESQL) },
  ),
  service(
    "Microsoft.DesktopVirtualization/hostPools",
    "Azure Virtual Desktop host pool",
    ["azurerm_virtual_desktop_host_pool"],
    { connection: listed(DESKTOP) },
  ),
  service(
    "Microsoft.DesktopVirtualization/workspaces",
    "Azure Virtual Desktop workspace",
    ["azurerm_virtual_desktop_workspace"],
    {
      feed: listed(DESKTOP),
      global: {
        zone: perCloud(
          "privatelink-global.wvd.microsoft.com",
          "privatelink-global.wvd.azure.us",
          "privatelink-global.wvd.azure.cn",
        ),
        suffix: perCloud("wvd.microsoft.com", "wvd.azure.us", "wvd.azure.cn"),
      },
    },
  ),
  service("Microsoft.Devices/IotHubs", "IoT hub", ["azurerm_iothub"], {
    iotHub: [names("{name}", DEVICES), names("{event_hub_events_endpoint:host}", SERVICE_BUS, { label: "event hub" })],
  }),
  service("Microsoft.Devices/provisioningServices", "IoT Hub Device Provisioning Service", ["azurerm_iothub_dps"], {
    iotDps: names("{name}", PROVISIONING),
  }),
  service("Microsoft.DeviceUpdate/accounts", "Device Update account", ["azurerm_iothub_device_update_account"], {
    DeviceUpdate: names(["{host_name:host}", "{name}"], zone("api.adu.microsoft.com")),
  }),
  service(
    "Microsoft.DigitalTwins/digitalTwinsInstances",
    "Digital Twins instance",
    ["azurerm_digital_twins_instance"],
    { API: names("{host_name:host}", zone("digitaltwins.azure.net")) },
  ),
  service("Microsoft.DocumentDB/databaseAccounts", "Cosmos DB account", ["azurerm_cosmosdb_account"], {
    ...cosmos("Sql", "documents"),
    ...cosmos("MongoDB", "mongo.cosmos"),
    ...cosmos("Cassandra", "cassandra.cosmos"),
    ...cosmos("Gremlin", "gremlin.cosmos"),
    ...cosmos("Table", "table.cosmos"),
    SqlDedicated: listed(zone("sqlx.cosmos.azure.com")),
    Analytical: listed(zone("analytics.cosmos.azure.com")),
  }),
  // The cluster's name has SRV records only, which name the nodes.
  service("Microsoft.DocumentDB/mongoClusters", "Cosmos DB for MongoDB vCore cluster", ["azurerm_mongo_cluster"], {
    MongoCluster: listed(zone("mongocluster.cosmos.azure.com")),
  }),
  service("Microsoft.ElasticSan/elasticSans", "Elastic SAN", ["azurerm_elastic_san"], {
    "{volume_group}": {
      zone: zone("blob.core.windows.net"),
      suffix: perCloud("blob.storage.azure.net"),
    },
  }),
  service("Microsoft.EventGrid/domains", "Event Grid domain", ["azurerm_eventgrid_domain"], {
    domain: names("{name}.{location}-1", EVENT_GRID),
  }),
  service("Microsoft.EventGrid/namespaces", "Event Grid namespace", ["azurerm_eventgrid_namespace"], {
    topic: names("{name}.{location}-1", zone("eventgrid.azure.net")),
    topicSpace: names("{name}.{location}-1", zone("ts.eventgrid.azure.net")),
  }),
  service(
    "Microsoft.EventGrid/partnerNamespaces",
    "Event Grid partner namespace",
    ["azurerm_eventgrid_partner_namespace"],
    { partnernamespace: names("{name}.{location}-1", zone("eventgrid.azure.net")) },
  ),
  service("Microsoft.EventGrid/topics", "Event Grid topic", ["azurerm_eventgrid_topic"], {
    topic: names("{name}.{location}-1", EVENT_GRID),
  }),
  service("Microsoft.EventHub/namespaces", "Event Hubs namespace", ["azurerm_eventhub_namespace"], {
    namespace: names("{name}", SERVICE_BUS),
  }),
  service("Microsoft.Fabric/privateLinkServicesForFabric", "private link service for a Fabric workspace", [], {
    workspace: listed(zone("fabric.microsoft.com")),
  }),
  service("Microsoft.FileShares/fileShares", "file share", [], { FileShare: listed(zone("file.core.windows.net")) }),
  service(
    "Microsoft.HDInsight/clusters",
    "HDInsight cluster",
    [
      "azurerm_hdinsight_hadoop_cluster",
      "azurerm_hdinsight_hbase_cluster",
      "azurerm_hdinsight_interactive_query_cluster",
      "azurerm_hdinsight_kafka_cluster",
      "azurerm_hdinsight_spark_cluster",
    ],
    {
      gateway: [names("{name}", HDINSIGHT), names("{name}-int", HDINSIGHT, { label: "gateway int" })],
      headnode: names("{name}-ssh", HDINSIGHT),
    },
  ),
  service("Microsoft.HealthcareApis/services", "Azure API for FHIR service", ["azurerm_healthcare_service"], {
    fhir: names("{name}", zone("azurehealthcareapis.com")),
  }),
  service("Microsoft.HealthcareApis/workspaces", "Health Data Services workspace", ["azurerm_healthcare_workspace"], {
    healthcareworkspace: [
      names("{name}.workspace", zone("azurehealthcareapis.com"), { label: "workspace" }),
      names("{name}", zone(undefined, "workspace.azurehealthcareapis.us"), { label: "workspace" }), // Each of its FHIR and DICOM services has a name.
      listed(zone("azurehealthcareapis.com", "fhir.azurehealthcareapis.us")),
      listed(zone("dicom.azurehealthcareapis.com", "dicom.azurehealthcareapis.us")),
    ],
  }),
  service(
    "Microsoft.HybridCompute/privateLinkScopes",
    "Azure Arc private link scope",
    ["azurerm_arc_private_link_scope"],
    {
      hybridcompute: [
        listed(zone("his.arc.azure.com")),
        listed(zone("guestconfiguration.azure.com")),
        listed(zone("dp.kubernetesconfiguration.azure.com")),
      ],
    },
  ),
  service(
    "Microsoft.Insights/privateLinkScopes",
    "Azure Monitor private link scope",
    ["azurerm_monitor_private_link_scope"],
    {
      azuremonitor: [
        ...["api", "global.in.ai", "profiler", "live", "diagservices-query", "snapshot", "global.handler.control"].map(
          (record) => names(record, MONITOR, { label: record }),
        ),
        names("scadvisorcontentpl", zone("blob.core.windows.net", "blob.core.usgovcloudapi.net"), {
          label: "solution packs",
        }), // Each workspace, data collection endpoint and Application Insights resource in the scope adds names.
        listed(MONITOR),
        listed(zone("oms.opinsights.azure.com", "oms.opinsights.azure.us")),
        listed(zone("ods.opinsights.azure.com", "ods.opinsights.azure.us")),
        listed(zone("agentsvc.azure-automation.net", "agentsvc.azure-automation.us")),
        listed(zone(undefined, "adx.monitor.azure.us")),
      ],
    },
  ),
  service("Microsoft.IoTCentral/iotApps", "IoT Central application", ["azurerm_iotcentral_application"], {
    iotApp: [
      names("{sub_domain}", zone("azureiotcentral.com")), // Its hubs and provisioning service, which it creates.
      listed(zone("azure-devices.net")),
      listed(zone("servicebus.windows.net")),
      listed(zone("azure-devices-provisioning.net")),
    ],
  }),
  service(
    "Microsoft.KeyVault/managedHSMs",
    "Key Vault managed HSM",
    ["azurerm_key_vault_managed_hardware_security_module"],
    { managedhsm: names("{name}", zone("managedhsm.azure.net")) },
  ),
  service("Microsoft.KeyVault/vaults", "key vault", ["azurerm_key_vault"], {
    vault: names("{name}", zone("vaultcore.azure.net", "vaultcore.usgovcloudapi.net", "vaultcore.azure.cn"), {
      suffix: perCloud("vault.azure.net", "vault.usgovcloudapi.net", "vault.azure.cn"),
    }),
  }),
  service("Microsoft.Kusto/clusters", "Azure Data Explorer cluster", ["azurerm_kusto_cluster"], {
    cluster: [
      names("{name}", zone("{location}.kusto.windows.net", undefined, "{location}.kusto.windows.cn")),
      names("ingest-{name}", zone("{location}.kusto.windows.net", undefined, "{location}.kusto.windows.cn"), {
        label: "ingest",
      }), // Storage accounts for data on its way in, which the cluster has of its own.
      listed(zone("blob.core.windows.net")),
      listed(zone("queue.core.windows.net")),
      listed(zone("table.core.windows.net")),
    ],
  }),
  service("Microsoft.MachineLearningServices/registries", "Machine Learning registry", [], {
    amlregistry: listed(zone("api.azureml.ms")),
  }),
  service(
    "Microsoft.MachineLearningServices/workspaces",
    "Machine Learning workspace",
    ["azurerm_ai_foundry", "azurerm_machine_learning_workspace"],
    {
      amlworkspace: [
        names("{workspace_id}.workspace.{location}", LEARNING, { label: "workspace" }),
        names("{workspace_id}.workspace.{location}.cert", LEARNING, { label: "workspace cert" }),
        names("*.{workspace_id}.inference.{location}", LEARNING, { label: "inference" }),
        names(
          "ml-{name:fit}-{location}-{workspace_id}.{location}",
          zone("notebooks.azure.net", "notebooks.usgovcloudapi.net", "notebooks.chinacloudapi.cn"),
          { label: "notebooks" },
        ),
      ],
    },
  ),
  service("Microsoft.Maps/accounts", "Maps account", ["azurerm_maps_account"], {
    account: listed(zone("account.maps.azure.com")),
  }),
  service("Microsoft.Media/mediaservices", "Media Services account", ["azurerm_media_services_account"], {
    keydelivery: listed(zone("media.azure.net")),
    liveevent: listed(zone("media.azure.net")),
    streamingendpoint: listed(zone("media.azure.net")),
  }),
  service("Microsoft.Migrate/assessmentProjects", "Azure Migrate assessment project", [], { Default: listed(MIGRATE) }),
  service("Microsoft.Migrate/migrateProjects", "Azure Migrate project", [], { Default: listed(MIGRATE) }),
  service("Microsoft.Monitor/accounts", "Azure Monitor workspace", ["azurerm_monitor_workspace"], {
    prometheusMetrics: names("{query_endpoint:host}", zone("{location}.prometheus.monitor.azure.com")),
  }),
  service("Microsoft.Network/applicationGateways", "application gateway", ["azurerm_application_gateway"], {}),
  service("Microsoft.Network/privateLinkServices", "private link service", ["azurerm_private_link_service"], {}),
  service("Microsoft.PowerBI/privateLinkServicesForPowerBI", "private link service for Power BI", [], {
    tenant: [
      listed(zone("analysis.windows.net")),
      listed(zone("pbidedicated.windows.net")),
      listed(zone("prod.powerquery.microsoft.com")),
    ],
  }),
  service("Microsoft.Purview/accounts", "Purview account", ["azurerm_purview_account"], {
    account: names("{name}", zone("purview.azure.com", "purview.azure.us")),
    portal: listed(zone("purviewstudio.azure.com", "purviewstudio.azure.us")),
    platform: listed(zone("purview-service.microsoft.com")),
  }),
  service("Microsoft.RecoveryServices/vaults", "Recovery Services vault", ["azurerm_recovery_services_vault"], {
    AzureBackup: [listed(BACKUP), listed(zone("blob.core.windows.net")), listed(zone("queue.core.windows.net"))],
    AzureBackup_secondary: [
      listed(BACKUP),
      listed(zone("blob.core.windows.net")),
      listed(zone("queue.core.windows.net")),
    ],
    AzureSiteRecovery: listed(zone("siterecovery.windowsazure.com", "siterecovery.windowsazure.us")),
  }),
  service("Microsoft.Relay/namespaces", "Relay namespace", ["azurerm_relay_namespace"], {
    namespace: names("{name}", SERVICE_BUS),
  }),
  service("Microsoft.Search/searchServices", "AI Search service", ["azurerm_search_service"], {
    searchService: names("{name}", zone("search.windows.net", "search.azure.us")),
  }),
  service("Microsoft.ServiceBus/namespaces", "Service Bus namespace", ["azurerm_servicebus_namespace"], {
    namespace: names("{name}", SERVICE_BUS),
  }),
  service("Microsoft.SignalRService/signalR", "SignalR service", ["azurerm_signalr_service"], {
    signalr: names("{name}", zone("service.signalr.net", undefined, "signalr.azure.cn")),
  }),
  service(
    "Microsoft.SignalRService/webPubSub",
    "Web PubSub service",
    ["azurerm_web_pubsub", "azurerm_web_pubsub_socketio"],
    { webpubsub: names("{name}", zone("webpubsub.azure.com")) },
  ),
  service(
    "Microsoft.Sql/managedInstances",
    "SQL managed instance",
    ["azurerm_mssql_managed_instance", "azurerm_sql_managed_instance"],
    {
      managedInstance: names(
        "{fqdn:host}",
        zone("{dns_zone}.database.windows.net", "{dns_zone}.database.usgovcloudapi.net"),
      ),
    },
  ),
  service("Microsoft.Sql/servers", "SQL server", ["azurerm_mssql_server", "azurerm_sql_server"], {
    sqlServer: names("{name}", zone("database.windows.net", "database.usgovcloudapi.net", "database.chinacloudapi.cn")),
  }),
  service("Microsoft.Storage/storageAccounts", "storage account", ["azurerm_storage_account"], {
    ...storage("blob", BLOB),
    ...storage("table", TABLE),
    ...storage("queue", QUEUE),
    ...storage("file", FILE),
    // The public name has a zone that Azure chooses: NAME.z6.web.core.windows.net. The record does not.
    ...storage("web", WEB, "{primary_web_host}", "{secondary_web_host}"),
    ...storage("dfs", DFS),
  }),
  service("Microsoft.StorageSync/storageSyncServices", "Storage Sync Service", ["azurerm_storage_sync"], {
    afs: listed(zone("afs.azure.net", undefined, "afs.azure.cn")),
  }),
  service("Microsoft.Synapse/privateLinkHubs", "Synapse private link hub", ["azurerm_synapse_private_link_hub"], {
    Web: names("web", zone("azuresynapse.net", "azuresynapse.usgovcloudapi.net")),
  }),
  service("Microsoft.Synapse/workspaces", "Synapse workspace", ["azurerm_synapse_workspace"], {
    Sql: names("{name}", zone("sql.azuresynapse.net", "sql.azuresynapse.usgovcloudapi.net")),
    SqlOnDemand: names("{name}-ondemand", zone("sql.azuresynapse.net", "sql.azuresynapse.usgovcloudapi.net")),
    Dev: names("{name}", zone("dev.azuresynapse.net", "dev.azuresynapse.usgovcloudapi.net")),
  }),
  service("Microsoft.VideoIndexer/accounts", "Video Indexer account", ["azurerm_video_indexer_account"], {
    account: listed(zone("api.videoindexer.ai")),
  }),
  service(
    "Microsoft.Web/sites",
    "App Service app",
    [
      "azurerm_app_service",
      "azurerm_function_app",
      "azurerm_function_app_flex_consumption",
      "azurerm_linux_function_app",
      "azurerm_linux_web_app",
      "azurerm_logic_app_standard",
      "azurerm_windows_function_app",
      "azurerm_windows_web_app",
    ],
    {
      // An app with a unique default host name has a hash and its region in it: NAME-HASH.REGION-01.
      sites: site(
        ["{default_hostname:host}", "{name}"],
        ["{default_hostname:first}.scm{default_hostname:rest}", "{name}.scm"],
      ),
      "sites-{slot}": site(["{name}-{slot}"], ["{name}-{slot}.scm"]),
    },
  ),
  service("Microsoft.Web/staticSites", "Static Web App", ["azurerm_static_site", "azurerm_static_web_app"], {
    staticSites: [
      names("{default_host_name:host}", zone("azurestaticapps.net"), {
        when: { default_host_name: /^([^.]+\.azurestaticapps\.net|)$/i },
      }),
      names("{default_host_name:host}", zone("{partition}.azurestaticapps.net"), {
        when: { default_host_name: /^([^.]+\.[^.]+\.azurestaticapps\.net|)$/i },
      }),
    ],
  }),
];
