import { type CloudName, CLOUDS, normaliseRegion } from "../packages/common/azure";
import { isIn, isJson, isPrivateRange, isPublicRange, prefixLength } from "../packages/common/util";
import { z } from "zod";
import {
  MAX_CONDITION_REPOSITORIES,
  MAX_DNS_SERVERS,
  MAX_ENDPOINTS,
  MAX_HUBS,
  MAX_IP_RULES,
  MAX_MESH_SPOKES,
  MAX_RETENTION_DAYS,
  MAX_SUBNET_PREFIX,
  MAX_TTL,
  MAX_ZONE_TAGS,
} from "./limits";
import { type IdType, canonicalId, idForm, parseId } from "./terraform/resource-id";
import { TIME_ZONES } from "./test-vms/time-zones";
import { isSshPublicKey } from "./test-vms/ssh-key";

// The message of each schema says what is allowed there, in words that complete "allowed: …"; the description says what
// the setting does, for docs/settings.md and for editors.
//
// The rules over several settings see what is well-formed although other values are wrong. So a default or a transform
// belongs to the value itself, not to an object around it; and no schema ends the parsing, as `abort: true`, `z.int()`
// and an array's `max()` do.

// The settings are parsed once: to compile the schemas first takes longer.
z.config({ jitless: true });

