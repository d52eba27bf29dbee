import {
  armValues,
  type CloudName,
  serviceByAzureType,
  serviceByTerraformType,
  serviceHosts,
  serviceOfId,
  SERVICES,
} from "../../common/azure";

type Values = Readonly<Record<string, string | readonly string[]>>;

/** The hosts of a resource provider's type and subresource, such as `Sql/servers sqlServer`. */
function hosts(endpoint: string, values: Values, cloud: CloudName = "public") {
  const [type = "", subresource = ""] = endpoint.split(" ");
  const service = serviceByAzureType(`Microsoft.${type}`)!;
  return serviceHosts(service, subresource, cloud, (placeholder) => [values[placeholder] ?? []].flat());
}

/** Public names, each with the name in the private zone that it leads to. */
function names(...endpoint: Parameters<typeof hosts>): Record<string, string> {
  return Object.fromEntries(hosts(...endpoint).map(({ fqdn, privateName }) => [fqdn, privateName]));
}

/** Public and private name: `contoso[.privatelink].search.windows.net`, or with an arrow where the private name is another. */
function publicAndPrivate(text: string): [string, string] {
  const [fqdn = "", privateName = ""] = text.includes(" → ")
    ? text.split(" → ")
    : [text.replace("[.privatelink]", ""), text.replace(/[[\]]/g, "")];
  return [fqdn, privateName];
}

const RULES = SERVICES.flatMap((service) =>
  service.subresources.flatMap((subresource) => subresource.names.map((rule) => ({ service, subresource, rule }))),
);

function templates(rule: (typeof RULES)[number]["rule"]): string[] {
  const domains = [...Object.values(rule.zone), ...Object.values(rule.suffix ?? {})];
  return [
    rule.record ?? [],
    rule.fqdn ?? [],
    rule.label ?? [],
    domains,
    Object.keys(rule.when ?? {}).map((key) => `{${key}}`),
  ].flat(2);
}

describe("the table", () => {
  test("has each resource type of Azure and of Terraform once, and each service's name", () => {
    const labels = SERVICES.map(({ label }) => label);
    expect(new Set(labels).size).toBe(labels.length);
    const azureTypes = SERVICES.map(({ azureType }) => azureType.toLowerCase());
    const terraformTypes = SERVICES.flatMap((service) => service.terraformTypes);
    expect(new Set(azureTypes).size).toBe(azureTypes.length);
    expect(new Set(terraformTypes).size).toBe(terraformTypes.length);
    expect(terraformTypes.filter((type) => !/^azurerm_[a-z0-9_]+$/.test(type))).toEqual([]);
  });

  test("is in the order of Azure's types, so that a service is easy to find", () => {
    const azureTypes = SERVICES.map(({ azureType }) => azureType.toLowerCase());
    expect(azureTypes).toEqual([...azureTypes].sort());
  });

  test("has each subresource of a service once, with its names or the zones of names that only Azure knows", () => {
    for (const { azureType, subresources } of SERVICES) {
      const its = subresources.map(({ name }) => name.toLowerCase());
      expect([azureType, new Set(its).size]).toEqual([azureType, its.length]);
      for (const { name, names: rules } of subresources)
        expect([azureType, name, rules.length > 0]).toEqual([azureType, name, true]);
    }
  });

  test("has valid DNS names as zones, each below a label that starts with privatelink", () => {
    const zones = RULES.flatMap(({ rule }) => Object.values(rule.zone));
    const suffixes = RULES.flatMap(({ rule }) => Object.values(rule.suffix ?? {}));
    const valid = (name: string) =>
      name.split(".").length > 1 &&
      name.split(".").every((label) => /^(\{\w+\}|[a-z0-9]([a-z0-9-]*[a-z0-9])?)$/.test(label));
    expect([...zones, ...suffixes].filter((name) => !valid(name))).toEqual([]);
    expect(zones.filter((zone) => !/^(\{\w+\}\.)?privatelink(-global)?\./.test(zone))).toEqual([]);
  });

  test("has a zone in some cloud for every rule", () => {
    expect(RULES.filter(({ rule }) => Object.keys(rule.zone).length === 0)).toEqual([]);
  });

  test("has paths in Azure's JSON only for placeholders that the service's names have", () => {
    for (const service of SERVICES) {
      const used = RULES.filter((one) => one.service === service).flatMap(({ rule }) => templates(rule));
      for (const [placeholder, path] of Object.entries(service.armPaths ?? {})) {
        expect([service.azureType, placeholder, used.some((template) => template.includes(`{${placeholder}`))]).toEqual(
          [service.azureType, placeholder, true],
        );
        expect(path).toMatch(/^(properties|sku)\./);
      }
      expect(Object.keys(service.implied ?? {}).filter((type) => !service.terraformTypes.includes(type))).toEqual([]);
    }
  });

  test("has no subresource of a private link service", () => {
    expect(serviceByAzureType("Microsoft.Network/privateLinkServices")!.subresources).toEqual([]);
  });

  test("has no names where a cloud does not have the service", () => {
    expect(hosts("ApiManagement/service Gateway", { name: "apim" }, "china")).toEqual([]);
  });
});

