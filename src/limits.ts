import { CLOUDS } from "../packages/common/azure";

/**
 * Most private endpoints of a registry.
 *
 * Source: "Service tier features and limits", Microsoft's registry documentation.
 */
export const MAX_ENDPOINTS = 200;

/** Most hubs: each is peered with each other one, and Azure has some sixty regions. */
export const MAX_HUBS = 60;

/**
 * Most spokes that are peered with each other here. Azure has some sixty regions, and a mesh takes two peerings for each
 * pair of spokes: 3,540 for 60 of them.
 */
export const MAX_MESH_SPOKES = 60;

/**
 * Most address ranges from which a registry can be reached over its public name.
 *
 * Source: "Configure public IP network rules", Microsoft's registry documentation.
 */
export const MAX_IP_RULES = 200;

/**
 * Length of a registry's name.
 *
 * Source: "Naming rules and restrictions for Azure resources".
 */
export const REGISTRY_NAME_LENGTH = { min: 5, max: 50 };

/**
 * Most days for which a registry keeps Docker manifests without a tag before it deletes them.
 *
 * Source: "Set a retention policy for untagged manifests", Microsoft's registry documentation.
 */
export const MAX_RETENTION_DAYS = 365;

/**
 * Addresses of each subnet that Azure reserves: the first four and the last.
 *
 * Source: "Are there any restrictions on using IP addresses within these subnets?", virtual network FAQ.
 */
export const RESERVED_ADDRESSES = 5;

/** The smallest subnet that Azure creates, as a prefix length. Source: the same. */
export const MAX_SUBNET_PREFIX = 29;

/**
 * Most seconds that a DNS record can be cached for.
 *
 * Source: "Overview of DNS zones and records", Microsoft's DNS documentation.
 */
export const MAX_TTL = 2147483647;

/**
 * Most tags of a private DNS zone: fewer than of other resources.
 *
 * Source: "Use tags to organize your Azure resources", limitations.
 */
export const MAX_ZONE_TAGS = 15;

/**
 * Most DNS servers of a virtual network.
 *
 * Source: "Networking limits" in "Azure subscription and service limits".
 */
export const MAX_DNS_SERVERS = 20;

/**
 * Most repositories that one role assignment is limited to here: with longer lists, its condition could get too long for
 * Azure.
 */
export const MAX_CONDITION_REPOSITORIES = 30;

/**
 * Most cache rules of a registry.
 *
 * Source: "Artifact cache in Azure Container Registry", limitations.
 */
export const MAX_CACHE_RULES = 1000;

/**
 * Regions with Bastion Developer. National clouds have none.
 *
 * Source: "Connect with Azure Bastion Developer", supported regions.
 */
export const DEVELOPER_BASTION_REGIONS = [
  "australiacentral",
  "australiaeast",
  "australiasoutheast",
  "brazilsouth",
  "canadacentral",
  "canadaeast",
  "centralindia",
  "centralus",
  "eastasia",
  "eastus2",
  "francecentral",
  "germanywestcentral",
  "italynorth",
  "japaneast",
  "japanwest",
  "koreacentral",
  "koreasouth",
  "mexicocentral",
  "northcentralus",
  "northeurope",
  "norwayeast",
  "southafricanorth",
  "southindia",
  "spaincentral",
  "swedencentral",
  "switzerlandnorth",
  "southeastasia",
  "uaenorth",
  "uksouth",
  "ukwest",
  "westcentralus",
  "westeurope",
  "westus",
];

/**
 * Regions with agent pools, which are in preview, by cloud.
 *
 * Source: "Run an Azure Container Registry task on a dedicated agent pool", preview limitations.
 */
export const AGENT_POOL_REGIONS = {
  public: [
    "canadacentral",
    "centralus",
    "eastasia",
    "eastus",
    "eastus2",
    "germanywestcentral",
    "jioindiacentral",
    "jioindiawest",
    "northeurope",
    "southcentralus",
    "swedencentral",
    "switzerlandnorth",
    "westeurope",
    "westus2",
    "westus3",
  ],
  usgovernment: ["usgovarizona", "usgovtexas", "usgovvirginia"],
  china: [],
} as const;

/**
 * Registries that the artifact cache supports, by the ends of their login servers, and whether their images are pulled with
 * credentials.
 *
 * Source: the same, upstream support.
 */
export const CACHE_UPSTREAMS: Readonly<Record<string, "required" | "optional" | "none">> = {
  "docker.io": "required",
  "dhi.io": "required",
  [CLOUDS.public.registrySuffix]: "required",
  "mcr.microsoft.com": "none",
  "public.ecr.aws": "none",
  "ghcr.io": "optional",
  "quay.io": "optional",
  "registry.k8s.io": "optional",
  "pkg.dev": "required",
  "gcr.io": "optional",
  "nvcr.io": "optional",
  "registry.redhat.io": "required",
  "registry.access.redhat.com": "none",
};
