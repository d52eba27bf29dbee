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

function names(record: NameRule["record"], itsZone: PerCloud, more: Partial<NameRule> = {}): NameRule {
  return { ...(record !== undefined && { record }), zone: itsZone, ...more };
}

/** Names in a zone that follow no rule. */
function listed(itsZone: PerCloud): NameRule {
  return { zone: itsZone };
}

function subresource(name: string, ...rules: NameRule[]): Subresource {
  return { name, names: rules };
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
const MYSQL = zone("mysql.database.azure.com", "mysql.database.usgovcloudapi.net", "mysql.database.chinacloudapi.cn");

/** A storage service and its secondary. Accounts with `AzureDnsZone` have names that Azure makes up. */
function storage(name: string, itsZone: PerCloud, primaryHost?: string, secondaryHost?: string): Subresource[] {
  const rule = (record: string, fqdn?: string) =>
    names(record, itsZone, {
      when: { dns_endpoint_type: /^(?!AzureDnsZone$)/i },
      ...(fqdn !== undefined && { fqdn }),
    });
  return [
    subresource(name, rule("{name}", primaryHost)),
    subresource(`${name}_secondary`, rule("{name}-secondary", secondaryHost)),
  ];
}

/** An API of a Cosmos DB account: a name for the account, and one for each of its regions. */
function cosmos(name: string, domain: string): Subresource {
  const itsZone = zone(`${domain}.azure.com`, `${domain}.azure.us`, `${domain}.azure.cn`);
  return subresource(
    name,
    names("{name}", itsZone),
    names("{name}-{geo_location.location}", itsZone, { label: `${name} {geo_location.location}` }),
  );
}

/** An app and its source control site, which one endpoint serves. */
function site(name: string, host: readonly string[], scm: readonly string[]): Subresource {
  return subresource(name, names(host, SITES), names(scm, SITES, { label: "scm" }));
}

/** The names of a Cognitive Services account of certain kinds. */
function cognitive(label: string, kind: RegExp, itsZone: PerCloud): NameRule {
  return names(["{custom_subdomain_name}", "{name}"], itsZone, { label, when: { kind } });
}

/**
 * The services of Azure Private Link.
 *
 * Sources: "Azure Private Endpoint private DNS zone values" (May 2026) and "What is a private endpoint", Microsoft's
 * private link documentation, and each service's own page on private endpoints; the azurerm provider's documentation,
 * versions 3.117, 4.55 and 5.2.
 */
export const SERVICES: readonly ServiceType[] = [
  {
    azureType: "Microsoft.ApiManagement/service",
    label: "API Management service",
    terraformTypes: ["azurerm_api_management"],
    subresources: [subresource("Gateway", names("{name}", zone("azure-api.net")))],
  },
  {
    azureType: "Microsoft.App/managedEnvironments",
    label: "Container Apps environment",
    terraformTypes: ["azurerm_container_app_environment"],
    armPaths: { default_domain: "properties.defaultDomain" },
    subresources: [
      subresource(
        "managedEnvironments",
        // The public names of all apps lead to the one record of their environment.
        names(
          "{default_domain:host}",
          zone("{location}.azurecontainerapps.io", undefined, "{location}.azurecontainerapps.cn"),
          { fqdn: "*.{default_domain}" },
        ),
      ),
    ],
  },
  {
    azureType: "Microsoft.AppConfiguration/configurationStores",
    label: "App Configuration store",
    terraformTypes: ["azurerm_app_configuration"],
    subresources: [
      subresource(
        "configurationStores",
        names("{name}", zone("azconfig.io", "azconfig.azure.us")),
        names("{name}-{replica.name}", zone("azconfig.io", "azconfig.azure.us"), { label: "replica {replica.name}" }),
      ),
    ],
  },
  {
    azureType: "Microsoft.Attestation/attestationProviders",
    label: "attestation provider",
    terraformTypes: ["azurerm_attestation_provider"],
    armPaths: { attestation_uri: "properties.attestUri" },
    subresources: [subresource("standard", names("{attestation_uri:host}", zone("attest.azure.net")))],
  },
  {
    azureType: "Microsoft.Authorization/resourceManagementPrivateLinks",
    label: "resource management private link",
    terraformTypes: ["azurerm_resource_management_private_link"],
    subresources: [subresource("ResourceManagement", names("management", zone("azure.com")))],
  },
  {
    azureType: "Microsoft.Automation/automationAccounts",
    label: "Automation account",
    terraformTypes: ["azurerm_automation_account"],
    armPaths: { hybrid_service_url: "properties.automationHybridServiceUrl" },
    subresources: [
      subresource("Webhook", listed(AUTOMATION)),
      subresource(
        "DSCAndHybridWorker",
        names("{hybrid_service_url:host}", AUTOMATION, { label: "jrds" }),
        names("{dsc_server_endpoint:host}", AUTOMATION, { label: "agentsvc" }),
      ),
    ],
  },
  {
    azureType: "Microsoft.Batch/batchAccounts",
    label: "Batch account",
    terraformTypes: ["azurerm_batch_account"],
    armPaths: { node_management_endpoint: "properties.nodeManagementEndpoint" },
    subresources: [
      subresource("batchAccount", names("{name}.{location}", BATCH)),
      subresource("nodeManagement", names("{node_management_endpoint:host}", BATCH)),
    ],
  },
  {
    azureType: "Microsoft.BotService/botServices",
    label: "bot",
    terraformTypes: ["azurerm_bot_channels_registration", "azurerm_bot_service_azure_bot", "azurerm_bot_web_app"],
    subresources: [
      subresource("Bot", names("{name}", zone("directline.botframework.com"))),
      subresource("Token", names("{name}", zone("token.botframework.com"))),
    ],
  },
  {
    azureType: "Microsoft.Cache/redis",
    label: "Azure Cache for Redis",
    terraformTypes: ["azurerm_redis_cache"],
    subresources: [
      subresource(
        "redisCache",
        names(
          "{name}",
          zone("redis.cache.windows.net", "redis.cache.usgovcloudapi.net", "redis.cache.chinacloudapi.cn"),
        ),
      ),
    ],
  },
  {
    azureType: "Microsoft.Cache/redisEnterprise",
    label: "Azure Managed Redis",
    terraformTypes: ["azurerm_managed_redis", "azurerm_redis_enterprise_cluster"],
    armPaths: { sku_name: "sku.name" },
    subresources: [
      subresource(
        "redisEnterprise",
        names("{name}.{location}", zone("redis.azure.net"), { when: { sku_name: /^(?!Enterprise)/i } }),
        names("{name}.{location}", zone("redisenterprise.cache.azure.net"), { when: { sku_name: /^Enterprise/i } }),
      ),
    ],
  },
  {
    azureType: "Microsoft.CognitiveServices/accounts",
    label: "Foundry Tools account",
    terraformTypes: ["azurerm_ai_services", "azurerm_cognitive_account"],
    armPaths: { custom_subdomain_name: "properties.customSubDomainName" },
    implied: { azurerm_ai_services: { kind: "AIServices" } },
    subresources: [
      subresource(
        "account",
        cognitive(
          "cognitiveservices",
          /^(?!OpenAI$)/i,
          zone("cognitiveservices.azure.com", "cognitiveservices.azure.us"),
        ),
        cognitive("openai", /^(OpenAI|AIServices)$/i, zone("openai.azure.com", "openai.azure.us")),
        cognitive("services.ai", /^AIServices$/i, zone("services.ai.azure.com")),
      ),
    ],
  },
  {
    azureType: "Microsoft.Compute/diskAccesses",
    label: "disk access",
    terraformTypes: ["azurerm_disk_access"],
    subresources: [subresource("disks", listed(zone("blob.core.windows.net")))],
  },
  {
    azureType: "Microsoft.ContainerRegistry/registries",
    label: "container registry",
    terraformTypes: ["azurerm_container_registry"],
    subresources: [
      subresource(
        "registry",
        names("{name}", REGISTRY, { label: "login server" }),
        names("{name}.{location}.data", REGISTRY, { label: "data {location}" }),
        names("{name}.{georeplications.location}.data", REGISTRY, {
          label: "data {georeplications.location}",
        }),
      ),
    ],
  },
  {
    azureType: "Microsoft.ContainerService/managedClusters",
    label: "Kubernetes cluster",
    terraformTypes: ["azurerm_kubernetes_cluster"],
    armPaths: { private_fqdn: "properties.privateFQDN" },
    subresources: [
      // Clients ask for the private name itself. A cluster that manages its zone has one of its own, below the region's.
      subresource(
        "management",
        ...["", "{subzone}."].map((below) => {
          const itsZone = perCloud(
            `${below}privatelink.{location}.azmk8s.io`,
            `${below}privatelink.{location}.cx.aks.containerservice.azure.us`,
            `${below}privatelink.{location}.cx.prod.service.azk8s.cn`,
          );
          const labels = below === "" ? /^([^.]+\.privatelink\.|$)/i : /^([^.]+\.[^.]+\.privatelink\.|$)/i;
          return names("{private_fqdn:host}", itsZone, { suffix: itsZone, when: { private_fqdn: labels } });
        }),
      ),
    ],
  },
  {
    azureType: "Microsoft.Dashboard/grafana",
    label: "Azure Managed Grafana workspace",
    terraformTypes: ["azurerm_dashboard_grafana"],
    armPaths: { endpoint: "properties.endpoint" },
    subresources: [subresource("grafana", names("{endpoint:host}", zone("grafana.azure.com")))],
  },
  {
    azureType: "Microsoft.Databricks/workspaces",
    label: "Databricks workspace",
    terraformTypes: ["azurerm_databricks_workspace"],
    armPaths: { workspace_url: "properties.workspaceUrl" },
    subresources: [
      subresource(
        "databricks_ui_api",
        names("{workspace_url:host}", zone("azuredatabricks.net", "databricks.azure.us")),
      ),
      subresource(
        "browser_authentication",
        names("{location}.pl-auth", zone("azuredatabricks.net", "databricks.azure.us")),
      ),
    ],
  },
  {
    azureType: "Microsoft.DataFactory/factories",
    label: "data factory",
    terraformTypes: ["azurerm_data_factory"],
    subresources: [
      subresource(
        "dataFactory",
        names("{name}.{location}", zone("datafactory.azure.net", "datafactory.azure.us", "datafactory.azure.cn")),
      ),
      subresource("portal", listed(zone("adf.azure.com", "adf.azure.us", "adf.azure.cn"))),
    ],
  },
  {
    azureType: "Microsoft.DBforMariaDB/servers",
    label: "Azure Database for MariaDB server",
    terraformTypes: ["azurerm_mariadb_server"],
    subresources: [
      subresource(
        "mariadbServer",
        names(
          "{name}",
          zone("mariadb.database.azure.com", "mariadb.database.usgovcloudapi.net", "mariadb.database.chinacloudapi.cn"),
        ),
      ),
    ],
  },
  {
    azureType: "Microsoft.DBforMySQL/flexibleServers",
    label: "Azure Database for MySQL flexible server",
    terraformTypes: ["azurerm_mysql_flexible_server"],
    subresources: [subresource("mysqlServer", names("{name}", MYSQL))],
  },
  {
    azureType: "Microsoft.DBforMySQL/servers",
    label: "Azure Database for MySQL single server",
    terraformTypes: ["azurerm_mysql_server"],
    subresources: [subresource("mysqlServer", names("{name}", MYSQL))],
  },
  {
    azureType: "Microsoft.DBforPostgreSQL/flexibleServers",
    label: "Azure Database for PostgreSQL flexible server",
    terraformTypes: ["azurerm_postgresql_flexible_server"],
    subresources: [subresource("postgresqlServer", names("{name}", POSTGRESQL))],
  },
  {
    azureType: "Microsoft.DBforPostgreSQL/serverGroupsv2",
    label: "Azure Cosmos DB for PostgreSQL cluster",
    terraformTypes: ["azurerm_cosmosdb_postgresql_cluster"],
    armPaths: { "servers.fqdn": "properties.serverNames.fullyQualifiedDomainName" },
    subresources: [
      subresource(
        "coordinator",
        // The other servers of the cluster are its workers.
        names("{servers.fqdn:host}", zone("postgres.cosmos.azure.com"), { when: { "servers.fqdn": /^(c[-.]|$)/i } }),
      ),
    ],
  },
  {
    azureType: "Microsoft.DBforPostgreSQL/servers",
    label: "Azure Database for PostgreSQL single server",
    terraformTypes: ["azurerm_postgresql_server"],
    subresources: [subresource("postgresqlServer", names("{name}", POSTGRESQL))],
  },
  {
    azureType: "Microsoft.DesktopVirtualization/hostPools",
    label: "Azure Virtual Desktop host pool",
    terraformTypes: ["azurerm_virtual_desktop_host_pool"],
    subresources: [subresource("connection", listed(DESKTOP))],
  },
  {
    azureType: "Microsoft.DesktopVirtualization/workspaces",
    label: "Azure Virtual Desktop workspace",
    terraformTypes: ["azurerm_virtual_desktop_workspace"],
    subresources: [
      subresource("feed", listed(DESKTOP)),
      subresource("global", {
        zone: perCloud(
          "privatelink-global.wvd.microsoft.com",
          "privatelink-global.wvd.azure.us",
          "privatelink-global.wvd.azure.cn",
        ),
        suffix: perCloud("wvd.microsoft.com", "wvd.azure.us", "wvd.azure.cn"),
      }),
    ],
  },
  {
    azureType: "Microsoft.Devices/IotHubs",
    label: "IoT hub",
    terraformTypes: ["azurerm_iothub"],
    armPaths: { event_hub_events_endpoint: "properties.eventHubEndpoints.events.endpoint" },
    subresources: [
      subresource(
        "iotHub",
        names("{name}", DEVICES),
        names("{event_hub_events_endpoint:host}", SERVICE_BUS, { label: "event hub" }),
      ),
    ],
  },
  {
    azureType: "Microsoft.Devices/provisioningServices",
    label: "IoT Hub Device Provisioning Service",
    terraformTypes: ["azurerm_iothub_dps"],
    subresources: [subresource("iotDps", names("{name}", PROVISIONING))],
  },
  {
    azureType: "Microsoft.DeviceUpdate/accounts",
    label: "Device Update account",
    terraformTypes: ["azurerm_iothub_device_update_account"],
    armPaths: { host_name: "properties.hostName" },
    subresources: [subresource("DeviceUpdate", names(["{host_name:host}", "{name}"], zone("api.adu.microsoft.com")))],
  },
  {
    azureType: "Microsoft.DigitalTwins/digitalTwinsInstances",
    label: "Digital Twins instance",
    terraformTypes: ["azurerm_digital_twins_instance"],
    armPaths: { host_name: "properties.hostName" },
    subresources: [subresource("API", names("{host_name:host}", zone("digitaltwins.azure.net")))],
  },
  {
    azureType: "Microsoft.DocumentDB/databaseAccounts",
    label: "Cosmos DB account",
    terraformTypes: ["azurerm_cosmosdb_account"],
    armPaths: { "geo_location.location": "properties.locations.locationName" },
    subresources: [
      cosmos("Sql", "documents"),
      cosmos("MongoDB", "mongo.cosmos"),
      cosmos("Cassandra", "cassandra.cosmos"),
      cosmos("Gremlin", "gremlin.cosmos"),
      cosmos("Table", "table.cosmos"),
      subresource("SqlDedicated", listed(zone("sqlx.cosmos.azure.com"))),
      subresource("Analytical", listed(zone("analytics.cosmos.azure.com"))),
    ],
  },
  {
    azureType: "Microsoft.DocumentDB/mongoClusters",
    label: "Cosmos DB for MongoDB vCore cluster",
    terraformTypes: ["azurerm_mongo_cluster"],
    // The cluster's name has SRV records only, which name the nodes.
    subresources: [subresource("MongoCluster", listed(zone("mongocluster.cosmos.azure.com")))],
  },
  {
    azureType: "Microsoft.ElasticSan/elasticSans",
    label: "Elastic SAN",
    terraformTypes: ["azurerm_elastic_san"],
    subresources: [
      subresource("{volume_group}", {
        zone: zone("blob.core.windows.net"),
        suffix: perCloud("blob.storage.azure.net"),
      }),
    ],
  },
  {
    azureType: "Microsoft.EventGrid/domains",
    label: "Event Grid domain",
    terraformTypes: ["azurerm_eventgrid_domain"],
    subresources: [subresource("domain", names("{name}.{location}-1", EVENT_GRID))],
  },
  {
    azureType: "Microsoft.EventGrid/namespaces",
    label: "Event Grid namespace",
    terraformTypes: ["azurerm_eventgrid_namespace"],
    subresources: [
      subresource("topic", names("{name}.{location}-1", zone("eventgrid.azure.net"))),
      subresource("topicSpace", names("{name}.{location}-1", zone("ts.eventgrid.azure.net"))),
    ],
  },
  {
    azureType: "Microsoft.EventGrid/partnerNamespaces",
    label: "Event Grid partner namespace",
    terraformTypes: ["azurerm_eventgrid_partner_namespace"],
    subresources: [subresource("partnernamespace", names("{name}.{location}-1", zone("eventgrid.azure.net")))],
  },
  {
    azureType: "Microsoft.EventGrid/topics",
    label: "Event Grid topic",
    terraformTypes: ["azurerm_eventgrid_topic"],
    subresources: [subresource("topic", names("{name}.{location}-1", EVENT_GRID))],
  },
  {
    azureType: "Microsoft.EventHub/namespaces",
    label: "Event Hubs namespace",
    terraformTypes: ["azurerm_eventhub_namespace"],
    subresources: [subresource("namespace", names("{name}", SERVICE_BUS))],
  },
  {
    azureType: "Microsoft.Fabric/privateLinkServicesForFabric",
    label: "private link service for a Fabric workspace",
    terraformTypes: [],
    subresources: [subresource("workspace", listed(zone("fabric.microsoft.com")))],
  },
  {
    azureType: "Microsoft.FileShares/fileShares",
    label: "file share",
    terraformTypes: [],
    subresources: [subresource("FileShare", listed(zone("file.core.windows.net")))],
  },
  {
    azureType: "Microsoft.HDInsight/clusters",
    label: "HDInsight cluster",
    terraformTypes: [
      "azurerm_hdinsight_hadoop_cluster",
      "azurerm_hdinsight_hbase_cluster",
      "azurerm_hdinsight_interactive_query_cluster",
      "azurerm_hdinsight_kafka_cluster",
      "azurerm_hdinsight_spark_cluster",
    ],
    subresources: [
      subresource("gateway", names("{name}", HDINSIGHT), names("{name}-int", HDINSIGHT, { label: "gateway int" })),
      subresource("headnode", names("{name}-ssh", HDINSIGHT)),
    ],
  },
  {
    azureType: "Microsoft.HealthcareApis/services",
    label: "Azure API for FHIR service",
    terraformTypes: ["azurerm_healthcare_service"],
    subresources: [subresource("fhir", names("{name}", zone("azurehealthcareapis.com")))],
  },
  {
    azureType: "Microsoft.HealthcareApis/workspaces",
    label: "Health Data Services workspace",
    terraformTypes: ["azurerm_healthcare_workspace"],
    subresources: [
      subresource(
        "healthcareworkspace",
        names("{name}.workspace", zone("azurehealthcareapis.com"), { label: "workspace" }),
        names("{name}", zone(undefined, "workspace.azurehealthcareapis.us"), { label: "workspace" }),
        // Each of its FHIR and DICOM services has a name.
        listed(zone("azurehealthcareapis.com", "fhir.azurehealthcareapis.us")),
        listed(zone("dicom.azurehealthcareapis.com", "dicom.azurehealthcareapis.us")),
      ),
    ],
  },
  {
    azureType: "Microsoft.HybridCompute/privateLinkScopes",
    label: "Azure Arc private link scope",
    terraformTypes: ["azurerm_arc_private_link_scope"],
    subresources: [
      subresource(
        "hybridcompute",
        listed(zone("his.arc.azure.com")),
        listed(zone("guestconfiguration.azure.com")),
        listed(zone("dp.kubernetesconfiguration.azure.com")),
      ),
    ],
  },
  {
    azureType: "Microsoft.Insights/privateLinkScopes",
    label: "Azure Monitor private link scope",
    terraformTypes: ["azurerm_monitor_private_link_scope"],
    subresources: [
      subresource(
        "azuremonitor",
        ...["api", "global.in.ai", "profiler", "live", "diagservices-query", "snapshot", "global.handler.control"].map(
          (record) => names(record, MONITOR, { label: record }),
        ),
        names("scadvisorcontentpl", zone("blob.core.windows.net", "blob.core.usgovcloudapi.net"), {
          label: "solution packs",
        }),
        // Each workspace, data collection endpoint and Application Insights resource in the scope adds names.
        listed(MONITOR),
        listed(zone("oms.opinsights.azure.com", "oms.opinsights.azure.us")),
        listed(zone("ods.opinsights.azure.com", "ods.opinsights.azure.us")),
        listed(zone("agentsvc.azure-automation.net", "agentsvc.azure-automation.us")),
        listed(zone(undefined, "adx.monitor.azure.us")),
      ),
    ],
  },
  {
    azureType: "Microsoft.IoTCentral/iotApps",
    label: "IoT Central application",
    terraformTypes: ["azurerm_iotcentral_application"],
    armPaths: { sub_domain: "properties.subdomain" },
    subresources: [
      subresource(
        "iotApp",
        names("{sub_domain}", zone("azureiotcentral.com")),
        // Its hubs and provisioning service, which it creates.
        listed(zone("azure-devices.net")),
        listed(zone("servicebus.windows.net")),
        listed(zone("azure-devices-provisioning.net")),
      ),
    ],
  },
  {
    azureType: "Microsoft.KeyVault/managedHSMs",
    label: "Key Vault managed HSM",
    terraformTypes: ["azurerm_key_vault_managed_hardware_security_module"],
    subresources: [subresource("managedhsm", names("{name}", zone("managedhsm.azure.net")))],
  },
  {
    azureType: "Microsoft.KeyVault/vaults",
    label: "key vault",
    terraformTypes: ["azurerm_key_vault"],
    subresources: [
      subresource(
        "vault",
        names("{name}", zone("vaultcore.azure.net", "vaultcore.usgovcloudapi.net", "vaultcore.azure.cn"), {
          suffix: perCloud("vault.azure.net", "vault.usgovcloudapi.net", "vault.azure.cn"),
        }),
      ),
    ],
  },
  {
    azureType: "Microsoft.Kusto/clusters",
    label: "Azure Data Explorer cluster",
    terraformTypes: ["azurerm_kusto_cluster"],
    subresources: [
      subresource(
        "cluster",
        names("{name}", zone("{location}.kusto.windows.net", undefined, "{location}.kusto.windows.cn")),
        names("ingest-{name}", zone("{location}.kusto.windows.net", undefined, "{location}.kusto.windows.cn"), {
          label: "ingest",
        }),
        // Storage accounts for data on its way in, which the cluster has of its own.
        listed(zone("blob.core.windows.net")),
        listed(zone("queue.core.windows.net")),
        listed(zone("table.core.windows.net")),
      ),
    ],
  },
  {
    azureType: "Microsoft.MachineLearningServices/registries",
    label: "Machine Learning registry",
    terraformTypes: [],
    subresources: [subresource("amlregistry", listed(zone("api.azureml.ms")))],
  },
  {
    azureType: "Microsoft.MachineLearningServices/workspaces",
    label: "Machine Learning workspace",
    terraformTypes: ["azurerm_ai_foundry", "azurerm_machine_learning_workspace"],
    armPaths: { workspace_id: "properties.workspaceId" },
    subresources: [
      subresource(
        "amlworkspace",
        names("{workspace_id}.workspace.{location}", LEARNING, { label: "workspace" }),
        names("{workspace_id}.workspace.{location}.cert", LEARNING, { label: "workspace cert" }),
        names("*.{workspace_id}.inference.{location}", LEARNING, { label: "inference" }),
        names(
          "ml-{name:fit}-{location}-{workspace_id}.{location}",
          zone("notebooks.azure.net", "notebooks.usgovcloudapi.net", "notebooks.chinacloudapi.cn"),
          { label: "notebooks" },
        ),
      ),
    ],
  },
  {
    azureType: "Microsoft.Maps/accounts",
    label: "Maps account",
    terraformTypes: ["azurerm_maps_account"],
    subresources: [subresource("account", listed(zone("account.maps.azure.com")))],
  },
  {
    azureType: "Microsoft.Media/mediaservices",
    label: "Media Services account",
    terraformTypes: ["azurerm_media_services_account"],
    subresources: ["keydelivery", "liveevent", "streamingendpoint"].map((name) =>
      subresource(name, listed(zone("media.azure.net"))),
    ),
  },
  ...["assessmentProjects", "migrateProjects"].map((type) => ({
    azureType: `Microsoft.Migrate/${type}`,
    label: type === "migrateProjects" ? "Azure Migrate project" : "Azure Migrate assessment project",
    terraformTypes: [],
    subresources: [
      subresource("Default", listed(zone("prod.migration.windowsazure.com", "prod.migration.windowsazure.us"))),
    ],
  })),
  {
    azureType: "Microsoft.Monitor/accounts",
    label: "Azure Monitor workspace",
    terraformTypes: ["azurerm_monitor_workspace"],
    armPaths: { query_endpoint: "properties.metrics.prometheusQueryEndpoint" },
    subresources: [
      subresource("prometheusMetrics", names("{query_endpoint:host}", zone("{location}.prometheus.monitor.azure.com"))),
    ],
  },
  {
    azureType: "Microsoft.Network/applicationGateways",
    label: "application gateway",
    terraformTypes: ["azurerm_application_gateway"],
    subresources: [],
  },
  {
    azureType: "Microsoft.Network/privateLinkServices",
    label: "private link service",
    terraformTypes: ["azurerm_private_link_service"],
    subresources: [],
  },
  {
    azureType: "Microsoft.PowerBI/privateLinkServicesForPowerBI",
    label: "private link service for Power BI",
    terraformTypes: [],
    subresources: [
      subresource(
        "tenant",
        listed(zone("analysis.windows.net")),
        listed(zone("pbidedicated.windows.net")),
        listed(zone("prod.powerquery.microsoft.com")),
      ),
    ],
  },
  {
    azureType: "Microsoft.Purview/accounts",
    label: "Purview account",
    terraformTypes: ["azurerm_purview_account"],
    subresources: [
      subresource("account", names("{name}", zone("purview.azure.com", "purview.azure.us"))),
      subresource("portal", listed(zone("purviewstudio.azure.com", "purviewstudio.azure.us"))),
      subresource("platform", listed(zone("purview-service.microsoft.com"))),
    ],
  },
  {
    azureType: "Microsoft.RecoveryServices/vaults",
    label: "Recovery Services vault",
    terraformTypes: ["azurerm_recovery_services_vault"],
    subresources: [
      ...["AzureBackup", "AzureBackup_secondary"].map((name) =>
        subresource(
          name,
          listed(BACKUP),
          listed(zone("blob.core.windows.net")),
          listed(zone("queue.core.windows.net")),
        ),
      ),
      subresource("AzureSiteRecovery", listed(zone("siterecovery.windowsazure.com", "siterecovery.windowsazure.us"))),
    ],
  },
  {
    azureType: "Microsoft.Relay/namespaces",
    label: "Relay namespace",
    terraformTypes: ["azurerm_relay_namespace"],
    subresources: [subresource("namespace", names("{name}", SERVICE_BUS))],
  },
  {
    azureType: "Microsoft.Search/searchServices",
    label: "AI Search service",
    terraformTypes: ["azurerm_search_service"],
    subresources: [subresource("searchService", names("{name}", zone("search.windows.net", "search.azure.us")))],
  },
  {
    azureType: "Microsoft.ServiceBus/namespaces",
    label: "Service Bus namespace",
    terraformTypes: ["azurerm_servicebus_namespace"],
    subresources: [subresource("namespace", names("{name}", SERVICE_BUS))],
  },
  {
    azureType: "Microsoft.SignalRService/signalR",
    label: "SignalR service",
    terraformTypes: ["azurerm_signalr_service"],
    subresources: [subresource("signalr", names("{name}", zone("service.signalr.net", undefined, "signalr.azure.cn")))],
  },
  {
    azureType: "Microsoft.SignalRService/webPubSub",
    label: "Web PubSub service",
    terraformTypes: ["azurerm_web_pubsub", "azurerm_web_pubsub_socketio"],
    subresources: [subresource("webpubsub", names("{name}", zone("webpubsub.azure.com")))],
  },
  {
    azureType: "Microsoft.Sql/managedInstances",
    label: "SQL managed instance",
    terraformTypes: ["azurerm_mssql_managed_instance", "azurerm_sql_managed_instance"],
    armPaths: { fqdn: "properties.fullyQualifiedDomainName", dns_zone: "properties.dnsZone" },
    subresources: [
      subresource(
        "managedInstance",
        names("{fqdn:host}", zone("{dns_zone}.database.windows.net", "{dns_zone}.database.usgovcloudapi.net")),
      ),
    ],
  },
  {
    azureType: "Microsoft.Sql/servers",
    label: "SQL server",
    terraformTypes: ["azurerm_mssql_server", "azurerm_sql_server"],
    subresources: [
      subresource(
        "sqlServer",
        names("{name}", zone("database.windows.net", "database.usgovcloudapi.net", "database.chinacloudapi.cn")),
      ),
    ],
  },
  {
    azureType: "Microsoft.Storage/storageAccounts",
    label: "storage account",
    terraformTypes: ["azurerm_storage_account"],
    armPaths: {
      dns_endpoint_type: "properties.dnsEndpointType",
      primary_web_host: "properties.primaryEndpoints.web",
      secondary_web_host: "properties.secondaryEndpoints.web",
    },
    subresources: [
      ...storage("blob", BLOB),
      ...storage("table", TABLE),
      ...storage("queue", QUEUE),
      ...storage("file", FILE),
      // The public name has a zone that Azure chooses: NAME.z6.web.core.windows.net. The record does not.
      ...storage("web", WEB, "{primary_web_host}", "{secondary_web_host}"),
      ...storage("dfs", DFS),
    ],
  },
  {
    azureType: "Microsoft.StorageSync/storageSyncServices",
    label: "Storage Sync Service",
    terraformTypes: ["azurerm_storage_sync"],
    subresources: [subresource("afs", listed(zone("afs.azure.net", undefined, "afs.azure.cn")))],
  },
  {
    azureType: "Microsoft.Synapse/privateLinkHubs",
    label: "Synapse private link hub",
    terraformTypes: ["azurerm_synapse_private_link_hub"],
    subresources: [subresource("Web", names("web", zone("azuresynapse.net", "azuresynapse.usgovcloudapi.net")))],
  },
  {
    azureType: "Microsoft.Synapse/workspaces",
    label: "Synapse workspace",
    terraformTypes: ["azurerm_synapse_workspace"],
    subresources: [
      subresource("Sql", names("{name}", zone("sql.azuresynapse.net", "sql.azuresynapse.usgovcloudapi.net"))),
      subresource(
        "SqlOnDemand",
        names("{name}-ondemand", zone("sql.azuresynapse.net", "sql.azuresynapse.usgovcloudapi.net")),
      ),
      subresource("Dev", names("{name}", zone("dev.azuresynapse.net", "dev.azuresynapse.usgovcloudapi.net"))),
    ],
  },
  {
    azureType: "Microsoft.VideoIndexer/accounts",
    label: "Video Indexer account",
    terraformTypes: ["azurerm_video_indexer_account"],
    subresources: [subresource("account", listed(zone("api.videoindexer.ai")))],
  },
  {
    azureType: "Microsoft.Web/sites",
    label: "App Service app",
    terraformTypes: [
      "azurerm_app_service",
      "azurerm_function_app",
      "azurerm_function_app_flex_consumption",
      "azurerm_linux_function_app",
      "azurerm_linux_web_app",
      "azurerm_logic_app_standard",
      "azurerm_windows_function_app",
      "azurerm_windows_web_app",
    ],
    armPaths: { default_hostname: "properties.defaultHostName" },
    subresources: [
      // An app with a unique default host name has a hash and its region in it: NAME-HASH.REGION-01.
      site(
        "sites",
        ["{default_hostname:host}", "{name}"],
        ["{default_hostname:first}.scm{default_hostname:rest}", "{name}.scm"],
      ),
      site("sites-{slot}", ["{name}-{slot}"], ["{name}-{slot}.scm"]),
    ],
  },
  {
    azureType: "Microsoft.Web/staticSites",
    label: "Static Web App",
    terraformTypes: ["azurerm_static_site", "azurerm_static_web_app"],
    armPaths: { default_host_name: "properties.defaultHostname" },
    subresources: [
      subresource(
        "staticSites",
        names("{default_host_name:host}", zone("azurestaticapps.net"), {
          when: { default_host_name: /^([^.]+\.azurestaticapps\.net|)$/i },
        }),
        names("{default_host_name:host}", zone("{partition}.azurestaticapps.net"), {
          when: { default_host_name: /^([^.]+\.[^.]+\.azurestaticapps\.net|)$/i },
        }),
      ),
    ],
  },
];