describe("a service is found", () => {
  test("by its type in Azure, in any case", () => {
    expect(serviceByAzureType("microsoft.storage/STORAGEACCOUNTS")?.label).toBe("storage account");
    expect(serviceByAzureType("Microsoft.Network/virtualNetworks")).toBeUndefined();
  });

  test.each([
    ["azurerm_storage_account", "Microsoft.Storage/storageAccounts"],
    ["azurerm_app_service", "Microsoft.Web/sites"],
    ["azurerm_linux_web_app", "Microsoft.Web/sites"],
    ["azurerm_function_app_flex_consumption", "Microsoft.Web/sites"],
    ["azurerm_static_site", "Microsoft.Web/staticSites"],
    ["azurerm_sql_server", "Microsoft.Sql/servers"],
    ["azurerm_redis_enterprise_cluster", "Microsoft.Cache/redisEnterprise"],
    ["azurerm_managed_redis", "Microsoft.Cache/redisEnterprise"],
    ["azurerm_ai_services", "Microsoft.CognitiveServices/accounts"],
    ["azurerm_ai_foundry", "Microsoft.MachineLearningServices/workspaces"],
    ["azurerm_virtual_network", undefined],
  ])("by the Terraform type %s", (terraformType, azureType) => {
    expect(serviceByTerraformType(terraformType)?.azureType).toBe(azureType);
  });

  test("by the id of a resource, with the resource's name", () => {
    const group = "/subscriptions/0/resourceGroups/rg/providers";
    const found = (id: string) => {
      const { service, name } = serviceOfId(id) ?? {};
      return service && [service.azureType, name];
    };
    expect(found(`${group}/Microsoft.Sql/servers/sql1`)).toEqual(["Microsoft.Sql/servers", "sql1"]);
    expect(found(`${group}/microsoft.web/Sites/App1`)).toEqual(["Microsoft.Web/sites", "App1"]);
    expect(found(`${group}/Microsoft.Sql/servers/sql1/databases/db1`)).toBeUndefined();
    expect(found(`${group}/Microsoft.Sql/servers`)).toBeUndefined();
    expect(found(`${group}/Microsoft.Network/privateLinkServices/pls`)).toEqual([
      "Microsoft.Network/privateLinkServices",
      "pls",
    ]);
    expect(found("/subscriptions/0/resourceGroups/rg")).toBeUndefined();
    expect(found("")).toBeUndefined();
  });
});

