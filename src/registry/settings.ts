import { isJson, isPublicRange } from "../../packages/common/util";
import { MAX_CONDITION_REPOSITORIES, MAX_IP_RULES, MAX_RETENTION_DAYS } from "../limits";
import {
  alternative,
  FLAG,
  flag,
  idOf,
  listOf,
  oneOf,
  pattern,
  principal,
  principals,
  region,
  strict,
  whole,
} from "../settings/shapes";
import { z } from "zod";

const REPLICA = "a region, or an object with location and routed";
const replica = z.union(
  [
    region.transform((location) => ({ location, routed: true })),
    alternative(
      strict(REPLICA, {
        location: region.describe("Region of the replica"),
        routed: flag(true).describe("Whether Azure routes clients of the login server to this replica"),
        zoneRedundancy: z
          .boolean(FLAG)
          .optional()
          .describe(
            "Zone redundancy, by default as the region has availability zones. Set it only if a plan would replace the replica because Azure reports another value",
          ),
      }),
    ),
  ],
  REPLICA,
);

const PUBLIC_ACCESS = `true, false, or a list of 1 to ${MAX_IP_RULES} public IPv4 addresses or ranges, each of them once`;
const PUBLIC_RANGE =
  "a public IPv4 address, or a range of public addresses in CIDR notation with no host bits set, such as 203.0.113.0/24";
const publicRange = z
  .string(PUBLIC_RANGE)
  .transform((range) => (range.includes("/") ? range : `${range}/32`))
  .refine(isPublicRange, PUBLIC_RANGE)
  .meta({ allowed: PUBLIC_RANGE });
const publicAccess = z
  .union(
    [
      z.boolean(),
      alternative(
        listOf(publicRange, PUBLIC_ACCESS)
          .refine(({ length }) => length >= 1 && length <= MAX_IP_RULES, PUBLIC_ACCESS)
          .refine((ranges) => new Set(ranges).size === ranges.length, PUBLIC_ACCESS),
        Array.isArray,
      ),
    ],
    PUBLIC_ACCESS,
  )
  .meta({ allowed: PUBLIC_ACCESS })
  .default(false);

const PATH = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*";
const REPOSITORY =
  "a repository such as base/ubuntu, or a prefix such as team-a/*, in lowercase, of at most 255 characters";
const repository = pattern(new RegExp(`^(?=.{1,255}$)${PATH}(?:/\\*)?$`), REPOSITORY);
const PERMISSION = "an object with principalId, role and repositories";
const REPOSITORIES = `a list of 1 to ${MAX_CONDITION_REPOSITORIES} repositories`;
const repositoryPermission = strict(PERMISSION, {
  principalId: principal.describe("A user, a group, a service principal or a managed identity"),
  role: oneOf(["reader", "writer", "contributor", "catalogLister"]).describe(
    "`reader` can pull, `writer` also push, `contributor` also delete; `catalogLister` can only list the names of all repositories",
  ),
  repositories: listOf(repository, REPOSITORIES)
    .refine(({ length }) => length >= 1 && length <= MAX_CONDITION_REPOSITORIES, REPOSITORIES)
    .meta({ allowed: REPOSITORIES })
    .optional()
    .describe("Names, or prefixes that end with `/*`. Required, unless `role` is `catalogLister`"),
});

const agentPool = strict("an object with spoke or subnetId", {
  spoke: pattern(/^[a-z][a-z0-9-]{0,23}$/, "the name of a spoke")
    .optional()
    .describe("Spoke that is created here, in the home region, and gets a subnet for the pool"),
  subnetId: idOf("subnet")
    .optional()
    .describe(
      "ID of an existing subnet for the pool, in the home region, whose security group allows what the pool needs",
    ),
  tier: oneOf(["S1", "S2", "S3", "I6"]).default("S1").describe("Size of each machine: 2, 4 or 8 vCPUs, or 64 isolated"),
  instances: whole(0, 64, "a whole number, 0 to 64")
    .default(1)
    .describe("Number of machines, which are billed as long as they exist"),
});

const UPSTREAM = "a repository of another registry, such as mcr.microsoft.com/dotnet/*, in lowercase";
const LOGIN_SERVER = "the login server of another registry, such as docker.io";
const SECRET =
  "the ID of a secret in a key vault without its version, such as https://VAULT.vault.azure.net/secrets/NAME";
