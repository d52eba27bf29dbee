import { MAX_RECORDS } from "../../packages/common/azure";
import { markdownTable } from "../../packages/common/text";
import {
  AGENT_POOL_REGIONS,
  DEVELOPER_BASTION_REGIONS,
  CACHE_UPSTREAMS,
  MAX_CACHE_RULES,
  MAX_ENDPOINTS,
  MAX_SUBNET_PREFIX,
  REGISTRY_NAME_LENGTH,
  RESERVED_ADDRESSES,
} from "../../src/limits";
import {
  addressesForEndpoint,
  addressesOfEndpoint,
  BASTION_HUB_PREFIX,
  planHub,
  planSpoke,
} from "../../src/network/address-plan";

/** The limits of Azure that the reference of the settings does not have, as Markdown, and the room in small address spaces. */
export function limitsReference(): string {
  return [
    LIMITS.map(([label, path, value]) => `- [${label}](https://learn.microsoft.com/azure/${path}): ${value}.`).join(
      "\n",
    ),
    "### Size of address spaces",
    `A private endpoint needs an address for the login server and one for each region, or two with \`registry.regionalEndpoints\`. As many as for one region are kept free, to replace a replica. The hub needs a /${BASTION_HUB_PREFIX} for Azure Bastion. The most replicas with room:`,
    markdownTable(["Address space", "Spoke", "Hub", "Spoke, regional endpoints", "Hub, regional endpoints"], sizes()),
  ].join("\n\n");
}

/** Of each limit what it is, its page in Microsoft's documentation, and its value. */
const LIMITS = [
  [
    "Private endpoints",
    "container-registry/container-registry-skus",
    `at most ${MAX_ENDPOINTS} for a registry here; Azure's support can raise it`,
  ],
  [
    "Registry name",
    "azure-resource-manager/management/resource-name-rules",
    `${REGISTRY_NAME_LENGTH.min} to ${REGISTRY_NAME_LENGTH.max} characters: prefix, \`acr\` and environment`,
  ],
  [
    "Record set",
    "azure-resource-manager/management/azure-subscription-service-limits#azure-dns-limits",
    `at most ${MAX_RECORDS} addresses, and so endpoints of a shared zone`,
  ],
  [
    "Subnet",
    "virtual-network/virtual-networks-faq",
    `/${MAX_SUBNET_PREFIX} or larger, of which Azure reserves ${RESERVED_ADDRESSES} addresses`,
  ],
  [
    "Agent pools",
    "container-registry/tasks-agent-pools",
    `in ${AGENT_POOL_REGIONS.public.length + AGENT_POOL_REGIONS.usgovernment.length} regions, which an error lists, and \`newRegions\``,
  ],
  [
    "Bastion Developer",
    "bastion/quickstart-developer",
    `in ${DEVELOPER_BASTION_REGIONS.length} regions, which an error lists, and \`newRegions\``,
  ],
  [
    "Artifact cache",
    "container-registry/artifact-cache-overview",
    `at most ${MAX_CACHE_RULES} rules; only with credentials ${upstreams("required")}; with or without ${upstreams("optional")}; only without ${upstreams("none")}`,
  ],
];

/** The registries that are cached with or without credentials. */
function upstreams(credentials: string): string {
  return Object.entries(CACHE_UPSTREAMS)
    .flatMap(([end, takes]) => (takes === credentials ? end : []))
    .join(", ");
}

/** For each small address space, the number of replicas up to which an endpoint in it has room. */
function sizes(): string[][] {
  const replicas = (prefix: number, plan: typeof planSpoke | typeof planHub, regionalEndpoints: boolean) => {
    const available = addressesForEndpoint(prefix, plan);
    if (available < addressesOfEndpoint(0, regionalEndpoints)) return "too small";
    let most = 0;
    while (addressesOfEndpoint(most + 1, regionalEndpoints) <= available) most += 1;
    return String(most);
  };
  return [28, 27, 26, 25, 24].map((prefix) => [
    `/${prefix}`,
    ...[false, true].flatMap((regional) => [planSpoke, planHub].map((plan) => replicas(prefix, plan, regional))),
  ]);
}