describe("names in the public cloud", () => {
  test("of a Cosmos DB account: its own, and one for each region", () => {
    const values = { name: "contoso", "geo_location.location": ["West Europe", "northeurope"] };
    expect(names("DocumentDB/databaseAccounts SQL", values)).toEqual({
      "contoso.documents.azure.com": "contoso.privatelink.documents.azure.com",
      "contoso-westeurope.documents.azure.com": "contoso-westeurope.privatelink.documents.azure.com",
      "contoso-northeurope.documents.azure.com": "contoso-northeurope.privatelink.documents.azure.com",
    });
    expect(hosts("DocumentDB/databaseAccounts MongoDB", values).map(({ label, region }) => [label, region])).toEqual([
      ["MongoDB", undefined],
      ["MongoDB westeurope", "westeurope"],
      ["MongoDB northeurope", "northeurope"],
    ]);
    for (const api of ["Cassandra", "Gremlin", "Table"])
      expect(hosts(`DocumentDB/databaseAccounts ${api}`, values)[0]!.zone).toBe(
        `privatelink.${api.toLowerCase()}.cosmos.azure.com`,
      );
  });

  test("of a registry: the login server, and the data endpoint of each region once", () => {
    const values = {
      name: "contoso",
      location: "swedencentral",
      "georeplications.location": ["Norway East", "swedencentral"],
    };
    const host = (label: string, path: string, region?: string) => ({
      subresource: "registry",
      label,
      region,
      fqdn: `contoso${path}.azurecr.io`,
      privateName: `contoso${path}.privatelink.azurecr.io`,
      zone: "privatelink.azurecr.io",
    });
    expect(hosts("ContainerRegistry/registries registry", values)).toEqual([
      host("login server", ""),
      host("data swedencentral", ".swedencentral.data", "swedencentral"),
      host("data norwayeast", ".norwayeast.data", "norwayeast"),
    ]);
  });

  test("of a Foundry Tools account, which depend on its kind", () => {
    const account = (kind: Values) =>
      Object.keys(
        names("CognitiveServices/accounts account", { name: "resource", custom_subdomain_name: "contoso", ...kind }),
      );
    expect(account({ kind: "OpenAI" })).toEqual(["contoso.openai.azure.com"]);
    expect(account({ kind: "FormRecognizer" })).toEqual(["contoso.cognitiveservices.azure.com"]);
    expect(account({ kind: "AIServices" })).toEqual([
      "contoso.cognitiveservices.azure.com",
      "contoso.openai.azure.com",
      "contoso.services.ai.azure.com",
    ]);
    expect(account({})).toEqual(["contoso.cognitiveservices.azure.com"]);
    expect(names("CognitiveServices/accounts account", { name: "contoso", kind: "OpenAI" })).toEqual({
      "contoso.openai.azure.com": "contoso.privatelink.openai.azure.com",
    });
  });

  test("of a private Kubernetes cluster, whose public name is the private one", () => {
    const cluster = (values: Values) =>
      hosts("ContainerService/managedClusters management", { location: "eastus", ...values });
    for (const [fqdn, zone] of [
      ["aks-1.0f3a9c62.privatelink.eastus.azmk8s.io", "0f3a9c62.privatelink.eastus.azmk8s.io"],
      ["aks-1.privatelink.eastus.azmk8s.io", "privatelink.eastus.azmk8s.io"],
    ] as const)
      expect(cluster({ private_fqdn: fqdn })).toEqual([expect.objectContaining({ fqdn, privateName: fqdn, zone })]);
    expect(cluster({})).toEqual([]);
  });

  test("of a Static Web App, in the zone of its partition", () => {
    expect(
      hosts("Web/staticSites staticSites", { default_host_name: "blue-sea-0a1b2c3d4.2.azurestaticapps.net" }),
    ).toEqual([
      expect.objectContaining({
        privateName: "blue-sea-0a1b2c3d4.privatelink.2.azurestaticapps.net",
        zone: "privatelink.2.azurestaticapps.net",
      }),
    ]);
  });

  test("of a Machine Learning workspace, whose notebooks' name is cut off to fit in a label", () => {
    const workspace_id = "60ae06e1-d146-4d1b-8e3b-b6a9590afae2";
    const values = { name: "azure-ai-7uj23hnq2ktxy", location: "westus", workspace_id };
    const expected = [
      `${workspace_id}.workspace.westus[.privatelink].api.azureml.ms`,
      `${workspace_id}.workspace.westus.cert[.privatelink].api.azureml.ms`,
      `*.${workspace_id}.inference.westus[.privatelink].api.azureml.ms`,
      `ml-azure-ai-7uj23hn-westus-${workspace_id}.westus[.privatelink].notebooks.azure.net`,
    ];
    expect(names("MachineLearningServices/workspaces amlworkspace", values)).toEqual(
      Object.fromEntries(expected.map(publicAndPrivate)),
    );
  });

  test("of an Azure Monitor private link scope: those that every scope has, in two zones", () => {
    expect(Object.keys(names("Insights/privateLinkScopes azuremonitor", {}))).toEqual([
      "api.monitor.azure.com",
      "global.in.ai.monitor.azure.com",
      "profiler.monitor.azure.com",
      "live.monitor.azure.com",
      "diagservices-query.monitor.azure.com",
      "snapshot.monitor.azure.com",
      "global.handler.control.monitor.azure.com",
      "scadvisorcontentpl.blob.core.windows.net",
    ]);
  });

  test.each<[string, string[], Values?]>([
    ["ApiManagement/service gateway", ["contoso[.privatelink].azure-api.net"]],
    [
      "AppConfiguration/configurationStores configurationStores",
      ["contoso[.privatelink].azconfig.io", "contoso-west[.privatelink].azconfig.io"],
      { "replica.name": "west" },
    ],
    ["Authorization/resourceManagementPrivateLinks ResourceManagement", ["management[.privatelink].azure.com"]],
    [
      "Automation/automationAccounts DSCAndHybridWorker",
      ["0f3a9c62.jrds.we[.privatelink].azure-automation.net"],
      { hybrid_service_url: "https://0f3a9c62.jrds.we.azure-automation.net/automationAccounts/0f3a9c62" },
    ],
    ["Batch/batchAccounts batchAccount", ["contoso.eastus[.privatelink].batch.azure.com"]],
    ["BotService/botServices Bot", ["contoso[.privatelink].directline.botframework.com"]],
    [
      "Databricks/workspaces databricks_ui_api",
      ["adb-1234567890123456.7[.privatelink].azuredatabricks.net"],
      { workspace_url: "adb-1234567890123456.7.azuredatabricks.net" },
    ],
    ["Databricks/workspaces browser_authentication", ["eastus.pl-auth[.privatelink].azuredatabricks.net"]],
    ["DataFactory/factories dataFactory", ["contoso.eastus[.privatelink].datafactory.azure.net"]],
    [
      "Devices/IotHubs iotHub",
      ["contoso[.privatelink].azure-devices.net", "ihsuprod-ns-1[.privatelink].servicebus.windows.net"],
      { event_hub_events_endpoint: "sb://ihsuprod-ns-1.servicebus.windows.net/" },
    ],
    [
      "DigitalTwins/digitalTwinsInstances API",
      ["contoso.api.weu[.privatelink].digitaltwins.azure.net"],
      { host_name: "contoso.api.weu.digitaltwins.azure.net" },
    ],
    [
      "HDInsight/clusters gateway",
      ["contoso[.privatelink].azurehdinsight.net", "contoso-int[.privatelink].azurehdinsight.net"],
    ],
    ["HDInsight/clusters headnode", ["contoso-ssh[.privatelink].azurehdinsight.net"]],
    [
      "Kusto/clusters cluster",
      ["contoso[.privatelink].eastus.kusto.windows.net", "ingest-contoso[.privatelink].eastus.kusto.windows.net"],
    ],
    ["Purview/accounts account", ["contoso[.privatelink].purview.azure.com"]],
    ["Search/searchServices searchService", ["contoso[.privatelink].search.windows.net"]],
    ["SignalRService/signalR signalR", ["contoso[.privatelink].service.signalr.net"]],
    ["SignalRService/webPubSub webpubsub", ["contoso[.privatelink].webpubsub.azure.com"]],
    ["Synapse/workspaces Sql", ["contoso[.privatelink].sql.azuresynapse.net"]],
    ["Synapse/workspaces SqlOnDemand", ["contoso-ondemand[.privatelink].sql.azuresynapse.net"]],
    ["Synapse/workspaces Dev", ["contoso[.privatelink].dev.azuresynapse.net"]],
    [
      "KeyVault/vaults vault",
      ["contoso.vault.azure.net → contoso.privatelink.vaultcore.azure.net"],
      { name: "Contoso" },
    ],
    [
      "KeyVault/vaults vault",
      ["(known after apply).vault.azure.net → (known after apply).privatelink.vaultcore.azure.net"],
      { name: "(known after apply)" },
    ],
    ["KeyVault/managedHSMs managedhsm", ["contoso[.privatelink].managedhsm.azure.net"]],
    ["ServiceBus/namespaces namespace", ["contoso[.privatelink].servicebus.windows.net"]],
    ["EventHub/namespaces namespace", ["contoso[.privatelink].servicebus.windows.net"]],
    ["Relay/namespaces namespace", ["contoso[.privatelink].servicebus.windows.net"]],
    ["EventGrid/topics topic", ["contoso.westus2-1[.privatelink].eventgrid.azure.net"], { location: "West US 2" }],
    ["EventGrid/domains domain", ["contoso.westus2-1[.privatelink].eventgrid.azure.net"], { location: "West US 2" }],
    [
      "EventGrid/namespaces topicspace",
      ["contoso.westus2-1[.privatelink].ts.eventgrid.azure.net"],
      { location: "West US 2" },
    ],
    [
      "App/managedEnvironments managedEnvironments",
      [
        "*.happyhill-70162bb9.centralus.azurecontainerapps.io → happyhill-70162bb9.privatelink.centralus.azurecontainerapps.io",
      ],
      { location: "Central US", default_domain: "happyhill-70162bb9.centralus.azurecontainerapps.io" },
    ],
    [
      "Web/staticSites staticSites",
      ["blue-0a1b2c3d4[.privatelink].azurestaticapps.net"],
      { default_host_name: "blue-0a1b2c3d4.azurestaticapps.net" },
    ],
    ["Sql/servers sqlServer", ["contoso[.privatelink].database.windows.net"]],
    [
      "Sql/managedInstances managedInstance",
      ["contoso[.privatelink].12345abcde.database.windows.net"],
      { fqdn: "contoso.12345abcde.database.windows.net" },
    ],
    ["DBforPostgreSQL/flexibleServers postgresqlServer", ["contoso[.privatelink].postgres.database.azure.com"]],
    ["DBforPostgreSQL/servers postgresqlServer", ["contoso[.privatelink].postgres.database.azure.com"]],
    ["DBforMySQL/flexibleServers mysqlServer", ["contoso[.privatelink].mysql.database.azure.com"]],
    ["DBforMySQL/servers mysqlServer", ["contoso[.privatelink].mysql.database.azure.com"]],
    ["DBforMariaDB/servers mariadbServer", ["contoso[.privatelink].mariadb.database.azure.com"]],
    [
      "DBforPostgreSQL/serverGroupsv2 coordinator",
      ["c-contoso.abc123[.privatelink].postgres.cosmos.azure.com"],
      { "servers.fqdn": ["w0-contoso.abc123.postgres.cosmos.azure.com", "c-contoso.abc123.postgres.cosmos.azure.com"] },
    ],
    ["Cache/redis redisCache", ["contoso[.privatelink].redis.cache.windows.net"]],
    [
      "Cache/redisEnterprise redisEnterprise",
      ["contoso.eastus[.privatelink].redisenterprise.cache.azure.net"],
      { sku_name: "Enterprise_E10-2" },
    ],
    [
      "Cache/redisEnterprise redisEnterprise",
      ["contoso.eastus[.privatelink].redis.azure.net"],
      { sku_name: "Balanced_B3" },
    ],
    ["Web/sites sites", ["contoso[.privatelink].azurewebsites.net", "contoso.scm[.privatelink].azurewebsites.net"]],
    [
      "Web/sites sites-Staging",
      ["contoso-staging[.privatelink].azurewebsites.net", "contoso-staging.scm[.privatelink].azurewebsites.net"],
    ],
    [
      "Web/sites sites",
      ["contoso[.privatelink].azurewebsites.net", "contoso.scm[.privatelink].azurewebsites.net"],
      { default_hostname: "(known after apply)" },
    ],
    [
      "Web/sites sites",
      [
        "contoso-a6gqaeashthkhkeu.eastus-01[.privatelink].azurewebsites.net",
        "contoso-a6gqaeashthkhkeu.scm.eastus-01[.privatelink].azurewebsites.net",
      ],
      { default_hostname: "contoso-a6gqaeashthkhkeu.eastus-01.azurewebsites.net" },
    ],
    [
      "Storage/storageAccounts web",
      ["contoso.z6.web.core.windows.net → contoso.privatelink.web.core.windows.net"],
      { primary_web_host: "contoso.z6.web.core.windows.net" },
    ],
    ["Storage/storageAccounts web", ["contoso[.privatelink].web.core.windows.net"]],
    ["Storage/storageAccounts blob", [], { dns_endpoint_type: "AzureDnsZone" }],
    ...["blob", "table", "queue", "file", "dfs"].flatMap((kind): [string, string[]][] => [
      [`Storage/storageAccounts ${kind}`, [`contoso[.privatelink].${kind}.core.windows.net`]],
      [`Storage/storageAccounts ${kind}_secondary`, [`contoso-secondary[.privatelink].${kind}.core.windows.net`]],
    ]),
    // Azure alone knows these names, or there is none.
    ["RecoveryServices/vaults AzureBackup", []],
    ["RecoveryServices/vaults AzureSiteRecovery", []],
    ["Automation/automationAccounts Webhook", []],
    ["Compute/diskAccesses disks", []],
    ["StorageSync/storageSyncServices afs", []],
    ["HybridCompute/privateLinkScopes hybridcompute", []],
    ["ElasticSan/elasticSans my-volume-group", []],
    ["KeyVault/vaults blob", []],
  ])("of %s are %j with %j", (endpoint, expected, values = {}) => {
    const given = { name: "contoso", location: "East US", ...values };
    expect(names(endpoint, given)).toEqual(Object.fromEntries(expected.map(publicAndPrivate)));
  });
});

