import { subnet } from "../addresses";
import { badRequest, conflict } from "../arm-error";
import { parentOf } from "../arm-id";
import { registryType } from "../resource-type";
import { NOW, type Resource } from "../store";
import { REGISTRY } from "./private-link-members";
import { identify } from "./virtual-machine";

interface AgentPoolProperties {
  count?: number;
  tier?: string;
  virtualNetworkSubnetResourceId?: string;
}

interface CacheRuleProperties {
  sourceRepository: string;
  targetRepository: string;
  credentialSetResourceId?: string | null;
}

export const AGENT_POOL = `${REGISTRY}/agentPools`;
const CACHE_RULE = `${REGISTRY}/cacheRules`;
const CREDENTIAL_SET = `${REGISTRY}/credentialSets`;

/**
 * Regions of the public cloud with agent pools, in preview.
 *
 * Source: "Run an Azure Container Registry task on a dedicated agent pool", August 2026.
 */
const AGENT_POOL_REGIONS =
  "westus2,westus3,southcentralus,eastus2,eastus,centralus,westeurope,northeurope,canadacentral,eastasia,germanywestcentral,switzerlandnorth,swedencentral,jioindiawest,jioindiacentral".split(
    ",",
  );

/** Virtual CPUs of an instance of each tier, and the quota that a registry has of them. Source: the same. */
const CORES: Readonly<Record<string, number>> = { S1: 2, S2: 4, S3: 8 };
const CORE_QUOTA = 16;

/**
 * A pool of machines that run a registry's tasks.
 *
 * @see https://learn.microsoft.com/azure/container-registry/tasks-agent-pools
 */
export const agentPool = registryType<AgentPoolProperties>({
  type: AGENT_POOL,
  names: { form: /^[a-zA-Z0-9-]{3,20}$/, allowed: "3 to 20 letters, digits and hyphens" },
  location: "region",
  linkedActions: {
    "Microsoft.Network/virtualNetworks/subnets/join/action": "properties.virtualNetworkSubnetResourceId",
  },
  shape: { count: "number", tier: "string", virtualNetworkSubnetResourceId: "string" },
  defaults: { count: 1, tier: "S1", os: "Linux" },
  beforeWrite(pool, store) {
    const { id, location = "", properties } = pool;
    if (!AGENT_POOL_REGIONS.includes(location))
      throw badRequest(
        "LocationNotAvailableForResourceType",
        `The provided location '${location}' is not available for resource type '${AGENT_POOL}'. List of available regions for the resource type is '${AGENT_POOL_REGIONS.join(",")}'.`,
      );
    if (store.get(parentOf(id))!.sku?.name !== "Premium")
      throw badRequest("AgentPoolNotSupported", "Agent pools need the Premium SKU.");
    const cores = [pool, ...store.siblings(pool)].reduce((sum, { properties: { tier = "", count = 0 } }) => {
      // The quota of isolated pools is 0 until support raises it.
      return sum + (CORES[tier] ?? Infinity) * count;
    }, 0);
    if (cores > CORE_QUOTA) throw badRequest("AgentPoolQuotaExceeded", `The quota of ${CORE_QUOTA} cores is exceeded.`);
    const { virtualNetworkSubnetResourceId: subnetId } = properties;
    if (subnetId !== undefined) {
      subnet(subnetId, store);
      if (store.get(parentOf(subnetId))?.location !== location)
        throw badRequest("InvalidResourceReference", `The subnet ${subnetId} is not in ${location}.`);
    }
    // It takes tags, and does not keep them. Source: Azure/azure-rest-api-specs 24727.
    delete pool.tags;
  },
});

/** Gives a registry or a credential set its identity, whose type a registry writes with a small letter. */
export function identifyRegistry(resource: Resource<unknown>, old: Resource<unknown> | undefined): void {
  identify(resource, old);
  const { type = "None" } = (resource.identity ?? {}) as { type?: string };
  if (type === "None") delete resource.identity;
  else resource.identity = { ...resource.identity!, type: type.replace(/^S/, "s").replace(/\bU/, "u") };
}

/** A user name and a password of another registry, as references to secrets of a key vault. */
export const credentialSet = registryType({
  type: CREDENTIAL_SET,
  names: { form: /^[a-zA-Z0-9-]{5,50}$/, allowed: "5 to 50 letters, digits and hyphens" },
  fixed: { creationDate: NOW },
  beforeWrite(resource, _, old) {
    identifyRegistry(resource, old);
  },
  beforeDelete({ id }, store) {
    const [user] = store.referring(CACHE_RULE, "credentialSetResourceId", id);
    if (user) throw conflict("CredentialSetInUse", `The credential set is used by ${user.id}.`);
  },
});

/**
 * A rule by which a registry caches images of another one.
 *
 * @see https://learn.microsoft.com/azure/container-registry/artifact-cache-overview
 */
export const cacheRule = registryType<CacheRuleProperties>({
  type: CACHE_RULE,
  shape: { "sourceRepository!": "string", "targetRepository!": "string", credentialSetResourceId: "string" },
  names: { form: /^[a-zA-Z0-9-]{5,50}$/, allowed: "5 to 50 letters, digits and hyphens" },
  fixed: { creationDate: NOW },
  beforeWrite(rule, store) {
    const { properties } = rule;
    const { credentialSetResourceId: credentials } = properties;
    if (properties.sourceRepository.startsWith("docker.io/") && !credentials)
      throw badRequest(
        "EnforceDockerAuthentication",
        "Cannot create cache rule pointing to Docker Hub without credentials. Please add a credential set to cache rule. Learn more: https://aka.ms/acr/cache-auth",
      );
    if (credentials && !store.has(credentials))
      throw badRequest("CredentialSetNotFound", `There is no credential set ${credentials}.`);
    const other = store.siblings(rule).find((one) => targetsOverlap(one, rule));
    if (other)
      throw conflict(
        "CacheRuleTargetRepositoryConflict",
        `There is a cache rule for the target repository '${other.properties.targetRepository}'.`,
      );
    // Images of one Docker organization are below it, those without one below library, which Azure adds.
    properties.sourceRepository = properties.sourceRepository.replace(/^docker\.io\/([^/]+)$/, "docker.io/library/$1");
  },
});

/** Whether two rules write the same repositories: a rule for one repository may be within one with a wildcard. */
function targetsOverlap(a: Resource<CacheRuleProperties>, b: Resource<CacheRuleProperties>): boolean {
  const [one, other] = [a, b].map(({ properties }) => properties.targetRepository) as [string, string];
  if (one === other) return true;
  if (![one, other].every((target) => target.endsWith("*"))) return false;
  const [prefix, longer] = [one, other].map((target) => target.slice(0, -1)) as [string, string];
  return prefix.startsWith(longer) || longer.startsWith(prefix);
}
