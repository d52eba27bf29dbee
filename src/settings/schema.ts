import { z } from "zod";
import { type CloudName, CLOUDS, normaliseRegion } from "private-link-preview";
import { isPrivateRange, prefixLength } from "private-link-preview/util";
import { MAX_SUBNET_PREFIX } from "../azure/limits";
import { type IdType, canonicalId, idForm, parseId } from "../azure/resource-id";
import { TIME_ZONES } from "../azure/time-zones";
import { isSshPublicKey } from "./ssh-key";

// The message of each check says what is allowed there, in words that complete "allowed: …"; the description says what
// the setting does, for docs/settings.md and for editors.

const FLAG = "true or false";
const TEXT = "a text of 1 to 256 characters, without ${ or %{";
/** Text that Terraform takes as it is: no template of its language, no control characters. */
const PLAIN = /^(?:(?![$%]\{)[^\p{Cc}])*$/u;
const REGION = "the name of a region, such as swedencentral or Sweden Central";
const RANGE =
  "a private IPv4 range (RFC 1918 or 6598) of a /29 or larger, such as 10.10.0.0/16, with no bits set after the prefix";
const ADDRESS = "an IPv4 address";
const UUID = "an object id, such as 11111111-2222-3333-4444-555555555555";

const flag = (standard: boolean) => z.boolean(FLAG).default(standard);
const text = z.string(TEXT).min(1, TEXT).max(256, TEXT).regex(PLAIN, TEXT).meta({ allowed: TEXT });
const pattern = (form: RegExp, allowed: string) => z.string(allowed).regex(form, allowed).meta({ allowed });
const whole = (min: number, max: number, allowed: string) =>
  z.int(allowed).min(min, allowed).max(max, allowed).meta({ allowed });
const idOf = (type: IdType) => {
  const allowed = `an id of the form ${idForm(type)}`;
  return z
    .string(allowed)
    .refine((id) => parseId(type, id) !== undefined, allowed)
    .transform((id) => canonicalId(type, id))
    .meta({ allowed });
};

export const region = pattern(/^[A-Za-z][A-Za-z0-9 -]*$/, REGION).transform(normaliseRegion);
export const range = z
  .cidrv4({ error: RANGE, abort: true })
  .refine((range) => isPrivateRange(range) && prefixLength(range) <= MAX_SUBNET_PREFIX, RANGE)
  .meta({ allowed: RANGE });

const dnsServers = z
  .array(z.ipv4(ADDRESS), "a list of IPv4 addresses")
  .meta({ allowed: "a list of IPv4 addresses" })
  .default([])
  .describe("DNS servers that the network asks in place of Azure's, such as a resolver in the hub");

const replica = z.union(
  [
    region,
    strict("a region, or an object with location and routed", {
      location: region.describe("Region of the replica"),
      routed: flag(true).describe("Whether the login server's name leads here; false drains the replica"),
    }),
  ],
  "a region, or an object with location and routed",
);

const registry = strict("an object", {
  namePrefix: pattern(/^[a-zA-Z0-9]{1,46}$/, "1 to 46 letters and digits")
    .default("xyzdfd")
    .describe("Start of the registry's name, which is global: choose your own. `ACR_NAME_PREFIX` overrides it"),
  location: region
    .prefault("swedencentral")
    .describe("Home region. To change it replaces the registry, images and all"),
  replicas: z
    .array(replica, "a list of regions")
    .meta({ allowed: "a list of regions, or of objects" })
    .prefault(["switzerlandnorth"])
    .describe("Further regions, each a name or an object with `location` and `routed`")
    .transform((replicas) =>
      replicas.map((replica) => (typeof replica === "string" ? { location: replica, routed: true } : replica)),
    ),
  retentionDays: whole(0, 365, "a whole number of days, 0 to 365")
    .default(0)
    .describe("Days after which untagged manifests are deleted; 0 keeps them"),
  exports: flag(false).describe(
    "Whether images may be copied out behind the network's back: by `az acr import` into another registry, and by export pipelines. Pulling, and copies to the replicas, don't depend on it",
  ),
  trustedServices: flag(false).describe(
    "Whether Azure services that Microsoft trusts get in past the private endpoints",
  ),
  deletionProtection: flag(false).describe(
    "Whether a lock keeps the registry from being deleted. It holds replicas, roles, diagnostics and so test VMs as well: to remove any, set it to false and deploy first",
  ),
  diagnostics: z
    .union(
      [z.boolean(), strict("an object", { workspaceId: idOf("workspace").describe("Id of the workspace") })],
      "true, false, or an object with workspaceId",
    )
    .meta({ allowed: "true, false, or an object" })
    .default(false)
    .describe("Whether logins, repository events and metrics go to a Log Analytics workspace: true makes one"),
  pullPrincipals: z
    .array(z.guid(UUID), "a list of object ids")
    .meta({ allowed: "a list of object ids" })
    .default([])
    .describe("Object ids that may pull, such as kubelet identities of AKS"),
  pushPrincipals: z
    .array(z.guid(UUID), "a list of object ids")
    .meta({ allowed: "a list of object ids" })
    .default([])
    .describe("Object ids that may push and pull, such as those of pipelines"),
});

/** Address space of a hub that says none and does not exist yet. */
export const HUB_ADDRESS_SPACE = "10.12.0.0/16";

const PEER = "Whether it is peered with the other networks of this project";
const VNET = "Id of the virtual network. Its region is taken on trust";

/** The hub as one may write it; what it is left to say, `hub` below says. */
export const hubFields = strict("an object", {
  location: region.prefault("northeurope").describe("Region"),
  addressSpace: range.optional().describe("Address space: 10.12.0.0/16, or unknown for a network that exists"),
  bastion: z.boolean(FLAG).optional().describe("Whether there is a bastion: yes, except in a network that exists"),
  endpoint: flag(false).describe(
    "Whether the hub has an endpoint of its own, which the hub's DNS then answers with: for clients on premises, and for spokes that ask DNS servers in the hub",
  ),
  dnsServers,
  existing: strict("an object with virtualNetworkId", {
    virtualNetworkId: idOf("virtualNetwork").describe(VNET),
    endpointSubnetId: idOf("subnet").optional().describe("Id of the subnet for the hub's endpoint"),
    zoneId: idOf("privateDnsZone")
      .optional()
      .describe("Id of the private DNS zone in which the hub looks, if there is one"),
    peer: flag(false).describe(PEER),
  })
    .optional()
    .describe("A network that exists, to be used as the hub"),
});

const hub = hubFields.transform(({ addressSpace, bastion, ...hub }) => ({
  ...hub,
  addressSpace: addressSpace ?? (hub.existing ? undefined : HUB_ADDRESS_SPACE),
  bastion: bastion ?? !hub.existing,
}));

const NAME =
  "1 to 24 lower-case letters, digits and hyphens, a letter first, no hyphen last, and none of hub, registry, constructor";
const spoke = strict("an object with name, location and addressSpace", {
  name: pattern(/^[a-z]([a-z0-9-]{0,22}[a-z0-9])?$/, NAME)
    .refine((name) => !["hub", "registry", "constructor"].includes(name), NAME)
    .meta({ allowed: NAME })
    .describe("Name, in the names of all that belongs to the spoke"),
  location: region.describe("Region"),
  addressSpace: range.optional().describe("Address space: needed, except for a network that exists"),
  dnsServers,
  manualApproval: flag(false).describe("Whether the registry's owner has to approve the endpoint by hand"),
  existing: strict("an object with virtualNetworkId and endpointSubnetId", {
    virtualNetworkId: idOf("virtualNetwork").describe(VNET),
    endpointSubnetId: idOf("subnet").describe("Id of the subnet for the endpoint"),
    peer: flag(false).describe(PEER),
  })
    .optional()
    .describe("A network that exists: it gets an endpoint, a zone, its link and records, and nothing else"),
});

const SSH_KEY = "a public key as in authorized_keys: ssh-ed25519, or ssh-rsa of 2048 bits or more";
const TIME_ZONE = "a time zone by its Windows name, such as Central Europe Standard Time or UTC";
const testVms = strict("an object", {
  size: pattern(/^\w+$/, "a VM size, such as Standard_B2ats_v2")
    .default("Standard_B2ats_v2")
    .describe("Size, of an x64 kind"),
  shutdownTime: pattern(/^([01]\d|2[0-3])[0-5]\d$/, "a time of day as four digits, 0000 to 2359")
    .default("1900")
    .describe("Time at which they stop each day"),
  timezone: z
    .enum(TIME_ZONES, TIME_ZONE)
    .meta({ allowed: TIME_ZONE })
    .default("Central Europe Standard Time")
    .describe("Time zone of that time, by its Windows name"),
  encryptionAtHost: flag(false).describe(
    "Whether caches and temporary disks are encrypted on the host too. First register the feature `EncryptionAtHost` in the subscription, or Azure refuses the VMs",
  ),
  sshPublicKey: z
    .string(SSH_KEY)
    .refine(isSshPublicKey, SSH_KEY)
    .meta({ allowed: SSH_KEY })
    .optional()
    .describe("Key of their user `azureuser`; one is made if none is given"),
});

const SPOKES = "a list of 1 to 200 spokes";
const ENVIRONMENT = "1 to 10 lower-case letters and digits, a letter first";
const TAG =
  "a tag name of 1 to 128 letters, digits, dots, hyphens and underscores, a letter first, not starting with azure, microsoft or windows, and none of environment, owner, version";
const TAG_VALUE = "a text of at most 256 characters, without ${ or %{";
// A private DNS zone takes 15 tags at most, and three are set already.
const TAGS = "an object of at most 12 texts, whose names differ by more than case";
const TTL = "a whole number of seconds, 1 to 2147483647";

/** The settings of the stack: every key has a default, and with none given the result is the example network. */
export const settingsSchema = strict("an object", {
  environment: pattern(/^[a-z][a-z0-9]{0,9}$/, ENVIRONMENT)
    .default("dev")
    .describe("Environment: a tag, and the end of every name"),
  owner: text.default("n/a").describe("Owner: a tag"),
  releaseVersion: text.default("latest").describe("Version: a tag"),
  tags: z
    .record(
      pattern(/^(?!(environment|owner|version)$|azure|microsoft|windows)[a-z][\w.-]{0,127}$/i, TAG),
      z.string(TAG_VALUE).max(256, TAG_VALUE).regex(PLAIN, TAG_VALUE),
      TAGS,
    )
    .refine(
      (tags) => new Set(Object.keys(tags).map((tag) => tag.toLowerCase())).size === Object.keys(tags).length,
      TAGS,
    )
    .refine((tags) => Object.keys(tags).length <= 12, TAGS)
    .meta({ allowed: TAGS })
    .default({})
    .describe("Further tags"),
  cloud: z
    .enum(Object.keys(CLOUDS) as CloudName[], list(Object.keys(CLOUDS)))
    .default("public")
    .describe("Azure's cloud"),
  newRegions: z
    .array(region, "a list of regions")
    .meta({ allowed: "a list of regions" })
    .default([])
    .describe("Regions to allow although this project does not know them yet"),
  registry: registry.prefault({}).describe("The registry"),
  hub: hub.prefault({}).describe("The hub"),
  spokes: z
    .array(spoke, SPOKES)
    .min(1, SPOKES)
    .max(200, SPOKES)
    .meta({ allowed: SPOKES })
    .prefault([
      { name: "spoke1", location: "swedencentral", addressSpace: "10.10.0.0/16" },
      { name: "spoke2", location: "switzerlandnorth", addressSpace: "10.11.0.0/16" },
    ])
    .describe("The spokes, in any order"),
  dns: z
    .enum(["per-spoke", "shared"], list(["per-spoke", "shared"]))
    .default("per-spoke")
    .describe("A DNS zone for each network, or one that all share, which takes a mesh"),
  spokePeering: z
    .enum(["hub", "mesh"], list(["hub", "mesh"]))
    .default("hub")
    .describe("Whether spokes are peered with the hub only, or with each other as well"),
  testVms: z
    .union(
      [z.boolean(), testVms],
      "true, false, or an object with size, shutdownTime, timezone, encryptionAtHost, sshPublicKey",
    )
    .meta({ allowed: "true, false, or an object" })
    .default(true)
    .describe("A test VM in each spoke that this project makes: whether, and how")
    .transform((value) => (value === true ? testVms.parse({}) : value)),
  recordTtl: whole(1, 2147483647, TTL).default(10).describe("Seconds for which a client may keep an answer"),
  state: strict("an object with resourceGroup, storageAccount and container", {
    resourceGroup: text.describe("Resource group of the storage account"),
    storageAccount: pattern(/^[a-z0-9]{3,24}$/, "3 to 24 lower-case letters and digits").describe("Storage account"),
    container: pattern(
      /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/,
      "3 to 63 lower-case letters, digits and single hyphens",
    ).describe("Blob container"),
    key: text.default("private-registry.tfstate").describe("Name of the blob"),
  })
    .optional()
    .describe(
      "Where the Terraform state is kept: a storage account, signed in to by Entra ID; a local file if not set",
    ),
});

/** Settings with every default filled in and every region by its API name. */
export type Settings = z.infer<typeof settingsSchema>;

/** An object without other keys; for an unknown key its error lists those that there are. */
function strict<Shape extends z.ZodRawShape>(words: string, shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const keys = Object.keys(shape).join(", ");
  return z.strictObject(shape, { error: ({ code }) => (code === "unrecognized_keys" ? keys : words) });
}

function list(values: readonly string[]): string {
  const quoted = values.map((value) => JSON.stringify(value));
  return `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1) ?? ""}`;
}