describe("names in other clouds", () => {
  test.each<[CloudName, string, string]>([
    ["usgovernment", "Storage/storageAccounts blob", "contoso[.privatelink].blob.core.usgovcloudapi.net"],
    [
      "usgovernment",
      "KeyVault/vaults vault",
      "contoso.vault.usgovcloudapi.net → contoso.privatelink.vaultcore.usgovcloudapi.net",
    ],
    ["usgovernment", "Sql/servers sqlServer", "contoso[.privatelink].database.usgovcloudapi.net"],
    ["usgovernment", "Web/sites sites", "contoso[.privatelink].azurewebsites.us"],
    ["usgovernment", "Search/searchServices searchService", "contoso[.privatelink].search.azure.us"],
    [
      "usgovernment",
      "AppConfiguration/configurationStores configurationStores",
      "contoso[.privatelink].azconfig.azure.us",
    ],
    ["usgovernment", "EventHub/namespaces namespace", "contoso[.privatelink].servicebus.usgovcloudapi.net"],
    ["usgovernment", "ContainerRegistry/registries registry", "contoso[.privatelink].azurecr.us"],
    ["usgovernment", "Synapse/workspaces Dev", "contoso[.privatelink].dev.azuresynapse.usgovcloudapi.net"],
    [
      "usgovernment",
      "HealthcareApis/workspaces healthcareworkspace",
      "contoso[.privatelink].workspace.azurehealthcareapis.us",
    ],
    ["china", "Storage/storageAccounts dfs", "contoso[.privatelink].dfs.core.chinacloudapi.cn"],
    ["china", "KeyVault/vaults vault", "contoso.vault.azure.cn → contoso.privatelink.vaultcore.azure.cn"],
    ["china", "Web/sites sites", "contoso[.privatelink].chinacloudsites.cn"],
    ["china", "DocumentDB/databaseAccounts MongoDB", "contoso[.privatelink].mongo.cosmos.azure.cn"],
    ["china", "Cache/redis redisCache", "contoso[.privatelink].redis.cache.chinacloudapi.cn"],
    ["china", "SignalRService/signalR signalr", "contoso[.privatelink].signalr.azure.cn"],
  ])("in %s, of %s: %s", (cloud, endpoint, expected) => {
    const [fqdn, privateName] = publicAndPrivate(expected);
    expect(hosts(endpoint, { name: "contoso" }, cloud)[0]).toMatchObject({ fqdn, privateName });
  });
});

