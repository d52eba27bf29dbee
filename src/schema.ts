import { type CloudName, CLOUDS } from "../packages/common/azure";
import { isJson } from "../packages/common/util";
import { z } from "zod";
import { MAX_ENDPOINTS, MAX_HUBS, MAX_MESH_SPOKES, MAX_TTL, MAX_ZONE_TAGS } from "./limits";
import { client, EGRESS, egress, hub, HUBS, namedHub, spoke } from "./network/settings";
import { registry } from "./registry/settings";
import { alternative, listOf, oneOf, pattern, PLAIN, region, strict, text, whole } from "./settings/shapes";
import { testVms } from "./test-vms/settings";

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
