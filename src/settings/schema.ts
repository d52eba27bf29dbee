import { z } from "zod";
import { isPrivateRange } from "../address-plan";
import { REGIONS, normaliseRegion } from "../azure/regions";
import { TIME_ZONES } from "../azure/time-zones";

// Each value's error says what is allowed there, in words that complete "allowed: …".

const REGION = "a region of Azure's public cloud, such as swedencentral";
export const region = z
  .string(REGION)
  .transform(normaliseRegion)
  .refine((name) => name in REGIONS.public, REGION);

const RANGE = "a private IPv4 range (RFC 1918 or 6598) such as 10.10.0.0/16, with no bits set after the prefix";
export const range = z.cidrv4({ error: RANGE, abort: true }).refine(isPrivateRange, RANGE);

const NAME =
  "1 to 24 lower-case letters, digits and hyphens, a letter first, no hyphen last, and neither hub nor registry";
const spoke = strict("an object with name, location and addressSpace", {
  name: z
    .string(NAME)
    .regex(/^[a-z]([a-z0-9-]{0,22}[a-z0-9])?$/, NAME)
    .refine((name) => !["hub", "registry"].includes(name), NAME),
  location: region,
  addressSpace: range,
});

const TIME = "a time of day as four digits, 0000 to 2359";
const KEY = "a public key as in authorized_keys: ssh-rsa or ssh-ed25519, then its base64";
const SIZE = "a VM size, such as Standard_B2ats_v2";
const testVms = strict("an object", {
  size: z.string(SIZE).regex(/^\w+$/, SIZE).default("Standard_B2ats_v2"),
  shutdownTime: z
    .string(TIME)
    .regex(/^([01]\d|2[0-3])[0-5]\d$/, TIME)
    .default("1900"),
  timezone: z
    .enum(TIME_ZONES, "a time zone by its Windows name, such as Central Europe Standard Time or UTC")
    .default("Central Europe Standard Time"),
  sshPublicKey: z
    .string(KEY)
    .regex(/^ssh-(rsa|ed25519) [A-Za-z0-9+/]+=*( .*)?$/, KEY)
    .optional(),
});

const ENVIRONMENT = "1 to 10 lower-case letters and digits, a letter first";
const PREFIX = "1 to 46 letters and digits";
const TEXT = "a text of 1 to 256 characters";
const TTL = "a whole number of seconds, 1 to 2147483647";
const FLAG = "true or false";

/** The settings of the stack: every key has a default, and with none given the result is the example network. */
export const settingsSchema = strict("an object", {
  environment: z
    .string(ENVIRONMENT)
    .regex(/^[a-z][a-z0-9]{0,9}$/, ENVIRONMENT)
    .default("dev"),
  owner: z.string(TEXT).min(1, TEXT).max(256, TEXT).default("n/a"),
  releaseVersion: z.string(TEXT).min(1, TEXT).max(256, TEXT).default("latest"),
  tags: z.record(z.string(), z.string("a text").max(256, TEXT), "an object of texts").default({}),
  registry: strict("an object", {
    namePrefix: z
      .string(PREFIX)
      .regex(/^[a-zA-Z0-9]{1,46}$/, PREFIX)
      .default("xyzdfd"),
    location: region.default("swedencentral"),
    replicas: z.array(region, "a list of regions").default(["switzerlandnorth"]),
  }).prefault({}),
  hub: strict("an object", {
    location: region.default("northeurope"),
    addressSpace: range.default("10.12.0.0/16"),
    bastion: z.boolean(FLAG).default(true),
  }).prefault({}),
  spokes: z
    .array(spoke, "a list of 1 to 200 spokes")
    .min(1, "a list of 1 to 200 spokes")
    .max(200, "a list of 1 to 200 spokes")
    .default([
      { name: "spoke1", location: "swedencentral", addressSpace: "10.10.0.0/16" },
      { name: "spoke2", location: "switzerlandnorth", addressSpace: "10.11.0.0/16" },
    ]),
  dns: z.enum(["per-spoke", "shared"], '"per-spoke" or "shared"').default("per-spoke"),
  spokePeering: z.enum(["hub", "mesh"], '"hub" or "mesh"').default("hub"),
  testVms: z
    .union([z.boolean(), testVms], "true, false, or an object with size, shutdownTime, timezone, sshPublicKey")
    .default(true)
    .transform((value) => (value === true ? testVms.parse({}) : value)),
  recordTtl: z.int(TTL).min(1, TTL).max(2147483647, TTL).default(10),
});

/** Settings with every default filled in and every region by its API name. */
export type Settings = z.infer<typeof settingsSchema>;

/** An object without other keys; for an unknown key its error lists those that there are. */
function strict<Shape extends z.ZodRawShape>(words: string, shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const keys = Object.keys(shape).join(", ");
  return z.strictObject(shape, { error: ({ code }) => (code === "unrecognized_keys" ? keys : words) });
}
