import { REGIONS, normaliseRegion } from "../../../common/azure/regions";

/**
 * Service tags of security rules. Some have a region behind a dot: `Storage.WestEurope`.
 *
 * Source: "Virtual network service tags", Microsoft's virtual network documentation.
 */
const SERVICE_TAGS = new Set(
  `ActionGroup ApiManagement ApplicationInsightsAvailability AppConfiguration AppService AppServiceManagement
  AutonomousDevelopmentPlatform AzureActiveDirectory AzureActiveDirectoryDomainServices AzureAdvancedThreatProtection
  AzureArcInfrastructure AzureAttestation AzureBackup AzureBotService AzureCloud AzureCognitiveSearch AzureConnectors
  AzureContainerAppsService AzureContainerRegistry AzureCosmosDB AzureDatabricks AzureDataExplorerManagement AzureDataLake
  AzureDeviceUpdate AzureDevOps AzureDevSpaces AzureDigitalTwins AzureEventGrid AzureFrontDoor.Backend
  AzureFrontDoor.FirstParty AzureFrontDoor.Frontend AzureFrontDoor.MicrosoftSecurity AzureHealthcareAPIs
  AzureInformationProtection AzureIoTHub AzureKeyVault AzureLoadBalancer AzureMachineLearning AzureMachineLearningInference
  AzureManagedGrafana AzureMonitor AzureMonitorForSAP AzureOpenDatasets AzurePlatformDNS AzurePlatformIMDS AzurePlatformLKM
  AzureResourceManager AzureSecurityCenter AzureSentinel AzureSignalR AzureSiteRecovery AzureSphere AzureSphereSecureService_Prod
  AzureSpringCloud AzureStack AzureTrafficManager AzureUpdateDelivery AzureVideoAnalyzerForMedia AzureWebPubSub
  BatchNodeManagement ChaosStudio CognitiveServicesFrontend CognitiveServicesManagement CorpNetPublic CorpNetSaw DataFactory DataFactoryManagement
  Dynamics365BusinessCentral Dynamics365ForMarketingEmail EOPExternalPublishedIPs EventHub GatewayManager Grafana
  GuestAndHybridManagement HDInsight Internet KustoAnalytics LogicApps LogicAppsManagement M365ManagementActivityApi
  M365ManagementActivityApiWebhook Marketplace MicrosoftAzureFluidRelay MicrosoftCloudAppSecurity MicrosoftContainerRegistry
  MicrosoftDefenderForEndpoint MicrosoftPurviewPolicyDistribution OneDsAnalytics OneDsCollector PowerBI PowerPlatformInfra
  PowerPlatformPlex PowerQueryOnline SCCservice Scuba SerialConsole ServiceBus ServiceFabric Sql SqlManagement Storage
  StorageMover StorageSyncService TrafficManager VideoIndexer VirtualDesktop VirtualNetwork WindowsAdminCenter
  WindowsVirtualDesktop`
    .toLowerCase()
    .split(/\s+/),
);

/** Whether a security rule may have this in place of an address range. */
export function isServiceTag(text: string): boolean {
  const [tag = "", region, ...more] = text.toLowerCase().split(".");
  if (SERVICE_TAGS.has(text.toLowerCase())) return true;
  return SERVICE_TAGS.has(tag) && region !== undefined && more.length === 0 && isRegion(normaliseRegion(region));
}

/** Regions that nobody has listed, in which Azure tries new versions, end in EUAP. */
function isRegion(name: string): boolean {
  return name.endsWith("euap") || Object.values(REGIONS).some((regions) => Object.hasOwn(regions, name));
}