describe("a resource in the JSON of Azure's API", () => {
  test("has its names, as that of Terraform does", () => {
    const account = {
      name: "contoso",
      location: "westeurope",
      properties: { locations: [{ locationName: "West Europe" }, { locationName: "North Europe" }] },
    };
    const service = serviceByAzureType("Microsoft.DocumentDB/databaseAccounts")!;
    expect(serviceHosts(service, "Sql", "public", armValues(service, account)).map(({ fqdn }) => fqdn)).toEqual([
      "contoso.documents.azure.com",
      "contoso-westeurope.documents.azure.com",
      "contoso-northeurope.documents.azure.com",
    ]);
  });

  test("has a host name that Azure gives it, or none", () => {
    const service = serviceByAzureType("Microsoft.App/managedEnvironments")!;
    const of = (properties: unknown) =>
      serviceHosts(
        service,
        "managedEnvironments",
        "public",
        armValues(service, { name: "env", location: "eastus", properties }),
      );
    expect(of({ defaultDomain: "gray-1.eastus.azurecontainerapps.io" })[0]).toMatchObject({
      fqdn: "*.gray-1.eastus.azurecontainerapps.io",
      privateName: "gray-1.privatelink.eastus.azurecontainerapps.io",
    });
    for (const other of [{}, null, { defaultDomain: 1 }, { defaultDomain: [] }, { defaultDomain: "env.contoso.com" }])
      expect(of(other)).toEqual([]);
  });
});