const FLAG = "true or false";
const TEXT = "a string of 1 to 256 characters, without ${ or %{";
/** Text that Terraform takes as it is: no template of its language, no control characters, and no half of a character. */
const PLAIN = /^(?:(?![$%]\{)[^\p{Cc}\p{Cs}])*$/u;
const REGION =
  "a region name of at most 63 letters, digits, spaces and hyphens, such as swedencentral or Sweden Central";
const RANGE = `a private IPv4 range (RFC 1918 or RFC 6598) in CIDR notation, /${MAX_SUBNET_PREFIX} or larger, with no host bits set, such as 10.10.0.0/16`;
const ADDRESS = "an IPv4 address of one machine, such as 10.12.1.4";
const UUID = "an object ID, such as 11111111-2222-3333-4444-555555555555";
const NIL_UUID = "00000000-0000-0000-0000-000000000000";

const flag = (standard: boolean) => z.boolean(FLAG).default(standard);
const text = z.string(TEXT).min(1, TEXT).max(256, TEXT).regex(PLAIN, TEXT).meta({ allowed: TEXT });
const pattern = (form: RegExp, allowed: string) => z.string(allowed).regex(form, allowed).meta({ allowed });
const whole = (minimum: number, maximum: number, allowed: string) =>
  z
    .number(allowed)
    .refine((value) => Number.isInteger(value) && value >= minimum && value <= maximum, allowed)
    .meta({ allowed, type: "integer", minimum, maximum });
const listOf = <Item extends z.ZodType>(item: Item, allowed: string) => z.array(item, allowed).meta({ allowed });
const idOf = (type: IdType) => {
  const allowed = `an ID of the form ${idForm(type)}`;
  return z
    .string(allowed)
    .refine((id) => parseId(type, id) !== undefined, allowed)
    .transform((id) => canonicalId(type, id))
    .meta({ allowed });
};

const region = pattern(/^[A-Za-z][A-Za-z0-9 -]{0,62}$/, REGION).transform(normaliseRegion);
const range = z
  .cidrv4(RANGE)
  .refine((range) => isPrivateRange(range) && prefixLength(range) <= MAX_SUBNET_PREFIX, {
    error: RANGE,
    when: ({ issues }) => issues.length === 0,
  })
  .meta({ allowed: RANGE });

const principal = z
  .guid(UUID)
  .refine((id) => id !== NIL_UUID, UUID)
  .meta({ allowed: UUID });
const principals = listOf(principal, "a list of object IDs");

/** Ranges in which no DNS server of a network can be: this network, loopback, link-local, multicast, reserved, broadcast. */
const NO_SERVERS = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4"];
const address = z
  .ipv4(ADDRESS)
  .refine((address) => NO_SERVERS.every((range) => !isIn(address, range)), ADDRESS)
  .meta({ allowed: ADDRESS });
const DNS_SERVERS = `a list of at most ${MAX_DNS_SERVERS} IPv4 addresses, each of them once`;
const dnsServers = listOf(address, DNS_SERVERS)
  .refine((servers) => new Set(servers).size === servers.length && servers.length <= MAX_DNS_SERVERS, DNS_SERVERS)
  .meta({ allowed: DNS_SERVERS })
  .default([])
  .describe("Custom DNS servers, which must resolve public names too; of an existing network, those that it has");

const SERVED_BY = '"azure", a region of the registry, or a list of regions of the registry in order of preference';
const servedBy = z
  .union(
    [
      z.literal("azure").transform((): string[] => []),
      region.transform((region) => [region]),
      listOf(region, SERVED_BY).refine(({ length }) => length > 0, SERVED_BY),
    ],
    SERVED_BY,
  )
  .meta({ allowed: SERVED_BY })
  .optional();

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

const registry = strict("an object", {
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

const PEER = "Whether to peer the network with others here";
const VNET = "ID of the virtual network. Every plan checks it with `location` and `dnsServers`";
const LINKED_ZONE = "ID of the private DNS zone that is linked to the network, if there is one, for the records";

const PRIVATE_ADDRESS = "a private IPv4 address (RFC 1918 or RFC 6598), such as 10.12.1.4";
const privateAddress = z
  .ipv4(PRIVATE_ADDRESS)
  .refine((address) => isPrivateRange(`${address}/32`), {
    error: PRIVATE_ADDRESS,
    when: ({ issues }) => issues.length === 0,
  })
  .meta({ allowed: PRIVATE_ADDRESS });

const BASTION = '"basic", "developer", true or false';
const HUB = {
  bastion: z
    .union([z.boolean().transform((value) => value && ("basic" as const)), z.enum(["basic", "developer"])], BASTION)
    .meta({ allowed: BASTION })
    .optional()
    .describe(
      "The way to the shells of the test VMs. `basic`, or `true`: Azure Bastion in the hub, for all its spokes. `developer`: a free one in each spoke that is created here, for one session at a time in the Azure portal, in some regions. The default is `basic`, or `false` if `existing` or `virtualHubId` is set",
    ),
  endpoint: flag(false).describe(
    "Whether the hub has a private endpoint, for clients outside Azure and spokes that use DNS servers in the hub",
  ),
  resolver: flag(false).describe(
    "Whether the hub has a DNS private resolver, which answers clients outside Azure with what DNS returns in the hub, at a fixed address: the first of the fourth /24, 10.12.3.4 by default",
  ),
  gatewayTransit: flag(false).describe(
    "Whether spokes use the hub's VPN or ExpressRoute gateway, which has to exist, so that its clients reach their private endpoints. For a spoke with the `peer` `existing`, what its owner has set up",
  ),
  firewallAddress: privateAddress
    .optional()
    .describe("Private address of an existing firewall in the hub, in place of `egress` for its spokes"),
  dnsServers,
  servedBy: servedBy.describe(
    "With `registry.regionalEndpoints`, the regions that serve the hub; `azure` if Azure chooses. The default is the home region, then the replicas; a hub in `hubs` not named `hub` prefers its own region",
  ),
  existing: strict("an object with virtualNetworkId", {
    virtualNetworkId: idOf("virtualNetwork").describe(VNET),
    endpointSubnetId: idOf("subnet")
      .optional()
      .describe("ID of the subnet for the hub's private endpoint. Required if `hub.endpoint` is `true`"),
    resolverSubnetId: idOf("subnet")
      .optional()
      .describe(
        "ID of the resolver's subnet, delegated to Microsoft.Network/dnsResolvers. Required with `hub.resolver`",
      ),
    resolverAddress: address.optional().describe("Address of the inbound endpoint there. Required with `hub.resolver`"),
    zoneId: idOf("privateDnsZone").optional().describe(LINKED_ZONE),
    peer: flag(false).describe(PEER),
  })
    .optional()
    .describe("Existing virtual network to use as the hub"),
  virtualHubId: idOf("virtualHub")
    .optional()
    .describe(
      "ID of an existing Virtual WAN hub, in place of a virtual network, to which the spokes are connected. It has no private DNS zone, private endpoint or bastion",
    ),
};

/** Not as a transform, which would not run if another value of the hub is wrong. */
function withBastion(hub: {
  bastion?: "basic" | "developer" | false | undefined;
  existing?: object | undefined;
  virtualHubId?: string | undefined;
}): void {
  hub.bastion ??= hub.existing || hub.virtualHubId !== undefined ? false : "basic";
}

const hub = strict("an object", {
  location: region.prefault("northeurope").describe("Region of the hub"),
  addressSpace: range
    .optional()
    .describe("Address space of the hub. The default is 10.12.0.0/16, or none if `existing` or `virtualHubId` is set"),
  ...HUB,
})
  .superRefine(
    (hub) => {
      hub.addressSpace ??= hub.existing || hub.virtualHubId !== undefined ? undefined : "10.12.0.0/16";
      withBastion(hub);
    },
    { when: ({ value }) => isJson(value) },
  )
  .transform((hub) => ({ ...hub, bastion: hub.bastion! }));

const HUB_NAME = "1 to 20 lowercase letters, digits and hyphens, starting with a letter and not ending with a hyphen";
const hubName = pattern(/^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/, HUB_NAME);
const namedHub = strict("an object with name, location and addressSpace", {
  name: hubName.describe(
    "Name of the hub, in the names of its resources after `hub-`. The one that `hub` creates is named `hub`",
  ),
  location: region.describe("Region of the hub"),
  addressSpace: range
    .optional()
    .describe("Address space of the hub. Required, unless `existing` or `virtualHubId` is set"),
  ...HUB,
})
  .superRefine(withBastion, { when: ({ value }) => isJson(value) })
  .transform((hub) => ({ ...hub, bastion: hub.bastion! }));
const HUBS = `a list of 1 to ${MAX_HUBS} hubs`;

const PEERS = 'true, false or "existing"';
const NAME =
  "1 to 24 lowercase letters, digits and hyphens, starting with a letter and not ending with a hyphen, and not hub, registry or constructor, nor starting with hub-";
const spoke = strict("an object with name, location and addressSpace", {
  name: pattern(/^(?!(hub|registry|constructor)$|hub-)[a-z]([a-z0-9-]{0,22}[a-z0-9])?$/, NAME).describe(
    "Name of the spoke, in the names of its resources",
  ),
  location: region.describe("Region of the spoke"),
  hub: hubName.optional().describe("Name of its hub. The default is the first one in its region, or the first of all"),
  addressSpace: range.optional().describe("Address space of the spoke. Required, unless `existing` is set"),
  dnsServers,
  servedBy: servedBy.describe(
    "With `registry.regionalEndpoints`, the regions that serve the spoke, in order of preference; `azure` if Azure chooses. The default is its own region, then the others, or `azure` if the registry is not in it",
  ),
  manualApproval: flag(false).describe(
    "Whether the registry's owner must approve the private endpoint connection, between two applies",
  ),
  existing: strict("an object with virtualNetworkId and endpointSubnetId", {
    virtualNetworkId: idOf("virtualNetwork").describe(VNET),
    endpointSubnetId: idOf("subnet")
      .optional()
      .describe(
        "ID of the subnet for the private endpoint. Required, unless all DNS servers of the spoke are in the hub",
      ),
    zoneId: idOf("privateDnsZone").optional().describe(LINKED_ZONE),
    peer: z
      .union([z.boolean(), z.literal("existing")], PEERS)
      .meta({ allowed: PEERS })
      .default(false)
      .describe(`${PEER}. \`existing\` if it is peered with the hub already, which every plan checks`),
  })
    .optional()
    .describe(
      "Existing virtual network to use as a spoke. Only a private endpoint, and a private DNS zone with link and records, are added",
    ),
});

const EGRESS = '"default", "none", or an object with firewallAddress';
const egress = z.union(
  [
    z.enum(["default", "none"]),
    alternative(
      strict(EGRESS, {
        firewallAddress: privateAddress.describe(
          "Private address of a firewall or other appliance, in the hub or in a network that every spoke is peered with",
        ),
      }),
    ),
  ],
  EGRESS,
);

const SSH_KEY = "a public key in the format of authorized_keys: ssh-ed25519, or ssh-rsa with 2048 bits or more";
const TIME_ZONE = "the Windows name of a time zone, such as Central Europe Standard Time or UTC";
const testVms = strict("an object", {
  size: pattern(/^\w+$/, "a VM size, such as Standard_B2ats_v2")
    .default("Standard_B2ats_v2")
    .describe("VM size, with an x64 processor"),
  shutdownTime: pattern(/^([01]\d|2[0-3])[0-5]\d$/, "a time of day as four digits, 0000 to 2359")
    .default("1900")
    .describe("Time at which the VMs are shut down every day"),
  timezone: z
    .enum(TIME_ZONES, TIME_ZONE)
    .meta({ allowed: TIME_ZONE })
    .default("Central Europe Standard Time")
    .describe("Time zone of `shutdownTime`"),
  encryptionAtHost: flag(false).describe(
    "Whether temporary disks and disk caches are encrypted. Register the feature `EncryptionAtHost` in the subscription first",
  ),
  sshPublicKey: z
    .string(SSH_KEY)
    .refine(isSshPublicKey, SSH_KEY)
    .meta({ allowed: SSH_KEY })
    .optional()
    .describe(
      "Public SSH key for the user `azureuser`. If none is given, a key pair is generated, and stored in the state",
    ),
});

const SPOKES = `a list of up to ${MAX_ENDPOINTS} spokes`;
/** Name of the environment where no settings say another. */
export const DEFAULT_ENVIRONMENT = "dev";
const ENVIRONMENT = "1 to 10 lowercase letters and digits, starting with a letter";
/** Tags that are set from other settings. */
const OWN_TAGS = ["environment", "owner", "version"];
const TAG =
  "a tag name of 1 to 128 letters, digits, periods, hyphens and underscores, starting with a letter but not with azure, microsoft or windows, and not environment, owner or version";
const TAG_VALUE = "a string of at most 256 characters, without ${ or %{";
const MAX_TAGS = MAX_ZONE_TAGS - OWN_TAGS.length;
const TAGS = `an object of at most ${MAX_TAGS} strings, whose names differ in more than case`;

const AZURERM = "4 or 5";
const SUBSCRIPTION = "a subscription ID, such as 00000000-0000-0000-0000-000000000001";
const RESOURCE_GROUP =
  "1 to 90 letters, digits, periods, underscores, hyphens and parentheses, not ending with a period";
const BLOB =
  "a blob name of at most 254 letters, digits, periods, underscores, hyphens and slashes, without empty parts and parts that are only periods";
const BLOB_NAME = /^(?=.{1,254}$)(?!\.+(?:\/|$))[\w.-]+(?:\/(?!\.+(?:\/|$))[\w.-]+)*$/;

const CLIENT_NAME =
  "1 to 24 lowercase letters, digits and hyphens, starting with a letter and not ending with a hyphen";
const CLIENT_SERVERS = "a list of one IPv4 address or several";
const DOMAIN = `a domain name, such as ${CLOUDS.public.registrySuffix}`;
const client = strict("an object with name and connectedTo", {
  name: pattern(/^[a-z]([a-z0-9-]{0,22}[a-z0-9])?$/, CLIENT_NAME).describe("Name of the network in the answers"),
  connectedTo: hubName.describe("Name of the hub with its VPN or ExpressRoute gateway"),
  dnsServers: listOf(address, CLIENT_SERVERS)
    .refine(({ length }) => length > 0, CLIENT_SERVERS)
    .optional()
    .describe("Addresses to which its DNS forwards names. The default is the hub's resolver"),
  forwards: listOf(pattern(/^(?=.{1,253}$)([a-z0-9-]{1,63}\.)+[a-z]{2,63}$/, DOMAIN), "a list of domain names")
    .optional()
    .describe(
      `Zones of its conditional forwarders, such as ${CLOUDS.public.registrySuffix}. By default it forwards all names`,
    ),
});

/** The settings of the stack: every key has a default, and with none given the result is the example network. */
export const settingsSchema = strict("an object", {
  environment: pattern(/^[a-z][a-z0-9]{0,9}$/, ENVIRONMENT)
    .default(DEFAULT_ENVIRONMENT)
    .describe("Name of the environment, at the end of every resource name and in a tag"),
  owner: text.default("n/a").describe("Value of the tag `owner`"),
  releaseVersion: text.default("latest").describe("Value of the tag `version`"),
  tags: z
    .record(
      pattern(new RegExp(`^(?!(${OWN_TAGS.join("|")})$|azure|microsoft|windows)[a-z][\\w.-]{0,127}$`, "i"), TAG),
      z.string(TAG_VALUE).max(256, TAG_VALUE).regex(PLAIN, TAG_VALUE),
      TAGS,
    )
    .refine(
      (tags) => new Set(Object.keys(tags).map((tag) => tag.toLowerCase())).size === Object.keys(tags).length,
      TAGS,
    )
    .refine((tags) => Object.keys(tags).length <= MAX_TAGS, TAGS)
    .meta({ allowed: TAGS })
    .default({})
    .describe("Additional tags for all resources"),
  cloud: oneOf(Object.keys(CLOUDS) as CloudName[])
    .default("public")
    .describe("Azure cloud to deploy to"),
  azurerm: z
    .literal([4, 5], AZURERM)
    .meta({ allowed: AZURERM })
    .default(4)
    .describe("Major version of the azurerm provider"),
  newRegions: listOf(region, "a list of regions")
    .prefault([])
    .describe("Regions to accept that this version does not know"),
  registry: registry.prefault({}).describe("The container registry"),
  hub: hub.optional().describe("The hub network, if there is one hub"),
  hubs: z
    .array(namedHub, HUBS)
    .refine(({ length }) => length >= 1 && length <= MAX_HUBS, HUBS)
    .meta({ allowed: HUBS, minItems: 1, maxItems: MAX_HUBS })
    .optional()
    .describe("The hub networks, in place of `hub`. They are peered with each other, and each has a private DNS zone"),
  spokes: z
    .array(spoke, SPOKES)
    .refine(({ length }) => length <= MAX_ENDPOINTS, SPOKES)
    .meta({ allowed: SPOKES, maxItems: MAX_ENDPOINTS })
    .prefault([
      { name: "spoke1", location: "swedencentral", addressSpace: "10.10.0.0/16" },
      { name: "spoke2", location: "switzerlandnorth", addressSpace: "10.11.0.0/16" },
    ])
    .describe(
      "The spoke networks, in any order. By default, there are none with an existing hub, and then `hub.endpoint` or `registry.publicAccess` has to be set",
    ),
  clients: listOf(client, "a list of objects with name and connectedTo")
    .prefault([])
    .describe(
      "Networks outside Azure, such as an office, that pull from the registry. Nothing is created for them: the preview says what they reach",
    ),
  formerSubscriptions: listOf(
    z
      .guid(SUBSCRIPTION)
      .transform((id) => id.toLowerCase())
      .meta({ allowed: SUBSCRIPTION }),
    "a list of subscription IDs",
  )
    .prefault([])
    .describe(
      "Subscriptions of existing networks that are no longer in the settings, until a deployment has destroyed what is there",
    ),
  dns: oneOf(["per-spoke", "shared", "external"])
    .default("per-spoke")
    .describe(
      "A private DNS zone for each network, or a shared one, which needs the `spokePeering` `mesh`. With `external`, others write the records in the output `dns_records`",
    ),
  spokePeering: oneOf(["hub", "mesh"])
    .default("hub")
    .describe(`Whether spokes are peered with the hub only, or also with each other, ${MAX_MESH_SPOKES} at most`),
  egress: egress
    .meta({ allowed: EGRESS })
    .prefault("default")
    .describe(
      "How machines in spokes that are created here reach the internet: by Azure's default outbound access, not at all, or through an existing firewall",
    ),
  testVms: z
    .union(
      [z.boolean().transform((value) => value && testVms.parse({})), alternative(testVms)],
      `true, false, or an object with ${Object.keys(testVms.shape).join(", ")}`,
    )
    .meta({ allowed: "true, false, or an object" })
    .prefault(true)
    .describe("Whether each spoke that is created has a test VM, and of which kind"),
  recordTtl: whole(1, MAX_TTL, `a whole number of seconds, 1 to ${MAX_TTL}`)
    .default(10)
    .describe("Time to live of the DNS records"),
  state: strict("an object with resourceGroup, storageAccount and container", {
    resourceGroup: pattern(/^[\w.()-]{0,89}[\w()-]$/, RESOURCE_GROUP).describe("Resource group of the storage account"),
    storageAccount: pattern(/^[a-z0-9]{3,24}$/, "3 to 24 lowercase letters and digits").describe(
      "Name of the storage account",
    ),
    container: pattern(
      /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/,
      "3 to 63 lowercase letters, digits and single hyphens",
    ).describe("Name of the blob container"),
    key: pattern(BLOB_NAME, BLOB)
      .optional()
      .describe(
        "Name of the blob. The default is private-registry.tfstate, or private-registry.ENVIRONMENT.tfstate for another environment than that of `cdktf.json`",
      ),
  })
    .optional()
    .describe(
      "Storage account for the Terraform state, accessed with Microsoft Entra ID. Without it, the state is a local file",
    ),
}).superRefine(
  (settings) => {
    settings.hub ??= settings.hubs ? undefined : hub.parse({});
  },
  { when: ({ value }) => isJson(value) },
);

/** Settings as they are written, with every default filled in and every region by its API name. */
export type WrittenSettings = z.infer<typeof settingsSchema>;

/** Written settings with the hubs as a list, each spoke with its hub, and each client with what it asks. */
export interface Settings extends Omit<WrittenSettings, "clients" | "hub" | "hubs" | "spokes"> {
  readonly hubs: readonly HubSettings[];
  readonly spokes: readonly SpokeSettings[];
  readonly clients: readonly ClientSettings[];
}

export type HubSettings = z.infer<typeof namedHub>;
export type ClientSettings = z.infer<typeof client> & { readonly dnsServers: readonly string[] };
export type SpokeSettings = z.infer<typeof spoke> & { readonly hub: string };

/** An object without other keys; for an unknown key its error lists those that there are. */
function strict<Shape extends z.ZodRawShape>(words: string, shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const keys = Object.keys(shape).join(", ");
  return z.strictObject(shape, { error: ({ code }) => (code === "unrecognized_keys" ? keys : words) });
}

/**
 * The one object, or list, among the alternatives of a union: a union reports what is wrong inside of it, as no other
 * alternative can be meant. That is how zod treats an alternative whose issues all let the parsing go on.
 *
 * @param isMeant - whether a value can only be meant as this alternative
 */
function alternative<Schema extends z.ZodType>(schema: Schema, isMeant: (value: unknown) => boolean = isJson) {
  return schema.superRefine(
    (_, { issues }) => {
      for (const [index, issue] of issues.entries()) issues[index] = { ...issue, continue: true };
    },
    { when: ({ value }) => isMeant(value) },
  );
}

function oneOf<const Value extends string>(values: readonly Value[]) {
  const quoted = values.map((value) => JSON.stringify(value));
  return z.enum(values, `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)!}`);
}
