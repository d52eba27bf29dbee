import { MAX_RECORDS } from "../../packages/common/azure";
import { markdownTable } from "../../packages/common/text";
import {
  AGENT_POOL_REGIONS,
  DEVELOPER_BASTION_REGIONS,
  CACHE_UPSTREAMS,
  MAX_CACHE_RULES,
  MAX_CONDITION_REPOSITORIES,
  MAX_ENDPOINTS,
  MAX_IP_RULES,
  MAX_RETENTION_DAYS,
  MAX_SUBNET_PREFIX,
  MAX_TTL,
  MAX_ZONE_TAGS,
  REGISTRY_NAME_LENGTH,
  RESERVED_ADDRESSES,
} from "../azure/limits";
import {
  addressesForEndpoint,
  addressesOfEndpoint,
  BASTION_HUB_PREFIX,
  planHub,
  planSpoke,
} from "../constructs/network/address-plan";

/** The limits that the settings are checked against, as Markdown tables. */
export function limitsReference(): string {
  return [
    markdownTable(["Limit of Azure", "Value", "Settings", "Source"], LIMITS),
    "### Size of address spaces",
    `A private endpoint needs an address for the login server and one for each region of the registry, or two with \`registry.regionalEndpoints\`. As many as for one region are kept free, so that a replica can be added before another one is removed. The hub needs a /${BASTION_HUB_PREFIX} or larger if it has Azure Bastion. The subnet of an existing network is not in the settings: its network's address space, if given, must have as much room.`,
    markdownTable(
      [
        "Address space",
        "Replicas, in a spoke",
        "Replicas, in a hub with `hub.endpoint`",
        "With regional endpoints, in a spoke",
        "With regional endpoints, in a hub",
      ],
      sizes(),
    ),
  ].join("\n\n");
}

const page = (title: string, path: string) => `[${title}](https://learn.microsoft.com/azure/${path})`;
const SUBNETS = page("Virtual network FAQ", "virtual-network/virtual-networks-faq");
const CACHE = page("Artifact cache", "container-registry/artifact-cache-overview");

const LIMITS = [
  [
    "Private endpoints of a registry",
    `at most ${MAX_ENDPOINTS} here; Azure's support can raise it for a registry`,
    "`spokes`, `hub.endpoint`",
    page("Registry service tiers", "container-registry/container-registry-skus"),
  ],
  [
    "Address ranges that can reach a registry over its public name",
    `at most ${MAX_IP_RULES}`,
    "`registry.publicAccess`",
    page("Public IP network rules", "container-registry/container-registry-access-selected-networks"),
  ],
  [
    "Length of a registry name",
    `${REGISTRY_NAME_LENGTH.min} to ${REGISTRY_NAME_LENGTH.max} characters`,
    "`registry.namePrefix`, `environment`",
    page("Naming rules", "azure-resource-manager/management/resource-name-rules"),
  ],
  [
    "Retention of manifests without a tag (preview)",
    `at most ${MAX_RETENTION_DAYS} days`,
    "`registry.retentionDays`",
    page("Retention policy", "container-registry/container-registry-retention-policy"),
  ],
  [
    "Addresses in a DNS record set",
    `at most ${MAX_RECORDS}`,
    '`dns` with the value `"shared"`',
    page("Azure DNS limits", "azure-resource-manager/management/azure-subscription-service-limits#azure-dns-limits"),
  ],
  [
    "Time to live of a DNS record",
    `1 to ${MAX_TTL} seconds`,
    "`recordTtl`",
    page("DNS zones and records", "dns/dns-zones-records"),
  ],
  [
    "Tags of a private DNS zone",
    `at most ${MAX_ZONE_TAGS}, of which this project sets 3`,
    "`tags`",
    page("Limitations of tags", "azure-resource-manager/management/tag-resources#limitations"),
  ],
  [
    "Repositories of a role assignment",
    `at most ${MAX_CONDITION_REPOSITORIES}, so that its condition is not too long`,
    "`registry.repositoryPermissions[].repositories`",
    page("Repository permissions", "container-registry/container-registry-rbac-abac-repository-permissions"),
  ],
  [
    "Regions with agent pools (preview)",
    `${[...AGENT_POOL_REGIONS.public, ...AGENT_POOL_REGIONS.usgovernment].join(", ")}, and those in \`newRegions\``,
    "`registry.agentPool`",
    page("Agent pools", "container-registry/tasks-agent-pools"),
  ],
  [
    "Regions with Bastion Developer",
    `${DEVELOPER_BASTION_REGIONS.join(", ")}, and those in \`newRegions\``,
    "`hub.bastion`",
    page("Bastion Developer", "bastion/quickstart-developer"),
  ],
  ["Cache rules", `at most ${MAX_CACHE_RULES}`, "`registry.cacheRules`", CACHE],
  ...Object.entries({
    required: "Registries that are cached with credentials only",
    optional: "Registries that are cached with or without",
    none: "Registries that are cached without credentials only",
  }).map(([credentials, label]) => [
    label,
    Object.entries(CACHE_UPSTREAMS)
      .flatMap(([end, takes]) => (takes === credentials ? end : []))
      .join(", "),
    "`registry.cacheRules`, `registry.cacheCredentials`",
    CACHE,
  ]),
  ["Smallest subnet", `/${MAX_SUBNET_PREFIX}`, "`hub.addressSpace`, `spokes[].addressSpace`", SUBNETS],
  [
    "Addresses that Azure reserves in a subnet",
    String(RESERVED_ADDRESSES),
    "`hub.addressSpace`, `spokes[].addressSpace`",
    SUBNETS,
  ],
];

/** For each small address space, the number of replicas up to which an endpoint in it has room. */
function sizes(): string[][] {
  const replicas = (prefix: number, plan: typeof planSpoke | typeof planHub, regionalEndpoints: boolean) => {
    const available = addressesForEndpoint(prefix, plan);
    if (available < addressesOfEndpoint(0, regionalEndpoints)) return "too small";
    let most = 0;
    while (addressesOfEndpoint(most + 1, regionalEndpoints) <= available) most += 1;
    return most === 0 ? "none" : `up to ${most}`;
  };
  return [28, 27, 26, 25, 24].map((prefix) => [
    `/${prefix}`,
    ...[false, true].flatMap((regional) => [planSpoke, planHub].map((plan) => replicas(prefix, plan, regional))),
  ]);
}