const HOST = "[a-z0-9-]+(?:\\.[a-z0-9-]+)+";
const secretId = pattern(/^https:\/\/[A-Za-z0-9-]{3,24}\.vault\.[a-z.]+\/secrets\/[A-Za-z0-9-]{1,127}$/, SECRET);
const CACHE_NAME = "5 to 49 letters, digits and single hyphens, starting and ending with a letter or digit";
const cacheRule = strict("an object with name, source and target", {
  name: pattern(/^(?=.{5,49}$)[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*$/, CACHE_NAME).describe("Name of the rule"),
  source: pattern(new RegExp(`^${HOST}(?:/${PATH})?(?:/\\*)?$`), UPSTREAM).describe(
    "What is cached: a repository, or a prefix that ends with `/*`",
  ),
  target: repository.describe("Repository of this registry in which the images are kept"),
});
const cacheCredentials = strict("an object with loginServer, usernameSecretId and passwordSecretId", {
  loginServer: pattern(new RegExp(`^(?=.{5,50}$)${HOST}$`), LOGIN_SERVER).describe(
    "Login server with which the `source` of rules starts",
  ),
  usernameSecretId: secretId.describe("ID of the Key Vault secret with the user name"),
  passwordSecretId: secretId.describe("ID of the Key Vault secret with the password"),
});

export const registry = strict("an object", {
  namePrefix: pattern(/^[a-zA-Z0-9]{1,46}$/, "1 to 46 letters and digits")
    .default("xyzdfd")
    .describe("Prefix of the registry name, which is unique across Azure: set your own"),
  location: region
    .optional()
    .describe(
      "Home region. Changing it replaces the registry and deletes all images. The default is swedencentral. Required if `existing` is set",
    ),
  replicas: listOf(replica, "a list of regions")
    .meta({ allowed: "a list of regions, or of objects" })
    .optional()
    .describe("Regions of the replicas. The default is switzerlandnorth, or none if `existing` is set"),
  routed: flag(true).describe("Whether Azure routes clients of the login server to the home region"),
  regionalEndpoints: flag(false).describe(
    "Whether each region has a login server (a regional endpoint, in public preview), and DNS leads each network to that of its `servedBy`. Otherwise Azure chooses",
  ),
  drained: listOf(region, "a list of regions of the registry")
    .prefault([])
    .describe(
      "Regions to which DNS leads no network, for example in an outage: the next one in `servedBy` counts, or Azure chooses",
    ),
  retentionDays: whole(0, MAX_RETENTION_DAYS, `a whole number of days, 0 to ${MAX_RETENTION_DAYS}`)
    .default(0)
    .describe(
      "Days after which a Docker manifest that loses its tag is deleted (retention policy, in preview); OCI manifests stay. `0` keeps all",
    ),
  exports: flag(false).describe(
    "Whether images can be exported past the private network, such as by `az acr import`. With `publicAccess`, Azure always permits it",
  ),
  publicAccess: publicAccess.describe(
    "Who can reach the registry over its public name: nobody, everybody who signs in, or these addresses. For an existing registry, `true` or a list is what its owner has set, which a plan checks",
  ),
  trustedServices: flag(false).describe("Whether trusted Azure services need no private endpoint"),
  deletionProtection: flag(false).describe(
    "Whether a lock protects the registry from deletion, with its replicas, role assignments, diagnostic settings and private endpoints",
  ),
  diagnostics: z
    .union(
      [
        z.boolean(),
        alternative(
          strict("an object", { workspaceId: idOf("workspace").describe("ID of the Log Analytics workspace") }),
        ),
      ],
      "true, false, or an object with workspaceId",
    )
    .meta({ allowed: "true, false, or an object" })
    .prefault(false)
    .describe(
      "Whether logins, repository events and metrics are sent to a Log Analytics workspace: a new one, or the one that an object names",
    ),
  pullPrincipals: principals
    .default([])
    .describe("Identities that can pull, such as kubelet identities of AKS clusters"),
  pushPrincipals: principals.default([]).describe("Identities that can push and pull, such as those of pipelines"),
  repositoryPermissions: listOf(repositoryPermission, "a list of objects with principalId, role and repositories")
    .optional()
    .describe(
      "Roles in single repositories. With any list, even an empty one, the registry honors these in place of AcrPull and AcrPush",
    ),
  agentPool: agentPool.optional().describe("Machines in the network that run the registry's tasks (in public preview)"),
  tasksBypassNetworkRules: flag(false).describe(
    "Whether tasks outside of the network, with a system-assigned identity, need no private endpoint",
  ),
  cacheRules: listOf(cacheRule, "a list of objects with name, source and target")
    .optional()
    .describe("Repositories of other registries whose images the registry keeps when they are pulled (artifact cache)"),
  cacheCredentials: listOf(
    cacheCredentials,
    "a list of objects with loginServer, usernameSecretId and passwordSecretId",
  )
    .optional()
    .describe("Credentials for other registries, in a key vault"),
  existing: strict("an object with registryId", {
    registryId: idOf("registry").describe("ID of the registry, in any subscription"),
    import: flag(false).describe("Whether Terraform imports the registry, and gives it the properties in the settings"),
  })
    .optional()
    .describe(
      "Existing registry to use. `location` and `replicas` say where it is, which every plan checks. Unless it is imported, only role assignments and private endpoint connections are added to it",
    ),
})
  // Not as a transform, which would not run if another value of the registry is wrong.
  .superRefine(
    (registry) => {
      registry.location ??= registry.existing ? undefined : "swedencentral";
      registry.replicas ??= registry.existing ? [] : [{ location: "switzerlandnorth", routed: true }];
    },
    { when: ({ value }) => isJson(value) },
  )
  .transform((registry) => ({ ...registry, location: registry.location!, replicas: registry.replicas! }));
